// The exam: pictures that are never learnt from, taken apart from the others, and how many of them the answer is right
// about. What cross-validation promises is checked here against pictures of another moment, place or day.

import { collectFiles } from '../intake/collect.js';
import { EXAM_TEXTS } from '../texts/exam/index.js';

/** @typedef {Awaited<ReturnType<typeof createExam>>} Exam */
/**
 * @typedef {object} ExamPicture
 * @property {number} id
 * @property {number} classKey What it really is.
 * @property {Blob} picture As a sample would keep it.
 * @property {string} url Shows it.
 * @property {{ classKey: number | null, isUnknown: boolean, probability: number } | null} answer null: not asked yet.
 */

const BURST_COUNT = 10;
/** Pictures of a burst are to differ. */
const BURST_EVERY_MS = 250;

/**
 * @param {import('./types.js').Context} context
 * @param {{ classes: import('./classes.js').Classes, camera: import('./camera-link.js').CameraLink }} parts
 */
export async function createExam({ state, changed, watch, engine, notices, texts, undo }, { classes, camera }) {
  await texts.bring(EXAM_TEXTS);
  /** @type {ExamPicture[]} */
  let pictures = [];
  let nextId = 1;
  /** @type {AbortController | null} */
  let recording = null;
  let recordingKey = /** @type {number | null} */ (null);
  /** Answers of a head that is gone are worth nothing: which asking is the newest. */
  let asking = 0;

  /** @param {ExamPicture[]} to */
  function put(to) {
    pictures = to;
    changed('exam-changed');
  }

  /** Asks about every picture that has no answer yet, one after the other. */
  async function ask() {
    asking += 1;
    const mine = asking;
    for (;;) {
      const next = pictures.find(({ answer, classKey }) => answer === null && classes.find(classKey));
      if (!next || !engine.trainer || state.engine.head === null) {
        return;
      }
      try {
        const { ranked, known } = await engine.trainer.predict(next.picture);
        if (mine !== asking) {
          return;
        }
        const isUnknown = known < state.settings.knownThreshold;
        const top = ranked[0];
        const called = state.classes.find(({ id }) => id === top?.classId);
        next.answer = {
          classKey: isUnknown ? null : (called?.key ?? null),
          isUnknown,
          probability: top?.probability ?? 0,
        };
        changed('exam-changed');
      } catch (error) {
        if (mine === asking) {
          notices.fail(error);
        }
        return;
      }
    }
  }

  /** Every answer is asked for again: the head is another one. */
  function askAnew() {
    for (const picture of pictures) {
      picture.answer = null;
    }
    changed('exam-changed');
    void ask();
  }
  watch(['training-ended', 'head-imported', 'knownThreshold-chosen', 'backbone-changed'], askAnew);

  /** @param {number} classKey @param {Blob} picture @returns {ExamPicture} */
  function make(classKey, picture) {
    const id = nextId;
    nextId += 1;
    return { id, classKey, picture, url: URL.createObjectURL(picture), answer: null };
  }

  /** @param {number} classKey @param {Blob} picture */
  function add(classKey, picture) {
    put([...pictures, make(classKey, picture)]);
    void ask();
  }

  return {
    get pictures() {
      return pictures;
    },
    get recordingKey() {
      return recordingKey;
    },

    /** How the exam went, so far. */
    get result() {
      const asked = pictures.filter(({ answer, classKey }) => answer !== null && classes.find(classKey));
      const isRight = (/** @type {ExamPicture} */ { answer, classKey }) => answer?.classKey === classKey;
      return {
        count: asked.length,
        rightCount: asked.filter(isRight).length,
        unknownCount: asked.filter(({ answer }) => answer?.isUnknown).length,
        perClass: state.classes.map((card) => {
          const own = asked.filter(({ classKey }) => classKey === card.key);
          return { key: card.key, count: own.length, rightCount: own.filter(isRight).length };
        }),
      };
    },

    /** Ten pictures of what the camera shows, a quarter of a second apart; pressed again, it stops. @param {number} classKey */
    async record(classKey) {
      if (recording) {
        recording.abort();
        return;
      }
      if (state.camera.phase !== 'open') {
        void camera.open();
        return;
      }
      recording = new AbortController();
      recordingKey = classKey;
      changed('exam-changed');
      try {
        for (let taken = 0; taken < BURST_COUNT && !recording.signal.aborted; taken += 1) {
          await camera.untilShowing();
          if (!camera.video || !engine.trainer) {
            break;
          }
          add(classKey, await engine.trainer.capture(camera.video));
          await new Promise((resolve) => setTimeout(resolve, BURST_EVERY_MS));
        }
      } catch (error) {
        notices.fail(error);
      } finally {
        recording = null;
        recordingKey = null;
        changed('exam-changed');
      }
    },

    /** Pictures, films and archives; what cannot be read is named and the rest is taken. @param {number} classKey @param {File[]} files */
    async take(classKey, files) {
      const { readPictures } = await import('../intake/intake.js');
      const pictures = readPictures(await collectFiles(files));
      /** @type {string[]} */
      const unreadable = [];
      for await (const { name, picture } of pictures) {
        try {
          if (engine.trainer) {
            add(classKey, await engine.trainer.capture(picture));
          }
        } catch {
          unreadable.push(name);
        } finally {
          picture.close();
        }
      }
      unreadable.push(...pictures.unreadable.map(({ name }) => name));
      if (unreadable.length > 0) {
        notices.tell(
          texts.t('exam.unreadable', { count: unreadable.length, names: unreadable.slice(0, 3).join(', ') }),
        );
      }
    },

    /** @param {number} id */
    remove(id) {
      const before = pictures;
      void undo.perform({
        redo: () => put(pictures.filter((picture) => picture.id !== id)),
        undo: () => put(before),
      });
    },

    clear() {
      const before = pictures;
      void undo.perform({ redo: () => put([]), undo: () => put(before) });
    },
  };
}
