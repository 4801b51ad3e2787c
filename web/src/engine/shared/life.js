// Whether a worker still lives. One that dies in silence (killed for memory, or by the person in the task manager) sends no
// event at all, and whoever waits for its answer would wait for ever.

/**
 * What the worker's side does to be watched: it holds a lock, which the browser takes from it when it ends.
 * @param {{ postMessage(message: any, transfer: Transferable[]): void }} scope
 * @param {string} lock the name of a lock, or 'ping' where the browser has none
 */
export function announceLife(scope, lock) {
  if (lock === 'ping') {
    scope.postMessage({ life: 'pong' }, []);
    return;
  }
  navigator.locks.request(lock, () => {
    scope.postMessage({ life: 'locked' }, []);
    return new Promise(() => {}); // for as long as this worker lives
  });
}

// Where there are no locks: longer than any single step of the engine takes on a slow phone.
const SILENCE_MS = 15_000;

/**
 * @param {Worker} worker
 * @param {{ isAwaited: () => boolean, onGone: () => void }} options isAwaited: somebody waits for an answer
 * @returns {{ expectAnswer: () => void, stop: () => void }}
 */
export function watchLife(worker, options) {
  return canLock() ? watchByLock(worker, options.onGone) : watchByPing(worker, options);
}

function canLock() {
  // Not in pages of an opaque origin, nor in those that are not secure.
  return globalThis.isSecureContext === true && globalThis.origin !== 'null' && 'locks' in navigator;
}

/** @param {Worker} worker @param {() => void} onGone */
function watchByLock(worker, onGone) {
  const lock = `headstart ${crypto.randomUUID()}`;
  const controller = new AbortController();
  worker.addEventListener('message', ({ data: { life } }) => {
    if (life !== 'locked') {
      return;
    }
    navigator.locks.request(lock, { signal: controller.signal }, onGone).catch(() => {}); // `stop` ends the wait
  });
  worker.postMessage({ life: lock });
  return { expectAnswer() {}, stop: () => controller.abort() };
}

/** @param {Worker} worker @param {{ isAwaited: () => boolean, onGone: () => void }} options */
function watchByPing(worker, { isAwaited, onGone }) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let hasAsked = false;
  function expectAnswer() {
    timer ??= setTimeout(() => {
      timer = undefined;
      if (!isAwaited()) {
        return;
      }
      if (hasAsked) {
        onGone();
        return;
      }
      hasAsked = true;
      worker.postMessage({ life: 'ping' });
      expectAnswer();
    }, SILENCE_MS);
  }
  function stop() {
    clearTimeout(timer);
    timer = undefined;
    hasAsked = false;
  }
  worker.addEventListener('message', () => {
    stop();
    if (isAwaited()) {
      expectAnswer();
    }
  });
  return { expectAnswer, stop };
}
