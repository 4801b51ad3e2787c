// A project from disk into the engine: pictures with what the backbone saw in them, then the head; what is damaged is left
// out, and named.

import { rowsOf } from './row-saver.js';

/** @typedef {import('../project/vault.js').Vault} Vault */
/** @typedef {import('../project/format.js').Place} Place */
/** @typedef {import('../project/format.js').KeptTraining} KeptTraining */
/** @typedef {{ vault: Vault, places: Place[], training: KeptTraining | null }} Kept */

const PICTURES_AT_ONCE = 256;

/**
 * @param {import('./types.js').Context} context
 * @param {{ saver: import('./saver.js').Saver, training: import('./training.js').Training, backbones: import('./network-link.js').NetworkLink }} parts
 */
export function createProjectLoader({ state, changed, engine, notices, texts }, { saver, training, backbones }) {
  const { t } = texts;

  /** @param {number} pictureCount @param {string[]} losses */
  function tellLosses(pictureCount, losses) {
    const parts = [
      ...(pictureCount > 0 ? [t('pictures', { count: pictureCount })] : []),
      ...(losses.includes('training') ? [t('project.lost.training')] : []),
      ...(losses.includes('round') ? [t('project.lost.round')] : []),
      ...(losses.some((loss) => loss === 'classes' || loss === 'name' || loss === 'settings')
        ? [t('project.lost.record')]
        : []),
    ];
    if (parts.length > 0) {
      notices.warn(t('project.damaged', { what: parts.join(', ') }));
    }
  }

  /**
   * Pictures and head into the engine, a few hundred at a time, while the page goes on.
   *
   * @param {Kept} kept
   * @returns {Promise<number>} how many pictures are back
   */
  async function load({ vault, places, training: keptTraining }) {
    const { trainer } = engine;
    if (!trainer) {
      return 0;
    }
    const cards = new Map(state.classes.map((card) => [card.key, card]));
    const ordered = [...places].sort((a, b) => a.sampleId - b.sampleId);
    /** @type {Map<string, number>} */
    const lost = new Map();
    try {
      let next = readPart(vault, ordered, 0);
      for (let start = 0; start < ordered.length; start += PICTURES_AT_ONCE) {
        const part = ordered.slice(start, start + PICTURES_AT_ONCE);
        const read = await next;
        next = readPart(vault, ordered, start + PICTURES_AT_ONCE);
        await takeUpPart(trainer, part, read, cards, lost);
        state.project.loaded = Math.min(ordered.length, start + PICTURES_AT_ONCE);
        changed('project-changed', 'samples-loaded');
      }
      orderCards(ordered);
      await takeUpTraining(keptTraining);
      if (state.training.round) {
        training.choose(state.training.round.options.strategy);
      }
    } catch (error) {
      notices.fail(error);
    }
    for (const card of state.classes) {
      card.savedCount = 0;
    }
    if (lost.size > 0) {
      const what = [...lost].map(([name, count]) => t('project.lost.pictures', { count, name })).join(', ');
      notices.warn(t('project.damaged', { what }));
    }
    return state.classes.reduce((sum, { sampleIds }) => sum + sampleIds.length, 0);
  }

  /** @param {Vault} vault @param {Place[]} ordered @param {number} start */
  function readPart(vault, ordered, start) {
    const sampleIds = ordered.slice(start, start + PICTURES_AT_ONCE).map(({ sampleId }) => sampleId);
    const backbone = engine.trainer ? rowsOf(engine.trainer.backbone) : '';
    const reading = sampleIds.length > 0 ? vault.read({ sampleIds, backbone }) : Promise.resolve(null);
    reading.catch(() => {});
    return reading;
  }

  /**
   * @param {import('./types.js').Trainer} trainer
   * @param {Place[]} part
   * @param {Awaited<ReturnType<typeof readPart>>} read
   * @param {Map<number, import('./types.js').ClassCard>} cards
   * @param {Map<string, number>} lost
   */
  async function takeUpPart(trainer, part, read, cards, lost) {
    if (!read) {
      return;
    }
    const placeOf = new Map(part.map((place) => [place.sampleId, place]));
    /** @param {{ sampleId: number, picture: Blob }} kept */
    const sample = ({ sampleId, picture }) => {
      const card = cards.get(placeOf.get(sampleId)?.classKey ?? 0);
      return { sampleId, classId: /** @type {number} */ (card?.id), picture };
    };
    const gone = new Set(read.damaged);
    state.project.viewed += read.withoutRows.length;
    for (const [samples, rows] of /** @type {const} */ ([
      [read.withRows, read.rows],
      [read.withoutRows, null],
    ])) {
      for (const sampleId of await trainer.keeping.takeUpSamples(samples.map(sample), rows)) {
        gone.add(sampleId);
      }
    }
    for (const { sampleId, classKey } of part) {
      const card = cards.get(classKey);
      if (card && gone.has(sampleId)) {
        lost.set(card.name, (lost.get(card.name) ?? 0) + 1);
      } else if (card) {
        card.sampleIds.push(sampleId);
      }
      if (card) {
        card.savedCount = Math.max(0, card.savedCount - 1);
      }
    }
    saver.arrived(
      part.map(({ sampleId }) => sampleId),
      read.withoutRows.map(({ sampleId }) => sampleId),
    );
  }

  /** The cards show their pictures in the order that they had. @param {Place[]} places */
  function orderCards(places) {
    const orderOf = new Map(places.map(({ sampleId, order }) => [sampleId, order]));
    for (const card of state.classes) {
      const order = (/** @type {number} */ sampleId) => orderOf.get(sampleId) ?? Number.POSITIVE_INFINITY;
      card.sampleIds = [...card.sampleIds].sort((a, b) => order(a) - order(b) || a - b);
    }
  }

  /** @param {KeptTraining} kept */
  async function putToWork({ head, report, learnt }) {
    training.stop();
    const stale = head.stale || (learnt !== '' && learnt !== training.lesson());
    await engine.trainer?.keeping.takeUpHead({ ...head, stale });
    training.takeUp(report, learnt, stale);
    engine.refresh();
  }

  /** @param {KeptTraining | null} kept */
  async function takeUpTraining(kept) {
    if (state.engine.fellBack) {
      void backbones.tellChosenMissing(kept?.head.file ?? null, () => kept && putToWork(kept));
    }
    if (!kept) {
      return;
    }
    try {
      await putToWork(kept);
      saver.headTakenUp();
    } catch {
      // The pictures are there, and it is trained anew.
      const { viewed, loaded } = state.project;
      if (state.engine.fellBack) {
        return; // told already
      }
      if (viewed > 0 && viewed === loaded) {
        notices.tell(t('project.otherNetwork'));
      } else {
        tellLosses(0, ['training']);
      }
    }
  }

  return { load, tellLosses };
}
