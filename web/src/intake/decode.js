/**
 * From the bytes of one picture to pixels that are upright and small enough to hand on.
 */

import { HEADER_BYTES, readPictureHeader } from './picture-kind.js';
import { UnreadableError } from './unreadable.js';

/** Above this a decoded picture alone takes half a gigabyte; no camera that people own comes near. */
const MOST_PIXELS = 128e6;
const MOST_BYTES = 256 * 1024 * 1024;
/**
 * Larger pictures are reduced while they are decoded, to this length of their short side: more than four times what any
 * backbone looks at, so the engine's own resampling, the same everywhere, still does all that can be seen. Smaller ones
 * are left as they are, pixel for pixel.
 */
const KEPT_SHORT_SIDE_PX = 1024;

/**
 * Decodes one picture, upright (its EXIF orientation applied) and reduced where it is larger than anybody needs.
 *
 * @param {Blob} file
 * @returns {Promise<ImageBitmap>} To be closed by whoever receives it.
 */
export async function decodePicture(file) {
  if (file.size === 0) {
    throw new UnreadableError('empty');
  }
  if (file.size > MOST_BYTES) {
    throw new UnreadableError('too-large', `${file.size} bytes`);
  }
  const start = new Uint8Array(await file.slice(0, HEADER_BYTES).arrayBuffer());
  const { kind, widthPx, heightPx } = readPictureHeader(start);
  if (kind === 'unknown' || kind === 'zip') {
    throw new UnreadableError('not-a-picture');
  }
  if (kind === 'svg' || kind === 'other-picture') {
    throw new UnreadableError('unsupported', kind);
  }
  if (widthPx * heightPx > MOST_PIXELS) {
    throw new UnreadableError('too-large', `${widthPx} x ${heightPx} pixels`);
  }
  try {
    return await decode(file, widthPx, heightPx);
  } catch (error) {
    // Safari decodes HEIC, others do not: only the attempt tells.
    const reason = kind === 'heic' ? 'heic' : kind === 'avif' ? 'unsupported' : 'broken';
    throw new UnreadableError(reason, error instanceof Error ? error.message : '');
  }
}

/**
 * @param {Blob} file
 * @param {number} widthPx
 * @param {number} heightPx
 */
async function decode(file, widthPx, heightPx) {
  /** @type {ImageBitmapOptions} */
  const upright = { imageOrientation: 'from-image' };
  if (Math.min(widthPx, heightPx) > KEPT_SHORT_SIDE_PX) {
    const reduced = {
      resizeWidth: keptWidth(widthPx, heightPx),
      resizeQuality: /** @type {const} */ ('high'),
    };
    return createImageBitmap(file, { ...upright, ...reduced });
  }
  const bitmap = await createImageBitmap(file, upright);
  if (Math.min(bitmap.width, bitmap.height) <= KEPT_SHORT_SIDE_PX) {
    return bitmap;
  }
  // A header that hid its size.
  const resizeWidth = keptWidth(bitmap.width, bitmap.height);
  const reduced = await createImageBitmap(bitmap, { resizeWidth, resizeQuality: 'high' });
  bitmap.close();
  return reduced;
}

/** @param {number} widthPx @param {number} heightPx */
function keptWidth(widthPx, heightPx) {
  return Math.round((widthPx * KEPT_SHORT_SIDE_PX) / Math.min(widthPx, heightPx));
}
