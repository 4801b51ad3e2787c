// What a strategy means in the drawing of the network, the table of candidates, and a fine-tuning as it is watched.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { adviceAsCsv, comparisonOf, sortCandidates } from '../../web/src/state/advice.js';
import {
  bordersOf,
  caseToldAs,
  drawingOf,
  frozenOf,
  nearestBorder,
  sightOf,
  strategyAt,
  strategyFor,
  WAYS,
  waysOf,
  weightsOf,
  zonesOf,
} from '../../web/src/state/strategies.js';
import { nameOf } from '../../web/src/state/strategy-names.js';
import { cameTo } from '../../web/src/state/tuned.js';
import { createTuning } from '../../web/src/state/tuning.js';
import en from '../../web/src/texts/network/en.js';
import { newTrainer } from '../wasm/support.mjs';

const trainer = await newTrainer();
after(() => trainer.dispose());
/** What the built-in backbone offers, as the page hears it; weights are told so that they are easily added. */
const plan = {
  layers: trainer.network.map((layer) => ({ ...layer, weightCount: 100, channels: layer.name === 'last' ? 1280 : 32 })),
  strategies: trainer.strategies,
};
const { layers } = plan;

test('every place of the border stands for a strategy that is drawn at that place again', () => {
  for (const way of WAYS) {
    for (const border of bordersOf(way, plan)) {
      const strategy = strategyAt(way, border, plan);
      const drawing = drawingOf(strategy, plan);
      assert.equal(drawing.border, border, strategy);
      if (border < layers.length) {
        assert.equal(drawing.way, way, strategy);
      }
    }
  }
});

test('the ends of the border are the plain head and the whole network, and the engine knows all between', () => {
  assert.equal(strategyAt('tune', 19, plan), 'head');
  assert.equal(strategyAt('tune', 18, plan), 'last-convolution');
  assert.equal(strategyAt('tune', 17, plan), 'last-block');
  assert.equal(strategyAt('tune', 15, plan), 'last-3-blocks');
  assert.equal(strategyAt('tune', 2, plan), 'last-16-blocks');
  assert.equal(strategyAt('tune', 0, plan), 'whole-network');
  assert.equal(strategyAt('cut', 14, plan), 'cut-after-12');
  assert.equal(strategyAt('new-layers', 7, plan), 'new-layers-after-5');
});

test('a border that is dragged anywhere comes to the nearest place that there is', () => {
  assert.equal(nearestBorder('tune', 15.4, plan), 15);
  assert.equal(nearestBorder('tune', 1.2, plan), 2);
  assert.equal(nearestBorder('tune', 0.7, plan), 0);
  assert.equal(nearestBorder('cut', -3, plan), 2);
  assert.equal(nearestBorder('new-layers', 40, plan), 18);
});

test('the head reads the last layer, the cut one, or those that the engine names', () => {
  assert.deepEqual(drawingOf('head', plan).taps, [18]);
  assert.deepEqual(drawingOf('cut-after-12', plan).taps, [13]);
  assert.deepEqual(drawingOf('joined-layers-views', plan).taps, [15, 17, 18]);
  assert.deepEqual(drawingOf('earlier-cut', plan), { way: 'cut', border: 16, borders: [16], taps: [15] });
  assert.deepEqual(drawingOf('new-layers', plan), { way: 'new-layers', border: 14, borders: [14], taps: [13] });
  const whole = { way: 'tune', border: 19, borders: [19], taps: [18] };
  assert.deepEqual(drawingOf('of another backbone', plan), whole);
});

test('weights are counted by what is frozen, learns, or is cut off', () => {
  assert.deepEqual(weightsOf(drawingOf('head', plan), layers, 2), { frozen: 1900, trained: 2 * 1281 });
  assert.deepEqual(weightsOf(drawingOf('last-block', plan), layers, 2), { frozen: 1700, trained: 200 + 2 * 1281 });
  assert.deepEqual(weightsOf(drawingOf('cut-after-12', plan), layers, 3), { frozen: 1400, trained: 3 * 33 });
});

/** A network of three blocks and one of five, as the engine tells of them. @type {any} */
const pair = {
  layers: [
    ...['stem', 'blocks.0', 'blocks.1', 'blocks.2', 'last'].map((name) => `a.${name}`),
    ...['stem', 'blocks.0', 'blocks.1', 'blocks.2', 'blocks.3', 'blocks.4', 'last'].map((name) => `b.${name}`),
  ].map((name) => ({ name, side: 7, stride: 32, channels: name.endsWith('last') ? 100 : 10, weightCount: 100 })),
  strategies: [
    { name: 'head', trains: null, border: 'last', freeHead: true },
    { name: 'last-convolution', trains: 'last-convolution', border: 'a.blocks.2,b.blocks.4' },
    { name: 'last-block', trains: 'last-blocks', border: 'a.blocks.1,b.blocks.3' },
    { name: 'last-2-blocks', trains: 'last-blocks', border: 'a.blocks.0,b.blocks.2' },
  ].map((each) => ({ shortName: '', freeHead: false, ...each, features: ['a.last', 'b.last'] })),
};

test('of two networks each has a border of its own, and they move together', () => {
  assert.deepEqual(waysOf(pair), ['tune']);
  assert.deepEqual(waysOf(plan), [...WAYS]);
  assert.deepEqual(bordersOf('tune', pair), [9, 10, 11, 12]);
  for (const border of bordersOf('tune', pair)) {
    assert.equal(drawingOf(strategyAt('tune', border, pair), pair).border, border);
  }
  const drawing = drawingOf('last-block', pair);
  assert.deepEqual(drawing, { way: 'tune', border: 10, borders: [3, 10], taps: [4, 11] });
  const frozen = pair.layers.filter(
    (/** @type {any} */ _, /** @type {number} */ at) => frozenOf(drawing, pair.layers)[at],
  );
  assert.equal(frozen.length, 3 + 5);
  assert.ok(frozenOf(drawingOf('head', pair), pair.layers).every(Boolean), 'a head changes no layer');
  // 4 layers of 100 weights, and a head on 200 features.
  assert.deepEqual(weightsOf(drawing, pair.layers, 3), { frozen: 800, trained: 400 + 3 * 201 });
  // Dragged in the first network or in the second, the nearest border is meant.
  assert.equal(nearestBorder('tune', 2, pair), 9);
  assert.equal(nearestBorder('tune', 3.2, pair), 10);
  assert.equal(nearestBorder('tune', 10.9, pair), 11);
  assert.equal(nearestBorder('new-layers', 5, pair), 12);
});

test('all strategies and sights have a name', () => {
  for (const { name, shortName } of plan.strategies) {
    for (const strategy of [name, ...(shortName === '' ? [] : [shortName]), 'recommended']) {
      assert.ok(nameOf(strategy).key in en, strategy);
    }
  }
  assert.equal(nameOf('last-3-blocks').values.count, 3);
  assert.equal(nameOf('cut-after-14').values.number, 16);
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
      [0, 2, 64],
      [2, 2, 32],
      [4, 3, 16],
      [7, 7, 8],
      [14, 5, 4],
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

test('a comparison quotes the numbers of the table, and says so where those are of other pictures', () => {
  const found = /** @type {any} */ ({ candidates, recommended: 'joined-layers' });
  const asTable = (/** @type {number} */ value) => value.toFixed(2);
  const told = (/** @type {number} */ logLoss, /** @type {number} */ usualLogLoss) =>
    comparisonOf(found, { logLoss, usualLogLoss }, asTable);
  assert.deepEqual(told(0.1, 0.2), { loss: '0.10', usual: '0.20', isOfTable: true });
  assert.deepEqual(told(0.1004, 0.1996), { loss: '0.10', usual: '0.20', isOfTable: true });
  assert.equal(told(0.07, 0.2).isOfTable, false);
  assert.equal(told(0.1, 0.09).isOfTable, false);
});

test('a tuning that did not help is told with the round that its curve marks', () => {
  const epochs = [
    { trainLoss: 1, heldOutLoss: 0.6, heldOutAccuracy: 1 },
    { trainLoss: 0.9, heldOutLoss: 0.4, heldOutAccuracy: 0.8 },
    { trainLoss: 0.8, heldOutLoss: 0.5, heldOutAccuracy: 0.85 },
  ];
  const told = (/** @type {number} */ bestEpoch, /** @type {number} */ accuracy) =>
    cameTo(/** @type {any} */ ({ epochs, bestEpoch, headAlone: { accuracy, logLoss: 0.3 } }));
  assert.deepEqual(told(2, 0.9), { accuracy: 0.8, isLessSure: false });
  assert.deepEqual(told(0, 0.9), { accuracy: 0.8, isLessSure: false });
  assert.deepEqual(told(3, 0.85), { accuracy: 0.85, isLessSure: true });
});

test('each of the four cases begins with what the engine says suits it', () => {
  const cases = /** @type {const} */ (['few-close', 'few-far', 'many-close', 'many-far']);
  const ways = cases.map((each) => drawingOf(strategyFor(plan, each), plan));
  assert.deepEqual(
    ways.map(({ way }) => way),
    ['tune', 'new-layers', 'tune', 'tune'],
  );
  const [fewClose, , manyClose, manyFar] = ways.map(({ border }) => border);
  assert.ok(manyFar === 0 && manyFar < manyClose && manyClose < fewClose && fewClose === layers.length);
});

test('a case is told in the words of what the network offers for it', () => {
  const cases = /** @type {const} */ (['few-close', 'few-far', 'many-close', 'many-far']);
  assert.deepEqual(
    cases.map((each) => caseToldAs(plan, each)),
    cases,
  );
  const offered = pair.strategies.map((/** @type {any} */ each) => ({
    ...each,
    suits: { head: 'few-close', 'last-block': 'many-close', 'last-2-blocks': 'many-far' }[each.name] ?? null,
  }));
  assert.deepEqual(
    cases.map((each) => caseToldAs({ ...pair, strategies: offered }, each)),
    ['few-close', 'few-close', 'many-close', 'many-close'],
  );
});

test('only what changes the network or trains new layers counts as fine-tuning', () => {
  const trained = plan.strategies.filter(({ trains }) => trains).map(({ name }) => name);
  for (const strategy of trained) {
    assert.match(strategy, /^(last-|whole-network|new-layers)/);
  }
  assert.equal(trained.length, 17 + 1 + 16 + 1);
});

test('a finished round is noted once, however often the engine tells of it', () => {
  /** @type {any} */
  const state = { tuning: null, training: { phase: 'running' } };
  const tuning = createTuning({
    state,
    changed: () => {},
    engine: /** @type {any} */ ({ trainsLayers: (/** @type {string} */ name) => name !== 'head' }),
  });
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
