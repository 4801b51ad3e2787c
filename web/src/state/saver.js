// Everything the person does, on disk as it happens. A picture counts once it is written; everything else is compared with
// what lies on disk and follows a moment later, whatever changed it: an undo, a file, a drag.

/** @typedef {ReturnType<typeof createSaver>} Saver */
/** @typedef {import('./types.js').ClassCard} ClassCard */
/** @typedef {import('../project/vault.js').Vault} Vault */
/** @typedef {import('../project/format.js').Place} Place */
/** @typedef {{ classKey: number, order: number }} Spot */

/** So many rows are read from the engine at a time: some megabytes. */
const ROWS_AT_ONCE = 128;
/** Rows wait until nobody records. */
const ROWS_AFTER_MS = 900;
/** What could not be written is tried again. */
const RETRY_MS = 4000;

/** @type {import('./types.js').StoreEvent[]} */
const WATCHED = ['samples-changed', 'samples-removed', 'classes-changed', 'order-changed', 'report-changed'];
/** @type {import('./types.js').StoreEvent[]} */
const WATCHED_TOO = ['training-ended', 'head-imported', 'training-settings-changed', 'backbone-chosen'];

/** Identifies what a backbone sees: other weights or another size see something else. @param {import('./types.js').BackboneInfo} backbone */
export const rowsOf = ({ sha256, inputSize }) => `1-${sha256}-${inputSize}`;

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
  /** Pictures whose rows are not on disk, for the backbone in use. @type {Set<number>} */
  const rowless = new Set();
  let nextOrder = 1;
  let savedProject = '';
  /** @type {Uint8Array | null} */
  let savedHead = null;
  let savedLesson = '';
  /** @type {Promise<void> | null} */
  let running = null;
  let isDirty = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let retry;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let rowsTimer;

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

  /** Pictures that lie nowhere yet, a few at a time. @param {(Spot & { sampleId: number })[]} spots */
  async function writePictures(spots) {
    for (let start = 0; start < spots.length; start += 32) {
      const puts = await withPictures(spots.slice(start, start + 32));
      await vault?.commit({ puts });
      for (const put of puts) {
        noteWritten(put.sampleId, put);
        rowless.add(put.sampleId);
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

  async function writeDifferences() {
    if (!vault) {
      return;
    }
    const { spots, drops } = difference();
    const project = projectNow();
    const projectText = JSON.stringify(project);
    const head = coming.size === 0 && state.training.phase !== 'running' ? trainingNow() : undefined;
    const isNew = (/** @type {{ sampleId: number }} */ { sampleId }) => bare.has(sampleId);
    const places = spots.filter((spot) => !isNew(spot));
    const hasMore = projectText !== savedProject || drops.length > 0 || places.length > 0 || head !== undefined;
    if (hasMore) {
      const { missing } = await vault.commit({
        places,
        drops,
        ...(projectText === savedProject ? {} : { project }),
        ...(head === undefined ? {} : { training: head.value }),
      });
      savedProject = projectText;
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
        rowless.delete(sampleId);
      }
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
        rowsSoon();
      } catch (error) {
        onFailure(error);
      } finally {
        running = null;
      }
    })();
    return running;
  }

  function rowsSoon() {
    clearTimeout(rowsTimer);
    if (rowless.size > 0) {
      rowsTimer = setTimeout(() => void writeRows(), ROWS_AFTER_MS);
    }
  }

  async function writeRows() {
    const { trainer } = engine;
    if (!vault || !trainer || trainer.failed || state.backbones.change) {
      return;
    }
    if (state.recording || state.intake?.running || state.training.phase === 'running') {
      rowsSoon();
      return;
    }
    const wanted = [...rowless].slice(0, ROWS_AT_ONCE);
    const backbone = rowsOf(trainer.backbone);
    try {
      const { sampleIds, rows } = await trainer.keeping.rows(wanted);
      if (sampleIds.length > 0 && backbone === rowsOf(trainer.backbone)) {
        await vault.keepRows({ backbone, sampleIds, rows });
      }
      for (const sampleId of wanted) {
        rowless.delete(sampleId);
      }
      if (rowless.size > 0) {
        rowsTimer = setTimeout(() => void writeRows(), 0);
      }
    } catch {
      // They can be made again from the pictures: the next start takes longer, and nothing is lost.
    }
  }

  watch([...WATCHED, ...WATCHED_TOO], () => void reconcile());
  watch(['backbone-changed'], () => {
    for (const sampleId of onDisk.keys()) {
      rowless.add(sampleId);
    }
    rowsSoon();
  });
  addEventListener('pagehide', () => void reconcile());

  return {
    /**
     * From now on everything is written there.
     *
     * @param {Vault} opened
     * @param {{ places: readonly Place[], project: import('../project/format.js').Project | null }} kept
     */
    begin(opened, { places, project }) {
      vault = opened;
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
        rowless.add(sampleId);
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
      clearTimeout(rowsTimer);
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
        rowless.add(sampleId);
      } catch (error) {
        onFailure(error);
      }
    },

    /** Its card has it. @param {number} sampleId */
    kept(sampleId) {
      arriving.delete(sampleId);
      rowsSoon();
    },

    /** Which of these are not on disk. @param {readonly number[]} sampleIds */
    unsavedAmong: (sampleIds) => (bare.size === 0 ? 0 : sampleIds.filter((sampleId) => bare.has(sampleId)).length),

    /** Pictures whose rows are not on disk. */
    get rowlessCount() {
      return rowless.size;
    },

    /** Settles when everything is on disk that can be. */
    flush: () => reconcile(),
  };
}
