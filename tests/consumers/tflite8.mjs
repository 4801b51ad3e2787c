// The files in 8-bit numbers: in LiteRT.js and MediaPipe, as a C header under two compilers, and in an interpreter.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { newTrainer } from '../wasm/support.mjs';
import { byLabel, compare, faintPicture, kindsFor8Bits, labels, learn, pageSays } from './learnt.mjs';
import { describeInBrowser, sendable } from './page.mjs';
import { askInterpreter, askLiteRt, askMediaPipe, interpreter } from './tflite.mjs';

/** What TensorFlow Lite Micro took on a 64-bit machine for networks of this kind: whole, seen twice, cut after block 12. */
const ARENAS = { head: 209_904, joined: 309_000, cut: 174_736 };

/** Of the squares that were learnt from. */
const LEARNT_SIDE = 120;
/** Three quarters of noise move a probability by up to .18 in 8-bit numbers, as the engine itself measures and tells. */
const CLEARER = 0.3;

/**
 * By the mean over the part that each pixel covers. Numbers are fitted to what was learnt, so that other pictures must not be
 * noisier than those became on their way into the model.
 *
 * @param {import('./learnt.mjs').Picture} picture a square
 * @param {number} side
 */
function shrunk({ data, width }, side) {
  const out = new Uint8ClampedArray(side * side * 4);
  const step = width / side;
  /** @param {number} at @param {number} from */
  const share = (at, from) => Math.max(0, Math.min(at + 1, from + step) - Math.max(at, from)) / step;
  for (let i = 0; i < out.length; i++) {
    const [channel, column, row] = [i % 4, Math.floor(i / 4) % side, Math.floor(i / 4 / side)];
    let sum = 0;
    for (let y = Math.floor(row * step); y < (row + 1) * step && y < width; y++) {
      for (let x = Math.floor(column * step); x < (column + 1) * step && x < width; x++) {
        sum += data[(y * width + x) * 4 + channel] * share(x, column * step) * share(y, row * step);
      }
    }
    out[i] = sum;
  }
  return { data: out, width: side, height: side };
}

/** The bytes of the array in a C header. @param {string} header */
const arrayIn = (header) =>
  Uint8Array.from(header.slice(header.indexOf('headstart_model[')).matchAll(/0x([0-9a-f]{2})/g), ([, hex]) =>
    Number.parseInt(hex, 16),
  );

/** A program that prints what the header says, and writes the bytes that it holds into a file. */
const program = `
#include <stdio.h>
#include "model.h"
int main(void) {
  FILE *file = fopen("model.tflite", "wb");
  fwrite(headstart_model, 1, sizeof headstart_model, file);
  fclose(file);
  printf("%d %d %d %d\\n", HEADSTART_MODEL_BYTES, HEADSTART_ARENA_BYTES, HEADSTART_SIDE,
         (int)((unsigned long)headstart_model % 16));
  for (int i = 0; i < HEADSTART_CLASS_COUNT; i++) puts(headstart_labels[i]);
  return 0;
}
`;

export function describeTflite8() {
  describeInBrowser('the files in 8-bit numbers', (consumers) => {
    /** @param {string} kind @param {'tflite-int8' | 'c-array'} format */
    async function exported(kind, format) {
      const learnt = await learn(kind);
      /** @type {import('../../web/src/engine/headstart-export.d.ts').ExportLoss[]} */
      const losses = [];
      let steps = 0;
      const file = await learnt.trainer.exportModel({
        format,
        onMeasured: (loss) => losses.push(loss),
        onProgress: () => steps++,
      });
      assert.equal(losses.length, 1);
      assert.ok(steps > losses[0].pictureCount, `${steps} steps`);
      const tflite = format === 'c-array' ? arrayIn(new TextDecoder().decode(file)) : file;
      const name = `${kind}-${format}.tflite`;
      const address = consumers.give('/models/', { [name]: tflite }) + name;
      const pictures = Array.from({ length: 24 }, (_, i) =>
        shrunk(faintPicture(i % 3, 200 + i, LEARNT_SIDE, LEARNT_SIDE, CLEARER), learnt.size),
      );
      const expected = [];
      for (const picture of pictures) {
        expected.push(await pageSays(learnt, picture));
      }
      return { file, tflite, loss: losses[0], address, pictures: pictures.map(sendable), expected };
    }

    it('differ by little in LiteRT.js, by no more than they said, and are less than half as large', async () => {
      const page = await consumers.open();
      for (const kind of kindsFor8Bits) {
        const { file, address, pictures, expected, loss } = await exported(kind, 'tflite-int8');
        const task = { address, root: consumers.origin, pictures, mean: 127.5, deviation: 127.5 };
        const { mean, lost } = compare(expected, await page.evaluate(askLiteRt, task));

        assert.ok(mean <= 0.03, `${kind}: mean ${mean}`);
        assert.equal(lost, 0, kind);
        assert.equal(loss.pictureCount, 48);
        assert.equal(loss.knownCount, 48);
        assert.ok(loss.meanDifference <= 0.03 && loss.meanDifference > 0, `${kind}: said ${loss.meanDifference}`);
        assert.ok(loss.rightAfterCount >= loss.rightBeforeCount - 2, `${kind}: ${JSON.stringify(loss)}`);
        if (kind === 'head') {
          const { trainer } = await learn(kind);
          const real = await trainer.exportModel({ format: 'tflite' });
          assert.ok(file.length < real.length / 2, `${file.length} of ${real.length} bytes`);
        }
      }
      await page.close();
    });

    it('are right as often on 200 pictures, and lose no clear answer', async () => {
      const page = await consumers.open();
      for (const kind of ['head', 'joined', 'tuned', 'cut', 'two']) {
        const learnt = await learn(kind);
        const file = await learnt.trainer.exportModel({ format: 'tflite-int8' });
        const address = `${consumers.give('/models/', { [`${kind}-200.tflite`]: file })}${kind}-200.tflite`;
        const pictures = Array.from({ length: 200 }, (_, i) =>
          shrunk(faintPicture(i % 3, 400 + i, LEARNT_SIDE, LEARNT_SIDE, CLEARER), learnt.size),
        );
        const said = [];
        for (const picture of pictures) {
          said.push(await pageSays(learnt, picture));
        }
        const task = {
          address,
          root: consumers.origin,
          pictures: pictures.map(sendable),
          mean: 127.5,
          deviation: 127.5,
        };
        const answers = await page.evaluate(askLiteRt, task);
        const { mean, lost } = compare(said, answers);
        const [before, after] = [said, answers].map(
          (rows) => rows.filter((row, i) => row.indexOf(Math.max(...row)) === i % 3).length,
        );
        assert.ok(mean <= 0.03, `${kind}: mean ${mean}`);
        assert.equal(lost, 0, kind);
        // Unsure answers turn: those of trained layers, read by square roots, cost 3 of a hundred here.
        assert.ok(before >= 150 && before - after <= 8, `${kind}: ${before} of 200 right, in 8 bits ${after}`);
      }
      await page.close();
    });

    it('are taken by MediaPipe, with their labels', async () => {
      const page = await consumers.open();
      for (const kind of ['head', kindsFor8Bits.at(-1) ?? '']) {
        const { address, pictures, expected } = await exported(kind, 'tflite-int8');
        const answers = await page.evaluate(askMediaPipe, { address, root: consumers.origin, pictures });
        const { mean, lost } = compare(expected, byLabel(answers));
        assert.ok(mean <= 0.03, `${kind}: mean ${mean}`);
        assert.equal(lost, 0, kind);
      }
      await page.close();
    });

    it('as a C header compile without a warning, and say flash, memory and names', async () => {
      const { file, tflite } = await exported('head', 'c-array');
      const folder = mkdtempSync(join(tmpdir(), 'headstart-c-'));
      try {
        writeFileSync(join(folder, 'model.h'), file);
        for (const [compiler, name, standard] of [
          ['gcc', 'main.c', '-std=c11'],
          ['g++', 'main.cpp', '-std=c++11'],
        ]) {
          writeFileSync(join(folder, name), program);
          const flags = [standard, '-Wall', '-Wextra', '-Werror', '-pedantic', '-O1', '-o', 'main', name];
          execFileSync(compiler, flags, { cwd: folder, stdio: 'pipe' });
          const [numbers, ...names] = execFileSync(join(folder, 'main'), { cwd: folder, encoding: 'utf8' })
            .trimEnd()
            .split('\n');
          const [bytes, arena, side, offset] = numbers.split(' ').map(Number);
          assert.ok(readFileSync(join(folder, 'model.tflite')).equals(tflite), 'the compiled bytes are others');
          assert.equal(bytes, tflite.length);
          assert.deepEqual([side, offset], [96, 0]);
          assert.ok(arena >= ARENAS.head && arena < 1.3 * ARENAS.head, String(arena));
          assert.deepEqual(names, labels);
        }
      } finally {
        rmSync(folder, { recursive: true });
      }
    });

    it('as a C header say in an interpreter what the page says', async () => {
      const page = await consumers.open(...interpreter);
      for (const kind of kindsFor8Bits.filter((each) => !['discriminant', 'mlp'].includes(each))) {
        const { file, address, pictures, expected } = await exported(kind, 'c-array');
        const arena = Number(/HEADSTART_ARENA_BYTES (\d+)/.exec(new TextDecoder().decode(file))?.[1]);
        const measured = ARENAS[/** @type {keyof typeof ARENAS} */ (kind)] ?? 0;
        assert.ok(arena >= measured && (!measured || arena < 1.3 * measured), `${kind}: ${arena}`);
        const { mean, lost } = compare(
          expected,
          await page.evaluate(askInterpreter, { address, root: consumers.origin, pictures, isWhole: true }),
        );

        assert.ok(mean <= 0.03, `${kind}: mean ${mean}`);
        assert.equal(lost, 0, kind);
      }
      await page.close();
    });

    it('can be stopped on the way, and need pictures', async () => {
      const { trainer } = await learn('head');
      const controller = new AbortController();
      const stopped = trainer.exportModel({
        format: 'tflite-int8',
        signal: controller.signal,
        onProgress: ({ done }) => done === 5 && controller.abort(),
      });
      await assert.rejects(stopped, { code: 'cancelled' });

      const other = await newTrainer({ inputSize: trainer.backbone.inputSize });
      await other.importHead(await trainer.exportHead());
      await assert.rejects(other.exportModel({ format: 'tflite-int8' }), { code: 'too-few-samples' });
      await other.dispose();
    });
  });
}
