// Odd files for the intake's tests, made on the spot from what a browser encodes.

import { crc32, deflateRawSync } from 'node:zlib';

/**
 * A JPEG of two colours, its left half red and its right half blue, encoded by the page's browser.
 *
 * @param {import('@playwright/test').Page} page
 * @param {number} width
 * @param {number} height
 * @param {string} [type]
 * @returns {Promise<Buffer>}
 */
export async function encodeInPage(page, width, height, type = 'image/jpeg') {
  const base64 = await page.evaluate(
    async ([widthPx, heightPx, mime]) => {
      const canvas = new OffscreenCanvas(widthPx, heightPx);
      const context = canvas.getContext('2d');
      context.fillStyle = 'rgb(220,20,20)';
      context.fillRect(0, 0, widthPx / 2, heightPx);
      context.fillStyle = 'rgb(20,20,220)';
      context.fillRect(widthPx / 2, 0, widthPx / 2, heightPx);
      const blob = await canvas.convertToBlob({ type: mime, quality: 0.9 });
      const bytes = new Uint8Array(await blob.arrayBuffer());
      let text = '';
      for (let at = 0; at < bytes.length; at += 32768) {
        text += String.fromCharCode(...bytes.subarray(at, at + 32768));
      }
      return btoa(text);
    },
    /** @type {const} */ ([width, height, type]),
  );
  return Buffer.from(base64, 'base64');
}

/**
 * The same JPEG with an EXIF orientation (CIPA DC-008): 6 is "turn me clockwise to see me upright".
 *
 * @param {Buffer} jpeg
 * @param {number} orientation
 */
export function withOrientation(jpeg, orientation) {
  const tiff = Buffer.alloc(26);
  tiff.write('MM\0*', 0, 'latin1');
  tiff.writeUInt32BE(8, 4);
  tiff.writeUInt16BE(1, 8); // one entry
  tiff.writeUInt16BE(0x0112, 10);
  tiff.writeUInt16BE(3, 12); // a 16-bit number
  tiff.writeUInt32BE(1, 14);
  tiff.writeUInt16BE(orientation, 18);
  const content = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff]);
  const head = Buffer.from([0xff, 0xe1, 0, 0]);
  head.writeUInt16BE(content.length + 2, 2);
  return Buffer.concat([jpeg.subarray(0, 2), head, content, jpeg.subarray(2)]);
}

/** What an iPhone writes, as far as anybody looks who cannot decode it. */
export function heicLike() {
  const box = Buffer.alloc(1024);
  box.writeUInt32BE(24, 0);
  box.write('ftypheic\0\0\0\0mif1heic', 4, 'latin1');
  return box;
}

/** A PNG of a few bytes that claims a gigapixel. */
export function gigapixelPng() {
  const bytes = Buffer.alloc(64);
  bytes.write('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 0, 'latin1');
  bytes.writeUInt32BE(40_000, 16);
  bytes.writeUInt32BE(40_000, 20);
  bytes.set([8, 2], 24);
  return bytes;
}

/**
 * @typedef {object} ZipFile
 * @property {string | Buffer} name
 * @property {Buffer} content
 * @property {boolean} [deflate]
 * @property {number} [flags]
 * @property {number} [statedBytes] A lie about the unpacked size.
 * @property {number} [crc] A lie about the checksum.
 * @property {number} [headerAt] A lie about the place.
 */

/**
 * A zip archive (APPNOTE.TXT 4.3), with lies where the test wants them.
 *
 * @param {ZipFile[]} files
 */
export function zipOf(files) {
  /** @type {Buffer[]} */
  const parts = [];
  /** @type {Buffer[]} */
  const directory = [];
  let at = 0;
  for (const file of files) {
    const name = Buffer.from(file.name);
    const packed = file.deflate ? deflateRawSync(file.content) : file.content;
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(file.flags ?? 0x0800, 2);
    common.writeUInt16LE(file.deflate ? 8 : 0, 4);
    common.writeUInt32LE(file.crc ?? crc32(file.content), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(file.statedBytes ?? file.content.length, 18);
    common.writeUInt16LE(name.length, 22);
    const entry = Buffer.alloc(46);
    entry.write('PK\x01\x02', 0, 'latin1');
    entry.writeUInt16LE(20, 4);
    common.copy(entry, 6);
    entry.writeUInt32LE(file.headerAt ?? at, 42);
    directory.push(entry, name);
    parts.push(Buffer.from('PK\x03\x04', 'latin1'), common, name, packed);
    at += 30 + name.length + packed.length;
  }
  const directoryBytes = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(directoryBytes.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, directoryBytes, end]);
}

/**
 * The same archive with the records of large ones (APPNOTE 4.3.14 and 4.3.15): the usual end says only that they are there.
 *
 * @param {Buffer} zip
 */
export function asZip64(zip) {
  const end = Buffer.from(zip.subarray(zip.length - 22));
  const record = Buffer.alloc(56);
  record.write('PK\x06\x06', 0, 'latin1');
  record.writeBigUInt64LE(44n, 4);
  record.writeBigUInt64LE(BigInt(end.readUInt16LE(8)), 24);
  record.writeBigUInt64LE(BigInt(end.readUInt16LE(10)), 32);
  record.writeBigUInt64LE(BigInt(end.readUInt32LE(12)), 40);
  record.writeBigUInt64LE(BigInt(end.readUInt32LE(16)), 48);
  const locator = Buffer.alloc(20);
  locator.write('PK\x06\x07', 0, 'latin1');
  locator.writeBigUInt64LE(BigInt(zip.length - 22), 8);
  locator.writeUInt32LE(1, 16);
  end.fill(0xff, 8, 20);
  return Buffer.concat([zip.subarray(0, zip.length - 22), record, locator, end]);
}
