// Waiting, in the ways that the engine needs.

import { throwIfAborted } from './errors.js';

/** Lets everything that waits have its turn. Unlike a timer it is not slowed down in a hidden tab. @returns {Promise<void>} */
export function nextTurn() {
  if (typeof setImmediate === 'function') {
    return new Promise((resolve) => setImmediate(resolve));
  }
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/** Runs actions one after the other, in the order in which they were asked for. */
export class Queue {
  /** @type {Promise<unknown>} */
  #tail = Promise.resolve();

  /**
   * @template T
   * @param {() => T | Promise<T>} action
   * @returns {Promise<T>}
   */
  run(action) {
    const result = this.#tail.then(action);
    this.#tail = result.catch(() => {});
    return result;
  }
}

/** Between two slices of a long action: everything else has its turn, and a pause holds it still. */
export class Gate {
  /** @type {{ opened: Promise<void>, open: () => void } | null} */
  #closed = null;

  close() {
    if (this.#closed) {
      return;
    }
    let open = () => {};
    /** @type {Promise<void>} */
    const opened = new Promise((resolve) => {
      open = resolve;
    });
    this.#closed = { opened, open };
  }

  open() {
    this.#closed?.open();
    this.#closed = null;
  }

  /** @param {AbortSignal} [signal] */
  async pass(signal) {
    await nextTurn();
    while (this.#closed && !signal?.aborted) {
      await Promise.race([this.#closed.opened, aborted(signal)]);
    }
    throwIfAborted(signal);
  }
}

/** @param {AbortSignal | undefined} signal @returns {Promise<void>} */
function aborted(signal) {
  return new Promise((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true }));
}
