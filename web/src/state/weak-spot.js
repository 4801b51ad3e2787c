// Which class keeps the answer back most, and why: the one thing that is worth doing next.

/** One class with this many times more pictures than another pulls the answers to itself. */
const UNEVEN = 4;
const FEW = 10;
const WEAK_RECALL = 0.9;

/** @typedef {import('../engine/headstart.js').ClassReport & { pictureCount: number }} Counted */

/**
 * @param {import('./types.js').TrainReport} report
 * @param {{ id: number | null, sampleIds: number[] }[]} cards What there is of each class: a report may have measured a part of it.
 * @returns {{ why: 'uneven' | 'few' | 'weak', of: Counted, most: Counted } | null} null: none stands out.
 */
export function weakSpot({ perClass }, cards) {
  const counted = perClass.map((each) => {
    const card = cards.find(({ id }) => id === each.classId);
    return { ...each, pictureCount: card?.sampleIds.length ?? each.sampleCount };
  });
  const few = counted.reduce((least, each) => (each.pictureCount < least.pictureCount ? each : least));
  const most = counted.reduce((found, each) => (each.pictureCount > found.pictureCount ? each : found));
  if (most.pictureCount >= UNEVEN * few.pictureCount) {
    return { why: 'uneven', of: few, most };
  }
  if (few.pictureCount < FEW) {
    return { why: 'few', of: few, most };
  }
  const worst = counted.reduce((least, each) => (each.recall < least.recall ? each : least));
  return worst.recall < WEAK_RECALL ? { why: 'weak', of: worst, most } : null;
}
