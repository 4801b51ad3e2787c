/**
 * What the answer looks at, and what to do when it is wrong.
 */

import { SEEING_TEXTS } from '../texts/seeing/index.js';

/** @typedef {Awaited<ReturnType<typeof createSeeing>>} Seeing */

/**
 * @param {import('./types.js').Context} context
 * @param {{ live: import('./live.js').Live, samples: import('./samples.js').Samples }} parts
 */
export async function createSeeing({ state, changed, watch, engine, notices, texts, undo }, { live, samples }) {
  await texts.bring(SEEING_TEXTS);
  /** What the camera showed when the answer was paused: the answer goes on being about that. @type {Promise<Blob> | null} */
  let paused = null;
  /** The picture in question, while it is asked what it really is. @type {{ picture: Promise<Blob>, url: string } | null} */
  let question = null;

  watch(['live-changed', 'source-changed'], () => {
    const isPaused = state.live.paused && state.live.source === 'camera';
    paused = isPaused ? (paused ?? capture()) : null;
  });

  /** What the answer is about, kept as it is: it is gone by the time that a person has chosen. */
  async function capture() {
    const { shown } = live;
    if (!engine.trainer || !shown) {
      throw new Error('there is no picture to keep');
    }
    return shown instanceof Blob ? shown : engine.trainer.capture(shown);
  }

  function dropQuestion() {
    if (question) {
      URL.revokeObjectURL(question.url);
      question = null;
      changed('seeing-changed');
    }
  }

  /** @param {Promise<Blob>} picture @param {number} classKey */
  async function teach(picture, classKey) {
    const card = state.classes.find(({ key }) => key === classKey);
    try {
      const sampleId = card ? await samples.add(classKey, await picture) : null;
      const step = sampleId === null ? null : samples.recorded([sampleId]);
      if (card && step) {
        notices.tell(texts.t('seeing.corrected', { name: card.name }), {
          actionText: texts.t('undo'),
          action: () => void undo.undoIfLast(step),
        });
      }
    } catch (error) {
      notices.fail(error);
    }
  }

  return {
    /** The classes that it may be instead of what the answer says. */
    get others() {
      const { winnerId } = state.live;
      return state.classes.filter(({ enabled, id }) => enabled && (winnerId === null || id !== winnerId));
    },
    get questionUrl() {
      return question?.url ?? '';
    },

    /** The shown picture is this: learnt at once. @param {number} classKey */
    correct: (classKey) => teach(paused ?? capture(), classKey),

    /** Keeps the picture while it is asked what it really is. */
    async ask() {
      dropQuestion();
      const picture = paused ?? capture();
      try {
        question = { picture, url: URL.createObjectURL(await picture) };
        changed('seeing-changed');
        return true;
      } catch (error) {
        notices.fail(error);
        return false;
      }
    },
    /** @param {number} classKey */
    async answer(classKey) {
      const picture = question?.picture;
      dropQuestion();
      if (picture) {
        await teach(picture, classKey);
      }
    },
    dropQuestion,
  };
}
