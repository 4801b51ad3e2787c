// The page that runs anywhere without a network: what was learnt and all that it needs, put into one file.

import { PARTS, PARTS_PLACE } from '../shared/one-file-parts.js';

/** Few enough for the arguments of one call. */
const CHUNK = 0x8000;

/** @param {Uint8Array} bytes */
async function packed(bytes) {
  const stream = new Blob([/** @type {Uint8Array<ArrayBuffer>} */ (bytes)])
    .stream()
    .pipeThrough(new CompressionStream('gzip'));
  const small = new Uint8Array(await new Response(stream).arrayBuffer());
  let text = '';
  for (let at = 0; at < small.length; at += CHUNK) {
    text += String.fromCharCode(...small.subarray(at, at + CHUNK));
  }
  return btoa(text);
}

/**
 * @param {Uint8Array} page as it was built, without what differs
 * @param {{ glue: Uint8Array, wasm: Uint8Array, backbone: Uint8Array, head: Uint8Array }} files
 * @param {import('../headstart-export.d.ts').OneFileSettings & { title: string, inputSize: number, precision: string }} settings
 * @param {(done: number, total: number) => void} report
 */
export async function writeOneFile(page, files, settings, report) {
  const elements = [
    // A class or a title may be called `</script>`.
    element(PARTS.settings, 'application/json', JSON.stringify(settings).replaceAll('<', '\\u003c')),
  ];
  const names = /** @type {(keyof typeof files)[]} */ (Object.keys(files));
  for (const [i, name] of names.entries()) {
    report(i, names.length);
    elements.push(element(PARTS[name], 'application/octet-stream', await packed(files[name])));
  }
  const [before, behind] = new TextDecoder().decode(page).split(PARTS_PLACE);
  return new TextEncoder().encode([before, ...elements, behind].join('\n'));
}

/** @param {string} id @param {string} type @param {string} text */
const element = (id, type, text) => `<script id="${id}" type="${type}">${text}</script>`;
