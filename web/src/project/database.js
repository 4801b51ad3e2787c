// The database behind the projects: which stores there are, and under which keys.
//
// | store      | key                            | value                                   |
// | ---------- | ------------------------------ | --------------------------------------- |
// | `projects` | id                             | `Project`: name, classes, settings      |
// | `places`   | id, sample                     | `Place`: a picture's class and order    |
// | `pictures` | id, sample                     | `KeptPicture`: its bytes, never changed |
// | `rows`     | id, backbone, sample           | `KeptRow`: what a backbone saw in it    |
// | `heads`    | id                             | `KeptTraining`: head, report            |
// | `heads`    | id, 'round'                    | `KeptRound`: of a fine-tuning           |
// | `heads`    | id, time                       | `PastTraining`: an earlier one          |
//
// A picture without a place is deleted, and is swept out with the next start.

import { openDB } from 'idb';
import { StorageError } from './storage-error.js';

const DATABASE_NAME = 'headstart';
/** Of the stores; what lies in them has a format of its own. */
const DATABASE_VERSION = 1;

const STORES = ['projects', 'places', 'pictures', 'rows', 'heads'];

/** @typedef {import('idb').IDBPDatabase<any>} Database */

/**
 * @param {{ onSuperseded: () => void }} events A newer page wants the database, and has got it.
 * @returns {Promise<Database>}
 */
export async function openDatabase({ onSuperseded }) {
  try {
    return await openDB(DATABASE_NAME, DATABASE_VERSION, {
      upgrade(database) {
        for (const name of STORES.filter((store) => !database.objectStoreNames.contains(store))) {
          database.createObjectStore(name);
        }
      },
      blocking(_current, _blocked, event) {
        /** @type {any} */ (event.target).close();
        onSuperseded();
      },
    });
  } catch (cause) {
    const { name, message } = /** @type {any} */ (cause);
    if (name === 'VersionError') {
      throw new StorageError('newer', 'the database was written by a newer version of this page');
    }
    throw new StorageError('closed', `the browser opens no database here (${message ?? cause})`);
  }
}

/** All keys that begin with these parts. @param {...(string | number)} parts */
export const keysUnder = (...parts) => IDBKeyRange.bound(parts, [...parts, []]);
