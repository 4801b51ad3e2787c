// The library's door in a page.

import { trainerMaker } from './client/trainer-maker.js';
import { workerPorts } from './client/worker-port.js';

export { HeadstartError } from './shared/errors.js';
export { runnableVariants } from './shared/variants.js';

/** @type {typeof import('./headstart.d.ts').createTrainer} */
export const createTrainer = trainerMaker(workerPorts, new URL(/* @vite-ignore */ './', import.meta.url).href);
