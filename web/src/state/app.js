// The page's state and everything that can be done with it. What draws the page sees only this.

import { createTexts } from '../texts/texts.js';
import { createCameraLink } from './camera-link.js';
import { watchCanvas } from './canvas-link.js';
import { createClasses } from './classes.js';
import { createEngineLink } from './engine-link.js';
import { createExchange } from './exchange.js';
import { createIntakeLink } from './intake-link.js';
import { createLive } from './live.js';
import { createNetworkLink } from './network-link.js';
import { createNotices } from './notices.js';
import { createProjects } from './projects.js';
import { createRecording } from './recording.js';
import { createSamples } from './samples.js';
import { createSettings, readSettings } from './settings.js';
import { createStore } from './store.js';
import { createTraining } from './training.js';
import { createUndo } from './undo.js';

/** @typedef {Awaited<ReturnType<typeof createApp>>} App */

/** So long the first paint may wait for the cards of last time. */
const LONGEST_BLANK_MS = 1500;

export async function createApp() {
  const { state, changed, watch } = createStore(initialState());
  const texts = await createTexts(state.settings.language);
  const notices = createNotices({ state, changed, texts });
  const undo = createUndo(
    () => {
      state.history = { undo: undo.undoCount, redo: undo.redoCount };
      changed('history-changed');
    },
    {
      onStepped: (way) => notices.announce(texts.t(way === 'undo' ? 'notice.undone' : 'notice.redone')),
      onFailed: notices.fail,
    },
  );
  const engine = createEngineLink({ state, changed, notices, texts });
  /** @type {import('./projects.js').Projects} */
  let projects;
  /** @type {import('./types.js').Context} */
  const context = {
    state,
    changed,
    watch,
    texts,
    notices,
    undo,
    engine,
    untilLoaded: () => projects.untilLoaded(),
    saving: {
      keep: (card, sampleId) => projects.saver.keep(card, sampleId),
      kept: (sampleId) => projects.saver.kept(sampleId),
    },
  };

  const settings = createSettings(context);
  const classes = createClasses(context);
  const samples = createSamples(context, classes);
  const camera = createCameraLink(context);
  const recording = createRecording(context, { classes, samples, camera });
  const training = createTraining(context, classes);
  const live = createLive(context, { classes, camera });
  const backbones = createNetworkLink(context, { settings });
  const loadOpening = later(async () =>
    (await import('./opening.js')).createOpening(context, { classes, training, backbones }),
  );
  const exchange = createExchange(context, loadOpening);
  const intake = createIntakeLink(context, { classes, samples, live, exchange, useNetworks: backbones.useOwn });
  projects = createProjects(context, { classes, training, settings, backbones, savePictures: exchange.savePictures });
  const loadInside = later(async () =>
    (await import('./inside.js')).createInside(context, { training, classes, live, samples }),
  );

  const begun = projects.begin();
  if (projects.isExpected) {
    // The cards of last time, rather than new ones that give way to them before one's eyes.
    await Promise.race([begun, new Promise((resolve) => setTimeout(resolve, LONGEST_BLANK_MS))]);
  }
  if (state.classes.length === 0) {
    classes.add();
    classes.add();
  }
  watchCanvas(context);

  addEventListener('beforeunload', (event) => {
    if (state.unsaved && state.classes.some((card) => card.sampleIds.length > 0)) {
      event.preventDefault();
    }
  });

  return {
    state,
    texts,
    /** Draws again whenever one of these happened, and when the language changes. @param {import('./types.js').StoreEvent[]} events @param {() => void} draw */
    watch(events, draw) {
      draw();
      return watch([...events, 'language-changed'], draw);
    },
    settings,
    classes,
    samples,
    camera,
    recording,
    training,
    live,
    exchange,
    intake,
    undo,
    notices,
    projects,
    /** The network and the advice: what somebody wants who looks inside. */
    loadInside,
    /** Test pictures, and how the answer does on them. */
    loadExam: later(async () => (await import('./exam.js')).createExam(context, { classes, camera })),
    /** What an answer does besides being shown. */
    loadOutputs: later(async () =>
      (await import('./outputs.js')).createOutputs(context, { classes, kept: projects.actions }),
    ),
    /** Rock, paper, scissors against the page. */
    loadGame: later(async () => (await import('./game.js')).createGame(context)),
    /** The one thing that would help most now. */
    loadBetter: later(async () => {
      const inside = await loadInside();
      return (await import('./better.js')).createBetter(context, { recording, training, inside });
    }),
    /** Earlier trainings, to look at and to go back to. */
    loadHistory: later(async () => {
      await loadInside(); // the ways to learn have their names there
      return (await import('./history.js')).createHistory(context, { training, past: projects.past });
    }),
    /** Why the answer is what it is, and what to do when it is wrong. */
    loadSeeing: later(async () => (await import('./seeing.js')).createSeeing(context, { live, samples })),
    /** All pictures in a plane. */
    loadMap: later(async () => (await import('./picture-map.js')).createPictureMap(context, { samples })),
    /** What was learnt as a file for somewhere else. */
    loadLeaving: later(async () =>
      (await import('./leaving.js')).createLeaving(context, { exchange, kept: projects.actions }),
    ),
    /** Drawn pictures, or a game for the camera. @param {'drawings' | 'game'} way */
    async beginWith(way) {
      try {
        const { createExamples } = await import('./examples.js');
        const examples = createExamples(context, { classes, samples, camera });
        await (way === 'game' ? examples.playGame() : examples.teachDrawings());
      } catch (error) {
        notices.fail(error);
      }
    },
    /** Everything as one file for another device. @param {'start' | 'stop'} what */
    async saveProject(what) {
      try {
        const leaving = await this.loadLeaving();
        await (what === 'stop' ? leaving.stop() : leaving.saveProject());
      } catch (error) {
        notices.fail(error);
      }
    },
    /**
     * What is loaded on first use is fetched now, while nobody waits for it: from here on the page needs no network, and
     * asks nothing of it.
     */
    async fetchTheRest() {
      await new Promise((resolve) => ('requestIdleCallback' in window ? requestIdleCallback(resolve) : resolve(0)));
      await Promise.allSettled([
        intake.prepare(),
        loadOpening(),
        import('../project/pictures-zip.js'),
        import('../export/download.js'),
        import('../examples/draw-things.js'),
        import('./examples.js'),
      ]);
    },
    /** There without a network from now on; a newer version is offered, never forced. */
    async goOffline() {
      try {
        const { goOffline } = await import('../offline/register.js');
        /** @type {Awaited<ReturnType<typeof goOffline>>} */
        let offline = null;
        /** @param {'update.ready' | 'update.others'} words */
        const offer = (words) => {
          notices.tell(texts.t(words), { stays: true, actionText: texts.t('update.now'), action: useUpdate });
        };
        const useUpdate = async () => {
          await projects.saver.flush();
          if ((await offline?.use()) === 'others-open') {
            offer('update.others');
          }
        };
        // A version that has been waiting since the visit before is told while this is still under way.
        offline = await goOffline({ onUpdate: () => offer('update.ready') });
      } catch {
        // The page works as long as there is a network.
      }
    },
    backbones,
    engine: {
      recover: engine.recover,
      get hasStarted() {
        return engine.trainer !== null;
      },
      stats: () => engine.trainer?.stats() ?? Promise.resolve(null),
      async start() {
        await begun; // it may bring a backbone of its own
        await engine.start(await backbones.chosen());
      },
    },
    /** What `?debug` shows of the inside; nothing of the page itself hangs on it. */
    debug: Object.freeze({
      /** @param {string} name */
      openDialog(name) {
        state.dialog = name;
        changed('dialog-changed');
      },
      get trainer() {
        return engine.trainer;
      },
      get state() {
        return state;
      },
      get samples() {
        return samples;
      },
      classes,
      training,
      recording,
      settings,
      undo,
      /** Settles when everything is on disk. */
      saved: () => projects.saver.flush(),
      unsavedRows: () => projects.saver.rowlessCount,
    }),
    dialogs: {
      /** @param {string} name */
      open(name) {
        state.dialog = name;
        changed('dialog-changed');
      },
      /** A dialog that gave way to another one closes later than that one opened. @param {string} name */
      close(name) {
        if (state.dialog === name) {
          state.dialog = '';
          changed('dialog-changed');
        }
      },
    },
    viewer: {
      /** @param {NonNullable<import('./types.js').State['viewer']>} view */
      open(view) {
        state.viewer = view;
        changed('viewer-changed');
      },
      /** @param {number} index */
      show(index) {
        if (state.viewer) {
          const last = state.viewer.sampleIds.length - 1;
          state.viewer.index = Math.max(0, Math.min(index, last));
          changed('viewer-changed');
        }
      },
      close() {
        state.viewer = null;
        changed('viewer-changed');
      },
    },
  };
}

/**
 * A part that comes when it is wanted; one that could not be fetched is tried again.
 *
 * @template T
 * @param {() => Promise<T>} fetchPart
 */
function later(fetchPart) {
  /** @type {Promise<T> | null} */
  let part = null;
  return () => {
    part ??= fetchPart().catch((cause) => {
      part = null;
      throw cause;
    });
    return part;
  };
}

/** @returns {import('./types.js').State} */
function initialState() {
  return {
    engine: {
      phase: 'loading',
      stage: 'engine',
      done: 0,
      total: 0,
      code: 'internal',
      message: '',
      variant: '',
      threads: 0,
      backbone: null,
      head: null,
      fellBack: false,
    },
    camera: {
      phase: 'closed',
      reason: '',
      detail: '',
      devices: [],
      deviceId: '',
      facing: null,
      stream: null,
      canvas: 'unknown',
    },
    classes: [],
    recording: null,
    intake: null,
    names: null,
    question: null,
    missing: null,
    training: {
      phase: 'idle',
      fraction: 0,
      secondsLeft: null,
      error: '',
      strategy: 'head',
      chosenBy: 'page',
      round: null,
    },
    outlook: { before: null, after: null },
    tuning: null,
    report: null,
    reportIsStale: false,
    live: {
      ranked: [],
      known: 1,
      trained: false,
      winnerId: null,
      isUnknown: false,
      source: 'camera',
      paused: false,
      pictureUrl: '',
      pictureIndex: 0,
      pictureCount: 0,
      framesPerSecond: 0,
      embedMs: 0,
      readMs: 0,
      headMs: 0,
    },
    backbones: { entries: [], change: null, measuring: false },
    saving: null,
    leaving: null,
    settings: readSettings(),
    notices: [],
    announcement: '',
    viewer: null,
    dialog: '',
    history: { undo: 0, redo: 0 },
    unsaved: false,
    project: {
      phase: 'opening',
      id: '',
      name: '',
      loaded: 0,
      total: 0,
      viewed: 0,
      unsavedCount: 0,
      trouble: '',
      other: null,
      list: null,
      usage: null,
    },
  };
}
