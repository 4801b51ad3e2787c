// How much of the network is retrained: what each strategy means in the drawing, and which one a place of the border
// stands for. Layers and strategies come from the engine; nothing here knows the architecture, or a strategy by its name.

import { strategyNamed } from './strategy-names.js';

/** @typedef {import('../engine/headstart.js').NetworkLayer} NetworkLayer */
/** @typedef {import('../engine/headstart.js').Strategy} Strategy */
/** @typedef {import('../engine/headstart.js').StrategyName} StrategyName */
/** @typedef {NonNullable<Strategy['suits']>} Case */
/** What the engine says of its backbone. @typedef {{ layers: readonly NetworkLayer[], strategies: readonly Strategy[] }} Plan */
/**
 * What happens behind the border: the layers learn on, they are cut off, or new ones take their place.
 *
 * @typedef {'tune' | 'cut' | 'new-layers'} Way
 */
/**
 * @typedef {object} Drawing
 * @property {Way} way
 * @property {number} border So many layers from the picture on are frozen.
 * @property {number[]} taps Positions of the layers that the head reads.
 */

export const WAYS = /** @type {const} */ (['tune', 'cut', 'new-layers']);

/** What to begin with in one of the four cases. @param {Plan} plan @param {Case} wanted @returns {StrategyName} */
export const strategyFor = ({ strategies }, wanted) => strategies.find(({ suits }) => suits === wanted)?.name ?? 'head';

/** @param {Strategy} strategy @returns {Way} */
function wayOf({ trains, border }) {
  if (trains === null) {
    return border === 'last' ? 'tune' : 'cut';
  }
  return trains === 'cut' ? 'new-layers' : 'tune';
}

/**
 * Where the border can stand, ascending.
 *
 * @param {Way} way
 * @param {Plan} plan
 */
export function bordersOf(way, plan) {
  const borders = plan.strategies
    .filter((strategy) => wayOf(strategy) === way)
    .map(({ name }) => drawingOf(name, plan).border);
  // Cut behind the last layer, the network is whole.
  const all = way === 'cut' ? [...borders, plan.layers.length] : borders;
  return [...new Set(all)].sort((a, b) => a - b);
}

/**
 * The place nearest to where it was wanted.
 *
 * @param {Way} way
 * @param {number} wanted
 * @param {Plan} plan
 */
export function nearestBorder(way, wanted, plan) {
  return bordersOf(way, plan).reduce((best, border) =>
    Math.abs(border - wanted) < Math.abs(best - wanted) ? border : best,
  );
}

/**
 * @param {Way} way
 * @param {number} border One of `bordersOf`.
 * @param {Plan} plan
 * @returns {StrategyName}
 */
export function strategyAt(way, border, plan) {
  const isHere = (/** @type {Strategy} */ each) => wayOf(each) === way && drawingOf(each.name, plan).border === border;
  // Where several read a network that stays whole, the plain one, whose head may be any.
  const found = border === plan.layers.length ? undefined : plan.strategies.find(isHere);
  return (found ?? plan.strategies.find(({ freeHead }) => freeHead))?.name ?? 'head';
}

/**
 * @param {string} name
 * @param {Plan} plan
 * @returns {Drawing}
 */
export function drawingOf(name, plan) {
  const strategy = strategyNamed(plan.strategies, name);
  const count = plan.layers.length;
  if (!strategy) {
    return { way: 'tune', border: count, taps: [count - 1] };
  }
  const at = (/** @type {string} */ map) => plan.layers.findIndex((layer) => layer.name === map);
  // Mean and deviation of a map are both read of it: "blocks.14" and "blocks.14:deviation".
  const read = new Set(strategy.features.map((feature) => feature.split(':')[0]));
  const way = wayOf(strategy);
  const isTuned = way === 'tune' && strategy.trains !== null;
  return { way, border: at(strategy.border) + 1, taps: isTuned ? [count - 1] : [...read].map(at) };
}

/**
 * Weights that stay and weights that learn, as far as the drawing alone can tell.
 *
 * @param {Drawing} drawing
 * @param {readonly NetworkLayer[]} layers
 * @param {number} classCount
 */
export function weightsOf({ way, border, taps }, layers, classCount) {
  const sum = (/** @type {readonly NetworkLayer[]} */ some) =>
    some.reduce((total, { weightCount }) => total + weightCount, 0);
  const read = taps.reduce((total, tap) => total + layers[tap].channels, 0);
  const head = classCount * (read + 1);
  return { frozen: sum(layers.slice(0, border)), trained: head + (way === 'tune' ? sum(layers.slice(border)) : 0) };
}

/**
 * What layers see whose maps are so many times smaller than the picture: a rule of thumb, told in words.
 *
 * @param {number} stride
 * @returns {import('../texts/texts.js').TextKey}
 */
export function sightOf(stride) {
  const sights = /** @type {const} */ ([
    [2, 'sight.edges'],
    [4, 'sight.lines'],
    [8, 'sight.textures'],
    [16, 'sight.parts'],
  ]);
  return sights.find(([most]) => stride <= most)?.[1] ?? 'sight.things';
}

/**
 * Neighbouring layers with maps of one size.
 *
 * @param {readonly NetworkLayer[]} layers
 */
export function zonesOf(layers) {
  /** @type {{ from: number, count: number, side: number, stride: number }[]} */
  const zones = [];
  for (const [index, { side, stride }] of layers.entries()) {
    const open = zones.at(-1);
    if (open?.side === side) {
      open.count += 1;
    } else {
      zones.push({ from: index, count: 1, side, stride });
    }
  }
  return zones;
}
