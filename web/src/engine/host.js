// Everything that happens beside the engine: in the worker of a page, or right here in Node. Arguments and answers are
// plain values that a message can carry.
import { libraryFolder, readBytes } from './assets.js';
import { EngineLoader } from './engine-loader.js';
import { HeadstartError, throwIfAborted, unwrap } from './errors.js';
import { canvasIsFalsified, readFrame } from './frames.js';
import { changeBackbone } from './host-backbone.js';
import { HostSamples } from './host-samples.js';
import { stepUntilDone, translateReport } from './host-training.js';
import { pictureFormat } from './picture-codec.js';
import { Queue } from './turns.js';
import { chooseVariants } from './variants.js';

/** @typedef {import('./assets.js').Context} Context */
/** @typedef {import('./engine.js').Engine} Engine */
/** @typedef {import('./engine-loader.js').LoadedEngine} LoadedEngine */
/** @typedef {import('./headstart.d.ts').CropRectangle} CropRectangle */
/** @typedef {import('./images.js').FrameMessage} FrameMessage */
/** @typedef {{ message: FrameMessage, crop?: CropRectangle, mirror: boolean }} PictureArgs */
/** @typedef {Uint8Array | string | undefined} BackboneSource */

// A row of a head whose class is gone never answers.
const NO_CLASS = 0xffffffff;

export class Host {
  /** @type {Engine | null} */
  #engine = null;
  /** @type {HostSamples | null} */
  #samples = null;
  #folder = '';
  /** @type {(backbone: { file: Uint8Array, inputSize: number }, context: Context) => Promise<LoadedEngine>} */
  #load = () => Promise.reject(new HeadstartError('internal', 'the engine is not open'));
  /** The revision that the trained head was made from. @type {number | null} */
  #headRevision = null;
  /** What stops the training run that is under way. @type {AbortController | null} */
  #training = null;
  #trainings = new Queue();
  /** What stops the change of backbone that is under way. @type {AbortController | null} */
  #changing = null;
  /** Changes to classes and samples happen in the order in which they were asked for. */
  #changes = new Queue();

  get engine() {
    if (!this.#engine) throw new HeadstartError('internal', 'the engine is not open');
    return this.#engine;
  }

  get samples() {
    if (!this.#samples) throw new HeadstartError('internal', 'the engine is not open');
    return this.#samples;
  }

  get failed() {
    return this.#engine?.failure != null;
  }

  /**
   * @param {{ libraryUrl?: string, backbone: BackboneSource, inputSize: number, variant: string, threads: number | 'auto' }} args
   * @param {Context} context
   */
  async open({ libraryUrl, backbone, inputSize, variant, threads }, context) {
    this.#folder = libraryFolder(libraryUrl);
    const loader = new EngineLoader(this.#folder);
    const candidates = await chooseVariants(variant, threads);
    const isFree = variant === 'auto' && threads === 'auto';
    this.#load = (loadable, loadContext) => loader.load(candidates, isFree, loadable, loadContext);
    const reading = this.#readBackbone(backbone, context);
    loader.prefetch(candidates, context);
    const loaded = await this.#load({ file: await reading, inputSize }, context);
    this.#takeOver(loaded, new HostSamples(loaded.engine, loaded.backbone.inputSize));
    return this.#running(loaded);
  }

  /** @param {LoadedEngine} loaded @param {HostSamples} samples that are in it */
  #takeOver({ engine }, samples) {
    this.#engine?.dispose();
    this.#engine = engine;
    this.#samples = samples;
    this.#headRevision = null;
  }

  /** @param {LoadedEngine} loaded */
  #running({ engine: { variant, threads }, backbone }) {
    return { variant, threads, backbone, revision: this.samples.revision };
  }

  /** @param {BackboneSource} source @param {Context} context */
  async #readBackbone(source, context) {
    if (source instanceof Uint8Array) return source;
    return readBytes(source ?? `${this.#folder}backbones/builtin.safetensors`, 'backbone', context);
  }

  /** @param {{ classId: number, name: string, enabled: boolean, index?: number }} args */
  addClass({ index, ...record }) {
    return this.#change(() => this.samples.addClass(record, index));
  }

  /** @param {{ classId: number, name: string }} args */
  renameClass({ classId, name }) {
    return this.#change(() => this.#onClass(classId, (session, inner) => unwrap(session.renameClass(inner, name))));
  }

  /** @param {{ classId: number, enabled: boolean }} args */
  setClassEnabled({ classId, enabled }) {
    return this.#change(() => {
      this.#onClass(classId, (session, inner) => unwrap(session.setClassEnabled(inner, enabled)));
      this.samples.revision++;
    });
  }

  /** @param {{ classId: number, index: number }} args */
  moveClass({ classId, index }) {
    return this.#change(() => this.#onClass(classId, (session, inner) => unwrap(session.moveClass(inner, index))));
  }

  /** @param {{ classId: number }} args */
  removeClass({ classId }) {
    return this.#change(() => this.samples.removeClass(classId));
  }

  /** @param {PictureArgs & { sampleId: number, classId: number }} args */
  async addSample({ sampleId, classId, message, crop, mirror }) {
    let picture;
    const revision = await this.#change(async () => {
      picture = await this.samples.addPicture(sampleId, classId, message, { crop, mirror });
    });
    return { picture, revision };
  }

  /**
   * Samples with pictures that were kept before.
   * @param {{ records: import('./host-samples.js').SampleRecord[] }} args
   * @param {Context} context
   */
  putSamples({ records }, { onProgress, signal }) {
    return this.#change(async () => {
      let done = 0;
      for (const record of records) {
        throwIfAborted(signal);
        await this.samples.putSample(record);
        onProgress?.({ stage: 'embed', done: ++done, total: records.length });
      }
    });
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
    return this.#changes.run(() => this.samples.embedding(sampleId));
  }

  /**
   * @param {import('./session.d.ts').TrainSettings} settings
   * @param {Context} context
   */
  async train(settings, { signal, onProgress }) {
    this.#training?.abort(new HeadstartError('cancelled', 'a newer training took its place'));
    const controller = new AbortController();
    this.#training = controller;
    const stop = () => controller.abort();
    signal?.addEventListener('abort', stop);
    try {
      // C++ has room for one run: the next begins when the one before has stopped.
      return await this.#trainings.run(() => this.#trainNow(settings, controller.signal, onProgress));
    } finally {
      signal?.removeEventListener('abort', stop);
      if (this.#training === controller) this.#training = null;
    }
  }

  /**
   * @param {import('./session.d.ts').TrainSettings} settings
   * @param {AbortSignal} signal
   * @param {Context['onProgress']} onProgress
   */
  async #trainNow(settings, signal, onProgress) {
    const start = performance.now();
    const { engine, revision, classIdOf, sampleIdOf } = await this.#changes.run(() => {
      throwIfAborted(signal);
      this.engine.run((session) => unwrap(session.trainBegin(settings)));
      return { engine: this.engine, ...this.#identitiesNow() };
    });
    await stepUntilDone(engine, signal, (fraction) => onProgress?.({ stage: 'train', done: fraction, total: 1 }));
    const report = engine.run((session) => unwrap(session.trainFinish()));
    this.#headRevision = revision;
    const answer = translateReport(report, classIdOf, sampleIdOf);
    return { report: { ...answer, elapsedMs: performance.now() - start }, head: this.#head(), revision };
  }

  /** Classes and samples may be removed while a run is under way; its report speaks of those that it saw. */
  #identitiesNow() {
    const { classes, samples, revision } = this.samples;
    const classIds = new Map(classes.outers().map((id) => [classes.inner(id), id]));
    const sampleIds = new Map(samples.outers().map((id) => [samples.inner(id), id]));
    return {
      revision,
      classIdOf: (/** @type {number} */ inner) => /** @type {number} */ (classIds.get(inner)),
      sampleIdOf: (/** @type {number} */ inner) => /** @type {number} */ (sampleIds.get(inner)),
    };
  }

  /** @param {PictureArgs} args */
  async predict({ message, crop, mirror }) {
    const start = performance.now();
    const frame = await readFrame(message, crop);
    const read = performance.now();
    const { engine, samples } = this;
    const { ranking, embedded } = engine.withFrame(frame, mirror, (session, description) => {
      unwrap(session.embedForRanking(description));
      return { embedded: performance.now(), ranking: unwrap(session.rank()) };
    });
    return {
      classIds: Array.from(ranking.classIds, (inner) => samples.classes.outer(inner)),
      probabilities: ranking.probabilities,
      head: ranking.kind,
      trained: ranking.trained,
      stale: ranking.trained && this.#headRevision !== samples.revision,
      timings: { readMs: read - start, embedMs: embedded - read, headMs: performance.now() - embedded },
    };
  }

  /** @param {PictureArgs} args */
  async embed({ message, crop, mirror }) {
    const frame = await readFrame(message, crop);
    return this.engine.embed(frame, mirror);
  }

  /** @param {{ date: string }} args */
  exportHead({ date }) {
    return this.#changes.run(() => this.engine.run((session) => unwrap(session.exportHead(date))));
  }

  /** @param {{ bytes: Uint8Array }} args */
  readHead({ bytes }) {
    return this.#changes.run(() => {
      const { labels } = this.engine.withBytes(bytes, (session) => unwrap(session.readHead(bytes.length)));
      return { labels };
    });
  }

  /** @param {{ classIds: number[], stale?: boolean }} args an id for each row of the head that was read */
  adoptHead({ classIds, stale = false }) {
    return this.#changes.run(() => {
      const inner = classIds.map((classId) => this.samples.classes.inner(classId) ?? NO_CLASS);
      this.engine.run((session) => unwrap(session.adoptHead(inner)));
      this.#headRevision = stale ? null : this.samples.revision;
      return { head: this.#head(), revision: this.samples.revision };
    });
  }

  /** The trained head with its file, from which a new engine can take it up. */
  #head() {
    const { info, file } = this.engine.run((session) => ({
      info: unwrap(session.headInfo()),
      file: unwrap(session.exportHead('')),
    }));
    const classIds = Array.from(info.classIds, (inner) => this.samples.classes.outer(inner));
    return { strategy: null, border: 'last', features: ['last'], secondLook: false, ...info, classIds, file };
  }

  /**
   * @param {{ backbone: BackboneSource, inputSize: number }} args
   * @param {Context} context
   */
  async setBackbone({ backbone, inputSize }, { signal, onProgress }) {
    this.#changing?.abort();
    const controller = new AbortController();
    this.#changing = controller;
    const stop = () => controller.abort();
    signal?.addEventListener('abort', stop);
    if (signal?.aborted) stop();
    try {
      const context = { signal: controller.signal, onProgress };
      const next = await this.#load({ file: await this.#readBackbone(backbone, context), inputSize }, context);
      await changeBackbone(next, this.samples, this.#changes, context, (loaded, samples) => {
        this.#training?.abort(new HeadstartError('cancelled', 'the backbone was changed'));
        this.#takeOver(loaded, samples);
      });
      return this.#running(next);
    } finally {
      signal?.removeEventListener('abort', stop);
      if (this.#changing === controller) this.#changing = null;
    }
  }

  stats() {
    const memory = this.engine.run((session) => session.memory());
    return {
      wasmBytes: memory.wasmBytes,
      backboneBytes: memory.backboneBytes,
      storeBytes: memory.storeBytes,
      pictureBytes: this.samples.pictureBytes,
      handleCount: this.engine.handleCount(),
      pictureFormat: pictureFormat(),
      canvasFalsified: canvasIsFalsified(),
    };
  }

  dispose() {
    this.#training?.abort();
    this.#changing?.abort();
    this.#engine?.dispose();
  }

  /** @param {() => void | Promise<void>} change @returns {Promise<number>} the revision after it */
  #change(change) {
    return this.#changes.run(async () => {
      await change();
      return this.samples.revision;
    });
  }

  /**
   * @param {number} classId
   * @param {(session: import('./session.d.ts').Session, inner: number) => void} action
   */
  #onClass(classId, action) {
    const inner = this.samples.innerClass(classId);
    this.engine.run((session) => action(session, inner));
  }
}
