// What leaves for elsewhere, made beside the engine.

import { addressOf, readBytes } from '../shared/assets.js';
import { throwIfAborted, unwrap } from '../shared/errors.js';
import { writeOneFile } from './one-file.js';

/** @typedef {import('../shared/assets.js').Context} Context */
/** @typedef {import('./host.js').Host} Host */
/** @typedef {{ date: string, model?: import('./session.d.ts').ExportSettings }} HeadRequest */
/** @typedef {{ date: string, settings: import('../headstart-export.d.ts').OneFileSettings & { title: string } }} PageRequest */

/**
 * The head's file, or with `model` one for another program.
 * @param {Host} host
 * @param {HeadRequest} request
 * @returns {Promise<Uint8Array>}
 */
export function exportHead(host, { date, model }) {
  return host.changes.run(async () => {
    if (model) {
      await host.bringWriters();
    }
    const head = host.engine.run((session) => unwrap(session.exportHead(date)));
    return model ? host.engine.exportModel(host.file, head, model) : head;
  });
}

/**
 * Formats that cannot hold what was learnt: known before anybody asks for one.
 * @param {Host} host
 */
export function refusedFormats(host) {
  return host.changes.run(async () => {
    await host.bringWriters();
    const head = host.engine.run((session) => unwrap(session.exportHead('')));
    return host.engine.refusedFormats(host.file, head);
  });
}

/** @param {Host} host @param {PageRequest} request @param {Context} context */
export async function exportPage(host, { date, settings }, { signal, onProgress }) {
  const head = await exportHead(host, { date });
  const { file: backbone, running } = host;
  const read = (/** @type {string} */ name) => readBytes(addressOf(host.library, name), 'engine', { signal });
  const [page, glue, wasm] = await Promise.all(['one-file.html', 'wasm/simd.js', 'wasm/simd.wasm'].map(read));
  return writeOneFile(page, { glue, wasm, backbone, head }, { ...settings, ...running }, (done, total) => {
    throwIfAborted(signal);
    onProgress?.({ stage: 'export', done, total });
  });
}
