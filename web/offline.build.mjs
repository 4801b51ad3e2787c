// Writes dist/service-worker.js: the worker in one file, with the list of all files of this version and their checksums.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';

const web = fileURLToPath(new URL('.', import.meta.url));
const NAME = 'service-worker.js';

/** Types, notes and backbones that nobody has chosen yet are fetched by those who want them. */
const LEFT_OUT = [/\.d\.ts$/, /\.md$/, /^backbones\/.*\.(safetensors|tflite)$/, new RegExp(`^${NAME}$`)];

/** @param {string} outDir */
export function filesOf(outDir) {
  return readdirSync(outDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(outDir.length + 1)
        .split(sep)
        .join('/'),
    )
    .filter((path) => !LEFT_OUT.some((pattern) => pattern.test(path)))
    .sort()
    .map((path) => ({
      // Hosts answer for the start page under the folder's address.
      url: path === 'index.html' ? './' : path,
      integrity: `sha256-${createHash('sha256')
        .update(readFileSync(join(outDir, path)))
        .digest('base64')}`,
    }));
}

/** Everything else must be there already. @param {string} [outDir] */
export async function buildServiceWorker(outDir = join(web, '../dist')) {
  const files = filesOf(outDir);
  const version = createHash('sha256').update(JSON.stringify(files)).digest('hex').slice(0, 16);
  const { output } = await build({
    input: join(web, 'src/offline/service-worker.js'),
    output: { format: 'iife', minify: true },
    write: false,
    logLevel: 'warn',
  });
  const list = `self.__FILES__=${JSON.stringify({ version, files })};\n`;
  writeFileSync(join(outDir, NAME), list + output[0].code);
  return { version, files };
}
