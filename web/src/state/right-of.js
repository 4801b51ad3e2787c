// "About 18 of 20": how many of so many new pictures would be right, as far as the test can tell.

export const OF = 20;

/** From here on a perfect test is believed. */
const SURE = 0.9;

/** @typedef {Pick<import('./types.js').TrainReport, 'accuracy' | 'accuracyLow'>} Accuracy */

/** @param {Accuracy} report */
export const isSure = ({ accuracyLow }) => accuracyLow > SURE;

/** A perfect test on few pictures promises no perfection: then what the uncertainty leaves counts too. @param {Accuracy} report */
export const expectedOf = (report) => (isSure(report) ? report.accuracy : (report.accuracy + report.accuracyLow) / 2);

/** @param {number} part */
export const rightOf = (part) => Math.min(OF, Math.round(part * OF));
