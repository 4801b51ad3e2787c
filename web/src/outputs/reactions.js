// When an answer makes something happen: a class starts to be the answer, stops, or is it for a while.

/**
 * What a class does while it is the answer. Empty strings: nothing of that kind.
 *
 * @typedef {object} ClassActions
 * @property {string} say Words to be spoken; '' says nothing.
 * @property {string} sound The name of a built-in sound, 'own' for `ownSound`, or ''.
 * @property {Blob | null} ownSound A sound from a file or from the microphone.
 * @property {string} show An emoji or a few words for the big screen; '' shows the class's name.
 * @property {Blob | null} picture A picture for the big screen, in place of the emoji.
 * @property {'start' | 'end' | 'each'} when
 */

/** @typedef {'start' | 'end' | 'each'} Moment */

/** How often a class that stays the answer acts again, for `each`. A spoken word takes about as long. */
export const REPEAT_MS = 2000;

/** @returns {ClassActions} */
export function noActions() {
  return { say: '', sound: '', ownSound: null, show: '', picture: null, when: 'start' };
}

/**
 * Follows the answer and says which class has to act. It is told the answer as often as there is one; the same one again
 * and again is one event.
 *
 * @param {(key: number, moment: Moment) => void} act `key` is the page's identity of a class.
 */
export function createReactions(act) {
  /** @type {number | null} */
  let current = null;
  let repeatedAt = 0;

  return {
    /**
     * @param {number | null} key The class that is the answer; null while the answer is "not sure" or "none of these".
     * @param {number} now Milliseconds of a clock that never goes back.
     */
    update(key, now) {
      if (key !== current) {
        const before = current;
        current = key;
        repeatedAt = now;
        if (before !== null) {
          act(before, 'end');
        }
        if (key !== null) {
          act(key, 'start');
          act(key, 'each');
        }
      } else if (key !== null && now - repeatedAt >= REPEAT_MS) {
        repeatedAt = now;
        act(key, 'each');
      }
    },
    /** Forgets the answer without an event: a class that went away does not stop, it is gone. */
    reset() {
      current = null;
    },
  };
}
