// A head comes from its file in two steps: it is read, and once its labels have classes it takes the place of the one at work.

import { unwrap } from '../shared/errors.js';

/** @typedef {import('./host.js').Host} Host */
/** @typedef {import('../headstart-basics.d.ts').StrategyName} StrategyName */
/** @typedef {{ classIds: (number | undefined)[], bringsLayers: boolean, stale?: boolean, strategy?: StrategyName | null }} Adoption */

/** Which backbone a head file wants, whatever is in use here. @param {Host} host @param {{ bytes: Uint8Array }} args */
export function backboneOfHead(host, { bytes }) {
  return host.changes.run(() => {
    const info = host.engine.withBytes(bytes, (session) => unwrap(session.headFileInfo(bytes.length)));
    return { name: info.backbone, inputSize: Number(info.inputSize) || 0 };
  });
}

/** @param {Host} host @param {{ bytes: Uint8Array }} args */
export function readHead(host, { bytes }) {
  return host.changes.run(() => {
    const { labels, bringsLayers } = host.engine.withBytes(bytes, (session) => unwrap(session.readHead(bytes.length)));
    return { labels, bringsLayers, revision: host.samples.revision };
  });
}

/** @param {Host} host @param {Adoption} args an id for each row of the head that was read */
export function adoptHead(host, { classIds, bringsLayers, stale = false, strategy = null }) {
  return host.changes.run(() => {
    const file = bringsLayers ? host.file : new Uint8Array();
    const ids = Uint32Array.from(classIds, (id) => id ?? 0);
    host.engine.withBytes(file, (session) => unwrap(session.adoptHead(ids, file.length)));
    const { revision } = host.samples;
    host.views.wake();
    return { head: host.takeHead(stale ? null : revision, strategy), revision };
  });
}
