// The thread that writes and reads projects.

import { announceLife } from '../engine/shared/life.js';
import { toStorageError } from './storage-error.js';
import { VaultHost } from './vault-host.js';

/** @type {any} */
const scope = self;
/** @param {string} event */
const host = new VaultHost((event) => scope.postMessage({ event }));

scope.addEventListener('message', async (/** @type {MessageEvent} */ { data: { id, method, args, life } }) => {
  if (life) {
    announceLife(scope, life);
    return;
  }
  try {
    const value = await /** @type {any} */ (host)[method](args);
    scope.postMessage({ id, value }, value?.rows ? [value.rows.buffer] : []);
  } catch (cause) {
    const { reason, message } = toStorageError(cause);
    scope.postMessage({ id, error: { reason, message } });
  }
});
