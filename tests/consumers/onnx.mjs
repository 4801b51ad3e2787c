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

/** @param {any} runtime @param {Uint8Array} file @param {number} side @param {import('./learnt.mjs').Picture[]} pictures */
async function ask(runtime, file, side, pictures) {
  const session = await runtime.InferenceSession.create(file);
  const answers = [];
  for (const picture of pictures) {
    const numbers = planes(picture, side);
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

/** @param {Uint8Array} file @param {number} side @param {import('./learnt.mjs').Picture[]} pictures of that side @returns {number[][]} */
function askOpenCV(file, side, pictures) {
  const folder = mkdtempSync(join(tmpdir(), 'headstart-onnx-'));
  try {
    writeFileSync(join(folder, 'model.onnx'), file);
    const bytes = pictures.map(({ data }) => Buffer.from(data.filter((_, i) => i % 4 < 3)));
    writeFileSync(join(folder, 'pictures.rgb'), Buffer.concat(bytes));
    const script = fileURLToPath(new URL('ask_opencv.py', import.meta.url));
    return JSON.parse(execFileSync('/usr/bin/python3', [script, folder, String(side)], { encoding: 'utf8' }));
  } finally {
    rmSync(folder, { recursive: true });
  }
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

    it('would be noticed everywhere if it were wrong: colours, scale, padding, labels, temperature', async () => {
      const learnt = await learn('head');
      const file = await learnt.trainer.exportModel({ format: 'onnx' });
      const pictures = picturesOfSide(learnt.size);
      const cold = await exportWrong(learnt, 'the temperature missing', 'onnx');
      // One row and one column before the picture instead of behind it.
      const padded = Buffer.from(file);
      const pads = padded.indexOf('pads');
      const behind = padded.subarray(pads + 4, pads + 24);
      const at = behind.indexOf(Buffer.from([0x40, 0, 0x40, 0, 0x40, 1, 0x40, 1]));
      assert.ok(at >= 0, behind.toString('hex'));
      behind.set([0x40, 1, 0x40, 1, 0x40, 0, 0x40, 0], at);
      const swapped = pictures.map((picture) => ({
        ...picture,
        data: picture.data.map((_, i) => picture.data[i % 4 === 3 ? i : i - (i % 4) + 2 - (i % 4)]),
      }));
      const scaled = pictures.map((picture) => ({ ...picture, data: picture.data.map((value) => value / 2) }));
      /** @type {Record<string, (model: Uint8Array, shown: typeof pictures) => Promise<number[][]>>} */
      const places = {
        'onnxruntime-node': (model, shown) => ask(node, model, learnt.size, shown),
        'onnxruntime-web': (model, shown) => ask(web, model, learnt.size, shown),
        ...(hasOpenCV && { OpenCV: async (model, shown) => askOpenCV(model, learnt.size, shown) }),
      };
      for (const [place, askThere] of Object.entries(places)) {
        for (const [fault, model, shown] of /** @type {const} */ ([
          ['the temperature missing', cold, pictures],
          ['padding on the wrong side', padded, pictures],
          ['colours swapped', file, swapped],
          ['another scale', file, scaled],
        ])) {
          const most = await largest(learnt, await askThere(model, shown), pictures);
          assert.ok(most > 1e-3, `${place}, ${fault}: ${most}`);
        }
        const turned = (await askThere(file, pictures)).map((row) => row.toReversed());
        assert.ok((await largest(learnt, turned, pictures)) > 1e-2, `${place}, labels`);
      }
    });

    it('says the same in OpenCV', { skip: hasOpenCV ? false : 'needs python3-opencv' }, async () => {
      for (const kind of headKinds) {
        const learnt = await learn(kind);
        const pictures = picturesOfSide(learnt.size);
        const answers = askOpenCV(await learnt.trainer.exportModel({ format: 'onnx' }), learnt.size, pictures);
        const most = await largest(learnt, answers, pictures);
        assert.ok(most < 1e-4, `${kind}: ${most}`);
      }
    });
  });
}
