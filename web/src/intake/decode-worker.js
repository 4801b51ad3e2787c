// Unpacks and decodes on a thread of its own: reducing one large photograph takes longer than the page may stand still.

import { decodePicture } from './decode.js';
import { unpack } from './unpack.js';

/** @typedef {Blob | import('./unpack.js').Packed} Content A picture, or an entry of an archive. */
/** @typedef {{ id: number, content: Content }} DecodeRequest */
/** @typedef {{ id: number, bitmap?: ImageBitmap, reason?: string, detail?: string } | { isReady: true }} DecodeReply */

const scope = /** @type {{ postMessage(reply: DecodeReply, transfer?: Transferable[]): void } & EventTarget} */ (
  /** @type {unknown} */ (globalThis)
);

scope.addEventListener('message', async (event) => {
  const { id, content } = /** @type {MessageEvent<DecodeRequest>} */ (event).data;
  try {
    const bitmap = await decodePicture(content instanceof Blob ? content : await unpack(content));
    scope.postMessage({ id, bitmap }, [bitmap]);
  } catch (error) {
    const { reason, message } = /** @type {import('./unreadable.js').UnreadableError} */ (error);
    scope.postMessage({ id, reason: reason ?? 'broken', detail: message });
  }
});
scope.postMessage({ isReady: true });
