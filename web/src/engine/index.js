// The library's door.
import { inNode } from './assets.js';
import { HeadstartError, requireArgument, throwIfAborted } from './errors.js';
import { Trainer } from './trainer.js';

export { HeadstartError } from './errors.js';
export { runnableVariants } from './variants.js';

/** @type {typeof import('./headstart.d.ts').createTrainer} */
export async function createTrainer(options = {}) {
  requireArgument(options !== null && typeof options === 'object', 'createTrainer takes an object of options');
  throwIfAborted(options.signal);
  return Trainer.create(options, await portOpener());
}

/** @returns {Promise<() => import('./rpc.js').Port>} */
async function portOpener() {
  // Imported only where they are used: a page never loads the engine's side on its own thread.
  if (inNode) return (await import('./direct-port.js')).openDirectPort;
  if (typeof Worker !== 'function') throw new HeadstartError('unsupported', 'this platform has no workers');
  return (await import('./client.js')).openWorkerPort;
}
