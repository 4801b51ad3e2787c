// Pictures that come as files: dropped, pasted, chosen, in folders or archives, with progress, a stop, and a list of
// what could not be read.

import { collectFiles } from '../intake/collect.js';
import { headFileAmong, networksAmong, projectAmong } from './file-kinds.js';

/** @typedef {ReturnType<typeof createIntakeLink>} IntakeLink */

/** @typedef {Awaited<ReturnType<typeof collectFiles>>} Items */

/** As many as the engine should have on their way at once. */
const IN_FLIGHT = 4;
/** From another page: more are asked about first. */
const MOST_LINKS_UNASKED = 4;
const MOST_NAMES_SHOWN = 6;
/** What one picture is to blame for, and no other. */
const OF_ONE_PICTURE = new Set(['bad-argument', 'bad-file', 'unsupported']);

/**
 * @param {import('./types.js').Context} context
 * @param {{
 *   classes: import('./classes.js').Classes, samples: import('./samples.js').Samples,
 *   live: import('./live.js').Live, exchange: import('./exchange.js').Exchange, useNetworks: (files: File[]) => Promise<void>
 * }} parts
 */
export function createIntakeLink(context, { classes, samples, live, exchange, useNetworks }) {
  const { state, changed, notices, texts, engine } = context;
  /** @type {AbortController | null} */
  let running = null;
  /** What is judged, not learnt: read one at a time, when it is shown. @type {import('../intake/list-pictures.js').Source[]} */
  let tried = [];

  /** What reads files; fetched when the page has nothing to do, and anew where that failed. */
  async function reader() {
    try {
      const { FILES_TEXTS } = await import('../texts/files/index.js');
      await texts.bring(FILES_TEXTS);
      return await import('../intake/intake.js');
    } catch {
      throw Object.assign(new Error(texts.t('intake.noReader')), { code: 'unavailable' });
    }
  }

  /**
   * Lists what is in the files; says so where that cannot be done, and how to go on.
   *
   * @param {Items} items
   * @param {() => void} again
   */
  async function list(items, again) {
    try {
      const { listPictures } = await reader();
      return (await mayFetch(items)) ? await listPictures(items) : null;
    } catch (error) {
      notices.fail(error, { actionText: texts.t('again'), action: again });
      return null;
    }
  }

  /** A page can put hundreds of hidden pictures into what is dragged from it. @param {Items} items */
  async function mayFetch(items) {
    const links = items.filter(({ link }) => link && /^http/i.test(link));
    if (links.length <= MOST_LINKS_UNASKED) {
      return true;
    }
    const { sitesOf } = await reader();
    const answer = await notices.ask(
      texts.t('intake.askLinks', { count: links.length, site: sitesOf(links).slice(0, 3).join(', ') }),
      [texts.t('intake.fetchLinks', { count: links.length }), texts.t('intake.fetchNone')],
    );
    return answer === 0;
  }

  /**
   * Where the pictures go: an archive that has classes of its own keeps them, unless it was meant for one card.
   *
   * @param {import('../intake/list-pictures.js').Listed} listed
   * @param {number | null} classKey
   * @returns {Promise<'card' | 'classes' | null>} null: nowhere.
   */
  async function destinationOf({ sources, archiveClassCount }, classKey) {
    const names = [...new Set(sources.map(({ className }) => className))];
    if (classKey === null) {
      return 'classes';
    }
    if (names.length <= 1) {
      return 'card';
    }
    if (archiveClassCount < 2) {
      return 'classes'; // several folders are classes wherever they fall
    }
    const card = classes.find(classKey)?.name ?? '';
    const shown = names.filter((name) => name !== null);
    const some = shown.slice(0, MOST_NAMES_SHOWN).join(', ') + (shown.length > MOST_NAMES_SHOWN ? ' …' : '');
    const answer = await notices.ask(texts.t('intake.askClasses', { count: shown.length, names: some }), [
      texts.t('intake.asClasses', { count: shown.length }),
      texts.t('intake.intoCard', { name: card }),
    ]);
    return answer === null ? null : answer === 0 ? 'classes' : 'card';
  }

  /**
   * @param {Items} items
   * @param {number | null} classKey Where pictures go that lie in no class folder.
   */
  async function takeAll(items, classKey) {
    if (!engine.trainer) {
      await new Promise((resolve) => engine.whenReady(() => resolve(undefined)));
    }
    const listed = await list(items, () => void takeAll(items, classKey));
    const destination = listed && (await destinationOf(listed, classKey));
    if (!listed || !destination) {
      return;
    }
    running?.abort();
    const controller = new AbortController();
    running = controller;
    const view = { done: 0, total: listed.sources.length, classKey, running: true, unreadable: listed.unreadable };
    state.intake = view;
    changed('intake-changed');
    /** @type {number[]} */
    const taken = [];
    /** @type {Map<string, number>} */
    const keys = new Map();
    let hasFolders = false;
    /** @param {string | null} className */
    const keyOf = (className) => {
      if (!className || destination === 'card') {
        return classKey ?? firstKey();
      }
      if (!hasFolders) {
        hasFolders = true;
        classes.dropUntouched();
      }
      const { key } = classes.named(className);
      keys.set(className, key);
      return key;
    };
    try {
      const { readSources } = await reader();
      const pictures = readSources(listed.sources, {
        signal: controller.signal,
        unreadable: view.unreadable,
        onProgress: ({ done, total }) => {
          Object.assign(view, { done, total });
          changed('intake-changed');
        },
      });
      await takePictures(pictures, { controller, keyOf, taken, unreadable: view.unreadable });
    } catch (error) {
      notices.fail(error);
    } finally {
      if (running === controller) {
        running = null;
      }
      view.running = false;
      samples.recorded(taken);
      notices.announce(texts.t('notice.picturesAdded', { count: taken.length }));
      if (view.unreadable.length === 0 && state.intake === view) {
        state.intake = null;
      }
      changed('intake-changed', 'intake-ended');
      offerNames(listed.archives, keys);
    }
  }

  /**
   * One after the other, a few on their way to the engine at once.
   *
   * @param {AsyncIterable<import('../intake/read-pictures.js').IntakePicture>} pictures
   * @param {{ controller: AbortController, keyOf: (className: string | null) => number, taken: number[],
   *   unreadable: import('../intake/list-pictures.js').Unreadable[] }} work
   */
  async function takePictures(pictures, { controller, keyOf, taken, unreadable }) {
    /** @type {Set<Promise<unknown>>} */
    const inFlight = new Set();
    for await (const { className, name, picture } of pictures) {
      const work = samples
        .add(keyOf(className), picture)
        .then((sampleId) => sampleId !== null && taken.push(sampleId))
        .catch((error) => {
          if (OF_ONE_PICTURE.has(error?.code)) {
            unreadable.push({ name, reason: 'broken', detail: String(error.message) });
            return;
          }
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
  }

  /**
   * Names that were guessed are shown, and can be read in another way.
   *
   * @param {import('../intake/list-pictures.js').Archive[]} archives
   * @param {Map<string, number>} keys The classes that were made, by name.
   */
  function offerNames(archives, keys) {
    const archive = archives.find(({ codePages, renamed }) =>
      [...renamed(codePages[0]).keys()].some((name) => keys.has(name)),
    );
    if (!archive) {
      return;
    }
    const ways = archive.codePages.map((codePage) => {
      const names = [...archive.renamed(codePage)].filter(([name]) => keys.has(name));
      return { codePage, names: names.map(([name, other]) => ({ key: Number(keys.get(name)), name: other })) };
    });
    /** Each list of names once. @type {typeof ways} */
    const distinct = [];
    for (const way of ways) {
      const shown = JSON.stringify(way.names);
      const isReadable = way.names.every(({ name }) => !/[\u0080-\u009f\ufffd\u2500-\u25ff]/.test(name));
      if (isReadable && distinct.every((other) => JSON.stringify(other.names) !== shown)) {
        distinct.push(way);
      }
    }
    const some = ways[0].names.slice(0, MOST_NAMES_SHOWN).map(({ name }) => name);
    if (distinct.length < 2) {
      return;
    }
    state.names = { archive: archive.name, ways: distinct, chosen: 0 };
    notices.tell(texts.t('intake.namesGuessed', { names: some.join(', ') }), {
      actionText: texts.t('intake.namesChange'),
      action: () => {
        state.dialog = 'names';
        changed('dialog-changed');
      },
      stays: true,
    });
  }

  function firstKey() {
    return (state.classes[0] ?? classes.add()).key;
  }

  /**
   * Shows one of the tried pictures; what cannot be read leaves the list, and the next one takes its place.
   *
   * @param {number} wanted
   */
  async function judge(wanted) {
    const { readSources } = await reader();
    /** @type {import('../intake/list-pictures.js').Unreadable[]} */
    const unreadable = [];
    while (tried.length > 0) {
      const mine = tried;
      const index = Math.max(0, Math.min(wanted, mine.length - 1));
      /** @type {Blob | null} */
      let found = null;
      for await (const { picture } of readSources([mine[index]], { unreadable })) {
        const canvas = new OffscreenCanvas(picture.width, picture.height);
        canvas.getContext('bitmaprenderer')?.transferFromImageBitmap(picture);
        found = await canvas.convertToBlob();
      }
      if (mine !== tried) {
        return; // others were dropped meanwhile
      }
      if (found) {
        await live.tryPicture(found, { index, count: mine.length });
        break;
      }
      tried = mine.filter((_, at) => at !== index);
    }
    tell(unreadable);
  }

  /** @param {import('../intake/list-pictures.js').Unreadable[]} unreadable */
  function tell(unreadable) {
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
      const networks = await networksAmong(items);
      const head = headFileAmong(items);
      const project = head ? null : await projectAmong(items);
      if (networks.length > 0) {
        await useNetworks(networks);
      } else if (head) {
        await exchange.importHead(head);
      } else if (project) {
        await exchange.importProject(project);
      } else if (items.length > 0) {
        await takeAll(items, classKey);
      }
    },

    /** Pictures to be judged, one after the other, not learnt. @param {DataTransfer | FileList | File[]} source */
    async tryOut(source) {
      const items = await collectFiles(source);
      const networks = await networksAmong(items);
      const head = headFileAmong(items);
      if (networks.length > 0) {
        await useNetworks(networks);
        return;
      }
      if (head) {
        await exchange.importHead(head);
        return;
      }
      const listed = await list(items, () => void this.tryOut(source));
      if (!listed) {
        return;
      }
      tried = listed.sources;
      tell(listed.unreadable);
      await judge(0).catch((error) => notices.fail(error));
    },

    /** The next of the pictures that are judged, or the one before. @param {1 | -1} step */
    tryAnother: (step) => judge(state.live.pictureIndex + step).catch((error) => notices.fail(error)),

    /** Reads the names of an archive in another way. @param {number} index Among `state.names.ways`. */
    readNames(index) {
      const { names } = state;
      if (!names) {
        return;
      }
      for (const { key, name } of names.ways[index].names) {
        classes.rename(key, name);
      }
      names.chosen = index;
      changed('names-chosen');
    },

    stop: () => running?.abort(),

    /** Brings what reads files, while nobody waits for it. */
    async prepare() {
      (await reader()).prepareDecoder();
    },

    dismiss() {
      if (!state.intake?.running) {
        state.intake = null;
        changed('intake-changed');
      }
    },
  };
}
