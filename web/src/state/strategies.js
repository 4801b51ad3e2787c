/**
 * How much of the network is retrained, by name: what each strategy means in the drawing, and which one a place of the
 * border stands for. The layers come from the engine; nothing here knows the architecture.
 */

/** @typedef {import('../engine/headstart.js').NetworkLayer} NetworkLayer */
/** @typedef {import('../engine/headstart.js').StrategyName} StrategyName */
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

/** The names that a person can choose without moving anything, in the order of the four cases. */
export const CASES = /** @type {const} */ ({
  'few-close': 'head',
  'few-far': 'new-layers',
  'many-close': 'last-3-blocks',
  'many-far': 'whole-network',
});

/** Where the cut is as long as nothing was measured: a little beyond the middle. */
const USUAL_CUT = 0.7;
/** What is joined as long as the engine has not said: late layers, where parts become things. */
const JOINED_FROM = [14 / 17, 16 / 17];

/** Stem and last convolution are no blocks. @param {readonly NetworkLayer[]} layers */
const blockCount = (layers) => layers.length - 2;

/** @param {string} strategy @param {RegExp} pattern */
function numberIn(strategy, pattern) {
  const found = strategy.match(pattern);
  return found ? Number(found[1]) : null;
}

/**
 * Where the border can stand, ascending.
 *
 * @param {Way} way
 * @param {readonly NetworkLayer[]} layers
 */
export function bordersOf(way, layers) {
  const all = Array.from({ length: layers.length + 1 }, (_, index) => index);
  if (way === 'tune') {
    return all.filter((border) => border !== 1); // a frozen stem alone saves nothing
  }
  // A cut keeps at least one block; new layers need one to stand in for.
  return all.filter((border) => border >= 2 && (way === 'cut' || border < layers.length));
}

/**
 * The place nearest to where it was wanted.
 *
 * @param {Way} way
 * @param {number} wanted
 * @param {readonly NetworkLayer[]} layers
 */
export function nearestBorder(way, wanted, layers) {
  return bordersOf(way, layers).reduce((best, border) =>
    Math.abs(border - wanted) < Math.abs(best - wanted) ? border : best,
  );
}

/**
 * @param {Way} way
 * @param {number} border One of `bordersOf`.
 * @param {readonly NetworkLayer[]} layers
 * @returns {StrategyName}
 */
export function strategyAt(way, border, layers) {
  if (border === layers.length) {
    return 'head';
  }
  if (way !== 'tune') {
    return `${way === 'cut' ? 'cut' : 'new-layers'}-after-${border - 2}`;
  }
  const blocks = blockCount(layers) + 1 - border;
  if (border === 0) {
    return 'whole-network';
  }
  if (blocks === 0) {
    return 'last-convolution';
  }
  return blocks === 1 ? 'last-block' : `last-${blocks}-blocks`;
}

/**
 * @param {string} strategy
 * @param {readonly NetworkLayer[]} layers
 * @param {readonly string[] | null} [features] The maps that the head reads, where the engine has said so.
 * @returns {Drawing}
 */
export function drawingOf(strategy, layers, features = null) {
  const count = layers.length;
  const last = count - 1;
  const known = features
    ? layers.map(({ name }, at) => (features.includes(name) ? at : -1)).filter((at) => at >= 0)
    : [];
  const usual = Math.round(blockCount(layers) * USUAL_CUT) + 1;
  const blocks = strategy === 'last-block' ? 1 : numberIn(strategy, /^last-(\d+)-blocks$/);
  if (strategy === 'whole-network' || strategy === 'last-convolution' || blocks !== null) {
    const border = strategy === 'whole-network' ? 0 : last - (blocks ?? 0);
    return { way: 'tune', border, taps: [last] };
  }
  const after = numberIn(strategy, /-after-(\d+)$/);
  if (after !== null || strategy === 'earlier-cut' || strategy === 'new-layers') {
    const tap = after !== null ? after + 1 : (known.at(-1) ?? usual);
    return { way: strategy.startsWith('new') ? 'new-layers' : 'cut', border: tap + 1, taps: [tap] };
  }
  if (strategy.startsWith('joined')) {
    const usualTaps = [...new Set(JOINED_FROM.map((part) => Math.round(part * blockCount(layers)) + 1)), last];
    return { way: 'tune', border: count, taps: known.length > 0 ? known : usualTaps };
  }
  return { way: 'tune', border: count, taps: [last] };
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
 * The text that names a strategy, and what fills it.
 *
 * @param {string} strategy
 * @returns {{ key: import('../texts/texts.js').TextKey, values: Record<string, number> }}
 */
export function nameOf(strategy) {
  const blocks = strategy === 'last-block' ? 1 : numberIn(strategy, /^last-(\d+)-blocks$/);
  if (blocks !== null) {
    return { key: 'strategy.last-blocks', values: { count: blocks } };
  }
  const after = strategy.match(/^(cut|new-layers)-after-(\d+)$/);
  if (after) {
    return { key: /** @type {any} */ (`strategy.${after[1]}-after`), values: { number: Number(after[2]) + 2 } };
  }
  return { key: /** @type {any} */ (`strategy.${strategy}`), values: {} };
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
