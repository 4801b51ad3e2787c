// A fine-tuning as it is watched: its rounds, a pause, an end that keeps the best so far.

/** Of a round that was over before anybody told of it. */
const UNHEARD = { trainLoss: Number.NaN, heldOutLoss: Number.NaN, heldOutAccuracy: Number.NaN };

/** @param {Pick<import('./types.js').Context, 'state' | 'changed' | 'engine'>} context */
export function createTuning({ state, changed, engine }) {
  return {
    /** @param {import('./types.js').StrategyName} strategy @param {import('./types.js').Round | null} [round] where it goes on */
    begin(strategy, round = null) {
      const { curve: epochs, epochCount } = round ?? { curve: [], epochCount: 0 };
      state.tuning = engine.trainsLayers(strategy)
        ? { strategy, stage: '', epochs, epochCount, paused: false, finishing: false }
        : null;
      changed('tuning-changed');
    },

    /** @param {import('../engine/headstart.js').Progress} progress */
    note({ stage, epoch = 0, epochCount = 0, trainLoss, heldOutLoss, heldOutAccuracy }) {
      const { tuning } = state;
      if (!tuning) {
        return;
      }
      tuning.stage = stage;
      tuning.epochCount = epochCount || tuning.epochCount;
      if (epoch > tuning.epochs.length && heldOutLoss !== undefined) {
        const missed = Array.from({ length: epoch - 1 - tuning.epochs.length }, () => UNHEARD);
        const round = {
          trainLoss: trainLoss ?? Number.NaN,
          heldOutLoss,
          heldOutAccuracy: heldOutAccuracy ?? Number.NaN,
        };
        tuning.epochs = [...tuning.epochs, ...missed, round];
      }
      changed('tuning-changed');
    },

    /** All rounds, the last among them. @param {import('../engine/headstart.js').TrainReport} report */
    end({ strategy, fineTuning }) {
      if (state.tuning && fineTuning) {
        Object.assign(state.tuning, {
          strategy,
          epochs: fineTuning.epochs,
          epochCount: fineTuning.epochCount,
          paused: false,
        });
        changed('tuning-changed');
      }
    },

    /** It was stopped or failed: the head before it goes on answering, and there is nothing to tell. */
    forget() {
      state.tuning = null;
      changed('tuning-changed');
    },

    finish() {
      if (state.tuning && state.training.phase === 'running') {
        state.tuning.finishing = true;
        state.tuning.paused = false;
        engine.trainer?.finishTraining();
        changed('tuning-changed');
      }
    },

    togglePause() {
      const { tuning } = state;
      if (!tuning || state.training.phase !== 'running') {
        return;
      }
      tuning.paused = !tuning.paused;
      if (tuning.paused) {
        engine.trainer?.pauseTraining();
      } else {
        engine.trainer?.resumeTraining();
      }
      changed('tuning-changed');
    },
  };
}
