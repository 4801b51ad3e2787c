// Everything that is here in one zip, and the pictures alone as Teachable Machine keeps them.

import { strToU8, zipSync } from 'fflate';
import { HeadstartError, throwIfAborted } from '../shared/errors.js';
import { pictureBlob } from '../shared/kept-picture.js';

/** @typedef {import('./sample-book.js').SampleBook} SampleBook */
/** @typedef {import('../headstart-export.d.ts').ExportOptions} ExportOptions */

export const PROJECT_FORMAT = 'headstart-project/1';
export const PROJECT_FILE = 'project.json';
export const HEAD_FILE = 'head.safetensors';

/** Of Teachable Machine's pictures, in pixels. */
const MACHINE_SIDE = 224;
const JPEG_QUALITY = 0.92;
/** 1 January 1980, the format's zero: the same project gives the same bytes. */
const FIRST_DAY = new Date(1980, 0, 1);
/** Pictures are compressed already. */
const STORED = { level: /** @type {const} */ (0), mtime: FIRST_DAY };

/** @type {Record<string, string>} */
const EXTENSIONS = { 'image/jpeg': 'jpg', 'image/png': 'png', 'image/webp': 'webp' };

/**
 * @param {SampleBook} book
 * @param {import('./trainings.js').Trainings} trainings
 * @param {import('../headstart.d.ts').BackboneInfo} backbone
 * @param {ExportOptions} options
 */
export async function projectFile(book, trainings, backbone, options) {
  /** @type {Record<string, Uint8Array>} */
  const files = {};
  const count = progressOf(book.samples.size, options);
  const classes = [];
  for (const [index, { name, enabled, sampleIds }] of book.classes.entries()) {
    const pictures = [];
    for (const [position, sampleId] of sampleIds.entries()) {
      count();
      const blob = await pictureBlob(book.sampleOf(sampleId).picture);
      const path = `pictures/${index + 1}/${String(position + 1).padStart(4, '0')}.${EXTENSIONS[blob.type] ?? 'jpg'}`;
      files[path] = new Uint8Array(await blob.arrayBuffer());
      pictures.push(path);
    }
    classes.push({ name, enabled, pictures });
  }
  const { kept } = trainings;
  if (kept) {
    files[HEAD_FILE] = kept.file;
  }
  const position = (/** @type {number | undefined} */ id) => book.classes.findIndex((entry) => entry.id === id);
  const head = kept && {
    classes: kept.classIds.map(position),
    strategy: kept.strategy,
    stale: kept.stale,
    imported: kept.imported,
  };
  const { name, sha256, inputSize } = backbone;
  const project = {
    format: PROJECT_FORMAT,
    classes,
    head,
    backbone: { name, sha256, inputSize },
    page: options.page ?? null,
  };
  return zipSync({ [PROJECT_FILE]: strToU8(JSON.stringify(project, null, 1)), ...files }, STORED);
}

/**
 * `NAME-!-0.jpg`, …, the manifest last. Names of files cannot hold what a name of a class can.
 * @param {SampleBook} book
 * @param {ExportOptions} options
 */
export async function machineProjectFile(book, options) {
  /** @type {Record<string, Uint8Array>} */
  const files = {};
  const count = progressOf(book.samples.size, options);
  for (const [label, sampleIds] of machineLabels(book)) {
    for (const [position, sampleId] of sampleIds.entries()) {
      count();
      files[`${label}-!-${position}.jpg`] = await machinePicture(await pictureBlob(book.sampleOf(sampleId).picture));
    }
  }
  const settings = { publishResults: {}, trainEpochs: 50, trainBatchSize: 16, trainLearningRate: 0.001 };
  files['manifest.json'] = strToU8(JSON.stringify({ type: 'image', version: '2.4.14', appdata: settings }));
  return zipSync(files, STORED);
}

/** @param {SampleBook} book @returns {Map<string, number[]>} */
function machineLabels(book) {
  const labels = new Map();
  for (const { name, sampleIds } of book.classes) {
    const plain = name.replace(/[\\/:*?"<>|\p{Cc}]/gu, '_').trim() || '_';
    let label = plain;
    for (let number = 2; labels.has(label); number++) {
      label = `${plain} (${number})`;
    }
    labels.set(label, sampleIds);
  }
  return labels;
}

/** @param {Blob} blob */
async function machinePicture(blob) {
  const canvas = typeof OffscreenCanvas === 'function' ? new OffscreenCanvas(MACHINE_SIDE, MACHINE_SIDE) : null;
  const context = canvas?.getContext('2d');
  if (!canvas || !context) {
    throw new HeadstartError('unsupported', 'Teachable Machine keeps JPEG pictures, which are made in a browser only');
  }
  const picture = await createImageBitmap(blob);
  try {
    if (blob.type === 'image/jpeg' && picture.width === MACHINE_SIDE) {
      return new Uint8Array(await blob.arrayBuffer());
    }
    context.drawImage(picture, 0, 0, MACHINE_SIDE, MACHINE_SIDE);
    const jpeg = await canvas.convertToBlob({ type: 'image/jpeg', quality: JPEG_QUALITY });
    return new Uint8Array(await jpeg.arrayBuffer());
  } finally {
    picture.close();
  }
}

/** To be called for each picture: stops on request, and tells how far it is. @param {number} total @param {ExportOptions} options */
function progressOf(total, { signal, onProgress }) {
  let done = 0;
  return () => {
    throwIfAborted(signal);
    onProgress?.({ stage: 'export', done: done++, total });
  };
}
