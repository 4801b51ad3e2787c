// What a trainer looks with: a network's file, or several in one. Several are put together as core/src/network/joined_file.h
// has it: a safetensors file of the format `joined/1` with the bytes of each network's own file as a tensor "a", "b", … So
// whatever holds a backbone holds one file.

import { addressOf, readBytes } from './assets.js';

const SHARE_DIGITS = 7;

/**
 * A network as the worker gets it: bytes of our own, or an absolute address. `pixelRange`: what black and white become for it.
 * `share`: its say beside the others, 1 where it is left out.
 * @typedef {{ file: Uint8Array | string, pixelRange?: readonly [number, number], share?: number }} OneNetwork
 */
/** @typedef {{ bytes: Uint8Array, pixelRange?: readonly [number, number], share?: number }} NetworkFile */

/**
 * @param {OneNetwork[]} networks none: the built-in one
 * @param {import('./assets.js').Library} library
 * @param {import('./assets.js').Context} context
 * @returns {Promise<Uint8Array>}
 */
export async function readNetworks(networks, library, context) {
  if (networks.length === 0) {
    return readBytes(addressOf(library, 'backbones/builtin.safetensors'), 'backbone', context);
  }
  /** @type {{ done: number, total: number }[]} */
  const parts = networks.map(() => ({ done: 0, total: 0 }));
  const files = await Promise.all(
    networks.map(async ({ file, ...told }, i) => {
      if (file instanceof Uint8Array) {
        parts[i] = { done: file.length, total: file.length };
        return { bytes: file, ...told };
      }
      /** @param {import('../headstart.d.ts').Progress} progress */
      const onProgress = ({ stage, done, total }) => {
        parts[i] = { done, total };
        const isKnown = parts.every((part) => part.total > 0);
        context.onProgress?.({
          stage,
          done: parts.reduce((sum, part) => sum + part.done, 0),
          total: isKnown ? parts.reduce((sum, part) => sum + part.total, 0) : 0,
        });
      };
      return { bytes: await readBytes(file, 'backbone', { ...context, onProgress }), ...told };
    }),
  );
  return files.length === 1 && !files[0].pixelRange ? files[0].bytes : joinedFile(files);
}

/** @param {NetworkFile[]} files @returns {Uint8Array<ArrayBuffer>} */
export function joinedFile(files) {
  /** @type {Record<string, string>} */
  const metadata = { format: 'joined/1' };
  /** @type {Record<string, unknown>} */
  const header = { __metadata__: metadata };
  let end = 0;
  files.forEach(({ bytes, pixelRange, share }, i) => {
    const name = String.fromCharCode('a'.charCodeAt(0) + i);
    if (pixelRange) {
      const [black, white] = pixelRange;
      metadata[`${name}.input_scale`] = `${white - black}/255`;
      metadata[`${name}.input_offset`] = String(black);
    }
    if (share !== undefined) {
      metadata[`${name}.share`] = String(Number(share.toPrecision(SHARE_DIGITS)));
    }
    header[name] = { dtype: 'U8', shape: [bytes.length], data_offsets: [end, end + bytes.length] };
    end += bytes.length;
  });
  const text = new TextEncoder().encode(JSON.stringify(header));
  const LENGTH_BYTES = 8;
  const file = new Uint8Array(LENGTH_BYTES + text.length + end);
  new DataView(file.buffer).setUint32(0, text.length, true);
  file.set(text, LENGTH_BYTES);
  let at = LENGTH_BYTES + text.length;
  for (const { bytes } of files) {
    file.set(bytes, at);
    at += bytes.length;
  }
  return file;
}
