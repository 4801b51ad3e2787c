// Unpacks one entry of an archive, on the decoding thread; what it states about itself is checked.

import { crc32 } from '../engine/shared/crc32.js';
import { inflate } from './inflate.js';
import { UnreadableError } from './unreadable.js';

/** @typedef {{ packed: Blob, isDeflated: boolean, bytes: number, crc: number }} Packed */

/**
 * @param {Packed} entry
 * @returns {Promise<Blob>}
 */
export async function unpack({ packed, isDeflated, bytes, crc }) {
  const content = isDeflated ? await inflate(packed, bytes) : new Uint8Array(await packed.arrayBuffer());
  if (content.byteLength !== bytes || crc32(content) !== crc) {
    throw new UnreadableError('zip-broken', 'checksum');
  }
  return new Blob([content]);
}
