// The trainer's line to the engine: order of calls, what the engine says about its samples, and whether it still lives.
import { HeadstartError, requireArgument, toHeadstartError } from '../shared/errors.js';
import { isFatal } from '../shared/rpc.js';
import { Queue } from '../shared/turns.js';

/** @typedef {import('../shared/rpc.js').Port} Port */
/** @typedef {import('../shared/rpc.js').CallOptions} CallOptions */

export class EngineLine {
  /** @type {Port} */
  #port;
  /** Calls that change something leave in the order in which they were made, however long a picture takes to grab. */
  #leaving = new Queue();
  #isClosed = false;
  /** C++ stopped in the middle of a call: only a new engine helps. */
  failed = false;
  /** Of the samples, as far as the engine has told; a head of another one is stale. */
  revision = 0;

  /** @param {Port} port */
  constructor(port) {
    this.#port = port;
  }

  requireOpen() {
    requireArgument(!this.#isClosed, 'this trainer was disposed: create another one');
  }

  /** @param {string} method @param {object} [args] @param {CallOptions} [options] */
  async call(method, args, options) {
    try {
      return await this.#port.call(method, args, options);
    } catch (cause) {
      if (isFatal(cause)) this.failed = true;
      throw this.#isClosed ? new HeadstartError('cancelled', 'the trainer was disposed') : toHeadstartError(cause);
    }
  }

  /**
   * A call that has its place among the changes.
   * @param {string} method
   * @param {any} args or a promise of `{ args, transfer }`
   * @param {CallOptions} [options]
   */
  async change(method, args, options = {}) {
    if (args instanceof Promise) args.catch(() => {}); // it is awaited in its turn
    const sent = await this.#leaving.run(async () => {
      const { args: plain = args, transfer } = args instanceof Promise ? await args : {};
      return { answer: this.call(method, plain, { ...options, transfer }) };
    });
    const answer = await sent.answer;
    this.noteRevision(answer);
    return answer;
  }

  /**
   * For changes that the caller has already been told of: a failure shows in `failed` and in the next call.
   * @param {string} method
   * @param {object} args
   */
  post(method, args) {
    this.change(method, args).catch(() => {});
  }

  /** @param {unknown} answer of a change: a revision, or an object with one */
  noteRevision(answer) {
    const revision = typeof answer === 'number' ? answer : /** @type {any} */ (answer)?.revision;
    if (typeof revision === 'number') this.revision = Math.max(this.revision, revision);
  }

  /** @param {Port} port of a new engine, in the state `revision` */
  async replace(port, /** @type {number} */ revision) {
    const old = this.#port;
    this.#port = port;
    this.revision = revision;
    this.failed = false;
    await old.close();
  }

  async close() {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#port.close();
  }
}
