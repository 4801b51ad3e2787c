// The page's end of the decoding thread. There is one, and it stays: started anew for each drop, its script would be
// fetched anew, and no page should need the network once it is there.

import { decodePicture } from './decode.js';
import { unpack } from './unpack.js';
import { UnreadableError } from './unreadable.js';

/** @typedef {import('./decode-worker.js').Content} Content */
/** @typedef {{ decode: (content: Content) => Promise<ImageBitmap>, close: () => void }} Decoder */
/** @typedef {{ content: Content, resolve: (bitmap: ImageBitmap) => void, reject: (error: Error) => void }} Waiting */

/** Two pictures of the most pixels take less on a slow phone; a thread that is silent for longer is lost. */
const SILENT_AFTER_MS = 60_000;

/** @param {Content} content */
const decodeHere = async (content) => decodePicture(content instanceof Blob ? content : await unpack(content));

/** @type {ReturnType<typeof startThread> | null} */
let thread = null;

/** Starts the thread, so that it is there when the first picture comes; does nothing where there can be none. */
export function prepareDecoder() {
  try {
    thread ??= startThread();
  } catch {
    // An old or locked-down browser: pictures are decoded here.
  }
}

/**
 * A decoder for one list of pictures; close it when the last one came back.
 *
 * @returns {Decoder}
 */
export function startDecoder() {
  prepareDecoder();
  let isClosed = false;
  return {
    async decode(content) {
      if (!thread) {
        return decodeHere(content);
      }
      const bitmap = await thread.decode(content);
      if (isClosed) {
        bitmap.close();
        throw new Error('stopped');
      }
      return bitmap;
    },
    close() {
      isClosed = true;
    },
  };
}

function startThread() {
  const worker = new Worker(new URL('./decode-worker.js', import.meta.url), { type: 'module' });
  /** @type {Map<number, Waiting>} */
  const waiting = new Map();
  let lastId = 0;
  let isReady = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let watchdog;

  function watch() {
    clearTimeout(watchdog);
    watchdog = waiting.size > 0 ? setTimeout(giveUp, SILENT_AFTER_MS) : undefined;
  }

  /** The thread could not be loaded, or is lost with what it was decoding: the rest is decoded here, the next list by a new one. */
  function giveUp() {
    thread = null;
    clearTimeout(watchdog);
    worker.terminate();
    const [first, ...others] = waiting.values();
    waiting.clear();
    if (first && isReady) {
      first.reject(new UnreadableError('broken', 'decoding it ended its thread'));
    } else if (first) {
      others.unshift(first);
    }
    for (const { content, resolve, reject } of others) {
      decodeHere(content).then(resolve, reject);
    }
  }

  worker.addEventListener('error', giveUp);
  worker.addEventListener('message', ({ data }) => {
    if (data.isReady) {
      isReady = true;
      return;
    }
    const { id, bitmap, reason, detail } = data;
    const asked = waiting.get(id);
    waiting.delete(id);
    watch();
    if (!asked) {
      bitmap?.close();
    } else if (bitmap) {
      asked.resolve(bitmap);
    } else {
      asked.reject(new UnreadableError(reason, detail));
    }
  });

  return {
    /** @param {Content} content @returns {Promise<ImageBitmap>} */
    decode(content) {
      lastId += 1;
      const id = lastId;
      return new Promise((resolve, reject) => {
        waiting.set(id, { content, resolve, reject });
        watch();
        worker.postMessage({ id, content });
      });
    },
  };
}
