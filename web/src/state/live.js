// The live answer: one frame in flight, the newest wins, and an answer that does not flicker.

import { startFrameLoop } from '../camera/frame-loop.js';
import { createSteadier } from './steadier.js';

/** @typedef {ReturnType<typeof createLive>} Live */

/** What the steadier calls "none of these": no class has this number. */
const UNKNOWN = -1;
/** A machine this slow cannot both record at full rate and answer; then recording comes first. */
const SLOW_MS = 45;

/**
 * @param {import('./types.js').Context} context
 * @param {{ classes: import('./classes.js').Classes, camera: import('./camera-link.js').CameraLink }} parts
 */
export function createLive({ state, changed, watch, engine, notices, texts }, { classes, camera }) {
  const { live } = state;
  const steadier = createSteadier();
  /** @type {ReturnType<typeof startFrameLoop> | null} */
  let loop = null;

  /** How the answer is asked for where somebody wants to know more with it. @type {((picture: import('./types.js').Picture) => Promise<import('../engine/headstart.js').Prediction>) | null} */
  let asking = null;
  /** @param {import('./types.js').Picture} picture */
  const ask = (picture) => (asking ? asking(picture) : engine.trainer?.predict(picture));

  /** With one class left there is nothing to tell apart, whatever the head of before would say. */
  const hasChoice = () => state.classes.filter(({ enabled }) => enabled).length >= 2;
  const canAnswer = () =>
    Boolean(engine.trainer) && hasChoice() && (classes.taught.length >= 2 || Boolean(state.engine.head));

  function forget() {
    live.ranked = [];
    live.winnerId = null;
    live.isUnknown = false;
    steadier.reset();
    changed('live-changed');
  }

  /** @param {import('../engine/headstart.js').Prediction} prediction */
  function show(prediction) {
    const { ranked, known, trained, timings } = prediction;
    const { threshold, knownThreshold, steadyMs } = state.settings;
    // A still picture has nothing to wait for.
    const leadMs = live.source === 'camera' ? steadyMs : 0;
    const top = ranked[0];
    const sure = top && top.probability >= threshold ? top.classId : null;
    const answer = steadier.update(known < knownThreshold ? UNKNOWN : sure, leadMs, performance.now());
    const [before, wasUnknown] = [live.winnerId, live.isUnknown];
    live.ranked = ranked;
    live.known = known;
    live.trained = trained;
    live.winnerId = answer === UNKNOWN ? null : answer;
    live.isUnknown = answer === UNKNOWN;
    live.readMs = timings.readMs;
    live.embedMs = timings.embedMs;
    live.headMs = timings.headMs;
    if (before !== live.winnerId || wasUnknown !== live.isUnknown) {
      changed('winner-changed');
    }
    changed('live-changed');
  }

  /** @param {HTMLVideoElement} video */
  async function look(video) {
    const busy = state.recording && live.embedMs > SLOW_MS;
    const isReady = state.engine.phase === 'ready'; // an engine that is being started anew has better things to do
    if (live.paused || live.source !== 'camera' || busy || !isReady || !camera.isShowing || !canAnswer()) {
      return;
    }
    try {
      const prediction = await ask(video);
      if (prediction && live.source === 'camera' && !live.paused && canAnswer()) {
        show(prediction);
      }
    } catch (error) {
      const { code } = /** @type {any} */ (error);
      if (code !== 'not-trained' && code !== 'cancelled') {
        throw error;
      }
    }
  }

  function startLoop() {
    loop?.stop();
    const { video } = camera;
    if (!video) {
      return;
    }
    loop = startFrameLoop({
      video,
      process: look,
      onRate: ({ framesPerSecond }) => {
        live.framesPerSecond = framesPerSecond;
      },
      onError: (error) => {
        if (!engine.trainer?.failed) {
          notices.fail(error); // else the new engine is news enough
        }
      },
    });
  }
  watch(['video-attached'], startLoop);
  watch(['samples-changed', 'classes-changed', 'engine-changed', 'camera-changed'], () => {
    const blind = live.source === 'camera' && state.camera.phase !== 'open';
    if (live.ranked.length > 0 && (blind || !canAnswer())) {
      forget();
    }
  });

  /** The same picture again, once the head or what counts as an answer is another one. */
  watch(['training-ended', 'threshold-chosen', 'knownThreshold-chosen'], () => void askAgain());
  /** @type {Blob | null} */
  let still = null;
  async function askAgain() {
    if (!still || !canAnswer()) {
      return;
    }
    try {
      const prediction = await ask(still);
      if (prediction && still) {
        show(prediction);
      }
    } catch (error) {
      if (await engine.hasRecovered()) {
        void askAgain();
      } else {
        notices.fail(error);
      }
    }
  }

  return {
    get canAnswer() {
      return canAnswer();
    },
    /** What the answer is about: the picture that was tried, else what the camera shows now. */
    get shown() {
      const video = camera.isShowing ? camera.video : null;
      return live.source === 'picture' ? still : video;
    },
    /** @param {typeof asking} way null: as usual */
    askWith(way) {
      asking = way;
      void askAgain();
    },
    togglePause() {
      live.paused = !live.paused;
      changed('live-changed');
      notices.announce(texts.t(live.paused ? 'live.paused' : 'live.resumed'));
    },

    /**
     * Judges a picture file instead of the camera.
     *
     * @param {Blob} picture
     * @param {{ index: number, count: number }} place Among those that were dropped together.
     */
    async tryPicture(picture, { index, count }) {
      URL.revokeObjectURL(live.pictureUrl);
      forget();
      still = picture;
      live.source = 'picture';
      live.pictureUrl = URL.createObjectURL(picture);
      live.pictureIndex = index;
      live.pictureCount = count;
      changed('live-changed', 'source-changed');
      await askAgain();
    },

    backToCamera() {
      URL.revokeObjectURL(live.pictureUrl);
      still = null;
      live.source = 'camera';
      live.pictureUrl = '';
      forget();
      changed('source-changed');
    },
  };
}
