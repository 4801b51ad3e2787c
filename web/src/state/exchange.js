// What comes back to the page: heads and projects as files; and the pictures, which leave as an archive.

import { readNotes } from '../project/page-notes.js';
import { SLOT_COUNT } from './classes.js';

/** @typedef {ReturnType<typeof createExchange>} Exchange */

/**
 * @param {import('./types.js').Context} context
 * @param {import('./classes.js').Classes} classes
 */
export function createExchange({ state, changed, engine, notices, texts }, classes) {
  /** @type {AbortController | null} */
  let zipping = null;

  /** "headstart-cat-dog": names in the file's name, so that ten downloads can be told apart. */
  function fileStem() {
    const names = state.classes
      .filter((card) => card.enabled)
      .slice(0, 3)
      .map((card) => card.name.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-+|-+$/g, ''))
      .filter(Boolean);
    return ['headstart', ...names].join('-').slice(0, 60);
  }

  return {
    fileStem,

    /** @param {File} file */
    async importHead(file) {
      const { trainer } = engine;
      if (!trainer) {
        return;
      }
      try {
        const bytes = new Uint8Array(await file.arrayBuffer());
        const labelsBefore = new Set(trainer.classes.map(({ id }) => id));
        const head = await trainer.importHead(bytes);
        const isNew = head.classes.some(({ classId }) => !labelsBefore.has(classId));
        if (isNew) {
          dropCardsOutside(head.classes.map(({ classId }) => classId));
        }
        classes.adopt();
        state.report = null;
        engine.refresh();
        changed('report-changed', 'head-imported');
        notices.tell(texts.t('notice.headOpened', { count: head.classes.length }));
      } catch (error) {
        notices.fail(error);
      }
    },

    /** Everything that a project holds, beside what is here already. @param {File} file */
    async importProject(file) {
      const { trainer } = engine;
      if (!trainer) {
        return;
      }
      const view = { done: 0, total: 0, classKey: null, running: true, unreadable: [] };
      state.intake = view;
      changed('intake-changed');
      try {
        await texts.bring((await import('../texts/export/index.js')).EXPORT_TEXTS);
        const project = await trainer.importProject(new Uint8Array(await file.arrayBuffer()), {
          onProgress: ({ done, total }) => {
            Object.assign(view, { done, total });
            changed('intake-changed');
          },
        });
        classes.dropUntouched();
        dropCardsOutside(project.classIds);
        classes.adopt();
        await takePageNotes(project);
        engine.refresh();
        changed('classes-changed', 'samples-changed', 'report-changed');
        if (project.hasHead) {
          changed('head-imported');
        }
        notices.tell(texts.t('export.opened', { count: project.sampleCount }));
        if (!project.hasHead && project.page && /** @type {any} */ (project.page).report) {
          notices.tell(texts.t('export.withoutHead'));
        }
      } catch (error) {
        notices.fail(error);
      } finally {
        state.intake = null;
        changed('intake-changed', 'intake-ended');
      }
    },

    async savePictures() {
      const { trainer } = engine;
      if (!trainer || zipping) {
        return;
      }
      zipping = new AbortController();
      const total = state.classes.reduce((sum, card) => sum + card.sampleIds.length, 0);
      state.saving = { kind: 'zip', done: 0, total };
      changed('saving-changed');
      try {
        const { savePicturesAsZip } = await import('../project/pictures-zip.js');
        const { download } = await import('../export/download.js');
        const archive = await savePicturesAsZip({
          classes: state.classes.map(({ name, sampleIds }) => ({ name, sampleIds })),
          picture: (sampleId) => trainer.picture(sampleId),
          signal: zipping.signal,
          onProgress: ({ done }) => {
            state.saving = { kind: 'zip', done, total };
            changed('saving-changed');
          },
        });
        download(archive, `${fileStem()}.zip`, 'application/zip');
        state.unsaved = false;
        notices.tell(texts.t('notice.picturesSaved', { count: total }));
      } catch (error) {
        notices.fail(error);
      } finally {
        zipping = null;
        state.saving = null;
        changed('saving-changed');
      }
    },

    stopSaving: () => zipping?.abort(),
  };

  /** Colours, what classes do and the report, of which the engine knows nothing. @param {import('../engine/headstart.js').ImportedProject} project */
  async function takePageNotes({ classIds, hasHead, page, unreadable }) {
    const { slots, actions, report } = readNotes(page, {
      classIds,
      sampleIds: classIds.flatMap((id) => engine.trainer?.sampleIds(id) ?? []),
    });
    for (const [index, id] of classIds.entries()) {
      const card = state.classes.find((other) => other.id === id);
      const slot = Number(slots[index]);
      if (card && Number.isInteger(slot) && slot >= 1 && slot <= SLOT_COUNT) {
        card.slot = slot;
      }
    }
    if (actions.some((each) => each !== null)) {
      const { fromPortable } = await import('./kept-actions.js');
      for (const [index, id] of classIds.entries()) {
        const card = state.classes.find((other) => other.id === id);
        if (card) {
          card.actions = fromPortable(actions[index]);
        }
      }
      changed('actions-changed');
    }
    // Places in the project say nothing any more where a picture is missing.
    state.report = hasHead && unreadable.length === 0 ? report : null;
  }

  /** Empty cards that the imported head does not know only confuse. @param {number[]} classIds */
  function dropCardsOutside(classIds) {
    for (const card of [...state.classes]) {
      if (card.id !== null && !classIds.includes(card.id) && card.sampleIds.length === 0) {
        engine.trainer?.removeClass(card.id);
        state.classes = state.classes.filter((other) => other !== card);
      }
    }
    changed('classes-changed');
  }
}
