// The library's face: what a program holds.
import { inNode } from '../shared/assets.js';
import { toHeadstartError } from '../shared/errors.js';
import { pictureBlob } from '../worker/picture-codec.js';
import { EngineLine } from './engine-line.js';
import { checkFeatures, checkPictureOptions, packPicture, pictureError } from './images.js';
import { Keeping } from './keeping.js';
import { SampleBook } from './sample-book.js';
import { backboneSource, checkInputSize } from './sources.js';
import { Trainings } from './trainings.js';

/** @typedef {import('../headstart.d.ts').Trainer} TrainerSurface */
/** @typedef {import('../headstart.d.ts').TrainerOptions} TrainerOptions */
/** @typedef {import('../headstart.d.ts').BackboneInfo} BackboneInfo */
/** @typedef {import('../headstart.d.ts').PictureOptions} PictureOptions */
/** @typedef {import('../headstart.d.ts').LongAction} LongAction */
/** @typedef {import('../shared/rpc.js').Port} Port */

/** @implements {TrainerSurface} */
export class Trainer {
  #line;
  #openPort;
  /** What a new engine is opened with. */
  #settings;
  /** @type {{ variant: any, threads: number, backbone: BackboneInfo & { layers: import('../headstart-training.d.ts').NetworkLayer[] } }} */
  #opened;
  #book = new SampleBook();
  #trainings;
  /** @readonly */
  keeping;

  /**
   * @param {TrainerOptions} options
   * @param {() => Port} openPort
   */
  static async create(options, openPort) {
    const settings = {
      libraryUrl: options.libraryUrl === undefined ? undefined : String(options.libraryUrl),
      backbone: await backboneSource(options.backbone),
      inputSize: checkInputSize(options.inputSize),
      variant: options.variant ?? 'auto',
      threads: options.threads ?? 'auto',
    };
    if (settings.libraryUrl === undefined && !inNode) settings.libraryUrl = new URL('./', import.meta.url).href;
    const port = openPort();
    try {
      const { signal, onProgress } = options;
      const opened = await port.call('open', settings, { signal, onProgress });
      return new Trainer(port, openPort, settings, opened);
    } catch (cause) {
      await port.close();
      throw toHeadstartError(cause);
    }
  }

  /**
   * @param {Port} port
   * @param {() => Port} openPort
   * @param {object & { backbone: Uint8Array | string | undefined, inputSize: number }} settings
   * @param {any} opened
   */
  constructor(port, openPort, settings, opened) {
    this.#line = new EngineLine(port);
    this.#openPort = openPort;
    this.#settings = settings;
    this.#opened = opened;
    this.#trainings = new Trainings(this.#line, this.#book);
    this.keeping = new Keeping(this.#line, this.#book, this.#trainings);
  }

  get classes() {
    return this.#book.classes.map(({ id, name, enabled, sampleIds }) => ({
      id,
      name,
      sampleCount: sampleIds.length,
      enabled,
    }));
  }

  get backbone() {
    const { layers, ...info } = this.#opened.backbone;
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
    return this.#opened.backbone.layers.map((layer) => ({ ...layer }));
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
    this.#book.classOf(classId).enabled = Boolean(enabled);
    this.#line.post('setClassEnabled', { classId, enabled: Boolean(enabled) });
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
    await this.#line.change('putSamples', { records: samples });
  }

  /** @param {number} classId @param {any} picture @param {PictureOptions} [options] */
  async addSample(classId, picture, options) {
    this.#line.requireOpen();
    this.#book.classOf(classId);
    const sampleId = this.#book.newSampleId();
    const packed = this.#pack(picture, options, { sampleId, classId });
    const { picture: kept } = await this.#line.change('addSample', packed);
    this.#book.addSample(sampleId, classId, kept);
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
    const forgotten = this.#book.removeSamples(sampleIds);
    const removed = this.#line.change('removeSamples', { sampleIds: [...new Set(sampleIds)] });
    this.#forget(forgotten);
    await removed;
  }

  /** @param {number[]} sampleIds */
  async restoreSamples(sampleIds) {
    this.#line.requireOpen();
    const records = this.#book.restoreSamples(sampleIds);
    await this.#line.change('putSamples', { records });
  }

  /** @param {number} sampleId @param {number} classId */
  async moveSample(sampleId, classId) {
    return this.moveSamples([sampleId], classId);
  }

  /** @param {number[]} sampleIds @param {number} classId */
  async moveSamples(sampleIds, classId) {
    this.#line.requireOpen();
    this.#book.moveSamples(sampleIds, classId);
    await this.#line.change('moveSamples', { sampleIds: [...new Set(sampleIds)], classId });
  }

  /** @param {number[]} sampleIds @param {number} classId */
  async copySamples(sampleIds, classId) {
    this.#line.requireOpen();
    this.#book.classOf(classId);
    const pairs = sampleIds.map((from) => ({ from, to: this.#book.newSampleId() }));
    const pictures = sampleIds.map((from) => this.#book.sampleOf(from).picture);
    await this.#line.change('copySamples', { pairs, classId });
    pairs.forEach(({ to }, i) => {
      this.#book.addSample(to, classId, pictures[i]);
    });
    return pairs.map(({ to }) => to);
  }

  async emptyBin() {
    this.#line.requireOpen();
    await this.#line.change('forgetSamples', { sampleIds: this.#book.emptyBin() });
  }

  /** @param {import('../headstart.d.ts').TrainOptions} [options] */
  async train(options = {}) {
    this.#line.requireOpen();
    return this.#trainings.train(options);
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
    return this.#trainings.estimate(options);
  }

  /** @param {LongAction & { budgetMs?: number, seed?: number }} [options] */
  async advise(options = {}) {
    this.#line.requireOpen();
    return this.#trainings.advise(options);
  }

  /** @param {any} picture @param {PictureOptions} [options] */
  async predict(picture, options) {
    this.#line.requireOpen();
    const { args, transfer } = await this.#pack(picture, options);
    const { classIds, probabilities, ...rest } = await this.#line.call('predict', args, { transfer });
    // What was removed or disabled while this was on its way has no say any more.
    const ranked = this.#book.classes.flatMap(({ id, name, enabled }) => {
      const row = classIds.indexOf(id);
      return row >= 0 && enabled ? [{ classId: id, name, probability: probabilities[row] }] : [];
    });
    const sum = ranked.reduce((total, { probability }) => total + probability, 0);
    if (ranked.length < classIds.length && sum > 0) for (const entry of ranked) entry.probability /= sum;
    ranked.sort((a, b) => b.probability - a.probability);
    return { ranked, ...rest };
  }

  /** @param {any} picture @param {PictureOptions} [options] */
  async capture(picture, options) {
    this.#line.requireOpen();
    const { args, transfer } = await this.#pack(picture, options);
    return this.#line.call('capture', args, { transfer });
  }

  /** @param {any} picture @param {PictureOptions & { features?: string[] }} [options] */
  async embed(picture, options) {
    this.#line.requireOpen();
    const { args, transfer } = await this.#pack(picture, options, { features: checkFeatures(options?.features) });
    return this.#line.call('embed', args, { transfer });
  }

  /** @param {{ date?: string | Date }} [options] */
  async exportHead(options = {}) {
    this.#line.requireOpen();
    return this.#trainings.exportHead(options);
  }

  /** @param {Uint8Array | ArrayBuffer} bytes */
  importHead(bytes) {
    return this.#trainings.importHead(bytes, (name) => this.addClass(name));
  }

  /** @param {any} backbone @param {LongAction & { inputSize?: number }} [options] */
  async setBackbone(backbone, { inputSize, signal, onProgress } = {}) {
    this.#line.requireOpen();
    const change = { backbone: await backboneSource(backbone), inputSize: checkInputSize(inputSize) };
    const answer = await this.#line.call('setBackbone', change, { signal, onProgress });
    this.#line.noteRevision(answer);
    Object.assign(this.#settings, change);
    this.#opened = answer;
    this.#trainings.dropHead();
    return this.backbone;
  }

  async stats() {
    this.#line.requireOpen();
    const numbers = await this.#line.call('stats');
    const { variant, threads } = this.#opened;
    return {
      variant,
      threads,
      classCount: this.#book.classes.length,
      sampleCount: this.#book.samples.size,
      ...numbers,
    };
  }

  /** @param {LongAction} [options] */
  async recover({ signal, onProgress } = {}) {
    this.#line.requireOpen();
    const port = this.#openPort();
    const context = { signal, onProgress };
    try {
      const opened = await port.call('open', this.#settings, context);
      for (const { id, name, enabled } of this.#book.classes)
        await port.call('addClass', { classId: id, name, enabled });
      const records = this.#book.classes.flatMap(({ id, sampleIds }) => {
        return sampleIds.map((sampleId) => ({ sampleId, classId: id, picture: this.#book.sampleOf(sampleId).picture }));
      });
      let revision = await port.call('putSamples', { records }, context);
      const { head, isStale: stale } = this.#trainings;
      if (head) {
        const { bringsLayers } = await port.call('readHead', { bytes: head.file });
        const { classIds, strategy } = head;
        ({ revision } = await port.call('adoptHead', { classIds, bringsLayers, stale, strategy }));
      }
      await this.#line.replace(port, revision);
      this.#opened = opened;
      this.#trainings.headMoved(revision, stale);
    } catch (cause) {
      await port.close();
      throw toHeadstartError(cause);
    }
  }

  async dispose() {
    await this.#line.close();
  }

  /**
   * @param {any} picture
   * @param {PictureOptions | undefined} options
   * @param {object} [more]
   */
  async #pack(picture, options, more = {}) {
    const checked = checkPictureOptions(options);
    try {
      const { message, transfer } = await packPicture(picture);
      return { args: { message, ...checked, ...more }, transfer };
    } catch (cause) {
      throw pictureError(cause);
    }
  }

  /** @param {number[]} sampleIds */
  #forget(sampleIds) {
    if (sampleIds.length > 0) this.#line.post('forgetSamples', { sampleIds });
  }
}
