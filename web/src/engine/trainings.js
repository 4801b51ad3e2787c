// The caller's side of training: the head that is in use, what is known of the pictures, and the calls that change either.
import { HeadstartError, requireArgument } from './errors.js';
import { ownBytes } from './sources.js';
import { checkTrainOptions } from './train-options.js';
import { Queue } from './turns.js';

/** @typedef {import('./engine-line.js').EngineLine} EngineLine */
/** @typedef {import('./headstart-training.d.ts').Advice} Advice */
/** @typedef {import('./headstart.d.ts').HeadInfo} HeadInfo */
/** @typedef {import('./sample-book.js').SampleBook} SampleBook */
/** @typedef {Omit<HeadInfo, 'classes' | 'imported' | 'stale'> & { classIds: number[], file: Uint8Array }} Head */

export class Trainings {
  #line;
  #book;
  /** @type {Head | null} */
  #head = null;
  #headIsImported = false;
  #headRevision = -1;
  #imports = new Queue();

  /** @param {EngineLine} line @param {SampleBook} book */
  constructor(line, book) {
    this.#line = line;
    this.#book = book;
  }

  /** @returns {HeadInfo | null} */
  get headInfo() {
    if (!this.#head) return null;
    const { file, classIds, ...info } = this.#head;
    const classes = classIds.flatMap((classId) => {
      const entry = this.#book.classes.find(({ id }) => id === classId);
      return entry?.enabled ? [{ classId, name: entry.name }] : [];
    });
    return { ...info, classes, imported: this.#headIsImported, stale: this.isStale };
  }

  get isStale() {
    return this.#headRevision !== this.#line.revision;
  }

  /** What a new engine needs to answer as this one did. */
  get head() {
    return this.#head;
  }

  /** @returns {Advice | null} */
  get advice() {
    return null;
  }

  /** @param {import('./headstart.d.ts').TrainOptions} options */
  async train(options) {
    const { signal, onProgress } = options;
    const { report, head, revision } = await this.#line.change('train', checkTrainOptions(options), {
      signal,
      onProgress,
    });
    this.#takeHead(head, revision, false);
    const { classIds, ...numbers } = report;
    const perClass = report.perClass.map((/** @type {any} */ entry) => ({
      ...entry,
      name: this.#nameOf(entry.classId),
    }));
    return { ...numbers, perClass, backbone: head.backbone };
  }

  async finish() {}

  async pause() {}

  async resume() {}

  /** @returns {Promise<import('./headstart-training.d.ts').TrainEstimate>} */
  async estimate() {
    throw new HeadstartError('unsupported', 'estimates come with fine-tuning');
  }

  /** @returns {Promise<Advice>} */
  async advise() {
    throw new HeadstartError('unsupported', 'advice comes with the measured candidates');
  }

  /** @param {{ date?: string | Date }} options */
  async exportHead({ date = new Date() }) {
    const text = date instanceof Date ? date.toISOString() : date;
    requireArgument(typeof text === 'string', `date is an ISO 8601 text or a Date, got ${typeof date}`);
    return this.#line.change('exportHead', { date: text });
  }

  /** @param {Uint8Array | ArrayBuffer} bytes @param {(name: string) => number} addClass */
  importHead(bytes, addClass) {
    // Two imports at a time would mix what the one read with what the other adopts.
    return this.#imports.run(async () => {
      this.#line.requireOpen();
      const { labels } = await this.#line.change('readHead', {
        bytes: ownBytes(bytes, 'importHead takes the bytes of a head file'),
      });
      const taken = new Set();
      const classIds = labels.map((/** @type {string} */ label) => {
        const found = this.#book.classes.find(({ id, name }) => name === label && !taken.has(id))?.id;
        const classId = found ?? addClass(label);
        taken.add(classId);
        return classId;
      });
      const { head, revision } = await this.#line.change('adoptHead', { classIds });
      this.#takeHead(head, revision, true);
      return /** @type {HeadInfo} */ (this.headInfo);
    });
  }

  /** The head read another backbone's features. */
  dropHead() {
    this.#head = null;
  }

  /** @param {number} revision of a new engine that has taken the head up @param {boolean} stale */
  headMoved(revision, stale) {
    this.#headRevision = stale ? -1 : revision;
  }

  /** @param {Head} head @param {number} revision @param {boolean} imported */
  #takeHead(head, revision, imported) {
    this.#head = head;
    this.#headRevision = revision;
    this.#headIsImported = imported;
    this.#line.noteRevision(revision);
  }

  /** @param {number} classId */
  #nameOf(classId) {
    return this.#book.classes.find(({ id }) => id === classId)?.name ?? '';
  }
}
