/**
 * Unpacks deflated bytes (RFC 1951) that may lie about their size.
 */

import { UnreadableError } from './unreadable.js';

/**
 * @param {Blob} packed
 * @param {number} byteCount What it claims to be; more is refused as soon as it appears.
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function inflate(packed, byteCount) {
  const content = new Uint8Array(byteCount);
  let filled = 0;
  /** @param {Uint8Array} chunk */
  const take = (chunk) => {
    if (filled + chunk.length > byteCount) {
      throw new UnreadableError('zip-broken', `more than the ${byteCount} bytes that it states`);
    }
    content.set(chunk, filled);
    filled += chunk.length;
  };
  try {
    await (canInflateNatively() ? inflateNatively(packed, take) : inflateInScript(packed, take));
  } catch (error) {
    throw error instanceof UnreadableError ? error : new UnreadableError('zip-broken', String(error));
  }
  return content.subarray(0, filled);
}

/** The browser's own works on another thread; it came to Chrome with 103, to Firefox with 113. */
function canInflateNatively() {
  try {
    return Boolean(new DecompressionStream('deflate-raw'));
  } catch {
    return false;
  }
}

/**
 * @param {Blob} packed
 * @param {(chunk: Uint8Array) => void} take
 */
async function inflateNatively(packed, take) {
  const reader = packed.stream().pipeThrough(new DecompressionStream('deflate-raw')).getReader();
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) {
        return;
      }
      take(value);
    }
  } finally {
    void reader.cancel().catch(() => {});
  }
}

/**
 * @param {Blob} packed
 * @param {(chunk: Uint8Array) => void} take
 */
async function inflateInScript(packed, take) {
  const { Inflate } = await import('fflate');
  const inflater = new Inflate(take);
  // In small pieces, so that a bomb is seen before it has unfolded: a byte can become at most about a thousand.
  const pieceBytes = 16 * 1024;
  for (let at = 0; at < packed.size; at += pieceBytes) {
    const piece = await packed.slice(at, at + pieceBytes).arrayBuffer();
    inflater.push(new Uint8Array(piece), at + pieceBytes >= packed.size);
  }
}
