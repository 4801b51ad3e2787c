// The ONNX file in ONNX Runtime, in Node and in the browser's build, and in OpenCV where that is installed.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import * as node from 'onnxruntime-node';
import * as web from 'onnxruntime-web';
import {
  compare,
  difference,
  exportWrong,
  headKinds,
  learn,
  pageSays,
  picturesOfManyShapes,
  picturesOfSide,
} from './learnt.mjs';
import { planes } from './squares.mjs';

/** @param {any} runtime @param {Uint8Array} file @param {number} side @param {import('./learnt.mjs').Picture[]} pictures @param {(numbers: Float32Array) => void} [change] */
async function ask(runtime, file, side, pictures, change = () => {}) {
  const session = await runtime.InferenceSession.create(file);
  const answers = [];
  for (const picture of pictures) {
    const numbers = planes(picture, side);
    change(numbers);
    const input = new runtime.Tensor('float32', numbers, [1, 3, side, side]);
    const { probabilities } = await session.run({ picture: input });
    answers.push([...probabilities.data]);
  }
  return answers;
}

/** @param {import('./learnt.mjs').Learnt} learnt @param {number[][]} answers @param {import('./learnt.mjs').Picture[]} pictures */
async function largest(learnt, answers, pictures) {
  let most = 0;
  for (const [i, picture] of pictures.entries()) {
    most = Math.max(most, difference(await pageSays(learnt, picture), answers[i]));
  }
  return most;
}

export const hasOpenCV = (() => {
  try {
    execFileSync('/usr/bin/python3', ['-c', 'import cv2, numpy'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

export function describeOnnx() {
  describe('the ONNX file', () => {
    for (const [name, runtime] of Object.entries({ 'onnxruntime-node': node, 'onnxruntime-web': web })) {
      it(`says the same in ${name}`, async () => {
        for (const kind of headKinds) {
          const learnt = await learn(kind);
          const file = await learnt.trainer.exportModel({ format: 'onnx' });
          const pictures = picturesOfSide(learnt.size);
          const answers = await ask(runtime, file, learnt.size, [...pictures, ...picturesOfManyShapes()]);
          const most = await largest(learnt, answers, pictures);
          assert.ok(most < 1e-4, `${kind}: ${most}`);
          const expected = [];
          for (const picture of picturesOfManyShapes()) {
            expected.push(await pageSays(learnt, picture));
          }
          const { mean, lost } = compare(expected, answers.slice(pictures.length));
          assert.ok(mean <= 1e-3, `${kind}, other shapes: mean ${mean}`);
          assert.equal(lost, 0, kind);
        }
      });
    }

    it('would be noticed if it were wrong: colours, scale, padding, labels, temperature', async () => {
      const learnt = await learn('head');
      const file = await learnt.trainer.exportModel({ format: 'onnx' });
      const pictures = picturesOfSide(learnt.size);
      const third = learnt.size ** 2;
      const swapped = await ask(node, file, learnt.size, pictures, (numbers) => {
        const red = numbers.slice(0, third);
        numbers.copyWithin(0, 2 * third);
        numbers.set(red, 2 * third);
      });
      assert.ok((await largest(learnt, swapped, pictures)) > 1e-3);
      const scaled = await ask(node, file, learnt.size, pictures, (numbers) => {
        numbers.forEach((value, i) => {
          numbers[i] = value / 127.5 - 1;
        });
      });
      assert.ok((await largest(learnt, scaled, pictures)) > 1e-2);
      // One row and one column before the picture instead of behind it.
      const padded = Buffer.from(file);
      const pads = padded.indexOf('pads');
      const behind = padded.subarray(pads + 4, pads + 24);
      const at = behind.indexOf(Buffer.from([0x40, 0, 0x40, 0, 0x40, 1, 0x40, 1]));
      assert.ok(at >= 0, behind.toString('hex'));
      behind.set([0x40, 1, 0x40, 1, 0x40, 0, 0x40, 0], at);
      assert.ok((await largest(learnt, await ask(node, padded, learnt.size, pictures), pictures)) > 1e-3);
      const cold = await exportWrong(learnt, 'the temperature missing', 'onnx');
      assert.ok((await largest(learnt, await ask(node, cold, learnt.size, pictures), pictures)) > 1e-3);
      const inOrder = await ask(node, file, learnt.size, pictures);
      const turned = inOrder.map((row) => row.toReversed());
      assert.ok((await largest(learnt, turned, pictures)) > 1e-2);
    });

    it('says the same in OpenCV', { skip: hasOpenCV ? false : 'needs python3-opencv' }, async () => {
      const folder = mkdtempSync(join(tmpdir(), 'headstart-onnx-'));
      try {
        for (const kind of headKinds) {
          const learnt = await learn(kind);
          writeFileSync(join(folder, 'model.onnx'), await learnt.trainer.exportModel({ format: 'onnx' }));
          const pictures = picturesOfSide(learnt.size);
          const bytes = pictures.map(({ data }) => Buffer.from(data.filter((_, i) => i % 4 < 3)));
          writeFileSync(join(folder, 'pictures.rgb'), Buffer.concat(bytes));
          const script = fileURLToPath(new URL('ask_opencv.py', import.meta.url));
          const text = execFileSync('/usr/bin/python3', [script, folder, String(learnt.size)], { encoding: 'utf8' });
          const most = await largest(learnt, JSON.parse(text), pictures);
          assert.ok(most < 1e-4, `${kind}: ${most}`);
        }
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  });
}
