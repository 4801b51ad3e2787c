// From a playing video to one frame after the other: one in flight, and always the newest.

/** @typedef {{ framesPerSecond: number, msPerFrame: number, skippedPerSecond: number }} FrameRate */
/**
 * @typedef {object} FrameLoopOptions
 * @property {HTMLVideoElement} video
 * @property {(video: HTMLVideoElement) => Promise<unknown> | unknown} process Looks at the video's present frame. The
 *   next call waits until its promise settles.
 * @property {(rate: FrameRate) => void} [onRate] About once a second: processed and skipped frames, and how long one took.
 * @property {(error: unknown) => void} [onError] A frame that failed; the loop rests for a moment and goes on.
 */

const RATE_EVERY_MS = 1000;
/** A fault that every frame repeats must not fill the log thirty times a second. */
const REST_AFTER_ERROR_MS = 500;

/**
 * Runs `process` on the newest frame of a video for as long as it plays.
 *
 * Frames that arrive while one is being processed are not queued: the video element itself holds the newest. Where the
 * browser tells of each frame (`requestVideoFrameCallback`) no frame is looked at twice; elsewhere the video's clock
 * tells. Both rest in a hidden tab, which is what a preview wants; recording and training do not hang on this loop.
 *
 * @param {FrameLoopOptions} options
 * @returns {{ stop: () => void, pause: () => void, resume: () => void }}
 */
export function startFrameLoop({ video, process, onRate, onError }) {
  let stopped = false;
  let paused = false;
  let inFlight = false;
  let frameWaits = false;
  let callbackId = 0;
  let lastTime = -1;
  const rate = { since: performance.now(), processed: 0, skipped: 0, spentMs: 0 };
  const tellsOfFrames = 'requestVideoFrameCallback' in HTMLVideoElement.prototype;

  function listen() {
    callbackId = tellsOfFrames ? video.requestVideoFrameCallback(onFrame) : requestAnimationFrame(onAnimationFrame);
  }

  function onAnimationFrame() {
    if (video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA && video.currentTime !== lastTime) {
      lastTime = video.currentTime;
      onFrame();
    } else if (!stopped) {
      listen();
    }
  }

  function onFrame() {
    if (stopped) {
      return;
    }
    listen();
    if (paused) {
      return;
    }
    if (inFlight) {
      if (frameWaits) {
        rate.skipped += 1;
      }
      frameWaits = true;
      return;
    }
    void processNewest();
  }

  async function processNewest() {
    inFlight = true;
    frameWaits = false;
    const started = performance.now();
    try {
      await process(video);
      rate.processed += 1;
      rate.spentMs += performance.now() - started;
    } catch (error) {
      onError?.(error);
      await new Promise((resolve) => setTimeout(resolve, REST_AFTER_ERROR_MS));
    }
    inFlight = false;
    tellRate();
    if (frameWaits && !stopped && !paused) {
      void processNewest();
    }
  }

  function tellRate() {
    const now = performance.now();
    const elapsedMs = now - rate.since;
    if (elapsedMs < RATE_EVERY_MS) {
      return;
    }
    onRate?.({
      framesPerSecond: (1000 * rate.processed) / elapsedMs,
      msPerFrame: rate.processed > 0 ? rate.spentMs / rate.processed : 0,
      skippedPerSecond: (1000 * rate.skipped) / elapsedMs,
    });
    Object.assign(rate, { since: now, processed: 0, skipped: 0, spentMs: 0 });
  }

  listen();
  return {
    stop() {
      stopped = true;
      if (tellsOfFrames) {
        video.cancelVideoFrameCallback(callbackId);
      } else {
        cancelAnimationFrame(callbackId);
      }
    },
    pause() {
      paused = true;
      frameWaits = false;
    },
    resume() {
      paused = false;
    },
  };
}
