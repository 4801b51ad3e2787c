// From a list of files to pictures, one after the other: stopped at any time, and never all in memory.

import { startDecoder } from './decoder.js';
import { listPictures, unreadableOf } from './list-pictures.js';

/** @typedef {import('./collect.js').IntakeItem} IntakeItem */
/** @typedef {import('./list-pictures.js').Source} Source */
/** @typedef {import('./list-pictures.js').Unreadable} Unreadable */
/** @typedef {{ className: string | null, picture: ImageBitmap, name: string }} IntakePicture */
/** @typedef {{ done: number, total: number, name: string, unreadableCount: number }} IntakeProgress */
/**
 * Decodes pictures one after the other, those in archives too. What cannot be read is listed in `unreadable` with the
 * reason, and the rest is taken. The receiver closes each picture. Stopping ends the loop without an error.
 *
 * @param {readonly IntakeItem[]} items
 * @param {{ signal?: AbortSignal, onProgress?: (progress: IntakeProgress) => void }} [options]
 * @returns {AsyncIterable<IntakePicture> & { unreadable: Unreadable[] }}
 */
export function readPictures(items, options = {}) {
  /** @type {Unreadable[]} */
  const unreadable = [];
  return {
    unreadable,
    async *[Symbol.asyncIterator]() {
      const listed = await listPictures(items);
      unreadable.push(...listed.unreadable);
      yield* readSources(listed.sources, { ...options, unreadable });
    },
  };
}

/**
 * The same from a list that was made before.
 *
 * @param {readonly Source[]} list
 * @param {{ signal?: AbortSignal, onProgress?: (progress: IntakeProgress) => void, unreadable?: Unreadable[] }} [options]
 * @returns {AsyncIterable<IntakePicture> & { unreadable: Unreadable[] }}
 */
export function readSources(list, { signal, onProgress, unreadable = [] } = {}) {
  return {
    unreadable,
    async *[Symbol.asyncIterator]() {
      const reading = { unreadable, signal, decoder: startDecoder() };
      const sources = list.values();
      let done = 0;
      let ahead = decodeNext(sources, reading);
      try {
        for (;;) {
          const decoded = await ahead;
          if (!decoded) {
            return;
          }
          // The next picture is decoded while the receiver works on this one: never more than two are in memory.
          ahead = decodeNext(sources, reading);
          const { className, name, picture } = decoded;
          if (signal?.aborted) {
            picture?.close();
            return;
          }
          if (picture) {
            yield { className, name, picture };
          }
          done += 1;
          onProgress?.({ done, total: list.length, name, unreadableCount: unreadable.length });
        }
      } finally {
        void ahead.then((decoded) => {
          decoded?.picture?.close();
          reading.decoder.close();
        });
      }
    },
  };
}

/**
 * Never rejects: a picture that fails is listed as unreadable.
 *
 * @param {Iterator<Source>} sources
 * @param {Reading} reading
 * @returns {Promise<{ className: string | null, name: string, picture: ImageBitmap | null } | null>}
 */
async function decodeNext(sources, reading) {
  const { value, done } = sources.next();
  if (done || reading.signal?.aborted) {
    return null;
  }
  const { className, name, open } = value;
  try {
    const content = await open(reading.signal);
    const isPicture = content === null || content instanceof ImageBitmap;
    return { className, name, picture: isPicture ? content : await reading.decoder.decode(content) };
  } catch (error) {
    if (!reading.signal?.aborted) {
      reading.unreadable.push(unreadableOf(name, error));
    }
    return { className, name, picture: null };
  }
}

/**
 * @typedef {object} Reading
 * @property {Unreadable[]} unreadable
 * @property {AbortSignal} [signal]
 * @property {import('./decoder.js').Decoder} decoder
 */
