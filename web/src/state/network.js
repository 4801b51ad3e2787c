// The drawing of the network as a person plays with it: a draft of a strategy that nothing uses until they say so, and
// what it would cost, measured by the engine.

import {
  bordersOf,
  caseToldAs,
  drawingOf,
  nearestBorder,
  strategyAt,
  strategyFor,
  waysOf,
  weightsOf,
} from './strategies.js';

/** @typedef {ReturnType<typeof createNetwork>} Network */
/** @typedef {import('./strategies.js').Way} Way */
/** @typedef {import('../engine/headstart.js').TrainEstimate} TrainEstimate */

/** A border that is being dragged is not worth a measurement. */
const CALM_MS = 350;

/**
 * @param {import('./types.js').Context} context
 * @param {{ training: import('./training.js').Training, classes: import('./classes.js').Classes }} parts
 */
export function createNetwork({ state, changed, watch, engine, notices }, { training, classes }) {
  /** @type {import('./types.js').StrategyName} */
  let draft = state.training.strategy;
  /** The way that a border at its end stands for nothing of, so it is kept. @type {Way} */
  let way = 'tune';
  /** @type {TrainEstimate | null} */
  let estimate = null;
  let estimateError = '';
  let measuring = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let turn = 0;

  /** @returns {import('./strategies.js').Plan} */
  const plan = () => ({ layers: engine.trainer?.network ?? [], strategies: engine.trainer?.strategies ?? [] });

  /** What an estimate depends on. */
  const canMeasure = () =>
    state.dialog === 'inside' && training.canTrain && state.training.phase !== 'running' && plan().layers.length > 0;

  async function measure() {
    if (!canMeasure()) {
      return;
    }
    turn += 1;
    const mine = turn;
    measuring = true;
    changed('network-changed');
    try {
      const found = await engine.trainer?.estimateTraining({ strategy: draft });
      if (mine === turn) {
        estimate = found ?? null;
      }
    } catch (error) {
      if (mine === turn) {
        estimateError = notices.wordsOf(error);
      }
    } finally {
      if (mine === turn) {
        measuring = false;
        changed('network-changed');
      }
    }
  }

  function forgetEstimate() {
    turn += 1;
    estimate = null;
    estimateError = '';
    measuring = false;
    clearTimeout(timer);
    timer = setTimeout(() => void measure(), CALM_MS);
  }

  /** @param {import('./types.js').StrategyName} strategy */
  function choose(strategy) {
    const { way: its } = drawingOf(strategy, plan());
    if (its !== 'tune' || engine.trainsLayers(strategy)) {
      way = its;
    } else if (way === 'new-layers') {
      way = 'tune'; // new layers behind nothing that was cut off are none
    }
    if (strategy !== draft) {
      draft = strategy;
      forgetEstimate();
    }
    changed('network-changed');
  }

  watch(['dialog-changed', 'samples-changed', 'backbone-changed', 'training-ended', 'engine-changed'], () => {
    if (canMeasure()) {
      forgetEstimate();
    }
    changed('network-changed');
  });

  return {
    get view() {
      const { layers, strategies } = plan();
      const drawing = drawingOf(draft, { layers, strategies });
      const counts = layers.length > 0 ? weightsOf(drawing, layers, Math.max(2, classes.taught.length)) : null;
      return {
        layers,
        strategy: draft,
        applied: state.training.strategy,
        way,
        ways: waysOf({ layers, strategies }),
        drawing,
        trained: estimate?.trainedWeightCount ?? counts?.trained ?? 0,
        frozen: estimate?.frozenWeightCount ?? counts?.frozen ?? 0,
        estimate,
        estimateError,
        measuring,
      };
    },

    choose,

    /** @param {Way} wanted */
    chooseWay(wanted) {
      way = wanted;
      const now = plan();
      const { border } = drawingOf(draft, now);
      // A choice that would change nothing to see moves the border to where it shows.
      const middle = Math.round(now.layers.length * 0.75);
      const from = border === now.layers.length && wanted !== 'tune' ? middle : border;
      choose(strategyAt(wanted, nearestBorder(wanted, from, now), now));
      way = wanted;
      changed('network-changed');
    },

    /** To the nearest place that the engine can do. @param {number} border */
    moveBorder(border) {
      const kept = way;
      choose(strategyAt(way, nearestBorder(way, border, plan()), plan()));
      way = kept;
    },

    /**
     * To the next place that there is, so many steps on.
     *
     * @param {number} step
     */
    stepBorder(step) {
      const { border } = drawingOf(draft, plan());
      const places = bordersOf(way, plan());
      const target = border + step;
      const next =
        step > 0
          ? (places.find((place) => place >= target) ?? places[places.length - 1])
          : (places.findLast((place) => place <= target) ?? places[0]);
      this.moveBorder(next);
    },

    /** What one of the four cases begins with, as it is drawn. @param {import('./strategies.js').Case} name */
    caseOf(name) {
      const strategy = strategyFor(plan(), name);
      return { strategy, drawing: drawingOf(strategy, plan()), toldAs: caseToldAs(plan(), name) };
    },

    /** @param {import('./strategies.js').Case} name */
    chooseCase: (name) => choose(strategyFor(plan(), name)),

    /** What is drawn is what is trained from now on. */
    async apply() {
      training.choose(draft);
      changed('network-changed');
      await training.train();
    },
  };
}
