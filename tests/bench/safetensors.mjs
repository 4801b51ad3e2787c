// A reader of trusted safetensors for the benchmark: the numbers of a backbone as float32, whatever they are stored as.

/** @param {number} bits of an IEEE 754 half */
function halfToNumber(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) {
    return sign * fraction * 2 ** -24;
  }
  if (exponent === 31) {
    return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  }
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/**
 * @param {Uint8Array} file
 * @returns {{ metadata: Record<string, string>, tensors: Map<string, { shape: number[], data: Float32Array }> }}
 */
export function readSafetensors(file) {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const headerBytes = Number(view.getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + headerBytes)));
  const tensors = new Map();
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') {
      continue;
    }
    const [begin, end] = entry.data_offsets.map((/** @type {number} */ offset) => 8 + headerBytes + offset);
    const bytes = file.slice(begin, end);
    let data;
    if (entry.dtype === 'F32') {
      data = new Float32Array(bytes.buffer);
    } else if (entry.dtype === 'F16') {
      data = Float32Array.from(new Uint16Array(bytes.buffer), halfToNumber);
    } else {
      throw new Error(`${name}: expected F32 or F16, got ${entry.dtype}`);
    }
    tensors.set(name, { shape: entry.shape, data });
  }
  return { metadata: header.__metadata__ ?? {}, tensors };
}
