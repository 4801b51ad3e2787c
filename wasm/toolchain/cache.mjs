// Where downloads and compiled XNNPACK live, and which steps of the set-up are done. cache.cmake finds the same folder.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { firstDifference, recordInventory } from './inventory.mjs';

export const repository = fileURLToPath(new URL('../..', import.meta.url));
export const cacheDir =
  process.env.HEADSTART_CACHE ||
  (process.env.XDG_CACHE_HOME ? join(process.env.XDG_CACHE_HOME, 'headstart') : join(homedir(), '.cache/headstart'));
export const binDir = join(cacheDir, 'bin');
export const sourcesDir = join(cacheDir, 'src');

/** Everything that decides how XNNPACK is compiled, relative to the repository. core/xnnpack.cmake lists the same. */
export function recipeFiles() {
  return readdirSync(join(repository, 'core/xnnpack'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(repository, join(entry.parentPath, entry.name)))
    .concat(['cache', 'emscripten', 'native'].map((name) => `wasm/toolchain/${name}.cmake`))
    .sort();
}

/** A name for the state of those files: a change of them must not meet objects of another state. */
export function recipeHash() {
  const lines = recipeFiles().map((file) => `${sha256(readFileSync(join(repository, file)))}\n`);
  return sha256(lines.join('')).slice(0, 12);
}

/** @param {string | Uint8Array} bytes */
export function sha256(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}

/** @param {string} name */
function stampFile(name) {
  return join(cacheDir, 'stamps', name);
}

/**
 * Whether a step is done: its stamp holds what it depends on, and every file that it left is as it was. Both are written
 * last, so that an interruption repeats the step. A file that is not says so: the step is then done again.
 *
 * @param {string} name
 * @param {string} content
 * @param {string[]} folders What the step filled.
 */
export function isStamped(name, content, folders) {
  const file = stampFile(name);
  if (!existsSync(file) || readFileSync(file, 'utf8') !== content) {
    return false;
  }
  const different = firstDifference(`${file}.files`, folders);
  if (different !== null && !told.has(different)) {
    told.add(different);
    console.log(`${join(cacheDir, 'stamps', different)} is not as the set-up left it: "${name}" is done again.`);
  }
  return different === null;
}

/** Files that were named already: a step is asked more than once whether it is done. @type {Set<string>} */
const told = new Set();

/**
 * @param {string} name
 * @param {string} content
 * @param {string[]} folders
 */
export function stamp(name, content, folders) {
  mkdirSync(join(cacheDir, 'stamps'), { recursive: true });
  recordInventory(`${stampFile(name)}.files`, folders);
  writeFileSync(stampFile(name), content);
}
