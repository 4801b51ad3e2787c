// What a program stores of its trainer, and how it takes it up again: the same identities, no picture looked at twice.

import { requireArgument, show } from '../shared/errors.js';
import { checkList, checkOptions, checkSampleIds } from './checks.js';
import { ownBytes } from './sources.js';

/** @typedef {import('./engine-line.js').EngineLine} EngineLine */
/** @typedef {import('./sample-book.js').SampleBook} SampleBook */
/** @typedef {import('./trainings.js').Trainings} Trainings */
/** @typedef {import('../headstart-keeping.d.ts').Keeping} KeepingSurface */
/** @typedef {import('../headstart-keeping.d.ts').KeptSample} KeptSample */

/** @implements {KeepingSurface} */
export class Keeping {
  #line;
  #book;
  #trainings;

  /** @param {EngineLine} line @param {SampleBook} book @param {Trainings} trainings */
  constructor(line, book, trainings) {
    this.#line = line;
    this.#book = book;
    this.#trainings = trainings;
  }

  get head() {
    return this.#trainings.kept;
  }

  /** @param {number[]} sampleIds */
  async rows(sampleIds) {
    this.#line.requireOpen();
    return this.#line.change('sampleRows', { sampleIds: checkSampleIds(sampleIds) });
  }

  /** @param {{ id: number, name: string, enabled: boolean }[]} classes @param {{ lastSampleId?: number }} [options] */
  takeUpClasses(classes, options = {}) {
    this.#line.requireOpen();
    const { lastSampleId = 0 } = checkOptions(options, 'takeUpClasses');
    checkList(classes, 'classes');
    requireArgument(
      Number.isSafeInteger(lastSampleId) && lastSampleId >= 0,
      `lastSampleId is a sample id, got ${show(lastSampleId)}`,
    );
    this.#book.reserveSampleIds(lastSampleId);
    for (const { id, name, enabled } of classes) {
      this.#book.takeUpClass({ id, name, enabled });
      this.#line.post('addClass', { classId: id, name, enabled });
    }
  }

  /** @param {KeptSample[]} samples @param {Float32Array | null} [rows] */
  async takeUpSamples(samples, rows = null) {
    this.#line.requireOpen();
    for (const { sampleId, classId, picture } of checkList(samples, 'samples')) {
      requireArgument(Number.isSafeInteger(sampleId) && sampleId > 0, `expected a sample id, got ${show(sampleId)}`);
      requireArgument(picture instanceof Blob, `expected the picture that a sample was kept as, got ${show(picture)}`);
      this.#book.classOf(classId);
      requireArgument(!this.#book.samples.has(sampleId), `there is a sample ${sampleId} already`);
    }
    if (samples.length === 0) {
      return [];
    }
    requireArgument(rows === null || rows instanceof Float32Array, `rows are a Float32Array, got ${show(rows)}`);
    requireArgument(rows === null || rows.every(Number.isFinite), 'rows are finite numbers');
    requireArgument(
      rows === null || (rows.length > 0 && rows.length % samples.length === 0),
      `expected a row for each of ${samples.length} samples, got ${rows?.length} numbers`,
    );
    const length = rows ? rows.length / samples.length : 0;
    const records = samples.map(({ sampleId, classId, picture }, i) => {
      return { sampleId, classId, picture, row: rows?.slice(i * length, (i + 1) * length) };
    });
    /** @type {number[]} */
    let left = [];
    await this.#line.changeAndTake('putSamples', { records }, ({ rows: embedded, unreadable, of }) => {
      left = unreadable;
      for (const { sampleId, classId, picture, row } of records) {
        const values = row ?? embedded.get(sampleId);
        if (values) {
          this.#book.takeUpSample(sampleId, classId, picture, { of, values });
        }
      }
    });
    return left;
  }

  /** @param {Uint8Array} file */
  async backboneOf(file) {
    this.#line.requireOpen();
    return this.#line.change('backboneOfHead', { bytes: ownBytes(file, 'backboneOf takes the bytes of a head file') });
  }

  /** @param {import('../headstart-keeping.d.ts').KeptHead} kept */
  async takeUpHead(kept) {
    requireArgument(kept !== null && typeof kept === 'object', `expected a kept head, got ${show(kept)}`);
    checkList(kept.classIds, 'classIds');
    await this.#trainings.takeUp(kept);
  }
}
