// Which class keeps the answer back most, and why: the one thing that is worth doing next.

/** One class with this many times more pictures than another pulls the answers to itself. */
const UNEVEN = 4;
const FEW = 10;
const WEAK_RECALL = 0.9;

/**
 * @param {import('./types.js').TrainReport} report
 * @returns {{ why: 'uneven' | 'few' | 'weak', of: import('../engine/headstart.js').ClassReport, most: import('../engine/headstart.js').ClassReport } | null}
 *   null: none stands out.
 */
export function weakSpot({ perClass }) {
  const few = perClass.reduce((least, each) => (each.sampleCount < least.sampleCount ? each : least));
  const most = perClass.reduce((found, each) => (each.sampleCount > found.sampleCount ? each : found));
  if (most.sampleCount >= UNEVEN * few.sampleCount) {
    return { why: 'uneven', of: few, most };
  }
  if (few.sampleCount < FEW) {
    return { why: 'few', of: few, most };
  }
  const worst = perClass.reduce((least, each) => (each.recall < least.recall ? each : least));
  return worst.recall < WEAK_RECALL ? { why: 'weak', of: worst, most } : null;
}
