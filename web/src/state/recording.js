// Recording: while a button is held, one picture, or a burst after a countdown.

import { createRecorder } from '../camera/recorder.js';

/** @typedef {ReturnType<typeof createRecording>} Recording */

/**
 * @param {import('./types.js').Context} context
 * @param {{ classes: import('./classes.js').Classes, samples: import('./samples.js').Samples, camera: import('./camera-link.js').CameraLink }} parts
 */
export function createRecording(context, { classes, samples, camera }) {
  const { state, changed, notices, texts, watch } = context;
  /** @type {number[]} */
  let taken = [];
  /** @type {AbortController | null} */
  let burst = null;

  const recorder = createRecorder({
    picturesPerSecond: state.settings.picturesPerSecond,
    inFlightLimit: 4,
    takePicture: async () => {
      const { recording } = state;
      await camera.untilShowing();
      if (!recording || recording !== state.recording || !camera.video || !camera.isShowing) {
        return;
      }
      recording.taken += 1;
      changed('recording-changed');
      const sampleId = await samples.add(recording.classKey, camera.video);
      if (sampleId !== null) {
        taken.push(sampleId);
      }
    },
    onError: (error) => {
      notices.fail(error);
      void stop();
    },
  });

  watch(['picturesPerSecond-chosen'], () => {
    recorder.picturesPerSecond = state.settings.picturesPerSecond;
  });
  // A camera that is unplugged ends the recording that it was for.
  watch(['camera-changed'], () => {
    if (state.recording && state.camera.phase !== 'open') {
      void stop();
    }
  });

  /** A press on record without a camera is a wish for one. */
  function needsCamera() {
    const { phase } = state.camera;
    if (phase === 'open') {
      return false;
    }
    if (phase === 'failed' || phase === 'lost') {
      const key = /** @type {any} */ (`camera.${state.camera.reason || 'unknown'}`);
      notices.tell(texts.t('class.noCamera', { why: texts.t(texts.has(key) ? key : 'camera.unknown') }));
    }
    if (phase !== 'opening') {
      void camera.open();
    }
    return true;
  }

  async function finish() {
    const recorded = taken;
    taken = [];
    const key = state.recording?.classKey;
    state.recording = null;
    changed('recording-changed', 'recording-ended');
    samples.recorded(recorded);
    const card = key === undefined ? undefined : classes.find(key);
    // That the camera went away is the more important news, and has just been said.
    if (card && recorded.length > 0 && state.camera.phase === 'open') {
      const values = { count: recorded.length, name: card.name, total: card.sampleIds.length };
      notices.announce(texts.t('notice.recorded', values));
    }
  }

  async function stop() {
    burst?.abort();
    if (state.recording?.kind === 'hold') {
      await recorder.stop();
      await finish();
    }
  }

  return {
    stop,

    /** @param {number} classKey */
    start(classKey) {
      if (state.recording || !classes.find(classKey) || needsCamera()) {
        return;
      }
      state.recording = { classKey, kind: 'hold', taken: 0, wanted: 0, countdown: 0 };
      changed('recording-changed');
      recorder.start();
    },

    /** @param {number} classKey */
    async single(classKey) {
      if (state.recording || !classes.find(classKey) || needsCamera()) {
        return;
      }
      state.recording = { classKey, kind: 'burst', taken: 0, wanted: 1, countdown: 0 };
      changed('recording-changed');
      await recorder.shot();
      await finish();
    },

    /** Counts down, then records, hands free; a second press stops it. @param {number} classKey */
    async burst(classKey) {
      if (burst) {
        burst.abort();
        return;
      }
      if (state.recording || !classes.find(classKey) || needsCamera()) {
        return;
      }
      const { burstCount: wanted, countdownSeconds } = state.settings;
      burst = new AbortController();
      state.recording = { classKey, kind: 'burst', taken: 0, wanted, countdown: countdownSeconds };
      changed('recording-changed');
      try {
        await recorder.burst({
          count: wanted,
          countdownSeconds,
          signal: burst.signal,
          onCountdown: (secondsLeft) => {
            if (state.recording) {
              state.recording.countdown = secondsLeft;
              notices.announce(secondsLeft > 0 ? String(secondsLeft) : texts.t('recording.now'));
              changed('recording-changed');
            }
          },
        });
      } finally {
        burst = null;
        await finish();
      }
    },
  };
}
