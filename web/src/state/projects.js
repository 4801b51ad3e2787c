// Projects: the one that is open, kept as it changes and there again at the next start; and all others of this browser.

import { newId } from '../project/new-id.js';
import { PROJECT_TEXTS } from '../texts/projects/index.js';
import { createProjectLoader } from './project-loader.js';
import { createSaver } from './saver.js';
import { TRAINING_SETTINGS } from './settings.js';

/** @typedef {ReturnType<typeof createProjects>} Projects */
/** @typedef {import('../project/vault-host.js').Opened} Opened */
/** @typedef {import('../project/format.js').Place} Place */

/** Of this tab, so that each tab comes back with its own. */
const TAB_KEY = 'headstart.project';
const TAKE_OVER_KEY = 'headstart.takeOver';
/** Whether there is a project to wait for, before the page is drawn. */
const HINT_KEY = 'headstart.hasProject';
/** So many pictures are worth asking the browser to keep them even when the disk runs low. */
const WORTH_PERSISTING = 10;
/** Room for about a thousand pictures with what the backbone saw in them: enough to finish a lesson, and to save it elsewhere. */
const LITTLE_ROOM_BYTES = 40e6;
const QUESTIONS = new Set(['elsewhere', 'newer', 'taken', 'superseded']);
/** Settings that belong to a project and not to a person. */
const OWN_SETTINGS = /** @type {const} */ ([...TRAINING_SETTINGS, 'backbone']);

/**
 * @param {import('./types.js').Context} context
 * @param {{ savePictures: () => Promise<void>, classes: import('./classes.js').Classes, training: import('./training.js').Training, settings: import('./settings.js').SettingsState, backbones: import('./network-link.js').NetworkLink }} parts
 */
export function createProjects(context, { classes, training, settings, backbones, savePictures }) {
  const { state, changed, watch, engine, notices, texts } = context;
  const { t } = texts;
  /** What is kept is plain: marks that keep a name apart within a sentence are no part of it. @param {string} name */
  const copyName = (name) => t('project.copyName', { name }).replace(/[\u2066-\u2069]/g, '');
  const query = new URLSearchParams(location.search);
  // For tests, beside `?debug`: `&storage-fails=0.3` lets three of ten writes fail half done.
  const failing = query.has('debug') ? Number(query.get('storage-fails') ?? 0) : 0;
  /** @type {import('../project/vault.js').Vault | null} */
  let vault = null;
  /** @type {Promise<void>} */
  let loading = Promise.resolve();
  let hasAsked = false;
  /** @type {Record<number, unknown>} */
  let keptActions = {};
  let hasWarned = false;

  const saver = createSaver(context, {
    training,
    projectSettings: () => Object.fromEntries(OWN_SETTINGS.map((name) => [name, state.settings[name]])),
  });

  const loader = createProjectLoader(context, { saver, training, backbones });

  /** @param {import('./types.js').State['project']['phase']} phase */
  function setPhase(phase) {
    const wasQuestion = QUESTIONS.has(state.project.phase);
    state.project.phase = phase;
    // What to do about a project that is not to be had here is for the person to say.
    if (QUESTIONS.has(phase) !== wasQuestion) {
      state.dialog = wasQuestion ? '' : 'projects';
      changed('dialog-changed');
    }
    changed('project-changed');
  }

  /** @param {string} event */
  function onVaultEvent(event) {
    saver.end();
    setPhase(event === 'taken' ? 'taken' : event === 'superseded' ? 'superseded' : 'off');
    if (event === 'broken') {
      state.unsaved = true;
      notices.warn(t('error.storage-closed'));
    }
  }

  /** It comes beside the first paint, not before it. */
  async function openStorage() {
    const { openVault } = await import('../project/vault.js');
    vault ??= openVault(onVaultEvent);
    return vault;
  }

  /** @param {string} id @param {boolean} takeOver */
  async function attach(id, takeOver = false) {
    const storage = await openStorage();
    const opened = await storage.open({ id, name: t('project.defaultName'), takeOver, failing });
    if (opened.status !== 'open') {
      state.project.other = opened.project;
      setPhase(opened.status);
      return;
    }
    store('sessionStorage', TAB_KEY, id);
    store('localStorage', HINT_KEY, '1');
    takeUp(opened);
  }

  /** Brings a deleted one back. @param {string} id */
  async function restore(id) {
    await vault?.restore({ id }).catch(notices.fail);
    await list();
  }

  async function list() {
    try {
      state.project.list = (await vault?.list()) ?? [];
      const { usage = 0, quota = 0 } = (await navigator.storage?.estimate?.()) ?? {};
      const persisted = (await navigator.storage?.persisted?.()) ?? false;
      state.project.usage = { used: usage, free: Math.max(0, quota - usage), persisted };
    } catch (error) {
      notices.fail(error);
    }
    changed('project-changed');
  }

  /** @param {Extract<Opened, { status: 'open' }>} opened */
  function takeUp({ project, places, training: keptTraining, round, losses }) {
    Object.assign(state.project, { id: project.id, name: project.name, loaded: 0, total: places.length, other: null });
    for (const name of OWN_SETTINGS) {
      settings.set(name, /** @type {any} */ (project.settings[name]));
    }
    keptActions = project.actions;
    const orphans = new Set(places.map(({ classKey }) => classKey));
    for (const { key } of project.classes) {
      orphans.delete(key);
    }
    // Nothing was done in it yet: its cards are made anew, in the language of today.
    const isUntouched = places.length === 0 && !keptTraining && project.classes.every((each) => each.isUntouched);
    if (!isUntouched) {
      classes.takeUp(project.classes, [...orphans], {
        counts: countByClass(places),
        last: Math.max(0, ...places.map(({ sampleId }) => sampleId)),
      });
    }
    const storage = /** @type {import('../project/vault.js').Vault} */ (vault);
    const kept = { vault: storage, places, training: keptTraining };
    training.rounds.set(round);
    saver.begin(storage, { places, project, round });
    setPhase(places.length > 0 || keptTraining ? 'loading' : 'open');
    if (losses.length > 0) {
      loader.tellLosses(losses.filter((loss) => loss === 'place').length, losses);
    }
    engine.whenReady(() => {
      loading = loader.load(kept).then((count) => {
        setPhase('open');
        if (count > 0) {
          notices.tell(t('project.continued', { name: state.project.name, pictures: t('pictures', { count }) }));
        }
        void warnOfLittleRoom().catch(() => {});
        changed('samples-changed', 'classes-changed', 'intake-ended');
        return storage.sweep().catch(() => {});
      });
    });
  }

  /** Once there is something to lose, and after a press: browsers that ask do it then. */
  async function askToPersist() {
    const count = state.classes.reduce((sum, { sampleIds }) => sum + sampleIds.length, 0);
    if (hasAsked || count < WORTH_PERSISTING || !navigator.storage?.persist) {
      return;
    }
    hasAsked = true;
    if (!(await navigator.storage.persisted())) {
      await navigator.storage.persist();
    }
  }
  watch(['recording-ended', 'intake-ended'], () => {
    void askToPersist().catch(() => {});
    void warnOfLittleRoom().catch(() => {});
  });

  /** While everything is still saved: once, until there is room again. */
  async function warnOfLittleRoom() {
    const { usage = 0, quota = 0 } = (await navigator.storage?.estimate?.()) ?? {};
    const free = Math.max(0, quota - usage);
    const isLittle = quota > 0 && free < LITTLE_ROOM_BYTES && state.project.phase === 'open' && !state.project.trouble;
    if (isLittle && !hasWarned) {
      notices.warn(t('error.storage-low', { free: texts.bytes(free) }), {
        actionText: t('keep.pictures'),
        action: () => void savePictures(),
      });
    }
    hasWarned = isLittle;
  }

  watch(['storage-failed'], () => {
    const { trouble } = state.project;
    notices.warn(t(trouble === 'full' ? 'error.storage-full' : 'error.storage-failed'), {
      actionText: t('keep.pictures'),
      action: () => void savePictures(),
    });
  });

  async function begin() {
    await texts.bring(PROJECT_TEXTS);
    const id = read('sessionStorage', TAB_KEY);
    const takeOver = read('sessionStorage', TAKE_OVER_KEY) === id && id !== null;
    forget('sessionStorage', TAKE_OVER_KEY);
    const storage = await openStorage();
    await attach((await storage.pick({ wanted: id })) ?? newId(), takeOver);
  }

  /** Everything starts afresh with it: nothing of one project can get into another. @param {string} id */
  async function go(id) {
    await saver.flush();
    store('sessionStorage', TAB_KEY, id);
    location.reload();
  }

  return {
    saver,
    /** Whether there is something to wait for before the page is drawn. */
    isExpected: read('localStorage', HINT_KEY) !== null,
    untilLoaded: () => loading,

    /** Opens what was open last. Without a place to keep things the page works on, and says so. */
    async begin() {
      try {
        await begin();
      } catch (error) {
        setPhase('off');
        state.project.trouble = /** @type {any} */ (error).reason ?? 'closed';
        state.unsaved = true;
        notices.warn(t(state.project.trouble === 'newer' ? 'error.storage-newer' : 'error.storage-closed'));
      }
    },

    list,
    restore,
    /** What classes do, as it lies on disk, by their keys. */
    actions: {
      read: () => keptActions,
      /** @param {Record<number, unknown>} actions */
      keep: async (actions) => vault?.commit({ project: { actions } }),
    },
    /** Earlier trainings of this project. */
    past: {
      read: async () => (await vault?.readPast()) ?? [],
      /** @param {import('../project/past-trainings.js').PastTraining} past */
      keep: async (past) => vault?.keepPast(past),
    },

    /** @param {string} id */
    open: (id) => go(id),
    create: () => go(newId()),

    /** @param {string} id @param {string} typed */
    async rename(id, typed) {
      const name = typed.trim().slice(0, 80);
      if (name && vault) {
        await vault.rename({ id, name }).catch(notices.fail);
        if (id === state.project.id) {
          state.project.name = name;
        }
      }
      await list();
    },

    /** @param {string} id @param {string} name */
    async duplicate(id, name) {
      try {
        if (id === state.project.id) {
          await saver.flush();
        }
        await vault?.duplicate({ id, name: copyName(name) });
        notices.tell(t('notice.projectCopied', { name }));
      } catch (error) {
        notices.fail(error);
      }
      await list();
    },

    /** @param {string} id @param {string} name */
    async remove(id, name) {
      try {
        await vault?.remove({ id });
        notices.tell(t('notice.projectDeleted', { name }), {
          actionText: t('undo'),
          action: () => void restore(id),
        });
      } catch (error) {
        notices.fail(error);
      }
      await list();
      if (id === state.project.id) {
        const next = state.project.list?.find((each) => !each.isNewer && !each.isOpenElsewhere && !each.isDeleted);
        await go(next?.id ?? newId());
      }
    },

    /** Of the project that another tab has: writes here from now on. */
    async takeOver() {
      const id = state.project.other?.id ?? state.project.id;
      if (state.project.phase === 'elsewhere') {
        await attach(id, true).catch(notices.fail);
        return;
      }
      store('sessionStorage', TAKE_OVER_KEY, id);
      await go(id);
    },

    /** Of the project that another tab has: a copy for this one. */
    async openCopy() {
      const { other } = state.project;
      if (vault && other) {
        try {
          await attach(await vault.duplicate({ id: other.id, name: copyName(other.name) }));
        } catch (error) {
          notices.fail(error);
        }
      }
    },

    /** Beside a project that is not to be had here: a new one. */
    async openNew() {
      await attach(newId()).catch(notices.fail);
    },

    reload: () => location.reload(),
  };
}

/** @param {Place[]} places @returns {Map<number, number>} */
function countByClass(places) {
  const counts = new Map();
  for (const { classKey } of places) {
    counts.set(classKey, (counts.get(classKey) ?? 0) + 1);
  }
  return counts;
}

/** Where the browser closes a store to us, reading the name alone throws. @typedef {'localStorage' | 'sessionStorage'} StoreName */

/** @param {StoreName} name @param {string} key */
function read(name, key) {
  try {
    return window[name].getItem(key);
  } catch {
    return null;
  }
}

/** @param {StoreName} name @param {string} key @param {string} value */
function store(name, key, value) {
  try {
    window[name].setItem(key, value);
  } catch {
    // Without it the project that was open last opens.
  }
}

/** @param {StoreName} name @param {string} key */
function forget(name, key) {
  try {
    window[name].removeItem(key);
  } catch {
    // Then it was never there.
  }
}
