// What a strategy means in the drawing of the network, the table of candidates, and a fine-tuning as it is watched.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adviceAsCsv, sortCandidates } from '../../web/src/state/advice.js';
import {
  bordersOf,
  CASES,
  drawingOf,
  nameOf,
  nearestBorder,
  sightOf,
  strategyAt,
  WAYS,
  weightsOf,
  zonesOf,
} from '../../web/src/state/strategies.js';
import { createTuning, isFineTuning } from '../../web/src/state/tuning.js';
import en from '../../web/src/texts/network/en.js';

/** Nineteen layers, as MobileNetV2 has them. */
const layers = [
  ['stem', 112, 16],
  ...[112, 56, 56, 28, 28, 28, 14, 14, 14, 14, 14, 14, 14, 7, 7, 7, 7].map((side, index) => [
    `blocks.${index}`,
    side,
    32,
  ]),
  ['last', 7, 1280],
].map(([name, side, channels]) => ({ name, side, channels, weightCount: 100, stride: 224 / Number(side) }));

test('every place of the border stands for a strategy that is drawn at that place again', () => {
  for (const way of WAYS) {
    for (const border of bordersOf(way, layers)) {
      const strategy = strategyAt(way, border, layers);
      const drawing = drawingOf(strategy, layers);
      assert.equal(drawing.border, border, strategy);
      if (border < layers.length) {
        assert.equal(drawing.way, way, strategy);
      }
    }
  }
});

test('the ends of the border are the plain head and the whole network, and the engine knows all between', () => {
  assert.equal(strategyAt('tune', 19, layers), 'head');
  assert.equal(strategyAt('tune', 18, layers), 'last-convolution');
  assert.equal(strategyAt('tune', 17, layers), 'last-block');
  assert.equal(strategyAt('tune', 15, layers), 'last-3-blocks');
  assert.equal(strategyAt('tune', 2, layers), 'last-16-blocks');
  assert.equal(strategyAt('tune', 0, layers), 'whole-network');
  assert.equal(strategyAt('cut', 14, layers), 'cut-after-12');
  assert.equal(strategyAt('new-layers', 7, layers), 'new-layers-after-5');
});

test('a border that is dragged anywhere comes to the nearest place that there is', () => {
  assert.equal(nearestBorder('tune', 15.4, layers), 15);
  assert.equal(nearestBorder('tune', 1.2, layers), 2);
  assert.equal(nearestBorder('tune', 0.7, layers), 0);
  assert.equal(nearestBorder('cut', -3, layers), 2);
  assert.equal(nearestBorder('new-layers', 40, layers), 18);
});

test('the head reads the last layer, the cut one, or those that the engine names', () => {
  assert.deepEqual(drawingOf('head', layers).taps, [18]);
  assert.deepEqual(drawingOf('cut-after-12', layers).taps, [13]);
  assert.deepEqual(drawingOf('joined-layers', layers, ['blocks.12', 'last']).taps, [13, 18]);
  assert.ok(drawingOf('joined-layers-views', layers).taps.length > 1);
  assert.deepEqual(drawingOf('earlier-cut', layers, ['blocks.5']), { way: 'cut', border: 7, taps: [6] });
});

test('weights are counted by what is frozen, learns, or is cut off', () => {
  assert.deepEqual(weightsOf(drawingOf('head', layers), layers, 2), { frozen: 1900, trained: 2 * 1281 });
  assert.deepEqual(weightsOf(drawingOf('last-block', layers), layers, 2), { frozen: 1700, trained: 200 + 2 * 1281 });
  assert.deepEqual(weightsOf(drawingOf('cut-after-12', layers), layers, 3), { frozen: 1400, trained: 3 * 33 });
});

test('all strategies and sights have a name', () => {
  const ways = WAYS.flatMap((way) => bordersOf(way, layers).map((border) => strategyAt(way, border, layers)));
  const others = ['nearest-mean', 'head-views', 'earlier-cut', 'joined-layers', 'joined-layers-views', 'new-layers'];
  for (const strategy of [...ways, ...others, ...Object.values(CASES)]) {
    assert.ok(nameOf(strategy).key in en, strategy);
  }
  assert.deepEqual(nameOf('last-block'), { key: 'strategy.last-blocks', values: { count: 1 } });
  assert.deepEqual([2, 4, 8, 16, 32, 64].map(sightOf), [
    'sight.edges',
    'sight.lines',
    'sight.textures',
    'sight.parts',
    'sight.things',
    'sight.things',
  ]);
});

test('layers with maps of one size stand together', () => {
  assert.deepEqual(
    zonesOf(layers).map(({ from, count, side }) => [from, count, side]),
    [
      [0, 2, 112],
      [2, 2, 56],
      [4, 3, 28],
      [7, 7, 14],
      [14, 5, 7],
    ],
  );
});

/** @param {string} strategy @param {number} accuracy @param {number} elapsedMs */
const candidate = (strategy, accuracy, elapsedMs) => ({
  strategy,
  accuracy,
  standardError: 0.02,
  logLoss: 1 - accuracy,
  elapsedMs,
  features: ['blocks.12', 'last'],
  viewCount: 0,
  trainedWeightCount: 100,
});
const candidates = [
  candidate('head', 0.8, 30),
  candidate('last-block', Number.NaN, 20),
  candidate('joined-layers', 0.9, 10),
];

test('candidates are sorted by every column, and what was not measured comes last', () => {
  const order = (/** @type {any} */ column, /** @type {boolean} */ descending) =>
    sortCandidates(candidates, { column, descending }, (name) => name).map(({ strategy }) => strategy);
  assert.deepEqual(order('accuracy', true), ['joined-layers', 'head', 'last-block']);
  assert.deepEqual(order('accuracy', false), ['head', 'joined-layers', 'last-block']);
  assert.deepEqual(order('elapsedMs', false), ['joined-layers', 'last-block', 'head']);
  assert.deepEqual(order('strategy', false), ['head', 'joined-layers', 'last-block']);
});

test('the table as a file has a line for each candidate, and numbers with a point', () => {
  const lines = adviceAsCsv({ candidates, recommended: 'joined-layers' }).split('\r\n');
  assert.equal(lines.length, 5);
  assert.match(lines[0], /^strategy,recommended,accuracy,standard_error,log_loss,/);
  assert.equal(lines[3], 'joined-layers,yes,0.9,0.02,0.09999999999999998,10,100,0,blocks.12 last');
});

test('only what changes the network or trains new layers counts as fine-tuning', () => {
  for (const strategy of ['last-convolution', 'last-block', 'last-3-blocks', 'whole-network', 'new-layers-after-5']) {
    assert.ok(isFineTuning(strategy), strategy);
  }
  for (const strategy of ['head', 'nearest-mean', 'earlier-cut', 'cut-after-12', 'joined-layers-views']) {
    assert.ok(!isFineTuning(strategy), strategy);
  }
});

test('a finished round is noted once, however often the engine tells of it', () => {
  /** @type {any} */
  const state = { tuning: null, training: { phase: 'running' } };
  const tuning = createTuning({ state, changed: () => {}, engine: /** @type {any} */ ({ trainer: null }) });
  tuning.begin('last-block');
  tuning.note({ stage: 'maps', done: 3, total: 9 });
  const round = { trainLoss: 1, heldOutLoss: 0.9, heldOutAccuracy: 0.7 };
  tuning.note({ stage: 'train', done: 0.1, total: 1, epoch: 1, epochCount: 12, ...round });
  tuning.note({ stage: 'train', done: 0.15, total: 1, epoch: 1, epochCount: 12, ...round });
  tuning.note({ stage: 'train', done: 0.2, total: 1, epoch: 2, epochCount: 12, ...round, heldOutAccuracy: 0.8 });
  assert.deepEqual(
    state.tuning.epochs.map(({ heldOutAccuracy }) => heldOutAccuracy),
    [0.7, 0.8],
  );
  assert.equal(state.tuning.epochCount, 12);
  tuning.note({ stage: 'train', done: 0.4, total: 1, epoch: 4, epochCount: 12, ...round });
  assert.equal(state.tuning.epochs.length, 4); // the third went by unheard
  assert.ok(Number.isNaN(state.tuning.epochs[2].heldOutLoss));
  const epochs = Array.from({ length: 5 }, () => round);
  tuning.end(/** @type {any} */ ({ strategy: 'last-block', fineTuning: { epochs, epochCount: 12 } }));
  assert.deepEqual(state.tuning.epochs, epochs);
  tuning.begin('head');
  assert.equal(state.tuning, null);
});
