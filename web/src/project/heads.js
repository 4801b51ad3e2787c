// What a project learnt, as it lies in the store `heads`: the head at work, and the round of a fine-tuning that was not ended.

import { isKeptRound, isKeptTraining } from './format.js';

/** @typedef {import('./database.js').Database} Database */
/** @typedef {import('./format.js').KeptTraining} KeptTraining */
/** @typedef {import('./format.js').KeptRound} KeptRound */

/** @param {string} id of a project */
export const roundKey = (id) => [id, 'round'];

/**
 * What is there and not whole is named among the losses.
 *
 * @param {Database} database
 * @param {string} id
 * @param {string[]} losses
 * @returns {Promise<{ training: KeptTraining | null, round: KeptRound | null }>}
 */
export async function readHeads(database, id, losses) {
  const [training, round] = await Promise.all(
    [id, roundKey(id)].map((key) => database.get('heads', key).catch(() => undefined)),
  );
  const isWhole = { training: isKeptTraining(training), round: isKeptRound(round) };
  losses.push(
    ...(training !== undefined && !isWhole.training ? ['training'] : []),
    ...(round !== undefined && !isWhole.round ? ['round'] : []),
  );
  return { training: isWhole.training ? training : null, round: isWhole.round ? round : null };
}

/**
 * @param {import('idb').IDBPObjectStore<any, any, 'heads', 'readwrite'>} store
 * @param {string} id
 * @param {string} copyId
 */
export async function copyHeads(store, id, copyId) {
  const [training, round] = await Promise.all([store.get(id), store.get(roundKey(id))]);
  if (training) {
    store.put(training, copyId);
  }
  if (round) {
    store.put(round, roundKey(copyId));
  }
}
