/**
 * From a list of files to pictures, one after the other: stopped at any time, and never all in memory.
 */

import { classNamesOf, isWanted } from './class-folders.js';
import { startDecoder } from './decoder.js';
import { fetchLinkedPicture } from './links.js';
import { UnreadableError } from './unreadable.js';

/** @typedef {import('./collect.js').IntakeItem} IntakeItem */
/** @typedef {{ className: string | null, picture: ImageBitmap, name: string }} IntakePicture */
/** @typedef {{ name: string, reason: import('./unreadable.js').UnreadableReason, detail: string }} Unreadable */
/** @typedef {{ done: number, total: number, name: string, unreadableCount: number }} IntakeProgress */
/**
 * A picture that is still bytes somewhere: in a file, in an archive, or on another site.
 *
 * @typedef {{ className: string | null, name: string, open: () => Promise<Blob> }} Source
 */

/**
 * Decodes pictures one after the other, those in archives too. What cannot be read is listed in `unreadable` with the
 * reason, and the rest is taken. The receiver closes each picture. Stopping ends the loop without an error.
 *
 * @param {IntakeItem[]} items
 * @param {{ signal?: AbortSignal, onProgress?: (progress: IntakeProgress) => void }} [options]
 * @returns {AsyncIterable<IntakePicture> & { unreadable: Unreadable[] }}
 */
export function readPictures(items, { signal, onProgress } = {}) {
  /** @type {Unreadable[]} */
  const unreadable = [];
  return {
    unreadable,
    async *[Symbol.asyncIterator]() {
      const reading = { total: items.length, unreadable, signal, decoder: startDecoder() };
      const sources = sourcesOf(items, reading);
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
          onProgress?.({ done, total: reading.total, name, unreadableCount: unreadable.length });
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
 * @param {AsyncGenerator<Source>} sources
 * @param {Reading} reading
 * @returns {Promise<{ className: string | null, name: string, picture: ImageBitmap | null } | null>}
 */
async function decodeNext(sources, reading) {
  const { value, done } = await sources.next();
  if (done || reading.signal?.aborted) {
    return null;
  }
  const { className, name, open } = value;
  try {
    return { className, name, picture: await reading.decoder.decode(await open()) };
  } catch (error) {
    if (!reading.signal?.aborted) {
      reading.unreadable.push(unreadableOf(name, error));
    }
    return { className, name, picture: null };
  }
}

/**
 * @typedef {object} Reading
 * @property {number} total
 * @property {Unreadable[]} unreadable
 * @property {AbortSignal} [signal]
 * @property {import('./decoder.js').Decoder} decoder
 */

/**
 * @param {IntakeItem[]} items
 * @param {Reading} reading
 * @returns {AsyncGenerator<Source>}
 */
async function* sourcesOf(items, reading) {
  for (const { className, name, file, link } of items) {
    if (reading.signal?.aborted) {
      return;
    }
    if (link) {
      yield { className, name, open: () => fetchLinkedPicture(link, reading.signal) };
    } else if (file && /\.(zip|tm)$/i.test(name)) {
      yield* sourcesInZip(file, className, reading);
    } else if (file) {
      yield { className, name, open: async () => file };
    }
  }
}

/**
 * @param {File} file
 * @param {string | null} outerClassName
 * @param {Reading} reading
 * @returns {AsyncGenerator<Source>}
 */
async function* sourcesInZip(file, outerClassName, reading) {
  reading.total -= 1;
  /** @type {import('./zip-reader.js').ZipEntry[]} */
  let entries;
  try {
    const { openZip } = await import('./zip-reader.js');
    // A project of Teachable Machine has one file that is no picture.
    const isProject = /\.tm$/i.test(file.name);
    entries = (await openZip(file)).filter(({ path }) => isWanted(path) && !(isProject && path === 'manifest.json'));
  } catch (error) {
    reading.unreadable.push(unreadableOf(file.name, error));
    return;
  }
  reading.total += entries.length;
  const classNames = classNamesOf(entries.map(({ path }) => path));
  for (const [index, entry] of entries.entries()) {
    const name = entry.path.split('/').at(-1) ?? entry.path;
    yield { className: classNames[index] ?? outerClassName, name, open: () => entry.read() };
  }
}

/**
 * @param {string} name
 * @param {unknown} error
 * @returns {Unreadable}
 */
function unreadableOf(name, error) {
  if (error instanceof UnreadableError) {
    return { name, reason: error.reason, detail: error.message };
  }
  // A file that was moved or deleted since, or a folder that may not be read.
  return { name, reason: 'broken', detail: error instanceof Error ? error.message : String(error) };
}
