// What a caller may give as a backbone or a file, brought into one form.
import { inNode } from '../shared/assets.js';
import { HeadstartError, requireArgument } from '../shared/errors.js';

const INPUT_SIZES = [224, 192, 160, 128, 96];

/** @param {unknown} inputSize @returns {number} 0: the backbone's own */
export function checkInputSize(inputSize) {
  if (inputSize === undefined) return 0;
  requireArgument(
    INPUT_SIZES.includes(Number(inputSize)),
    `inputSize must be ${INPUT_SIZES.join(', ')}, got ${inputSize}`,
  );
  return Number(inputSize);
}

/**
 * @param {unknown} source
 * @returns {Promise<Uint8Array | string | undefined>} bytes of our own, or an absolute address
 */
export async function backboneSource(source) {
  if (source === undefined) return undefined;
  if (source instanceof URL) return source.href;
  if (typeof source !== 'string')
    return ownBytes(source, 'backbone is the bytes of a .safetensors file or its address');
  if (!inNode) return new URL(source, globalThis.document?.baseURI ?? location.href).href;
  if (URL.canParse(source)) return source;
  const [{ pathToFileURL }, { resolve }] = await Promise.all([import('node:url'), import('node:path')]);
  return pathToFileURL(resolve(source)).href;
}

/** @param {unknown} bytes @param {string} expectation @returns {Uint8Array} */
export function ownBytes(bytes, expectation) {
  if (bytes instanceof ArrayBuffer) return new Uint8Array(bytes.slice(0));
  if (ArrayBuffer.isView(bytes)) return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength).slice();
  throw new HeadstartError('bad-argument', `${expectation}, got ${bytes === null ? 'null' : typeof bytes}`);
}
