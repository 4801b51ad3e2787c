/**
 * Archives of pictures, read piece by piece from the file and never as a whole.
 *
 * An archive comes from anywhere, so nothing in it is believed: every offset and length is checked against the file,
 * entries may not overlap (the trick of compact zip bombs), what inflates beyond its stated size is refused, and names
 * are only ever shown, never used as paths. Format: APPNOTE.TXT 6.3.10, sections 4.3 and 4.4.
 */

import { crc32 } from '../engine/shared/crc32.js';
import { UnreadableError } from './unreadable.js';

/**
 * @typedef {object} ZipEntry
 * @property {string} path As stored, parts separated by `/`.
 * @property {() => Promise<Blob>} read
 */
/**
 * @typedef {object} Listing
 * @property {string} path
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

/**
 * Lists the files of an archive, in its order; folders are left out.
 *
 * @param {Blob} file
 * @returns {Promise<ZipEntry[]>}
 */
export async function openZip(file) {
  const { directoryAt, directoryBytes, entryCount } = await readEnd(file);
  const directory = await viewOf(file, directoryAt, directoryBytes);
  const listings = readDirectory(directory, entryCount, directoryAt);
  return listings
    .filter(({ path }) => !path.endsWith('/'))
    .map((listing) => ({ path: listing.path, read: () => readEntry(file, listing) }));
}

/** Finds the record at the end that says where the directory is. @param {Blob} file */
async function readEnd(file) {
  const tailAt = Math.max(0, file.size - END_BYTES - LONGEST_COMMENT);
  const tail = await viewOf(file, tailAt, file.size - tailAt);
  for (let at = tail.byteLength - END_BYTES; at >= 0; at -= 1) {
    const commentFits = () => at + END_BYTES + tail.getUint16(at + 20, true) <= tail.byteLength;
    if (tail.getUint32(at, true) !== END_SIGNATURE || !commentFits()) {
      continue;
    }
    const entryCount = tail.getUint16(at + 10, true);
    const directoryBytes = tail.getUint32(at + 12, true);
    const directoryAt = tail.getUint32(at + 16, true);
    if (directoryAt === 0xffffffff || entryCount === 0xffff) {
      throw new UnreadableError('zip-unsupported', 'zip64');
    }
    if (directoryAt + directoryBytes > tailAt + at) {
      throw broken('the directory reaches beyond the file');
    }
    if (entryCount > MOST_ENTRIES || directoryBytes > MOST_DIRECTORY_BYTES) {
      throw new UnreadableError('zip-too-large', `${entryCount} files`);
    }
    return { directoryAt, directoryBytes, entryCount };
  }
  throw broken('no directory');
}

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
    const nextAt =
      at + DIRECTORY_BYTES + nameBytes + directory.getUint16(at + 30, true) + directory.getUint16(at + 32, true);
    if (nextAt > directory.byteLength) {
      throw broken(`name of directory entry ${index}`);
    }
    const listing = {
      path: decodeName(directory, at + DIRECTORY_BYTES, nameBytes, (flags & UTF8_FLAG) !== 0),
      method: directory.getUint16(at + 10, true),
      crc: directory.getUint32(at + 16, true),
      packedBytes: directory.getUint32(at + 20, true),
      bytes: directory.getUint32(at + 24, true),
      headerAt: directory.getUint32(at + 42, true),
    };
    if ((flags & ENCRYPTED_FLAG) !== 0) {
      throw new UnreadableError('zip-encrypted', listing.path);
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
  for (const { headerAt, packedBytes, path } of [...listings].sort((a, b) => a.headerAt - b.headerAt)) {
    const end = headerAt + LOCAL_BYTES + packedBytes;
    if (headerAt < freeFrom || end > directoryAt) {
      throw broken(`${path} overlaps`);
    }
    freeFrom = end;
  }
}

/**
 * @param {Blob} file
 * @param {Listing} listing
 * @returns {Promise<Blob>}
 */
async function readEntry(file, { method, crc, packedBytes, bytes, headerAt }) {
  if (bytes > MOST_BYTES_PER_ENTRY || packedBytes > MOST_BYTES_PER_ENTRY) {
    throw new UnreadableError('too-large', `${bytes} bytes`);
  }
  const header = await viewOf(file, headerAt, LOCAL_BYTES);
  if (header.getUint32(0, true) !== LOCAL_SIGNATURE) {
    throw broken('local header');
  }
  const dataAt = headerAt + LOCAL_BYTES + header.getUint16(26, true) + header.getUint16(28, true);
  if (dataAt + packedBytes > file.size) {
    throw broken('the file ends early');
  }
  const packed = file.slice(dataAt, dataAt + packedBytes);
  const content = await unpack(packed, method, bytes);
  if (content.byteLength !== bytes || crc32(content) !== crc) {
    throw broken('checksum');
  }
  return new Blob([content]);
}

/**
 * @param {Blob} packed
 * @param {number} method
 * @param {number} bytes
 */
async function unpack(packed, method, bytes) {
  if (method === 0) {
    return new Uint8Array(await packed.arrayBuffer());
  }
  if (method === 8) {
    const { inflate } = await import('./inflate.js');
    return inflate(packed, bytes);
  }
  throw new UnreadableError('zip-unsupported', `compression method ${method}`);
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

/**
 * UTF-8 where the archive says so or it looks so (macOS forgets to say); else what old Windows programs wrote.
 *
 * @param {DataView} view
 * @param {number} at
 * @param {number} byteCount
 * @param {boolean} isUtf8
 */
function decodeName(view, at, byteCount, isUtf8) {
  const bytes = new Uint8Array(view.buffer, view.byteOffset + at, byteCount);
  let name;
  try {
    name = new TextDecoder('utf-8', { fatal: !isUtf8 }).decode(bytes);
  } catch {
    name = new TextDecoder('windows-1252').decode(bytes);
  }
  return name.replaceAll('\\', '/');
}

/** @param {string} detail */
function broken(detail) {
  return new UnreadableError('zip-broken', detail);
}
