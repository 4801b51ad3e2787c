// Everything the person does, on disk as it happens. A picture counts once it is written; everything else is compared with
// what lies on disk and follows a moment later, whatever changed it: an undo, a file, a drag.

import { createRowSaver } from './row-saver.js';

/** @typedef {ReturnType<typeof createSaver>} Saver */
/** @typedef {import('./types.js').ClassCard} ClassCard */
/** @typedef {import('../project/vault.js').Vault} Vault */
/** @typedef {import('../project/format.js').Place} Place */
/** @typedef {{ classKey: number, order: number }} Spot */

/** Of so many deleted pictures it is known where they lay, and their bytes are on disk: an undo is quick. */
const MOST_LAIN = 2000;
/** What could not be written is tried again. */
const RETRY_MS = 4000;

/** @type {import('./types.js').StoreEvent[]} */
const WATCHED = ['samples-changed', 'samples-removed', 'classes-changed', 'order-changed', 'report-changed'];
/** @type {import('./types.js').StoreEvent[]} */
const WATCHED_TOO = [
  'round-changed',
  'training-ended',
  'head-imported',
  'training-settings-changed',
  'backbone-chosen',
];

/**
 * @param {import('./types.js').Context} context
 * @param {{ training: import('./training.js').Training, projectSettings: () => Record<string, unknown> }} parts
 */
export function createSaver({ state, changed, watch, engine }, { training, projectSettings }) {
  /** @type {Vault | null} */
  let vault = null;
  /** Where each picture lies on disk. @type {Map<number, Spot>} */
  const onDisk = new Map();
  /** Where a picture lay that was deleted: an undo puts it back there. @type {Map<number, Spot>} */
  const lain = new Map();
  /** Written, but in no card yet. @type {Set<number>} */
  const arriving = new Set();
  /** On disk, and not read yet. @type {Set<number>} */
  const coming = new Set();
  /** Pictures whose bytes are not on disk. @type {Set<number>} */
  const bare = new Set();
  /** Deleted since the disk was swept. */
  let droppedCount = 0;
  let nextOrder = 1;
  let savedProject = '';
  /** @type {Uint8Array | null} */
  let savedHead = null;
  let savedLesson = '';
  /** @type {import('./types.js').Round | null} */
  let savedRound = null;
  /** @type {Promise<void> | null} */
  let running = null;
  let isDirty = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let retry;
  const rows = createRowSaver({ state, engine }, () => vault);

  function countUnsaved() {
    const count = vault ? bare.size : -1;
    state.unsaved = count !== 0;
    if (state.project.unsavedCount !== Math.max(0, count)) {
      state.project.unsavedCount = Math.max(0, count);
      changed('project-changed', 'unsaved-changed');
    }
  }

  /** @param {any} error */
  function onFailure(error) {
    if (error.reason === 'taken') {
      return; // the projects tell
    }
    clearTimeout(retry);
    retry = setTimeout(() => void reconcile(), RETRY_MS);
    state.project.trouble = error.reason === 'full' ? 'full' : 'failed';
    countUnsaved();
    changed('project-changed');
    changed('storage-failed');
  }

  function onSuccess() {
    countUnsaved();
    if (state.project.trouble && bare.size === 0) {
      state.project.trouble = '';
      changed('project-changed');
    }
  }

  /** What of the project is not pictures. */
  function projectNow() {
    return {
      classes: state.classes.map(({ key, id, name, slot, enabled, isUntouched }) => ({
        key,
        id,
        name,
        slot,
        enabled,
        isUntouched,
      })),
      settings: projectSettings(),
    };
  }

  /** What differs between the cards and the disk. */
  function difference() {
    /** @type {(Spot & { sampleId: number })[]} */
    const spots = [];
    /** @type {Set<number>} */
    const present = new Set();
    for (const { key, sampleIds } of state.classes) {
      let last = Number.NEGATIVE_INFINITY;
      for (const sampleId of sampleIds) {
        present.add(sampleId);
        const lies = onDisk.get(sampleId);
        const spot = lies ?? lain.get(sampleId);
        let order = spot?.classKey === key && spot.order > last ? spot.order : nextOrder;
        if (order <= last) {
          order = last + 1;
        }
        nextOrder = Math.max(nextOrder, Math.floor(order) + 1);
        if (!lies || lies.classKey !== key || lies.order !== order) {
          spots.push({ sampleId, classKey: key, order });
        }
        last = order;
      }
    }
    const drops = [...onDisk.keys()].filter((id) => !present.has(id) && !arriving.has(id) && !coming.has(id));
    for (const sampleId of bare) {
      if (!present.has(sampleId) && !arriving.has(sampleId)) {
        bare.delete(sampleId); // deleted before it was ever written
      }
    }
    return { spots, drops };
  }

  /** @param {(Spot & { sampleId: number })[]} spots */
  async function withPictures(spots) {
    const { trainer } = engine;
    const puts = [];
    for (const spot of spots) {
      const picture = await trainer?.picture(spot.sampleId).catch(() => null);
      if (picture) {
        puts.push({ ...spot, picture });
      }
    }
    return puts;
  }

  /** @param {number} sampleId @param {Spot} spot */
  function noteWritten(sampleId, { classKey, order }) {
    onDisk.set(sampleId, { classKey, order });
    lain.delete(sampleId);
    bare.delete(sampleId);
  }

  /** What was deleted long ago; should an undo bring it back, it is written anew. @param {number} dropped */
  function forgetOld(dropped) {
    for (const sampleId of lain.keys()) {
      if (lain.size <= MOST_LAIN) {
        break;
      }
      lain.delete(sampleId);
    }
    droppedCount += dropped;
    if (droppedCount > MOST_LAIN) {
      droppedCount = 0;
      vault?.sweep().catch(() => {}); // then the next one does it
    }
  }

  /** Pictures that lie nowhere yet, a few at a time. @param {(Spot & { sampleId: number })[]} spots */
  async function writePictures(spots) {
    for (let start = 0; start < spots.length; start += 32) {
      const puts = await withPictures(spots.slice(start, start + 32));
      await vault?.commit({ puts });
      for (const put of puts) {
        noteWritten(put.sampleId, put);
        rows.wanted.add(put.sampleId);
      }
      countUnsaved();
    }
  }

  /** The head with all that belongs to it, if it is another one than on disk. */
  function trainingNow() {
    const head = engine.trainer?.keeping.head ?? null;
    const file = head?.file ?? null;
    const lesson = `${head?.stale}`;
    if (file === savedHead && lesson === savedLesson) {
      return undefined;
    }
    const value = head && file ? { head, report: state.report, learnt: training.learnt } : null;
    return { file, lesson, value };
  }

  /** Of a fine-tuning under way. Once it is over the head that came of it is written in the same breath. @param {boolean} alone */
  async function writeRound(alone) {
    const { round } = state.training;
    if (round === savedRound || (round === null && !alone)) {
      return;
    }
    savedRound = round;
    // Without it a reload begins that training anew: the disk may be too full for it, and the pictures go on being saved.
    await vault?.commit({ round }).catch(() => {});
  }

  async function writeDifferences() {
    const head = coming.size === 0 && state.training.phase !== 'running' ? trainingNow() : undefined;
    await writeRound(head === undefined);
    if (!vault) {
      return;
    }
    const { spots, drops } = difference();
    const project = projectNow();
    const projectText = JSON.stringify(project);
    const isNew = (/** @type {{ sampleId: number }} */ { sampleId }) => bare.has(sampleId);
    const places = spots.filter((spot) => !isNew(spot));
    const hasMore = projectText !== savedProject || drops.length > 0 || places.length > 0 || head !== undefined;
    if (hasMore) {
      const isRoundOver = savedRound !== null && state.training.round === null;
      const { missing } = await vault.commit({
        places,
        drops,
        ...(isRoundOver ? { round: null } : {}),
        ...(projectText === savedProject ? {} : { project }),
        ...(head === undefined ? {} : { training: head.value }),
      });
      savedProject = projectText;
      savedRound = isRoundOver ? null : savedRound;
      if (head) {
        [savedHead, savedLesson] = [head.file, head.lesson];
      }
      const gone = new Set(missing);
      for (const spot of places) {
        if (gone.has(spot.sampleId)) {
          bare.add(spot.sampleId);
        } else {
          noteWritten(spot.sampleId, spot);
        }
      }
      for (const sampleId of drops) {
        const spot = onDisk.get(sampleId);
        if (spot) {
          lain.set(sampleId, spot);
        }
        onDisk.delete(sampleId);
        rows.wanted.delete(sampleId);
      }
      forgetOld(drops.length);
      countUnsaved();
    }
    await writePictures(spots.filter(isNew));
  }

  /** Brings the disk up to the cards; one at a time, and once more if anything happened meanwhile. */
  function reconcile() {
    isDirty = true;
    running ??= (async () => {
      await null; // or it would end before it is known to run
      try {
        while (isDirty && vault) {
          isDirty = false;
          await writeDifferences();
        }
        onSuccess();
        rows.soon();
      } catch (error) {
        onFailure(error);
      } finally {
        running = null;
      }
    })();
    return running;
  }

  watch([...WATCHED, ...WATCHED_TOO], () => void reconcile());
  watch(['backbone-changed'], () => {
    for (const sampleId of onDisk.keys()) {
      rows.wanted.add(sampleId);
    }
    rows.soon();
  });
  addEventListener('pagehide', () => void reconcile());

  return {
    /**
     * From now on everything is written there.
     *
     * @param {Vault} opened
     * @param {{ places: readonly Place[], project: import('../project/format.js').Project | null, round: import('./types.js').Round | null }} kept
     */
    begin(opened, { places, project, round }) {
      vault = opened;
      savedRound = round;
      for (const { sampleId, classKey, order } of places) {
        onDisk.set(sampleId, { classKey, order });
        coming.add(sampleId);
        nextOrder = Math.max(nextOrder, Math.floor(order) + 1);
      }
      savedProject = project ? JSON.stringify({ classes: project.classes, settings: project.settings }) : '';
      for (const { sampleIds } of state.classes) {
        for (const sampleId of sampleIds) {
          bare.add(sampleId);
        }
      }
      countUnsaved();
      void reconcile();
    },

    /** Pictures that were read are in their cards now, or are lost. @param {number[]} sampleIds @param {number[]} withoutRows */
    arrived(sampleIds, withoutRows) {
      for (const sampleId of sampleIds) {
        coming.delete(sampleId);
      }
      for (const sampleId of withoutRows) {
        rows.wanted.add(sampleId);
      }
    },

    /** The head on disk is the one at work. */
    headTakenUp() {
      const head = engine.trainer?.keeping.head;
      [savedHead, savedLesson] = [head?.file ?? null, `${head?.stale}`];
    },

    /** Another page writes from now on. */
    end() {
      vault = null;
      clearTimeout(retry);
      rows.stop();
      state.unsaved = false;
    },

    /**
     * Settles when a new picture is on disk. A failure is told and tried again: the picture stays, and its card says that it
     * is not saved.
     *
     * @param {ClassCard} card
     * @param {number} sampleId
     */
    async keep(card, sampleId) {
      arriving.add(sampleId);
      bare.add(sampleId);
      if (!vault || !engine.trainer) {
        countUnsaved();
        return;
      }
      const spot = { classKey: card.key, order: nextOrder };
      nextOrder += 1;
      try {
        const picture = await engine.trainer.picture(sampleId);
        await vault.commit({ puts: [{ sampleId, ...spot, picture }] });
        noteWritten(sampleId, spot);
        rows.wanted.add(sampleId);
      } catch (error) {
        onFailure(error);
      }
    },

    /** Its card has it. @param {number} sampleId */
    kept(sampleId) {
      arriving.delete(sampleId);
      rows.soon();
    },

    /** Which of these are not on disk. @param {readonly number[]} sampleIds */
    unsavedAmong: (sampleIds) => (bare.size === 0 ? 0 : sampleIds.filter((sampleId) => bare.has(sampleId)).length),

    /** Pictures whose rows are not on disk. */
    get rowlessCount() {
      return rows.wanted.size;
    },

    /** Settles when everything is on disk that can be. */
    flush: () => reconcile(),
  };
}
