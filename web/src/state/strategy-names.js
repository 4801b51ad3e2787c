// Strategies by name: the one that the engine tells of, and the words for it.

/** @typedef {import('../engine/headstart.js').Strategy} Strategy */

/** @param {readonly Strategy[]} strategies @param {string} name */
export const strategyNamed = (strategies, name) =>
  strategies.find((each) => each.name === name || (each.shortName !== '' && each.shortName === name));

/**
 * The text that names a strategy, and what fills it: "last-3-blocks" is 'strategy.last-blocks' with 3. Layers are counted
 * from one in the drawing, the stem among them.
 *
 * @param {string} strategy
 * @returns {{ key: import('../texts/texts.js').TextKey, values: Record<string, number> }}
 */
export function nameOf(strategy) {
  const number = Number(strategy.match(/\d+/)?.[0] ?? Number.NaN);
  const key = /** @type {any} */ (`strategy.${strategy.replace(/-\d+/, '')}`);
  return { key, values: Number.isNaN(number) ? {} : { count: number, number: number + 2 } };
}
