// What comes back to the page: heads and projects as files. It comes when somebody opens one.

import { readNotes } from '../project/page-notes.js';
import { EXPORT_TEXTS } from '../texts/export/index.js';
import { SLOT_COUNT } from './classes.js';

/** @typedef {ReturnType<typeof createOpening>} Opening */

/**
 * @param {import('./types.js').Context} context
 * @param {{
 *   classes: import('./classes.js').Classes, training: import('./training.js').Training,
 *   backbones: import('./network-link.js').NetworkLink
 * }} parts
 */
export function createOpening({ state, changed, engine, notices, texts }, { classes, training, backbones }) {
  return {
    /** @param {File} file */
    async importHead(file) {
      const { trainer } = engine;
      if (!trainer) {
        return;
      }
      try {
        const bytes = new Uint8Array(await file.arrayBuffer());
        const backbone = await trainer.keeping.backboneOf(bytes);
        const { name, inputSize } = trainer.backbone;
        if (backbone.name !== name || backbone.inputSize !== inputSize) {
          await backbones.tellMissing({ what: 'head', backbone, take: () => takeHead(bytes) });
          return;
        }
        await takeHead(bytes);
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
        await texts.bring(EXPORT_TEXTS);
        const project = await trainer.importProject(new Uint8Array(await file.arrayBuffer()), {
          onProgress: ({ done, total }) => {
            Object.assign(view, { done, total });
            changed('intake-changed');
          },
        });
        const isFresh = trainer.headInfo?.stale === false;
        classes.dropUntouched();
        dropCardsOutside(project.classIds);
        classes.adopt();
        const { report, network } = await takePageNotes(project);
        engine.refresh();
        changed('classes-changed', 'samples-changed', 'report-changed');
        const { head } = trainer.keeping;
        if (project.hasHead && head) {
          // As it was, though empty classes went: what this page would train from the same pictures may be another.
          await takeWaiting({ ...head, stale: !isFresh }, report, training.lesson());
        }
        notices.tell(texts.t('export.opened', { count: project.sampleCount }));
        const { waiting } = project;
        if (waiting) {
          const lesson = training.lesson();
          const take = () => takeWaiting(waiting.head, report, lesson);
          await backbones.tellMissing({ what: 'project', backbone: waiting.backbone, note: network, take });
        } else if (!project.hasHead && report) {
          notices.tell(texts.t('export.withoutHead'));
        }
      } catch (error) {
        notices.fail(error);
      } finally {
        state.intake = null;
        changed('intake-changed', 'intake-ended');
      }
    },
  };

  /** A head alone, of the network in use. @param {Uint8Array} bytes */
  async function takeHead(bytes) {
    const trainer = /** @type {import('./types.js').Trainer} */ (engine.trainer);
    training.stop();
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
  }

  /**
   * A project's head, whose network is in use, as it was when the project came.
   *
   * @param {import('../engine/headstart.js').KeptHead} head
   * @param {import('../engine/headstart.js').TrainReport | null} report
   * @param {string} lesson what there was to learn then
   */
  async function takeWaiting(head, report, lesson) {
    const trainer = /** @type {import('./types.js').Trainer} */ (engine.trainer);
    training.stop();
    const stale = head.stale || training.lesson() !== lesson;
    const isHere = new Set(trainer.classes.map(({ id }) => id));
    const classIds = head.classIds.map((id) => (id !== undefined && isHere.has(id) ? id : undefined));
    await trainer.keeping.takeUpHead({ ...head, classIds, stale });
    training.takeUp(report, lesson, stale);
    engine.refresh();
    changed('report-changed', 'head-imported');
  }

  /** Colours, what classes do and the report, of which the engine knows nothing. @param {import('../engine/headstart.js').ImportedProject} project */
  async function takePageNotes({ classIds, hasHead, page, unreadable }) {
    const { slots, actions, network, report } = readNotes(page, {
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
    const whole = unreadable.length === 0 ? report : null;
    state.report = hasHead ? whole : null;
    return { report: whole, network };
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
