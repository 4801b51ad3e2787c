// Two ways to begin without having anything at hand: drawn pictures that teach three things, and a game for the camera.

import { noActions } from '../outputs/reactions.js';
import { SIGNS } from './game-signs.js';

/** Enough for a measured result, few enough to be there at once. */
const PICTURES_EACH = 12;

/** In the order of the signs. */
const GAME = /** @type {const} */ (['rock', 'paper', 'scissors']);

/** @typedef {ReturnType<typeof createExamples>} Examples */

/**
 * @param {import('./types.js').Context} context
 * @param {{ classes: import('./classes.js').Classes, samples: import('./samples.js').Samples, camera: import('./camera-link.js').CameraLink }} parts
 */
export function createExamples({ state, changed, texts, notices }, { classes, samples, camera }) {
  const { t } = texts;

  /** Empty cards of the page's own names come first; then new ones. @param {string} name */
  function cardFor(name) {
    const empty = state.classes.find((card) => card.isUntouched && card.sampleIds.length + card.waitingCount === 0);
    if (!empty) {
      return classes.add(name);
    }
    classes.rename(empty.key, name);
    return empty;
  }

  return {
    /** A sun, a tree and a boat, drawn here and now. */
    async teachDrawings() {
      try {
        const { drawExample, THINGS } = await import('../examples/draw-things.js');
        for (const thing of THINGS) {
          const card = cardFor(t(`example.${thing}`));
          const taken = [];
          for (let number = 0; number < PICTURES_EACH; number += 1) {
            const sampleId = await samples.add(card.key, drawExample(thing, number));
            if (sampleId !== null) {
              taken.push(sampleId);
            }
          }
          samples.recorded(taken);
        }
      } catch (error) {
        notices.fail(error);
      }
    },

    /** Three classes with their signs, ready to be recorded. */
    playGame() {
      for (const [index, name] of GAME.entries()) {
        const card = cardFor(t(`example.${name}`));
        card.actions = { ...noActions(), show: SIGNS[index], say: card.name };
      }
      changed('classes-changed', 'actions-changed');
      if (state.camera.phase === 'closed') {
        void camera.open();
      }
    },
  };
}
