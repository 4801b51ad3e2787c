// Bytes that a person's browser fetches.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { repository } from './places.mjs';
import { printTable } from './tables.mjs';

/** @param {string} folder @returns {string[]} */
const filesUnder = (folder) =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesUnder(join(folder, entry.name)) : [join(folder, entry.name)],
  );

export function measureSizes() {
  const dist = join(repository, 'dist');
  if (!existsSync(dist)) {
    return [];
  }
  const rows = filesUnder(dist)
    .filter((file) => /\.(js|css|html|wasm|safetensors)$/.test(file))
    .map((file) => ({
      file: file.slice(dist.length + 1),
      bytes: statSync(file).size,
      gzipped: gzipSync(readFileSync(file), { level: 9 }).length,
    }))
    .sort((a, b) => b.bytes - a.bytes);
  printTable(
    'Bytes of what is served',
    ['file', 'bytes', 'gzipped'],
    rows.map(({ file, bytes, gzipped }) => [file, bytes, gzipped]),
  );
  return rows;
}
