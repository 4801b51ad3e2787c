// The one thing that would help the answer most, and what came of it: more pictures of the class that is missed, a way to
// learn that was measured to be better, or pictures that deserve a look.

import { BETTER_TEXTS } from '../texts/better/index.js';
import { weakSpot } from './weak-spot.js';

/** @typedef {Awaited<ReturnType<typeof createBetter>>} Better */
/** @typedef {import('./types.js').StrategyName} StrategyName */
/** @typedef {import('../engine/headstart.js').DataAdvice} DataAdvice */
/**
 * @typedef {{ kind: 'record', key: number, name: string }
 *   | { kind: 'measure' }
 *   | { kind: 'running', fraction: number }
 *   | { kind: 'way', strategy: StrategyName, before: number, after: number }
 *   | { kind: 'data', data: DataAdvice, sampleIds: number[] }} Suggestion
 */

const OF = 20;
/** @param {number} part */
const rightOf = (part) => Math.round(part * OF);

/** @param {import('./types.js').Context} context @param {{ recording: import('./recording.js').Recording, inside: import('./inside.js').Inside }} parts */
export async function createBetter({ state, changed, watch, texts }, { recording, inside }) {
  await texts.bring(BETTER_TEXTS);
  const { advice, network } = inside;
  /** How many of 20 were right when something was done about it. @type {number | null} */
  let before = null;
  /** The report of that time. */
  let reportBefore = state.report;

  function remember() {
    reportBefore = state.report;
    before = state.report?.measured ? rightOf(state.report.accuracy) : null;
    changed('better-changed');
  }

  watch(['report-changed', 'advice-changed', 'classes-changed', 'training-changed', 'samples-changed'], () =>
    changed('better-changed'),
  );

  return {
    /** How it was before, once there is a newer number beside it. */
    get before() {
      return before !== null && state.report?.measured && state.report !== reportBefore ? before : null;
    },

    /** @returns {Suggestion | null} */
    get suggestion() {
      const { report, reportIsStale } = state;
      const { phase, fraction, advice: found, isStale } = advice.view;
      if (phase === 'running') {
        return { kind: 'running', fraction };
      }
      if (!report?.measured || reportIsStale || state.training.phase !== 'idle') {
        return null;
      }
      const spot = weakSpot(report);
      const card = spot && state.classes.find(({ id }) => id === spot.of.classId);
      if (card) {
        return { kind: 'record', key: card.key, name: card.name };
      }
      if (!found || isStale) {
        return { kind: 'measure' };
      }
      const best = found.candidates.find(({ strategy }) => strategy === found.recommended);
      const now = found.candidates.find(({ strategy }) => strategy === report.strategy);
      if (best && best !== now && best.accuracy > (now?.accuracy ?? report.accuracy)) {
        const after = rightOf(best.accuracy);
        return { kind: 'way', strategy: best.strategy, before: rightOf(now?.accuracy ?? report.accuracy), after };
      }
      const present = new Set(state.classes.flatMap(({ sampleIds }) => sampleIds));
      for (const data of found.data) {
        const sampleIds = (data.sampleIds ?? []).filter((id) => present.has(id));
        if (sampleIds.length > 0) {
          return { kind: 'data', data, sampleIds };
        }
      }
      return null;
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
      network.choose(strategy);
      void network.apply();
    },
  };
}
