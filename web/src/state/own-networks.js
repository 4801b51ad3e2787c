// Networks that a person brought as files: kept in the browser's cache, so that they are there after a reload and without a
// network.

import { joinedFile } from '../engine/shared/networks.js';
import { OWN } from './backbones.js';

const CACHE = 'headstart-own-networks';

/** @param {string} name */
const addressOf = (name) => new URL(`backbones/own/${encodeURIComponent(name)}`, document.baseURI).href;

/** Closed storage keeps them for this visit only. @type {Map<string, Uint8Array<ArrayBuffer>>} */
const held = new Map();

const opened = async () => globalThis.caches?.open(CACHE).catch(() => undefined);

/** @returns {Promise<import('./types.js').CatalogueEntry[]>} */
export async function listOwn() {
  const cache = await opened();
  const names = (await cache?.keys())?.map(({ url }) => decodeURIComponent(url.slice(url.lastIndexOf('/') + 1))) ?? [];
  return [...new Set([...names, ...held.keys()])].map((name) => ({
    name,
    isOwn: true,
    file: null,
    bytes: held.get(name)?.length ?? 0,
    inputSize: 0,
    mmac: 0,
    license: '',
    source: name.slice(OWN.length),
  }));
}

/** @param {string} name */
export async function readOwn(name) {
  const response = held.has(name) ? undefined : await (await opened())?.match(addressOf(name));
  const bytes = held.get(name) ?? (response && new Uint8Array(await response.arrayBuffer()));
  if (!bytes) {
    throw Object.assign(new Error(`the file of ${name.slice(OWN.length)} is no longer kept here`), {
      code: 'unavailable',
    });
  }
  return bytes;
}

/**
 * Files that are to be tried: what was kept under their name stays until `keep`. Several look at once.
 * @param {File[]} files
 * @param {readonly [number, number]} [pixelRange] what black and white become, where somebody said it
 */
export async function holdOwn(files, pixelRange) {
  const networks = await Promise.all(
    files.map(async (file) => ({ bytes: new Uint8Array(await file.arrayBuffer()), pixelRange })),
  );
  const name = OWN + files.map((file) => file.name).join(' + ');
  const bytes = networks.length === 1 && !pixelRange ? networks[0].bytes : joinedFile(networks);
  const before = held.get(name);
  held.set(name, bytes);
  return {
    /** What it is called in the list. */
    name,
    async keep() {
      try {
        await (await opened())?.put(addressOf(name), new Response(bytes));
      } catch {
        // It is there for this visit.
      }
    },
    /** It could not be used: what was there under its name is there again. */
    drop() {
      if (before) {
        held.set(name, before);
      } else {
        held.delete(name);
      }
    },
  };
}
