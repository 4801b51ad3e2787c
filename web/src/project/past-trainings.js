// Earlier trainings of a project, each with its head, so that one can be gone back to. The newest ones are kept.

import { isKeptTraining } from './format.js';

/**
 * @typedef {object} PastTraining
 * @property {number} at When it was trained.
 * @property {{ id: number, name: string, count: number }[]} classes What there was to learn: pictures of each class.
 * @property {import('./format.js').KeptTraining} training
 */

/** By the time of each; what else lies under a project's name has no number there. @param {string} id */
const pastOf = (id) => IDBKeyRange.bound([id, 0], [id, Number.POSITIVE_INFINITY]);

const MOST = 20;
/** Of all heads together; one of layers that were trained takes megabytes. */
const MOST_BYTES = 24e6;

/** How many of the oldest are too many; the newest one always stays. @param {readonly PastTraining[]} list The oldest first. */
export function surplusOf(list) {
  let bytes = 0;
  for (let index = list.length - 1; index >= 0; index -= 1) {
    bytes += Number(list[index]?.training?.head?.file?.byteLength) || 0;
    const rank = list.length - index;
    if (rank > 1 && (rank > MOST || bytes > MOST_BYTES)) {
      return index + 1;
    }
  }
  return 0;
}

/** @param {any} value @returns {value is PastTraining} */
const isPastTraining = (value) =>
  Number.isFinite(value?.at) &&
  isKeptTraining(value.training) &&
  Array.isArray(value.classes) &&
  value.classes.every(
    (/** @type {any} */ each) =>
      Number.isInteger(each?.id) && typeof each.name === 'string' && Number.isInteger(each.count),
  );

/**
 * The oldest first; what is damaged is left out.
 *
 * @param {{ getAll(query: IDBKeyRange): Promise<any[]> }} store `heads`
 * @param {string} id of the project
 * @returns {Promise<PastTraining[]>}
 */
export async function readPast(store, id) {
  return (await store.getAll(pastOf(id))).filter(isPastTraining);
}

/**
 * Adds one, and lets the oldest go where there are too many.
 *
 * @param {any} store `heads`, in a transaction that writes
 * @param {string} id of the project
 * @param {PastTraining} past
 */
export async function addPast(store, id, past) {
  await store.put(past, [id, past.at]);
  const [keys, values] = await Promise.all([store.getAllKeys(pastOf(id)), store.getAll(pastOf(id))]);
  for (const key of keys.slice(0, surplusOf(values))) {
    await store.delete(key);
  }
}
