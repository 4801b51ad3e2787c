// What callers give besides pictures, checked before anything is sent: a mistake is told at once and by its name.

import { requireArgument, show } from '../shared/errors.js';

/** @typedef {import('../headstart.d.ts').LongAction} LongAction */

/**
 * @template {object} Options
 * @param {Options} options
 * @param {string} call
 * @returns {Options}
 */
export function checkOptions(options, call) {
  requireArgument(
    options !== null && typeof options === 'object',
    `${call} takes an object of options, got ${show(options)}`,
  );
  return options;
}

/** @template {LongAction} Options @param {Options} options @param {string} call @returns {Options} */
export function checkLongAction(options, call) {
  const { signal, onProgress } = checkOptions(options, call);
  const isSignal = signal === undefined || typeof signal?.addEventListener === 'function';
  requireArgument(isSignal && signal?.aborted !== null, `signal must be an AbortSignal, got ${show(signal)}`);
  requireArgument(
    onProgress === undefined || typeof onProgress === 'function',
    `onProgress must be a function, got ${show(onProgress)}`,
  );
  return options;
}

/** @param {unknown} sampleIds @returns {number[]} each once */
export function checkSampleIds(sampleIds) {
  requireArgument(Array.isArray(sampleIds), `sampleIds is a list of samples, got ${show(sampleIds)}`);
  return [...new Set(/** @type {number[]} */ (sampleIds))];
}

/**
 * @template T
 * @param {T[]} list of objects or other values, none of them null
 * @param {string} name
 */
export function checkList(list, name) {
  requireArgument(Array.isArray(list) && list.every((entry) => entry !== null), `${name} is a list, got ${show(list)}`);
  return list;
}

/** @param {unknown} date @returns {string} ISO 8601 */
export function checkDate(date) {
  const isDate = date instanceof Date && !Number.isNaN(date.getTime());
  requireArgument(
    isDate || typeof date === 'string',
    `date is an ISO 8601 text or a valid Date, got ${date instanceof Date ? 'an invalid Date' : show(date)}`,
  );
  return isDate ? date.toISOString() : /** @type {string} */ (date);
}

/** @param {unknown} flag @param {string} name @returns {boolean} */
export function checkFlag(flag, name) {
  requireArgument(typeof flag === 'boolean', `${name} must be true or false, got ${show(flag)}`);
  return flag;
}
