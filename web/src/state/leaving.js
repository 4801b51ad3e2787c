// What was learnt as a file for somewhere else, one at a time, and the programs that are shown with it.

import { download } from '../export/download.js';
import { PLACES } from '../export/places.js';
import { snippet } from '../export/snippets.js';
import { notesOf } from '../project/page-notes.js';
import { EXPORT_TEXTS } from '../texts/export/index.js';
import { OWN } from './backbones.js';
import { toKept, toPortable } from './kept-actions.js';

/** @typedef {Awaited<ReturnType<typeof createLeaving>>} Leaving */

/**
 * @param {import('./types.js').Context} context
 * @param {{ exchange: import('./exchange.js').Exchange, kept: import('./projects.js').Projects['actions'] }} parts
 */
export async function createLeaving({ state, changed, texts, engine, notices }, { exchange, kept }) {
  await texts.bring(EXPORT_TEXTS);
  /** @type {AbortController | null} */
  let running = null;
  /**
   * Files that lose something on the way: made, measured, and saved when the person has read by how much. By place, with the head
   * that they are of.
   *
   * @type {Map<string, { report: unknown, head: string, bytes: Uint8Array, name: string, loss: import('../engine/headstart.js').ExportLoss }>}
   */
  const made = new Map();

  /** What a file is of: another training, and another name of a class, want another. */
  const described = () => JSON.stringify(engine.trainer?.headInfo ?? null);

  /** @param {string} place */
  function madeFor(place) {
    const file = made.get(place);
    return file?.report === state.report && file?.head === described() ? file : undefined;
  }

  /** Formats that cannot hold what was learnt, with what they were asked about. */
  let refused = { report: /** @type {unknown} */ (null), head: '', formats: /** @type {Set<string>} */ (new Set()) };

  /** What the page itself would lose: the engine knows nothing of it. */
  async function pageNotes() {
    // On disk where nobody has asked for them on this visit.
    /** @type {Record<number, unknown>} */
    const all = { ...kept.read(), ...(await toKept(state.classes)) };
    const cards = state.classes.flatMap(({ id, key, slot, sampleIds }) =>
      id === null ? [] : [{ id, key, slot, sampleIds }],
    );
    const actions = cards.map(({ key }) => (all[key] ? toPortable(all[key]) : null));
    const { backbone: choice } = state.settings;
    const network = {
      choice,
      file: choice.startsWith(OWN) ? choice.slice(OWN.length) : '',
      source: state.engine.backbone?.source ?? '',
      inBytes: state.engine.backbone?.precision === 'int8',
    };
    return notesOf({ cards, report: state.report, actions, network });
  }

  /** What a person reads at the top. */
  const titleOf = () =>
    state.classes
      .filter(({ enabled }) => enabled)
      .map(({ name }) => name)
      .join(' · ');

  return {
    places: PLACES,

    /** Before anybody presses a button; anew when something else was learnt. */
    async askWhatFits() {
      const asked = { report: state.report, head: described() };
      if (!engine.trainer?.headInfo || (refused.report === asked.report && refused.head === asked.head)) {
        return;
      }
      refused = { ...asked, formats: new Set() };
      try {
        const found = await engine.trainer.refusedFormats();
        if (refused.report === asked.report && refused.head === asked.head && found.length > 0) {
          refused = { ...asked, formats: new Set(found.map(({ format }) => format)) };
          changed('leaving-changed');
        }
      } catch {
        // Whoever presses is told.
      }
    },

    /** @param {import('../export/places.js').Place} place */
    canHold: ({ format, needsHead }) => !needsHead || !state.engine.head || !refused.formats.has(format),

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
      const ready = madeFor(name);
      if (ready) {
        download(ready.bytes, ready.name);
        notices.tell(texts.t('export.saved'));
        return;
      }
      running = new AbortController();
      state.leaving = { place: name, done: 0, total: 0 };
      changed('leaving-changed');
      try {
        const stem = exchange.fileStem();
        const { threshold, knownThreshold } = state.settings;
        const head = described();
        /** @type {import('../engine/headstart.js').ExportLoss | null} */
        let loss = null;
        const bytes = await trainer.exportModel({
          format,
          title: format === 'html' ? titleOf() : stem,
          page: format === 'project' ? await pageNotes() : undefined,
          answer: format === 'html' ? { threshold, knownThreshold } : undefined,
          onMeasured: (measured) => {
            loss = measured;
          },
          signal: running.signal,
          onProgress: ({ done, total }) => {
            state.leaving = { place: name, done, total };
            changed('leaving-changed');
          },
        });
        if (loss) {
          made.set(name, { report: state.report, head, bytes, name: stem + ending, loss });
          return;
        }
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
    lossOf: ({ name }) => madeFor(name)?.loss,

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
