// Builds the page that leaves as one file: words, styles, script and the engine's worker inside; the engine, a backbone and a head
// are put in when somebody saves it.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'rolldown';
import { PARTS, PARTS_PLACE } from './src/engine/shared/one-file-parts.js';

/** Beside the library. */
export const ONE_FILE = 'one-file.html';

const source = fileURLToPath(new URL('src', import.meta.url));
/** @param {string} name */
const read = (name) => readFileSync(join(source, name), 'utf8');

/** A classic script: a page from the disk has no origin, and module workers need one. @param {string} entry */
async function bundle(entry) {
  const { output } = await build({
    input: join(source, entry),
    platform: 'neutral',
    external: ['./projects.js'],
    resolve: { mainFields: ['module', 'main'], conditionNames: ['import', 'default'] },
    output: { format: 'iife', minify: true, codeSplitting: false },
    write: false,
    logLevel: 'warn',
  });
  return output[0].code;
}

export async function buildOneFile() {
  const worker = gzipSync(await bundle('engine/worker/engine-worker.js'), { level: 9 }).toString('base64');
  const script = (await bundle('one-file/page.js')).replaceAll('</script', '<\\/script');
  const workerPart = `<script id="${PARTS.worker}" type="application/octet-stream">${worker}</script>`;
  return read('one-file/page.html')
    .replace('/*one-file:styles*/', () => read('styles/tokens.css') + read('one-file/page.css'))
    .replace('/*one-file:script*/', () => script)
    .replace(PARTS_PLACE, () => `${workerPart}\n${PARTS_PLACE}`);
}
