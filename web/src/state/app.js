// The page's state and everything that can be done with it. What draws the page sees only this.

import { createTexts } from '../texts/texts.js';
import { createBackbones } from './backbones.js';
import { createCameraLink } from './camera-link.js';
import { watchCanvas } from './canvas-link.js';
import { createClasses } from './classes.js';
import { createEngineLink } from './engine-link.js';
import { createExchange } from './exchange.js';
import { createIntakeLink } from './intake-link.js';
import { createLive } from './live.js';
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
  const exchange = createExchange(context, classes);
  const intake = createIntakeLink(context, { classes, samples, live, exchange });
  const backbones = createBackbones(context);
  projects = createProjects(context, { classes, training, settings, savePictures: exchange.savePictures });
  /** @type {Promise<import('./inside.js').Inside> | null} */
  let inside = null;
  /** @type {Promise<import('./outputs.js').Outputs> | null} */
  let outputs = null;
  /** @type {Promise<import('./exam.js').Exam> | null} */
  let exam = null;
  /** @type {Promise<import('./better.js').Better> | null} */
  let better = null;
  /** @type {Promise<import('./seeing.js').Seeing> | null} */
  let seeing = null;
  /** @type {Promise<import('./leaving.js').Leaving> | null} */
  let leaving = null;

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
    loadInside() {
      inside ??= import('./inside.js')
        .then(({ createInside }) => createInside(context, { training, classes }))
        .catch((cause) => {
          inside = null;
          throw cause;
        });
      return inside;
    },
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
    /** Test pictures, and how the answer does on them. */
    loadExam() {
      exam ??= import('./exam.js')
        .then(({ createExam }) => createExam(context, { classes, camera }))
        .catch((cause) => {
          exam = null;
          throw cause;
        });
      return exam;
    },
    /** What an answer does besides being shown. */
    loadOutputs() {
      outputs ??= import('./outputs.js')
        .then(({ createOutputs }) => createOutputs(context, { classes }))
        .catch((cause) => {
          outputs = null;
          throw cause;
        });
      return outputs;
    },
    /** The one thing that would help most now. */
    async loadBetter() {
      const inside = await this.loadInside();
      better ??= import('./better.js')
        .then(({ createBetter }) => createBetter(context, { recording, inside }))
        .catch((cause) => {
          better = null;
          throw cause;
        });
      return better;
    },
    /** Why the answer is what it is, and what to do when it is wrong. */
    loadSeeing() {
      seeing ??= import('./seeing.js')
        .then(({ createSeeing }) => createSeeing(context, { live, samples }))
        .catch((cause) => {
          seeing = null;
          throw cause;
        });
      return seeing;
    },
    /** What was learnt as a file for somewhere else. */
    loadLeaving() {
      leaving ??= import('./leaving.js')
        .then(({ createLeaving }) => createLeaving(context, { exchange }))
        .catch((cause) => {
          leaving = null;
          throw cause;
        });
      return leaving;
    },
    /**
     * What is loaded on first use is fetched now, while nobody waits for it: from here on the page needs no network, and
     * asks nothing of it.
     */
    async fetchTheRest() {
      await new Promise((resolve) => ('requestIdleCallback' in window ? requestIdleCallback(resolve) : resolve(0)));
      await Promise.allSettled([
        intake.prepare(),
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
    backbones: {
      list: backbones.list,
      measure: backbones.measure,
      stop: backbones.stop,
      /** @param {string} name */
      async choose(name) {
        await projects.untilLoaded();
        await backbones.choose(name, (chosen) => settings.set('backbone', chosen));
      },
    },
    engine: {
      recover: engine.recover,
      get hasStarted() {
        return engine.trainer !== null;
      },
      stats: () => engine.trainer?.stats() ?? Promise.resolve(null),
      async start() {
        await begun; // it may bring a backbone of its own
        await engine.start(await backbones.chosenAddress());
      },
    },
    /** What `?debug` shows of the inside; nothing of the page itself hangs on it. */
    debug: Object.freeze({
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
    training: { phase: 'idle', fraction: 0, secondsLeft: null, error: '', strategy: 'head', round: null },
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
