// One training run: slices of work with turns for everything else between them.

import { unwrap } from '../shared/errors.js';
import { takesHead } from '../shared/strategies.js';

/** @typedef {import('./engine.js').Engine} Engine */
/** @typedef {import('../headstart.d.ts').HeldOutSample} HeldOutSample */
/** @typedef {import('./session.d.ts').SessionReport} SessionReport */

// Half a frame at 60 Hz: a prediction waits no longer than this for its turn.
export const SLICE_MS = 8;

/**
 * Where left and right matter, mirrored pictures would teach the wrong thing; the caller may know better.
 * @param {boolean} areWanted
 * @param {boolean | undefined} mirrorViews
 * @param {boolean} mirrorHarms
 */
export function viewsToUse(areWanted, mirrorViews, mirrorHarms) {
  if (!areWanted) {
    return 'none';
  }
  return (mirrorViews ?? !mirrorHarms) ? 'all' : 'without-mirror';
}

/**
 * @param {import('../shared/strategies.js').Strategy} plan
 * @param {import('../shared/train-options.js').TrainRequest} request
 * @param {boolean} mirrorHarms
 * @returns {import('./session.d.ts').TrainOptions}
 */
export function headSettings(plan, { head, mirrorViews, secondLook = plan.secondLook }, mirrorHarms) {
  const kind = takesHead(plan, head.head) ? head.head : plan.head;
  const views = viewsToUse(plan.views, mirrorViews, mirrorHarms);
  return { ...head, head: kind, features: plan.features, views, secondLook: secondLook && views === 'all' };
}

/**
 * @param {Engine} engine
 * @param {import('../shared/turns.js').Gate} gate
 * @param {AbortSignal} signal
 * @param {(fraction: number) => void} report
 */
export async function stepUntilDone(engine, gate, signal, report) {
  try {
    for (let isDone = false; !isDone; ) {
      const sliceStart = performance.now();
      let fraction = 0;
      while (!isDone && performance.now() - sliceStart < SLICE_MS) {
        const progress = engine.run((session) => unwrap(session.trainStep()));
        isDone = progress.done;
        fraction = progress.fraction;
      }
      report(fraction);
      await gate.pass(signal);
    }
  } catch (cause) {
    if (!engine.failure) {
      engine.run((session) => session.trainCancel());
    }
    throw cause;
  }
}

/**
 * The report of C++ as the library gives it.
 * @param {SessionReport} report
 */
export function translateReport(report) {
  const { metrics, measured } = report;
  const classIds = Array.from(report.classIds);
  /** @param {number} value */
  const orNaN = (value) => (measured ? value : Number.NaN);
  const classCount = classIds.length;
  return {
    head: report.head,
    seed: report.seed,
    measured,
    whyNotMeasured: report.whyNotMeasured,
    accuracy: orNaN(metrics.accuracy),
    accuracyLow: orNaN(metrics.accuracyLow),
    accuracyHigh: orNaN(metrics.accuracyHigh),
    balancedAccuracy: orNaN(metrics.balancedAccuracy),
    logLoss: orNaN(metrics.logLoss),
    calibrationError: orNaN(metrics.calibrationError),
    perClass: metrics.perClass.map((entry, row) => ({ ...entry, classId: classIds[row] })),
    confusion: Array.from({ length: measured ? classCount : 0 }, (_, row) =>
      Array.from(metrics.confusion.subarray(row * classCount, (row + 1) * classCount)),
    ),
    heldOut: Array.from(report.heldOutIds, (sampleId, i) => ({
      sampleId,
      classId: classIds[report.heldOutClassIndices[i]],
      predictedClassId: classIds[report.heldOutPredictions[i]],
      probability: report.heldOutProbabilities[i],
      confidence: report.heldOutConfidences[i],
    })),
    classIds,
    leftOut: Array.from(report.leftOut),
    foldCount: report.foldCount,
    l2: report.l2,
    l2Candidates: report.l2Candidates,
    temperature: report.temperature,
    evaluationCount: report.evaluationCount,
    sampleCount: report.sampleCount,
    features: report.features,
    viewCount: report.viewCount,
    secondLook: report.secondLook,
    trainedWeightCount: report.trainedWeightCount,
  };
}
