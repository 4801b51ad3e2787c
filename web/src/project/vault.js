/**
 * The page's end of the thread that writes and reads projects.
 */

import { StorageError } from './storage-error.js';

/** @typedef {import('./vault-host.js').VaultHost} VaultHost */
/** @typedef {{ [M in keyof VaultHost]: VaultHost[M] extends (...args: infer A) => infer R ? (...args: A) => Promise<Awaited<R>> : never }} Vault */

/**
 * @param {(event: string) => void} onEvent `taken`: another page writes to the project now; `superseded`: a newer version
 *   of this page has the database; `broken`: the thread ended.
 * @returns {Vault}
 */
export function openVault(onEvent) {
  const worker = new Worker(new URL('./vault-worker.js', import.meta.url), {
    type: 'module',
    name: 'headstart-storage',
  });
  /** @type {Map<number, { resolve: (value: any) => void, reject: (error: Error) => void }>} */
  const pending = new Map();
  let lastId = 0;

  worker.addEventListener('message', ({ data: { id, value, error, event } }) => {
    if (event) {
      onEvent(event);
      return;
    }
    const call = pending.get(id);
    pending.delete(id);
    if (error) {
      call?.reject(new StorageError(error.reason, error.message));
    } else {
      call?.resolve(value);
    }
  });
  worker.addEventListener('error', ({ message }) => {
    for (const { reject } of pending.values()) {
      reject(new StorageError('closed', message ?? 'the storage thread could not be loaded'));
    }
    pending.clear();
    onEvent('broken');
  });

  return /** @type {any} */ (
    new Proxy(
      {},
      {
        get: (_, method) =>
          method === 'then'
            ? undefined
            : (/** @type {any} */ args) =>
                new Promise((resolve, reject) => {
                  lastId += 1;
                  pending.set(lastId, { resolve, reject });
                  worker.postMessage({ id: lastId, method, args });
                }),
      },
    )
  );
}
