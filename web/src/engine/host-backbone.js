// Another backbone under the same samples, all or nothing: the old one answers until every picture is embedded anew.
import { throwIfAborted, unwrap } from './errors.js';
import { decodePicture } from './picture-codec.js';

/** @typedef {import('./assets.js').Context} Context */
/** @typedef {import('./engine.js').Engine} Engine */
/** @typedef {import('./host-samples.js').HostSamples} HostSamples */
/** @typedef {import('./picture-codec.js').KeptPicture} KeptPicture */

/**
 * @param {Engine} engine
 * @param {HostSamples} samples
 * @param {import('./turns.js').Queue} changes
 * @param {{ file: Uint8Array, inputSize: number }} backbone
 * @param {Context} context
 * @param {() => void} beforeSwitch
 */
export async function changeBackbone(engine, samples, changes, { file, inputSize }, context, beforeSwitch) {
  throwIfAborted(context.signal);
  const info = engine.withBytes(file, (session) => unwrap(session.loadBackbone(file.length, inputSize, 1, [])));
  /** @type {Map<number, Float32Array>} */
  const embeddings = new Map();
  // Pictures may come while this runs; the few that are left are done with the changes held back.
  await embedMissing(engine, samples, embeddings, context);
  await changes.run(async () => {
    await embedMissing(engine, samples, embeddings, context);
    beforeSwitch();
    switchOver(engine, samples, embeddings, info.inputSize);
  });
  return info;
}

/**
 * @param {Engine} engine
 * @param {HostSamples} samples
 * @param {Map<number, Float32Array>} embeddings
 * @param {Context} context
 */
async function embedMissing(engine, samples, embeddings, { signal, onProgress }) {
  for (const [sampleId, { picture }] of samples.records) {
    throwIfAborted(signal);
    if (embeddings.has(sampleId)) continue;
    const frame = await decodePicture(picture);
    throwIfAborted(signal);
    const embedding = engine.withFrame(frame, false, (session, description) =>
      unwrap(session.embedWithLoaded(description)),
    );
    embeddings.set(sampleId, embedding);
    onProgress?.({ stage: 'embed', done: embeddings.size, total: samples.records.size });
  }
  throwIfAborted(signal);
}

/**
 * In one go: nothing can come between.
 * @param {Engine} engine
 * @param {HostSamples} samples
 * @param {Map<number, Float32Array>} embeddings
 * @param {number} inputSize
 */
function switchOver(engine, samples, embeddings, inputSize) {
  const { classes, rows } = samples.takeAll();
  engine.run((session) => unwrap(session.commitBackbone()));
  samples.startBackbone(inputSize);
  for (const record of classes) samples.addClass(record);
  for (const row of rows) samples.putEmbedding(row, /** @type {Float32Array} */ (embeddings.get(row.sampleId)));
}
