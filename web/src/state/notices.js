// What the page tells a person: toasts for the eye, one sentence at a time for the screen reader.

/** @typedef {ReturnType<typeof createNotices>} Notices */

const INFO_STAYS_MS = 7000;
const MOST_AT_ONCE = 3;
/** A sentence that is replaced sooner is not heard. */
const SENTENCE_STAYS_MS = 500;
/** What came longer ago is no news any more. */
const MOST_SENTENCES_WAITING = 4;

/** @param {Pick<import('./types.js').Context, 'state' | 'changed' | 'texts'>} context */
export function createNotices({ state, changed, texts }) {
  let nextId = 1;
  /** @type {Map<number, ReturnType<typeof setTimeout>>} */
  const timers = new Map();

  /** @param {number} id */
  function dismiss(id) {
    clearTimeout(timers.get(id));
    timers.delete(id);
    state.notices = state.notices.filter((notice) => notice.id !== id);
    changed('notices-changed');
  }

  /** @param {Omit<import('./types.js').Notice, 'id'>} notice */
  function show(notice) {
    const id = nextId++;
    // The same failure thirty times a second is one failure.
    const others = state.notices.filter((other) => other.text !== notice.text);
    state.notices = [...others, { ...notice, id }].slice(-MOST_AT_ONCE);
    if (notice.kind === 'info' && !notice.stays) {
      timers.set(
        id,
        setTimeout(() => dismiss(id), INFO_STAYS_MS),
      );
    }
    announce([notice.text, notice.detail].filter(Boolean).join(' '));
    changed('notices-changed');
    return id;
  }

  /** @type {{ text: string, isAnswer: boolean }[]} */
  let sentences = [];
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let saying;

  function sayNext() {
    const next = sentences.shift();
    saying = next && setTimeout(sayNext, SENTENCE_STAYS_MS);
    if (next) {
      state.announcement = next.text;
      changed('announced');
    }
  }

  /**
   * @param {string} text Said by a screen reader when it next falls silent.
   * @param {{ isAnswer?: boolean }} [options] Of the answers to what the camera sees only the newest one waits.
   */
  function announce(text, { isAnswer = false } = {}) {
    const others = isAnswer ? sentences.filter((sentence) => !sentence.isAnswer) : sentences;
    sentences = [...others, { text, isAnswer }].slice(-MOST_SENTENCES_WAITING);
    if (saying === undefined) {
      sayNext();
    }
  }

  /** What a failure means, in the person's words. @param {any} error */
  function wordsOf(error) {
    const key = /** @type {any} */ (`error.${String(error?.code ?? 'internal')}`);
    return texts.has(key) ? texts.t(key) : texts.t('error.internal');
  }

  return {
    dismiss,
    announce,
    wordsOf,
    /**
     * @param {string} text
     * @param {{ actionText?: string, action?: () => void, stays?: boolean }} [options] `stays`: until it is closed
     */
    tell: (text, options = {}) => show({ kind: 'info', text, ...options }),

    /**
     * Something that a person should know before going on; it stays until it is closed.
     *
     * @param {string} text
     * @param {{ actionText?: string, action?: () => void }} [options]
     */
    warn: (text, options = {}) => show({ kind: 'error', text, ...options }),

    /**
     * A question that has to be answered before anything happens; null where the window was closed without an answer.
     *
     * @param {string} text
     * @param {string[]} options
     * @returns {Promise<number | null>} Which option.
     */
    ask(text, options) {
      state.question?.answer(null);
      return new Promise((resolve) => {
        state.question = {
          text,
          options,
          answer(index) {
            state.question = null;
            changed('question-changed');
            resolve(index);
          },
        };
        changed('question-changed');
      });
    },

    /**
     * A failure, with what it means first and the engine's own words after it. A stop that was asked for is none.
     *
     * @param {any} error
     * @param {{ actionText?: string, action?: () => void }} [options] How it can be tried again.
     */
    fail(error, options = {}) {
      const code = String(error?.code ?? 'internal');
      if (code === 'cancelled' || error?.name === 'AbortError') {
        return;
      }
      if (code === 'internal') {
        reportError(error);
      }
      show({ kind: 'error', text: wordsOf(error), detail: String(error?.message ?? error), ...options });
    },
  };
}
