// A network that has learnt nothing, in the shape of another: the floor of an accuracy table.

import { seededRandom } from './pictures.mjs';
import { readSafetensors } from './safetensors.mjs';

/** A standard normal number (Box and Muller 1958). @param {() => number} random */
function normal(random) {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/**
 * The same file with every weight drawn anew (He et al. 2015, "Delving Deep into Rectifiers") and biases of zero, as float32.
 *
 * @param {Uint8Array} file a backbone
 * @param {number} seed
 * @returns {Uint8Array}
 */
export function untrainedLike(file, seed = 1) {
  const random = seededRandom(seed);
  const { metadata, tensors } = readSafetensors(file);
  /** @type {Record<string, unknown>} */
  const header = { __metadata__: { ...metadata, name: 'untrained' } };
  const parts = [];
  let position = 0;
  for (const [name, { shape, data }] of tensors) {
    // HWC depthwise filters read 9 numbers each, OHWI ones all but the first dimension.
    const isDepthwise = name.endsWith('depthwise.weight');
    const inputs = isDepthwise ? shape[0] * shape[1] : shape.slice(1).reduce((product, size) => product * size, 1);
    const deviation = name.endsWith('.bias') ? 0 : Math.sqrt(2 / inputs);
    const values = data.map(() => deviation * normal(random));
    header[name] = { dtype: 'F32', shape, data_offsets: [position, position + values.byteLength] };
    parts.push(Buffer.from(values.buffer));
    position += values.byteLength;
  }
  const text = JSON.stringify(header);
  const padded = Buffer.from(text.padEnd(Math.ceil(text.length / 8) * 8));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  return new Uint8Array(Buffer.concat([length, padded, ...parts]));
}
