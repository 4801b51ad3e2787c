// How the parts lie in the file: gzip as base64 in elements that no browser runs or shows.

export { PARTS } from '../engine/shared/one-file-parts.js';

/** @param {HTMLElement} element @returns {Promise<Uint8Array<ArrayBuffer>>} */
export async function bytesOf(element) {
  const packed = Uint8Array.from(atob(element.textContent ?? ''), (letter) => letter.charCodeAt(0));
  element.remove(); // a megabyte of text that nobody reads again
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** @param {HTMLElement} element @returns {{ title: string, inputSize: number, precision: 'float32' | 'int8', threshold: number, knownThreshold: number }} */
export const settingsOf = (element) => JSON.parse(element.textContent ?? '');
