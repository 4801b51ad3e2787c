// What was done can be undone, and done again: destructive actions need no question beforehand.

import { MOST_REMOVALS } from '../engine/shared/removals.js';

/** @typedef {{ undo: () => unknown, redo: () => unknown }} Step */
/** @typedef {ReturnType<typeof createUndo>} UndoStack */

/**
 * @param {() => void} onChange
 * @param {{ onStepped?: (way: 'undo' | 'redo') => void, onFailed?: (error: unknown) => void }} [options]
 */
export function createUndo(onChange, { onStepped, onFailed = (error) => reportError(error) } = {}) {
  /** @type {Step[]} */
  const done = [];
  /** @type {Step[]} */
  const undone = [];
  // One step after the other: Ctrl+Z held down must not interleave two restorations.
  let running = Promise.resolve();

  /**
   * @param {Step[]} from
   * @param {Step[]} to
   * @param {'undo' | 'redo'} way
   */
  function step(from, to, way) {
    running = running
      .then(async () => {
        const last = from.pop();
        if (!last) {
          return;
        }
        try {
          await last[way]();
        } catch (error) {
          from.push(last); // the way back is not lost with one failure
          onFailed(error);
          return;
        }
        to.push(last);
        onStepped?.(way);
      })
      .then(onChange);
    return running;
  }

  return {
    /**
     * Does it now, and keeps the way back.
     *
     * @param {Step} action
     */
    async perform(action) {
      undone.length = 0;
      await action.redo();
      done.push(action);
      if (done.length > MOST_REMOVALS) {
        done.shift();
      }
      onChange();
    },
    undo: () => step(done, undone, 'undo'),
    redo: () => step(undone, done, 'redo'),
    /** Undoes this step if it is still the last one (a toast's button, pressed late). @param {Step} action */
    undoIfLast: async (action) => {
      if (done[done.length - 1] === action) {
        await step(done, undone, 'undo');
      }
    },
    clear() {
      done.length = 0;
      undone.length = 0;
      onChange();
    },
    get undoCount() {
      return done.length;
    },
    get redoCount() {
      return undone.length;
    },
  };
}
