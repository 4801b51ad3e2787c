// All pictures as an archive of class folders: what was recorded here can be used anywhere, and dropped here again.

import { folderNamesOf } from './file-names.js';

/**
 * @typedef {object} ClassToSave
 * @property {string} name
 * @property {readonly (string | number)[]} sampleIds
 */
/**
 * @typedef {object} SaveOptions
 * @property {readonly ClassToSave[]} classes
 * @property {(sampleId: any) => Promise<Blob | Uint8Array> | Blob | Uint8Array} picture The compressed picture of a
 *   sample.
 * @property {(progress: { done: number, total: number }) => void} [onProgress]
 * @property {AbortSignal} [signal] Stopping rejects with an error whose code is `cancelled`.
 */

/** Parts are handed to the browser in lumps of this size: it keeps a Blob where it likes, also on disk. */
const LUMP_BYTES = 16 * 1024 * 1024;

/** @type {Record<string, string>} */
const EXTENSIONS = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/webp': 'webp',
  'image/gif': 'gif',
};

/**
 * Saves pictures as `class/0001.jpg`, …, unchanged to the last byte and not compressed again.
 *
 * @param {SaveOptions} options
 * @returns {Promise<Blob>}
 */
export async function savePicturesAsZip({ classes, picture, onProgress, signal }) {
  const { Zip, ZipPassThrough } = await import('fflate');
  const lumps = createLumps();
  /** @type {Error | null} */
  let failure = null;
  const zip = new Zip((error, chunk) => {
    failure ??= error;
    lumps.add(chunk);
  });
  const folders = folderNamesOf(classes.map(({ name }) => name));
  const total = classes.reduce((sum, { sampleIds }) => sum + sampleIds.length, 0);
  let done = 0;
  for (const [index, { sampleIds }] of classes.entries()) {
    const digits = Math.max(4, String(sampleIds.length).length);
    for (const [position, sampleId] of sampleIds.entries()) {
      if (signal?.aborted) {
        throw Object.assign(new Error('stopped'), { code: 'cancelled' });
      }
      const content = await picture(sampleId);
      const bytes = content instanceof Blob ? new Uint8Array(await content.arrayBuffer()) : content;
      const number = String(position + 1).padStart(digits, '0');
      const file = new ZipPassThrough(`${folders[index]}/${number}.${extensionOf(content, bytes)}`);
      zip.add(file);
      file.push(bytes, true);
      done += 1;
      onProgress?.({ done, total });
    }
  }
  zip.end();
  if (failure) {
    throw failure;
  }
  return lumps.toBlob('application/zip');
}

function createLumps() {
  /** @type {Blob[]} */
  const lumps = [];
  /** @type {BlobPart[]} */
  let parts = [];
  let byteCount = 0;
  function close() {
    lumps.push(new Blob(parts));
    parts = [];
    byteCount = 0;
  }
  return {
    /** @param {Uint8Array} chunk */
    add(chunk) {
      parts.push(/** @type {BlobPart} */ (chunk));
      byteCount += chunk.byteLength;
      if (byteCount >= LUMP_BYTES) {
        close();
      }
    },
    /** @param {string} type */
    toBlob(type) {
      close();
      return new Blob(lumps, { type });
    },
  };
}

/**
 * @param {Blob | Uint8Array} content
 * @param {Uint8Array} bytes
 */
function extensionOf(content, bytes) {
  const known = content instanceof Blob ? EXTENSIONS[content.type] : undefined;
  if (known) {
    return known;
  }
  if (bytes[0] === 0x89) {
    return 'png';
  }
  return bytes[0] === 0x52 ? 'webp' : 'jpg';
}
