// The ways to train: core's table, as the engine brings it with a backbone.

import { requireArgument, show } from './errors.js';

/** @typedef {import('../headstart-basics.d.ts').StrategyName} StrategyName */
/** @typedef {import('../worker/session.d.ts').Strategy} Strategy */

/** That `advise` chooses. */
export const RECOMMENDED = 'recommended';

/** @param {readonly Strategy[]} strategies @param {unknown} name @returns {Strategy | undefined} by its name or its short one */
export function strategyNamed(strategies, name) {
  return strategies.find(({ name: own, shortName }) => name === own || (name === shortName && name !== ''));
}

/** The one whose head may be of any kind. @param {readonly Strategy[]} strategies */
export function plainStrategy(strategies) {
  return /** @type {Strategy} */ (strategies.find(({ freeHead }) => freeHead));
}

/**
 * Layers that are trained are read by a discriminant or, for programs that know no transform, by the linear head that descended
 * with them.
 * @param {Pick<Strategy, 'freeHead' | 'head' | 'tuning'>} plan
 * @param {import('../headstart-basics.d.ts').HeadKind} head
 */
export function takesHead({ freeHead, head: own, tuning }, head) {
  return freeHead || head === own || (tuning !== undefined && head === 'logistic');
}

/**
 * As the library's callers see them: copies, without what only the engine needs.
 * @param {readonly Strategy[]} strategies
 * @returns {import('../headstart-training.d.ts').Strategy[]}
 */
export function toldStrategies(strategies) {
  return strategies.map(({ tuning, suits, isMeasured, simplicity, ...own }) => {
    const told = { ...own, features: [...own.features], trains: tuning?.part ?? null, suits: suits ?? null };
    return /** @type {import('../headstart-training.d.ts').Strategy} */ (told);
  });
}

/** @param {readonly Strategy[]} strategies @param {unknown} name @returns {StrategyName} */
export function checkStrategy(strategies, name) {
  const exists = name === RECOMMENDED || strategyNamed(strategies, name) !== undefined;
  requireArgument(exists, `strategy must be ${listOf(strategies)} or '${RECOMMENDED}', got ${show(name)}`);
  return /** @type {StrategyName} */ (name);
}

/** What differs by a number only is told once. @param {readonly Strategy[]} strategies */
function listOf(strategies) {
  const names = strategies.flatMap(({ name, shortName }) => (shortName === '' ? [name] : [shortName, name]));
  return [...new Set(names.map((name) => `'${name.replace(/\d+/, 'N')}'`))].join(', ');
}
