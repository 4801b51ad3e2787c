// The caller's side of training: the head that is in use, what is known of the pictures, and the calls that change either.

import { HeadstartError, toHeadstartError } from '../shared/errors.js';
import { checkBudget, checkTrainOptions } from '../shared/train-options.js';
import { Queue } from '../shared/turns.js';
import { checkDate } from './checks.js';
import { ownBytes } from './sources.js';

const ADVICE_BUDGET_MS = 60_000;

/** @typedef {import('./engine-line.js').EngineLine} EngineLine */
/** @template {import('../shared/rpc.js').CallName} Name @typedef {import('../shared/rpc.js').AnswerOf<Name>} AnswerOf */
/** @typedef {import('../headstart-training.d.ts').Advice} Advice */
/** @typedef {import('../headstart.d.ts').HeadInfo} HeadInfo */
/** @typedef {import('./sample-book.js').SampleBook} SampleBook */
/** @typedef {Omit<HeadInfo, 'classes' | 'imported' | 'stale'> & { classIds: number[], file: Uint8Array }} Head */

export class Trainings {
  #line;
  #book;
  #strategies;
  /** @type {Head | null} */
  #head = null;
  #headIsImported = false;
  #headRevision = -1;
  #imports = new Queue();
  /** @type {Advice | null} */
  #advice = null;
  #adviceRevision = -1;

  /** @param {EngineLine} line @param {SampleBook} book @param {() => readonly import('../shared/strategies.js').Strategy[]} strategies of the backbone in use */
  constructor(line, book, strategies) {
    this.#line = line;
    this.#book = book;
    this.#strategies = strategies;
  }

  /** @returns {HeadInfo | null} */
  get headInfo() {
    if (!this.#head) {
      return null;
    }
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

  /** @returns {Advice | null} */
  get advice() {
    return this.#adviceRevision === this.#line.revision ? this.#advice : null;
  }

  /** @param {import('../headstart.d.ts').TrainOptions} options */
  async train(options) {
    const { signal, onProgress, onRound } = options;
    const request = checkTrainOptions(options, this.#strategies());
    const { report, head, revision, advice } = await this.#line.change('train', request, {
      signal,
      onProgress: (told) => {
        const { round } = /** @type {any} */ (told); // a finished round comes on the same way
        return round ? onRound?.(round) : onProgress?.(told);
      },
    });
    this.#takeHead(head, revision, false);
    if (advice) {
      this.#takeAdvice(advice, revision);
    }
    const { classIds, ...numbers } = report;
    const perClass = report.perClass.map((/** @type {any} */ entry) => ({
      ...entry,
      name: this.#nameOf(entry.classId),
    }));
    return /** @type {import('../headstart-training.d.ts').TrainReport} */ ({
      ...numbers,
      perClass,
      backbone: head.backbone,
    });
  }

  async finish() {
    await this.#line.call('finishTraining', undefined);
  }

  async pause() {
    await this.#line.call('pauseTraining', undefined);
  }

  async resume() {
    await this.#line.call('resumeTraining', undefined);
  }

  /** @param {{ strategy?: any, signal?: AbortSignal }} options @returns {Promise<import('../headstart-training.d.ts').TrainEstimate>} */
  async estimate({ strategy, signal }) {
    const request = checkTrainOptions({ strategy }, this.#strategies());
    return /** @type {any} */ (await this.#line.change('estimate', request, { signal }));
  }

  /**
   * @param {import('../headstart.d.ts').LongAction & { budgetMs?: number, seed?: number }} options
   * @returns {Promise<Advice>}
   */
  async advise({ budgetMs, seed, signal, onProgress }) {
    const { head } = checkTrainOptions({ seed }, this.#strategies());
    const args = { budgetMs: checkBudget(budgetMs, ADVICE_BUDGET_MS), seed: head.seed };
    const { advice, revision } = await this.#line.change('advise', args, { signal, onProgress });
    this.#takeAdvice(advice, revision);
    return advice;
  }

  /** @param {{ date?: string | Date }} options */
  async exportHead({ date = new Date() }) {
    return this.#line.change('exportHead', { date: checkDate(date) });
  }

  /** Why there is no `head/1` file of the head in use; null where there is one. */
  get plainRefusal() {
    const hasOwnLayers = this.#head && this.#head.border !== (this.#head.features.at(-1) ?? 'last');
    return this.#head?.kind === 'discriminant' && hasOwnLayers
      ? "head/1 cannot hold a discriminant that reads layers trained with it: train with { head: 'logistic' } for one that it can"
      : null;
  }

  /**
   * As a file of the format `head/1`: another head where the one in use transforms its features.
   * @param {import('../headstart-export.d.ts').ExportOptions} options
   * @param {string} date
   * @returns {Promise<Uint8Array>}
   */
  async exportPlainHead({ signal, onProgress, onMeasured }, date) {
    if (this.#head?.kind !== 'discriminant') {
      return this.exportHead({ date });
    }
    if (this.plainRefusal) {
      throw new HeadstartError('unsupported', this.plainRefusal);
    }
    const { strategy, seed } = this.#head;
    const usual = checkTrainOptions({ strategy: strategy ?? 'head', seed: Number(seed) }, this.#strategies());
    const plain = { ...usual, head: { ...usual.head, head: /** @type {const} */ ('logistic') } };
    const { file, changes } = await this.#line.change('plainHead', { usual, plain, date }, { signal, onProgress });
    onMeasured?.(changes);
    return file;
  }

  /**
   * @param {Uint8Array | ArrayBuffer} bytes
   * All or nothing: refused, it leaves no class, nothing in the bin, and head and advice as fresh as they were.
   * @param {{ addClass(name: string): number }} trainer
   */
  importHead(bytes, trainer) {
    // Two imports at a time would mix what the one read with what the other adopts.
    return this.#imports.run(async () => {
      this.#line.requireOpen();
      const {
        labels,
        bringsLayers,
        revision: since,
      } = await this.#line.change('readHead', {
        bytes: ownBytes(bytes, 'importHead takes the bytes of a head file'),
      });
      const [isFresh, isAdviceFresh] = [!this.isStale, this.advice !== null];
      const taken = new Set();
      /** @type {number[]} */
      const added = [];
      const classIds = labels.map((/** @type {string} */ label) => {
        const found = this.#book.classes.find(({ id, name }) => name === label && !taken.has(id))?.id;
        const classId = found ?? trainer.addClass(label);
        if (found === undefined) {
          added.push(classId);
        }
        taken.add(classId);
        return classId;
      });
      const { head, revision } = await this.#line
        .change('adoptHead', { classIds, bringsLayers })
        .catch(async (cause) => {
          for (const classId of added) {
            this.#book.withdrawClass(classId);
            this.#line.post('removeClass', { classId });
          }
          const args = { since, changeCount: 2 * added.length };
          const kept = await this.#line.change('keepFresh', args).catch(() => null);
          if (kept?.isUntouched && isFresh) {
            this.#headRevision = kept.revision;
          }
          if (kept?.isUntouched && isAdviceFresh) {
            this.#adviceRevision = kept.revision;
          }
          throw cause;
        });
      this.#takeHead(head, revision, true);
      return /** @type {HeadInfo} */ (this.headInfo);
    });
  }

  /** The head that is in use, as it is stored. */
  get kept() {
    if (!this.#head) {
      return null;
    }
    const { file, classIds, strategy } = this.#head;
    return { file, classIds, strategy, stale: this.isStale, imported: this.#headIsImported };
  }

  /** @param {import('../headstart-keeping.d.ts').KeptHead} kept */
  takeUp({ file, classIds, strategy, stale, imported }) {
    return this.#imports.run(async () => {
      this.#line.requireOpen();
      const { bringsLayers } = await this.#line.change('readHead', { bytes: ownBytes(file, 'a head is its file') });
      const args = { classIds, bringsLayers, stale, strategy };
      const { head, revision } = await this.#line.change('adoptHead', args);
      this.#takeHead(head, revision, imported);
      if (stale) {
        this.#headRevision = -1;
      }
    });
  }

  /** The head read another backbone's features, and what was measured was theirs. */
  dropHead() {
    this.#head = null;
    this.#advice = null;
  }

  /**
   * A new engine takes the head up, as far as it can: where fewer than two of its classes are left it cannot, until one of
   * them comes back.
   * @param {import('../shared/rpc.js').Port} port
   * @param {number} revision of the new engine, which holds the same samples
   */
  async moveTo(port, revision) {
    const [stale, isAdviceFresh] = [this.isStale, this.advice !== null];
    if (this.#head) {
      await port
        .call('readHead', { bytes: this.#head.file })
        .then(({ bringsLayers }) => port.call('adoptHead', { ...this.#adoption(bringsLayers), stale }))
        .catch(passOverTooFewClasses);
    }
    this.#headRevision = stale ? -1 : revision;
    this.#adviceRevision = isAdviceFresh ? revision : -1;
  }

  /** @param {boolean} bringsLayers */
  #adoption(bringsLayers) {
    const { classIds, strategy } = /** @type {Head} */ (this.#head);
    return { classIds, strategy, bringsLayers };
  }

  /**
   * @param {AnswerOf<'adoptHead'>['head']} head
   * @param {number} revision
   * @param {boolean} imported
   */
  #takeHead(head, revision, imported) {
    this.#head = /** @type {Head} */ (head);
    this.#headRevision = revision;
    this.#headIsImported = imported;
    this.#line.noteRevision(revision);
  }

  /** @param {Advice} advice @param {number} revision */
  #takeAdvice(advice, revision) {
    this.#advice = advice;
    this.#adviceRevision = revision;
  }

  /** @param {number} classId */
  #nameOf(classId) {
    return this.#book.classes.find(({ id }) => id === classId)?.name ?? '';
  }
}

/** @param {unknown} cause */
function passOverTooFewClasses(cause) {
  if (toHeadstartError(cause).code !== 'not-trained') {
    throw cause;
  }
}
