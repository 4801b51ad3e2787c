// Pixels as PNG (pictures) and as YUV4MPEG2 (what a browser's pretended camera plays).

import { crc32, deflateSync } from 'node:zlib';

/** @typedef {import('./rasteriser.mjs').Pixels} Pixels */

/**
 * A PNG without filters (RFC 2083): 8 bits, RGB.
 *
 * @param {Pixels} picture
 */
export function encodePng({ data, width, height }) {
  const rows = Buffer.alloc(height * (1 + 3 * width));
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const from = 4 * (row * width + column);
      rows.set(data.subarray(from, from + 3), row * (1 + 3 * width) + 1 + 3 * column);
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    pngChunk('IHDR', header),
    pngChunk('IDAT', deflateSync(rows)),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}

/**
 * @param {string} type
 * @param {Buffer} content
 */
function pngChunk(type, content) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.length);
  checksum.writeUInt32BE(crc32(body) >>> 0);
  return Buffer.concat([length, body, checksum]);
}

/**
 * Pictures of one size as a film of 4:2:0 frames, colours after BT.601 in studio range.
 *
 * @param {Pixels[]} pictures Width and height even.
 * @param {number} [framesPerSecond]
 */
export function encodeY4m(pictures, framesPerSecond = 30) {
  const { width, height } = pictures[0];
  const parts = [Buffer.from(`YUV4MPEG2 W${width} H${height} F${framesPerSecond}:1 Ip A1:1 C420\n`)];
  for (const picture of pictures) {
    parts.push(Buffer.from('FRAME\n'), yuv420(picture));
  }
  return Buffer.concat(parts);
}

/** @param {Pixels} picture */
function yuv420({ data, width, height }) {
  const luma = Buffer.alloc(width * height);
  const [blue, red] = [Buffer.alloc((width * height) / 4), Buffer.alloc((width * height) / 4)];
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const from = 4 * (row * width + column);
      const [r, g, b] = [data[from], data[from + 1], data[from + 2]];
      luma[row * width + column] = 16 + 0.257 * r + 0.504 * g + 0.098 * b;
      if (row % 2 === 0 && column % 2 === 0) {
        const at = (row / 2) * (width / 2) + column / 2;
        blue[at] = 128 - 0.148 * r - 0.291 * g + 0.439 * b;
        red[at] = 128 + 0.439 * r - 0.368 * g - 0.071 * b;
      }
    }
  }
  return Buffer.concat([luma, blue, red]);
}
