// Calls between two threads. Comlink would do, but it drops an error's `code`, has no way to stop a call, and needs a
// message channel for each progress callback.

import { errorToWire, foreignPicture, HeadstartError, toHeadstartError } from './errors.js';
import { announceLife, watchLife } from './life.js';

/** @typedef {import('./assets.js').Context} Context */
/** @typedef {import('../worker/host.js').Host} Host */
/** What can be called. @typedef {{ [Name in keyof Host]: Host[Name] extends (args: any, context: any) => unknown ? Name : never }[keyof Host]} CallName */
/** @template {CallName} Name @typedef {Parameters<Host[Name]>[0]} ArgsOf */
/** @template {CallName} Name @typedef {Awaited<ReturnType<Host[Name]>>} AnswerOf */
/** @typedef {{ code: import('../headstart.d.ts').ErrorCode, message: string, fatal: boolean }} WireError */
/** @typedef {Context & { transfer?: Transferable[] }} CallOptions */
/**
 * What the trainer talks to: a worker, or the host itself.
 * @typedef {object} Port
 * @property {<Name extends CallName>(name: Name, args: ArgsOf<Name>, options?: CallOptions) => Promise<AnswerOf<Name>>} call
 * @property {Promise<HeadstartError>} broken settles when only a new engine helps: C++ stopped in the middle of a call, or
 *   the worker is gone
 * @property {() => Promise<void>} close
 */
/**
 * Opens ports, each to an engine of its own.
 * @typedef {object} Ports
 * @property {() => Port} open
 * @property {(parts: import('../worker/engine-loader.js').Parts) => void} keepReserve gets ready for an engine that dies, so that a
 *   new one needs no network
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
 * @param {Host} host
 */
export function serve(scope, host) {
  /** @type {Map<number, AbortController>} */
  const running = new Map();
  scope.addEventListener('message', async (/** @type {MessageEvent} */ { data }) => {
    const { id, method, args, stop, life } = data;
    if (life) {
      announceLife(scope, life);
      return;
    }
    if (stop) {
      running.get(id)?.abort();
      return;
    }
    const controller = new AbortController();
    running.set(id, controller);
    const onProgress = (/** @type {any} */ progress) =>
      scope.postMessage({ id, progress }, buffersOf(progress.round?.file));
    try {
      const value = await /** @type {any} */ (host)[method](args, { signal: controller.signal, onProgress });
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
  let end = null;
  /** @type {(error: HeadstartError) => void} */
  let tellBroken = () => {};
  /** @type {Promise<HeadstartError>} */
  const broken = new Promise((resolve) => {
    tellBroken = resolve;
  });

  /** @param {HeadstartError} error */
  const finish = (error) => {
    if (end) {
      return;
    }
    end = error;
    worker.terminate(); // its memory is wanted at once by the engine that takes its place
    life.stop();
    for (const { reject } of pending.values()) {
      reject(error);
    }
    pending.clear();
  };
  /** @param {HeadstartError} error */
  const breakDown = (error) => {
    if (end) {
      return;
    }
    finish(markFatal(error));
    tellBroken(error);
  };

  const life = watchLife(worker, {
    isAwaited: () => pending.size > 0,
    onGone: () => breakDown(new HeadstartError('internal', "the engine's worker has stopped without a word")),
  });
  worker.addEventListener('message', ({ data: { id, value, error, progress } }) => {
    const call = pending.get(id);
    if (progress) {
      call?.onProgress?.(progress);
    } else if (call) {
      pending.delete(id);
      if (!error) {
        call.resolve(value);
      } else {
        const { code, message, fatal } = /** @type {WireError} */ (error);
        const failure = new HeadstartError(code, message);
        call.reject(fatal ? markFatal(failure) : failure);
        if (fatal) {
          breakDown(failure);
        }
      }
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
    breakDown(error);
  });

  return {
    broken,
    call(method, args, { signal, onProgress, transfer = [] } = {}) {
      if (end) {
        return Promise.reject(end);
      }
      if (signal?.aborted) {
        return Promise.reject(new HeadstartError('cancelled', 'stopped on request'));
      }
      const id = ++lastId;
      const stop = () => worker.postMessage({ id, stop: true });
      return new Promise((resolve, reject) => {
        pending.set(id, { resolve, reject, onProgress });
        signal?.addEventListener('abort', stop);
        try {
          worker.postMessage({ id, method, args }, transfer);
          life.expectAnswer();
        } catch (cause) {
          pending.delete(id);
          // A bitmap of a tainted canvas or image can be made, but not sent.
          const isForeign = cause instanceof Error && cause.name === 'DataCloneError' && transfer.length > 0;
          reject(isForeign ? foreignPicture() : toHeadstartError(cause));
        }
      }).finally(() => signal?.removeEventListener('abort', stop));
    },
    async close() {
      finish(new HeadstartError('cancelled', 'the trainer was disposed'));
    },
  };
}
