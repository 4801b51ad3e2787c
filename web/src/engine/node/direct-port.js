// In Node: the host in this very thread, behind the same port as a worker.

import { HeadstartError, throwIfAborted, toHeadstartError } from '../shared/errors.js';
import { markFatal } from '../shared/rpc.js';
import { nextTurn } from '../shared/turns.js';
import { Host } from '../worker/host.js';

/** @type {import('../shared/rpc.js').Ports} */
export const directPorts = { open: openDirectPort, keepReserve() {} };

/** @returns {import('../shared/rpc.js').Port} */
function openDirectPort() {
  const host = new Host();
  let isClosed = false;
  /** @type {(error: HeadstartError) => void} */
  let tellBroken = () => {};
  return {
    broken: new Promise((resolve) => {
      tellBroken = resolve;
    }),
    async call(name, args, { signal, onProgress } = {}) {
      throwIfAborted(signal);
      // As behind a worker, an answer never comes in the same turn: calls in a row must not starve a training that runs.
      await nextTurn();
      try {
        return await /** @type {any} */ (host)[name](args, { signal, onProgress });
      } catch (cause) {
        if (isClosed) {
          throw new HeadstartError('cancelled', 'the trainer was disposed');
        }
        const error = toHeadstartError(cause);
        if (!host.failed) {
          throw error;
        }
        tellBroken(markFatal(error));
        throw error;
      }
    },
    async close() {
      isClosed = true;
      host.dispose();
    },
  };
}
