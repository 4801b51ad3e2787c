// What `train` takes, checked before anything is sent.
import { requireArgument } from './errors.js';

/** @typedef {import('./headstart.d.ts').TrainOptions} TrainOptions */
/** @typedef {import('./session.d.ts').TrainSettings} TrainSettings */

const HEADS = ['logistic', 'nearest-mean', 'mlp'];

/** @param {TrainOptions} options @returns {TrainSettings} */
export function checkTrainOptions(options) {
  const { head = 'logistic', seed = 1, l2, temperature, learningRate = 1e-3 } = options;
  requireArgument(HEADS.includes(head), `head must be one of ${HEADS.join(', ')}, got '${head}'`);
  requireArgument(
    Number.isSafeInteger(seed) && seed >= 0,
    `seed must be a whole number from 0 to 2^53 - 1, got ${seed}`,
  );
  requireArgument(l2 === undefined || (Number.isFinite(l2) && l2 > 0), `l2 must be a number above 0, got ${l2}`);
  requireArgument(
    temperature === undefined || (Number.isFinite(temperature) && temperature > 0),
    `temperature must be a number above 0, got ${temperature}`,
  );
  requireArgument(
    Number.isFinite(learningRate) && learningRate > 0,
    `learningRate must be a number above 0, got ${learningRate}`,
  );
  return {
    head,
    seed,
    l2: l2 ?? Number.NaN,
    temperature: temperature ?? Number.NaN,
    folds: wholeNumber('folds', options.folds, 5, 1, 20),
    hidden: wholeNumber('hidden', options.hidden, 100, 1, 4096),
    epochs: wholeNumber('epochs', options.epochs, 50, 1, 10_000),
    batchSize: wholeNumber('batchSize', options.batchSize, 16, 1, 65_536),
    learningRate,
  };
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
  requireArgument(fits, `${name} must be a whole number from ${least} to ${most}, got ${number}`);
  return number;
}
