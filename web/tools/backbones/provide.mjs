// Published backbones on this machine: fetched, checked against what they were when this was written, and rewritten as
// our backbone files, or kept as they are where the page reads them as they are. What is there already is not fetched again.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { downloadFile } from '../../../wasm/toolchain/resume.mjs';
import { readKerasZip } from './keras.mjs';
import { blockStrides, layersOf, sizeOf } from './mobilenet-v2.mjs';
import { readNpy } from './npy.mjs';
import { encodeSafetensors } from './safetensors.mjs';
import { readTflite } from './tflite.mjs';

/**
 * `bytes` and `sha256` are left out where they were not known when this was written: then the first fetch records them.
 * @typedef {{ tensor?: string, file: string, bytes?: number, sha256?: string }} OriginalFile
 */
/**
 * @typedef {object} Original
 * @property {string} name
 * @property {'npy' | 'keras-zip' | 'tflite' | 'network'} format 'network': kept as it is
 * @property {string} [widthMultiplier] of those that are rewritten
 * @property {number} [embeddingDim] of those that are kept as they are
 * @property {string} inputSize
 * @property {string} source
 * @property {string} baseUrl
 * @property {OriginalFile[]} files
 */

/** @type {Original[]} */
export const originals = JSON.parse(readFileSync(new URL('originals.json', import.meta.url), 'utf8'));

/** @param {string} name @param {'f32' | 'f16'} precision */
export const fileNameOf = (name, precision) => `${name}.${precision}.safetensors`;

/** @param {Original} original */
export const filesMadeOf = ({ name, format }) =>
  format === 'network' ? [`${name}.tflite`] : [fileNameOf(name, 'f32'), fileNameOf(name, 'f16')];

/**
 * @param {Original} original
 * @param {string} folder
 */
export function isProvided(original, folder) {
  return filesMadeOf(original).every((file) => existsSync(join(folder, file)));
}

/**
 * Brings what is missing, one after another, and says in a line how it went. Never fatal: without the network, or behind
 * one that answers nothing, the built-in backbone serves. What has come so far is kept, and the next run goes on from there.
 *
 * @param {string} folder
 * @param {(line: string) => void} tell
 * @param {Parameters<typeof provideBackbone>[2]} [options]
 * @param {Original[]} [wanted]
 */
export async function provideMissing(folder, tell, options = {}, wanted = originals) {
  const missing = wanted.filter((original) => !isProvided(original, folder));
  let lastTold = 0;
  for (const [index, original] of missing.entries()) {
    const { name } = original;
    const onProgress = (/** @type {number} */ done, /** @type {number} */ total) => {
      const tenth = Math.floor((10 * done) / total);
      if (tenth > lastTold && tenth < 10) {
        lastTold = tenth;
        tell(`Fetching ${name} (${index + 1} of ${missing.length}): ${tenth}0 % of ${(total / 1e6).toFixed(1)} MB`);
      }
    };
    try {
      await provideBackbone(original, folder, { onProgress, ...options });
      tell(`${name} is there: the page offers it from the next time that it is loaded.`);
    } catch (error) {
      tell(`Better networks exist, and could not be fetched now: ${/** @type {Error} */ (error).message}.`);
      tell('The built-in one serves meanwhile; `npm run backbones` tries again.');
      return;
    }
    lastTold = 0;
  }
}

/**
 * Fetches, checks and converts one backbone into `NAME.f32.safetensors` and `NAME.f16.safetensors`, or keeps it as
 * `NAME.tflite`.
 *
 * @param {Original} original
 * @param {string} folder
 * @param {{
 *   fetchBytes?: (url: string) => Promise<Uint8Array>, onProgress?: (doneBytes: number, totalBytes: number) => void,
 *   check?: (original: Original, content: Uint8Array) => Promise<void>
 * }} [options] `check` reads a network that is kept as it is
 */
export async function provideBackbone(original, folder, { fetchBytes, onProgress, check = checkNetwork } = {}) {
  const originalsFolder = join(folder, 'originals', original.name);
  mkdirSync(originalsFolder, { recursive: true });
  const totalBytes = original.files.reduce((sum, { bytes = 0 }) => sum + bytes, 0);
  let doneBytes = 0;
  /** @type {Map<string, Uint8Array>} */
  const contents = new Map();
  for (const file of original.files) {
    const before = doneBytes;
    const onPart = (/** @type {number} */ bytes, /** @type {number} */ total) =>
      onProgress?.(before + bytes, totalBytes || total);
    const content = await provideFile(original, file, originalsFolder, { fetchBytes, onPart });
    contents.set(file.tensor ?? '*', content);
    doneBytes += content.length;
    onProgress?.(doneBytes, totalBytes || doneBytes);
  }
  if (original.format === 'network') {
    const content = /** @type {Uint8Array} */ (contents.get('*'));
    await check(original, content);
    record(original.name, content, folder);
    writeWhole(join(folder, `${original.name}.tflite`), content);
    rmSync(originalsFolder, { recursive: true, force: true });
    return;
  }
  const tensors = convert(original, contents);
  const metadata = metadataOf(original);
  writeWhole(join(folder, fileNameOf(original.name, 'f32')), encodeSafetensors(metadata, tensors, 'F32'));
  writeWhole(join(folder, fileNameOf(original.name, 'f16')), encodeSafetensors(metadata, tensors, 'F16'));
  rmSync(originalsFolder, { recursive: true, force: true });
}

/**
 * @param {Original} original
 * @param {OriginalFile} file
 * @param {string} folder
 * @param {{ fetchBytes?: (url: string) => Promise<Uint8Array>, onPart: (bytes: number, totalBytes: number) => void }} options
 */
async function provideFile({ baseUrl }, { file, bytes, sha256 }, folder, { fetchBytes, onPart }) {
  const uri = new URL(file, baseUrl).href;
  const path = join(folder, file);
  if (existsSync(path) && sha256) {
    const kept = readFileSync(path);
    if (sha256Of(kept) === sha256) {
      return kept; // from a run that was interrupted
    }
  }
  if (!fetchBytes) {
    await downloadFile({ uri, file: path, byteCount: bytes, sha256 }, (_, done, total) => onPart(done, total)).catch(
      (error) => {
        const cause = /** @type {{ cause?: { code?: string } }} */ (error).cause?.code;
        throw cause ? new Error(`no answer from ${new URL(uri).host} (${cause})`) : error;
      },
    );
    return readFileSync(path);
  }
  const content = await fetchBytes(uri);
  if (sha256 && (content.length !== bytes || sha256Of(content) !== sha256)) {
    throw new Error(
      `expected ${file} with ${bytes} bytes and sha256 ${sha256}, got ${content.length} bytes and ${sha256Of(content)}`,
    );
  }
  writeWhole(path, content);
  return content;
}

/**
 * @param {Original} original
 * @param {Map<string, Uint8Array>} contents By tensor, or all in one under `*`.
 * @returns {import('./safetensors.mjs').Tensor[]}
 */
export function convert({ format, widthMultiplier = '1' }, contents) {
  const width = Number(widthMultiplier);
  const whole = contents.get('*') ?? new Uint8Array();
  if (format === 'keras-zip') {
    return readKerasZip(whole, width);
  }
  if (format === 'tflite') {
    return readTflite(whole, width);
  }
  return layersOf(width).flatMap(({ name, isDepthwise, shape }) => [
    npyTensor(`${name}.weight`, shape, contents),
    npyTensor(`${name}.bias`, [isDepthwise ? shape[2] : shape[0]], contents),
  ]);
}

/**
 * @param {string} name
 * @param {number[]} shape
 * @param {Map<string, Uint8Array>} contents
 */
function npyTensor(name, shape, contents) {
  const content = contents.get(name);
  if (!content) {
    throw new Error(`expected a file for ${name}, found none`);
  }
  const values = readNpy(content);
  if (values.length !== sizeOf(shape)) {
    throw new Error(`expected ${sizeOf(shape)} numbers in ${name}, got ${values.length}`);
  }
  return { name, shape, values };
}

/**
 * @param {Original} original
 * @returns {Record<string, string>}
 */
export function metadataOf({ widthMultiplier = '1', inputSize, source }) {
  return {
    format: 'backbone/1',
    architecture: 'mobilenet_v2',
    width_multiplier: widthMultiplier,
    input_size: inputSize,
    input_layout: 'NHWC RGB',
    input_scale: '1/127.5',
    input_offset: '-1',
    padding: 'tf_same',
    activation: 'relu6',
    block_strides: blockStrides().join(','),
    embedding_dim: '1280',
    conv_layout: 'OHWI',
    depthwise_layout: 'HWC',
    batch_norm: 'folded',
    trained_on: 'ImageNet-1k',
    source,
    license: 'Apache-2.0',
  };
}

/**
 * The reader of the page decides, where the library is built: operators, shapes and the number of constants. It reads the file
 * again whenever it is used.
 *
 * @param {Original} original
 * @param {Uint8Array} content
 */
async function checkNetwork({ name, embeddingDim, inputSize }, content) {
  if (Buffer.from(content.subarray(4, 8)).toString() !== 'TFL3') {
    throw new Error(`expected ${name} to be a .tflite, got ${content.length} bytes that are none`);
  }
  const library = new URL('../../../dist/lib/headstart.node.js', import.meta.url);
  if (!existsSync(library)) {
    return;
  }
  const { createTrainer } = await import(library.href);
  const trainer = await createTrainer({ backbone: content });
  const { embeddingDim: dim, nativeInputSize: size } = trainer.backbone;
  await trainer.dispose();
  if (dim !== embeddingDim || size !== Number(inputSize)) {
    throw new Error(`expected ${name} to give ${embeddingDim} numbers at ${inputSize} px, got ${dim} at ${size} px`);
  }
}

/**
 * What came the first time is what has to come the next time.
 *
 * @param {string} name
 * @param {Uint8Array} content
 * @param {string} folder
 */
function record(name, content, folder) {
  const path = join(folder, 'checksums.json');
  /** @type {Record<string, { bytes: number, sha256: string }>} */
  const records = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
  const came = { bytes: content.length, sha256: sha256Of(content) };
  const before = records[name];
  if (before && before.sha256 !== came.sha256) {
    throw new Error(`expected ${name} with the sha256 ${before.sha256} of the first fetch, got ${came.sha256}`);
  }
  writeWhole(path, Buffer.from(`${JSON.stringify({ ...records, [name]: came }, null, 2)}\n`));
}

/** @param {Uint8Array} bytes */
function sha256Of(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Never half a file under its real name. @param {string} path @param {Uint8Array} content */
function writeWhole(path, content) {
  writeFileSync(`${path}.part`, content);
  renameSync(`${path}.part`, path);
}
