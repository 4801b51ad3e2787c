// The one function that every door of the library exports.

import { throwIfAborted } from '../shared/errors.js';
import { checkLongAction } from './checks.js';
import { Trainer } from './trainer.js';

/**
 * @param {import('../shared/rpc.js').Ports} ports
 * @param {import('../shared/assets.js').Library} library where the files beside the library lie, unless the caller says
 * @returns {typeof import('../headstart.d.ts').createTrainer}
 */
export function trainerMaker(ports, library) {
  return async (options = {}) => {
    checkLongAction(options, 'createTrainer');
    throwIfAborted(options.signal);
    return Trainer.create(options, ports, library);
  };
}
