// The last finished round of a fine-tuning that has not ended: it lies on disk, and after a reload the training goes on there.

import { rowsOf } from './row-saver.js';

/** @typedef {ReturnType<typeof createRounds>} Rounds */
/** @typedef {import('./types.js').Round} Round */

/**
 * @param {import('./types.js').Context} context
 * @param {() => string} lesson What there is to learn now.
 */
export function createRounds({ state, changed, engine }, lesson) {
  /** @param {Round | null} round */
  function set(round) {
    if (state.training.round !== round) {
      state.training.round = round;
      changed('round-changed');
    }
  }

  return {
    set,

    /** @param {import('../engine/headstart.js').TuningRound} told @param {Pick<Round, 'learnt' | 'curve'> & { options: import('../engine/headstart.js').TrainOptions }} begun */
    note({ strategy, epoch, epochCount, file }, { options, learnt, curve }) {
      const { trainer } = engine;
      if (trainer) {
        const backbone = rowsOf(trainer.backbone);
        set({ file, epoch, epochCount, options: { ...options, strategy }, learnt, backbone, curve });
      }
    },

    /** Why it cannot go on as things are; '' where it can. @returns {'' | 'pictures' | 'backbone'} */
    get obstacle() {
      const { round } = state.training;
      if (round && engine.trainer && round.backbone !== rowsOf(engine.trainer.backbone)) {
        return 'backbone';
      }
      return round && round.learnt !== lesson() ? 'pictures' : '';
    },
  };
}
