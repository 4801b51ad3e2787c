// Writes our backbone files: safetensors with float32 or float16 numbers.

/** @typedef {{ name: string, shape: number[], values: Float32Array }} Tensor */

/**
 * @param {Record<string, string>} metadata
 * @param {Tensor[]} tensors In the order in which they are to lie in the file.
 * @param {'F32' | 'F16'} dtype
 * @returns {Buffer}
 */
export function encodeSafetensors(metadata, tensors, dtype) {
  /** @type {Record<string, unknown>} */
  const header = { __metadata__: metadata };
  const parts = tensors.map(({ values }) => (dtype === 'F32' ? float32Bytes(values) : float16Bytes(values)));
  let at = 0;
  for (const [index, { name, shape }] of tensors.entries()) {
    header[name] = { dtype, shape, data_offsets: [at, at + parts[index].length] };
    at += parts[index].length;
  }
  const text = JSON.stringify(header);
  // Padded, so that the numbers begin at a multiple of eight.
  const padded = Buffer.from(text.padEnd(Math.ceil(Buffer.byteLength(text) / 8) * 8));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  return Buffer.concat([length, padded, ...parts]);
}

/** @param {Float32Array} values */
function float32Bytes(values) {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength);
}

/** @param {Float32Array} values */
function float16Bytes(values) {
  const halves = new Uint16Array(values.length);
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let index = 0; index < values.length; index += 1) {
    halves[index] = halfOf(bits[index]);
  }
  return Buffer.from(halves.buffer);
}

/**
 * A float32's bits as the nearest float16's, halves to even (IEEE 754-2019, 4.3.1).
 *
 * @param {number} bits
 */
function halfOf(bits) {
  const sign = (bits >>> 16) & 0x8000;
  const exponent = ((bits >>> 23) & 0xff) - 127;
  const fraction = bits & 0x7fffff;
  if (exponent === 128) {
    return sign | 0x7c00 | (fraction ? 0x200 : 0);
  }
  if (exponent > 15) {
    return sign | 0x7c00;
  }
  if (exponent >= -14) {
    // Rounding up may carry into the exponent, which is then right too.
    return sign | roundOff(((exponent + 15) << 23) | fraction, 13);
  }
  return exponent < -25 ? sign : sign | roundOff(0x800000 | fraction, -exponent - 1);
}

/** @param {number} value @param {number} bitCount How many bits go. */
function roundOff(value, bitCount) {
  const kept = value >>> bitCount;
  const rest = value & ((1 << bitCount) - 1);
  const half = 1 << (bitCount - 1);
  return kept + (rest > half || (rest === half && (kept & 1) === 1) ? 1 : 0);
}
