// What the engine says of a picture, and where in it and among the samples that comes from.

import { unwrap } from '../shared/errors.js';
import { readFrame } from './frames.js';

/** @typedef {import('./host.js').Host} Host */
/** @typedef {import('./host.js').PictureArgs} PictureArgs */
/** @typedef {import('./session.d.ts').Session} Session */

/**
 * @template More
 * @param {Host} host
 * @param {PictureArgs} picture
 * @param {{
 *   embed: (session: Session, frame: import('./session.d.ts').FrameDescription) => import('./session.d.ts').Done,
 *   more: (session: Session, ranking: import('./session.d.ts').Ranking) => More
 * }} ways `more` is asked of the same picture.
 */
async function ask(host, { message, crop, mirror }, { embed, more }) {
  const start = performance.now();
  const frame = await readFrame(message, crop);
  const read = performance.now();
  host.views.notePrediction();
  const { ranking, embedded, ranked, added } = host.engine.withFrame(frame, mirror, (session, description) => {
    unwrap(embed(session, description));
    const at = performance.now();
    const answered = unwrap(session.rank());
    return { embedded: at, ranking: answered, ranked: performance.now(), added: more(session, answered) };
  });
  host.embedMs = embedded - read;
  const answer = {
    known: ranking.known,
    classIds: Array.from(ranking.classIds),
    probabilities: ranking.probabilities,
    head: ranking.kind,
    trained: ranking.trained,
    stale: ranking.trained && host.isHeadStale,
    timings: { readMs: read - start, embedMs: embedded - read, headMs: ranked - embedded },
  };
  return { answer, added };
}

/** @param {Host} host @param {PictureArgs} picture */
export async function answer(host, picture) {
  const { answer: answered } = await ask(host, picture, {
    embed: (session, frame) => session.embedForRanking(frame),
    more: () => null,
  });
  return answered;
}

/**
 * The answer, where in the picture it comes from, and the samples that are most like it.
 *
 * @param {Host} host
 * @param {PictureArgs & { classId?: number, similarCount: number, finer: boolean }} args `classId`: left out, the most probable one
 */
export async function attend(host, { classId, similarCount, finer, ...picture }) {
  const { answer: answered, added } = await ask(host, picture, {
    embed: (session, frame) => session.embedForAttention(frame, finer),
    more: (session, { classIds, probabilities }) => ({
      ...unwrap(session.attention(classId ?? classIds[probabilities.indexOf(Math.max(...probabilities))])),
      similar: session.similarSamples(similarCount),
    }),
  });
  return { ...added, answer: answered };
}

/** Where all pictures lie, after the changes that were asked for before. @param {Host} host */
export function drawMap(host) {
  return host.changes.run(() => {
    const { axes, positions, ...lists } = host.engine.run((session) => unwrap(session.pictureMap()));
    const [sampleIds, classIds, twinIds] = [lists.sampleIds, lists.classIds, lists.twinIds].map((ids) =>
      Array.from(ids),
    );
    return { axes, positions, sampleIds, classIds, twinIds };
  });
}

/** What the network makes of a picture on its way. @param {Host} host @param {PictureArgs & { channelCount: number }} args */
export async function lookInside(host, { channelCount, message, crop, mirror }) {
  const frame = await readFrame(message, crop);
  return host.engine.withFrame(frame, mirror, (session, description) =>
    unwrap(session.lookInside(description, channelCount)),
  );
}
