// The engine's side of classes and samples: the ledger is C++'s, under the caller's identities; here are the pictures.

import { HeadstartError, unwrap } from '../shared/errors.js';
import { pictureBlob, pictureBytes } from '../shared/kept-picture.js';
import { decodeBlob, readBitmap, readFrame } from './frames.js';
import {
  decodePicture,
  encodePicture,
  isKeptAlready,
  LARGEST_SIDE,
  pictureFormat,
  pictureSide,
} from './picture-codec.js';

/** @typedef {import('./engine.js').Engine} Engine */
/** @typedef {import('./engine.js').Frame} Frame */
/** @typedef {import('../headstart.d.ts').CropRectangle} CropRectangle */
/** @typedef {import('../client/images.js').FrameMessage} FrameMessage */
/** @typedef {import('./picture-codec.js').KeptPicture} KeptPicture */
/** `row`: of this very backbone, where somebody kept it. @typedef {{ sampleId: number, classId: number, picture: KeptPicture, row?: Float32Array }} SampleRecord */
/** @typedef {{ classId: number, name: string, enabled: boolean }} ClassRecord */

export class HostSamples {
  /** In the order of the samples. @type {Map<number, { classId: number, picture: KeptPicture }>} */
  records = new Map();
  pictureBytes = 0;
  /** Asked for with every picture: the engine's own list is copied out of it each time. @type {Set<number>} */
  #classIds = new Set();
  /** Grows with every change that makes a head stale. */
  revision = 0;
  #engine;
  #inputSize;

  /** @param {Engine} engine with a backbone of `inputSize` and no samples @param {number} inputSize */
  constructor(engine, inputSize) {
    this.#engine = engine;
    this.#inputSize = inputSize;
  }

  /** @param {ClassRecord} record @param {number} [index] */
  addClass({ classId, name, enabled }, index) {
    this.#engine.run((session) => {
      unwrap(session.addClass(classId, name));
      if (!enabled) {
        unwrap(session.setClassEnabled(classId, false));
      }
      if (index !== undefined) {
        unwrap(session.moveClass(classId, index));
      }
    });
    this.#classIds.add(classId);
    this.revision++;
  }

  /** With its samples. @param {number} classId */
  removeClass(classId) {
    for (const [sampleId, record] of this.records) {
      if (record.classId === classId) {
        this.#removeSample(sampleId);
      }
    }
    this.#engine.run((session) => unwrap(session.removeClass(classId)));
    this.#classIds.delete(classId);
    this.revision++;
  }

  /** @param {number} classId */
  requireClass(classId) {
    if (!this.#classIds.has(classId)) {
      throw new HeadstartError('cancelled', 'the class was removed before its picture was taken in');
    }
  }

  /**
   * @param {number} sampleId
   * @param {number} classId
   * @param {FrameMessage} message
   * @param {{ crop?: CropRectangle, mirror: boolean }} options
   * @returns {Promise<{ picture: KeptPicture, row: Float32Array }>}
   */
  async addPicture(sampleId, classId, message, options) {
    const { picture, frame } = await this.keep(message, options);
    this.#embed(sampleId, classId, picture, frame);
    return { picture, row: this.#row(sampleId) };
  }

  /** @param {{ message: FrameMessage, crop?: CropRectangle, mirror: boolean }} args */
  async capture({ message, ...options }) {
    return pictureBlob((await this.keep(message, options)).picture);
  }

  /**
   * A picture as a sample keeps it.
   *
   * @param {FrameMessage} message
   * @param {{ crop?: CropRectangle, mirror: boolean }} options
   * @returns {Promise<{ picture: KeptPicture, frame: Frame }>} frame: what reading the picture gives
   */
  async keep(message, { crop, mirror }) {
    let frame;
    if (message.kind === 'blob') {
      const bitmap = await decodeBlob(message.blob);
      const size = { width: bitmap.width, height: bitmap.height };
      frame = await readBitmap(bitmap, crop);
      if (!crop && !mirror && isKeptAlready(message.blob, size)) {
        // A copy: the file on disk may change or go.
        const { blob } = message;
        return { picture: new Blob([await blob.arrayBuffer()], { type: blob.type }), frame };
      }
    } else {
      frame = await readFrame(message, crop);
    }
    const side = this.#keptSide(frame);
    const rgba = this.#engine.withFrame(frame, mirror, (session, description) =>
      unwrap(session.makePicture(description, side)),
    );
    const picture = await encodePicture(rgba, side);
    return { picture, frame: await decodePicture(picture) };
  }

  /** @param {Frame} frame */
  #keptSide({ width, height, crop }) {
    const own = crop ? (crop.width === crop.height ? crop.width : LARGEST_SIDE + 1) : Math.min(width, height);
    // Where pixels are kept as they are, a small picture stays what it is.
    if (pictureFormat() === 'pixels' && own <= LARGEST_SIDE) {
      return own;
    }
    return pictureSide(this.#inputSize);
  }

  /** @param {number} sampleId @param {number} classId @param {KeptPicture} picture @param {Frame} frame what reading it gives */
  #embed(sampleId, classId, picture, frame) {
    this.requireClass(classId);
    this.#engine.withFrame(frame, false, (session, description) =>
      unwrap(session.addSample(sampleId, classId, description)),
    );
    this.#note(sampleId, classId, picture);
  }

  /** That it is in the ledger. @param {number} sampleId @param {number} classId @param {KeptPicture} picture */
  #note(sampleId, classId, picture) {
    this.records.set(sampleId, { classId, picture });
    this.pictureBytes += pictureBytes(picture);
    this.revision++;
  }

  /**
   * Puts a sample with a kept picture in: one that comes back, or one of an engine that crashed.
   * @param {SampleRecord} record
   * @returns {Promise<Float32Array>} its row
   */
  async putSample({ sampleId, classId, picture, row }) {
    if (this.#engine.run((session) => session.canRestore(sampleId))) {
      this.requireClass(classId);
      this.#engine.run((session) => unwrap(session.restoreSample(sampleId, classId)));
      this.#note(sampleId, classId, picture);
      return row ?? this.#row(sampleId);
    }
    if (row) {
      this.putRow({ sampleId, classId, picture }, row);
      return row;
    }
    this.#embed(sampleId, classId, picture, await decodePicture(picture));
    return this.#row(sampleId);
  }

  /** @param {SampleRecord} record @param {Float32Array} row of all maps' features */
  putRow({ sampleId, classId, picture }, row) {
    this.requireClass(classId);
    this.#engine.withFloats(row, (session) => unwrap(session.addRow(sampleId, classId, row.length)));
    this.#note(sampleId, classId, picture);
  }

  /**
   * Rows of all maps' features, joined; of samples that have gone meanwhile there are none.
   * @param {number[]} wanted
   */
  rows(wanted) {
    const sampleIds = wanted.filter((sampleId) => this.records.has(sampleId));
    /** @type {Float32Array | undefined} */
    let rows; // [sample_count, feature_count]
    for (const [index, sampleId] of sampleIds.entries()) {
      const row = this.#row(sampleId);
      rows ??= new Float32Array(sampleIds.length * row.length);
      rows.set(row, index * row.length);
    }
    return { sampleIds, rows: rows ?? new Float32Array() };
  }

  /** Samples of enabled classes. */
  enabledSampleIds() {
    const enabled = this.#enabledClasses();
    return [...this.records].flatMap(([sampleId, { classId }]) => (enabled.has(classId) ? [sampleId] : []));
  }

  /** Two classes with pictures, each of which has so many at least. @param {number} least */
  canHoldOut(least) {
    const counts = this.#engine.run((session) => session.classes()).filter((c) => c.enabled && c.sampleCount > 0);
    return counts.length >= 2 && counts.every(({ sampleCount }) => sampleCount >= least);
  }

  #enabledClasses() {
    const classes = this.#engine.run((session) => session.classes());
    return new Set(classes.filter(({ enabled }) => enabled).map(({ id }) => id));
  }

  /** @param {number} sampleId */
  embedding(sampleId) {
    return this.#engine.run((session) => unwrap(session.sampleEmbedding(sampleId)));
  }

  /** @param {number} sampleId */
  #row(sampleId) {
    return this.#engine.run((session) => unwrap(session.sampleRow(sampleId)));
  }

  /** @param {number[]} sampleIds */
  removeSamples(sampleIds) {
    for (const sampleId of sampleIds) {
      this.#removeSample(sampleId);
    }
  }

  /** @param {number} sampleId */
  #removeSample(sampleId) {
    this.#engine.run((session) => unwrap(session.removeSample(sampleId)));
    this.pictureBytes -= pictureBytes(this.#record(sampleId).picture);
    this.records.delete(sampleId);
    this.revision++;
  }

  /** @param {number[]} sampleIds that can no longer come back */
  forget(sampleIds) {
    this.#engine.run((session) => {
      for (const sampleId of sampleIds) {
        session.forgetSample(sampleId);
      }
    });
  }

  /** @param {number[]} sampleIds @param {number} classId */
  moveSamples(sampleIds, classId) {
    this.requireClass(classId);
    for (const sampleId of sampleIds) {
      this.#engine.run((session) => unwrap(session.moveSample(sampleId, classId)));
      this.#record(sampleId).classId = classId;
    }
    this.revision++;
  }

  /** @param {{ from: number, to: number }[]} pairs of sample ids @param {number} classId */
  copySamples(pairs, classId) {
    this.requireClass(classId);
    for (const { from, to } of pairs) {
      this.#engine.run((session) => unwrap(session.copySample(from, to, classId)));
      this.#note(to, classId, this.#record(from).picture);
    }
  }

  /** @param {number} sampleId */
  #record(sampleId) {
    return /** @type {{ classId: number, picture: KeptPicture }} */ (this.records.get(sampleId));
  }

  /**
   * The same classes and samples over another backbone, in one go: nothing can come between.
   * @param {HostSamples} target still empty
   * @param {Map<number, Float32Array>} rows by sample
   */
  copyTo(target, rows) {
    for (const { id, name, enabled } of this.#engine.run((session) => session.classes())) {
      target.addClass({ classId: id, name, enabled });
    }
    for (const [sampleId, record] of this.records) {
      target.putRow({ sampleId, ...record }, /** @type {Float32Array} */ (rows.get(sampleId)));
    }
    target.revision = this.revision + 1;
  }
}
