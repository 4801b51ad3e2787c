// The ways to train by their names: what each of them trains, and what its head reads.
import { requireArgument, show } from './errors.js';

/** @typedef {import('../headstart-training.d.ts').StrategyName} StrategyName */
/**
 * `part`, `blockCount` and `cutBlock` where layers are trained besides the head.
 * @typedef {object} Plan
 * @property {StrategyName} strategy with its number, never 'recommended'
 * @property {'logistic' | 'nearest-mean' | 'discriminant' | 'mlp'} head
 * @property {string[]} features the maps that the head reads, or that the head to beat reads
 * @property {boolean} views that the head learns from
 * @property {boolean} tuneViews that the layers are trained with
 * @property {boolean} secondLook where mirrored pictures do no harm
 * @property {'last-convolution' | 'last-blocks' | 'whole-network' | 'cut' | null} part
 * @property {number} blockCount
 * @property {number} cutBlock
 */

export const JOINED_MAPS = ['blocks.14', 'blocks.16', 'last'];
const LAST_BLOCK = 16;
/** The earlier cut that was best on other picture sets, and one far enough from the backbone's own task for new layers. */
const EARLIER_CUT = 14;
const NEW_LAYERS_AFTER = 12;

const NAMES =
  "'nearest-mean', 'head', 'head-views', 'earlier-cut', 'cut-after-N', 'joined-layers', 'joined-layers-views', " +
  "'new-layers', 'new-layers-after-N' (N 0 to 16), 'last-convolution', 'last-block', 'last-N-blocks' (N 2 to 16), " +
  "'whole-network' or 'recommended'";

/** @type {Record<string, Partial<Plan>>} */
const FIXED = {
  'nearest-mean': { head: 'nearest-mean' },
  head: {},
  'head-views': { views: true, secondLook: true },
  'joined-layers': { head: 'discriminant', features: JOINED_MAPS },
  'joined-layers-views': { head: 'discriminant', features: JOINED_MAPS, views: true, secondLook: true },
  'last-convolution': { part: 'last-convolution' },
  'last-block': { part: 'last-blocks', blockCount: 1 },
  'whole-network': { part: 'whole-network' },
};

/**
 * @param {string} strategy not 'recommended'
 * @returns {Plan | null} null for a name that there is not
 */
export function planOf(strategy) {
  if (strategy === 'earlier-cut') return planOf(`cut-after-${EARLIER_CUT}`);
  if (strategy === 'new-layers') return planOf(`new-layers-after-${NEW_LAYERS_AFTER}`);
  const special = Object.hasOwn(FIXED, strategy) ? FIXED[strategy] : numbered(strategy);
  if (!special) return null;
  return {
    strategy: /** @type {StrategyName} */ (strategy),
    head: 'logistic',
    features: ['last'],
    views: false,
    tuneViews: special.part !== undefined,
    secondLook: false,
    part: null,
    blockCount: 1,
    cutBlock: 0,
    ...special,
  };
}

/** @param {string} strategy @returns {Partial<Plan> | null} */
function numbered(strategy) {
  const [, name, digits, end] = /^(cut-after-|new-layers-after-|last-)(0|[1-9]\d?)(-blocks)?$/.exec(strategy) ?? [];
  const number = Number(digits);
  if (name === undefined || number > LAST_BLOCK || (name === 'last-') !== (end !== undefined)) return null;
  if (name === 'cut-after-') return { features: [`blocks.${number}`] };
  if (name === 'new-layers-after-') return { features: [`blocks.${number}`], part: 'cut', cutBlock: number };
  return number >= 2 ? { part: 'last-blocks', blockCount: number } : null;
}

/** @param {unknown} strategy @returns {StrategyName} */
export function checkStrategy(strategy) {
  const exists = typeof strategy === 'string' && (strategy === 'recommended' || planOf(strategy) !== null);
  requireArgument(exists, `strategy must be ${NAMES}, got ${show(strategy)}`);
  return /** @type {StrategyName} */ (strategy);
}
