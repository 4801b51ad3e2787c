// The library's door in Node.

import { trainerMaker } from '../client/trainer-maker.js';
import { directPorts } from './direct-port.js';

export { HeadstartError } from '../shared/errors.js';
export { runnableVariants } from '../shared/variants.js';

/** @type {typeof import('../headstart.d.ts').createTrainer} */
export const createTrainer = trainerMaker(directPorts, new URL('./', import.meta.url).href);
