// Everything that happens beside the engine, in a worker or right here in Node. A message can carry what comes and goes.

import { HeadstartError, throwIfAborted, toHeadstartError, unwrap } from '../shared/errors.js';
import { readNetworks } from '../shared/networks.js';
import { rowsOf } from '../shared/rows.js';
import { Queue } from '../shared/turns.js';
import { chooseVariants } from '../shared/variants.js';
import { answer, attend, drawMap, lookInside } from './answers.js';
import { changeBackbone } from './backbone.js';
import { EngineLoader } from './engine-loader.js';
import { exportHead, exportPage, refusedFormats } from './exports.js';
import { canvasIsFalsified, readFrame } from './frames.js';
import { adoptHead, backboneOfHead, readHead } from './head-files.js';
import { pictureFormat } from './picture-codec.js';
import { exportQuantised } from './quantised.js';
import { HostRuns } from './runs.js';
import { HostSamples } from './samples.js';
import { HostViews } from './views.js';

/** @typedef {import('../shared/assets.js').Context} Context */
/** @typedef {import('./engine.js').Engine} Engine */
/** @typedef {import('./engine-loader.js').LoadedEngine} LoadedEngine */
/** @typedef {import('./engine-loader.js').Parts} Parts */
/** @typedef {import('./engine-loader.js').Precision} Precision */
/** @typedef {import('../headstart.d.ts').CropRectangle} CropRectangle */
/** @typedef {import('../client/images.js').FrameMessage} FrameMessage */
/** @typedef {{ message: FrameMessage, crop?: CropRectangle, mirror: boolean }} PictureArgs */
/** @typedef {import('../shared/networks.js').OneNetwork[]} BackboneSource none: the built-in one */

/** @template T @param {T | null} part @returns {T} */
function opened(part) {
  if (!part) {
    throw new HeadstartError('internal', 'the engine is not open');
  }
  return part;
}

export class Host {
  /** @type {Engine | null} */
  #engine = null;
  /** @type {HostSamples | null} */
  #samples = null;
  /** @type {EngineLoader | null} */
  #loader = null;
  /** @type {(network: import('./engine-loader.js').Network, context: Context) => Promise<LoadedEngine>} */
  #load = () => Promise.reject(new HeadstartError('internal', 'the engine is not open'));
  /** The revision that the trained head was made from. @type {number | null} */
  #headRevision = null;
  #runs = new HostRuns(this);
  views = new HostViews(this);
  embedMs = 0; // of the last picture that was embedded
  /** What stops the change of backbone that is under way. @type {AbortController | null} */
  #changing = null;
  /** Changes to classes and samples happen in the order in which they were asked for. */
  changes = new Queue();
  /** @type {LoadedEngine | null} */
  #loaded = null;

  get engine() {
    return opened(this.#engine);
  }

  get samples() {
    return opened(this.#samples);
  }

  /** What runs, and the file that it came from: fine-tuning reads it again. */
  get #inUse() {
    return opened(this.#loaded);
  }

  get file() {
    return this.#inUse.file;
  }

  get backbone() {
    return this.#inUse.backbone;
  }

  /** As it was asked for; `inputSize` 0: the backbone's own. */
  get running() {
    const { inputSize, precision } = this.#inUse;
    return { inputSize, precision };
  }

  get library() {
    return /** @type {EngineLoader} */ (this.#loader).parts.library;
  }

  /** What engines need before they write files for other programs. */
  bringWriters(engine = this.engine) {
    return /** @type {EngineLoader} */ (this.#loader).bringWriters(engine);
  }

  /** Nobody waits for the engine. */
  get isIdle() {
    return this.#engine !== null && !this.failed && !this.#runs.isBusy;
  }

  get failed() {
    return this.#engine?.failure != null;
  }

  /**
   * @param {{ parts: Parts, backbone: BackboneSource, inputSize: number, precision: Precision, variant: string, threads: number | 'auto' }} args
   * @param {Context} context
   */
  async open({ parts, backbone, inputSize, precision, variant, threads }, context) {
    const loader = new EngineLoader(parts);
    this.#loader = loader;
    const runnable = await chooseVariants(variant, threads);
    const here = runnable.filter((each) => parts.modules.some((module) => module.variant === each.variant));
    const candidates = here.length > 0 ? here : runnable; // an engine that takes another one's place fetches nothing
    const isFree = variant === 'auto' && threads === 'auto';
    this.#load = (loadable, loadContext) => loader.load(candidates, isFree, loadable, loadContext);
    const reading = this.#readBackbone(backbone, context);
    loader.prefetch(candidates, context);
    const loaded = await this.#load({ file: await reading, inputSize, precision }, context);
    this.#takeOver(loaded, new HostSamples(loaded.engine, loaded.backbone.inputSize));
    return this.#running(loaded);
  }

  /** @param {LoadedEngine} loaded @param {HostSamples} samples that are in it */
  #takeOver(loaded, samples) {
    this.#engine?.dispose();
    this.#engine = loaded.engine;
    this.#loaded = loaded;
    this.#samples = samples;
    this.#headRevision = null;
  }

  /** @param {LoadedEngine} loaded */
  #running({ engine: { variant, threads }, backbone }) {
    const { parts } = /** @type {EngineLoader} */ (this.#loader);
    return { variant, threads, backbone, revision: this.samples.revision, file: this.file, parts };
  }

  /** What a worker in reserve would have to fetch. @param {Parts} parts */
  prepare(parts) {
    return new EngineLoader(parts).prepare();
  }

  /** @param {BackboneSource} source @param {Context} context */
  #readBackbone(source, context) {
    return readNetworks(source, this.library, context);
  }

  /** @param {{ classId: number, name: string, enabled: boolean, index?: number }} args */
  addClass({ index, ...record }) {
    return this.#change(() => this.samples.addClass(record, index));
  }

  /** @param {{ classId: number, name: string }} args */
  renameClass({ classId, name }) {
    return this.#change(() => this.engine.run((session) => unwrap(session.renameClass(classId, name))));
  }

  /** @param {{ classId: number, enabled: boolean }} args */
  setClassEnabled({ classId, enabled }) {
    return this.#change(() => {
      this.engine.run((session) => unwrap(session.setClassEnabled(classId, enabled)));
      this.samples.revision++;
    });
  }

  /** @param {{ classId: number, index: number }} args */
  moveClass({ classId, index }) {
    return this.#change(() => this.engine.run((session) => unwrap(session.moveClass(classId, index))));
  }

  /** @param {{ classId: number }} args */
  removeClass({ classId }) {
    return this.#change(() => this.samples.removeClass(classId));
  }

  /** @param {PictureArgs & { sampleId: number, classId: number }} args */
  async addSample({ sampleId, classId, message, crop, mirror }) {
    return this.#change(() => this.samples.addPicture(sampleId, classId, message, { crop, mirror }));
  }

  /**
   * Samples with kept pictures; one that cannot be read costs that one only. Answers with the rows that were not known.
   * @param {{ records: import('./samples.js').SampleRecord[] }} args
   * @param {Context} context
   */
  putSamples({ records }, { onProgress, signal }) {
    return this.#change(async () => {
      const rows = /** @type {Map<number, Float32Array>} */ (new Map());
      const unreadable = [];
      for (const [i, record] of records.entries()) {
        throwIfAborted(signal);
        try {
          const row = await this.samples.putSample(record);
          if (!record.row) {
            rows.set(record.sampleId, row);
          }
        } catch (cause) {
          if (this.failed || !isUnreadable(cause)) {
            throw cause;
          }
          unreadable.push(record.sampleId);
        }
        // A message for each of thousands that take no time would take some.
        if (!record.row || i + 1 === records.length) {
          onProgress?.({ stage: 'embed', done: i + 1, total: records.length });
        }
      }
      return { rows, unreadable };
    });
  }

  /** @param {{ sampleIds: number[] }} args */
  sampleRows({ sampleIds }) {
    return this.changes.run(() => this.samples.rows(sampleIds));
  }

  /** @param {{ sampleIds: number[] }} args */
  removeSamples({ sampleIds }) {
    return this.#change(() => this.samples.removeSamples(sampleIds));
  }

  /** @param {{ sampleIds: number[] }} args */
  forgetSamples({ sampleIds }) {
    return this.#change(() => this.samples.forget(sampleIds));
  }

  /** @param {{ sampleIds: number[], classId: number }} args */
  moveSamples({ sampleIds, classId }) {
    return this.#change(() => this.samples.moveSamples(sampleIds, classId));
  }

  /** @param {{ pairs: { from: number, to: number }[], classId: number }} args */
  copySamples({ pairs, classId }) {
    return this.#change(() => this.samples.copySamples(pairs, classId));
  }

  /** @param {{ sampleId: number }} args */
  sampleEmbedding({ sampleId }) {
    return this.changes.run(() => this.samples.embedding(sampleId));
  }

  /** @param {import('../shared/train-options.js').TrainRequest} request @param {Context} context */
  train(request, context) {
    return this.#runs.train(request, context);
  }

  /** @param {{ budgetMs: number, seed: number }} args @param {Context} context */
  async advise(args, context) {
    const advice = await this.#runs.advise(args, context);
    return { advice, revision: this.samples.revision };
  }

  /** @param {import('../shared/train-options.js').TrainRequest} request @param {Context} context */
  estimate(request, context) {
    return this.#runs.estimate(request, context);
  }

  /** @param {import('./runs.js').PlainHeadRequest} request @param {Context} context */
  plainHead(request, context) {
    return this.#runs.plainHead(request, context);
  }

  finishTraining() {
    this.#runs.finish();
  }

  pauseTraining() {
    this.#runs.pause();
  }

  resumeTraining() {
    this.#runs.resume();
  }

  /** @param {PictureArgs} args */
  predict = (args) => answer(this, args);

  /** @param {PictureArgs & { classId?: number, similarCount: number, finer: boolean }} args */
  attend = (args) => attend(this, args);

  pictureMap = () => drawMap(this);

  /** @param {PictureArgs & { channelCount: number }} args */
  lookInside = (args) => lookInside(this, args);

  /** Whether pictures or classes changed since the head was trained. */
  get isHeadStale() {
    return this.#headRevision !== this.samples.revision;
  }

  /** @param {PictureArgs} args */
  capture = (args) => this.samples.capture(args);

  /** @param {PictureArgs & { features?: string[] }} args */
  async embed({ message, crop, mirror, features }) {
    const frame = await readFrame(message, crop);
    return this.engine.withFrame(frame, mirror, (session, description) =>
      unwrap(features ? session.embedMaps(description, features) : session.embed(description)),
    );
  }

  backboneOfHead = backboneOfHead.bind(null, this);
  readHead = readHead.bind(null, this);
  adoptHead = adoptHead.bind(null, this);
  exportHead = exportHead.bind(null, this);
  exportPage = exportPage.bind(null, this);
  refusedFormats = refusedFormats.bind(null, this);
  exportQuantised = exportQuantised.bind(null, this);

  /** After changes that were all taken back a head is as fresh as before. @param {{ since: number, changeCount: number }} args */
  keepFresh({ since, changeCount }) {
    return this.changes.run(() => {
      const { revision } = this.samples;
      const isUntouched = revision === since + changeCount;
      if (isUntouched && this.#headRevision === since) {
        this.#headRevision = revision;
      }
      return { isUntouched, revision };
    });
  }

  /**
   * The head that was put to work just now, with its file, from which a new engine can take it up.
   * @param {number | null} revision of the samples that it was made from
   * @param {import('../headstart-basics.d.ts').StrategyName | null} strategy
   */
  takeHead(revision, strategy) {
    this.#headRevision = revision;
    const { info, file } = this.engine.run((session) => ({
      info: unwrap(session.headInfo()),
      file: unwrap(session.headFile()),
    }));
    return { ...info, strategy, classIds: Array.from(info.classIds), file };
  }

  /** @param {{ backbone: BackboneSource, inputSize: number, precision: Precision }} args @param {Context} context */
  async setBackbone({ backbone, inputSize, precision }, { signal, onProgress }) {
    this.#changing?.abort();
    const controller = new AbortController();
    this.#changing = controller;
    const stop = () => controller.abort();
    signal?.addEventListener('abort', stop);
    if (signal?.aborted) {
      stop();
    }
    try {
      const context = { signal: controller.signal, onProgress };
      const file = await this.#readBackbone(backbone, context);
      const next = await this.#load({ file, inputSize, precision }, context);
      const rows = await changeBackbone(next, this.samples, this.changes, context, (loaded, samples) => {
        this.#runs.stop('the backbone was changed');
        this.#takeOver(loaded, samples);
      });
      this.views.wake();
      return { ...this.#running(next), rows };
    } finally {
      signal?.removeEventListener('abort', stop);
      if (this.#changing === controller) {
        this.#changing = null;
      }
    }
  }

  stats() {
    const { inputBytes, sampleCount, ...memory } = this.engine.run((session) => session.memory());
    return {
      ...memory,
      viewedSampleCount: this.views.count(),
      pictureBytes: this.samples.pictureBytes,
      handleCount: this.engine.handleCount(),
      pictureFormat: pictureFormat(),
      canvasFalsified: canvasIsFalsified(),
    };
  }

  dispose() {
    this.views.stop();
    this.#runs.stop('the trainer was disposed');
    this.#changing?.abort();
    this.#engine?.dispose();
  }

  /**
   * @template T
   * @param {() => T | Promise<T>} change
   * @returns {Promise<Awaited<T> & { revision: number, of: string }>} with the revision after it, and what rows are of
   */
  #change(change) {
    return this.changes.run(async () => {
      const answer = await change();
      this.views.wake();
      return Object.assign({ revision: this.samples.revision, of: rowsOf(this.backbone) }, answer);
    });
  }
}

/** @param {unknown} cause */
const isUnreadable = (cause) => ['bad-file', 'unsupported'].includes(toHeadstartError(cause).code);
