// What a caller may give as a backbone or a file, brought into one form.

import { inNode } from '../shared/assets.js';
import { HeadstartError, requireArgument, show } from '../shared/errors.js';

const MOST_NETWORKS = 4;
const LEAST_SHARE = 0.001;
const MOST_SHARE = 1000;
const INPUT_SIZES = [224, 192, 160, 128, 96];

/** @param {unknown} inputSize @returns {number} 0: the backbone's own */
export function checkInputSize(inputSize) {
  if (inputSize === undefined) {
    return 0;
  }
  requireArgument(
    INPUT_SIZES.includes(/** @type {number} */ (inputSize)),
    `inputSize must be ${INPUT_SIZES.join(', ')}, got ${show(inputSize)}`,
  );
  return /** @type {number} */ (inputSize);
}

/** @param {unknown} precision @returns {import('../headstart-basics.d.ts').Precision} */
export function checkPrecision(precision) {
  requireArgument(
    precision === undefined || precision === 'float32' || precision === 'int8',
    `precision must be 'float32' or 'int8', got ${show(precision)}`,
  );
  return precision ?? 'float32';
}

/** @typedef {import('../shared/networks.js').OneNetwork} OneNetwork */

/**
 * @param {unknown} source
 * @returns {OneNetwork[]} none: the built-in one
 */
export function backboneSource(source) {
  if (source === undefined) {
    return [];
  }
  const sources = Array.isArray(source) ? source : [source];
  requireArgument(
    sources.length >= 1 && sources.length <= MOST_NETWORKS,
    `backbone is one network or up to ${MOST_NETWORKS} of them, got ${sources.length}`,
  );
  return sources.map(oneNetwork);
}

/** @param {unknown} source @returns {OneNetwork} */
function oneNetwork(source) {
  if (typeof source !== 'object' || source === null || !('file' in source)) {
    return { file: fileSource(source) };
  }
  const { file, pixelRange, share } = /** @type {{ file: unknown, pixelRange?: unknown, share?: unknown }} */ (source);
  return {
    file: fileSource(file),
    ...(pixelRange !== undefined && { pixelRange: checkPixelRange(pixelRange) }),
    ...(share !== undefined && { share: checkShare(share) }),
  };
}

/** @param {unknown} share @returns {number} */
function checkShare(share) {
  requireArgument(
    typeof share === 'number' && share >= LEAST_SHARE && share <= MOST_SHARE,
    `share is a network's say beside the others, from ${LEAST_SHARE} to ${MOST_SHARE}, got ${show(share)}`,
  );
  return /** @type {number} */ (share);
}

/** @param {unknown} pixelRange @returns {[number, number]} */
function checkPixelRange(pixelRange) {
  const [black, white] = Array.isArray(pixelRange) ? pixelRange : [];
  requireArgument(
    Number.isInteger(black) && Number.isInteger(white) && white > black && Math.abs(black) < 1000 && white < 1000,
    `pixelRange is what black and white become, such as [-1, 1] or [0, 255], got ${show(pixelRange)}`,
  );
  return [black, white];
}

/** @param {unknown} source @returns {Uint8Array | string} */
function fileSource(source) {
  if (source instanceof URL) {
    return source.href;
  }
  if (typeof source !== 'string') {
    return ownBytes(source, 'backbone is the bytes of a .safetensors or .tflite file, or its address');
  }
  return addressFrom(source, 'backbone');
}

/**
 * An address as the caller writes it: a path in Node, relative to the page elsewhere.
 * @param {string} text
 * @param {string} name of the option
 */
function addressFrom(text, name) {
  if (inNode && !URL.canParse(text)) {
    const { resolve } = process.getBuiltinModule('node:path');
    return process.getBuiltinModule('node:url').pathToFileURL(resolve(text)).href;
  }
  const base = globalThis.document?.baseURI ?? globalThis.location?.href;
  requireArgument(URL.canParse(text, base), `${name} is no address: '${text}'`);
  return new URL(text, base).href;
}

/** @param {unknown} libraryUrl @returns {string} a folder, with its slash */
export function libraryFolder(libraryUrl) {
  const isAddress = typeof libraryUrl === 'string' || libraryUrl instanceof URL;
  requireArgument(isAddress, `libraryUrl is the address of a folder, got ${show(libraryUrl)}`);
  const folder = addressFrom(String(libraryUrl), 'libraryUrl');
  return folder.endsWith('/') ? folder : `${folder}/`;
}

/** @param {unknown} bytes @param {string} expectation @returns {Uint8Array} */
export function ownBytes(bytes, expectation) {
  if (bytes instanceof ArrayBuffer) {
    return new Uint8Array(bytes.slice(0));
  }
  if (ArrayBuffer.isView(bytes)) {
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength).slice();
  }
  throw new HeadstartError('bad-argument', `${expectation}, got ${bytes === null ? 'null' : typeof bytes}`);
}

/**
 * What an engine is opened with.
 *
 * @param {import('../headstart.d.ts').TrainerOptions} options
 * @param {import('../shared/assets.js').Library} library
 * @returns {import('../shared/rpc.js').ArgsOf<'open'>}
 */
export function openingOf({ libraryUrl, backbone, inputSize, precision, variant, threads }, library) {
  return {
    parts: { library: libraryUrl === undefined ? library : libraryFolder(libraryUrl), modules: [] },
    backbone: backboneSource(backbone),
    inputSize: checkInputSize(inputSize),
    precision: checkPrecision(precision),
    variant: variant ?? 'auto',
    threads: threads ?? 'auto',
  };
}
