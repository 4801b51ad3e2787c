// The library's face: what a program holds.

import { requireArgument, throwIfAborted, toHeadstartError } from '../shared/errors.js';
import { pictureBlob } from '../shared/kept-picture.js';
import { rowsOf } from '../shared/rows.js';
import { toldStrategies } from '../shared/strategies.js';
import * as answers from './answers.js';
import { checkFlag, checkLongAction, checkOptions, checkSampleIds } from './checks.js';
import { EngineLine } from './engine-line.js';
import { exportModel, importProject, refusedFormats } from './exports.js';
import { checkFeatures, packWith } from './images.js';
import { Keeping } from './keeping.js';
import { rebuild } from './rebuild.js';
import { recordOf, SampleBook } from './sample-book.js';
import { backboneSource, checkInputSize, checkPrecision, openingOf } from './sources.js';
import { Trainings } from './trainings.js';

/** @typedef {import('../headstart.d.ts').TrainerOptions} TrainerOptions */
/** @typedef {import('../headstart.d.ts').PictureOptions} PictureOptions */
/** @typedef {import('../headstart.d.ts').LongAction} LongAction */
/** @typedef {import('../shared/rpc.js').Port} Port */
/** @typedef {import('../headstart.d.ts').Trainer} TrainerSurface */
/** @typedef {import('../shared/rpc.js').ArgsOf<'open'>} Opening */
/** @typedef {import('../shared/rpc.js').AnswerOf<'open'>} Opened */

/** @implements {TrainerSurface} */
export class Trainer {
  #line;
  #ports;
  /** What a new engine is opened with: all that it is made of, so that nothing is fetched again. @type {Opening} */
  #opening;
  /** @type {Opened} */
  #opened;
  #book = new SampleBook();
  #trainings;
  /** @readonly */
  keeping;

  /**
   * @param {TrainerOptions} options
   * @param {import('../shared/rpc.js').Ports} ports
   * @param {import('../shared/assets.js').Library} library
   */
  static async create(options, ports, library) {
    const { signal, onProgress, onFailure } = options;
    requireArgument(onFailure === undefined || typeof onFailure === 'function', 'onFailure must be a function');
    const opening = openingOf(options, library);
    const port = ports.open();
    try {
      const opened = await port.call('open', opening, { signal, onProgress });
      const trainer = new Trainer(port, ports, opening, opened, onFailure);
      ports.keepReserve(opened.parts);
      return trainer;
    } catch (cause) {
      await port.close();
      throw toHeadstartError(cause);
    }
  }

  /**
   * @param {Port} port
   * @param {import('../shared/rpc.js').Ports} ports
   * @param {Opening} opening
   * @param {Opened} opened
   * @param {(error: import('../shared/errors.js').HeadstartError) => void} [onFailure]
   */
  constructor(port, ports, opening, opened, onFailure = () => {}) {
    this.#line = new EngineLine(port, onFailure);
    this.#ports = ports;
    this.#opening = { ...opening, backbone: [{ file: opened.file }], parts: opened.parts };
    this.#opened = opened;
    this.#trainings = new Trainings(this.#line, this.#book, () => this.#opened.backbone.strategies);
    this.keeping = new Keeping(this.#line, this.#book, this.#trainings);
  }

  get classes() {
    return this.#book.infos;
  }

  get backbone() {
    const { layers, strategies, scoredMaps, ...info } = this.#opened.backbone;
    return info;
  }

  get variant() {
    return this.#opened.variant;
  }

  get threads() {
    return this.#opened.threads;
  }

  get failed() {
    return this.#line.failed;
  }

  get headInfo() {
    return this.#trainings.headInfo;
  }

  get network() {
    const layers = /** @type {import('../headstart-training.d.ts').NetworkLayer[]} */ (this.#opened.backbone.layers);
    return layers.map((layer) => ({ ...layer }));
  }

  get strategies() {
    return toldStrategies(this.#opened.backbone.strategies);
  }

  get advice() {
    return this.#trainings.advice;
  }

  /** @param {string} name */
  addClass(name) {
    this.#line.requireOpen();
    const classId = this.#book.addClass(name);
    this.#line.post('addClass', { classId, name, enabled: true });
    return classId;
  }

  /** @param {number} classId @param {string} name */
  renameClass(classId, name) {
    this.#line.requireOpen();
    this.#book.renameClass(classId, name);
    this.#line.post('renameClass', { classId, name });
  }

  /** @param {number} classId @param {boolean} enabled */
  setClassEnabled(classId, enabled) {
    this.#line.requireOpen();
    this.#book.classOf(classId).enabled = checkFlag(enabled, 'enabled');
    this.#line.post('setClassEnabled', { classId, enabled });
  }

  /** @param {number} classId @param {number} index */
  moveClass(classId, index) {
    this.#line.requireOpen();
    this.#book.moveClass(classId, index);
    this.#line.post('moveClass', { classId, index });
  }

  /** @param {number} classId */
  removeClass(classId) {
    this.#line.requireOpen();
    const forgotten = this.#book.removeClass(classId);
    this.#line.post('removeClass', { classId });
    this.#forget(forgotten);
  }

  /** @param {number} classId */
  async restoreClass(classId) {
    this.#line.requireOpen();
    const { restored, index, samples } = this.#book.restoreClass(classId);
    this.#line.post('addClass', { classId, name: restored.name, enabled: restored.enabled, index });
    await this.#putBack(samples);
  }

  /** @param {number} classId @param {any} picture @param {PictureOptions} [options] */
  async addSample(classId, picture, options) {
    this.#line.requireOpen();
    this.#book.classOf(classId);
    const sampleId = this.#book.newSampleId();
    const packed = packWith(picture, options, { sampleId, classId });
    await this.#line.changeAndTake('addSample', packed, ({ picture: kept, row: values, of }) => {
      this.#book.addSample(sampleId, classId, kept, { of, values });
    });
    return sampleId;
  }

  /** @param {number} classId */
  sampleIds(classId) {
    return [...this.#book.classOf(classId).sampleIds];
  }

  /** @param {number} sampleId */
  async picture(sampleId) {
    return pictureBlob(this.#book.sampleOf(sampleId).picture);
  }

  /** @param {number} sampleId */
  async sampleEmbedding(sampleId) {
    this.#line.requireOpen();
    this.#book.sampleOf(sampleId);
    return this.#line.change('sampleEmbedding', { sampleId });
  }

  /** @param {number} sampleId */
  async removeSample(sampleId) {
    return this.removeSamples([sampleId]);
  }

  /** @param {number[]} sampleIds */
  async removeSamples(sampleIds) {
    this.#line.requireOpen();
    const unique = checkSampleIds(sampleIds);
    const forgotten = this.#book.removeSamples(unique);
    const removed = this.#line.changeBooked('removeSamples', { sampleIds: unique });
    this.#forget(forgotten);
    await removed;
  }

  /** @param {number[]} sampleIds */
  async restoreSamples(sampleIds) {
    this.#line.requireOpen();
    await this.#putBack(this.#book.restoreSamples(checkSampleIds(sampleIds)));
  }

  /** @param {number} sampleId @param {number} classId */
  async moveSample(sampleId, classId) {
    return this.moveSamples([sampleId], classId);
  }

  /** @param {number[]} sampleIds @param {number} classId */
  async moveSamples(sampleIds, classId) {
    this.#line.requireOpen();
    const unique = checkSampleIds(sampleIds);
    this.#book.moveSamples(unique, classId);
    await this.#line.changeBooked('moveSamples', { sampleIds: unique, classId });
  }

  /** @param {number[]} sampleIds @param {number} classId */
  async copySamples(sampleIds, classId) {
    this.#line.requireOpen();
    this.#book.classOf(classId);
    requireArgument(Array.isArray(sampleIds), 'sampleIds is a list of samples');
    const originals = sampleIds.map((from) => ({ from, ...this.#book.sampleOf(from) }));
    const pairs = originals.map(({ from }) => ({ from, to: this.#book.newSampleId() }));
    await this.#line.changeAndTake('copySamples', { pairs, classId }, () => {
      for (const [i, { picture, row }] of originals.entries()) {
        this.#book.addSample(pairs[i].to, classId, picture, row);
      }
    });
    return pairs.map(({ to }) => to);
  }

  async emptyBin() {
    this.#line.requireOpen();
    await this.#line.changeBooked('forgetSamples', { sampleIds: this.#book.emptyBin() });
  }

  /** @param {import('../headstart.d.ts').TrainOptions} [options] */
  async train(options = {}) {
    this.#line.requireOpen();
    return this.#trainings.train(checkLongAction(options, 'train'));
  }

  async finishTraining() {
    this.#line.requireOpen();
    await this.#trainings.finish();
  }

  async pauseTraining() {
    this.#line.requireOpen();
    await this.#trainings.pause();
  }

  async resumeTraining() {
    this.#line.requireOpen();
    await this.#trainings.resume();
  }

  /** @param {{ strategy?: any, signal?: AbortSignal }} [options] */
  async estimateTraining(options = {}) {
    this.#line.requireOpen();
    return this.#trainings.estimate(checkLongAction(options, 'estimateTraining'));
  }

  /** @param {LongAction & { budgetMs?: number, seed?: number }} [options] */
  async advise(options = {}) {
    this.#line.requireOpen();
    return this.#trainings.advise(checkLongAction(options, 'advise'));
  }

  /** @param {any} picture @param {PictureOptions} [options] */
  async predict(picture, options) {
    this.#line.requireOpen();
    const { args, transfer } = await packWith(picture, options, {});
    return answers.predictionOf(this.#book, await this.#line.call('predict', args, { transfer }));
  }

  /** @param {any} picture @param {PictureOptions & { class?: number, similarCount?: number, finer?: boolean }} [options] */
  async attention(picture, options) {
    this.#line.requireOpen();
    const { args, transfer } = await packWith(picture, options, answers.checkAttention(options, this.#book));
    return answers.attentionOf(this.#book, await this.#line.call('attend', args, { transfer }));
  }

  /** @param {any} picture @param {PictureOptions & { channelCount?: number }} [options] */
  async featureMaps(picture, options) {
    this.#line.requireOpen();
    const { args, transfer } = await packWith(picture, options, answers.checkFeatureMaps(options));
    return answers.featureMapsOf(await this.#line.call('lookInside', args, { transfer }));
  }

  async pictureMap() {
    this.#line.requireOpen();
    return answers.mapOf(this.#book, await this.#line.change('pictureMap', undefined));
  }

  /** @param {any} picture @param {PictureOptions} [options] */
  async capture(picture, options) {
    this.#line.requireOpen();
    const { args, transfer } = await packWith(picture, options, {});
    return this.#line.call('capture', args, { transfer });
  }

  /** @param {any} picture @param {PictureOptions & { features?: string[] }} [options] */
  async embed(picture, options) {
    this.#line.requireOpen();
    const { args, transfer } = await packWith(picture, options, { features: checkFeatures(options?.features) });
    return this.#line.call('embed', args, { transfer });
  }

  /** @param {{ date?: string | Date }} [options] */
  async exportHead(options = {}) {
    this.#line.requireOpen();
    return this.#trainings.exportHead(checkOptions(options, 'exportHead'));
  }

  /** @param {import('../headstart-export.d.ts').ExportOptions} options */
  async exportModel(options) {
    return exportModel(options, this.#line, this.#book, this.#trainings, this.backbone);
  }

  async refusedFormats() {
    return refusedFormats(this.#line, this.#trainings);
  }

  /** @param {Uint8Array | ArrayBuffer} bytes @param {import('../headstart-export.d.ts').ImportOptions} [options] */
  async importProject(bytes, options = {}) {
    this.#line.requireOpen();
    return importProject(bytes, /** @type {any} */ (this), options);
  }

  /** @param {Uint8Array | ArrayBuffer} bytes */
  importHead(bytes) {
    return this.#trainings.importHead(bytes, this);
  }

  /** @param {any} backbone @param {LongAction & { inputSize?: number, precision?: unknown }} [options] */
  async setBackbone(backbone, options = {}) {
    this.#line.requireOpen();
    const { inputSize, precision, signal, onProgress } = checkLongAction(options, 'setBackbone');
    const how = { inputSize: checkInputSize(inputSize), precision: checkPrecision(precision) };
    const change = { backbone: backboneSource(backbone), ...how };
    const answer = await this.#line.call('setBackbone', change, { signal, onProgress });
    this.#line.noteRevision(answer);
    const { file, parts } = answer;
    Object.assign(this.#opening, { ...how, backbone: [{ file }], parts });
    this.#opened = answer;
    this.#book.takeRows(answer.rows, this.#rowsOf);
    this.#trainings.dropHead();
    return this.backbone;
  }

  async stats() {
    this.#line.requireOpen();
    const { variant, threads } = this;
    return { variant, threads, ...this.#book.counts, ...(await this.#line.call('stats', undefined)) };
  }

  /** @param {LongAction} [options] */
  async recover(options = {}) {
    this.#line.requireOpen();
    const { signal, onProgress } = checkLongAction(options, 'recover');
    throwIfAborted(signal);
    await this.#line.recover(async (noteContents) => {
      const parts = { ports: this.#ports, opening: this.#opening, book: this.#book, trainings: this.#trainings };
      const { opened, ...rebuilt } = await rebuild(parts, { signal, onProgress }, noteContents);
      this.#opened = opened;
      this.#opening = { ...this.#opening, parts: opened.parts };
      return rebuilt;
    });
  }

  async dispose() {
    await this.#line.close();
  }

  get #rowsOf() {
    return rowsOf(this.#opened.backbone);
  }

  /** Samples that the book has again. @param {import('./sample-book.js').RemovedSample[]} samples */
  async #putBack(samples) {
    const records = samples.map((sample) => recordOf(sample, this.#rowsOf));
    const answer = await this.#line.changeBooked('putSamples', { records });
    if (answer) {
      this.#book.takeRows(answer.rows, answer.of);
    }
  }

  /** @param {number[]} sampleIds */
  #forget(sampleIds) {
    if (sampleIds.length > 0) {
      this.#line.post('forgetSamples', { sampleIds });
    }
  }
}
