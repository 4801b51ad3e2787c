// What classes do, as it lies on disk with the project: blobs as their bytes, for not every browser keeps blobs there.

import { noActions } from '../outputs/reactions.js';

/** @typedef {import('../outputs/reactions.js').ClassActions} ClassActions */
/** @typedef {import('./types.js').ClassCard} ClassCard */
/** @typedef {{ type: string, bytes: ArrayBuffer }} KeptBlob */
/** @typedef {Omit<ClassActions, 'ownSound' | 'picture'> & { ownSound: KeptBlob | null, picture: KeptBlob | null }} KeptActions */

/** Larger files are there for this visit only. */
const MOST_BYTES = 8e6;

/** @type {WeakMap<Blob, KeptBlob>} */
const read = new WeakMap();

/** @param {Blob | null} blob @returns {Promise<KeptBlob | null>} */
async function keptOf(blob) {
  if (!blob || blob.size > MOST_BYTES) {
    return null;
  }
  const kept = read.get(blob) ?? { type: blob.type, bytes: await blob.arrayBuffer() };
  read.set(blob, kept);
  return kept;
}

/** @param {readonly ClassCard[]} cards @returns {Promise<Record<number, KeptActions>>} by their keys */
export async function toKept(cards) {
  /** @type {Record<number, KeptActions>} */
  const kept = {};
  for (const { key, actions } of cards) {
    if (actions) {
      const [ownSound, picture] = [await keptOf(actions.ownSound), await keptOf(actions.picture)];
      kept[key] = { ...actions, ownSound, picture };
    }
  }
  return kept;
}

/** What is none costs itself and nothing else. @param {any} kept @returns {ClassActions | undefined} */
export function fromKept(kept) {
  if (kept === null || typeof kept !== 'object') {
    return undefined;
  }
  const text = (/** @type {unknown} */ value, /** @type {number} */ most) =>
    typeof value === 'string' ? value.slice(0, most) : '';
  const blob = (/** @type {any} */ value) => {
    if (!(value?.bytes instanceof ArrayBuffer)) {
      return null;
    }
    const made = new Blob([value.bytes], { type: String(value.type) });
    read.set(made, value);
    return made;
  };
  return {
    say: text(kept.say, 200),
    sound: text(kept.sound, 40),
    ownSound: blob(kept.ownSound),
    show: text(kept.show, 60),
    picture: blob(kept.picture),
    when: ['start', 'end', 'each'].includes(kept.when) ? kept.when : noActions().when,
  };
}

/** Few enough for the arguments of one call. */
const CHUNK = 0x8000;

/** For a project's file, which is JSON. @param {any} kept @returns {unknown} */
export function toPortable(kept) {
  const blob = (/** @type {KeptBlob | null} */ value) => {
    if (!value) {
      return null;
    }
    const bytes = new Uint8Array(value.bytes);
    let text = '';
    for (let at = 0; at < bytes.length; at += CHUNK) {
      text += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
    }
    return { type: value.type, base64: btoa(text) };
  };
  return { ...kept, ownSound: blob(kept.ownSound), picture: blob(kept.picture) };
}

/** @param {any} portable out of a file @returns {ClassActions | undefined} */
export function fromPortable(portable) {
  const blob = (/** @type {any} */ value) => {
    try {
      const bytes = Uint8Array.from(atob(value.base64), (letter) => letter.charCodeAt(0));
      return bytes.length > MOST_BYTES ? null : { type: value.type, bytes: bytes.buffer };
    } catch {
      return null;
    }
  };
  const isThere = portable !== null && typeof portable === 'object';
  return isThere
    ? fromKept({ ...portable, ownSound: blob(portable.ownSound), picture: blob(portable.picture) })
    : undefined;
}
