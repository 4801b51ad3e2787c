// Trainings, estimates and advice: one at a time, each as slices of work that can be paused, ended and stopped.

import { HeadstartError, throwIfAborted, unwrap } from '../shared/errors.js';
import { plainStrategy, RECOMMENDED, strategyNamed } from '../shared/strategies.js';
import { Gate, Queue } from '../shared/turns.js';
import { measureWays } from './advice.js';
import { headSettings, stepUntilDone, translateReport } from './training.js';
import { beginTuning, cancelTuning, measureTuning, tuneSettings, tuneUntilDone } from './tuning.js';

/** @typedef {import('../shared/assets.js').Context} Context */
/** @typedef {import('../headstart.d.ts').Progress} Progress */
/** @typedef {import('../headstart-training.d.ts').Advice} Advice */
/** @typedef {import('../headstart-basics.d.ts').StrategyName} StrategyName */
/** @typedef {import('./host.js').Host} Host */
/** @typedef {import('./tuning.js').Pace} Pace */
/** @typedef {import('../shared/strategies.js').Strategy} Strategy */
/** @typedef {import('../shared/train-options.js').TrainRequest} TrainRequest */
/** `usual` as the head in use was trained, `plain` without a transform. @typedef {{ usual: TrainRequest, plain: TrainRequest, date: string }} PlainHeadRequest */

const ADVICE_BUDGET_MS = 60_000;
// Of a fine-tuning, what the head before it takes in the progress.
const HEAD_SHARE = 0.05;
const ESTIMATE_MS = 150;

export class HostRuns {
  #host;
  /** What stops the run that is under way. @type {AbortController | null} */
  #current = null;
  /** C++ has room for one run: the next begins when the one before has stopped. */
  #runs = new Queue();
  #gate = new Gate();
  #wish = { isFinishing: false };
  #count = 0;
  /** @type {{ revision: number, mirror: string, recommended: StrategyName } | null} */
  #found = null;

  /** @param {Host} host */
  constructor(host) {
    this.#host = host;
  }

  get isBusy() {
    return this.#count > 0;
  }

  /** @param {string} why */
  stop(why) {
    this.#current?.abort(new HeadstartError('cancelled', why));
  }

  finish() {
    this.#wish.isFinishing = true;
    this.#gate.open();
  }

  pause() {
    if (this.isBusy) {
      this.#gate.close();
    }
  }

  resume() {
    this.#gate.open();
  }

  /** @param {TrainRequest} request @param {Context} context */
  train(request, context) {
    this.stop('a newer training took its place');
    return this.#run(context, (pace) => this.#train(request, pace));
  }

  /** @param {{ budgetMs: number, seed: number }} args @param {Context} context */
  advise(args, context) {
    return this.#run(context, (pace) => this.#advise(args, pace));
  }

  /** @param {TrainRequest} request @param {Context} context */
  estimate(request, context) {
    return this.#run(context, (pace) => this.#estimate(request, pace));
  }

  /** A head for programs that know no transform, beside the one in use. @param {PlainHeadRequest} request @param {Context} context */
  plainHead(request, context) {
    return this.#run(context, (pace) => this.#plainHead(request, pace));
  }

  /**
   * @template T
   * @param {Context} context
   * @param {(pace: Pace) => Promise<T>} action
   * @returns {Promise<T>}
   */
  async #run({ signal, onProgress }, action) {
    const controller = new AbortController();
    const stop = () => controller.abort();
    signal?.addEventListener('abort', stop);
    if (signal?.aborted) {
      stop();
    }
    this.#count++;
    this.#current = controller;
    try {
      return await this.#runs.run(() => {
        throwIfAborted(controller.signal);
        this.#current = controller;
        this.#wish = { isFinishing: false };
        this.#gate.open();
        return action({ gate: this.#gate, signal: controller.signal, onProgress });
      });
    } finally {
      signal?.removeEventListener('abort', stop);
      if (this.#current === controller) {
        this.#current = null;
      }
      this.#count--;
      this.#host.views.wake();
    }
  }

  /** @param {TrainRequest} request @param {Pace} pace */
  async #train(request, pace) {
    const start = performance.now();
    let advice = null;
    let { strategy } = request;
    if (strategy === RECOMMENDED) {
      if (!this.#isFresh()) {
        advice = await this.#advise({ budgetMs: ADVICE_BUDGET_MS, seed: request.head.seed }, pace);
      }
      strategy = this.#recommended();
    }
    const plan = this.#strategy(strategy);
    const { report, revision } = plan.tuning
      ? await this.#tune(plan, request, pace)
      : await this.#fit(plan, request, pace);
    const head = this.#host.takeHead(revision, /** @type {StrategyName} */ (plan.name));
    return { report: { ...report, elapsedMs: performance.now() - start }, head, revision, advice };
  }

  /** @param {PlainHeadRequest} request @param {Pace} pace */
  async #plainHead({ usual, plain, date }, pace) {
    /** @type {(request: TrainRequest, from: number) => Promise<import('./engine.js').Engine>} */
    const fit = async (request, from) => {
      const plan = { ...this.#strategy(request.strategy), head: request.head.head, freeHead: true };
      const { engine } = await this.#prepare(plan, request, pace, (fraction) =>
        pace.onProgress?.({ stage: 'train', done: from + fraction / 2, total: 1 }),
      );
      return engine;
    };
    const first = await fit(usual, 0);
    first.run((session) => unwrap(session.trainSetAside()));
    const engine = await fit(plain, 0.5);
    const { file, changes } = engine.run((session) => unwrap(session.plainHead(date)));
    return { file, changes };
  }

  /** @param {string} name that was checked @returns {Strategy} */
  #strategy(name) {
    return /** @type {Strategy} */ (strategyNamed(this.#host.backbone.strategies, name));
  }

  #isFresh() {
    return this.#found?.revision === this.#host.samples.revision;
  }

  #recommended() {
    return /** @type {{ recommended: StrategyName }} */ (this.#found).recommended;
  }

  /**
   * A head, up to the point where it could take over.
   * @param {Strategy} plan
   * @param {TrainRequest} request
   * @param {Pace} pace
   * @param {(fraction: number) => void} report
   */
  async #prepare(plan, request, pace, report) {
    const { views } = this.#host;
    const needsViews = plan.views || plan.tuning !== undefined;
    if (needsViews) {
      await views.complete(pace);
    }
    const { engine, mirrorHarms, ...taken } = await this.#host.changes.run(() => {
      throwIfAborted(pace.signal);
      const { engine: now } = this.#host;
      const mirrorHarms = needsViews && this.#mirrorHarms();
      now.run((session) => unwrap(session.trainBegin(headSettings(plan, request, mirrorHarms))));
      return { engine: now, mirrorHarms, ...this.#samplesNow() };
    });
    await stepUntilDone(engine, pace.gate, pace.signal, report);
    return { engine, mirrorHarms, ...taken };
  }

  #mirrorHarms() {
    if (this.#isFresh()) {
      return this.#found?.mirror === 'harms';
    }
    return this.#host.engine.run((session) => unwrap(session.mirrorVerdict())) === 'harms';
  }

  /** @param {Strategy} plan @param {TrainRequest} request @param {Pace} pace */
  async #fit(plan, request, pace) {
    const { engine, revision } = await this.#prepare(plan, request, pace, (fraction) =>
      pace.onProgress?.({ stage: 'train', done: fraction, total: 1 }),
    );
    const report = engine.run((session) => unwrap(session.trainFinish()));
    return { revision, report: this.#reportOf(plan, report) };
  }

  /** @param {Strategy} plan @param {TrainRequest} request @param {Pace} pace */
  async #tune(plan, request, pace) {
    const { onProgress } = pace;
    const { engine, revision, pictureOf, mirrorHarms } = await this.#prepare(plan, request, pace, (fraction) =>
      onProgress?.({ stage: 'train', done: fraction * HEAD_SHARE, total: 1 }),
    );
    const { file } = this.#host;
    const { resume, keepsRounds } = request;
    const strategy = /** @type {StrategyName} */ (plan.name);
    /** @type {import('./tuning.js').TuneTask['onRound']} */
    const tellRound = (round) => onProgress?.(/** @type {any} */ ({ round: { strategy, ...round } }));
    const onRound = keepsRounds ? tellRound : null;
    const task = { engine, file, settings: tuneSettings(plan, request, mirrorHarms), pictureOf, resume, onRound };
    try {
      const estimate = beginTuning(task);
      /** @param {Progress} progress */
      const later = (progress) => {
        const done = progress.stage === 'train' ? HEAD_SHARE + progress.done * (1 - HEAD_SHARE) : progress.done;
        onProgress?.({ ...progress, done });
      };
      await tuneUntilDone(task, estimate.frozenPassCount, { ...pace, onProgress: later }, this.#wish);
      const report = engine.withBytes(file, (session) => unwrap(session.tuneFinish(file.length)));
      const answer = this.#reportOf(plan, report);
      const { fineTuning } = report;
      const { epochCount } = estimate;
      const isKept = fineTuning?.betterThanHead === true;
      const changed = isKept ? { border: estimate.border, frozenWeightCount: estimate.frozenWeightCount } : {};
      return {
        revision,
        report: { ...answer, ...changed, fineTuning: fineTuning ? reportOfTuning(fineTuning, epochCount) : null },
      };
    } catch (cause) {
      cancelTuning(engine);
      throw cause;
    }
  }

  /** @param {Strategy} plan @param {import('./session.d.ts').SessionReport} report */
  #reportOf({ name: strategy }, report) {
    const answer = translateReport(report);
    const border = answer.features.at(-1) ?? 'last';
    return { strategy, border, ...answer, frozenWeightCount: this.#weightsUpTo(border), fineTuning: null };
  }

  /** @param {string} map */
  #weightsUpTo(map) {
    const { layers } = this.#host.backbone;
    const end = layers.findIndex(({ name }) => name === map);
    return layers.slice(0, end + 1).reduce((sum, { weightCount }) => sum + weightCount, 0);
  }

  /** Samples may be removed while a run is under way; it goes on with those that it saw. */
  #samplesNow() {
    const { records, revision } = this.#host.samples;
    const pictures = new Map([...records].map(([sampleId, { picture }]) => [sampleId, picture]));
    /** @type {import('./tuning.js').TuneTask['pictureOf']} */
    const pictureOf = (sampleId) => /** @type {import('./picture-codec.js').KeptPicture} */ (pictures.get(sampleId));
    return { revision, pictureOf };
  }

  /** @param {{ budgetMs: number, seed: number }} args @param {Pace} pace @returns {Promise<Advice>} */
  async #advise({ budgetMs, seed }, pace) {
    const { revision, pictureOf } = await this.#host.changes.run(() => {
      throwIfAborted(pace.signal);
      this.#host.engine.run((session) => session.adviceBegin());
      return this.#samplesNow();
    });
    const advice = await measureWays(this.#host, pictureOf, { budgetMs, seed }, pace);
    const { mirror, recommended } = advice;
    this.#found = { revision, mirror, recommended };
    return advice;
  }

  /** @param {TrainRequest} request @param {Pace} pace */
  async #estimate(request, pace) {
    const fresh = this.#isFresh() ? this.#recommended() : plainStrategy(this.#host.backbone.strategies).name;
    const plan = this.#strategy(request.strategy === RECOMMENDED ? fresh : request.strategy);
    const head = await this.#estimateHead(plan, request, pace);
    if (!plan.tuning) {
      return { strategy: plan.name, ...head };
    }
    // Any head will do, so it is the quickest: what is measured is what comes after it.
    /** @type {Strategy} */
    const quick = { ...plan, head: 'nearest-mean', freeHead: false, tuning: undefined };
    const { engine, pictureOf } = await this.#prepare(quick, request, pace, () => {});
    const { file } = this.#host;
    const settings = tuneSettings(plan, request, this.#mirrorHarms());
    const task = { engine, file, settings, pictureOf };
    try {
      const estimate = beginTuning(task);
      const tuneMs = await measureTuning(task, estimate, pace);
      const { memoryBytes, trainedWeightCount, frozenWeightCount } = estimate;
      const elapsedMs = head.elapsedMs + tuneMs;
      return { strategy: plan.name, elapsedMs, memoryBytes, trainedWeightCount, frozenWeightCount };
    } finally {
      cancelTuning(engine);
    }
  }

  /** @param {Strategy} plan @param {TrainRequest} request @param {Pace} pace */
  async #estimateHead(plan, request, { signal, gate }) {
    const { engine, backbone, samples, views } = this.#host;
    const viewsMs =
      plan.views || plan.tuning !== undefined ? views.missingCount() * engine.run((session) => session.viewCount()) : 0;
    const fit = { ...plan, views: false, secondLook: false };
    const start = performance.now();
    await this.#host.changes.run(() => {
      engine.run((session) => unwrap(session.trainBegin(headSettings(fit, request, false))));
    });
    let fraction = 0;
    while (fraction < 1 && performance.now() - start < ESTIMATE_MS) {
      const step = engine.run((session) => unwrap(session.trainStep()));
      fraction = step.done ? 1 : step.fraction;
      await gate.pass(signal);
    }
    engine.run((session) => session.trainCancel());
    const elapsedMs = (performance.now() - start) / Math.max(fraction, 0.01) + viewsMs * this.#host.embedMs;
    const classCount = engine.run((session) => session.classes().filter((c) => c.enabled && c.sampleCount > 0)).length;
    const width = plan.features.reduce(
      (sum, feature) => sum + (backbone.layers.find(({ name }) => name === feature.split(':')[0])?.channels ?? 0),
      0,
    );
    const copies = plan.views ? 2 + engine.run((session) => session.viewCount()) : 2;
    return {
      elapsedMs,
      memoryBytes: samples.records.size * width * 4 * copies,
      trainedWeightCount: classCount * (width + 1),
      frozenWeightCount: this.#weightsUpTo(plan.features.at(-1) ?? 'last'),
    };
  }
}

/** @param {import('./session.d.ts').FineTuneReport} report @param {number} epochCount as planned */
function reportOfTuning(report, epochCount) {
  const { betterThanHead, headAlone, fineTuned, epochs, bestEpoch, stoppedEarly } = report;
  /** @param {import('./session.d.ts').Metrics} metrics */
  const quality = ({ accuracy, logLoss }) => ({ accuracy, logLoss });
  return {
    betterThanHead,
    headAlone: quality(headAlone),
    fineTuned: quality(fineTuned),
    epochs,
    bestEpoch,
    epochCount,
    stoppedEarly,
    heldOutCount: report.heldOutPictureCount,
    trainCount: report.trainPictureCount,
  };
}
