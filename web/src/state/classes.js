// Class cards: there before the engine is, and from then on the engine's classes in the engine's order.

/** @typedef {import('./types.js').ClassCard} ClassCard */
/** @typedef {ReturnType<typeof createClasses>} Classes */

export const SLOT_COUNT = 8;

/** @param {import('./types.js').Context} context */
export function createClasses({ state, changed, engine, notices, undo, texts, untilLoaded }) {
  let nextKey = 1;
  /** Of the pictures on disk: new ones come after it. */
  let lastSampleId = 0;
  const { t } = texts;

  /** @param {number} key */
  const find = (key) => state.classes.find((card) => card.key === key);

  /** The colour that is used least, the first of those. */
  function freeSlot() {
    const uses = Array.from({ length: SLOT_COUNT }, () => 0);
    for (const { slot } of state.classes) {
      uses[slot - 1] += 1;
    }
    return uses.indexOf(Math.min(...uses)) + 1;
  }

  /** "Class 3", counted on until nobody has that name. */
  function freeName() {
    for (let count = state.classes.length + 1; ; count += 1) {
      const name = t('class.defaultName', { number: count });
      if (!state.classes.some((card) => card.name === name)) {
        return name;
      }
    }
  }

  /** The engine's word on what belongs to a class. @param {ClassCard} card */
  function sync(card) {
    if (engine.trainer && card.id !== null) {
      card.sampleIds = engine.trainer.sampleIds(card.id);
    }
  }

  /** @param {ClassCard} card @param {number} index */
  function insert(card, index) {
    state.classes = insertAt(state.classes, index, card);
    changed('classes-changed', 'samples-changed');
  }

  /** @param {ClassCard} card */
  function takeOut(card) {
    const index = state.classes.indexOf(card);
    state.classes = state.classes.filter((other) => other !== card);
    changed('classes-changed', 'samples-changed');
    return index;
  }

  /** @param {number} key @param {number} index */
  function place(key, index) {
    const card = find(key);
    if (!card) {
      return;
    }
    const others = state.classes.filter((other) => other !== card);
    state.classes = insertAt(others, index, card);
    if (card.id !== null) {
      engine.trainer?.moveClass(card.id, index);
    }
    changed('classes-changed', 'order-changed');
  }

  engine.whenReady((trainer) => {
    // Cards from disk have their identities; the others get one beyond all of those.
    const kept = state.classes.flatMap((card) => (card.id === null ? [] : [{ ...card, id: card.id }]));
    trainer.keeping.takeUpClasses(kept, { lastSampleId });
    for (const [index, card] of state.classes.entries()) {
      if (card.id === null) {
        card.id = trainer.addClass(card.name);
        if (!card.enabled) {
          trainer.setClassEnabled(card.id, false);
        }
      }
      if (trainer.classes[index].id !== card.id) {
        trainer.moveClass(card.id, index);
      }
    }
    changed('classes-changed');
  });

  return {
    find,
    sync,

    /** Classes that take part and have pictures. */
    get taught() {
      return state.classes.filter((card) => card.enabled && card.sampleIds.length > 0);
    },

    /** @param {string} [wanted] Left out: a name like "Class 3". */
    add(wanted) {
      const name = wanted ?? freeName();
      /** @type {ClassCard} */
      const card = {
        isUntouched: wanted === undefined,
        key: nextKey++,
        id: engine.trainer?.addClass(name) ?? null,
        name,
        slot: freeSlot(),
        enabled: true,
        sampleIds: [],
        waitingCount: 0,
        savedCount: 0,
      };
      insert(card, state.classes.length);
      return card;
    },

    /** The class of that name, made if there is none. @param {string} name */
    named(name) {
      return state.classes.find((card) => card.name === name) ?? this.add(name);
    },

    /**
     * @param {number} key
     * @param {string} typed
     */
    rename(key, typed) {
      const card = find(key);
      const name = typed.trim().slice(0, 80);
      if (!card || !name || name === card.name) {
        changed('classes-changed'); // the field shows the old name again
        return;
      }
      const before = card.name;
      /** @param {string} to */
      const set = (to) => {
        card.name = to;
        card.isUntouched = false;
        if (card.id !== null) {
          engine.trainer?.renameClass(card.id, to);
        }
        engine.refresh();
        changed('classes-changed');
      };
      void undo.perform({ redo: () => set(name), undo: () => set(before) });
    },

    /** @param {number} key @param {number} slot */
    setSlot(key, slot) {
      const card = find(key);
      if (!card || card.slot === slot) {
        return;
      }
      const before = card.slot;
      /** @param {number} to */
      const set = (to) => {
        card.slot = to;
        changed('classes-changed');
      };
      void undo.perform({ redo: () => set(slot), undo: () => set(before) });
    },

    /** @param {number} key @param {boolean} enabled */
    setEnabled(key, enabled) {
      const card = find(key);
      if (!card || card.enabled === enabled) {
        return;
      }
      /** @param {boolean} to */
      const set = (to) => {
        card.enabled = to;
        if (card.id !== null) {
          engine.trainer?.setClassEnabled(card.id, to);
        }
        changed('classes-changed', 'samples-changed');
      };
      void undo.perform({ redo: () => set(enabled), undo: () => set(!enabled) });
    },

    /** With its pictures, at once; the toast brings it back. @param {number} key */
    async remove(key) {
      const card = find(key);
      await untilLoaded();
      if (!card) {
        return;
      }
      let index = 0;
      const step = {
        redo: () => {
          if (card.id !== null) {
            engine.trainer?.removeClass(card.id);
          }
          index = takeOut(card);
        },
        undo: async () => {
          if (card.id !== null && engine.trainer) {
            await engine.trainer.restoreClass(card.id);
            sync(card);
          }
          insert(card, Math.min(index, state.classes.length));
        },
      };
      await undo.perform(step);
      notices.tell(t('notice.classDeleted', { name: card.name }), {
        actionText: t('undo'),
        action: () => void undo.undoIfLast(step),
      });
    },

    /** To a new place among the cards. @param {number} key @param {number} index */
    move(key, index) {
      const from = state.classes.findIndex((card) => card.key === key);
      const to = Math.max(0, Math.min(index, state.classes.length - 1));
      if (from < 0 || from === to) {
        return;
      }
      void undo.perform({ redo: () => place(key, to), undo: () => place(key, from) });
      const { name } = state.classes[to];
      notices.announce(t('notice.classMoved', { name, position: to + 1 }));
    },

    /** Cards nobody touched make room for what comes from a file. */
    dropUntouched() {
      for (const card of [...state.classes]) {
        if (card.isUntouched && card.sampleIds.length === 0 && card.waitingCount === 0) {
          if (card.id !== null) {
            engine.trainer?.removeClass(card.id);
          }
          takeOut(card);
        }
      }
    },

    /**
     * The cards of a project on disk, instead of those that nobody touched. Pictures whose class was lost keep together.
     *
     * @param {readonly import('../project/format.js').KeptClass[]} kept
     * @param {readonly number[]} lostKeys
     * @param {{ counts: Map<number, number>, last: number }} pictures how many each class has, and their last identity
     */
    takeUp(kept, lostKeys, { counts, last }) {
      this.dropUntouched();
      const others = state.classes;
      lastSampleId = last;
      const { trainer } = engine;
      const keys = [...kept.map(({ key }) => key), ...lostKeys];
      nextKey = Math.max(nextKey, ...keys.map((key) => key + 1));
      for (const card of others) {
        card.key = keys.includes(card.key) ? nextKey++ : card.key;
      }
      let nextId = Math.max(0, ...[...kept, ...others].map(({ id }) => id ?? 0)) + 1;
      /** @param {Omit<import('../project/format.js').KeptClass, 'id'> & { id: number | null }} from */
      const cardOf = ({ key, id, name, slot, enabled, isUntouched }) => ({
        key,
        id: id !== null && !others.some((other) => other.id === id) ? id : nextId++,
        name,
        slot: Math.min(Math.max(slot, 1), SLOT_COUNT),
        enabled,
        isUntouched,
        sampleIds: [],
        waitingCount: 0,
        savedCount: counts.get(key) ?? 0,
      });
      state.classes = [...kept.map(cardOf), ...others];
      for (const key of lostKeys) {
        const lost = { key, id: null, name: freeName(), slot: freeSlot(), enabled: true, isUntouched: false };
        state.classes = [...state.classes, cardOf(lost)];
      }
      if (trainer) {
        const taken = state.classes.filter((card) => !others.includes(card));
        trainer.keeping.takeUpClasses(/** @type {any} */ (taken), { lastSampleId });
      }
      changed('classes-changed', 'samples-changed');
    },

    /** Takes over classes that the engine got from elsewhere (an imported head). */
    adopt() {
      const trainer = engine.trainer;
      if (!trainer) {
        return;
      }
      for (const info of trainer.classes) {
        if (!state.classes.some((card) => card.id === info.id)) {
          const slot = freeSlot();
          const card = {
            key: nextKey++,
            isUntouched: false,
            id: info.id,
            name: info.name,
            slot,
            enabled: info.enabled,
            sampleIds: trainer.sampleIds(info.id),
            waitingCount: 0,
            savedCount: 0,
          };
          insert(card, state.classes.length);
        }
      }
    },
  };
}

/**
 * A copy with one more. (`toSpliced` is younger than the oldest browser that can run the engine.)
 *
 * @template T
 * @param {readonly T[]} list
 * @param {number} index
 * @param {T} item
 */
function insertAt(list, index, item) {
  return [...list.slice(0, index), item, ...list.slice(index)];
}
