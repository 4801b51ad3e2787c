// What `train` takes, checked before anything is sent.

import { requireArgument, show } from './errors.js';
import { checkStrategy, plainStrategy, RECOMMENDED, strategyNamed, takesHead } from './strategies.js';

/** @typedef {import('../headstart.d.ts').TrainOptions} TrainOptions */
/** @typedef {import('../headstart-basics.d.ts').StrategyName} StrategyName */
/** What a head takes besides what its strategy says. @typedef {Omit<import('../worker/session.d.ts').TrainOptions, 'features' | 'views' | 'secondLook'>} HeadSettings */
/** Left out: the usual. @typedef {{ epochCount?: number, batchSize?: number, learningRate?: number }} TuneNumbers */
/** @typedef {{ strategy: StrategyName, head: HeadSettings, tune: TuneNumbers, mirrorViews?: boolean, secondLook?: boolean, keepsRounds: boolean, resume: Uint8Array | null }} TrainRequest */

const HEADS = ['discriminant', 'logistic', 'nearest-mean', 'mlp'];

/**
 * @param {TrainOptions} options
 * @param {readonly import('./strategies.js').Strategy[]} strategies of the backbone
 * @returns {TrainRequest}
 */
export function checkTrainOptions(options, strategies) {
  const { seed = 1, l2, temperature, learningRate = 1e-3 } = options;
  // Whoever gives a strength of the L2 penalty means the head that has one.
  const { head = l2 === undefined ? 'discriminant' : 'logistic' } = options;
  const plain = plainStrategy(strategies);
  // A kind of head that is a strategy of its own name is that strategy.
  const usual = strategyNamed(strategies, head)?.name ?? plain.name;
  const strategy = checkStrategy(strategies, options.strategy ?? usual);
  const plan = strategyNamed(strategies, strategy);
  requireArgument(HEADS.includes(head), `head must be one of ${HEADS.join(', ')}, got ${show(head)}`);
  requireArgument(
    options.head === undefined || (plan !== undefined && takesHead(plan, head)),
    `strategy '${strategy}' brings its own head: leave head out, got ${show(head)}`,
  );
  requireArgument(
    Number.isSafeInteger(seed) && seed >= 0,
    `seed must be a whole number from 0 to 2^53 - 1, got ${show(seed)}`,
  );
  requireArgument(l2 === undefined || (Number.isFinite(l2) && l2 > 0), `l2 must be a number above 0, got ${show(l2)}`);
  requireArgument(
    temperature === undefined || (Number.isFinite(temperature) && temperature > 0),
    `temperature must be a number above 0, got ${show(temperature)}`,
  );
  requireArgument(
    Number.isFinite(learningRate) && learningRate > 0,
    `learningRate must be a number above 0, got ${show(learningRate)}`,
  );
  const { mirrorViews, secondLook, onRound, resume } = options;
  requireArgument(
    onRound === undefined || typeof onRound === 'function',
    `onRound must be a function, got ${show(onRound)}`,
  );
  for (const [name, value] of Object.entries({ mirrorViews, secondLook })) {
    requireArgument(
      value === undefined || typeof value === 'boolean',
      `${name} must be true or false, got ${show(value)}`,
    );
  }
  requireArgument(
    resume === undefined || plan?.tuning !== undefined,
    `resume needs the strategy of its round, got ${show(strategy)}`,
  );
  const learnsMirrored = mirrorViews !== false && (strategy === RECOMMENDED || plan?.views === true);
  requireArgument(
    secondLook !== true || learnsMirrored,
    `a second look needs a strategy that learns from mirrored views (${viewNames(strategies)}), got ${show(strategy)}`,
  );
  const foldCount = wholeNumber('foldCount', options.foldCount, 5, 1, 20);
  const hiddenCount = wholeNumber('hiddenCount', options.hiddenCount, 100, 1, 4096);
  const epochCount = wholeNumber('epochCount', options.epochCount, 50, 1, 10_000);
  const batchSize = wholeNumber('batchSize', options.batchSize, 16, 1, 65_536);
  return {
    strategy,
    mirrorViews,
    secondLook,
    keepsRounds: onRound !== undefined,
    resume: resume === undefined ? null : bytesOf(resume),
    head: {
      head,
      seed,
      l2,
      temperature,
      foldCount,
      hiddenCount,
      epochCount,
      batchSize,
      learningRate,
    },
    tune: {
      epochCount: options.epochCount,
      batchSize: options.batchSize,
      learningRate: options.learningRate,
    },
  };
}

/** @param {unknown} resume */
function bytesOf(resume) {
  const bytes = resume instanceof ArrayBuffer ? new Uint8Array(resume) : resume;
  requireArgument(
    bytes instanceof Uint8Array && bytes.length > 0,
    `resume takes the file of a round that onRound gave, got ${show(resume)}`,
  );
  return /** @type {Uint8Array} */ (bytes);
}

/** @param {readonly import('./strategies.js').Strategy[]} strategies */
function viewNames(strategies) {
  return strategies
    .filter(({ views }) => views)
    .map(({ name }) => `'${name}'`)
    .join(' or ');
}

/**
 * @param {string} name
 * @param {number | undefined} value
 * @param {number} standard
 * @param {number} least
 * @param {number} most
 */
function wholeNumber(name, value, standard, least, most) {
  const number = value ?? standard;
  const fits = Number.isInteger(number) && number >= least && number <= most;
  requireArgument(fits, `${name} must be a whole number from ${least} to ${most}, got ${show(number)}`);
  return number;
}

/** @param {unknown} budgetMs @param {number} standard */
export function checkBudget(budgetMs, standard) {
  const budget = budgetMs ?? standard;
  requireArgument(
    typeof budget === 'number' && budget > 0,
    `budgetMs must be a number of milliseconds above 0, got ${show(budget)}`,
  );
  return budget;
}
