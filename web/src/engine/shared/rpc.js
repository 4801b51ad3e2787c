// Calls between two threads. Comlink would do, but it drops an error's `code`, has no way to stop a call, and needs a
// message channel for each progress callback.
import { errorToWire, HeadstartError, toHeadstartError } from './errors.js';

/** @typedef {import('./assets.js').Context} Context */
/** @typedef {{ code: import('../headstart.d.ts').ErrorCode, message: string, fatal: boolean }} WireError */
/** @typedef {Context & { transfer?: Transferable[] }} CallOptions */
/**
 * What the trainer talks to: a worker, or the host itself.
 * @typedef {object} Port
 * @property {(method: string, args?: object, options?: CallOptions) => Promise<any>} call
 * @property {() => Promise<void>} close
 */

/** An error after which the engine has to be started anew. */
const fatalErrors = new WeakSet();

/** @param {unknown} cause */
export const isFatal = (cause) => cause instanceof HeadstartError && fatalErrors.has(cause);

/** @param {HeadstartError} error @returns {HeadstartError} */
export function markFatal(error) {
  fatalErrors.add(error);
  return error;
}

/**
 * Answers calls that arrive at `scope`.
 * @param {{ postMessage(message: any, transfer: Transferable[]): void, addEventListener: Function }} scope
 * @param {any} host
 */
export function serve(scope, host) {
  /** @type {Map<number, AbortController>} */
  const running = new Map();
  scope.addEventListener('message', async (/** @type {MessageEvent} */ { data }) => {
    const { id, method, args, stop } = data;
    if (stop) {
      running.get(id)?.abort();
      return;
    }
    const controller = new AbortController();
    running.set(id, controller);
    /** @param {import('../headstart.d.ts').Progress} progress */
    const onProgress = (progress) => scope.postMessage({ id, progress }, []);
    try {
      const value = await host[method](args, { signal: controller.signal, onProgress });
      scope.postMessage({ id, value }, buffersOf(value));
    } catch (cause) {
      scope.postMessage({ id, error: errorToWire(cause, host.failed) }, []);
    } finally {
      running.delete(id);
    }
  });
}

/** What an answer carries is a copy out of wasm that nobody else holds. @param {unknown} value @returns {Transferable[]} */
function buffersOf(value) {
  return ArrayBuffer.isView(value) ? [/** @type {ArrayBuffer} */ (value.buffer)] : [];
}

/**
 * The calling end of `serve`.
 * @param {Worker} worker
 * @returns {Port}
 */
export function connect(worker) {
  /** @type {Map<number, { resolve: Function, reject: Function, onProgress?: Function }>} */
  const pending = new Map();
  let lastId = 0;
  /** @type {HeadstartError | null} */
  let broken = null;

  /** @param {HeadstartError} error */
  const rejectAll = (error) => {
    broken = error;
    for (const { reject } of pending.values()) reject(error);
    pending.clear();
  };
  worker.addEventListener('message', ({ data: { id, value, error, progress } }) => {
    const call = pending.get(id);
    if (progress) {
      call?.onProgress?.(progress);
    } else if (call) {
      pending.delete(id);
      if (error) call.reject(errorFromWire(error));
      else call.resolve(value);
    }
  });
  worker.addEventListener('error', (event) => {
    // Without a message the script itself could not be loaded (or is no module: Firefox before 114).
    const error = event.message
      ? new HeadstartError('internal', event.message)
      : new HeadstartError(
          'unavailable',
          "the engine's worker could not be loaded (module workers: Chrome and Edge 80, Firefox 114, Safari 15)",
        );
    rejectAll(markFatal(error));
  });

  return {
    call(method, args = {}, { signal, onProgress, transfer = [] } = {}) {
      if (broken) return Promise.reject(broken);
      if (signal?.aborted) return Promise.reject(new HeadstartError('cancelled', 'stopped on request'));
      const id = ++lastId;
      const stop = () => worker.postMessage({ id, stop: true });
      return new Promise((resolve, reject) => {
        pending.set(id, { resolve, reject, onProgress });
        signal?.addEventListener('abort', stop);
        try {
          worker.postMessage({ id, method, args }, transfer);
        } catch (cause) {
          pending.delete(id);
          reject(toHeadstartError(cause));
        }
      }).finally(() => signal?.removeEventListener('abort', stop));
    },
    async close() {
      worker.terminate();
      rejectAll(new HeadstartError('cancelled', 'the trainer was disposed'));
    },
  };
}

/** @param {WireError} error */
function errorFromWire({ code, message, fatal }) {
  const error = new HeadstartError(code, message);
  return fatal ? markFatal(error) : error;
}
