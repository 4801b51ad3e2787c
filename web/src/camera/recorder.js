// Takes pictures while a button is held, one by one, or hands free after a countdown.

/**
 * @typedef {object} RecorderOptions
 * @property {() => Promise<unknown>} takePicture Takes one picture and keeps it; settles when it is safe.
 * @property {number} [picturesPerSecond]
 * @property {number} [inFlightLimit] How many pictures may be on their way at once.
 * @property {(error: unknown) => void} [onError] A picture that failed; holding ends with it.
 */
/** @typedef {{ taken: number, dropped: number }} RecordingCount */
/**
 * @typedef {object} BurstOptions
 * @property {number} count
 * @property {number} [countdownSeconds]
 * @property {AbortSignal} [signal]
 * @property {(secondsLeft: number) => void} [onCountdown] Once a second, and with 0 when the first picture is taken.
 * @property {(taken: number) => void} [onPicture]
 */

/**
 * A recorder for one class and one camera at a time.
 *
 * A machine that is slower than the chosen rate gets fewer pictures, evenly spaced, not a queue that grows: what cannot
 * be taken in time is dropped and counted. A burst, which promised a number, waits instead.
 *
 * @param {RecorderOptions} options
 */
export function createRecorder({ takePicture, picturesPerSecond = 10, inFlightLimit = 2, onError }) {
  let rate = picturesPerSecond;
  let inFlight = 0;
  let holding = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @type {RecordingCount} */
  let count = { taken: 0, dropped: 0 };
  /** @type {Set<() => void>} */
  const waiting = new Set();

  /** @param {RecordingCount} into */
  async function take(into) {
    inFlight += 1;
    try {
      await takePicture();
      into.taken += 1;
      return true;
    } catch (error) {
      stopHolding();
      onError?.(error);
      return false;
    } finally {
      inFlight -= 1;
      for (const wake of [...waiting]) {
        wake();
      }
    }
  }

  /** Settles when at most `most` pictures are on their way. @param {number} most */
  async function untilInFlight(most) {
    while (inFlight > most) {
      await new Promise((resolve) => {
        const wake = () => {
          waiting.delete(wake);
          resolve(undefined);
        };
        waiting.add(wake);
      });
    }
  }

  /** @param {number} due When this picture was to be taken. */
  function tick(due) {
    if (!holding) {
      return;
    }
    if (inFlight >= inFlightLimit) {
      count.dropped += 1;
    } else {
      void take(count);
    }
    const now = performance.now();
    // A late timer must not be followed by a hasty run of pictures that all look alike.
    const next = Math.max(due + 1000 / rate, now);
    timer = setTimeout(() => tick(next), next - now);
  }

  function stopHolding() {
    holding = false;
    clearTimeout(timer);
  }

  return {
    get recording() {
      return holding;
    },
    get picturesPerSecond() {
      return rate;
    },
    set picturesPerSecond(value) {
      rate = value;
    },

    /** Starts taking pictures, the first at once, until stop(). */
    start() {
      if (holding) {
        return;
      }
      holding = true;
      count = { taken: 0, dropped: 0 };
      tick(performance.now());
    },

    /** Stops, and settles when the last picture is safe. */
    async stop() {
      stopHolding();
      const counted = count;
      await untilInFlight(0);
      return { ...counted };
    },

    /** Takes one picture; false where too many are on their way, or it failed. */
    async shot() {
      return inFlight < inFlightLimit ? take({ taken: 0, dropped: 0 }) : false;
    },

    /**
     * Counts down, then takes a number of pictures, hands free.
     *
     * @param {BurstOptions} options
     * @returns {Promise<{ taken: number, cancelled: boolean }>}
     */
    async burst({ count: wanted, countdownSeconds = 3, signal, onCountdown, onPicture }) {
      for (let left = countdownSeconds; left > 0 && !signal?.aborted; left -= 1) {
        onCountdown?.(left);
        await sleep(1000, signal);
      }
      const counted = { taken: 0, dropped: 0 };
      let started = 0;
      let failed = false;
      if (!signal?.aborted) {
        onCountdown?.(0);
      }
      while (started < wanted && !failed && !signal?.aborted) {
        const due = performance.now() + 1000 / rate;
        started += 1;
        void take(counted).then((good) => {
          failed ||= !good;
          if (good) {
            onPicture?.(counted.taken);
          }
        });
        await untilInFlight(inFlightLimit - 1);
        await sleep(due - performance.now(), signal);
      }
      await untilInFlight(0);
      return { taken: counted.taken, cancelled: counted.taken < wanted };
    },
  };
}

/**
 * Waits, or not to the end when stopped.
 *
 * @param {number} ms
 * @param {AbortSignal} [signal]
 */
function sleep(ms, signal) {
  return new Promise((resolve) => {
    if (signal?.aborted || ms <= 0) {
      resolve(undefined);
      return;
    }
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve(undefined);
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener('abort', end);
  });
}
