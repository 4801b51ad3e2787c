// A sample's picture as both sides hold it.

import { encodePng } from './png.js';

/** In Node, which has no encoder, the pixels themselves. @typedef {{ rgba: Uint8Array, side: number }} RawPicture */
/** @typedef {Blob | RawPicture} KeptPicture */

/** @param {KeptPicture} picture */
export const pictureBytes = (picture) => (picture instanceof Blob ? picture.size : picture.rgba.byteLength);

/** @param {KeptPicture} picture @returns {Promise<Blob>} */
export async function pictureBlob(picture) {
  return picture instanceof Blob ? picture : encodePng(picture.rgba, picture.side);
}
