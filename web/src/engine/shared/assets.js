// Bytes from beside the library or from an address: fetch in browsers, fs in Node.

import { HeadstartError, throwIfAborted } from './errors.js';

/** @typedef {import('../headstart.d.ts').Progress} Progress */
/** @typedef {{ signal?: AbortSignal, onProgress?: (progress: Progress) => void }} Context */

export const inNode =
  typeof process === 'object' && process.versions?.node !== undefined && typeof document === 'undefined';

/**
 * Where the wasm files and the built-in backbone lie: a folder that ends in a slash, or an address for each of them, since
 * bundlers rename files.
 * @typedef {string | Record<string, string>} Library
 */

/** @param {Library} library @param {string} name such as `wasm/simd.wasm` @returns {string} */
export function addressOf(library, name) {
  if (typeof library === 'string') {
    return library + name;
  }
  const address = library[name];
  if (address === undefined) {
    throw new HeadstartError('unavailable', `this build of the library has no ${name}`);
  }
  return address;
}

/**
 * @param {string} url
 * @param {'engine' | 'backbone'} stage
 * @param {Context} context
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function readBytes(url, stage, { signal, onProgress }) {
  throwIfAborted(signal);
  /** @param {number} done @param {number} total */
  const report = (done, total) => onProgress?.({ stage, done, total });
  if (inNode && url.startsWith('file:')) {
    // Not an import: bundlers for pages would have to find it.
    const { readFile } = process.getBuiltinModule('node:fs/promises');
    try {
      const file = await readFile(new URL(url), { signal });
      report(file.length, file.length);
      return /** @type {Uint8Array<ArrayBuffer>} */ (file);
    } catch (cause) {
      throwIfAborted(signal);
      throw unavailable(url, cause);
    }
  }
  let response;
  try {
    response = await fetch(url, { signal });
    if (!response.ok) {
      throw new Error(`the server answered ${response.status}`);
    }
    return await readBody(response, report);
  } catch (cause) {
    throwIfAborted(signal);
    throw unavailable(url, cause);
  }
}

/**
 * @param {Response} response
 * @param {(done: number, total: number) => void} report
 */
async function readBody(response, report) {
  // With a content encoding, the length is that of the packed bytes: better none than a wrong one.
  const total = response.headers.has('content-encoding') ? 0 : Number(response.headers.get('content-length') ?? 0);
  const reader = response.body?.getReader();
  if (!reader) {
    return new Uint8Array(await response.arrayBuffer());
  }
  const chunks = [];
  let done = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    chunks.push(part.value);
    done += part.value.length;
    report(done, total);
  }
  const bytes = new Uint8Array(done);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}

/** @param {string} url @param {unknown} cause */
function unavailable(url, cause) {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new HeadstartError('unavailable', `could not read ${url}: ${reason}`);
}
