// The library's face: what a program holds.
import { inNode } from './assets.js';
import { HeadstartError, requireArgument, toHeadstartError } from './errors.js';
import { checkPictureOptions, packPicture, pictureError } from './images.js';
import { pictureBlob } from './picture-codec.js';
import { isFatal } from './rpc.js';
import { SampleBook } from './sample-book.js';
import { checkTrainOptions } from './train-options.js';
import { Queue } from './turns.js';

/** @typedef {import('./headstart.d.ts').Trainer} TrainerSurface */
/** @typedef {import('./headstart.d.ts').TrainerOptions} TrainerOptions */
/** @typedef {import('./headstart.d.ts').BackboneInfo} BackboneInfo */
/** @typedef {import('./headstart.d.ts').PictureOptions} PictureOptions */
/** @typedef {import('./headstart.d.ts').LongAction} LongAction */
/** @typedef {import('./rpc.js').Port} Port */
/** @typedef {import('./rpc.js').CallOptions} CallOptions */
/** @typedef {{ kind: any, classIds: number[], backbone: string, seed: string, featureCount: number, hiddenCount: number, file: Uint8Array }} Head */

/** @implements {TrainerSurface} */
export class Trainer {
  /** @type {Port} */
  #port;
  #openPort;
  /** What a new engine is opened with. */
  #settings;
  /** @type {{ variant: any, threads: number, backbone: BackboneInfo }} */
  #opened;
  #book = new SampleBook();
  /** @type {Head | null} */
  #head = null;
  #headIsImported = false;
  #headRevision = -1;
  /** Of the samples, as far as the engine has told. */
  #revision = 0;
  /** Calls that change something leave in the order in which they were made, however long a picture takes to grab. */
  #leaving = new Queue();
  #imports = new Queue();
  #failed = false;
  #disposed = false;

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
    this.#port = port;
    this.#openPort = openPort;
    this.#settings = settings;
    this.#opened = opened;
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
    return { ...this.#opened.backbone };
  }

  get variant() {
    return this.#opened.variant;
  }

  get threads() {
    return this.#opened.threads;
  }

  get failed() {
    return this.#failed;
  }

  get headInfo() {
    if (!this.#head) return null;
    const { kind, classIds, backbone, seed, featureCount, hiddenCount } = this.#head;
    const classes = classIds.flatMap((classId) => {
      const entry = this.#book.classes.find(({ id }) => id === classId);
      return entry?.enabled ? [{ classId, name: entry.name }] : [];
    });
    const stale = this.#headRevision !== this.#revision;
    return { kind, classes, backbone, seed, featureCount, hiddenCount, imported: this.#headIsImported, stale };
  }

  /** @param {string} name */
  addClass(name) {
    this.#requireAlive();
    const classId = this.#book.addClass(name);
    this.#post('addClass', { classId, name, enabled: true });
    return classId;
  }

  /** @param {number} classId @param {string} name */
  renameClass(classId, name) {
    this.#requireAlive();
    this.#book.renameClass(classId, name);
    this.#post('renameClass', { classId, name });
  }

  /** @param {number} classId @param {boolean} enabled */
  setClassEnabled(classId, enabled) {
    this.#requireAlive();
    this.#book.classOf(classId).enabled = Boolean(enabled);
    this.#post('setClassEnabled', { classId, enabled: Boolean(enabled) });
  }

  /** @param {number} classId @param {number} index */
  moveClass(classId, index) {
    this.#requireAlive();
    this.#book.moveClass(classId, index);
    this.#post('moveClass', { classId, index });
  }

  /** @param {number} classId */
  removeClass(classId) {
    this.#requireAlive();
    const forgotten = this.#book.removeClass(classId);
    this.#post('removeClass', { classId });
    this.#forget(forgotten);
  }

  /** @param {number} classId */
  async restoreClass(classId) {
    this.#requireAlive();
    const { restored, index, samples } = this.#book.restoreClass(classId);
    this.#post('addClass', { classId, name: restored.name, enabled: restored.enabled, index });
    await this.#change('putSamples', { records: samples });
  }

  /** @param {number} classId @param {any} picture @param {PictureOptions} [options] */
  async addSample(classId, picture, options) {
    this.#requireAlive();
    this.#book.classOf(classId);
    const sampleId = this.#book.newSampleId();
    const packed = this.#pack(picture, options, { sampleId, classId });
    const { picture: kept } = await this.#change('addSample', packed);
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
    this.#requireAlive();
    this.#book.sampleOf(sampleId);
    return this.#change('sampleEmbedding', { sampleId });
  }

  /** @param {number} sampleId */
  async removeSample(sampleId) {
    return this.removeSamples([sampleId]);
  }

  /** @param {number[]} sampleIds */
  async removeSamples(sampleIds) {
    this.#requireAlive();
    const forgotten = this.#book.removeSamples(sampleIds);
    const removed = this.#change('removeSamples', { sampleIds: [...new Set(sampleIds)] });
    this.#forget(forgotten);
    await removed;
  }

  /** @param {number[]} sampleIds */
  async restoreSamples(sampleIds) {
    this.#requireAlive();
    const records = this.#book.restoreSamples(sampleIds);
    await this.#change('putSamples', { records });
  }

  /** @param {number} sampleId @param {number} classId */
  async moveSample(sampleId, classId) {
    return this.moveSamples([sampleId], classId);
  }

  /** @param {number[]} sampleIds @param {number} classId */
  async moveSamples(sampleIds, classId) {
    this.#requireAlive();
    this.#book.moveSamples(sampleIds, classId);
    await this.#change('moveSamples', { sampleIds: [...new Set(sampleIds)], classId });
  }

  /** @param {number[]} sampleIds @param {number} classId */
  async copySamples(sampleIds, classId) {
    this.#requireAlive();
    this.#book.classOf(classId);
    const pairs = sampleIds.map((from) => ({ from, to: this.#book.newSampleId() }));
    const pictures = sampleIds.map((from) => this.#book.sampleOf(from).picture);
    await this.#change('copySamples', { pairs, classId });
    pairs.forEach(({ to }, i) => {
      this.#book.addSample(to, classId, pictures[i]);
    });
    return pairs.map(({ to }) => to);
  }

  async emptyBin() {
    this.#requireAlive();
    await this.#change('forgetSamples', { sampleIds: this.#book.emptyBin() });
  }

  /** @param {import('./headstart.d.ts').TrainOptions} [options] */
  async train(options = {}) {
    this.#requireAlive();
    const { signal, onProgress } = options;
    const { report, head, revision } = await this.#change('train', checkTrainOptions(options), { signal, onProgress });
    this.#takeHead(head, revision, false);
    const { classIds, ...numbers } = report;
    const perClass = report.perClass.map((/** @type {any} */ entry) => ({
      ...entry,
      name: this.#nameOf(entry.classId),
    }));
    return { ...numbers, perClass, backbone: head.backbone };
  }

  /** @param {any} picture @param {PictureOptions} [options] */
  async predict(picture, options) {
    this.#requireAlive();
    const { args, transfer } = await this.#pack(picture, options);
    const { classIds, probabilities, ...rest } = await this.#call('predict', args, { transfer });
    // What was removed or disabled while this was on its way has no say any more.
    const ranked = this.#book.classes.flatMap(({ id, name, enabled }) => {
      const row = classIds.indexOf(id);
      return row >= 0 && enabled ? [{ classId: id, name, probability: probabilities[row] }] : [];
    });
    const sum = ranked.reduce((total, { probability }) => total + probability, 0);
    if (ranked.length < classIds.length && sum > 0) for (const entry of ranked) entry.probability /= sum;
    ranked.sort((a, b) => b.probability - a.probability);
    return { ranked, known: 1, ...rest };
  }

  /** @param {any} picture @param {PictureOptions} [options] */
  async embed(picture, options) {
    this.#requireAlive();
    const { args, transfer } = await this.#pack(picture, options);
    return this.#call('embed', args, { transfer });
  }

  /** @param {{ date?: string | Date }} [options] */
  async exportHead({ date = new Date() } = {}) {
    this.#requireAlive();
    const text = date instanceof Date ? date.toISOString() : date;
    requireArgument(typeof text === 'string', `date is an ISO 8601 text or a Date, got ${typeof date}`);
    return this.#change('exportHead', { date: text });
  }

  /** @param {Uint8Array | ArrayBuffer} bytes */
  importHead(bytes) {
    // Two imports at a time would mix what the one read with what the other adopts.
    return this.#imports.run(async () => {
      this.#requireAlive();
      const { labels } = await this.#change('readHead', {
        bytes: ownBytes(bytes, 'importHead takes the bytes of a head file'),
      });
      const taken = new Set();
      const classIds = labels.map((/** @type {string} */ label) => {
        const found = this.#book.classes.find(({ id, name }) => name === label && !taken.has(id))?.id;
        const classId = found ?? this.addClass(label);
        taken.add(classId);
        return classId;
      });
      const { head, revision } = await this.#change('adoptHead', { classIds });
      this.#takeHead(head, revision, true);
      return /** @type {import('./headstart.d.ts').HeadInfo} */ (this.headInfo);
    });
  }

  /** @param {any} backbone @param {LongAction & { inputSize?: number }} [options] */
  async setBackbone(backbone, { inputSize, signal, onProgress } = {}) {
    this.#requireAlive();
    const change = { backbone: await backboneSource(backbone), inputSize: checkInputSize(inputSize) };
    const answer = await this.#call('setBackbone', change, { signal, onProgress });
    this.#noteRevision(answer);
    Object.assign(this.#settings, change);
    this.#opened = { ...this.#opened, backbone: answer.backbone };
    this.#head = null;
    return this.backbone;
  }

  async stats() {
    this.#requireAlive();
    const numbers = await this.#call('stats');
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
    this.#requireAlive();
    const old = this.#port;
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
      const stale = this.#headRevision !== this.#revision;
      if (this.#head) {
        await port.call('readHead', { bytes: this.#head.file });
        ({ revision } = await port.call('adoptHead', { classIds: this.#head.classIds, stale }));
      }
      this.#port = port;
      this.#opened = opened;
      this.#revision = revision;
      this.#headRevision = stale ? -1 : revision;
      this.#failed = false;
    } catch (cause) {
      await port.close();
      throw toHeadstartError(cause);
    }
    await old.close();
  }

  async dispose() {
    if (this.#disposed) return;
    this.#disposed = true;
    await this.#port.close();
  }

  #requireAlive() {
    requireArgument(!this.#disposed, 'this trainer was disposed: create another one');
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

  /** @param {number} classId */
  #nameOf(classId) {
    return this.#book.classes.find(({ id }) => id === classId)?.name ?? '';
  }

  /** @param {Head} head @param {number} revision @param {boolean} imported */
  #takeHead(head, revision, imported) {
    this.#head = head;
    this.#headRevision = revision;
    this.#headIsImported = imported;
    this.#noteRevision(revision);
  }

  /** @param {number[]} sampleIds */
  #forget(sampleIds) {
    if (sampleIds.length > 0) this.#post('forgetSamples', { sampleIds });
  }

  /** For changes that the book has already made: a failure shows in `failed` and in the next call. @param {string} method @param {object} args */
  #post(method, args) {
    this.#change(method, args).catch(() => {});
  }

  /**
   * @param {string} method
   * @param {any} args or what `#pack` promises
   * @param {CallOptions} [options]
   */
  async #change(method, args, options = {}) {
    if (args instanceof Promise) args.catch(() => {}); // it is awaited in its turn
    const sent = await this.#leaving.run(async () => {
      const { args: plain = args, transfer } = args instanceof Promise ? await args : {};
      return { answer: this.#call(method, plain, { ...options, transfer }) };
    });
    const answer = await sent.answer;
    this.#noteRevision(answer);
    return answer;
  }

  /** @param {unknown} answer of a change: a revision, or an object with one */
  #noteRevision(answer) {
    const revision = typeof answer === 'number' ? answer : /** @type {any} */ (answer)?.revision;
    if (typeof revision === 'number') this.#revision = Math.max(this.#revision, revision);
  }

  /** @param {string} method @param {object} [args] @param {CallOptions} [options] */
  async #call(method, args, options) {
    try {
      return await this.#port.call(method, args, options);
    } catch (cause) {
      if (isFatal(cause)) this.#failed = true;
      throw this.#disposed ? new HeadstartError('cancelled', 'the trainer was disposed') : toHeadstartError(cause);
    }
  }
}

/** @param {unknown} inputSize @returns {number} 0: the backbone's own */
function checkInputSize(inputSize) {
  if (inputSize === undefined) return 0;
  const sizes = [224, 192, 160, 128, 96];
  requireArgument(sizes.includes(Number(inputSize)), `inputSize must be ${sizes.join(', ')}, got ${inputSize}`);
  return Number(inputSize);
}

/**
 * @param {unknown} source
 * @returns {Promise<Uint8Array | string | undefined>} bytes of our own, or an absolute address
 */
async function backboneSource(source) {
  if (source === undefined) return undefined;
  if (source instanceof URL) return source.href;
  if (typeof source === 'string') {
    if (inNode && !URL.canParse(source)) {
      const [{ pathToFileURL }, { resolve }] = await Promise.all([import('node:url'), import('node:path')]);
      return pathToFileURL(resolve(source)).href;
    }
    return new URL(source, inNode ? undefined : document.baseURI).href;
  }
  return ownBytes(source, 'backbone is the bytes of a .safetensors file or its address');
}

/** @param {unknown} bytes @param {string} expectation @returns {Uint8Array} */
function ownBytes(bytes, expectation) {
  if (bytes instanceof ArrayBuffer) return new Uint8Array(bytes.slice(0));
  if (ArrayBuffer.isView(bytes)) return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength).slice();
  throw new HeadstartError('bad-argument', `${expectation}, got ${bytes === null ? 'null' : typeof bytes}`);
}
