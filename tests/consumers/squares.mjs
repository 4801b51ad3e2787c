// How pictures are prepared for the programs that take a file: by what the programs that the page shows have in them, so that
// none of it can be right here and wrong there.

import { readFileSync } from 'node:fs';

/** @param {string} name */
const shown = (name) => readFileSync(new URL(`../../web/src/export/snippets/${name}`, import.meta.url), 'utf8');

/** @param {string} text @param {RegExp} wanted */
function cutOut(text, wanted) {
  const parts = text.match(wanted);
  if (!parts) {
    throw new Error(`expected ${wanted} in a program that is shown`);
  }
  return parts.join('\n');
}

/** In a browser, with a canvas: `squareOf(picture, size)`, as the web page has it. */
export const squareOf = cutOut(shown('web-page.html'), /^ {2}const sheet[\s\S]*?^ {2}\}$/m).replace(/^ {2}/gm, '');

/** As Node has it: numbers from 0 to 255, one colour after the other. @type {(pixels: Uint8Array, width: number, height: number, size: number) => Float32Array} */
const planesOf = new Function(`${cutOut(shown('node.mjs'), /^function [\s\S]*?^\}$/gm)}; return planesOf;`)();

/** Made once for each picture and size. @type {WeakMap<import('./learnt.mjs').Picture, Map<number, Float32Array>>} */
const made = new WeakMap();

/** What the Node program gives a model of this size. @param {import('./learnt.mjs').Picture} picture @param {number} size */
export function planes(picture, size) {
  const sizes = made.get(picture) ?? new Map();
  made.set(picture, sizes);
  if (!sizes.has(size)) {
    const { data, width, height } = picture;
    const pixels = Uint8Array.from(data.filter((_, i) => i % 4 < 3));
    sizes.set(size, planesOf(pixels, width, height, size));
  }
  return sizes.get(size);
}

/** The same as a picture. @param {import('./learnt.mjs').Picture} picture @param {number} size @returns {import('./learnt.mjs').Picture} */
export function squared(picture, size) {
  const numbers = planes(picture, size);
  const data = new Uint8ClampedArray(4 * size * size).fill(255);
  for (const [i, value] of numbers.entries()) {
    data[4 * (i % (size * size)) + Math.floor(i / (size * size))] = value;
  }
  return { data, width: size, height: size };
}
