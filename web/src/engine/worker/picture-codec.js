// How a sample's picture is kept: a square outside wasm memory, encoded by the platform.
//
// A sample's embedding is computed from the picture as it is read back, never from the frame it was made of. So another
// backbone, a reload from disk and the saved pictures all start from the same pixels and give the same head.

import { encodePng } from '../shared/png.js';
import { canDraw, canvasContext, canvasIsFalsified, decodeBlob, readBitmap } from './frames.js';

/** @typedef {import('./engine.js').Frame} Frame */
/** @typedef {import('../shared/kept-picture.js').KeptPicture} KeptPicture */

const SMALLEST_SIDE = 224;
export const LARGEST_SIDE = 256;
const JPEG_QUALITY = 0.92; // 224 px: about 15 KB; artefacts far below the noise of a webcam
const LARGEST_KEPT_FILE = 256 * 1024;

/**
 * A backbone of up to 224 px reads the kept picture or a reduction of it, never an enlargement.
 * @param {number} inputSize
 */
export const pictureSide = (inputSize) => Math.min(LARGEST_SIDE, Math.max(SMALLEST_SIDE, inputSize));

/** @returns {'jpeg' | 'png' | 'pixels'} */
export function pictureFormat() {
  if (!canDraw()) {
    return 'pixels';
  }
  return canvasIsFalsified() || !('convertToBlob' in OffscreenCanvas.prototype) ? 'png' : 'jpeg';
}

/**
 * @param {Uint8Array} rgba
 * @param {number} side
 * @returns {Promise<KeptPicture>}
 */
export async function encodePicture(rgba, side) {
  const format = pictureFormat();
  if (format === 'pixels') {
    return { rgba, side };
  }
  if (format === 'png') {
    return encodePng(rgba, side);
  }
  const context = canvasContext(side, side);
  const pixels = new Uint8ClampedArray(/** @type {ArrayBuffer} */ (rgba.buffer), rgba.byteOffset, rgba.byteLength);
  context.putImageData(new ImageData(pixels, side, side), 0, 0);
  return context.canvas.convertToBlob({ type: 'image/jpeg', quality: JPEG_QUALITY });
}

/**
 * The same pixels every time.
 * @param {KeptPicture} picture
 * @returns {Promise<Frame>}
 */
export async function decodePicture(picture) {
  if (picture instanceof Blob) {
    return readBitmap(await decodeBlob(picture));
  }
  return { data: picture.rgba, width: picture.side, height: picture.side, stride: picture.side * 4 };
}

/**
 * A file that is already such a square (out of a saved project) is kept byte for byte: encoding it again would change it.
 * @param {Blob} file
 * @param {{ width: number, height: number }} frame what it shows
 */
export function isKeptAlready(file, { width, height }) {
  return width === height && width >= SMALLEST_SIDE && width <= LARGEST_SIDE && file.size <= LARGEST_KEPT_FILE;
}
