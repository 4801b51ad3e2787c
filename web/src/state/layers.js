// What the layers of the network make of what the camera shows, live, as long as somebody looks.

import { LAYERS_TEXTS } from '../texts/layers/index.js';

/** @typedef {Awaited<ReturnType<typeof createLayers>>} Layers */
/** @typedef {import('../engine/headstart.js').FeatureMaps} FeatureMaps */

const CHANNEL_COUNT = 4;
/** As often as that: the answer goes on beside it. */
const LEAST_MS = 110;
/** A picture that stands still is looked at again only because another one may have come. */
const STILL_MS = 600;

/**
 * @param {import('./types.js').Context} context
 * @param {{ live: import('./live.js').Live, samples: import('./samples.js').Samples }} parts
 */
export async function createLayers({ state, changed, watch, engine, notices, texts }, { live, samples }) {
  await texts.bring(LAYERS_TEXTS);
  /** @type {FeatureMaps[]} */
  let stages = [];
  /** What they are of: the camera, or a picture that was tried or recorded. @type {HTMLVideoElement | Blob | null} */
  let shown = null;
  let framesPerSecond = 0;
  let isRunning = false;

  const isWanted = () => state.dialog === 'inside' && engine.trainer !== null && state.engine.phase === 'ready';

  /** What is in front of the camera, else the picture that was taken last. */
  async function pictureNow() {
    const now = live.shown;
    if (now) {
      return /** @type {HTMLVideoElement | Blob} */ (now);
    }
    const last = state.classes.flatMap(({ enabled, sampleIds }) => (enabled ? sampleIds.slice(-1) : []));
    return last.length > 0 ? samples.picture(Math.max(...last)) : null;
  }

  /** @returns {Promise<boolean>} whether there was something to look at that moves */
  async function look() {
    const picture = await pictureNow();
    if (!picture || !engine.trainer) {
      return false;
    }
    stages = await engine.trainer.featureMaps(picture, { channelCount: CHANNEL_COUNT });
    shown = picture;
    changed('layers-changed');
    return picture instanceof HTMLVideoElement;
  }

  async function run() {
    if (isRunning) {
      return;
    }
    isRunning = true;
    try {
      while (isWanted()) {
        const start = performance.now();
        const isMoving = await look();
        const rest = isMoving ? LEAST_MS - (performance.now() - start) : STILL_MS;
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, rest)));
        framesPerSecond = isMoving ? 1000 / (performance.now() - start) : 0;
      }
    } catch (error) {
      const { code } = /** @type {any} */ (error);
      if (code !== 'cancelled' && !engine.trainer?.failed) {
        notices.fail(error);
      }
    }
    isRunning = false;
  }

  watch(['dialog-changed', 'engine-changed', 'engine-ready'], () => void run());
  void run(); // somebody may have opened the window before this was there
  // Another network has other layers.
  watch(['backbone-changed'], () => {
    stages = [];
    changed('layers-changed');
  });

  return {
    get stages() {
      return stages;
    },
    get shown() {
      return shown;
    },
    get framesPerSecond() {
      return framesPerSecond;
    },
    /** Pixels of the picture from one place of a map to the next. @param {FeatureMaps} stage */
    strideOf: ({ height }) => Math.round((state.engine.backbone?.inputSize ?? height) / height),
  };
}
