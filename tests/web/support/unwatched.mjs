// A page that nobody watches but for what is asked: Playwright has the browser record each answer of the network, pictures from
// memory too, in the page's own process, which then grows by what it shows.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { memoryOf, profileFlags } from './killable.mjs';

/**
 * Opens a page in a browser of its own, spoken to in the DevTools protocol over a pipe.
 *
 * @param {string} executable
 * @param {string} folder of the profile
 * @param {string} url
 */
export async function openUnwatched(executable, folder, url) {
  const flags = profileFlags(folder, '--remote-debugging-pipe');
  const child = spawn(executable, [...flags, 'about:blank'], {
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  });
  const group = /** @type {number} */ (child.pid);
  const ended = once(child, 'exit');
  const end = () => process.kill(-group, 'SIGKILL');
  process.once('exit', end);
  const [, , , toBrowser, fromBrowser] =
    /** @type {[any, any, any, import('node:stream').Writable, import('node:stream').Readable]} */ (
      /** @type {unknown} */ (child.stdio)
    );
  /** @type {Map<number, { resolve: (result: any) => void, reject: (error: Error) => void }>} */
  const waiting = new Map();
  let lastId = 0;
  let heard = Buffer.alloc(0);
  fromBrowser.on('data', (/** @type {Buffer} */ part) => {
    heard = Buffer.concat([heard, part]);
    for (let end = heard.indexOf(0); end >= 0; end = heard.indexOf(0)) {
      const { id, result, error } = JSON.parse(heard.subarray(0, end).toString());
      heard = heard.subarray(end + 1);
      const call = waiting.get(id);
      waiting.delete(id);
      if (error) {
        call?.reject(new Error(error.message));
      } else {
        call?.resolve(result);
      }
    }
  });
  void ended.then(() => {
    for (const { reject } of waiting.values()) {
      reject(new Error('the browser ended'));
    }
  });

  /** @param {string} method @param {object} params @param {string} [sessionId] @returns {Promise<any>} */
  const sendTo = (method, params, sessionId) =>
    new Promise((resolve, reject) => {
      lastId += 1;
      waiting.set(lastId, { resolve, reject });
      toBrowser.write(`${JSON.stringify({ id: lastId, method, params, sessionId })}\0`);
    });

  const { targetId } = await sendTo('Target.createTarget', { url });
  const { sessionId } = await sendTo('Target.attachToTarget', { targetId, flatten: true });
  const send = (/** @type {string} */ method, /** @type {object} */ params = {}) => sendTo(method, params, sessionId);

  return {
    send,
    /**
     * What a function gives in the page, once it is done.
     *
     * @template R
     * @param {(argument: any) => R} work made anew there from its text
     * @param {unknown} [argument]
     * @returns {Promise<Awaited<R>>}
     */
    async evaluate(work, argument = null) {
      const { result, exceptionDetails } = await send('Runtime.evaluate', {
        expression: `(${work})(${JSON.stringify(argument)})`,
        awaitPromise: true,
        returnByValue: true,
      });
      if (exceptionDetails) {
        throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
      }
      return result.value;
    },
    memory: () => memoryOf(group),
    async kill() {
      process.off('exit', end);
      end();
      await ended;
    },
  };
}
