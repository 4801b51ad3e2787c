// Writes a PNG by ourselves, for platforms without an encoder (Node) or with one that alters pixels.

import { crc32 } from './crc32.js';

const SIGNATURE = [137, 80, 78, 71, 13, 10, 26, 10];
const FILTER_UP = 2; // most of a photograph is like the row above, and it costs one subtraction

/**
 * @param {Uint8Array | Uint8ClampedArray} rgba alpha is left out
 * @param {number} side
 * @returns {Promise<Blob>}
 */
export async function encodePng(rgba, side) {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, side);
  view.setUint32(4, side);
  header.set([8, 2, 0, 0, 0], 8); // 8 bits, RGB, deflate, adaptive filters, not interlaced
  const packed = await deflate(filterRows(rgba, side));
  const parts = [
    new Uint8Array(SIGNATURE),
    chunk('IHDR', header),
    chunk('IDAT', packed),
    chunk('IEND', new Uint8Array()),
  ];
  return new Blob(parts, { type: 'image/png' });
}

/** @param {Uint8Array | Uint8ClampedArray} rgba @param {number} side */
function filterRows(rgba, side) {
  const rows = new Uint8Array(side * (1 + side * 3));
  let out = 0;
  for (let y = 0; y < side; y++) {
    rows[out++] = FILTER_UP;
    for (let x = 0; x < side; x++) {
      const at = (y * side + x) * 4;
      for (let channel = 0; channel < 3; channel++) {
        const above = y === 0 ? 0 : rgba[at - side * 4 + channel];
        rows[out++] = rgba[at + channel] - above;
      }
    }
  }
  return rows;
}

/** @param {Uint8Array<ArrayBuffer>} bytes */
async function deflate(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream('deflate'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** @param {string} type @param {Uint8Array<ArrayBuffer>} body */
function chunk(type, body) {
  const bytes = new Uint8Array(body.length + 12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, body.length);
  for (let i = 0; i < 4; i++) {
    bytes[4 + i] = type.charCodeAt(i);
  }
  bytes.set(body, 8);
  view.setUint32(8 + body.length, crc32(bytes.subarray(4, 8 + body.length)));
  return bytes;
}
