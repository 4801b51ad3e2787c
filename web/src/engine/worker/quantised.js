// Files in 8-bit numbers: fitted to the person's own pictures, and measured on them, one at a time.

import { HeadstartError, throwIfAborted, unwrap } from '../shared/errors.js';
import { nextTurn } from '../shared/turns.js';
import { exportHead } from './exports.js';
import { decodePicture } from './picture-codec.js';

/** @typedef {import('./host.js').Host} Host */

/** More would move no scale that matters. */
const MOST_TO_FIT = 100;
const MOST_TO_MEASURE = 200;

/**
 * @param {Host} host
 * @param {{ date: string, model: import('./session.d.ts').ExportSettings }} request
 * @param {import('../shared/assets.js').Context} context
 */
export async function exportQuantised(host, { date, model }, { signal, onProgress }) {
  const head = await exportHead(host, { date });
  const pictures = await host.changes.run(() => picturesOf(host));
  if (pictures.length === 0) {
    throw new HeadstartError(
      'too-few-samples',
      `${model.format} is fitted to your own pictures, and there are none here`,
    );
  }
  const toFit = pictures.slice(0, MOST_TO_FIT);
  // Those first that nothing was fitted to.
  const toMeasure = [...pictures.slice(MOST_TO_FIT), ...toFit].slice(0, MOST_TO_MEASURE);
  const total = toFit.length + toMeasure.length;
  const { engine } = host;
  await host.bringWriters(engine);
  throwIfAborted(signal);
  const job = engine.openQuantisedExport();
  try {
    engine.run(() => unwrap(job.open(host.file, head, model)));
    for (const [i, { picture, row }] of [...toFit, ...toMeasure].entries()) {
      onProgress?.({ stage: 'export', done: i, total });
      await nextTurn();
      throwIfAborted(signal);
      const { data, width, height } = await decodePicture(picture);
      const bytes = /** @type {Uint8Array} */ (data);
      engine.run(() =>
        unwrap(i < toFit.length ? job.calibrate(bytes, width, height) : job.measure(bytes, width, height, row)),
      );
    }
    return engine.run(() => ({ file: unwrap(job.write()), loss: job.report() }));
  } finally {
    if (!engine.failure) {
      job.delete();
    }
  }
}

/** All pictures whose classes the head has, the classes in turn, each with its row in the head. @param {Host} host */
function picturesOf({ engine, samples }) {
  const { classIds } = engine.run((session) => unwrap(session.headInfo()));
  const enabled = new Set(engine.run((session) => session.classes()).flatMap((c) => (c.enabled ? [c.id] : [])));
  const rows = Array.from(classIds).filter((id) => enabled.has(id));
  const perClass = rows.map((id) => [...samples.records.values()].filter(({ classId }) => classId === id));
  const most = Math.max(0, ...perClass.map((found) => found.length));
  return Array.from({ length: most }, (_, i) =>
    perClass.flatMap((found, row) => (i < found.length ? [{ picture: found[i].picture, row }] : [])),
  ).flat();
}
