// The page's side: starts workers and talks to them.

import { HeadstartError, toHeadstartError } from '../shared/errors.js';
import { connect } from '../shared/rpc.js';

/** @typedef {import('../shared/rpc.js').Port} Port */

/**
 * A worker that has loaded its scripts and waits, for all trainers of the page: when an engine dies, the one that takes its
 * place needs no network.
 * @type {Port | null}
 */
let reserve = null;
let openCount = 0;

/** @type {import('../shared/rpc.js').Ports} */
export const workerPorts = {
  open() {
    const port = takeReserve() ?? connect(startWorker());
    openCount++;
    let isOpen = true;
    return {
      ...port,
      async close() {
        await port.close();
        if (!isOpen) {
          return;
        }
        isOpen = false;
        openCount--;
        if (openCount === 0) {
          await takeReserve()?.close();
        }
      },
    };
  },

  keepReserve(parts) {
    if (reserve || navigator.onLine === false) {
      return;
    }
    try {
      const port = connect(startWorker());
      reserve = port;
      const drop = () => {
        if (reserve === port) {
          reserve = null;
        }
        port.close();
      };
      port.broken.then(drop);
      port.call('prepare', parts).catch(drop); // without one, recovering fetches again
    } catch {
      // The same.
    }
  },
};

function takeReserve() {
  const port = reserve;
  reserve = null;
  return port;
}

function startWorker() {
  if (typeof Worker !== 'function') {
    throw new HeadstartError('unsupported', NO_WORKERS);
  }
  try {
    return new Worker(new URL('../worker/engine-worker.js', import.meta.url), { type: 'module', name: 'headstart' });
  } catch (cause) {
    // A library on another origin: a worker must be of the page's own, but may import from anywhere.
    if (!(cause instanceof Error) || cause.name !== 'SecurityError') {
      throw toHeadstartError(cause);
    }
    const url = new URL(/* @vite-ignore */ '../worker/engine-worker.js', import.meta.url).href;
    const source = new Blob([`import ${JSON.stringify(url)};`], { type: 'text/javascript' });
    const blobUrl = URL.createObjectURL(source);
    return new Worker(blobUrl, { type: 'module', name: 'headstart' });
  }
}

const NO_WORKERS = 'this platform has no workers (in Node, import headstart.node.js)';
