// Unpacks deflated bytes (RFC 1951) that may lie about their size.

import { UnreadableError } from './unreadable.js';

/** A byte becomes at most about a thousand: so much and no more is unfolded before it is counted. */
const PIECE_BYTES = 4 * 1024;

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
 * Piece by piece: given a large one the browser would unfold all of it before anybody could count.
 *
 * @param {Blob} packed
 * @param {(chunk: Uint8Array) => void} take
 */
async function inflateNatively(packed, take) {
  const { writable, readable } = new DecompressionStream('deflate-raw');
  const [writer, reader] = [writable.getWriter(), readable.getReader()];
  const writing = (async () => {
    for (let at = 0; at < packed.size; at += PIECE_BYTES) {
      await writer.ready;
      await writer.write(new Uint8Array(await packed.slice(at, at + PIECE_BYTES).arrayBuffer()));
    }
    await writer.close();
  })();
  writing.catch(() => {}); // reading fails for the same reason, and says so
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
    void writer.abort().catch(() => {});
  }
}

/**
 * @param {Blob} packed
 * @param {(chunk: Uint8Array) => void} take
 */
async function inflateInScript(packed, take) {
  const { Inflate } = await import('fflate');
  const inflater = new Inflate(take);
  for (let at = 0; at < packed.size; at += PIECE_BYTES) {
    const piece = await packed.slice(at, at + PIECE_BYTES).arrayBuffer();
    inflater.push(new Uint8Array(piece), at + PIECE_BYTES >= packed.size);
  }
}
