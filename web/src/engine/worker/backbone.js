// Another backbone under the same samples, all or nothing: it is built up in an engine of its own while the old one
// answers, and takes over when every picture is embedded anew.

import { throwIfAborted } from '../shared/errors.js';
import { decodePicture } from './picture-codec.js';
import { HostSamples } from './samples.js';

/** @typedef {import('../shared/assets.js').Context} Context */
/** @typedef {import('./engine-loader.js').LoadedEngine} LoadedEngine */

/**
 * @param {LoadedEngine} next is disposed on failure
 * @param {HostSamples} samples
 * @param {import('../shared/turns.js').Queue} changes
 * @param {Context} context
 * @param {(next: LoadedEngine, samples: HostSamples) => void} takeOver
 * @returns {Promise<Map<number, Float32Array>>} the new rows, by sample
 */
export async function changeBackbone(next, samples, changes, context, takeOver) {
  /** @type {Map<number, Float32Array>} */
  const rows = new Map();
  try {
    // Pictures may come while this runs; the few that are left are done with the changes held back.
    await embedMissing(next, samples, rows, context);
    await changes.run(async () => {
      await embedMissing(next, samples, rows, context);
      const target = new HostSamples(next.engine, next.backbone.inputSize);
      samples.copyTo(target, rows);
      takeOver(next, target);
    });
    return rows;
  } catch (cause) {
    next.engine.dispose();
    throw cause;
  }
}

/**
 * @param {LoadedEngine} next
 * @param {HostSamples} samples
 * @param {Map<number, Float32Array>} rows
 * @param {Context} context
 */
async function embedMissing({ engine }, samples, rows, { signal, onProgress }) {
  for (const [sampleId, { picture }] of samples.records) {
    throwIfAborted(signal);
    if (rows.has(sampleId)) {
      continue;
    }
    const frame = await decodePicture(picture);
    throwIfAborted(signal);
    rows.set(sampleId, engine.embedRow(frame));
    onProgress?.({ stage: 'embed', done: rows.size, total: samples.records.size });
  }
  throwIfAborted(signal);
}
