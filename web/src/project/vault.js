// The page's end of the thread that writes and reads projects. A thread that ends is replaced by another one, which opens the
// same project again: what was on its way then has failed, and whoever asked for it asks again.

import { watchLife } from '../engine/shared/life.js';
import { StorageError } from './storage-error.js';

/** @typedef {import('./vault-host.js').VaultHost} VaultHost */
/** @typedef {{ [M in keyof VaultHost]: VaultHost[M] extends (...args: infer A) => infer R ? (...args: A) => Promise<Awaited<R>> : never }} Vault */
/** @typedef {{ id: number, method: string, args: any, resolve: (value: any) => void, reject: (error: Error) => void }} Call */

/** A thread that ends this often within a minute ends of what it is asked to do. */
const MOST_RESTARTS = 4;
const MINUTE_MS = 60_000;
/** The lock of a thread that has ended is free a moment later. */
const LOCK_TRIES = 10;
const LOCK_WAIT_MS = 200;

/**
 * @param {(event: string) => void} onEvent `taken`: another page writes to the project now; `superseded`: a newer version
 *   of this page has the database; `broken`: the thread ended, and another one does not help.
 * @returns {Vault}
 */
export function openVault(onEvent) {
  /** @type {Map<number, Call>} */
  const pending = new Map();
  let lastId = 0;
  /** What opened the project that is written to. @type {any} */
  let opening = null;
  /** Until a new thread has the project open. @type {Promise<void> | null} */
  let reopening = null;
  /** @type {number[]} */
  let restarts = [];
  let worker = start();

  function start() {
    const started = new Worker(new URL('./vault-worker.js', import.meta.url), {
      type: 'module',
      name: 'headstart-storage',
    });
    let hasAnswered = false;
    const life = watchLife(started, {
      isAwaited: () => pending.size > 0,
      onGone: () => end('the storage thread stopped'),
    });
    /** @param {string} message */
    function end(message) {
      if (started !== worker) {
        return;
      }
      life.stop();
      started.terminate();
      onEnd(message, hasAnswered);
    }
    started.addEventListener('message', ({ data: { id, value, error, event } }) => {
      hasAnswered = true;
      const call = pending.get(id);
      pending.delete(id);
      if (event) {
        if (event === 'taken' || event === 'superseded') {
          opening = null;
        }
        onEvent(event);
      } else if (error) {
        call?.reject(new StorageError(error.reason, error.message));
      } else {
        call?.resolve(value);
      }
    });
    started.addEventListener('error', ({ message }) => end(message || 'the storage thread could not be loaded'));
    return started;
  }

  /** @param {string} message @param {boolean} hasAnswered */
  function onEnd(message, hasAnswered) {
    const now = performance.now();
    restarts = [...restarts.filter((time) => now - time < MINUTE_MS), now];
    const isOver = !hasAnswered || restarts.length > MOST_RESTARTS;
    for (const { reject } of pending.values()) {
      reject(new StorageError(isOver ? 'closed' : 'failed', message));
    }
    pending.clear();
    if (isOver) {
      onEvent('broken');
      return;
    }
    worker = start();
    reopening = (opening ? reopen() : Promise.resolve()).finally(() => {
      reopening = null;
    });
  }

  async function reopen() {
    for (let tries = 1; ; tries += 1) {
      const opened = await send('open', { ...opening, takeOver: false }).catch(() => null);
      if (!opened || opened.status === 'open') {
        return; // or it ended once more: then that is told
      }
      if (opened.status !== 'elsewhere' || tries === LOCK_TRIES) {
        opening = null;
        onEvent('taken');
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, LOCK_WAIT_MS));
    }
  }

  /** @param {string} method @param {any} args @returns {Promise<any>} */
  function send(method, args) {
    return new Promise((resolve, reject) => {
      lastId += 1;
      pending.set(lastId, { id: lastId, method, args, resolve, reject });
      worker.postMessage({ id: lastId, method, args });
    });
  }

  /** @param {string} method @param {any} args */
  async function call(method, args) {
    while (reopening) {
      await reopening;
    }
    const value = await send(method, args);
    if (method === 'open' && value.status === 'open') {
      opening = args;
    }
    return value;
  }

  return /** @type {any} */ (
    new Proxy(
      {},
      { get: (_, method) => (method === 'then' ? undefined : (/** @type {any} */ args) => call(String(method), args)) },
    )
  );
}
