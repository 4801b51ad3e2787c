/**
 * Decodes on a thread of its own: reducing one large photograph takes longer than the page may stand still.
 */

import { decodePicture } from './decode.js';

/** @typedef {{ id: number, file: Blob }} DecodeRequest */
/** @typedef {{ id: number, bitmap?: ImageBitmap, reason?: string, detail?: string }} DecodeReply */

const scope = /** @type {{ postMessage(reply: DecodeReply, transfer?: Transferable[]): void } & EventTarget} */ (
  /** @type {unknown} */ (globalThis)
);

scope.addEventListener('message', async (event) => {
  const { id, file } = /** @type {MessageEvent<DecodeRequest>} */ (event).data;
  try {
    const bitmap = await decodePicture(file);
    scope.postMessage({ id, bitmap }, [bitmap]);
  } catch (error) {
    const { reason, message } = /** @type {import('./unreadable.js').UnreadableError} */ (error);
    scope.postMessage({ id, reason: reason ?? 'broken', detail: message });
  }
});
