// What fills a module's table of functions, written short.
//
// wasm-split leaves holes in the table where functions moved away, and then writes every entry as an expression: three
// to four bytes where the index alone takes one or two, in a form that older browsers do not read. Here one segment with
// holes becomes several of plain indices, one for each run between holes
// (https://webassembly.github.io/spec/core/binary/modules.html#element-section).

const ELEMENT_SECTION = 9;
const MAGIC_BYTES = 8;
/** How a segment begins: into the first table when the module starts, as indices or as expressions. */
const INDICES = 0;
const EXPRESSIONS = 4;
const END = 0x0b;
const I32_CONST = 0x41;
const REF_NULL = 0xd0;
const REF_FUNC = 0xd2;

class Reader {
  /** @param {Uint8Array} bytes */
  constructor(bytes, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  byte() {
    if (this.at >= this.bytes.length) {
      throw new Error('expected more bytes in the module');
    }
    return this.bytes[this.at++];
  }

  /** @param {number[]} expected */
  expect(...expected) {
    const byte = this.byte();
    if (!expected.includes(byte)) {
      const wanted = expected.map((value) => `0x${value.toString(16)}`).join(' or ');
      throw new Error(`expected ${wanted} at byte ${this.at - 1} of the section, got 0x${byte.toString(16)}`);
    }
    return byte;
  }

  /** LEB128. @param {boolean} [isSigned] */
  number(isSigned = false) {
    let [value, shift, byte] = [0, 0, 0];
    do {
      byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      shift += 7;
    } while (byte & 0x80);
    return isSigned && byte & 0x40 ? value - 2 ** shift : value;
  }
}

/** LEB128. @param {number} value @param {boolean} [isSigned] */
function numberBytes(value, isSigned = false) {
  const bytes = [];
  const last = isSigned ? 0x40 : 0x80;
  let rest = value;
  for (; rest >= last || rest < -last; rest = Math.floor(rest / 128)) {
    bytes.push((rest & 0x7f) | 0x80);
  }
  bytes.push(rest & 0x7f);
  return bytes;
}

/** Where in the table a segment begins. @param {Reader} reader */
function readOffset(reader) {
  reader.expect(I32_CONST);
  const offset = reader.number(true);
  reader.expect(END);
  return offset;
}

/** The function of an entry; null is a hole. @param {Reader} reader @param {number} form */
function readEntry(reader, form) {
  if (form === INDICES) {
    return reader.number();
  }
  const isHole = reader.expect(REF_NULL, REF_FUNC) === REF_NULL;
  const index = isHole ? reader.byte() : reader.number(); // of a hole: its type
  reader.expect(END);
  return isHole ? null : index;
}

/** @param {number} offset @param {number[]} functions */
function segmentBytes(offset, functions) {
  const start = [INDICES, I32_CONST, ...numberBytes(offset, true), END];
  return [...start, ...numberBytes(functions.length), ...functions.flatMap((index) => numberBytes(index))];
}

/** @param {Uint8Array} section @returns {number[]} */
function shortSection(section) {
  const reader = new Reader(section);
  /** @type {number[][]} */
  const segments = [];
  for (let count = reader.number(); count > 0; count--) {
    const form = reader.expect(INDICES, EXPRESSIONS);
    const offset = readOffset(reader);
    const length = reader.number();
    /** @type {number[]} */
    let run = [];
    for (let i = 0; i <= length; i++) {
      const entry = i < length ? readEntry(reader, form) : null;
      if (entry !== null) {
        run.push(entry);
      } else if (run.length > 0) {
        segments.push(segmentBytes(offset + i - run.length, run));
        run = [];
      }
    }
  }
  if (reader.at !== section.length) {
    throw new Error(`expected the section to end after ${reader.at} bytes, it has ${section.length}`);
  }
  return [...numberBytes(segments.length), ...segments.flat()];
}

/**
 * The same module, its table filled by segments of plain indices.
 *
 * @param {Uint8Array} module
 */
export function shortenElements(module) {
  const reader = new Reader(module, MAGIC_BYTES);
  const parts = [module.subarray(0, MAGIC_BYTES)];
  while (reader.at < module.length) {
    const start = reader.at;
    const id = reader.byte();
    const size = reader.number();
    const content = module.subarray(reader.at, reader.at + size);
    reader.at += size;
    if (id === ELEMENT_SECTION) {
      const short = shortSection(content);
      parts.push(Uint8Array.from([id, ...numberBytes(short.length), ...short]));
    } else {
      parts.push(module.subarray(start, reader.at));
    }
  }
  return Buffer.concat(parts);
}
