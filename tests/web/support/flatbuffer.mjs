// Writes FlatBuffers, just well enough to make a small TensorFlow Lite model for a test.

/** @typedef {{ size: number, put: (at: number, out: Writer) => void }} Field */

class Writer {
  bytes = Buffer.alloc(1 << 22);
  end = 8;
  /** Parts that are still to be placed, each behind everything that points to it. @type {(() => void)[]} */
  later = [];

  /** @param {number} byteCount */
  reserve(byteCount) {
    this.end = Math.ceil(this.end / 8) * 8;
    const at = this.end;
    this.end += byteCount;
    return at;
  }
}

/** @type {(value: number) => Field} */
export const int8 = (value) => ({ size: 1, put: (at, out) => out.bytes.writeInt8(value, at) });
/** @type {(value: number) => Field} */
export const int32 = (value) => ({ size: 4, put: (at, out) => out.bytes.writeInt32LE(value, at) });

/** Something that lies elsewhere; the field holds how far. @param {(out: Writer) => number} place @returns {Field} */
const elsewhere = (place) => ({
  size: 4,
  put: (at, out) => out.later.push(() => out.bytes.writeUInt32LE(place(out) - at, at)),
});

/** @param {Record<number, Field>} fields By number. */
export const table = (fields) => elsewhere((out) => placeTable(fields, out));

/** @param {Field[]} items */
export const vector = (items) =>
  elsewhere((out) => {
    const size = items[0]?.size ?? 1;
    const at = out.reserve(4 + size * items.length);
    out.bytes.writeUInt32LE(items.length, at);
    for (const [index, item] of items.entries()) {
      item.put(at + 4 + size * index, out);
    }
    return at;
  });

/** @param {Float32Array | Int8Array | Int32Array | BigInt64Array} numbers */
export const numbers = (numbers) =>
  elsewhere((out) => {
    const content = Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength);
    const at = out.reserve(8 + content.length);
    out.bytes.writeUInt32LE(numbers.length, at);
    content.copy(out.bytes, at + 4);
    return at;
  });

/** A vector of bytes. @param {Buffer} content */
export const bytes = (content) => numbers(new Int8Array(content));

/**
 * @param {string} identifier Four letters.
 * @param {Record<number, Field>} rootFields
 */
export function flatbuffer(identifier, rootFields) {
  const out = new Writer();
  out.bytes.write(identifier, 4, 'latin1');
  out.bytes.writeUInt32LE(placeTable(rootFields, out), 0);
  for (let part = out.later.shift(); part; part = out.later.shift()) {
    part();
  }
  return out.bytes.subarray(0, out.end);
}

/**
 * @param {Record<number, Field>} fields
 * @param {Writer} out
 */
function placeTable(fields, out) {
  const slotCount = Math.max(...Object.keys(fields).map(Number)) + 1;
  const vtable = out.reserve(4 + 2 * slotCount);
  const at = out.reserve(4 + 4 * Object.keys(fields).length);
  out.bytes.writeUInt16LE(4 + 2 * slotCount, vtable);
  out.bytes.writeUInt16LE(4 + 4 * Object.keys(fields).length, vtable + 2);
  out.bytes.writeInt32LE(at - vtable, at);
  for (const [place, [number, field]] of Object.entries(fields).entries()) {
    out.bytes.writeUInt16LE(4 + 4 * place, vtable + 4 + 2 * Number(number));
    field.put(at + 4 + 4 * place, out);
  }
  return at;
}
