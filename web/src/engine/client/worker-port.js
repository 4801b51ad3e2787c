// The page's side: starts the worker and talks to it.
import { connect } from '../shared/rpc.js';

/** @returns {import('../shared/rpc.js').Port} */
export function openWorkerPort() {
  return connect(startWorker());
}

function startWorker() {
  try {
    return new Worker(new URL('../worker/engine-worker.js', import.meta.url), { type: 'module', name: 'headstart' });
  } catch (cause) {
    // A library on another origin: a worker must be of the page's own, but may import from anywhere.
    if (!(cause instanceof Error) || cause.name !== 'SecurityError') throw cause;
    const url = new URL(/* @vite-ignore */ '../worker/engine-worker.js', import.meta.url).href;
    const source = new Blob([`import ${JSON.stringify(url)};`], { type: 'text/javascript' });
    const blobUrl = URL.createObjectURL(source);
    return new Worker(blobUrl, { type: 'module', name: 'headstart' });
  }
}
