// What the tests of the library share: where it lies, pictures made on the spot, and readers of our own for its files.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const repository = fileURLToPath(new URL('../..', import.meta.url));
export const libraryFolder = resolve(process.env.HEADSTART_LIB ?? join(repository, 'dist/lib'));
export const shared = resolve(process.env.HEADSTART_SHARED ?? join(dirname(repository.replace(/\/$/, '')), 'shared'));

/** @type {typeof import('../../web/src/engine/headstart.d.ts')} */
export const library = await import(pathToFileURL(join(libraryFolder, 'headstart.node.js')).href);
export const { createTrainer, HeadstartError, runnableVariants } = library;

/** The built-in backbone. */
export const backboneFile = join(libraryFolder, 'backbones/builtin.safetensors');

/** @param {string} name of a published backbone @returns {string | undefined} */
export function published(name) {
  const file = join(shared, 'backbones', name);
  return existsSync(file) ? file : undefined;
}

/**
 * The bytes of the backbone that the tests run on, under another name, for another size or as float32.
 * @param {{ name?: string, inputSize?: number, isFloat32?: boolean }} changes
 */
export function changedBackbone({ name, inputSize, isFloat32 = false }) {
  const bytes = new Uint8Array(readFileSync(backboneFile));
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  if (name !== undefined) {
    header.__metadata__.name = name;
  }
  if (inputSize !== undefined) {
    header.__metadata__.input_size = String(inputSize);
  }
  let body = bytes.slice(8 + length);
  if (isFloat32) {
    const halves = new Uint16Array(body.buffer);
    body = new Uint8Array(Float32Array.from(halves, floatOfHalf).buffer);
    for (const [key, entry] of Object.entries(header)) {
      if (key === '__metadata__') {
        continue;
      }
      assert.equal(entry.dtype, 'F16');
      entry.dtype = 'F32';
      entry.data_offsets = entry.data_offsets.map((/** @type {number} */ offset) => 2 * offset);
    }
  }
  const text = JSON.stringify(header);
  const padded = new TextEncoder().encode(text.padEnd(Math.ceil(text.length / 8) * 8));
  const file = new Uint8Array(8 + padded.length + body.length);
  new DataView(file.buffer).setBigUint64(0, BigInt(padded.length), true);
  file.set(padded, 8);
  file.set(body, 8 + padded.length);
  return file;
}

/** IEEE 754 binary16 @param {number} bits */
function floatOfHalf(bits) {
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  const size = exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15);
  return bits & 0x8000 ? -size : size;
}

/** @param {object} [options] */
export function newTrainer(options = {}) {
  return createTrainer({ backbone: backboneFile, variant: 'simd', ...options });
}

/** Numbers that are the same everywhere. @param {number} seed */
export function randomNumbers(seed) {
  let state = seed >>> 0 || 1;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/**
 * A picture that is clearly of its kind, and different with each `number`: stripes (0), dots (1), a gradient (2), squares (3).
 * As large as an ordinary webcam's unless a test is about another size.
 * @param {number} kind
 * @param {number} number
 */
export function drawPicture(kind, number, width = 640, height = 480) {
  const random = randomNumbers(kind * 7919 + number * 104729 + 1);
  const data = new Uint8ClampedArray(width * height * 4);
  const [shiftX, shiftY, pitch, light] = [random() * 40, random() * 40, 14 + random() * 6, 60 + random() * 60];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const value = patternAt(kind, (x + shiftX) / pitch, (y + shiftY) / pitch, x / width);
      const at = (y * width + x) * 4;
      data[at] = light + value * 130 + random() * 12;
      data[at + 1] = light + value * (kind === 2 ? 40 : 110) + random() * 12;
      data[at + 2] = light + value * (kind === 1 ? 20 : 90) + random() * 12;
      data[at + 3] = 255;
    }
  }
  return { data, width, height };
}

/** @param {number} kind @param {number} x @param {number} y @param {number} across */
function patternAt(kind, x, y, across) {
  if (kind === 0) {
    return Math.floor(x) % 2;
  }
  if (kind === 1) {
    return (x % 2) ** 2 + (y % 2) ** 2 < 1 ? 1 : 0;
  }
  if (kind === 2) {
    return across;
  }
  return (Math.floor(x) + Math.floor(y)) % 2;
}

/**
 * @param {import('../../web/src/engine/headstart.d.ts').Trainer} trainer
 * @param {number} perClass
 * @param {string[]} [names]
 */
export async function teach(trainer, perClass, names = ['stripes', 'dots', 'gradient']) {
  const classIds = names.map((name) => trainer.addClass(name));
  for (const [kind, classId] of classIds.entries()) {
    for (let number = 0; number < perClass; number++) {
      await trainer.addSample(classId, drawPicture(kind, number));
    }
  }
  return classIds;
}

/** Until the views of all pictures are there, which are made in idle time. @param {import('../../web/src/engine/headstart.d.ts').Trainer} trainer */
export async function viewsDone(trainer) {
  for (;;) {
    const { viewedSampleCount, sampleCount } = await trainer.stats();
    if (viewedSampleCount === sampleCount) {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/**
 * An independent reader: the format is eight bytes of header length, JSON, then the tensors.
 * @param {Uint8Array} bytes
 */
export function readSafetensors(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = Number(view.getBigUint64(0, true));
  const { __metadata__: metadata, ...entries } = JSON.parse(
    new TextDecoder().decode(bytes.subarray(8, 8 + headerLength)),
  );
  /** @type {Record<string, { dtype: string, shape: number[], values: Float32Array }>} */
  const tensors = {};
  for (const [
    name,
    {
      dtype,
      shape,
      data_offsets: [begin, end],
    },
  ] of Object.entries(entries)) {
    const body = bytes.slice(8 + headerLength + begin, 8 + headerLength + end);
    const values = dtype === 'F32' ? new Float32Array(body.buffer) : new Uint16Array(body.buffer);
    tensors[name] = { dtype, shape, values: /** @type {Float32Array} */ (values) };
  }
  return { metadata, tensors, headerLength };
}

/** @param {string} file */
export const readSafetensorsFile = (file) => readSafetensors(new Uint8Array(readFileSync(file)));

/**
 * Of a head/2: each map, or the square roots of its features, divided by its length.
 * @param {Record<string, string>} metadata @param {ArrayLike<number>} embedding
 */
function transformed({ transform, map_sizes: sizes }, embedding) {
  if (transform === undefined) {
    return embedding;
  }
  const values = Array.from(embedding, (value) => (transform === 'root' ? Math.sqrt(Math.max(value, 0)) : value));
  let begin = 0;
  for (const size of /** @type {number[]} */ (JSON.parse(sizes))) {
    const length = Math.hypot(...values.slice(begin, begin + size));
    for (let i = begin; i < begin + size; i++) {
      values[i] /= Math.max(length, 1e-6);
    }
    begin += size;
  }
  return values;
}

/**
 * softmax(weight · transformed embedding + bias), in double precision.
 * @param {ReturnType<typeof readSafetensors>} head
 * @param {Float32Array} embedding
 */
export function applyHead({ metadata, tensors }, embedding) {
  const read = transformed(metadata, embedding);
  const {
    shape: [classCount, featureCount],
    values,
  } = tensors['head.weight'];
  const logits = Array.from({ length: classCount }, (_, row) => {
    let sum = tensors['head.bias'].values[row];
    for (let i = 0; i < featureCount; i++) {
      sum += values[row * featureCount + i] * read[i];
    }
    return sum;
  });
  const largest = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp(logit - largest));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}

/** @param {ArrayLike<number>} a @param {ArrayLike<number>} b */
export function largestDifference(a, b) {
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    largest = Math.max(largest, Math.abs(a[i] - b[i]));
  }
  return largest;
}
