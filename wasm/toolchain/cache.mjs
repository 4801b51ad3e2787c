// Where downloads and compiled XNNPACK live, and the lock that keeps two set-ups apart. cache.cmake finds the same folder.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

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

/**
 * Whether a step is done: its stamp holds what it depends on. Written last, so that an interruption repeats the step.
 *
 * @param {string} name
 * @param {string} content
 */
export function isStamped(name, content) {
  const file = join(cacheDir, 'stamps', name);
  return existsSync(file) && readFileSync(file, 'utf8') === content;
}

/**
 * @param {string} name
 * @param {string} content
 */
export function stamp(name, content) {
  mkdirSync(join(cacheDir, 'stamps'), { recursive: true });
  writeFileSync(join(cacheDir, 'stamps', name), content);
}

/**
 * Runs `work` while no other set-up does, in this checkout or another. The lock of a process that is gone is taken over.
 *
 * @template T
 * @param {string} file
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(file, work) {
  mkdirSync(join(file, '..'), { recursive: true });
  let told = false;
  for (let owner = takeLock(file); owner !== null; owner = takeLock(file)) {
    if (owner > 0 && !told) {
      console.log(`Waiting for another set-up to finish (process ${owner}) …`);
      told = true;
    }
    await new Promise((resolve) => setTimeout(resolve, owner > 0 ? 500 : 0));
  }
  const release = () => rmSync(file, { force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
}

/**
 * @param {string} file
 * @returns {number | null} Null: taken. Else the process that has it, or 0 where its lock has just gone: try again.
 */
function takeLock(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return null;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') {
      throw error;
    }
  }
  try {
    const owner = Number(readFileSync(file, 'utf8'));
    if (owner > 0 && isAlive(owner)) {
      return owner;
    }
    rmSync(file, { force: true });
  } catch {
    // Another process has just removed it.
  }
  return 0;
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}
