// One fine-tuning run: the kept pictures go through the frozen part, and the trained part is stepped, in slices with turns
// for everything else between them.

import { unwrap } from '../shared/errors.js';
import { decodePicture } from './picture-codec.js';
import { SLICE_MS, viewsToUse } from './training.js';

/** @typedef {import('./engine.js').Engine} Engine */
/** @typedef {import('../headstart.d.ts').Progress} Progress */
/** @typedef {import('./picture-codec.js').KeptPicture} KeptPicture */
/** @typedef {import('./session.d.ts').FineTuneProgress} FineTuneProgress */
/** @typedef {import('../shared/turns.js').Gate} Gate */
/** @typedef {{ gate: Gate, signal: AbortSignal, onProgress?: (progress: Progress) => void }} Pace */
/** @typedef {{ options: import('./session.d.ts').FineTuneOptions, views: import('./session.d.ts').TrainOptions['views'] }} TuneSettings */
/**
 * @typedef {object} TuneTask
 * @property {Engine} engine in which a head was trained just now
 * @property {Uint8Array} file of the backbone
 * @property {TuneSettings} settings
 * @property {(sampleId: number) => KeptPicture} pictureOf
 * @property {Uint8Array | null} [resume] the round to go on from
 * @property {((round: Omit<import('../headstart-training.d.ts').TuningRound, 'strategy'>) => void) | null} [onRound]
 */

/**
 * @param {import('../shared/strategies.js').Strategy} plan
 * @param {import('../shared/train-options.js').TrainRequest} request
 * @param {boolean} mirrorHarms
 * @returns {TuneSettings}
 */
export function tuneSettings({ tuning }, { head, tune, mirrorViews }, mirrorHarms) {
  const usual = /** @type {import('./session.d.ts').FineTuneOptions} */ (tuning);
  const { epochCount = usual.epochCount, batchSize = usual.batchSize, learningRate = usual.learningRate } = tune;
  const kind = head.head === 'logistic' ? head.head : usual.head;
  const options = { ...usual, head: kind, seed: head.seed, epochCount, batchSize, learningRate };
  return { options, views: viewsToUse(true, mirrorViews, mirrorHarms) };
}

/** @param {TuneTask} task @returns {import('./session.d.ts').TuneEstimate} */
export function beginTuning({ engine, file, settings: { options, views }, resume }) {
  const round = resume ?? new Uint8Array(0);
  return engine.withFiles([file, round], (session) =>
    unwrap(session.tuneBegin(options, views, file.length, round.length)),
  );
}

/** @param {Engine} engine */
export function cancelTuning(engine) {
  if (!engine.failure) {
    engine.run((session) => session.tuneCancel());
  }
}

/**
 * @param {TuneTask} task that was begun
 * @param {number} passCount how many maps will be asked for
 * @param {Pace} pace
 * @param {{ isFinishing: boolean }} wish ends it with the best so far
 */
export async function tuneUntilDone(task, passCount, pace, wish) {
  const { engine, onRound } = task;
  const { gate, signal, onProgress } = pace;
  const clock = new StepClock();
  /** Finished rounds that are told already: those that another session told, too. */
  let toldCount = task.resume ? Number.POSITIVE_INFINITY : 0;
  const supplied = { count: 0, total: passCount };
  let isStopping = false;
  for (let sliceStart = performance.now(); ; ) {
    if (wish.isFinishing && !isStopping) {
      isStopping = true;
      engine.run((session) => session.tuneStop());
    }
    await supplyWanted(task, pace, supplied);
    const stepStart = performance.now();
    const progress = engine.run((session) => unwrap(session.tuneStep()));
    clock.note(progress, performance.now() - stepStart);
    if (progress.done) {
      return;
    }
    const { epoch, epochCount, latest } = progress;
    if (onRound && epoch > toldCount) {
      onRound({ epoch, epochCount, ...latest, file: engine.run((session) => unwrap(session.tuneRound())) });
    }
    toldCount = epoch;
    if (performance.now() - sliceStart < SLICE_MS) {
      continue;
    }
    if (progress.stage !== 'collecting') {
      onProgress?.({ stage: 'train', ...progressOf(progress, clock) });
    }
    await gate.pass(signal);
    sliceStart = performance.now();
  }
}

/** @param {TuneTask} task @param {Pace} pace @param {{ count: number, total: number }} supplied */
async function supplyWanted({ engine, pictureOf }, { gate, signal, onProgress }, supplied) {
  const { views, sampleIds } = engine.run((session) => session.tuneWanted());
  let frame = null;
  for (const [i, view] of views.entries()) {
    if (i === 0 || sampleIds[i] !== sampleIds[i - 1]) {
      frame = await decodePicture(pictureOf(sampleIds[i]));
    }
    engine.withFrame(/** @type {import('./engine.js').Frame} */ (frame), false, (session, description) =>
      unwrap(session.tuneSupply(view, description)),
    );
    supplied.count++;
    supplied.total = Math.max(supplied.total, supplied.count);
    onProgress?.({ stage: 'maps', done: supplied.count, total: supplied.total });
    await gate.pass(signal);
  }
}

/** Tells what is left from how long steps have taken. */
class StepClock {
  #trainMs = 0;
  #count = 0;
  #ahead = Number.POSITIVE_INFINITY;

  /** @param {FineTuneProgress} progress @param {number} elapsedMs of the step that led to it */
  note({ stage, trainStepCountAhead }, elapsedMs) {
    if (stage === 'tuning' && trainStepCountAhead < this.#ahead && this.#ahead !== Number.POSITIVE_INFINITY) {
      this.#count++;
      this.#trainMs += (elapsedMs - this.#trainMs) / Math.min(this.#count, 20);
    }
    if (stage === 'tuning') {
      this.#ahead = trainStepCountAhead;
    }
  }

  /** @param {FineTuneProgress} progress @returns {number | undefined} */
  remainingMs({ stepCountAhead, trainStepCountAhead }) {
    if (this.#count < 3) {
      return undefined;
    }
    // A step that only looks costs a third of one that trains.
    return (trainStepCountAhead + (stepCountAhead - trainStepCountAhead) / 3) * this.#trainMs;
  }
}

/** @param {FineTuneProgress} progress @param {StepClock} clock */
function progressOf(progress, clock) {
  const { fraction, stage, epoch, epochCount } = progress;
  const { trainLoss, heldOutLoss, heldOutAccuracy } = progress.latest;
  const inEpochs = stage === 'tuning' || stage === 'embedding';
  return {
    done: fraction,
    total: 1,
    ...(inEpochs && { epoch, epochCount, heldOutLoss, heldOutAccuracy }),
    ...(inEpochs && epoch > 0 && { trainLoss }),
    remainingMs: clock.remainingMs(progress),
  };
}

/**
 * How long a begun fine-tuning would take, from steps that are measured.
 * @param {TuneTask} task
 * @param {import('./session.d.ts').TuneEstimate} estimate
 * @param {Pace} pace
 */
export async function measureTuning({ engine, pictureOf }, estimate, { gate, signal }) {
  const { views, sampleIds } = engine.run((session) => session.tuneWanted());
  let frozenMs = Number.POSITIVE_INFINITY;
  for (const [i, view] of [...views].slice(0, 3).entries()) {
    const frame = await decodePicture(pictureOf(sampleIds[i]));
    frozenMs = fastest(frozenMs, () => {
      engine.withFrame(frame, false, (session, description) => unwrap(session.tuneSupply(view, description)));
    });
    await gate.pass(signal);
  }
  let trialMs = Number.POSITIVE_INFINITY;
  for (let trial = 0; trial < 2; trial++) {
    trialMs = fastest(trialMs, () => engine.run((session) => unwrap(session.tuneTrial())));
    await gate.pass(signal);
  }
  const { frozenPassCount, trainStepCount, forwardStepCount } = estimate;
  return frozenPassCount * frozenMs + (trainStepCount + forwardStepCount / 3) * trialMs;
}

/** The first of a kind waits for memory and for the compiler. @param {number} soFarMs @param {() => void} action */
function fastest(soFarMs, action) {
  const start = performance.now();
  action();
  return Math.min(soFarMs, performance.now() - start);
}
