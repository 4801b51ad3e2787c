/**
 * Pictures that come as files: dropped, pasted, chosen, in folders or archives, with progress, a stop, and a list of
 * what could not be read.
 */

import { collectFiles } from '../intake/collect.js';

/** @typedef {ReturnType<typeof createIntakeLink>} IntakeLink */

/** As many as the engine should have on their way at once. */
const IN_FLIGHT = 4;

/**
 * @param {import('./types.js').Context} context
 * @param {{
 *   classes: import('./classes.js').Classes, samples: import('./samples.js').Samples,
 *   live: import('./live.js').Live, exchange: import('./exchange.js').Exchange
 * }} parts
 */
export function createIntakeLink(context, { classes, samples, live, exchange }) {
  const { state, changed, notices, texts, engine } = context;
  /** @type {AbortController | null} */
  let running = null;
  /** What is judged, not learnt: read one at a time, when it is shown. @type {Awaited<ReturnType<typeof collectFiles>>} */
  let tried = [];

  /**
   * @param {Awaited<ReturnType<typeof collectFiles>>} items
   * @param {number | null} classKey Where pictures go that lie in no class folder.
   */
  async function takeAll(items, classKey) {
    if (!engine.trainer) {
      await new Promise((resolve) => engine.whenReady(() => resolve(undefined)));
    }
    running?.abort();
    const controller = new AbortController();
    running = controller;
    const view = { done: 0, total: items.length, classKey, running: true, unreadable: [] };
    state.intake = view;
    changed('intake-changed');
    /** @type {number[]} */
    const taken = [];
    /** @type {Set<Promise<unknown>>} */
    const inFlight = new Set();
    // One folder on one card means the card; several folders are classes wherever they fall.
    const isOneFolder = new Set(items.map(({ className }) => className)).size === 1;
    const keepsToCard = classKey !== null && isOneFolder;
    let hasFolders = false;
    /** @param {string | null} className */
    const keyOf = (className) => {
      if (!className || keepsToCard) {
        return classKey ?? firstKey();
      }
      if (!hasFolders) {
        hasFolders = true;
        classes.dropUntouched();
      }
      return classes.named(className).key;
    };
    const { readPictures } = await import('../intake/read-pictures.js');
    const pictures = readPictures(items, {
      signal: controller.signal,
      onProgress: (/** @type {{ done: number, total: number }} */ { done, total }) => {
        Object.assign(view, { done, total });
        changed('intake-changed');
      },
    });
    try {
      for await (const { className, picture } of pictures) {
        const key = keyOf(className);
        const work = samples
          .add(key, picture)
          .then((sampleId) => sampleId !== null && taken.push(sampleId))
          .catch((error) => {
            controller.abort(); // the next picture would fail in the same way
            notices.fail(error);
          })
          .finally(() => {
            picture.close();
            inFlight.delete(work);
          });
        inFlight.add(work);
        if (inFlight.size >= IN_FLIGHT) {
          await Promise.race(inFlight);
        }
      }
      await Promise.all(inFlight);
    } catch (error) {
      notices.fail(error);
    } finally {
      if (running === controller) {
        running = null;
      }
      view.running = false;
      view.unreadable = /** @type {any} */ (pictures.unreadable);
      samples.recorded(taken);
      notices.announce(texts.t('notice.picturesAdded', { count: taken.length }));
      if (view.unreadable.length === 0 && state.intake === view) {
        state.intake = null;
      }
      changed('intake-changed', 'intake-ended');
    }
  }

  function firstKey() {
    return (state.classes[0] ?? classes.add()).key;
  }

  /** @param {{ file: File | null, name: string }[]} items */
  function headFileAmong(items) {
    return items.length === 1 && /\.safetensors$/i.test(items[0].name) ? items[0].file : null;
  }

  /**
   * Shows one of the tried pictures; what cannot be read leaves the list, and the next one takes its place.
   *
   * @param {number} wanted
   */
  async function judge(wanted) {
    const { readPictures } = await import('../intake/read-pictures.js');
    /** @type {{ name: string, reason: string }[]} */
    const unreadable = [];
    while (tried.length > 0) {
      const mine = tried;
      const index = Math.max(0, Math.min(wanted, mine.length - 1));
      const pictures = readPictures([mine[index]]);
      /** @type {Blob | null} */
      let found = null;
      for await (const { picture } of pictures) {
        const canvas = new OffscreenCanvas(picture.width, picture.height);
        canvas.getContext('bitmaprenderer')?.transferFromImageBitmap(picture);
        found ??= mine[index].file ?? (await canvas.convertToBlob());
      }
      if (mine !== tried) {
        return; // others were dropped meanwhile
      }
      if (found) {
        await live.tryPicture(found, { index, count: mine.length });
        break;
      }
      unreadable.push(...pictures.unreadable);
      tried = mine.filter((_, at) => at !== index);
    }
    if (unreadable.length > 0) {
      state.intake = { done: 1, total: 1, classKey: null, running: false, unreadable };
      changed('intake-changed');
    }
  }

  return {
    /**
     * Takes what was dropped on, pasted into or chosen for a class card, or (null) the page.
     *
     * @param {DataTransfer | FileList | ClipboardEvent | File[]} source
     * @param {number | null} classKey
     */
    async take(source, classKey) {
      const items = await collectFiles(source);
      const head = headFileAmong(items);
      if (head) {
        await exchange.importHead(head);
      } else if (items.length > 0) {
        await takeAll(items, classKey);
      }
    },

    /** Pictures to be judged, one after the other, not learnt. @param {DataTransfer | FileList | File[]} source */
    async tryOut(source) {
      const items = await collectFiles(source);
      const head = headFileAmong(items);
      if (head) {
        await exchange.importHead(head);
        return;
      }
      tried = items;
      await judge(0);
    },

    /** The next of the pictures that are judged, or the one before. @param {1 | -1} step */
    tryAnother: (step) => judge(state.live.pictureIndex + step),

    stop: () => running?.abort(),

    dismiss() {
      if (!state.intake?.running) {
        state.intake = null;
        changed('intake-changed');
      }
    },
  };
}
