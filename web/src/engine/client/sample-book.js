// The caller's side of classes and samples: what can be answered at once, and what can be undone.

import { requireArgument, show } from '../shared/errors.js';
import { MOST_REMOVALS } from '../shared/removals.js';

/** @typedef {import('../shared/kept-picture.js').KeptPicture} KeptPicture */
/** @typedef {import('../shared/rows.js').SampleRow} SampleRow */
/** @typedef {{ id: number, name: string, enabled: boolean, sampleIds: number[] }} BookClass */
/**
 * `order`: of its coming into the class, by which a sample that comes back finds its place. `row`: of the backbone that was in
 * use when the sample was last in its class.
 * @typedef {{ classId: number, picture: KeptPicture, order: number, row: SampleRow | null }} BookSample
 */
/** @typedef {BookSample & { sampleId: number }} RemovedSample */
/**
 * @typedef {{ kind: 'samples', samples: RemovedSample[] }
 *   | { kind: 'class', removed: BookClass, index: number, samples: RemovedSample[] }} Removal
 */

export class SampleBook {
  /** @type {BookClass[]} in order */
  classes = [];
  /** @type {Map<number, BookSample>} */
  samples = new Map();
  /** @type {Removal[]} oldest first */
  #bin = [];
  #lastClassId = 0;
  #lastSampleId = 0;
  #lastOrder = 0;

  /** The classes as a caller sees them. */
  get infos() {
    return this.classes.map(({ id, name, enabled, sampleIds }) => ({
      id,
      name,
      sampleCount: sampleIds.length,
      enabled,
    }));
  }

  get counts() {
    return { classCount: this.classes.length, sampleCount: this.samples.size };
  }

  newSampleId() {
    return ++this.#lastSampleId;
  }

  /** @param {unknown} classId @returns {BookClass} */
  classOf(classId) {
    const found = this.classes.find(({ id }) => id === classId);
    requireArgument(found, `there is no class ${show(classId)}`);
    return found;
  }

  /** @param {number} classId */
  hasClass(classId) {
    return this.classes.some(({ id }) => id === classId);
  }

  /** @param {unknown} sampleId */
  sampleOf(sampleId) {
    const found = this.samples.get(/** @type {number} */ (sampleId));
    requireArgument(found, `there is no sample ${show(sampleId)}`);
    return found;
  }

  /** @param {string} name @returns {number} */
  addClass(name) {
    const id = ++this.#lastClassId;
    this.classes.push({ id, name: checkName(name), enabled: true, sampleIds: [] });
    return id;
  }

  /** A class under the identity that it had before. @param {{ id: number, name: string, enabled: boolean }} kept */
  takeUpClass({ id, name, enabled }) {
    requireArgument(
      Number.isSafeInteger(id) && id > 0 && !this.hasClass(id),
      `expected a new class id, got ${show(id)}`,
    );
    this.classes.push({ id, name: checkName(name), enabled: Boolean(enabled), sampleIds: [] });
    this.#lastClassId = Math.max(this.#lastClassId, id);
  }

  /** No new sample gets an identity up to this one. @param {number} sampleId */
  reserveSampleIds(sampleId) {
    this.#lastSampleId = Math.max(this.#lastSampleId, sampleId);
  }

  /**
   * A sample under the identity that it had before.
   * @param {number} sampleId
   * @param {number} classId
   * @param {KeptPicture} picture
   * @param {SampleRow} row
   */
  takeUpSample(sampleId, classId, picture, row) {
    this.reserveSampleIds(sampleId);
    this.addSample(sampleId, classId, picture, row);
  }

  /** @param {number} classId @param {string} name */
  renameClass(classId, name) {
    this.classOf(classId).name = checkName(name);
  }

  /** @param {number} classId @param {number} index */
  moveClass(classId, index) {
    const moved = this.classOf(classId);
    const last = this.classes.length - 1;
    requireArgument(
      Number.isInteger(index) && index >= 0 && index <= last,
      `index must be 0 to ${last}, got ${show(index)}`,
    );
    this.classes.splice(this.classes.indexOf(moved), 1);
    this.classes.splice(index, 0, moved);
  }

  /** @param {number} classId @returns {number[]} samples that can no longer come back */
  removeClass(classId) {
    const removed = this.classOf(classId);
    const index = this.classes.indexOf(removed);
    const samples = removed.sampleIds.map((sampleId) => this.#take(sampleId));
    this.classes.splice(index, 1);
    removed.sampleIds = [];
    return this.#toBin({ kind: 'class', removed, index, samples });
  }

  /** Of a class that nobody was told of: it is not one of the removals that can be undone. @param {number} classId */
  withdrawClass(classId) {
    this.classes.splice(this.classes.indexOf(this.classOf(classId)), 1);
  }

  /** @param {number} classId @returns {{ restored: BookClass, index: number, samples: RemovedSample[] }} */
  restoreClass(classId) {
    const at = this.#bin.findLastIndex((removal) => removal.kind === 'class' && removal.removed.id === classId);
    requireArgument(
      at >= 0,
      `class ${show(classId)} cannot come back: only the last ${MOST_REMOVALS} removals can be undone`,
    );
    const [removal] = this.#bin.splice(at, 1);
    const { removed: restored, index: wanted } = /** @type {Extract<Removal, { kind: 'class' }>} */ (removal);
    const index = Math.min(wanted, this.classes.length);
    this.classes.splice(index, 0, restored);
    for (const sample of removal.samples) {
      this.#putBack(sample);
    }
    return { restored, index, samples: removal.samples };
  }

  /** @param {number} sampleId @param {number} classId @param {KeptPicture} picture @param {SampleRow | null} row */
  addSample(sampleId, classId, picture, row) {
    if (this.hasClass(classId)) {
      this.samples.set(sampleId, { classId, picture, order: ++this.#lastOrder, row });
      this.classOf(classId).sampleIds.push(sampleId);
      return;
    }
    // Its class was removed while the picture was on its way: it shares its fate.
    const removal = this.#bin.find((entry) => entry.kind === 'class' && entry.removed.id === classId);
    removal?.samples.push({ sampleId, classId, picture, order: ++this.#lastOrder, row });
  }

  /** What the backbone sees in samples now. @param {Map<number, Float32Array>} rows @param {string} of */
  takeRows(rows, of) {
    for (const [sampleId, values] of rows) {
      const sample = this.samples.get(sampleId);
      if (sample) {
        sample.row = { of, values };
      }
    }
  }

  /**
   * All samples as an engine takes them, class by class in their order, with rows where they are of its backbone.
   * @param {string} of
   */
  records(of) {
    return this.classes.flatMap(({ sampleIds }) =>
      sampleIds.map((sampleId) => recordOf({ sampleId, ...this.sampleOf(sampleId) }, of)),
    );
  }

  /** @param {number[]} sampleIds @returns {number[]} samples that can no longer come back */
  removeSamples(sampleIds) {
    const unique = [...new Set(sampleIds)];
    for (const sampleId of unique) {
      this.sampleOf(sampleId);
    }
    const samples = unique.map((sampleId) => this.#take(sampleId));
    const gone = new Set(unique);
    for (const entry of this.classes) {
      if (entry.sampleIds.some((id) => gone.has(id))) {
        entry.sampleIds = entry.sampleIds.filter((id) => !gone.has(id));
      }
    }
    return this.#toBin({ kind: 'samples', samples });
  }

  /** @param {number[]} sampleIds @returns {RemovedSample[]} */
  restoreSamples(sampleIds) {
    const wanted = new Set(sampleIds);
    const found = this.#bin.flatMap((removal) => {
      return removal.kind === 'samples' ? removal.samples.filter(({ sampleId }) => wanted.has(sampleId)) : [];
    });
    const missing = [...wanted].filter((id) => !found.some(({ sampleId }) => sampleId === id));
    requireArgument(
      missing.length === 0,
      `sample ${missing.map(show).join(', ')} cannot come back: only the last ${MOST_REMOVALS} removals can be undone`,
    );
    for (const { classId } of found) {
      this.classOf(classId);
    }
    for (const removal of this.#bin) {
      removal.samples = removal.samples.filter(({ sampleId }) => !wanted.has(sampleId));
    }
    this.#bin = this.#bin.filter((removal) => removal.kind === 'class' || removal.samples.length > 0);
    for (const sample of found) {
      this.#putBack(sample);
    }
    return found;
  }

  /** @param {number[]} sampleIds @param {number} classId */
  moveSamples(sampleIds, classId) {
    const target = this.classOf(classId);
    const unique = new Set(sampleIds);
    for (const sampleId of unique) {
      this.sampleOf(sampleId);
    }
    for (const entry of this.classes) {
      entry.sampleIds = entry.sampleIds.filter((id) => !unique.has(id));
    }
    for (const sampleId of unique) {
      Object.assign(this.sampleOf(sampleId), { classId, order: ++this.#lastOrder });
      target.sampleIds.push(sampleId);
    }
  }

  /** @returns {number[]} samples that can no longer come back */
  emptyBin() {
    const forgotten = this.#bin.flatMap(({ samples }) => samples.map(({ sampleId }) => sampleId));
    this.#bin = [];
    return forgotten;
  }

  /** @param {number} sampleId @returns {RemovedSample} */
  #take(sampleId) {
    const sample = this.sampleOf(sampleId);
    this.samples.delete(sampleId);
    return { sampleId, ...sample };
  }

  /** @param {RemovedSample} sample */
  #putBack({ sampleId, ...sample }) {
    this.samples.set(sampleId, sample);
    const { sampleIds } = this.classOf(sample.classId);
    const after = sampleIds.findLastIndex((id) => this.sampleOf(id).order < sample.order);
    sampleIds.splice(after + 1, 0, sampleId);
  }

  /** @param {Removal} removal */
  #toBin(removal) {
    this.#bin.push(removal);
    const forgotten = this.#bin.splice(0, Math.max(0, this.#bin.length - MOST_REMOVALS));
    return forgotten.flatMap(({ samples }) => samples.map(({ sampleId }) => sampleId));
  }
}

/** @param {RemovedSample} sample @param {string} of */
export function recordOf({ sampleId, classId, picture, row }, of) {
  return { sampleId, classId, picture, row: row?.of === of ? row.values : undefined };
}

/** @param {unknown} name @returns {string} */
function checkName(name) {
  requireArgument(typeof name === 'string', `a class name is a text, got ${show(name)}`);
  requireArgument(name.trim() !== '', 'a class name must not be blank');
  requireArgument(name.isWellFormed?.() ?? true, 'a class name must be well-formed Unicode');
  return name;
}
