// Films as a source of pictures: frames at even times, read one after the other, however the film was packed.

import { keptPart } from './decode.js';
import { UnreadableError } from './unreadable.js';

/** Frames closer together are almost the same picture. */
const PICTURES_PER_SECOND = 5;
/** Of a longer film the pictures lie further apart. */
const MOST_PICTURES = 300;
/** No browser takes so long for a frame that will come. */
const SILENT_AFTER_MS = 20_000;
/** A film that is open keeps a decoder, and phones have few. */
const CLOSED_AFTER_MS = 3000;
/** Later than any film ends. */
const AFTER_THE_END_S = 1e7;

/**
 * @typedef {object} Film
 * @property {number[]} times In seconds.
 * @property {(timeS: number) => Promise<ImageBitmap | null>} frameAt To be closed by whoever receives it; null once a
 *   frame before it failed, which was told then.
 */

/**
 * Finds out how long a film is, and hands out its frames when they are asked for.
 *
 * @param {File} file
 * @returns {Promise<Film>} Rejects with `unsupported` where the browser cannot show it, `not-a-picture` where there is
 *   only sound.
 */
export async function openFilm(file) {
  let video = await load(file);
  const duration = await durationOf(video);
  const count = Math.max(1, Math.min(MOST_PICTURES, Math.floor(duration * PICTURES_PER_SECOND)));
  unload(video);

  let isOpen = false;
  let hasFailed = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let closing;
  /** @type {Promise<unknown>} */
  let before = Promise.resolve();

  /** @param {number} timeS */
  async function frame(timeS) {
    clearTimeout(closing);
    if (!isOpen) {
      video = await load(file);
      isOpen = true;
    }
    try {
      await after(video, 'seeked', () => {
        video.currentTime = timeS;
      });
      const part = keptPart(video.videoWidth, video.videoHeight);
      return await createImageBitmap(video, {
        resizeWidth: Math.max(1, Math.round(video.videoWidth * part)),
        resizeQuality: 'high',
      });
    } finally {
      closing = setTimeout(() => {
        isOpen = false;
        unload(video);
      }, CLOSED_AFTER_MS);
    }
  }

  return {
    times: Array.from({ length: count }, (_, index) => ((index + 0.5) * duration) / count),
    frameAt(timeS) {
      const mine = before.then(() => (hasFailed ? null : frame(timeS)));
      before = mine.catch(() => {
        hasFailed = true;
      });
      return mine;
    },
  };
}

/** @param {File} file */
async function load(file) {
  const video = document.createElement('video');
  video.muted = true;
  video.playsInline = true;
  video.preload = 'auto';
  try {
    // Its first frame is there: Safari reports a size and no picture before.
    await after(video, 'loadeddata', () => {
      video.src = URL.createObjectURL(file);
      video.load();
    });
  } catch (error) {
    unload(video);
    throw error;
  }
  if (video.videoWidth === 0) {
    unload(video);
    throw new UnreadableError('not-a-picture', 'sound without a picture');
  }
  return video;
}

/** @param {HTMLVideoElement} video */
function unload(video) {
  const address = video.src;
  video.removeAttribute('src');
  video.load();
  URL.revokeObjectURL(address);
}

/**
 * What a browser recorded itself does not say how long it is, until its end was looked for.
 *
 * @param {HTMLVideoElement} video
 */
async function durationOf(video) {
  if (!Number.isFinite(video.duration)) {
    await after(video, 'seeked', () => {
      video.currentTime = AFTER_THE_END_S;
    });
  }
  return Number.isFinite(video.duration) ? video.duration : video.currentTime;
}

/**
 * @param {HTMLVideoElement} video
 * @param {'loadeddata' | 'seeked'} event
 * @param {() => void} cause
 * @returns {Promise<void>}
 */
function after(video, event, cause) {
  return new Promise((resolve, reject) => {
    const listening = new AbortController();
    const silent = setTimeout(
      () => end(new UnreadableError('broken', `no ${event} for ${SILENT_AFTER_MS} ms`)),
      SILENT_AFTER_MS,
    );
    /** @param {Error} [error] */
    function end(error) {
      clearTimeout(silent);
      listening.abort();
      if (error) {
        reject(error);
      } else {
        resolve();
      }
    }
    const { signal } = listening;
    video.addEventListener(event, () => end(), { signal });
    video.addEventListener(
      'error',
      () => end(new UnreadableError(event === 'loadeddata' ? 'unsupported' : 'broken', video.error?.message)),
      { signal },
    );
    cause();
  });
}
