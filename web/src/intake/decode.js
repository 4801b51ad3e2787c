// From the bytes of one picture to pixels that are upright and small enough to hand on.

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
/** Browsers draw nothing longer, some of them without saying so. */
const LONGEST_SIDE_PX = 8192;
/** So many times longer than wide a picture is no picture of a thing, and reduced nothing of it is left. */
const NARROWEST = 32;

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
  if (kind === 'unknown' || kind === 'zip' || kind === 'film') {
    throw new UnreadableError('not-a-picture');
  }
  if (kind === 'svg' || kind === 'other-picture') {
    throw new UnreadableError('unsupported', kind);
  }
  if (widthPx * heightPx > MOST_PIXELS) {
    throw new UnreadableError('too-large', `${widthPx} x ${heightPx} pixels`);
  }
  if (Math.max(widthPx, heightPx) > NARROWEST * Math.max(1, Math.min(widthPx, heightPx)) && widthPx * heightPx > 0) {
    throw new UnreadableError('too-narrow', `${widthPx} x ${heightPx} pixels`);
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
  if (keptPart(widthPx, heightPx) < 1) {
    const reduced = {
      resizeWidth: Math.round(widthPx * keptPart(widthPx, heightPx)),
      resizeQuality: /** @type {const} */ ('high'),
    };
    return createImageBitmap(file, { ...upright, ...reduced });
  }
  const bitmap = await createImageBitmap(file, upright);
  const part = keptPart(bitmap.width, bitmap.height);
  if (part === 1) {
    return bitmap;
  }
  // A header that hid its size.
  const reduced = await createImageBitmap(bitmap, {
    resizeWidth: Math.max(1, Math.round(bitmap.width * part)),
    resizeQuality: 'high',
  });
  bitmap.close();
  return reduced;
}

/** By how much it is reduced: 1 for not at all. @param {number} widthPx @param {number} heightPx */
export function keptPart(widthPx, heightPx) {
  const [short, long] = [Math.min(widthPx, heightPx), Math.max(widthPx, heightPx)];
  return Math.min(1, KEPT_SHORT_SIDE_PX / Math.max(1, short), LONGEST_SIDE_PX / Math.max(1, long));
}
