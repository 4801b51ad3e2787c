// Which build runs, and that all of them compute the same.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { drawPicture, largestDifference, libraryFolder, newTrainer, runnableVariants, teach } from './support.mjs';

/** @type {import('../../web/src/engine/headstart.d.ts').VariantName[]} */
const names = ['simd', 'relaxed-simd', 'simd-threads', 'relaxed-simd-threads'];
const runnable = await runnableVariants();

describe('variants', () => {
  it('run here at least without relaxed SIMD, fastest first', () => {
    assert.ok(runnable.includes('simd') && runnable.includes('simd-threads'));
    assert.equal(runnable.at(-1), 'simd');
  });

  for (const variant of names) {
    const skip = runnable.includes(variant) ? false : 'this platform cannot run it';
    it(`${variant} gives the embeddings and probabilities of plain SIMD`, { skip }, async () => {
      const [plain, other] = [await newTrainer(), await newTrainer({ variant, threads: 'auto' })];
      assert.equal(other.variant, variant);
      assert.equal(other.threads > 1, variant.endsWith('-threads'));
      for (const trainer of [plain, other]) {
        await teach(trainer, 5);
        await trainer.train({ l2: 0.01 });
      }
      const picture = drawPicture(1, 33);
      const [expected, got] = [await plain.embed(picture), await other.embed(picture)];
      const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      assert.ok(largestDifference(expected, got) / largest < 1e-4);
      const [a, b] = [await plain.predict(picture), await other.predict(picture)];
      for (const { classId, probability } of a.ranked) {
        const same = b.ranked.find((entry) => entry.classId === classId);
        assert.ok(Math.abs(probability - (same?.probability ?? 0)) < 1e-3);
      }
      // The writers of files come from a second wasm file of each variant.
      assert.deepEqual(await other.refusedFormats(), []);
      for (const format of /** @type {const} */ (['onnx', 'tflite', 'tflite-int8'])) {
        const [file, same] = [await plain.exportModel({ format }), await other.exportModel({ format })];
        assert.ok(same.length > 100_000);
        assert.equal(same.length, file.length, format);
      }
      await Promise.all([plain.dispose(), other.dispose()]);
    });
  }

  it('that cannot run say why: Node 20 without its flag has no relaxed SIMD', async () => {
    const script = `
      import { createTrainer, runnableVariants } from ${JSON.stringify(pathToFileURL(join(libraryFolder, 'headstart.node.js')).href)};
      const { code, message } = await createTrainer({ variant: 'relaxed-simd' }).catch((error) => error);
      console.log(JSON.stringify({ code, message, without: await runnableVariants() }));
      process.exit(0);`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script]);
    const { code, message, without } = JSON.parse(stdout);
    // Newer ones have it without a flag.
    if (without.includes('relaxed-simd')) {
      return assert.equal(code, undefined);
    }
    assert.equal(code, 'unsupported');
    assert.match(message, /'relaxed-simd' cannot run here: this platform has no relaxed SIMD/);
    assert.deepEqual(without, ['simd-threads', 'simd']);
  });

  it('are chosen by themselves', async () => {
    const trainer = await newTrainer({ variant: 'auto' });
    assert.ok(names.includes(trainer.variant));
    await trainer.embed(drawPicture(0, 0));
    await trainer.dispose();
  });
});
