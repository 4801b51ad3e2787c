// The one thing that would help the answer most, and what came of it: more pictures of the class that is missed, a way to
// learn that was measured to be better, or pictures that deserve a look. The ways are measured while nobody does anything,
// and the best of them is how it learns from then on.

import { BETTER_TEXTS } from '../texts/better/index.js';
import { watchCalm } from './calm.js';
import { expectedOf, rightOf } from './right-of.js';
import { weakSpot } from './weak-spot.js';

/** @typedef {Awaited<ReturnType<typeof createBetter>>} Better */
/** @typedef {import('./types.js').StrategyName} StrategyName */
/** @typedef {import('../engine/headstart.js').DataAdvice} DataAdvice */
/** @typedef {import('../engine/headstart.js').Advice} Advice */
/**
 * @typedef {{ kind: 'record', key: number, name: string }
 *   | { kind: 'measure' }
 *   | { kind: 'running', fraction: number, isAsked: boolean }
 *   | { kind: 'way', strategy: StrategyName, before: number, after: number }
 *   | { kind: 'background', data: DataAdvice, key: number, name: string }
 *   | { kind: 'data', data: DataAdvice, sampleIds: number[] }} Suggestion
 */

/** So long nothing happens before the ways are measured. */
const CALM_MS = 4000;
/** What nobody asked for may take so long. */
const IDLE_BUDGET_MS = 20_000;

/** @param {import('./types.js').Context} context @param {{ recording: import('./recording.js').Recording, training: import('./training.js').Training, inside: import('./inside.js').Inside }} parts */
export async function createBetter({ state, changed, watch, texts, engine }, { recording, training, inside }) {
  await texts.bring(BETTER_TEXTS);
  const { advice, network } = inside;
  /** How many of 20 were right when something was done about it. @type {number | null} */
  let before = null;
  /** The report of that time. */
  let reportBefore = state.report;
  /** The way that was left for the measured one. @type {StrategyName | null} */
  let leftWay = null;

  function remember() {
    reportBefore = state.report;
    before = state.report?.measured ? rightOf(expectedOf(state.report)) : null;
    tell();
  }

  function tell() {
    const { suggestion } = better;
    state.outlook = {
      before: better.before,
      after: suggestion?.kind === 'way' ? suggestion.after : null,
    };
    changed('better-changed');
  }

  /** What was measured of these very pictures. */
  const fresh = () => (advice.view.isStale ? null : advice.view.advice);

  /** @param {Advice} found */
  function compared(found) {
    const { report } = state;
    const best = found.candidates.find(({ strategy }) => strategy === found.recommended);
    const now = found.candidates.find(({ strategy }) => strategy === report?.strategy);
    if (!report || !best || best === now) {
      return null;
    }
    return { strategy: best.strategy, gain: best.accuracy - (now?.accuracy ?? report.accuracy) };
  }

  /** @param {Advice} found @returns {Suggestion | null} */
  function betterWay(found) {
    const way = compared(found);
    if (!way || !state.report) {
      return null;
    }
    const expected = expectedOf(state.report);
    const [now, after] = [rightOf(expected), rightOf(expected + way.gain)];
    return after > now ? { kind: 'way', strategy: way.strategy, before: now, after } : null;
  }

  /** What is odd about the pictures, as far as there is something to do about it. @param {Advice} found @returns {Suggestion | null} */
  function oddity(found) {
    const present = new Set(state.classes.flatMap(({ sampleIds }) => sampleIds));
    for (const data of found.data) {
      const sampleIds = (data.sampleIds ?? []).filter((id) => present.has(id));
      if (sampleIds.length > 0) {
        return { kind: 'data', data, sampleIds };
      }
      if (data.kind === 'background') {
        const cards = state.classes.filter((card) => card.enabled && card.sampleIds.length > 0);
        const { key, name } = cards.reduce((least, each) =>
          each.sampleIds.length < least.sampleIds.length ? each : least,
        );
        return { kind: 'background', data, key, name };
      }
    }
    return null;
  }

  const isQuiet = () =>
    state.settings.measuresByItself &&
    Boolean(state.report?.measured) &&
    !state.reportIsStale &&
    state.training.phase === 'idle' &&
    state.recording === null &&
    state.intake === null &&
    state.backbones.change === null &&
    state.leaving === null &&
    state.saving === null &&
    state.dialog === '' &&
    state.viewer === null &&
    state.project.phase !== 'loading' &&
    training.canTrain &&
    engine.trainer?.advice === null;

  const stir = watchCalm({
    calmMs: CALM_MS,
    isQuiet,
    onCalm: () => void advice.run({ isAsked: false, budgetMs: IDLE_BUDGET_MS }),
    onStir: () => {
      if (!advice.view.isAsked) {
        advice.stop();
      }
    },
  });
  watch(
    ['recording-changed', 'samples-changed', 'intake-changed', 'training-changed', 'dialog-changed', 'viewer-changed'],
    stir,
  );

  /** How it learns from now on, unless somebody has said how; what takes minutes waits for a press. */
  function follow() {
    const found = fresh();
    const way = found && compared(found);
    if (way && way.gain >= 0 && training.isOpenToAdvice && !engine.trainsLayers(way.strategy)) {
      leftWay ??= state.training.strategy;
      training.choose(way.strategy, 'advice');
      tell();
    }
  }
  watch(['advised'], follow);

  watch(['report-changed', 'advice-changed', 'classes-changed', 'training-changed', 'samples-changed'], tell);

  const better = {
    /** How it was before, once there is a newer number beside it. */
    get before() {
      return before !== null && state.report?.measured && state.report !== reportBefore ? before : null;
    },

    /** The measured way that it learns by, where nobody chose it. @returns {{ strategy: StrategyName, isInUse: boolean } | null} */
    get followed() {
      const { strategy, chosenBy } = state.training;
      return chosenBy === 'advice' ? { strategy, isInUse: state.report?.strategy === strategy } : null;
    },

    /** @returns {Suggestion | null} */
    get suggestion() {
      const { report, reportIsStale } = state;
      const { phase, fraction, isAsked } = advice.view;
      if (phase === 'running') {
        return { kind: 'running', fraction, isAsked };
      }
      if (!report?.measured || reportIsStale || state.training.phase !== 'idle') {
        return null;
      }
      const spot = weakSpot(report, state.classes);
      const card = spot && state.classes.find(({ id }) => id === spot.of.classId);
      /** @type {Suggestion | null} */
      const more = card ? { kind: 'record', key: card.key, name: card.name } : null;
      const found = fresh();
      // Of few pictures not much can be measured, and what was measured is surer than a guess.
      if (more && (spot?.why !== 'weak' || !found)) {
        return more;
      }
      return found ? (betterWay(found) ?? more ?? oddity(found)) : { kind: 'measure' };
    },

    /** @param {number} classKey */
    record(classKey) {
      remember();
      void recording.burst(classKey);
    },
    measure: () => void advice.run(),
    stop: () => advice.stop(),
    /** @param {StrategyName} strategy */
    use(strategy) {
      remember();
      leftWay ??= state.training.strategy;
      network.choose(strategy);
      void network.apply();
    },
    /** It learns as it did before anything was measured, and stays with that. */
    goBack() {
      remember();
      network.choose(leftWay ?? 'head');
      leftWay = null;
      void network.apply();
    },
  };
  return better;
}
