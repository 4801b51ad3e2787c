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
 * @property {number} border Where it is dragged: so many layers from the picture on. Of several networks, which stand one
 *   behind the other, the last one's.
 * @property {number[]} borders Of each network; what lies before it and belongs to the same network is frozen.
 * @property {number[]} taps Positions of the layers that the head reads.
 */

export const WAYS = /** @type {const} */ (['tune', 'cut', 'new-layers']);

/** What to begin with in one of the four cases. @param {Plan} plan @param {Case} wanted @returns {StrategyName} */
export const strategyFor = ({ strategies }, wanted) => strategies.find(({ suits }) => suits === wanted)?.name ?? 'head';

/**
 * The case whose words say what this one begins with: several networks are neither trained as a whole nor end in new layers.
 *
 * @param {Plan} plan
 * @param {Case} wanted
 * @returns {Case}
 */
export function caseToldAs({ strategies }, wanted) {
  const strategy = strategies.find(({ suits }) => suits === wanted);
  if (!strategy) {
    return 'few-close';
  }
  return strategy.trains === 'last-blocks' ? 'many-close' : wanted;
}

/** @param {Strategy} strategy @returns {Way} */
function wayOf({ trains, border }) {
  if (trains === null) {
    return border === 'last' ? 'tune' : 'cut';
  }
  return trains === 'cut' ? 'new-layers' : 'tune';
}

/** Which ways this network offers. @param {Plan} plan */
export const waysOf = ({ strategies }) =>
  WAYS.filter((way) => way === 'tune' || strategies.some((strategy) => wayOf(strategy) === way));

/**
 * Where each of several networks begins and ends among the layers; their names bear its letter. One network is all of them.
 *
 * @param {readonly NetworkLayer[]} layers
 */
function networksOf(layers) {
  /** @type {{ letter: string, begin: number, end: number }[]} */
  const networks = [];
  for (const [index, { name }] of layers.entries()) {
    const letter = name[1] === '.' ? name[0] : '';
    if (networks.at(-1)?.letter !== letter) {
      networks.push({ letter, begin: index, end: index });
    }
    networks[networks.length - 1].end = index + 1;
  }
  return networks;
}

/** Which layers stay as they are. @param {Drawing} drawing @param {readonly NetworkLayer[]} layers */
export const frozenOf = ({ borders }, layers) =>
  networksOf(layers).flatMap(({ begin, end }, i) =>
    Array.from({ length: end - begin }, (_, index) => begin + index < borders[i]),
  );

/**
 * What can be drawn of a way, from the picture on.
 *
 * @param {Way} way
 * @param {Plan} plan
 * @returns {Pick<Drawing, 'border' | 'borders'>[]}
 */
function placesOf(way, plan) {
  const places = plan.strategies.filter((strategy) => wayOf(strategy) === way).map(({ name }) => drawingOf(name, plan));
  // Cut behind the last layer, the network is whole.
  const end = plan.layers.length;
  const all = way === 'cut' ? [...places, { border: end, borders: [end] }] : places;
  return all.sort((a, b) => a.border - b.border);
}

/** Where the border can stand, ascending. @param {Way} way @param {Plan} plan */
export const bordersOf = (way, plan) => [...new Set(placesOf(way, plan).map(({ border }) => border))];

/**
 * The place nearest to where it was wanted.
 *
 * @param {Way} way
 * @param {number} wanted
 * @param {Plan} plan
 */
export function nearestBorder(way, wanted, plan) {
  // Of several networks any border may be what is meant.
  const from = (/** @type {Pick<Drawing, 'borders'>} */ { borders }) =>
    Math.min(...borders.map((border) => Math.abs(border - wanted)));
  const [first, ...others] = placesOf(way, plan);
  return first
    ? others.reduce((best, place) => (from(place) < from(best) ? place : best), first).border
    : plan.layers.length;
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
  const networks = networksOf(plan.layers);
  if (!strategy) {
    return { way: 'tune', border: count, borders: networks.map(({ end }) => end), taps: [count - 1] };
  }
  const at = (/** @type {string} */ map) => plan.layers.findIndex((layer) => layer.name === map);
  // Mean and deviation of a map are both read of it: "blocks.14" and "blocks.14:deviation".
  const read = new Set(strategy.features.map((feature) => feature.split(':')[0]));
  const maps = strategy.border.split(',').map(at);
  const borders = networks.map(({ begin, end }) => {
    const map = maps.find((position) => begin <= position && position < end);
    return map === undefined ? (strategy.border === 'input' ? begin : end) : map + 1;
  });
  return { way: wayOf(strategy), border: borders.at(-1) ?? 0, borders, taps: [...read].map(at) };
}

/**
 * Weights that stay and weights that learn, as far as the drawing alone can tell.
 *
 * @param {Drawing} drawing
 * @param {readonly NetworkLayer[]} layers
 * @param {number} classCount
 */
export function weightsOf(drawing, layers, classCount) {
  const { way, taps } = drawing;
  const isFrozen = frozenOf(drawing, layers);
  const sum = (/** @type {readonly NetworkLayer[]} */ some) =>
    some.reduce((total, { weightCount }) => total + weightCount, 0);
  const read = taps.reduce((total, tap) => total + layers[tap].channels, 0);
  const head = classCount * (read + 1);
  const frozen = sum(layers.filter((_, index) => isFrozen[index]));
  return { frozen, trained: head + (way === 'tune' ? sum(layers) - frozen : 0) };
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
