// What the engine answered, in the words of the classes as they are now.

import { HeadstartError, requireArgument, show } from '../shared/errors.js';
import { checkFlag } from './checks.js';

/** @typedef {import('./sample-book.js').SampleBook} SampleBook */
/** @typedef {import('../shared/rpc.js').AnswerOf<'predict'>} Answer */

const MOST_SIMILAR = 100;
const MOST_CHANNELS = 32;

/** @param {SampleBook} book @param {Answer} answer @returns {import('../headstart.d.ts').Prediction} */
export function predictionOf(book, { classIds, probabilities, ...rest }) {
  // What was removed or disabled while this was on its way has no say any more.
  const ranked = book.classes.flatMap(({ id, name, enabled }) => {
    const row = classIds.indexOf(id);
    return row >= 0 && enabled ? [{ classId: id, name, probability: probabilities[row] }] : [];
  });
  if (ranked.length < Math.min(classIds.length, 2)) {
    throw new HeadstartError('not-trained', 'there are not two classes left to tell apart');
  }
  const sum = ranked.reduce((total, { probability }) => total + probability, 0);
  if (ranked.length < classIds.length && sum > 0) {
    for (const entry of ranked) {
      entry.probability /= sum;
    }
  }
  ranked.sort((a, b) => b.probability - a.probability);
  return { ranked, ...rest, head: /** @type {import('../headstart.d.ts').HeadKind} */ (rest.head) };
}

/** @param {{ class?: number, similarCount?: number, finer?: boolean } | undefined} options @param {SampleBook} book */
export function checkAttention(options, book) {
  const { class: classId, similarCount = 0, finer = false } = options ?? {};
  if (classId !== undefined) {
    book.classOf(classId);
  }
  requireArgument(
    Number.isInteger(similarCount) && similarCount >= 0 && similarCount <= MOST_SIMILAR,
    `similarCount must be a whole number from 0 to ${MOST_SIMILAR}, got ${show(similarCount)}`,
  );
  return { classId, similarCount, finer: checkFlag(finer, 'finer') };
}

/**
 * @param {SampleBook} book
 * @param {import('../shared/rpc.js').AnswerOf<'attend'>} attended
 * @returns {import('../headstart.d.ts').Attention}
 */
export function attentionOf(book, { answer, similar, ...attention }) {
  // What went while this was on its way can no longer be shown.
  const here = similar.filter(({ sampleId }) => book.samples.has(sampleId));
  return { ...attention, similar: here, prediction: predictionOf(book, answer) };
}

/**
 * @param {SampleBook} book
 * @param {import('../shared/rpc.js').AnswerOf<'pictureMap'>} drawn
 * @returns {import('../headstart.d.ts').PictureMap}
 */
export function mapOf(book, { axes, sampleIds, classIds, twinIds, positions }) {
  const pictures = sampleIds.map((sampleId, index) => ({
    sampleId,
    classId: classIds[index],
    x: positions[2 * index],
    y: positions[2 * index + 1],
    twinOf: twinIds[index] === sampleId ? null : twinIds[index],
  }));
  // What went while this was on its way can no longer be shown.
  return { axes, pictures: pictures.filter(({ sampleId }) => book.samples.has(sampleId)) };
}

/** @param {{ channelCount?: number } | undefined} options */
export function checkFeatureMaps(options) {
  const { channelCount = 4 } = options ?? {};
  requireArgument(
    Number.isInteger(channelCount) && channelCount >= 1 && channelCount <= MOST_CHANNELS,
    `channelCount must be a whole number from 1 to ${MOST_CHANNELS}, got ${show(channelCount)}`,
  );
  return { channelCount };
}

/**
 * @param {import('../shared/rpc.js').AnswerOf<'lookInside'>} stages
 * @returns {import('../headstart.d.ts').FeatureMaps[]}
 */
export function featureMapsOf(stages) {
  return stages.map(({ map, isOwn, width, height, channels, ratios, classIds, values }) => ({
    map: /** @type {import('../headstart.d.ts').MapName} */ (map),
    isOwn,
    width,
    height,
    channels: Array.from(channels, (channel, index) => ({
      channel,
      ratio: ratios[index],
      classId: classIds[index] ?? null,
      values: values.subarray(index * width * height, (index + 1) * width * height),
    })),
  }));
}
