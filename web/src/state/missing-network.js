// What was learnt with a network that is not in use here: which one that is, what works meanwhile, and that what was learnt is
// at work again once the network is.

import { NETWORKS_TEXTS } from '../texts/networks/index.js';
import { OWN } from './backbones.js';
import { tierName } from './tier-name.js';

/** @typedef {ReturnType<typeof createMissingNetwork>} MissingNetwork */
/** @typedef {import('../project/page-notes.js').NetworkNote} NetworkNote */
/**
 * @typedef {object} Need
 * @property {'project' | 'head'} what
 * @property {{ name: string, inputSize: number }} backbone As the engine names it; empty and 0 where nothing says so.
 * @property {NetworkNote} note As the page names it.
 * @property {(() => unknown) | null} take Puts to work what was learnt with it.
 */
/** @typedef {Omit<Need, 'note'> & { note?: NetworkNote }} Wanted */

/** As the engine begins the names of networks that come with it. */
const BUILT_IN = 'headstart_';
const NO_NOTE = { choice: '', file: '', source: '', inBytes: false };

/**
 * @param {import('./types.js').Context} context
 * @param {{ list: () => Promise<void>, computeInBytes: (isWanted: boolean) => Promise<void> }} parts `list`: what networks there are
 */
export function createMissingNetwork({ state, changed, engine, notices, texts }, { list, computeInBytes }) {
  /** @type {Need | null} */
  let need = null;
  /** What is said of it until it is here. @type {Set<number>} */
  const said = new Set();

  const isInUse = () => {
    const backbone = engine.trainer?.backbone;
    if (!need || !backbone) {
      return false;
    }
    const { name, inputSize } = need.backbone;
    // Where nobody knows what the engine calls it, its place in the list says which one it is.
    const isIt = name === '' ? state.settings.backbone === need.note.choice : name === backbone.name;
    return isIt && (inputSize === 0 || inputSize === backbone.inputSize);
  };

  /** That a head was trained on; empty where its file is damaged. @param {Uint8Array} head */
  async function nameOfNetwork(head) {
    try {
      return (await engine.trainer?.keeping.backboneOf(head))?.name ?? '';
    } catch {
      return '';
    }
  }

  /** What there is under its name. @param {Need} wanted */
  function entryOf({ backbone: { name, inputSize }, note: { choice } }) {
    const isBuiltIn = name.startsWith(BUILT_IN);
    return state.backbones.entries.find((entry) => {
      const isNamed = choice === '' ? entry.name === name : entry.name === choice;
      const isSame =
        isBuiltIn && entry.file === null && !entry.networks && !entry.isOwn && entry.inputSize === inputSize;
      return isNamed || isSame;
    });
  }

  /** @param {Need} wanted */
  function titleOf(wanted) {
    const { backbone, note } = wanted;
    if (note.file) {
      return note.file;
    }
    const entry = entryOf(wanted);
    if (entry?.networks) {
      return tierName(entry.name, texts);
    }
    return entry && entry.file === null ? texts.t('backbone.builtIn') : backbone.name || note.choice;
  }

  function unsay() {
    for (const id of said) {
      notices.dismiss(id);
    }
    said.clear();
  }

  function show() {
    unsay();
    state.dialog = 'missing';
    changed('missing-changed', 'dialog-changed');
  }

  function forget() {
    unsay();
    need = null;
    state.missing = null;
    if (state.dialog === 'missing') {
      state.dialog = '';
    }
    changed('missing-changed', 'dialog-changed');
  }

  /** Whoever goes on without it is told how it can still come. */
  function putOff() {
    if (state.missing) {
      unsay();
      const text = texts.t('missing.still', { name: state.missing.title });
      said.add(notices.tell(text, { stays: true, actionText: texts.t('missing.bring'), action: show }));
    }
  }

  /** Says which network is wanted, and asks for it. @param {Wanted} wanted */
  async function tell({ note = NO_NOTE, ...wanted }) {
    const mine = { ...wanted, note };
    need = mine;
    await texts.bring(NETWORKS_TEXTS);
    await list();
    if (need !== mine) {
      return; // another one is wanted meanwhile
    }
    const entry = entryOf(mine);
    state.missing = {
      what: mine.what,
      title: titleOf(mine),
      source: note.source || entry?.source || '',
      isOwn: note.file !== '',
      atHand: entry?.available ? entry.name : '',
    };
    if (mine.take) {
      show();
    } else {
      putOff(); // nothing waits for it
    }
  }

  return {
    tell,
    putOff,

    /** The network that the project has chosen is not to be had. @param {Uint8Array | null} head @param {() => unknown} take */
    async tellChosen(head, take) {
      const { backbone: choice } = state.settings;
      const network = head ? await nameOfNetwork(head) : '';
      const waits = network !== '' && network !== engine.trainer?.backbone.name;
      return tell({
        what: 'project',
        backbone: { name: waits ? network : '', inputSize: 0 },
        note: {
          choice,
          file: choice.startsWith(OWN) ? choice.slice(OWN.length) : '',
          source: '',
          inBytes: state.settings.inBytes === choice,
        },
        take: waits ? take : null,
      });
    },

    /** Another network is in use: perhaps the one. @param {boolean} wasBrought as a file */
    async settle(wasBrought) {
      if (!need || !state.missing) {
        return;
      }
      const { title } = state.missing;
      if (!isInUse()) {
        if (wasBrought || state.dialog === 'missing') {
          said.add(notices.warn(texts.t('missing.wrong', { name: title })));
          state.missing.atHand = ''; // it only had the name
          changed('missing-changed');
        }
        return;
      }
      const { take, note } = need;
      try {
        if (note.inBytes && engine.trainer?.backbone.isQuantised) {
          await computeInBytes(true);
        }
        await take?.();
        forget();
        notices.tell(texts.t(take ? 'missing.back' : 'networks.inUse', { name: title }));
      } catch (error) {
        forget();
        notices.fail(error);
      }
    },
  };
}
