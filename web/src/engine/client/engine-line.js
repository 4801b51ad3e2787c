// The trainer's line to the engine: order of calls, what the engine says about its samples, whether it still lives, and the
// change to a new one.

import { HeadstartError, requireArgument, throwIfAborted, toHeadstartError } from '../shared/errors.js';
import { isFatal } from '../shared/rpc.js';
import { Queue } from '../shared/turns.js';

/** @typedef {import('../shared/rpc.js').Port} Port */
/** @typedef {import('../shared/rpc.js').CallName} CallName */
/** @typedef {import('../shared/rpc.js').CallOptions} CallOptions */
/** @template {CallName} Name @typedef {import('../shared/rpc.js').ArgsOf<Name>} ArgsOf */
/** @template {CallName} Name @typedef {import('../shared/rpc.js').AnswerOf<Name>} AnswerOf */

export class EngineLine {
  /** @type {Port} */
  #port;
  #onFailure;
  /** Calls that change something leave in the order in which they were made, however long a picture takes to grab. */
  #leaving = new Queue();
  /** What has left and adds to the book only when it is answered. @type {Set<Promise<unknown>>} */
  #arriving = new Set();
  #isClosed = false;
  /** Booked changes so far, and how many of them this engine was built with. */
  #bookedCount = 0;
  #containedUpTo = 0;
  /** The change to a new engine that is under way. @type {Promise<void> | null} */
  #recovery = null;
  /** The engine is gone: only a new one helps. */
  failed = false;
  /** Of the samples, as far as the engine has told; a head of another one is stale. */
  revision = 0;

  /** @param {Port} port @param {(error: HeadstartError) => void} onFailure */
  constructor(port, onFailure) {
    this.#port = port;
    this.#onFailure = onFailure;
    this.#watch(port);
  }

  /** @param {Port} port */
  #watch(port) {
    port.broken.then((error) => {
      if (port !== this.#port || this.#isClosed) {
        return;
      }
      this.failed = true;
      this.#onFailure(error);
    });
  }

  requireOpen() {
    requireArgument(!this.#isClosed, 'this trainer was disposed: create another one');
  }

  /**
   * @template {CallName} Name
   * @param {Name} name
   * @param {ArgsOf<Name>} args
   * @param {CallOptions} [options]
   * @returns {Promise<AnswerOf<Name>>}
   */
  async call(name, args, options) {
    if (this.#recovery) {
      await this.#recovery.catch(() => {}); // it has told its caller
      throwIfAborted(options?.signal);
    }
    return this.#send(name, args, options);
  }

  /**
   * @template {CallName} Name
   * @param {Name} name
   * @param {ArgsOf<Name>} args
   * @param {CallOptions} [options]
   * @returns {Promise<AnswerOf<Name>>}
   */
  async #send(name, args, options) {
    try {
      const answer = await this.#port.call(name, args, options);
      this.noteRevision(answer);
      return answer;
    } catch (cause) {
      if (isFatal(cause)) {
        this.failed = true;
      }
      throw this.#isClosed ? new HeadstartError('cancelled', 'the trainer was disposed') : toHeadstartError(cause);
    }
  }

  /**
   * A call that has its place among the changes.
   * @template {CallName} Name
   * @param {Name} name
   * @param {ArgsOf<Name> | Promise<{ args: ArgsOf<Name>, transfer: Transferable[] }>} args
   * @param {CallOptions} [options]
   * @returns {Promise<AnswerOf<Name>>}
   */
  async change(name, args, options) {
    const { arrival } = await this.#leave(name, args, options, (answer) => answer);
    return arrival;
  }

  /**
   * A change that the book takes up only with its answer: a new engine waits for it.
   * @template {CallName} Name
   * @param {Name} name
   * @param {ArgsOf<Name> | Promise<{ args: ArgsOf<Name>, transfer: Transferable[] }>} args
   * @param {(answer: AnswerOf<Name>) => void} take
   * @param {CallOptions} [options]
   */
  async changeAndTake(name, args, take, options) {
    const { arrival } = await this.#leave(name, args, options, take, this.#arriving);
    await arrival;
  }

  /**
   * @template {CallName} Name
   * @template Taken
   * @param {Name} name
   * @param {ArgsOf<Name> | Promise<{ args: ArgsOf<Name>, transfer: Transferable[] }>} args
   * @param {CallOptions | undefined} options
   * @param {(answer: AnswerOf<Name>) => Taken} take
   * @param {Set<Promise<unknown>>} [arriving]
   * @returns {Promise<{ arrival: Promise<Taken> }>} when it has left
   */
  #leave(name, args, options, take, arriving) {
    if (args instanceof Promise) {
      args.catch(() => {}); // it is awaited in its turn
    }
    return this.#leaving.run(async () => {
      const { args: plain, transfer } = args instanceof Promise ? await args : { args, transfer: [] };
      const arrival = this.#send(name, plain, { ...options, transfer }).then(take);
      arriving?.add(arrival);
      arrival.catch(() => {}).finally(() => arriving?.delete(arrival));
      return { arrival };
    });
  }

  /**
   * A change that the book holds already: where the engine is gone, the new one is built from the book.
   * @template {CallName} Name
   * @param {Name} name
   * @param {ArgsOf<Name>} args
   * @returns {Promise<AnswerOf<Name> | null>}
   */
  async changeBooked(name, args) {
    const order = ++this.#bookedCount;
    const { answer } = await this.#leaving.run(() => {
      const isContained = order <= this.#containedUpTo;
      return { answer: isContained ? Promise.resolve(null) : this.#send(name, args) };
    });
    return answer.catch((cause) => {
      if (!isFatal(cause)) {
        throw cause;
      }
      this.revision++; // a head of before is stale
      return null;
    });
  }

  /**
   * For booked changes that the caller has already been told of.
   * @template {CallName} Name
   * @param {Name} name
   * @param {ArgsOf<Name>} args
   */
  post(name, args) {
    this.changeBooked(name, args).catch(() => {});
  }

  /** @param {unknown} answer of a change: an object with a revision, or anything else */
  noteRevision(answer) {
    const revision = /** @type {any} */ (answer)?.revision;
    if (typeof revision === 'number') {
      this.revision = Math.max(this.revision, revision);
    }
  }

  /**
   * A new engine takes the place of this one. Changes that are asked for meanwhile wait and reach the new one, in their order;
   * everything else waits too. There is one recovery at a time: who asks for another gets the one that is under way.
   * @param {(noteContents: () => void) => Promise<{ port: Port, revision: number }>} rebuild says when it has read the book:
   *   what was booked before that is not told to the new engine again
   */
  recover(rebuild) {
    this.#recovery ??= this.#leaving
      .run(async () => {
        this.requireOpen();
        await Promise.allSettled(this.#arriving);
        const { port, revision } = await rebuild(() => {
          this.#containedUpTo = this.#bookedCount;
        });
        const old = this.#port;
        this.#port = port;
        this.revision = revision;
        this.failed = false;
        this.#watch(port);
        await old.close();
        if (this.#isClosed) {
          await port.close();
        }
      })
      .finally(() => {
        this.#recovery = null;
      });
    return this.#recovery;
  }

  async close() {
    if (this.#isClosed) {
      return;
    }
    this.#isClosed = true;
    await this.#port.close();
  }
}
