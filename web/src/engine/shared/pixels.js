// What both sides know of a picture's pixels.

import { requireArgument } from './errors.js';

/** @typedef {import('../headstart.d.ts').CropRectangle} CropRectangle */

/**
 * What is transparent shows on white, by every way in: as where a canvas draws on white.
 * @param {Uint8Array | Uint8ClampedArray} rgba in rows of `stride` bytes
 * @param {{ width: number, height: number, stride: number }} size
 */
export function layOnWhite(rgba, { width, height, stride }) {
  for (let y = 0; y < height; y++) {
    const end = y * stride + width * 4;
    for (let at = y * stride + 3; at < end; at += 4) {
      const alpha = rgba[at];
      if (alpha === 255) {
        continue;
      }
      for (let channel = at - 3; channel < at; channel++) {
        rgba[channel] = Math.round(255 + ((rgba[channel] - 255) * alpha) / 255);
      }
      rgba[at] = 255;
    }
  }
}

/**
 * The same for every kind of picture; a platform's own ways with a rectangle outside differ.
 * @param {CropRectangle | undefined} crop
 * @param {number} width
 * @param {number} height
 */
export function requireCropInside(crop, width, height) {
  if (!crop) {
    return;
  }
  const isInside = crop.left + crop.width <= width && crop.top + crop.height <= height;
  requireArgument(
    isInside,
    `crop must lie in the picture of ${width} × ${height}, got left ${crop.left}, top ${crop.top}, ${crop.width} × ${crop.height}`,
  );
}
