// The TensorFlow Lite files in LiteRT.js, MediaPipe and tfjs-tflite.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { unzipSync } from 'fflate';
import {
  byLabel,
  compare,
  exportWrong,
  hasGated,
  headKinds,
  labels,
  learn,
  learntThingsOfManyShapes,
  pageSays,
  picturesOfManyShapes,
  picturesOfSide,
} from './learnt.mjs';
import { describeInBrowser, sendable } from './page.mjs';
import { squared } from './squares.mjs';
import { padOnTheWrongSide } from './wrong-padding.mjs';

export const interpreter = ['@tensorflow/tfjs/dist/tf.min.js', '@tensorflow/tfjs-tflite/dist/tf-tflite.min.js'];

/**
 * In the page, with tfjs-tflite: real numbers from -1 to 1 or, `isWhole`, bytes less 128 in and 256 parts out.
 *
 * @param {{ address: string, root: string, pictures: any[], isWhole?: boolean }} task
 */
export async function askInterpreter({ address, root, pictures, isWhole = false }) {
  const { tf, tflite, canvasOf } = /** @type {any} */ (globalThis);
  tflite.setWasmPath(`${root}/node_modules/@tensorflow/tfjs-tflite/wasm/`);
  const model = await tflite.loadTFLiteModel(address);
  const answers = [];
  for (const picture of pictures) {
    const { width, height } = picture;
    const { data } = canvasOf(picture).getContext('2d').getImageData(0, 0, width, height);
    const numbers = isWhole ? new Int32Array(width * height * 3) : new Float32Array(width * height * 3);
    for (let i = 0; i < numbers.length; i++) {
      const byte = data[Math.floor(i / 3) * 4 + (i % 3)];
      numbers[i] = isWhole ? byte - 128 : byte / 127.5 - 1;
    }
    const input = tf.tensor(numbers, [1, height, width, 3], isWhole ? 'int32' : 'float32');
    const output = await model.predict(input).data();
    answers.push([...output].map((value) => (isWhole ? (value + 128) / 256 : value)));
  }
  return answers;
}

/** In the page. @param {{ address: string, root: string, pictures: any[], mean: number, deviation: number }} task */
export async function askLiteRt({ address, root, pictures, mean, deviation }) {
  const { loadLiteRt, loadAndCompile, Tensor } = await import(`${root}/node_modules/@litertjs/core/dist/index.js`);
  const held = /** @type {any} */ (globalThis);
  held.liteRt ??= loadLiteRt(`${root}/node_modules/@litertjs/core/wasm/`);
  await held.liteRt;
  const model = await loadAndCompile(address, { accelerator: 'wasm' });
  const answers = [];
  for (const picture of pictures) {
    const { width, height } = picture;
    const { data } = held.canvasOf(picture).getContext('2d').getImageData(0, 0, width, height);
    const numbers = new Float32Array(width * height * 3);
    for (let i = 0; i < width * height * 3; i++) {
      numbers[i] = (data[Math.floor(i / 3) * 4 + (i % 3)] - mean) / deviation;
    }
    const input = new Tensor(numbers, [1, height, width, 3]);
    const [output] = await model.run(input);
    answers.push([...(await output.data())]);
    input.delete();
    output.delete();
  }
  model.delete();
  return answers;
}

/** In the page: of other pictures than squares, MediaPipe is asked about the square in the middle, which it shrinks itself. @param {{ address: string, root: string, pictures: any[], delegate?: 'CPU' | 'GPU' }} task */
export async function askMediaPipe({ address, root, pictures, delegate = 'CPU' }) {
  const folder = `${root}/node_modules/@mediapipe/tasks-vision`;
  const { FilesetResolver, ImageClassifier } = await import(`${folder}/vision_bundle.mjs`);
  const held = /** @type {any} */ (globalThis);
  held.vision ??= await FilesetResolver.forVisionTasks(`${folder}/wasm`);
  const classifier = await ImageClassifier.createFromOptions(held.vision, {
    baseOptions: { modelAssetPath: address, delegate },
    runningMode: 'IMAGE',
  });
  const answers = pictures.map((picture) => {
    const { width, height } = picture;
    const [x, y] = [width, height].map((side) => (side - Math.min(width, height)) / 2 / side);
    const options = width === height ? {} : { regionOfInterest: { left: x, top: y, right: 1 - x, bottom: 1 - y } };
    return classifier
      .classify(held.canvasOf(picture), options)
      .classifications[0].categories.map((/** @type {any} */ { categoryName, score }) => [categoryName, score]);
  });
  classifier.close();
  return answers;
}

/** What the file tells of the numbers that it wants, a mean and a deviation of 127.5, is another. @param {Uint8Array} file */
function withAnotherScale(file) {
  const changed = Buffer.from(file);
  const places = [];
  // They stand behind the numbers of the network, near the end.
  for (let at = changed.length - 4; at > changed.length - 4096; at--) {
    if (Math.abs(changed.readFloatLE(at) - 127.5) < 1e-3) {
      places.push(at);
    }
  }
  assert.equal(places.length, 2, 'expected a mean and a deviation');
  for (const at of places) {
    changed.writeFloatLE(140, at);
  }
  return new Uint8Array(changed);
}

/** The largest difference, and the mean of what is prepared as the programs shown do. */
const MOST = /** @type {const} */ ({ tflite: [1e-4, 1e-3], 'tflite-float16': [1e-2, 1e-3], 'tflite-int8': [1, 0.03] });

export function describeTflite() {
  describeInBrowser(
    'the TensorFlow Lite files on a graphics processor',
    (consumers) => {
      // It may count in half precision, which moves a probability by 2e-3.
      it('say the same in MediaPipe, with 8-bit numbers inside or without', async () => {
        const page = await consumers.open();
        for (const [kind, format] of /** @type {const} */ ([
          ['head', 'tflite'],
          ['discriminant', 'tflite'],
          ['joined', 'tflite'],
          ['tuned', 'tflite-float16'],
          ['cut', 'tflite-float16'],
          ['joined', 'tflite-int8'],
          ['tuned', 'tflite-int8'],
          ['two', 'tflite'],
          ['two', 'tflite-int8'],
          ...(hasGated
            ? /** @type {const} */ ([
                ['gated', 'tflite'],
                ['gated', 'tflite-float16'],
                ['gated', 'tflite-int8'],
              ])
            : []),
        ])) {
          const learnt = await learn(kind);
          const name = `${kind}-gpu-${format}.tflite`;
          const file = await learnt.trainer.exportModel({ format });
          const address = consumers.give('/models/', { [name]: file }) + name;
          const pictures = picturesOfSide(learnt.size);
          const expected = [];
          for (const picture of pictures) {
            expected.push(await pageSays(learnt, picture));
          }
          const task = { address, root: consumers.origin, pictures: pictures.map(sendable), delegate: 'GPU' };
          const answers = await page.evaluate(askMediaPipe, /** @type {any} */ (task));
          const { largest, mean, lost } = compare(expected, byLabel(answers));
          assert.ok(format === 'tflite-int8' ? mean <= 0.03 : largest < 1e-2, `${kind} ${format}: ${largest}, ${mean}`);
          assert.equal(lost, 0, `${kind} ${format}`);
        }
        await page.close();
      });
    },
    ['--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--ignore-gpu-blocklist'],
  );

  describeInBrowser('the TensorFlow Lite files', (consumers) => {
    /** @typedef {'tflite' | 'tflite-float16' | 'tflite-int8'} Format */
    /** @type {Map<string, ReturnType<typeof exportNow>>} */
    const made = new Map();

    /** @param {string} kind @param {Format} format */
    function exported(kind, format) {
      const name = `${kind}-${format}.tflite`;
      const files = made.get(name) ?? exportNow(kind, format, name);
      made.set(name, files);
      return files;
    }

    /** @param {string} kind @param {Format} format @param {string} name */
    async function exportNow(kind, format, name) {
      const learnt = await learn(kind);
      const file = await learnt.trainer.exportModel({ format });
      const address = consumers.give('/models/', { [name]: file }) + name;
      const isWhole = format === 'tflite-int8';
      // Numbers in 8 bits have a test of their own on pictures of the model's own side.
      const own = isWhole ? [] : picturesOfSide(learnt.size);
      const others = isWhole ? learntThingsOfManyShapes() : picturesOfManyShapes();
      const pictures = [...own, ...others.map((picture) => squared(picture, learnt.size))].map(sendable);
      const said = [];
      for (const picture of [...own, ...others]) {
        said.push(await pageSays(learnt, picture));
      }
      return { file, address, pictures, said, ownCount: own.length };
    }

    /**
     * Of pictures of the model's own side the same, and of squares out of pictures of many shapes what rounding leaves.
     *
     * @param {string} kind
     * @param {Format} format
     * @param {(task: { address: string, root: string, pictures: any[] }) => Promise<number[][]>} ask
     */
    async function hold(kind, format, ask) {
      const { address, pictures, said, ownCount } = await exported(kind, format);
      const answers = await ask({ address, root: consumers.origin, pictures });
      const [largest, mean] = MOST[format];
      const own = compare(said.slice(0, ownCount), answers.slice(0, ownCount));
      assert.ok(ownCount === 0 || own.largest < largest, `${kind} ${format}: ${own.largest}`);
      const others = compare(said.slice(ownCount), answers.slice(ownCount));
      assert.ok(others.mean <= mean, `${kind} ${format}, other shapes: mean ${others.mean}`);
      assert.equal(own.lost + others.lost, 0, `${kind} ${format}`);
    }

    for (const format of /** @type {const} */ (['tflite', 'tflite-float16', 'tflite-int8'])) {
      it(`${format} says the same in LiteRT.js`, async () => {
        const page = await consumers.open();
        for (const kind of headKinds) {
          await hold(kind, format, (task) => page.evaluate(askLiteRt, { ...task, mean: 127.5, deviation: 127.5 }));
        }
        await page.close();
      });

      it(`${format} says the same in MediaPipe, with the labels that lie in it`, async () => {
        const page = await consumers.open();
        for (const kind of headKinds) {
          await hold(kind, format, async (task) => byLabel(await page.evaluate(askMediaPipe, task)));
        }
        await page.close();
      });

      it(`${format} says the same in tfjs-tflite`, async () => {
        const page = await consumers.open(...interpreter);
        for (const kind of headKinds) {
          await hold(kind, format, (task) => page.evaluate(askInterpreter, task));
        }
        await page.close();
      });
    }

    it('lose answers in MediaPipe where it cuts and shrinks by itself, since it leaves pixels out', async () => {
      const page = await consumers.open();
      const means = [];
      for (const kind of headKinds) {
        const { address, said, ownCount } = await exported(kind, 'tflite');
        const task = { address, root: consumers.origin, pictures: picturesOfManyShapes().map(sendable) };
        const { mean, lost } = compare(said.slice(ownCount), byLabel(await page.evaluate(askMediaPipe, task)));
        assert.ok(mean <= 0.2 && lost <= 2, `${kind}: mean ${mean}, ${lost} lost`);
        means.push(mean);
      }
      assert.ok(Math.max(...means) > 0.05, 'the programs that are shown need no longer say that it does');
      await page.close();
    });

    it('would be noticed everywhere if they were wrong: scale, colours, labels, temperature, padding', async () => {
      const page = await consumers.open(...interpreter);
      const { file, address, ...all } = await exported('head', 'tflite');
      const [pictures, expected] = [all.pictures.slice(0, all.ownCount), all.said.slice(0, all.ownCount)];
      const root = consumers.origin;
      const learnt = await learn('head');
      const swapped = picturesOfSide(learnt.size).map((picture) => ({
        ...picture,
        data: picture.data.map((_, i) => picture.data[i % 4 === 3 ? i : i - (i % 4) + 2 - (i % 4)]),
      }));
      const given = (/** @type {string} */ name, /** @type {Uint8Array} */ bytes) =>
        consumers.give('/models/', { [name]: bytes }) + name;
      const cold = given('cold.tflite', await exportWrong(learnt, 'the temperature missing', 'tflite'));
      const padded = given('padded.tflite', padOnTheWrongSide(file));
      const turned = given('turned.tflite', await exportWrong(learnt, 'labels in another order', 'tflite'));
      /** @type {Record<string, (task: { address: string, root: string, pictures: any[] }) => Promise<number[][]>>} */
      const places = {
        'LiteRT.js': (task) => page.evaluate(askLiteRt, { mean: 127.5, deviation: 127.5, ...task }),
        MediaPipe: async (task) => byLabel(await page.evaluate(askMediaPipe, task)),
        'tfjs-tflite': (task) => page.evaluate(askInterpreter, task),
      };
      for (const [place, ask] of Object.entries(places)) {
        /** @type {Record<string, object>} */
        const wrong = {
          'colours swapped': { pictures: swapped.map(sendable) },
          'the temperature missing': { address: cold },
          'padding on the wrong side': { address: padded },
          ...(place === 'LiteRT.js' && { 'another scale': { mean: 0, deviation: 255 } }),
          ...(place === 'MediaPipe' && {
            labels: { address: turned },
            'another scale': { address: given('scaled.tflite', withAnotherScale(file)) },
          }),
        };
        for (const [fault, change] of Object.entries(wrong)) {
          const { largest } = compare(expected, await ask({ address, root, pictures, ...change }));
          assert.ok(largest > 1e-3, `${place}, ${fault}: ${largest}`);
        }
      }
      await page.close();
    });

    it('carry their labels as a zip behind the model', async () => {
      const { file } = await exported('head', 'tflite');
      const text = new TextDecoder().decode(unzipSync(file)['labels.txt']);
      assert.deepEqual(text.split('\n'), [...labels, '']);
    });
  });
}
