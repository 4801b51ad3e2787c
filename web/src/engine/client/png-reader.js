// Reads a PNG by ourselves, for platforms without a decoder (Node): what this library writes there, and what most programs do.

import { unzlibSync } from 'fflate';
import { HeadstartError } from '../shared/errors.js';

const SIGNATURE = [137, 80, 78, 71, 13, 10, 26, 10];
/** By colour type: grey, RGB, palette, grey with alpha, RGBA. @type {Record<number, number>} */
const CHANNELS = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
const MOST_PIXELS = 1 << 26;

/** @param {Uint8Array} bytes */
export const isPng = (bytes) => SIGNATURE.every((value, i) => bytes[i] === value);

/**
 * 8 bits a channel, not interlaced (PNG specification, third edition); `unsupported` for others.
 * @param {Uint8Array} bytes
 * @returns {{ data: Uint8ClampedArray, width: number, height: number }}
 */
export function readPng(bytes) {
  const { header, palette, alpha, body } = chunksOf(bytes);
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  const [depth, colour, , , interlaced] = header.subarray(8);
  const channels = CHANNELS[colour];
  if (depth !== 8 || !channels || interlaced !== 0) {
    throw new HeadstartError('unsupported', 'expected a PNG of 8 bits a channel, not interlaced');
  }
  if (width === 0 || height === 0 || width * height > MOST_PIXELS) {
    throw damaged('its size');
  }
  const stride = width * channels;
  const rows = new Uint8Array(height * (stride + 1));
  if (unzlibSync(body, { out: rows }).length !== rows.length) {
    throw damaged('its length');
  }
  const plain = unfiltered(rows, height, stride, channels);
  const data = new Uint8ClampedArray(width * height * 4);
  for (let i = 0; i < width * height; i++) {
    const [at, from] = [i * 4, i * channels];
    data[at + 3] = 255;
    if (colour === 3) {
      const index = plain[from];
      if (index * 3 + 2 >= palette.length) {
        throw damaged('its palette');
      }
      data.set(palette.subarray(index * 3, index * 3 + 3), at);
      data[at + 3] = alpha[index] ?? 255;
    } else {
      const isGrey = channels < 3;
      for (let c = 0; c < 3; c++) {
        data[at + c] = plain[from + (isGrey ? 0 : c)];
      }
      if (channels % 2 === 0) {
        data[at + 3] = plain[from + channels - 1];
      }
    }
  }
  return { data, width, height };
}

/** @param {string} what */
const damaged = (what) => new HeadstartError('bad-file', `the PNG is damaged: ${what} is wrong`);

/** @param {Uint8Array} bytes */
function chunksOf(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  /** @type {Record<string, Uint8Array[]>} */
  const found = { IHDR: [], PLTE: [], tRNS: [], IDAT: [] };
  for (let at = SIGNATURE.length; at + 12 <= bytes.length; ) {
    const length = view.getUint32(at);
    if (at + 12 + length > bytes.length) {
      throw damaged('a length in it');
    }
    found[String.fromCharCode(...bytes.subarray(at + 4, at + 8))]?.push(bytes.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  const [header] = found.IHDR;
  if (header?.length !== 13 || found.IDAT.length === 0) {
    throw damaged('what it holds');
  }
  const body = new Uint8Array(found.IDAT.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of found.IDAT) {
    body.set(part, offset);
    offset += part.length;
  }
  return { header, palette: found.PLTE[0] ?? new Uint8Array(), alpha: found.tRNS[0] ?? new Uint8Array(), body };
}

/** @param {Uint8Array} rows each behind the number of its filter @param {number} height @param {number} stride @param {number} channels */
function unfiltered(rows, height, stride, channels) {
  const out = new Uint8Array(height * stride);
  for (let y = 0; y < height; y++) {
    const filter = rows[y * (stride + 1)];
    if (filter > 4) {
      throw damaged('a filter');
    }
    for (let x = 0; x < stride; x++) {
      const at = y * stride + x;
      const left = x < channels ? 0 : out[at - channels];
      const above = y === 0 ? 0 : out[at - stride];
      const corner = x < channels || y === 0 ? 0 : out[at - stride - channels];
      const guess = [0, left, above, (left + above) >> 1, paeth(left, above, corner)][filter];
      out[at] = rows[y * (stride + 1) + 1 + x] + guess;
    }
  }
  return out;
}

/** @param {number} left @param {number} above @param {number} corner */
function paeth(left, above, corner) {
  const guess = left + above - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - above), Math.abs(guess - corner)];
  return a <= b && a <= c ? left : b <= c ? above : corner;
}
