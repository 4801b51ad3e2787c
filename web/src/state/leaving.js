// What was learnt as a file for somewhere else, one at a time, and the programs that are shown with it.

import { download } from '../export/download.js';
import { PLACES } from '../export/places.js';
import { snippet } from '../export/snippets.js';
import { notesOf } from '../project/page-notes.js';
import { EXPORT_TEXTS } from '../texts/export/index.js';

/** @typedef {Awaited<ReturnType<typeof createLeaving>>} Leaving */

/**
 * @param {import('./types.js').Context} context
 * @param {{ exchange: import('./exchange.js').Exchange }} parts
 */
export async function createLeaving({ state, changed, texts, engine, notices }, { exchange }) {
  await texts.bring(EXPORT_TEXTS);
  /** @type {AbortController | null} */
  let running = null;
  /** What was measured when a file was made, by place. @type {Map<string, import('../engine/headstart.js').QuantisationLoss>} */
  const losses = new Map();

  /** What the page itself would lose: the engine knows nothing of it. */
  function pageNotes() {
    const cards = state.classes.flatMap(({ id, slot, sampleIds }) => (id === null ? [] : [{ id, slot, sampleIds }]));
    return notesOf({ cards, report: state.report });
  }

  /** What a person reads at the top. */
  const titleOf = () =>
    state.classes
      .filter(({ enabled }) => enabled)
      .map(({ name }) => name)
      .join(' · ');

  return {
    places: PLACES,

    /** @param {import('../export/places.js').Place} place */
    canSave: ({ needsHead, needsPictures }) =>
      (!needsHead || Boolean(state.engine.head)) &&
      (!needsPictures || state.classes.some((card) => card.sampleIds.length > 0)),

    /** @param {import('../export/places.js').Place} place */
    program({ snippet: name }) {
      if (!name) {
        return '';
      }
      const labels = engine.trainer?.headInfo?.classes.map((entry) => entry.name) ?? [];
      return snippet(name, { labels, size: engine.trainer?.backbone.inputSize ?? 0 });
    },

    /** @param {import('../export/places.js').Place} place */
    async save({ name, format, ending }) {
      const { trainer } = engine;
      if (!trainer || running) {
        return;
      }
      running = new AbortController();
      state.leaving = { place: name, done: 0, total: 0 };
      changed('leaving-changed');
      try {
        const stem = exchange.fileStem();
        const { threshold, knownThreshold } = state.settings;
        const bytes =
          format === 'head'
            ? await trainer.exportHead()
            : await trainer.exportModel({
                format,
                title: format === 'html' ? titleOf() : stem,
                page: format === 'project' ? pageNotes() : undefined,
                answer: format === 'html' ? { threshold, knownThreshold } : undefined,
                onMeasured: (loss) => losses.set(name, loss),
                signal: running.signal,
                onProgress: ({ done, total }) => {
                  state.leaving = { place: name, done, total };
                  changed('leaving-changed');
                },
              });
        download(bytes, stem + ending);
        if (format === 'project') {
          state.unsaved = false;
        }
        notices.tell(texts.t('export.saved'));
      } catch (error) {
        notices.fail(error);
      } finally {
        running = null;
        state.leaving = null;
        changed('leaving-changed');
      }
    },

    /** @param {import('../export/places.js').Place} place */
    lossOf: ({ name }) => losses.get(name),

    saveProject() {
      return this.save(PLACES[0]);
    },

    stop: () => running?.abort(),

    /** @param {string} program */
    async copy(program) {
      try {
        await navigator.clipboard.writeText(program);
        notices.tell(texts.t('export.copied'));
      } catch (error) {
        notices.fail(error);
      }
    },
  };
}
