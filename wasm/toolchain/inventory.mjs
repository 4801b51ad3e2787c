// What a step of the set-up left behind, file by file, so that a later run can see whether all of it is still there.

import { createHash } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';

/** What programs leave beside themselves while they run: Python's compiled modules, Vite's prepared packages. */
const PASSING = /\.pyc$|^\.(vite|vite-temp|cache)\//;

/**
 * How a file looks from outside: whoever changes its bytes changes the time that the system keeps of that (ctime), even
 * where size and date stay.
 *
 * @typedef {{ look: string, sha256: string }} Entry
 */

/**
 * Writes down every file of the folders, with its checksum.
 *
 * @param {string} record Where to.
 * @param {string[]} folders Or single files.
 */
export function recordInventory(record, folders) {
  /** @type {Record<string, Entry>} */
  const entries = {};
  for (const file of filesOf(record, folders)) {
    entries[file] = { look: lookOf(join(dirname(record), file)), sha256: hashOf(join(dirname(record), file)) };
  }
  mkdirSync(dirname(record), { recursive: true });
  writeFileSync(record, JSON.stringify(entries));
}

/**
 * The first file that is not what was written down (missing, changed, or one too many), relative to the record's folder; the
 * record itself where it cannot be read; null where all is as it was. Only what looks different is read again: a copied or
 * restored cache is as good as the first.
 *
 * @param {string} record
 * @param {string[]} folders Or single files.
 * @returns {string | null}
 */
export function firstDifference(record, folders) {
  /** @type {Record<string, Entry>} */
  let entries;
  try {
    entries = JSON.parse(readFileSync(record, 'utf8'));
  } catch {
    return basename(record);
  }
  const found = new Set(filesOf(record, folders));
  const missing = Object.keys(entries).find((file) => !found.has(file));
  if (missing) {
    return missing;
  }
  let refresh = false;
  for (const file of found) {
    const entry = entries[file];
    const path = join(dirname(record), file);
    if (!entry) {
      return file;
    }
    const look = lookOf(path);
    if (entry.look !== look) {
      if (hashOf(path) !== entry.sha256) {
        return file;
      }
      entry.look = look;
      refresh = true;
    }
  }
  if (refresh) {
    writeFileSync(record, JSON.stringify(entries));
  }
  return null;
}

/**
 * Relative to the record's folder, so that a cache can be moved.
 *
 * @param {string} record
 * @param {string[]} folders Or single files.
 */
function filesOf(record, folders) {
  return folders
    .filter((folder) => existsSync(folder))
    .flatMap((folder) =>
      lstatSync(folder).isDirectory()
        ? readdirSync(folder, { recursive: true, withFileTypes: true })
            .filter((entry) => !entry.isDirectory())
            .map((entry) => join(entry.parentPath, entry.name))
            .filter((path) => path !== record && !PASSING.test(relative(folder, path)))
        : [folder],
    )
    .map((path) => relative(dirname(record), path))
    .sort();
}

/** @param {string} path */
function lookOf(path) {
  const { size, ctimeMs } = lstatSync(path);
  return `${size} ${ctimeMs}`;
}

/** @param {string} path */
function hashOf(path) {
  const bytes = lstatSync(path).isSymbolicLink() ? readlinkSync(path) : readFileSync(path);
  return createHash('sha256').update(bytes).digest('hex');
}
