// What is written: changes in the order in which they came, several at once where they came meanwhile, each set of them
// whole or not at all.

import { crc32 } from '../engine/shared/crc32.js';
import { keysUnder } from './database.js';
import { roundKey } from './heads.js';
import { addPast } from './past-trainings.js';
import { StorageError, toStorageError } from './storage-error.js';

/** @typedef {import('./database.js').Database} Database */
/** @typedef {import('./format.js').KeptTraining} KeptTraining */
/**
 * @typedef {object} Changes
 * @property {{ sampleId: number, classKey: number, order: number, picture: Blob }[]} [puts] New pictures.
 * @property {{ sampleId: number, classKey: number, order: number }[]} [places] Of pictures that are there: moved, or back.
 * @property {number[]} [drops] Pictures that were deleted.
 * @property {Partial<import('./format.js').Project>} [project]
 * @property {KeptTraining | null} [training] null: there is none any more.
 * @property {Omit<import('./format.js').KeptRound, 'check'> | null} [round] null: none is under way any more.
 */
/** @typedef {{ missing: number[] }} Committed `missing`: pictures that got no place, for they are not there any more. */
/** @typedef {{ sampleId: number, classKey: number, order: number, bytes: ArrayBuffer, type: string, check: number }} ReadyPut */
/** @typedef {{ changes: Changes, puts: ReadyPut[], resolve: (done: Committed) => void, reject: (error: Error) => void }} Waiting */

export class Commits {
  #database;
  #id;
  #writer;
  #failing;
  /** @type {Waiting[]} */
  #waiting = [];
  #isRunning = false;
  /** @type {Promise<unknown>} */
  #arriving = Promise.resolve();

  /**
   * @param {Database} database
   * @param {string} id of the project
   * @param {string} writer our token
   * @param {number} failing For tests: the part of all writes that fails as a disk would fail, half done.
   */
  constructor(database, id, writer, failing) {
    this.#database = database;
    this.#id = id;
    this.#writer = writer;
    this.#failing = failing;
  }

  /** @param {Changes} changes @returns {Promise<Committed>} once it is on disk */
  add(changes) {
    const ready = this.#arriving.then(() => readyPuts(changes.puts ?? []));
    this.#arriving = ready.catch(() => {});
    return new Promise((resolve, reject) => {
      ready.then((puts) => {
        this.#waiting.push({ changes, puts, resolve, reject });
        void this.#run();
      }, reject);
    });
  }

  async #run() {
    if (this.#isRunning) {
      return;
    }
    this.#isRunning = true;
    while (this.#waiting.length > 0) {
      const set = this.#waiting.splice(0);
      try {
        await this.#writeSet(set);
      } catch (cause) {
        // One that cannot be written must not cost the others.
        if (set.length === 1 || toStorageError(cause).reason === 'taken') {
          for (const { reject } of set) {
            reject(toStorageError(cause));
          }
        } else {
          for (const each of set) {
            await this.#writeSet([each]).catch((error) => each.reject(toStorageError(error)));
          }
        }
      }
    }
    this.#isRunning = false;
  }

  /** @param {Waiting[]} set */
  async #writeSet(set) {
    const stores = ['projects', 'places', 'pictures', 'heads'];
    // `strict`: what is acknowledged survives the plug that is pulled, too.
    const transaction = this.#database.transaction(stores, 'readwrite', { durability: 'strict' });
    const missing = set.map(() => /** @type {number[]} */ ([]));
    try {
      const project = await this.#ownProject(transaction);
      const next = { ...project, changedAt: Date.now() };
      for (const [index, { changes, puts }] of set.entries()) {
        Object.assign(next, changes.project);
        missing[index] = await this.#apply(transaction, changes, puts);
      }
      transaction.objectStore('projects').put(next, this.#id);
      if (Math.random() < this.#failing) {
        throw new StorageError('failed', 'the disk failed (a test asked for it)');
      }
    } catch (cause) {
      abort(transaction);
      await transaction.done.catch(() => {});
      throw transaction.error ?? cause;
    }
    await transaction.done;
    for (const [index, { resolve }] of set.entries()) {
      resolve({ missing: missing[index] });
    }
  }

  /** @param {import('idb').IDBPTransaction<any, any, 'readwrite'>} transaction */
  async #ownProject(transaction) {
    const project = await transaction.objectStore('projects').get(this.#id);
    if (project?.writer !== this.#writer) {
      throw new StorageError('taken', 'another tab writes to this project now');
    }
    return project;
  }

  /**
   * @param {import('idb').IDBPTransaction<any, any, 'readwrite'>} transaction
   * @param {Changes} changes
   * @param {ReadyPut[]} puts
   */
  async #apply(transaction, { places = [], drops = [], training, round }, puts) {
    const [placeStore, pictureStore, headStore] = ['places', 'pictures', 'heads'].map((name) =>
      transaction.objectStore(name),
    );
    /** @type {number[]} */
    const missing = [];
    for (const { sampleId, classKey, order, ...picture } of puts) {
      pictureStore.put({ sampleId, ...picture }, [this.#id, sampleId]);
      placeStore.put({ sampleId, classKey, order, bytes: picture.bytes.byteLength }, [this.#id, sampleId]);
    }
    for (const place of places) {
      const key = [this.#id, place.sampleId];
      const known = await placeStore.get(key);
      const bytes = known?.bytes ?? (await pictureStore.get(key))?.bytes?.byteLength;
      if (bytes === undefined) {
        missing.push(place.sampleId);
      } else {
        placeStore.put({ ...place, bytes }, key);
      }
    }
    for (const sampleId of drops) {
      placeStore.delete([this.#id, sampleId]);
    }
    if (training !== undefined) {
      await (training === null ? headStore.delete(this.#id) : headStore.put(training, this.#id));
    }
    if (round !== undefined) {
      const key = roundKey(this.#id);
      await (round === null ? headStore.delete(key) : headStore.put({ ...round, check: crc32(round.file) }, key));
    }
    return missing;
  }

  /**
   * Rows can be made again from the pictures, so they need not be on disk at once.
   *
   * @param {{ backbone: string, sampleIds: number[], rows: Float32Array }} args [sample_count, feature_count]
   */
  async keepRows({ backbone, sampleIds, rows }) {
    const transaction = this.#database.transaction(['projects', 'rows'], 'readwrite', { durability: 'relaxed' });
    try {
      const project = await this.#ownProject(transaction);
      const backbones = new Set([...(project.backbones ?? []), backbone]);
      transaction.objectStore('projects').put({ ...project, backbones: [...backbones] }, this.#id);
      const length = rows.length / sampleIds.length;
      for (const [index, sampleId] of sampleIds.entries()) {
        const bytes = new Uint8Array(rows.slice(index * length, (index + 1) * length).buffer);
        const row = { sampleId, bytes: bytes.buffer, check: crc32(bytes) };
        transaction.objectStore('rows').put(row, [this.#id, backbone, sampleId]);
      }
    } catch (cause) {
      abort(transaction);
      await transaction.done.catch(() => {});
      throw transaction.error ?? cause;
    }
    await transaction.done;
  }

  /** A training for the history. @param {import('./past-trainings.js').PastTraining} past */
  async keepPast(past) {
    const transaction = this.#database.transaction(['projects', 'heads'], 'readwrite', { durability: 'relaxed' });
    try {
      await this.#ownProject(transaction);
      await addPast(transaction.objectStore('heads'), this.#id, past);
    } catch (cause) {
      abort(transaction);
      await transaction.done.catch(() => {});
      throw transaction.error ?? cause;
    }
    await transaction.done;
  }

  /** Settles when nothing is on its way any more. */
  async settle() {
    await this.#arriving;
    while (this.#isRunning) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  /** Throws out what has no place any more. */
  async sweep() {
    const transaction = this.#database.transaction(['projects', 'places', 'pictures', 'rows'], 'readwrite');
    const project = await this.#ownProject(transaction);
    const places = await transaction.objectStore('places').getAllKeys(keysUnder(this.#id));
    const placed = new Set(places.map((key) => /** @type {[string, number]} */ (key)[1]));
    for (const [name, ranges] of /** @type {[string, IDBKeyRange[]][]} */ ([
      ['pictures', [keysUnder(this.#id)]],
      ['rows', (project.backbones ?? []).map((/** @type {string} */ backbone) => keysUnder(this.#id, backbone))],
    ])) {
      for (const range of ranges) {
        for (const key of await transaction.objectStore(name).getAllKeys(range)) {
          if (!placed.has(/** @type {any[]} */ (key).at(-1))) {
            transaction.objectStore(name).delete(key);
          }
        }
      }
    }
    await transaction.done;
  }
}

/** @param {import('idb').IDBPTransaction<any, any, 'readwrite'>} transaction */
function abort(transaction) {
  try {
    transaction.abort();
  } catch {
    // It has ended by itself.
  }
}

/** A transaction does not wait for a picture's bytes. @param {NonNullable<Changes['puts']>} puts @returns {Promise<ReadyPut[]>} */
function readyPuts(puts) {
  return Promise.all(
    puts.map(async ({ picture, ...place }) => {
      const bytes = await picture.arrayBuffer();
      return { ...place, bytes, type: picture.type, check: crc32(new Uint8Array(bytes)) };
    }),
  );
}
