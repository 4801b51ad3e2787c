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
import { difference, exportWrong, headKinds, learn, pageSays, picturesOfSide } from './learnt.mjs';

/** Bytes as numbers, one colour after the other. @param {import('./learnt.mjs').Picture} picture */
export function planes({ data, width, height }) {
  const numbers = new Float32Array(3 * width * height);
  for (let channel = 0; channel < 3; channel++) {
    for (let i = 0; i < width * height; i++) {
      numbers[channel * width * height + i] = data[i * 4 + channel];
    }
  }
  return numbers;
}

/** @param {any} runtime @param {Uint8Array} file @param {import('./learnt.mjs').Picture[]} pictures @param {(numbers: Float32Array) => void} [change] */
async function ask(runtime, file, pictures, change = () => {}) {
  const session = await runtime.InferenceSession.create(file);
  const answers = [];
  for (const picture of pictures) {
    const numbers = planes(picture);
    change(numbers);
    const input = new runtime.Tensor('float32', numbers, [1, 3, picture.height, picture.width]);
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
          const most = await largest(learnt, await ask(runtime, file, pictures), pictures);
          assert.ok(most < 1e-4, `${kind}: ${most}`);
        }
      });
    }

    it('would be noticed if it were wrong: colours, scale, padding, labels, temperature', async () => {
      const learnt = await learn('head');
      const file = await learnt.trainer.exportModel({ format: 'onnx' });
      const pictures = picturesOfSide(learnt.size);
      const third = learnt.size ** 2;
      const swapped = await ask(node, file, pictures, (numbers) => {
        const red = numbers.slice(0, third);
        numbers.copyWithin(0, 2 * third);
        numbers.set(red, 2 * third);
      });
      assert.ok((await largest(learnt, swapped, pictures)) > 1e-3);
      const scaled = await ask(node, file, pictures, (numbers) => {
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
      assert.ok((await largest(learnt, await ask(node, padded, pictures), pictures)) > 1e-3);
      const cold = await exportWrong(learnt, 'the temperature missing', 'onnx');
      assert.ok((await largest(learnt, await ask(node, cold, pictures), pictures)) > 1e-3);
      const inOrder = await ask(node, file, pictures);
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
