/**
 * The page's end of the decoding thread.
 */

import { decodePicture } from './decode.js';
import { UnreadableError } from './unreadable.js';

/** @typedef {{ decode: (file: Blob) => Promise<ImageBitmap>, close: () => void }} Decoder */
/** @typedef {{ resolve: (bitmap: ImageBitmap) => void, reject: (error: Error) => void }} Waiting */

/**
 * Starts a decoder; close it when the last picture came back. Without a worker (an old or locked-down browser) pictures
 * are decoded here.
 *
 * @returns {Decoder}
 */
export function startDecoder() {
  /** @type {Worker} */
  let worker;
  try {
    worker = new Worker(new URL('./decode-worker.js', import.meta.url), { type: 'module' });
  } catch {
    return { decode: decodePicture, close() {} };
  }
  /** @type {Map<number, Waiting & { file: Blob }>} */
  const waiting = new Map();
  let lastId = 0;
  let works = true;

  worker.addEventListener('message', ({ data }) => {
    const { id, bitmap, reason, detail } = data;
    const asked = waiting.get(id);
    waiting.delete(id);
    if (!asked) {
      bitmap?.close();
    } else if (bitmap) {
      asked.resolve(bitmap);
    } else {
      asked.reject(new UnreadableError(reason, detail));
    }
  });
  worker.addEventListener('error', () => {
    works = false;
    for (const { file, resolve, reject } of waiting.values()) {
      decodePicture(file).then(resolve, reject);
    }
    waiting.clear();
  });

  return {
    decode(file) {
      if (!works) {
        return decodePicture(file);
      }
      lastId += 1;
      const id = lastId;
      return new Promise((resolve, reject) => {
        waiting.set(id, { file, resolve, reject });
        worker.postMessage({ id, file });
      });
    },
    close() {
      works = false;
      worker.terminate();
      for (const { reject } of waiting.values()) {
        reject(new Error('stopped'));
      }
      waiting.clear();
    },
  };
}
