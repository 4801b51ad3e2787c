// The caller's side: turns whatever shows a picture into a message that owns its pixels. Nothing of the caller's is
// changed or transferred.

import { foreignPicture, HeadstartError, requireArgument, show } from '../shared/errors.js';
import { layOnWhite } from '../shared/pixels.js';
import { checkFlag, checkOptions } from './checks.js';

/** @typedef {import('../headstart.d.ts').CropRectangle} CropRectangle */
/** @typedef {import('../headstart.d.ts').Pixels} Pixels */
/**
 * @typedef {{ kind: 'pixels', data: Uint8Array<ArrayBuffer>, width: number, height: number, stride: number }
 *   | { kind: 'bitmap', bitmap: ImageBitmap }
 *   | { kind: 'video-frame', frame: VideoFrame }
 *   | { kind: 'blob', blob: Blob }} FrameMessage
 */
/** @typedef {{ message: FrameMessage, transfer: Transferable[] }} PackedPicture */

const MOST_PIXELS = 1 << 27; // 512 MB of RGBA: beyond every camera, within every wasm memory

/**
 * What a call to the engine takes: the picture as it is now, how to look at it, and what else the call needs.
 *
 * @template {object} More
 * @param {any} picture
 * @param {import('../headstart.d.ts').PictureOptions | undefined} options
 * @param {More} more
 */
export async function packWith(picture, options, more) {
  const checked = checkPictureOptions(options);
  try {
    const { message, transfer } = await packPicture(picture);
    return { args: { message, ...checked, ...more }, transfer };
  } catch (cause) {
    throw pictureError(cause);
  }
}

/**
 * @param {unknown} picture
 * @returns {PackedPicture | Promise<PackedPicture>} a promise only where the platform has no other way
 */
function packPicture(picture) {
  requireArgument(picture !== null && typeof picture === 'object', `expected a picture, got ${show(picture)}`);
  // Tags instead of instanceof, so that pictures of another frame or realm count too.
  switch (Object.prototype.toString.call(picture).slice(8, -1)) {
    case 'VideoFrame':
      return packVideoFrame(/** @type {VideoFrame} */ (picture).clone());
    case 'ImageBitmap':
      return packBitmap(createImageBitmap(/** @type {ImageBitmap} */ (picture)));
    case 'Blob':
    case 'File':
      return { message: { kind: 'blob', blob: /** @type {Blob} */ (picture) }, transfer: [] };
    case 'HTMLVideoElement':
      return packVideo(/** @type {HTMLVideoElement} */ (picture));
    case 'HTMLImageElement': {
      const image = /** @type {HTMLImageElement} */ (picture);
      requireArgument(image.complete && image.naturalWidth > 0, 'the image has not loaded (await its decode() first)');
      return packBitmap(createImageBitmap(image));
    }
    case 'HTMLCanvasElement':
    case 'OffscreenCanvas': {
      const canvas = /** @type {HTMLCanvasElement} */ (picture);
      requireArgument(canvas.width > 0 && canvas.height > 0, 'the canvas is empty: its width or height is 0');
      return packBitmap(createImageBitmap(canvas));
    }
    default:
      return packPixels(/** @type {Pixels} */ (picture));
  }
}

/** @param {HTMLVideoElement} video */
function packVideo(video) {
  requireArgument(video.readyState >= 2 && video.videoWidth > 0, 'the video shows no picture yet');
  if (typeof VideoFrame === 'function') {
    try {
      return packVideoFrame(new VideoFrame(video));
    } catch (cause) {
      // Some browsers refuse frames of some sources (protected, just switched); a bitmap may still work.
      if (cause instanceof Error && cause.name === 'SecurityError') {
        throw cause;
      }
    }
  }
  return packBitmap(createImageBitmap(video));
}

/** @param {VideoFrame} frame @returns {PackedPicture} */
function packVideoFrame(frame) {
  return { message: { kind: 'video-frame', frame }, transfer: [frame] };
}

/** @param {Promise<ImageBitmap>} pending @returns {Promise<PackedPicture>} */
async function packBitmap(pending) {
  const bitmap = await pending;
  return { message: { kind: 'bitmap', bitmap }, transfer: [bitmap] };
}

/** @param {Pixels} pixels @returns {PackedPicture} */
function packPixels({ data, width, height, stride }) {
  const isBytes = data instanceof Uint8ClampedArray || data instanceof Uint8Array || ArrayBuffer.isView(data);
  const oneByteEach = isBytes && /** @type {any} */ (data).BYTES_PER_ELEMENT === 1;
  requireArgument(
    oneByteEach,
    'expected a picture as { data, width, height } with RGBA bytes, or one of the kinds that the browser shows',
  );
  for (const [name, value] of Object.entries({ width, height })) {
    requireArgument(
      Number.isInteger(value) && value >= 1,
      `picture ${name} must be a whole number from 1 on, got ${show(value)}`,
    );
  }
  requireArgument(width * height <= MOST_PIXELS, `a picture may have ${MOST_PIXELS} pixels, got ${width} × ${height}`);
  const rowBytes = stride ?? width * 4;
  requireArgument(
    Number.isInteger(rowBytes) && rowBytes >= width * 4,
    `picture stride must be at least ${width * 4} bytes, got ${show(rowBytes)}`,
  );
  const byteCount = (height - 1) * rowBytes + width * 4;
  requireArgument(
    data.byteLength >= byteCount,
    `a picture of ${width} × ${height} has ${byteCount} RGBA bytes, got ${data.byteLength}`,
  );
  const copy = new Uint8Array(byteCount);
  copy.set(new Uint8Array(data.buffer, data.byteOffset, byteCount));
  layOnWhite(copy, { width, height, stride: rowBytes });
  return { message: { kind: 'pixels', data: copy, width, height, stride: rowBytes }, transfer: [copy.buffer] };
}

/**
 * @param {{ crop?: CropRectangle, mirror?: boolean }} [options]
 * @returns {{ crop: CropRectangle | undefined, mirror: boolean }}
 */
function checkPictureOptions(options = {}) {
  const { crop, mirror = false } = checkOptions(options, 'a picture');
  return { crop: crop === undefined ? undefined : checkCrop(crop), mirror: checkFlag(mirror, 'mirror') };
}

/** @param {CropRectangle} crop @returns {CropRectangle} */
function checkCrop(crop) {
  requireArgument(
    crop !== null && typeof crop === 'object',
    `crop is { left, top, width, height } in pixels, got ${show(crop)}`,
  );
  const { left, top, width, height } = crop;
  const numbers = [left, top, width, height];
  const fits = numbers.every(Number.isSafeInteger) && left >= 0 && top >= 0 && width >= 1 && height >= 1;
  requireArgument(
    fits,
    `crop must have whole left, top >= 0 and width, height >= 1, got ${numbers.map(show).join(', ')}`,
  );
  return { left, top, width, height };
}

/** Maps of the backbone, joined: which of them exist is the engine's to say. @param {unknown} features */
export function checkFeatures(features) {
  if (features === undefined) {
    return undefined;
  }
  requireArgument(
    Array.isArray(features) && features.length > 0 && features.every((map) => typeof map === 'string'),
    "features is a list of maps, such as ['last']",
  );
  return [...features];
}

/** Why a picture cannot be taken. @param {unknown} cause */
function pictureError(cause) {
  if (cause instanceof HeadstartError) {
    return cause;
  }
  const name = cause instanceof Error ? cause.name : '';
  if (name === 'SecurityError') {
    return foreignPicture();
  }
  const message = cause instanceof Error ? cause.message : String(cause);
  return new HeadstartError('bad-argument', `the picture cannot be read: ${message}`);
}
