// What is told of a tuning that is over.

/**
 * What a tuning that did not help came to: the round that the curve marks, or, where none was better than the start, the one
 * that came closest. The numbers that are told are those of a point on the curve.
 *
 * @param {import('../engine/headstart.js').FineTuneReport} found
 */
export function cameTo({ epochs, bestEpoch, headAlone }) {
  const nearest = epochs.reduce(
    (best, { heldOutLoss }, at) => (heldOutLoss < (epochs[best]?.heldOutLoss ?? Infinity) ? at : best),
    0,
  );
  const accuracy = epochs[bestEpoch > 0 ? bestEpoch - 1 : nearest]?.heldOutAccuracy ?? 0;
  return { accuracy, isLessSure: accuracy >= headAlone.accuracy };
}
