// In Node: the host in this very thread, behind the same port as a worker.
import { HeadstartError, throwIfAborted, toHeadstartError } from '../shared/errors.js';
import { markFatal } from '../shared/rpc.js';
import { nextTurn } from '../shared/turns.js';
import { Host } from '../worker/host.js';

/** @returns {import('../shared/rpc.js').Port} */
export function openDirectPort() {
  /** @type {any} */
  const host = new Host();
  let isClosed = false;
  return {
    async call(method, args = {}, { signal, onProgress } = {}) {
      throwIfAborted(signal);
      // As behind a worker, an answer never comes in the same turn: calls in a row must not starve a training that runs.
      await nextTurn();
      try {
        return await host[method](args, { signal, onProgress });
      } catch (cause) {
        if (isClosed) throw new HeadstartError('cancelled', 'the trainer was disposed');
        const error = toHeadstartError(cause);
        throw host.failed ? markFatal(error) : error;
      }
    },
    async close() {
      isClosed = true;
      host.dispose();
    },
  };
}
