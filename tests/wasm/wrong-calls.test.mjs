// Every failure is a HeadstartError: each call of the library with wrong values in each of its arguments and options.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createTrainer, drawPicture, HeadstartError, library, newTrainer, teach } from './support.mjs';

/** @typedef {import('../../web/src/engine/headstart.d.ts').Trainer} Trainer */

class Odd {
  get width() {
    throw new Error('a getter that throws');
  }
}

const WRONG = [
  null,
  true,
  -1,
  1.5,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  1e300,
  2 ** 32,
  '',
  'x',
  '\ud800',
  Symbol('s'),
  10n,
  {},
  [],
  [null],
  [[]],
  Object.create(null),
  () => 1,
  new Date(Number.NaN),
  new Uint8Array(3),
  new Map(),
  Object.freeze(new Proxy({}, {})),
];

const picture = drawPicture(0, 1, 640, 480);
const stopped = { signal: AbortSignal.abort() }; // what takes long does not begin
const head = { file: new Uint8Array(8), classIds: [1], strategy: null, stale: false, imported: false };
const kept = [{ sampleId: 9000, classId: 1, picture: new Blob(['x']) }];

/** Of each call its arguments as they should be. @type {Record<string, unknown[]>} */
const CALLS = {
  addClass: ['name'],
  renameClass: [1, 'name'],
  removeClass: [99],
  restoreClass: [99],
  setClassEnabled: [1, true],
  moveClass: [1, 0],
  addSample: [1, picture, { crop: { left: 0, top: 0, width: 100, height: 100 }, mirror: false }],
  sampleIds: [1],
  picture: [1],
  sampleEmbedding: [1],
  removeSample: [99],
  removeSamples: [[99]],
  restoreSamples: [[99]],
  moveSample: [1, 1],
  moveSamples: [[1], 1],
  copySamples: [[1], 1],
  emptyBin: [],
  train: [
    {
      ...stopped,
      strategy: 'head',
      head: 'logistic',
      mirrorViews: true,
      secondLook: false,
      seed: 1,
      l2: 1,
      temperature: 1,
      foldCount: 2,
      hiddenCount: 10,
      epochCount: 1,
      batchSize: 4,
      learningRate: 0.1,
      onProgress: () => {},
    },
  ],
  finishTraining: [],
  pauseTraining: [],
  resumeTraining: [],
  estimateTraining: [{ ...stopped, strategy: 'head' }],
  advise: [{ ...stopped, budgetMs: 1, seed: 1, onProgress: () => {} }],
  predict: [picture, { crop: { left: 0, top: 0, width: 100, height: 100 }, mirror: true }],
  attention: [picture, { crop: { left: 0, top: 0, width: 100, height: 100 }, mirror: true, class: 1, similarCount: 3 }],
  featureMaps: [picture, { mirror: true, channelCount: 2 }],
  pictureMap: [],
  embed: [picture, { crop: { left: 0, top: 0, width: 100, height: 100 }, mirror: true, features: ['last'] }],
  capture: [picture, { crop: { left: 0, top: 0, width: 100, height: 100 }, mirror: true }],
  exportHead: [{ date: '2026-01-01' }],
  importHead: [new Uint8Array(8)],
  exportModel: [
    {
      ...stopped,
      format: 'tfjs',
      pictureSize: 224,
      title: 'x',
      date: '2026-01-01',
      page: 1,
      onMeasured: () => {},
      onProgress: () => {},
    },
  ],
  refusedFormats: [],
  importProject: [new Uint8Array(8), { ...stopped, onProgress: () => {} }],
  setBackbone: [new Uint8Array(8), { ...stopped, inputSize: 96, onProgress: () => {} }],
  stats: [],
  recover: [{ ...stopped, onProgress: () => {} }],
};

/** And of what stores a trainer. @type {Record<string, unknown[]>} */
const KEEPING = {
  rows: [[1]],
  takeUpClasses: [[{ id: 1000, name: 'x', enabled: true }], { lastSampleId: 0 }],
  takeUpSamples: [kept, new Float32Array(4)],
  takeUpHead: [head],
};

/**
 * The arguments with one value replaced, at every depth.
 * @param {unknown} value
 * @returns {Generator<[string, unknown]>}
 */
function* spoilt(value) {
  for (const wrong of WRONG) {
    yield [describeValue(wrong), wrong];
  }
  if (Array.isArray(value) || Object.getPrototypeOf(value ?? 1) === Object.prototype) {
    for (const [key, member] of Object.entries(/** @type {object} */ (value))) {
      for (const [what, changed] of spoilt(member)) {
        const copy = Array.isArray(value) ? [...value] : { .../** @type {object} */ (value) };
        /** @type {any} */ (copy)[key] = changed;
        yield [`${key}: ${what}`, copy];
      }
    }
  }
}

/** @param {unknown} value */
function describeValue(value) {
  if (typeof value === 'symbol' || typeof value === 'bigint') {
    return value.toString();
  }
  if (typeof value === 'object' && value !== null) {
    return Object.prototype.toString.call(value);
  }
  return String(value);
}

/** @param {any} target @param {string} name @param {unknown[]} args */
async function outcome(target, name, args) {
  try {
    await target[name](...args);
    return null;
  } catch (error) {
    return error;
  }
}

describe('wrong calls', () => {
  /** @type {Trainer} */
  let trainer;
  before(async () => {
    trainer = await newTrainer();
    await teach(trainer, 3, ['a', 'b']);
    await trainer.train();
  });
  after(() => trainer.dispose());

  it('are all here', () => {
    const surface = Object.getOwnPropertyDescriptors(Object.getPrototypeOf(trainer));
    const methods = Object.entries(surface).filter(([, { value }]) => typeof value === 'function');
    const known = [...Object.keys(CALLS), 'constructor', 'dispose'].sort();
    assert.deepEqual(methods.map(([name]) => name).sort(), known);
    assert.deepEqual(Object.keys(library).sort(), ['HeadstartError', 'createTrainer', 'runnableVariants']);
  });

  for (const [part, calls] of Object.entries({ trainer: CALLS, keeping: KEEPING })) {
    it(`of ${part} fail with a HeadstartError that names what is wrong, never with 'internal'`, async () => {
      const target = part === 'trainer' ? trainer : trainer.keeping;
      let count = 0;
      /** @type {string[]} */
      const faults = [];
      for (const [name, args] of Object.entries(calls)) {
        for (const [i, arg] of args.entries()) {
          for (const [what, changed] of spoilt(arg)) {
            const error = await outcome(target, name, args.with(i, changed));
            count++;
            const isFine = error === null || (error instanceof HeadstartError && error.code !== 'internal');
            if (!isFine) {
              faults.push(`${name}(${i}: ${what}): ${error}`);
            }
            if (error && /\[object|undefined \(reading/.test(error.message)) {
              faults.push(`${name}: ${error.message}`);
            }
          }
        }
      }
      assert.ok(count > 100, `${count} calls`);
      assert.deepEqual(faults, []);
      assert.equal(trainer.failed, false);
      assert.ok((await trainer.predict(picture)).ranked.length >= 2);
    });
  }

  it('of createTrainer fail the same way', async () => {
    const options = {
      variant: 'simd',
      threads: 1,
      inputSize: 96,
      backbone: new Uint8Array(8),
      libraryUrl: '/nowhere',
      ...stopped,
    };
    for (const [what, changed] of spoilt({ ...options, onProgress: () => {}, onFailure: () => {} })) {
      const error = await createTrainer(/** @type {any} */ (changed)).then(
        (made) => made.dispose(),
        (cause) => cause,
      );
      const isFine = error === undefined || (error instanceof HeadstartError && error.code !== 'internal');
      assert.ok(isFine, `createTrainer(${what}): ${error}`);
    }
  });

  it('with a picture whose properties throw are told as a picture that cannot be read', async () => {
    await assert.rejects(trainer.predict(/** @type {any} */ (new Odd())), { code: 'bad-argument', message: /getter/ });
  });
});
