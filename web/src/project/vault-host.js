// All projects of this browser: listed, opened, written by one page at a time.

import { Commits } from './commits.js';
import { keysUnder, openDatabase } from './database.js';
import { FORMAT, isNewer, isPlace, migrate, readProject } from './format.js';
import { copyHeads, readHeads } from './heads.js';
import { isWhole, joined } from './kept-bytes.js';
import { newId } from './new-id.js';
import { readPast } from './past-trainings.js';
import { StorageError } from './storage-error.js';
import { createWriterLock } from './writer-lock.js';

/** @typedef {import('./database.js').Database} Database */
/** @typedef {import('./format.js').Project} Project */
/** @typedef {import('./format.js').Place} Place */
/** @typedef {import('./format.js').KeptTraining} KeptTraining */
/** @typedef {import('./format.js').KeptRound} KeptRound */
/**
 * @typedef {object} ProjectSummary
 * @property {string} id
 * @property {string} name
 * @property {number} changedAt
 * @property {number} pictureCount
 * @property {number} bytes
 * @property {Blob[]} thumbnails
 * @property {boolean} isNewer A newer version of this page made it: it is left as it is.
 * @property {boolean} isOpenElsewhere
 * @property {boolean} isDeleted It can still come back.
 */
/**
 * @typedef {{ status: 'open', project: Project, places: Place[], training: KeptTraining | null, round: KeptRound | null, losses: string[] }
 *   | { status: 'elsewhere' | 'newer', project: { id: string, name: string } }} Opened
 */

/** A deleted project can come back for so long. */
const DELETED_STAYS_MS = 60 * 60 * 1000;
const THUMBNAIL_COUNT = 4;
const STORES = ['projects', 'places', 'pictures', 'rows', 'heads'];

export class VaultHost {
  #onEvent;
  #lock;
  /** @type {Promise<Database> | null} */
  #opening = null;
  /** @type {Commits | null} */
  #commits = null;
  #id = '';
  #writer = newId();
  #failing = 0;
  /** Copies that are being made here. @type {Set<string>} */
  #copying = new Set();

  /** @param {(event: string) => void} onEvent */
  constructor(onEvent) {
    this.#onEvent = onEvent;
    this.#lock = createWriterLock(() => void this.#giveUp('taken'));
  }

  get #database() {
    this.#opening ??= openDatabase({ onSuperseded: () => void this.#giveUp('superseded') });
    this.#opening.catch(() => {
      this.#opening = null;
    });
    return this.#opening;
  }

  /** @param {string} event */
  async #giveUp(event) {
    const commits = this.#commits;
    this.#commits = null;
    this.#onEvent(event);
    await commits?.settle();
    this.#lock.release();
  }

  get #open() {
    if (!this.#commits) {
      throw new StorageError('taken', 'no project is open for writing here');
    }
    return this.#commits;
  }

  /**
   * The project to open: the one that is wanted unless it was deleted, else the one that was open last.
   *
   * @param {{ wanted: string | null }} args
   */
  async pick({ wanted }) {
    const database = await this.#database;
    if (wanted !== null && !(await database.get('projects', wanted))?.deletedAt) {
      return wanted;
    }
    const [last] = (await this.#records())
      .filter((record) => !record.deletedAt && !isNewer(record))
      .sort((a, b) => (Number(b.openedAt) || 0) - (Number(a.openedAt) || 0));
    return last?.id ?? null;
  }

  /** Of all projects, whatever is in them. @returns {Promise<(Record<string, any> & { id: string })[]>} */
  async #records() {
    const transaction = (await this.#database).transaction('projects');
    const [ids, values] = await Promise.all([transaction.store.getAllKeys(), transaction.store.getAll()]);
    return ids.map((id, index) => ({ ...values[index], id: String(id) }));
  }

  /**
   * Opens a project for writing; one that is not there is made.
   *
   * @param {{ id: string, name: string, takeOver?: boolean, failing?: number }} args `failing`: see `Commits`
   * @returns {Promise<Opened>}
   */
  async open({ id, name, takeOver = false, failing = 0 }) {
    this.#failing = failing;
    const database = await this.#database;
    const found = await database.get('projects', id);
    if (isNewer(found)) {
      return { status: 'newer', project: { id, name: String(found.name ?? '') } };
    }
    if (takeOver) {
      await this.#lock.takeOver(id);
    } else if (!(await this.#lock.acquire(id))) {
      return { status: 'elsewhere', project: { id, name: String(found?.name ?? '') } };
    }
    const now = Date.now();
    const fresh = {
      id,
      format: FORMAT,
      name,
      createdAt: now,
      changedAt: now,
      deletedAt: null,
      classes: [],
      settings: {},
    };
    const { project, losses } = readProject(
      id,
      found === undefined ? { ...fresh, openedAt: now, writer: '', backbones: [] } : migrate(found),
    );
    Object.assign(project, { name: project.name || name, openedAt: now, writer: this.#writer, deletedAt: null });
    await database.put('projects', project, id);
    this.#id = id;
    this.#commits = new Commits(database, id, this.#writer, this.#failing);
    const [places, heads] = await Promise.all([this.#wholePlaces(losses), readHeads(database, id, losses)]);
    return { status: 'open', project, places, ...heads, losses };
  }

  /** What is none says 'place' among the losses, once, and goes. @param {string[]} losses */
  async #wholePlaces(losses) {
    const { store, done } = (await this.#database).transaction('places', 'readwrite');
    const [keys, values] = await Promise.all([
      store.getAllKeys(keysUnder(this.#id)),
      store.getAll(keysUnder(this.#id)),
    ]);
    /** @type {Place[]} */
    const whole = [];
    for (const [index, value] of values.entries()) {
      if (isPlace(value) && value.sampleId === /** @type {any[]} */ (keys[index])[1]) {
        whole.push(value);
      } else {
        losses.push('place');
        store.delete(keys[index]);
      }
    }
    await done;
    return whole;
  }

  /**
   * Pictures, and what the backbone saw in them where that was kept of each.
   *
   * @param {{ sampleIds: number[], backbone: string }} args in ascending order
   */
  async read({ sampleIds, backbone }) {
    const database = await this.#database;
    const [first, last] = [sampleIds[0], sampleIds[sampleIds.length - 1]];
    const [pictures, rows] = await Promise.all([
      database.getAll('pictures', IDBKeyRange.bound([this.#id, first], [this.#id, last])),
      database.getAll('rows', IDBKeyRange.bound([this.#id, backbone, first], [this.#id, backbone, last])),
    ]);
    const wanted = new Set(sampleIds);
    /** @type {Map<number, Blob>} */
    const found = new Map();
    for (const { sampleId, type, bytes, check } of pictures) {
      if (wanted.has(sampleId) && isWhole(bytes, check)) {
        found.set(sampleId, new Blob([bytes], { type: String(type) }));
      }
    }
    const damaged = sampleIds.filter((sampleId) => !found.has(sampleId));
    /** @type {Map<number, ArrayBuffer>} */
    const seen = new Map();
    for (const { sampleId, bytes, check } of rows) {
      if (found.has(sampleId) && isWhole(bytes, check) && bytes.byteLength % 4 === 0) {
        seen.set(sampleId, bytes);
      }
    }
    return { ...joined(found, seen), damaged };
  }

  /** @param {import('./commits.js').Changes} changes */
  commit(changes) {
    return this.#open.add(changes);
  }

  /** @param {{ backbone: string, sampleIds: number[], rows: Float32Array }} args */
  keepRows(args) {
    return this.#open.keepRows(args);
  }

  /** @param {import('./past-trainings.js').PastTraining} past */
  keepPast(past) {
    return this.#open.keepPast(past);
  }

  /** Earlier trainings of the open project, the oldest first. */
  async readPast() {
    return readPast((await this.#database).transaction('heads').store, this.#id);
  }

  async sweep() {
    await this.#open.sweep();
    for (const record of await this.#records()) {
      if (record.deletedAt && Date.now() - record.deletedAt > DELETED_STAYS_MS) {
        await this.#erase(record.id);
      }
    }
    await this.#eraseHalfCopies();
  }

  /** Pictures of a project that has no record: a copy that was interrupted. */
  async #eraseHalfCopies() {
    const database = await this.#database;
    const known = new Set(await database.getAllKeys('projects'));
    /** @type {Set<string>} */
    const found = new Set();
    for (const name of ['pictures', 'rows']) {
      // From project to project, not from picture to picture.
      let cursor = await database.transaction(name).store.openKeyCursor();
      while (cursor) {
        const [id] = /** @type {string[]} */ (cursor.key);
        found.add(id);
        cursor = await cursor.continue([id, []]);
      }
    }
    for (const id of found) {
      if (!known.has(id) && !this.#copying.has(id)) {
        await this.#erase(id);
      }
    }
  }

  /** @returns {Promise<ProjectSummary[]>} the newest first */
  async list() {
    const summaries = await Promise.all((await this.#records()).map((each) => this.#summary(each)));
    return summaries.sort((a, b) => b.changedAt - a.changedAt);
  }

  /** @param {any} record @returns {Promise<ProjectSummary>} */
  async #summary(record) {
    const { id } = record;
    const about = {
      id,
      name: String(record.name ?? ''),
      changedAt: Number(record.changedAt) || 0,
      isNewer: isNewer(record),
      isDeleted: Boolean(record.deletedAt),
      isOpenElsewhere: id !== this.#id && (await this.#lock.isHeld(id)),
    };
    if (about.isNewer) {
      return { ...about, pictureCount: 0, bytes: 0, thumbnails: [] };
    }
    const database = await this.#database;
    /** @type {Place[]} */
    const places = (await database.getAll('places', keysUnder(id))).filter(isPlace);
    /** @type {Map<number, Place>} One of each class, the first. */
    const firsts = new Map();
    for (const place of places) {
      const first = firsts.get(place.classKey);
      if (!first || place.order < first.order) {
        firsts.set(place.classKey, place);
      }
    }
    const pictures = await Promise.all(
      [...firsts.values()].slice(0, THUMBNAIL_COUNT).map(({ sampleId }) => database.get('pictures', [id, sampleId])),
    );
    return {
      ...about,
      pictureCount: places.length,
      bytes: places.reduce((sum, { bytes }) => sum + (Number(bytes) || 0), 0),
      thumbnails: pictures.flatMap((each) => (each?.bytes ? [new Blob([each.bytes], { type: each.type })] : [])),
    };
  }

  /** @param {{ id: string, name: string }} args */
  rename({ id, name }) {
    return this.#patch(id, { name });
  }

  /** It can come back with `restore`. @param {{ id: string }} args */
  async remove({ id }) {
    if (id !== this.#id && (await this.#lock.isHeld(id))) {
      throw new StorageError('taken', 'the project is open in another tab');
    }
    await this.#patch(id, { deletedAt: Date.now() });
  }

  /** @param {{ id: string }} args */
  restore({ id }) {
    return this.#patch(id, { deletedAt: null });
  }

  /** @param {string} id @param {Partial<Project>} changes */
  async #patch(id, changes) {
    const transaction = (await this.#database).transaction('projects', 'readwrite', { durability: 'strict' });
    const record = await transaction.store.get(id);
    if (record && !isNewer(record)) {
      await transaction.store.put({ ...record, ...changes }, id);
    }
    await transaction.done;
  }

  /**
   * A copy of everything as it is on disk, picture by picture; its record comes last, so that a half copy is none.
   *
   * @param {{ id: string, name: string }} args
   */
  async duplicate({ id, name }) {
    const database = await this.#database;
    const copyId = newId();
    this.#copying.add(copyId);
    if (id === this.#id) {
      await this.#commits?.settle();
    }
    for (const store of ['pictures', 'rows']) {
      const keys = await database.getAllKeys(store, keysUnder(id));
      for (let start = 0; start < keys.length; start += 64) {
        const part = /** @type {any[][]} */ (keys.slice(start, start + 64));
        const values = await database.getAll(store, IDBKeyRange.bound(part[0], part[part.length - 1]));
        const transaction = database.transaction(store, 'readwrite');
        for (const [index, [, ...rest]] of part.entries()) {
          transaction.store.put(values[index], [copyId, ...rest]);
        }
        await transaction.done;
      }
    }
    const transaction = database.transaction(['projects', 'places', 'heads'], 'readwrite', { durability: 'strict' });
    const [project, places, past] = await Promise.all([
      transaction.objectStore('projects').get(id),
      transaction.objectStore('places').getAll(keysUnder(id)),
      readPast(transaction.objectStore('heads'), id),
      copyHeads(transaction.objectStore('heads'), id, copyId),
    ]);
    for (const each of past) {
      transaction.objectStore('heads').put(each, [copyId, each.at]);
    }
    for (const place of places) {
      transaction.objectStore('places').put(place, [copyId, place.sampleId]);
    }
    const now = Date.now();
    const times = { createdAt: now, changedAt: now, openedAt: 0, deletedAt: null };
    transaction.objectStore('projects').put({ ...project, ...times, id: copyId, name, writer: '' }, copyId);
    await transaction.done;
    this.#copying.delete(copyId);
    return copyId;
  }

  /** @param {string} id */
  async #erase(id) {
    const transaction = (await this.#database).transaction(STORES, 'readwrite');
    for (const name of ['projects', 'heads']) {
      transaction.objectStore(name).delete(id);
    }
    for (const name of ['places', 'pictures', 'rows', 'heads']) {
      transaction.objectStore(name).delete(keysUnder(id));
    }
    await transaction.done;
  }
}
