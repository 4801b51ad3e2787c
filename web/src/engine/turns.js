// Waiting, in the two ways that the engine needs.

/** Lets everything that waits have its turn. Unlike a timer it is not slowed down in a hidden tab. @returns {Promise<void>} */
export function nextTurn() {
  if (typeof setImmediate === 'function') return new Promise((resolve) => setImmediate(resolve));
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
