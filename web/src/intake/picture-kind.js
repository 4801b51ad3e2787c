// What a file is and how large its picture would be, from its first bytes, before anything is decoded: a file of a few
// kilobytes can claim gigapixels. Names and types given by the system are not trusted.

import { turnsSideways } from './exif.js';

/**
 * `heic` only some browsers can decode; `other-picture`: pictures that browsers do not show (TIFF, raw, Photoshop).
 *
 * @typedef {'jpeg' | 'png' | 'gif' | 'webp' | 'bmp' | 'avif' | 'heic' | 'svg' | 'other-picture' | 'zip' | 'film' | 'unknown'} PictureKind
 */
/**
 * @typedef {object} PictureHeader
 * @property {PictureKind} kind
 * @property {number} widthPx Of the upright picture; 0 where the header does not tell.
 * @property {number} heightPx
 */

/** An embedded thumbnail and colour profile can push a JPEG's frame header back by this much, seldom by more. */
export const HEADER_BYTES = 256 * 1024;

/**
 * @param {Uint8Array} bytes The start of a file, HEADER_BYTES or the whole file.
 * @returns {PictureHeader}
 */
export function readPictureHeader(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const kind = kindOf(bytes);
  const [widthPx, heightPx] = SIZE_READERS[kind]?.(view) ?? [0, 0];
  return { kind, widthPx, heightPx };
}

/**
 * @param {Uint8Array} bytes The first 64 tell all but an SVG.
 * @returns {PictureKind}
 */
export function kindOf(bytes) {
  /** @param {number} from @param {number} to */
  const text = (from, to) => String.fromCharCode(...bytes.subarray(from, to));
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) {
    return 'jpeg';
  }
  if (text(0, 8) === '\x89PNG\r\n\x1a\n') {
    return 'png';
  }
  if (text(0, 6) === 'GIF87a' || text(0, 6) === 'GIF89a') {
    return 'gif';
  }
  if (text(0, 4) === 'RIFF' && text(8, 12) === 'WEBP') {
    return 'webp';
  }
  if (text(4, 8) === 'ftyp') {
    return kindOfIsoMedia(text(8, 12), text(16, Math.min(bytes.length, 64)));
  }
  if (text(0, 4) === 'PK\x03\x04' || text(0, 4) === 'PK\x05\x06') {
    return 'zip';
  }
  const isQuickTime = ['moov', 'mdat', 'wide'].includes(text(4, 8));
  if (isQuickTime || text(0, 4) === '\x1a\x45\xdf\xa3' || text(0, 4) === 'OggS' || text(8, 12) === 'AVI ') {
    return 'film'; // QuickTime before MP4, Matroska and WebM, Ogg, AVI
  }
  if (text(0, 2) === 'BM' && bytes.length > 26) {
    return 'bmp';
  }
  if (['II*\0', 'MM\0*', '8BPS', 'II+\0', 'FUJI'].includes(text(0, 4))) {
    return 'other-picture';
  }
  return /^\uFEFF?\s*(<\?xml[\s\S]*?)?<svg[\s>]/.test(text(0, 1024)) ? 'svg' : 'unknown';
}

/**
 * ISO 14496-12: the brand of a file that begins with an `ftyp` box.
 *
 * @param {string} brand
 * @param {string} compatible
 * @returns {PictureKind}
 */
function kindOfIsoMedia(brand, compatible) {
  if (brand.startsWith('avi')) {
    return 'avif';
  }
  if (/^(hei|hev)/.test(brand)) {
    return 'heic';
  }
  if (brand === 'mif1' || brand === 'msf1') {
    return compatible.includes('avif') ? 'avif' : 'heic';
  }
  return 'film';
}

/** @type {Partial<Record<PictureKind, (view: DataView) => [number, number]>>} */
const SIZE_READERS = {
  jpeg: sizeOfJpeg,
  png: (view) => (view.byteLength >= 24 ? [view.getUint32(16), view.getUint32(20)] : [0, 0]),
  gif: (view) => (view.byteLength >= 10 ? [view.getUint16(6, true), view.getUint16(8, true)] : [0, 0]),
  bmp: (view) => [Math.abs(view.getInt32(18, true)), Math.abs(view.getInt32(22, true))],
  webp: sizeOfWebp,
};

/**
 * Walks the segments of a JPEG up to its frame header (ITU T.81, B.2.2).
 *
 * @param {DataView} view
 * @returns {[number, number]}
 */
function sizeOfJpeg(view) {
  let at = 2;
  let sideways = false;
  while (at + 9 < view.byteLength) {
    if (view.getUint8(at) !== 0xff) {
      return [0, 0];
    }
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) {
      at += 1; // padding
      continue;
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) {
      const [heightPx, widthPx] = [view.getUint16(at + 5), view.getUint16(at + 7)];
      return sideways ? [heightPx, widthPx] : [widthPx, heightPx];
    }
    if (marker === 0xe1) {
      const length = Math.min(view.getUint16(at + 2) - 2, view.byteLength - at - 4);
      sideways ||= length > 0 && turnsSideways(new DataView(view.buffer, view.byteOffset + at + 4, length));
    }
    const hasNoLength = marker === 0x01 || (marker >= 0xd0 && marker <= 0xd9);
    at += hasNoLength ? 2 : 2 + view.getUint16(at + 2);
  }
  return [0, 0];
}

/**
 * The three layouts of WebP (RFC 9649, 2.5 to 2.7).
 *
 * @param {DataView} view
 * @returns {[number, number]}
 */
function sizeOfWebp(view) {
  if (view.byteLength < 30) {
    return [0, 0];
  }
  const layout = view.getUint8(15);
  if (layout === 'X'.charCodeAt(0)) {
    /** @param {number} at */
    const uint24 = (at) => view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
    return [uint24(24) + 1, uint24(27) + 1];
  }
  if (layout === 'L'.charCodeAt(0)) {
    const bits = view.getUint32(21, true);
    return [(bits & 0x3fff) + 1, ((bits >> 14) & 0x3fff) + 1];
  }
  return [view.getUint16(26, true) & 0x3fff, view.getUint16(28, true) & 0x3fff];
}
