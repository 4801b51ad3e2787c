// Archives of pictures, read piece by piece from the file and never as a whole.
//
// An archive comes from anywhere, so nothing in it is believed: every offset and length is checked against the file,
// entries may not overlap (the trick of compact zip bombs), and names are only ever shown, never used as paths. Format: APPNOTE.TXT 6.3.10, sections 4.3 and 4.4.

import { crc32 } from '../engine/shared/crc32.js';
import { codePagesFor, decodeWith } from './code-pages.js';
import { UnreadableError } from './unreadable.js';

/**
 * @typedef {object} ZipEntry
 * @property {string} path As stored, parts separated by `/`.
 * @property {() => Promise<import('./unpack.js').Packed>} find Where its bytes lie, still packed.
 * @property {(codePage: string) => string} pathIn The path in another code page.
 */
/**
 * @typedef {object} ZipListing
 * @property {ZipEntry[]} entries
 * @property {string[]} codePages Those that the names could be written in, the one that was taken first.
 */
/**
 * @typedef {object} Listing
 * @property {Uint8Array} name
 * @property {string | null} knownName Where the archive says how it is written.
 * @property {number} method 0: stored, 8: deflated.
 * @property {number} crc
 * @property {number} packedBytes
 * @property {number} bytes
 * @property {number} headerAt
 */

const MOST_ENTRIES = 50_000;
const MOST_BYTES_PER_ENTRY = 64 * 1024 * 1024;
const MOST_BYTES_TOGETHER = 4 * 1024 * 1024 * 1024;
const MOST_DIRECTORY_BYTES = 16 * 1024 * 1024;

const END_SIGNATURE = 0x06054b50;
const END_BYTES = 22;
const LONGEST_COMMENT = 0xffff;
const DIRECTORY_SIGNATURE = 0x02014b50;
const DIRECTORY_BYTES = 46;
const LOCAL_SIGNATURE = 0x04034b50;
const LOCAL_BYTES = 30;
const ENCRYPTED_FLAG = 0x0001;
const UTF8_FLAG = 0x0800;
/** Larger than 4 GiB, or more than 65,535 files (APPNOTE 4.3.14 to 4.3.16 and 4.5.3). */
const ZIP64_END_SIGNATURE = 0x06064b50;
const ZIP64_END_BYTES = 56;
const ZIP64_LOCATOR_SIGNATURE = 0x07064b50;
const ZIP64_LOCATOR_BYTES = 20;
const ZIP64_FIELD = 0x0001;
/** Info-ZIP's: the name once more, in UTF-8 (APPNOTE 4.6.9). */
const UNICODE_NAME_FIELD = 0x7075;

/**
 * Lists the files of an archive, in its order; folders are left out.
 *
 * @param {Blob} file
 * @returns {Promise<ZipListing>}
 */
export async function openZip(file) {
  const { directoryAt, directoryBytes, entryCount } = await readEnd(file);
  const directory = await viewOf(file, directoryAt, directoryBytes);
  const listings = readDirectory(directory, entryCount, directoryAt);
  const codePages = codePagesFor(listings.filter(({ knownName }) => knownName === null).map(({ name }) => name));
  const entries = listings.map((listing) => {
    /** @param {string} codePage */
    const pathIn = (codePage) => (listing.knownName ?? decodeWith(listing.name, codePage)).replaceAll('\\', '/');
    return { path: pathIn(codePages[0]), pathIn, find: () => findEntry(file, listing) };
  });
  return { entries: entries.filter(({ path }) => !path.endsWith('/')), codePages };
}

/** Finds the record at the end that says where the directory is. @param {Blob} file */
async function readEnd(file) {
  const tailAt = Math.max(0, file.size - END_BYTES - LONGEST_COMMENT - ZIP64_LOCATOR_BYTES);
  const tail = await viewOf(file, tailAt, file.size - tailAt);
  for (let at = tail.byteLength - END_BYTES; at >= 0; at -= 1) {
    const commentFits = () => at + END_BYTES + tail.getUint16(at + 20, true) <= tail.byteLength;
    if (tail.getUint32(at, true) !== END_SIGNATURE || !commentFits()) {
      continue;
    }
    const end = (await readZip64End(file, tail, tailAt, at)) ?? {
      entryCount: tail.getUint16(at + 10, true),
      directoryBytes: tail.getUint32(at + 12, true),
      directoryAt: tail.getUint32(at + 16, true),
    };
    if (end.directoryAt + end.directoryBytes > tailAt + at) {
      throw broken('the directory reaches beyond the file');
    }
    if (end.entryCount > MOST_ENTRIES || end.directoryBytes > MOST_DIRECTORY_BYTES) {
      throw new UnreadableError('zip-too-large', `${end.entryCount} files`);
    }
    return end;
  }
  throw broken('no directory');
}

/**
 * The record of large archives, where there is one before the end.
 *
 * @param {Blob} file
 * @param {DataView} tail
 * @param {number} tailAt
 * @param {number} endAt Of the usual record, within the tail.
 */
async function readZip64End(file, tail, tailAt, endAt) {
  const locatorAt = endAt - ZIP64_LOCATOR_BYTES;
  if (locatorAt < 0 || tail.getUint32(locatorAt, true) !== ZIP64_LOCATOR_SIGNATURE) {
    return null;
  }
  const recordAt = readUint64(tail, locatorAt + 8);
  if (recordAt + ZIP64_END_BYTES > tailAt + locatorAt) {
    throw broken('the record of large archives');
  }
  const record = await viewOf(file, recordAt, ZIP64_END_BYTES);
  if (record.getUint32(0, true) !== ZIP64_END_SIGNATURE) {
    throw broken('the record of large archives');
  }
  return {
    entryCount: readUint64(record, 32),
    directoryBytes: readUint64(record, 40),
    directoryAt: readUint64(record, 48),
  };
}

/** Beyond 2^53 no offset fits a file; what is rounded there is refused as too far. @param {DataView} view @param {number} at */
const readUint64 = (view, at) => view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32;

/**
 * @param {DataView} directory
 * @param {number} entryCount
 * @param {number} directoryAt
 */
function readDirectory(directory, entryCount, directoryAt) {
  /** @type {Listing[]} */
  const listings = [];
  let at = 0;
  let bytesTogether = 0;
  for (let index = 0; index < entryCount; index += 1) {
    if (at + DIRECTORY_BYTES > directory.byteLength || directory.getUint32(at, true) !== DIRECTORY_SIGNATURE) {
      throw broken(`directory entry ${index}`);
    }
    const flags = directory.getUint16(at + 8, true);
    const nameBytes = directory.getUint16(at + 28, true);
    const extraBytes = directory.getUint16(at + 30, true);
    const extraAt = at + DIRECTORY_BYTES + nameBytes;
    const nextAt = extraAt + extraBytes + directory.getUint16(at + 32, true);
    if (nextAt > directory.byteLength) {
      throw broken(`name of directory entry ${index}`);
    }
    const name = new Uint8Array(directory.buffer, directory.byteOffset + at + DIRECTORY_BYTES, nameBytes);
    const fields = readExtraFields(directory, extraAt, extraBytes);
    const large = wideNumbers(fields.get(ZIP64_FIELD));
    const listing = {
      name,
      knownName: knownNameOf(name, fields, (flags & UTF8_FLAG) !== 0),
      method: directory.getUint16(at + 10, true),
      crc: directory.getUint32(at + 16, true),
      // In this order, and only those that did not fit.
      bytes: large(directory.getUint32(at + 24, true)),
      packedBytes: large(directory.getUint32(at + 20, true)),
      headerAt: large(directory.getUint32(at + 42, true)),
    };
    if ((flags & ENCRYPTED_FLAG) !== 0) {
      throw new UnreadableError('zip-encrypted', `entry ${index}`);
    }
    bytesTogether += listing.bytes;
    listings.push(listing);
    at = nextAt;
  }
  if (bytesTogether > MOST_BYTES_TOGETHER) {
    throw new UnreadableError('zip-too-large', `${bytesTogether} bytes unpacked`);
  }
  refuseOverlap(listings, directoryAt);
  return listings;
}

/**
 * @param {Listing[]} listings
 * @param {number} directoryAt
 */
function refuseOverlap(listings, directoryAt) {
  let freeFrom = 0;
  for (const { headerAt, packedBytes } of [...listings].sort((a, b) => a.headerAt - b.headerAt)) {
    const end = headerAt + LOCAL_BYTES + packedBytes;
    if (headerAt < freeFrom || end > directoryAt) {
      throw broken(`the entry at ${headerAt} overlaps`);
    }
    freeFrom = end;
  }
}

/**
 * @param {DataView} directory
 * @param {number} at
 * @param {number} byteCount
 * @returns {Map<number, DataView>}
 */
function readExtraFields(directory, at, byteCount) {
  const fields = new Map();
  const end = at + byteCount;
  while (at + 4 <= end) {
    const length = directory.getUint16(at + 2, true);
    if (at + 4 + length > end) {
      break; // old programs pad with anything
    }
    fields.set(directory.getUint16(at, true), new DataView(directory.buffer, directory.byteOffset + at + 4, length));
    at += 4 + length;
  }
  return fields;
}

/** Reads numbers that did not fit into 32 bits from their field, one after the other. @param {DataView | undefined} field */
function wideNumbers(field) {
  let at = 0;
  /** @param {number} value */
  return (value) => {
    if (value !== 0xffffffff) {
      return value;
    }
    if (!field || at + 8 > field.byteLength) {
      return value;
    }
    at += 8;
    return readUint64(field, at - 8);
  };
}

/**
 * The name, where the archive says how it is written.
 *
 * @param {Uint8Array} name
 * @param {Map<number, DataView>} fields
 * @param {boolean} isUtf8
 */
function knownNameOf(name, fields, isUtf8) {
  const unicode = fields.get(UNICODE_NAME_FIELD);
  if (!isUtf8 && unicode && unicode.byteLength > 5 && unicode.getUint32(1, true) === crc32(name)) {
    return new TextDecoder().decode(new Uint8Array(unicode.buffer, unicode.byteOffset + 5, unicode.byteLength - 5));
  }
  return isUtf8 ? new TextDecoder().decode(name) : null;
}

/**
 * @param {Blob} file
 * @param {Listing} listing
 * @returns {Promise<import('./unpack.js').Packed>}
 */
async function findEntry(file, { method, crc, packedBytes, bytes, headerAt }) {
  if (bytes > MOST_BYTES_PER_ENTRY || packedBytes > MOST_BYTES_PER_ENTRY) {
    throw new UnreadableError('too-large', `${bytes} bytes`);
  }
  if (method !== 0 && method !== 8) {
    throw new UnreadableError('zip-unsupported', `compression method ${method}`);
  }
  const header = await viewOf(file, headerAt, LOCAL_BYTES);
  if (header.getUint32(0, true) !== LOCAL_SIGNATURE) {
    throw broken('local header');
  }
  const dataAt = headerAt + LOCAL_BYTES + header.getUint16(26, true) + header.getUint16(28, true);
  if (dataAt + packedBytes > file.size) {
    throw broken('the file ends early');
  }
  return { packed: file.slice(dataAt, dataAt + packedBytes), isDeflated: method === 8, bytes, crc };
}

/**
 * @param {Blob} file
 * @param {number} at
 * @param {number} byteCount
 */
async function viewOf(file, at, byteCount) {
  const buffer = await file.slice(at, at + byteCount).arrayBuffer();
  if (buffer.byteLength < byteCount) {
    throw broken('the file ends early');
  }
  return new DataView(buffer);
}

/** @param {string} detail */
function broken(detail) {
  return new UnreadableError('zip-broken', detail);
}
