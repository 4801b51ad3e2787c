// Training: by itself shortly after the last picture, or on demand; with progress, a stop, and the time that is left.

import { createRounds } from './rounds.js';
import { DEFAULT_SETTINGS } from './settings.js';
import { createTuning } from './tuning.js';

/** @typedef {ReturnType<typeof createTraining>} Training */

/** Long enough not to train between two pictures of one recording, short enough to feel immediate. */
const CALM_MS = 400;
/** Before that an estimate of the time left is a guess. */
const ESTIMATE_AFTER_MS = 700;

/**
 * @param {import('./types.js').Context} context
 * @param {import('./classes.js').Classes} classes
 */
export function createTraining(context, classes) {
  const { state, changed, watch, engine, notices, texts } = context;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @type {AbortController | null} */
  let running = null;
  /** Counts trainings, so that an older one that ends late changes nothing. */
  let turn = 0;
  /** What the last training was given. */
  let learnt = '';
  const tuning = createTuning(context);
  const rounds = createRounds(context, lesson);

  const canTrain = () => Boolean(engine.trainer) && classes.taught.length >= 2;

  /** @param {'idle' | 'waiting' | 'running'} phase */
  function setPhase(phase) {
    if (state.training.phase !== phase) {
      state.training.phase = phase;
      changed('training-changed');
    }
  }

  function trainSoon() {
    state.reportIsStale = Boolean(state.report);
    changed('report-changed');
    clearTimeout(timer);
    // What takes minutes does not begin anew with every picture.
    if (!state.settings.trainsByItself || !canTrain() || engine.trainsLayers(state.training.strategy)) {
      if (state.training.phase === 'waiting') {
        setPhase('idle');
      }
      return;
    }
    if (state.training.phase === 'idle') {
      setPhase('waiting');
    }
    timer = setTimeout(() => {
      if (state.recording || state.intake?.running || state.backbones.change || state.project.phase === 'loading') {
        return; // its end calls us again
      }
      void train();
    }, CALM_MS);
  }

  /** @param {number} started @param {import('../engine/headstart.js').Progress} progress */
  function showProgress(started, { done, total, remainingMs }) {
    const fraction = total > 0 ? done / total : 0;
    const elapsedMs = performance.now() - started;
    state.training.fraction = fraction;
    if (remainingMs !== undefined) {
      state.training.secondsLeft = remainingMs * 0.001;
    } else if (!state.tuning) {
      state.training.secondsLeft =
        elapsedMs > ESTIMATE_AFTER_MS && fraction > 0.05 ? (elapsedMs / fraction) * (1 - fraction) * 0.001 : null;
    }
    changed('training-progressed');
  }

  /**
   * How much of the network the next training retrains.
   *
   * @param {import('./types.js').StrategyName} strategy
   * @param {'person' | 'advice'} [by]
   */
  function choose(strategy, by = 'person') {
    Object.assign(state.training, { strategy, chosenBy: by });
    changed('training-changed');
  }

  /** @param {{ isAgain?: boolean, round?: import('./types.js').Round | null }} [how] `round`: where it goes on */
  async function train({ isAgain = false, round = null } = {}) {
    clearTimeout(timer);
    const { trainer } = engine;
    if (!trainer || !canTrain()) {
      setPhase('idle');
      return;
    }
    turn += 1;
    const mine = turn;
    learnt = lesson();
    const controller = new AbortController();
    running = controller;
    const started = performance.now();
    Object.assign(state.training, { fraction: 0, secondsLeft: null, error: '' });
    const options = round?.options ?? optionsNow();
    let latest = round;
    if (!round && options.strategy) {
      rounds.set(null); // of an earlier one, whose place this one takes
    }
    tuning.begin(round?.options.strategy ?? state.training.strategy, round);
    setPhase('running');
    try {
      const report = await trainer.train({
        ...options,
        ...(round && { resume: round.file }),
        onRound: (told) => {
          if (mine === turn) {
            tuning.note({ stage: 'train', done: 0, total: 1, ...told });
            rounds.note(told, { options, learnt, curve: state.tuning?.epochs ?? [] });
            latest = state.training.round;
          }
        },
        signal: controller.signal,
        onProgress: (progress) => {
          if (mine === turn) {
            showProgress(started, progress);
            tuning.note(progress);
          }
        },
      });
      if (mine !== turn) {
        return;
      }
      state.report = report;
      tuning.end(report);
      if (latest) {
        rounds.set(null);
      }
      state.reportIsStale = Boolean(trainer.headInfo?.stale);
      changed('report-changed');
      if (report.measured) {
        notices.announce(texts.t('notice.trained', { percent: texts.percent(report.accuracy) }));
      } else {
        notices.announce(texts.t('notice.trainedUnmeasured'));
      }
    } catch (error) {
      const { code } = /** @type {any} */ (error);
      if (mine === turn) {
        tuning.forget();
        if (latest && (code === 'cancelled' || code === 'bad-file')) {
          rounds.set(null);
        }
        // The engine died of something else, most likely: once more with the new one.
        if (code !== 'cancelled' && !isAgain && (await engine.hasRecovered()) && mine === turn) {
          void train({ isAgain: true, round: latest });
        } else if (code === 'bad-file' && round) {
          notices.warn(texts.t('tuning.refused'));
        } else if (code !== 'cancelled') {
          state.training.error = notices.wordsOf(error);
          notices.fail(error);
        }
      }
    } finally {
      if (mine === turn) {
        running = null;
        engine.refresh();
        setPhase('idle');
        changed('training-ended');
      }
    }
  }

  /** @param {string} strategy */
  function trainsLayers(strategy) {
    return engine.trainer?.strategies.some(({ name, trains }) => name === strategy && trains !== null) ?? false;
  }

  /** @returns {import('../engine/headstart.js').TrainOptions} */
  function optionsNow() {
    const { strategy } = state.training;
    const { head, seed, folds, l2, mirrorViews, secondLook } = state.settings;
    return {
      ...(strategy === 'head' ? {} : { strategy }),
      ...(strategy === 'head' || (trainsLayers(strategy) && head === 'logistic') ? { head } : {}),
      ...(mirrorViews === 'measured' ? {} : { mirrorViews: mirrorViews === 'yes' }),
      ...(secondLook === 'no' ? { secondLook: false } : {}),
      seed,
      foldCount: folds,
      ...(l2 !== null && strategy === 'head' && head === 'logistic' ? { l2 } : {}),
    };
  }

  /** Differs whenever what there is to learn differs; the engine's own word on that comes a moment later. */
  function lesson() {
    return classes.taught
      .map(({ id, sampleIds }) => `${id}:${sampleIds.length}:${sampleIds.reduce((sum, each) => sum + each, 0)}`)
      .join();
  }

  watch(['samples-changed', 'recording-ended', 'intake-ended'], () => {
    if (!state.recording && (lesson() !== learnt || (engine.trainer?.headInfo?.stale ?? true))) {
      trainSoon();
    }
  });
  // Whoever chooses a kind of head, or the defaults, wants that and not what was drawn before.
  watch(['head-chosen', 'training-reset'], () => {
    if (state.training.strategy !== 'head') {
      choose('head');
      trainSoon();
    }
  });
  watch(['training-settings-changed', 'trainsByItself-chosen'], trainSoon);
  watch(['backbone-changed'], () => {
    // A head that was waiting for this network may be at work already.
    if (engine.trainer?.headInfo?.stale ?? true) {
      trainSoon();
    }
  });

  return {
    get canTrain() {
      return canTrain();
    },
    /** Nobody has said yet how it is to learn. */
    get isOpenToAdvice() {
      const { head, l2 } = state.settings;
      return state.training.chosenBy !== 'person' && head === DEFAULT_SETTINGS.head && l2 === null;
    },
    train: () => train(),
    rounds,
    /** A fine-tuning that was cut short, behind its last round. */
    goOn: () => train({ round: state.training.round }),
    lesson,
    /** What there was to learn when the head was trained. */
    get learnt() {
      return learnt;
    },
    /**
     * A head from disk is at work again, with its report.
     *
     * @param {import('./types.js').TrainReport | null} report
     * @param {string} lessonThen
     * @param {boolean} stale
     */
    takeUp(report, lessonThen, stale) {
      learnt = lessonThen;
      if (!stale && state.training.phase === 'waiting') {
        clearTimeout(timer); // there is nothing to learn
        setPhase('idle');
      }
      state.report = report;
      state.reportIsStale = stale;
      if (report && report.strategy !== 'head') {
        choose(report.strategy, engine.trainsLayers(report.strategy) ? 'person' : 'advice');
      }
      if (report && engine.trainsLayers(report.strategy)) {
        tuning.begin(report.strategy);
        tuning.end(report);
      }
      changed('report-changed', 'training-changed');
    },
    finish: tuning.finish,
    togglePause: tuning.togglePause,
    choose,
    stop() {
      clearTimeout(timer);
      running?.abort();
      setPhase('idle');
    },
  };
}
