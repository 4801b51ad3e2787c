// Keeps two set-ups apart, in this checkout or another. Taken in one atomic step: a file that already holds its owner is
// linked into place. The lock of a process that is gone is taken over, and what that process had started is ended.

import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { endOrphansOf, isAlive, startOf } from './process.mjs';

/**
 * Runs `work` while nobody else does.
 *
 * @template T
 * @param {string} file
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(file, work) {
  mkdirSync(dirname(file), { recursive: true });
  const own = `${process.pid} ${randomUUID()} ${startOf(process.pid)}`;
  let told = false;
  for (let owner = takeLock(file, own); owner !== null; owner = takeLock(file, own)) {
    if (owner > 0 && !told) {
      console.log(`Waiting for another set-up to finish (process ${owner}) …`);
      told = true;
    }
    await wait(owner > 0 ? 50 : 5);
  }
  const release = () => {
    if (read(file) === own) {
      rmSync(file, { force: true });
    }
  };
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
 * @param {string} own
 * @returns {number | null} Null: taken. Else the process that has it, or 0 where it has just gone: try again.
 */
function takeLock(file, own) {
  const draft = `${file}.${own.split(' ')[1]}`;
  writeFileSync(draft, own);
  try {
    linkSync(draft, file);
    return null;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') {
      throw error;
    }
  } finally {
    rmSync(draft, { force: true });
  }
  const content = read(file);
  const [pid, , startedAt] = content?.split(' ') ?? [];
  if (isAlive(Number(pid), startedAt)) {
    return Number(pid);
  }
  if (content !== null) {
    breakLock(file, content, own);
  }
  return 0;
}

/**
 * Takes a dead process's lock away. One process at a time may do so, and only while it still is that very lock: another
 * one's, taken meanwhile, must not go.
 *
 * @param {string} file
 * @param {string} content What the dead process's lock holds.
 * @param {string} own
 */
function breakLock(file, content, own) {
  const breaking = `${file}.breaking`;
  if (takeLock(breaking, own) !== null) {
    return;
  }
  try {
    if (read(file) === content) {
      endOrphansOf(Number(content.split(' ')[0]));
      rmSync(file, { force: true });
    }
  } finally {
    rmSync(breaking, { force: true });
  }
}

/** @param {string} file */
function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
