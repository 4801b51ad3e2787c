// The same embeddings, L2 strength and seed give the same probabilities natively and as wasm.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { drawPicture, newTrainer, repository, teach } from './support.mjs';

// The build that is newest: another may be of an older core.
const builds = ['native-release', 'native-debug', 'native-asan'].map((preset) => `build/${preset}/core/fit_head`);
const program = builds
  .map((path) => join(repository, path))
  .filter((path) => existsSync(path))
  .toSorted((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)[0];

/**
 * @param {{ classIndex: number, embedding: Float32Array }[]} samples
 * @param {number} classCount
 * @param {Float32Array[]} queries
 * @param {number} l2
 * @param {number} seed
 * @returns {number[][]}
 */
function fitNatively(samples, classCount, queries, l2, seed) {
  const folder = mkdtempSync(join(tmpdir(), 'headstart-native-'));
  try {
    const file = join(folder, 'embeddings');
    const counts = new Uint32Array([samples.length, samples[0].embedding.length, classCount, queries.length]);
    const classIndices = new Uint32Array(samples.map(({ classIndex }) => classIndex));
    const rows = [...samples.map(({ embedding }) => embedding), ...queries];
    writeFileSync(file, Buffer.concat([counts, classIndices, ...rows].map(({ buffer }) => Buffer.from(buffer))));
    const lines = execFileSync(/** @type {string} */ (program), [file, String(l2), String(seed)], { encoding: 'utf8' });
    return lines
      .trim()
      .split('\n')
      .map((line) => line.trim().split(' ').map(Number));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('natively and as wasm', { skip: program ? false : 'needs the native tools (npm test builds them)' }, () => {
  for (const l2 of [1e-4, 1e-2, 1]) {
    it(`probabilities agree to 1e-4, l2 ${l2}`, async () => {
      const trainer = await newTrainer();
      const classIds = await teach(trainer, 8);
      const samples = [];
      for (const [classIndex, classId] of classIds.entries()) {
        for (const id of trainer.sampleIds(classId)) {
          samples.push({ classIndex, embedding: await trainer.sampleEmbedding(id) });
        }
      }
      await trainer.train({ l2, seed: 5 });
      const pictures = [100, 101, 102, 103, 104, 105].map((number) => drawPicture(number % 4, number));
      const queries = [];
      for (const picture of pictures) {
        queries.push(await trainer.embed(picture));
      }
      const expected = fitNatively(samples, classIds.length, queries, l2, 5);
      for (const [i, picture] of pictures.entries()) {
        const { ranked } = await trainer.predict(picture);
        for (const { classId, probability } of ranked) {
          const difference = Math.abs(probability - expected[i][classIds.indexOf(classId)]);
          assert.ok(difference < 1e-4, `picture ${i}: ${probability} differs by ${difference}`);
        }
      }
      await trainer.dispose();
    });
  }
});
