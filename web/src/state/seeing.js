// What the answer looks at, and what to do when it is wrong.

import { SEEING_TEXTS } from '../texts/seeing/index.js';

/** @typedef {Awaited<ReturnType<typeof createSeeing>>} Seeing */

/** @typedef {import('../engine/headstart.js').Attention} Attention */

const SIMILAR_COUNT = 3;
/** What looks alike stays for so long: a camera answers thirty times a second, and eyes want to rest on a picture. */
const SIMILAR_STAYS_MS = 500;
/** What "live" means at the least: a finer map that would make the answer slower is given up for the coarse one. */
const SLOWEST_MS = 100;
/** The first of these make the network ready. */
const [FEWEST_TIMED, MOST_TIMED] = [4, 12];
/** So many pictures are kept for showing: one that was just shown is often shown again. */
const URLS_KEPT = 12;

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

  let isOn = false;
  /** Of the picture that was answered last. @type {Attention | null} */
  let attention = null;
  /** Pictures of the samples that were shown, by id, the newest last. @type {Map<number, string>} */
  const urls = new Map();
  /** What is shown as alike, and what is to be shown next. @type {Attention['similar']} */
  let similar = [];
  /** @type {Attention['similar'] | null} */
  let wanted = null;
  let isBringing = false;
  /** What the newest finer maps of the camera took, and whether they are too slow here. @type {number[]} */
  let tookMs = [];
  let isSlow = false;

  /** @param {number} elapsedMs */
  function noteTime(elapsedMs) {
    tookMs = [...tookMs, elapsedMs].slice(-MOST_TIMED);
    const middle = tookMs.toSorted((a, b) => a - b)[Math.floor(tookMs.length / 2)];
    isSlow = tookMs.length > FEWEST_TIMED && middle > SLOWEST_MS;
  }

  /** The answer, and with the same pass where it comes from. @param {import('./types.js').Picture} picture */
  async function explain(picture) {
    const trainer = /** @type {import('./types.js').Trainer} */ (engine.trainer);
    const isLive = live.shown === picture && !(picture instanceof Blob);
    const finer = !isLive || !isSlow;
    const start = performance.now();
    const found = await trainer.attention(picture, { similarCount: SIMILAR_COUNT, finer });
    if (isLive && finer) {
      noteTime(performance.now() - start);
    }
    if (isOn) {
      attention = found;
      wanted = found.similar;
      void bringSimilar();
      changed('seeing-changed');
    }
    return found.prediction;
  }

  /** Shows the newest of what is wanted, one after the other and each for a while. */
  async function bringSimilar() {
    if (isBringing) {
      return;
    }
    isBringing = true;
    while (wanted) {
      const next = wanted;
      wanted = null;
      await fetchPictures(next.map(({ sampleId }) => sampleId));
      if (attention) {
        similar = next;
        changed('seeing-changed');
        await new Promise((resolve) => setTimeout(resolve, SIMILAR_STAYS_MS));
      }
    }
    isBringing = false;
  }

  /** Until they can be painted. @param {number[]} sampleIds */
  async function fetchPictures(sampleIds) {
    for (const id of sampleIds) {
      try {
        const url = urls.get(id) ?? URL.createObjectURL(await samples.picture(id));
        urls.delete(id);
        urls.set(id, url);
        const image = new Image();
        image.src = url;
        await image.decode();
      } catch {
        // It was deleted meanwhile.
      }
    }
    for (const [id, url] of [...urls].slice(0, Math.max(0, urls.size - URLS_KEPT))) {
      URL.revokeObjectURL(url);
      urls.delete(id);
    }
  }

  function forget() {
    attention = null;
    wanted = null;
    similar = [];
    changed('seeing-changed');
    for (const url of urls.values()) {
      URL.revokeObjectURL(url);
    }
    urls.clear();
  }
  // What is no longer answered is no longer explained.
  watch(['source-changed', 'live-changed'], () => {
    if (attention && state.live.ranked.length === 0) {
      forget();
    }
  });

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
    get isOn() {
      return isOn;
    },
    get attention() {
      return attention;
    },
    /** The own pictures that are most like the one that is shown, most alike first. */
    get similar() {
      return similar.flatMap(({ sampleId, classId }) => {
        const url = urls.get(sampleId);
        const card = state.classes.find(({ id }) => id === classId);
        return url && card ? [{ sampleId, card, url }] : [];
      });
    },
    toggle() {
      isOn = !isOn;
      // Another network, or a machine with less to do: it is tried again.
      tookMs = [];
      isSlow = false;
      live.askWith(isOn ? explain : null);
      forget();
    },
    /** Where a sample speaks for its own class; null where it cannot be told. @param {number} sampleId */
    async ofSample(sampleId) {
      const card = state.classes.find(({ sampleIds }) => sampleIds.includes(sampleId));
      if (!engine.trainer || !card || card.id === null) {
        return null;
      }
      try {
        return await engine.trainer.attention(await samples.picture(sampleId), { class: card.id, finer: true });
      } catch (error) {
        const { code } = /** @type {any} */ (error);
        if (code !== 'not-trained' && code !== 'bad-argument') {
          notices.fail(error); // a class that is left out speaks for nothing
        }
        return null;
      }
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
