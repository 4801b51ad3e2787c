// Declares Emscripten's own exports (the views of memory and a few counters) for `em++ --emit-tsd`.

import { readFileSync, writeFileSync } from 'node:fs';

const parameters = process.argv.slice(2);
const outFile = parameters[parameters.indexOf('--outFile') + 1];
const script = readFileSync(/** @type {string} */ (parameters.at(-1)), 'utf8');

/** @type {Record<string, string>} */
const types = {
  HEAP8: 'Int8Array',
  HEAPU8: 'Uint8Array',
  HEAP16: 'Int16Array',
  HEAPU16: 'Uint16Array',
  HEAP32: 'Int32Array',
  HEAPU32: 'Uint32Array',
  HEAPF32: 'Float32Array',
  HEAPF64: 'Float64Array',
  count_emval_handles: '() => number',
};
const names = new Set([...script.matchAll(/RuntimeExports\['(\w+)'\]/g)].map((match) => match[1]));
const members = [...names].map((name) => `  ${name}: ${types[name] ?? 'unknown'};\n`);
writeFileSync(outFile, `declare const RuntimeExports: {\n${members.join('')}};\n`);
