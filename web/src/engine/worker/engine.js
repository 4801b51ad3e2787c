// The wasm module and its one Session, with the rules of the seam in one place.

import { HeadstartError, toHeadstartError, unwrap } from '../shared/errors.js';

/** @typedef {import('../headstart.d.ts').CropRectangle} CropRectangle */
/** @typedef {import('../headstart.d.ts').VariantName} VariantName */
/** @typedef {import('./session.d.ts').Session} Session */
/** @typedef {import('./session.d.ts').EngineModule} EngineModule */
/** @typedef {import('./session.d.ts').FrameDescription} FrameDescription */
/**
 * `width` and `height` in pixels, `stride` in bytes.
 * @typedef {{ data: Uint8Array | Uint8ClampedArray, width: number, height: number, stride: number, crop?: CropRectangle }} Frame
 */

export class Engine {
  #module;
  #link;
  /** There once they were wanted. @type {Promise<void> | null} */
  #writers = null;
  #session;
  /** Set once C++ stopped in the middle of a call: its memory cannot be trusted any more. @type {HeadstartError | null} */
  failure = null;

  /**
   * @param {{ module: EngineModule, link: (part: WebAssembly.Module) => Promise<void> }} running `link` gives it functions that
   * lie in another file
   * @param {VariantName} variant
   * @param {number} threads
   */
  constructor({ module, link }, variant, threads) {
    this.#module = module;
    this.#link = link;
    this.variant = variant;
    this.threads = threads;
    this.#session = new module.Session();
    this.run((session) => unwrap(session.start(threads)));
  }

  /**
   * Every call into C++ goes through here.
   * @template T
   * @param {(session: Session) => T} action
   * @returns {T}
   */
  run(action) {
    if (this.failure) {
      throw this.failure;
    }
    try {
      return action(this.#session);
    } catch (cause) {
      if (cause instanceof HeadstartError) {
        throw cause;
      }
      this.failure = toHeadstartError(cause);
      throw this.failure;
    }
  }

  /**
   * Puts bytes into the input and makes the call that reads them, before anything else can grow the memory.
   * @template T
   * @param {Uint8Array | Uint8ClampedArray} bytes
   * @param {(session: Session) => T} action
   */
  withBytes(bytes, action) {
    return this.withFiles([bytes], action);
  }

  /**
   * One behind the other.
   * @template T
   * @param {(Uint8Array | Uint8ClampedArray)[]} files
   * @param {(session: Session) => T} action
   */
  withFiles(files, action) {
    return this.run((session) => {
      const input = unwrap(session.inputView(files.reduce((sum, { length }) => sum + length, 0)));
      let offset = 0;
      for (const bytes of files) {
        input.set(bytes, offset);
        offset += bytes.length;
      }
      return action(session);
    });
  }

  /**
   * @template T
   * @param {Float32Array} floats
   * @param {(session: Session) => T} action
   */
  withFloats(floats, action) {
    return this.withBytes(new Uint8Array(floats.buffer, floats.byteOffset, floats.byteLength), action);
  }

  /**
   * @template T
   * @param {Frame} frame
   * @param {boolean} mirror
   * @param {(session: Session, description: FrameDescription) => T} action
   */
  withFrame(frame, mirror, action) {
    const { crop } = frame;
    const description = {
      width: frame.width,
      height: frame.height,
      stride: frame.stride,
      mirror,
      cropLeft: crop?.left ?? 0,
      cropTop: crop?.top ?? 0,
      cropWidth: crop?.width ?? 0,
      cropHeight: crop?.height ?? 0,
    };
    return this.withBytes(frame.data, (session) => action(session, description));
  }

  /** The means of all maps. @param {Frame} frame @returns {Float32Array} */
  embedRow(frame) {
    return this.withFrame(frame, false, (session, description) => unwrap(session.embedRow(description)));
  }

  /**
   * To be awaited before anything below is called.
   * @param {() => Promise<WebAssembly.Module>} fetchWriters
   */
  bringWriters(fetchWriters) {
    if (!this.#writers) {
      this.#writers = fetchWriters().then(this.#link);
      this.#writers.catch(() => {
        this.#writers = null; // the next who wants them tries again
      });
    }
    return this.#writers;
  }

  /**
   * A file for other programs.
   * @param {Uint8Array} backboneFile
   * @param {Uint8Array} headFile
   * @param {import('./session.d.ts').ExportSettings} settings
   */
  exportModel(backboneFile, headFile, settings) {
    return this.run(() => unwrap(this.#module.exportModel(backboneFile, headFile, settings)));
  }

  /**
   * Formats that cannot hold what was learnt, each with the layer that it cannot.
   * @param {Uint8Array} backboneFile
   * @param {Uint8Array} headFile
   */
  refusedFormats(backboneFile, headFile) {
    return this.run(() => unwrap(this.#module.refusedFormats(backboneFile, headFile)));
  }

  /** To be deleted. */
  openQuantisedExport() {
    return this.run(() => new this.#module.QuantisedExport());
  }

  handleCount() {
    return this.#module.count_emval_handles();
  }

  dispose() {
    if (!this.failure) {
      this.#session.delete();
    }
    this.#module.PThread?.terminateAllThreads();
    this.failure ??= new HeadstartError('cancelled', 'the trainer was disposed');
  }
}
