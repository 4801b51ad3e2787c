// Pictures of the classes: taken, kept, deleted and moved; the engine keeps them, the page knows their numbers.

/** @typedef {import('./types.js').ClassCard} ClassCard */
/** @typedef {import('./types.js').Picture} Picture */
/** @typedef {ReturnType<typeof createSamples>} Samples */

/** Pictures taken before the engine is there wait as bitmaps of a quarter megabyte each: some seconds of holding. */
const MOST_WAITING = 120;

/**
 * @param {import('./types.js').Context} context
 * @param {import('./classes.js').Classes} classes
 */
export function createSamples({ state, changed, engine, notices, undo, texts, saving }, classes) {
  const { t } = texts;
  /** @type {{ card: ClassCard, bitmap: ImageBitmap }[]} */
  const waiting = [];

  /** As it is, never mirrored: that is a matter of how it is shown. @param {ClassCard} card @param {Picture} picture */
  async function give(card, picture) {
    const { trainer } = engine;
    const { id } = card;
    if (!trainer || id === null) {
      throw new Error('the engine is not there yet');
    }
    card.waitingCount += 1;
    try {
      const sampleId = await trainer.addSample(id, picture).catch(async (cause) => {
        if (!(await engine.hasRecovered())) {
          throw cause;
        }
        return trainer.addSample(id, picture); // a video's frame of now
      });
      await saving.keep(card, sampleId);
      // While it was written another change may have brought the card up to what the engine holds.
      if (!card.sampleIds.includes(sampleId)) {
        card.sampleIds.push(sampleId);
      }
      saving.kept(sampleId);
      return sampleId;
    } finally {
      card.waitingCount -= 1;
      changed('samples-changed');
    }
  }

  /** @param {ClassCard} card @param {HTMLVideoElement} video */
  async function keepForLater(card, video) {
    if (waiting.length >= MOST_WAITING) {
      return null;
    }
    card.waitingCount += 1;
    changed('samples-changed');
    const side = Math.min(video.videoWidth, video.videoHeight);
    const left = (video.videoWidth - side) / 2;
    const top = (video.videoHeight - side) / 2;
    const size = { resizeWidth: 256, resizeHeight: 256 };
    const bitmap = await createImageBitmap(video, left, top, side, side, size);
    waiting.push({ card, bitmap });
    return null;
  }

  engine.whenReady(async () => {
    for (const { card, bitmap } of waiting.splice(0)) {
      card.waitingCount -= 1;
      if (classes.find(card.key)) {
        await give(card, bitmap).catch(notices.fail);
      }
      bitmap.close();
    }
  });

  /** Brings the cards up to what the engine holds. @param {(number | null | undefined)[]} keys */
  function syncCards(keys) {
    for (const key of keys) {
      const card = key && classes.find(key);
      if (card) {
        classes.sync(card);
      }
    }
    changed('samples-changed', 'samples-removed');
  }

  /** @param {number[]} sampleIds */
  function keysOf(sampleIds) {
    const wanted = new Set(sampleIds);
    return state.classes
      .filter((card) => card.sampleIds.some((sampleId) => wanted.has(sampleId)))
      .map((card) => card.key);
  }

  return {
    /**
     * Takes what a video shows now, or a picture that was read, into a class.
     *
     * @param {number} classKey
     * @param {Picture} picture
     */
    async add(classKey, picture) {
      const card = classes.find(classKey);
      if (!card) {
        return null;
      }
      if (engine.trainer && card.id !== null) {
        return give(card, picture);
      }
      return picture instanceof HTMLVideoElement ? keepForLater(card, picture) : null;
    },

    /** @param {number} sampleId */
    picture(sampleId) {
      const trainer = engine.trainer;
      return trainer ? trainer.picture(sampleId) : Promise.reject(new Error('no engine'));
    },

    /** @param {number[]} sampleIds */
    async remove(sampleIds) {
      const trainer = engine.trainer;
      if (!trainer || sampleIds.length === 0) {
        return;
      }
      const keys = keysOf(sampleIds);
      const step = {
        redo: async () => {
          await trainer.removeSamples(sampleIds);
          syncCards(keys);
        },
        undo: async () => {
          await trainer.restoreSamples(sampleIds);
          syncCards(keys);
        },
      };
      await undo.perform(step).catch(notices.fail);
      notices.tell(t('notice.picturesDeleted', { count: sampleIds.length }), {
        actionText: t('undo'),
        action: () => void undo.undoIfLast(step),
      });
    },

    /** What was just recorded can be taken back as one step. @param {number[]} sampleIds */
    recorded(sampleIds) {
      const trainer = engine.trainer;
      if (!trainer || sampleIds.length === 0) {
        return null;
      }
      const keys = keysOf(sampleIds);
      let first = true;
      const step = {
        redo: async () => {
          if (!first) {
            await trainer.restoreSamples(sampleIds);
            syncCards(keys);
          }
          first = false;
        },
        undo: async () => {
          await trainer.removeSamples(sampleIds);
          syncCards(keys);
        },
      };
      void undo.perform(step);
      return step;
    },

    /** @param {number[]} sampleIds @param {number} toKey */
    async move(sampleIds, toKey) {
      const trainer = engine.trainer;
      const to = classes.find(toKey);
      if (!trainer || !to || to.id === null || sampleIds.length === 0) {
        return;
      }
      const toId = to.id;
      const wanted = new Set(sampleIds);
      const origins = state.classes
        .filter((card) => card !== to && card.id !== null)
        .map((card) => ({ card, ids: card.sampleIds.filter((id) => wanted.has(id)) }))
        .filter(({ ids }) => ids.length > 0);
      const keys = [toKey, ...origins.map(({ card }) => card.key)];
      const moved = origins.flatMap(({ ids }) => ids);
      if (moved.length === 0) {
        return; // all of them lie there already
      }
      const step = {
        redo: async () => {
          await trainer.moveSamples(moved, toId);
          syncCards(keys);
        },
        undo: async () => {
          for (const { card, ids } of origins) {
            await trainer.moveSamples(ids, /** @type {number} */ (card.id));
          }
          syncCards(keys);
        },
      };
      await undo.perform(step).catch(notices.fail);
      notices.tell(t('notice.picturesMoved', { count: moved.length, name: to.name }), {
        actionText: t('undo'),
        action: () => void undo.undoIfLast(step),
      });
    },

    /** @param {number[]} sampleIds @param {number} toKey */
    async copy(sampleIds, toKey) {
      const trainer = engine.trainer;
      const to = classes.find(toKey);
      if (!trainer || !to || to.id === null || sampleIds.length === 0) {
        return;
      }
      const toId = to.id;
      /** @type {number[] | null} */
      let copies = null;
      const step = {
        redo: async () => {
          if (copies) {
            await trainer.restoreSamples(copies);
          } else {
            copies = await trainer.copySamples(sampleIds, toId);
          }
          syncCards([toKey]);
        },
        undo: async () => {
          await trainer.removeSamples(copies ?? []);
          syncCards([toKey]);
        },
      };
      await undo.perform(step).catch(notices.fail);
      notices.tell(t('notice.picturesCopied', { count: sampleIds.length, name: to.name }), {
        actionText: t('undo'),
        action: () => void undo.undoIfLast(step),
      });
    },
  };
}
