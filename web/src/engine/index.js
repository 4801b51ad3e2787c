// The library's door.

import { Trainer } from './client/trainer.js';
import { inNode } from './shared/assets.js';
import { HeadstartError, requireArgument, throwIfAborted } from './shared/errors.js';

export { HeadstartError } from './shared/errors.js';
export { runnableVariants } from './shared/variants.js';

/** @type {typeof import('./headstart.d.ts').createTrainer} */
export async function createTrainer(options = {}) {
  requireArgument(options !== null && typeof options === 'object', 'createTrainer takes an object of options');
  throwIfAborted(options.signal);
  return Trainer.create(options, await portOpener());
}

/** @returns {Promise<() => import('./shared/rpc.js').Port>} */
async function portOpener() {
  // Imported only where they are used: a page never loads the engine's side on its own thread.
  if (inNode) return (await import('./client/direct-port.js')).openDirectPort;
  if (typeof Worker !== 'function') throw new HeadstartError('unsupported', 'this platform has no workers');
  return (await import('./client/worker-port.js')).openWorkerPort;
}
