// XNNPACK and its helpers, at pinned commits: from Debian's source packages with their checksums, or by git, whose
// commit ids are checksums themselves.

import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDir, isStamped, sha256, sourcesDir, stamp } from './cache.mjs';
import { run, versionOf } from './process.mjs';

const pins = [
  {
    name: 'xnnpack',
    commit: '4ea82e595b36106653175dcb04b2aa532660d0d8',
    url: 'https://github.com/google/XNNPACK',
    sha256: '90bde2caef0f880f627bab0dc805a86c4b8070cd98e3243db3046ab3f3be1a99',
  },
  {
    name: 'pthreadpool',
    commit: '560c60d342a76076f0557a3946924c6478470044',
    url: 'https://github.com/Maratyszcza/pthreadpool',
    sha256: '4cc3cbd933b28131d2a34edc54f76af9fb41bc490af5eae1a5bd3cd07ea90708',
  },
  {
    name: 'fxdiv',
    commit: 'b408327ac2a15ec3e43352421954f5b1967701d1',
    url: 'https://github.com/Maratyszcza/FXdiv',
    sha256: '7953482badaf4cb34026c3487c257b8e4ab2df061c019bd6fabbbc12ad52c44b',
  },
  {
    name: 'fp16',
    commit: '4dfe081cf6bcd15db339cf2680b9281b8451eeb3',
    url: 'https://github.com/Maratyszcza/FP16',
    sha256: '7d7782b37b74136e0e12593a2a93ccbe7db831f4374cc408e44623d9b708b54e',
  },
];

/** doctest 2.4.9; on Debian it comes as a package. */
const doctest = {
  name: 'doctest',
  commit: 'b7c21ec5ceeadb4951b00396fc1e4642dd347e5f',
  url: 'https://github.com/doctest/doctest',
};

const state = pins.map(({ commit }) => commit).join('\n');

const sourceFolders = pins.map(({ name }) => join(sourcesDir, name));

export function hasSources() {
  return isStamped('sources', state, sourceFolders);
}

/**
 * @param {import('./debian.mjs').PrivateApt | null} apt
 * @param {(detail: string) => void} onProgress
 */
export async function provideSources(apt, onProgress) {
  mkdirSync(sourcesDir, { recursive: true });
  const archives = apt ? await apt.downloadSources(pins.map(({ name }) => name)) : null;
  for (const [index, pin] of pins.entries()) {
    onProgress(`${index + 1} of ${pins.length}, ${pin.name}`);
    const archive = archives && findArchive(archives, pin.sha256);
    await (archive ? unpackArchive(archive, pin.name) : fetchCommit(pin));
  }
  if (archives) {
    rmSync(archives, { recursive: true, force: true });
  }
  stamp('sources', state, sourceFolders);
}

/** Fetches doctest's header where there is no Debian package of it. */
export async function provideDoctest() {
  const include = join(cacheDir, 'include/doctest');
  await fetchCommit(doctest);
  mkdirSync(join(cacheDir, 'include'), { recursive: true });
  rmSync(include, { recursive: true, force: true });
  renameSync(join(sourcesDir, 'doctest/doctest'), include);
}

/**
 * @param {string} folder
 * @param {string} checksum
 */
function findArchive(folder, checksum) {
  return readdirSync(folder)
    .filter((name) => name.includes('.orig.tar.'))
    .map((name) => join(folder, name))
    .find((file) => sha256(readFileSync(file)) === checksum);
}

/**
 * @param {string} archive
 * @param {string} name
 */
async function unpackArchive(archive, name) {
  const part = emptyPart(name);
  await run('tar', ['-x', '-f', archive, '-C', part]);
  // Some of the archives have one folder at the top, some none.
  const entries = readdirSync(part);
  moveIntoPlace(entries.length === 1 ? join(part, entries[0]) : part, name);
}

/** @param {{ name: string, commit: string, url: string }} pin */
async function fetchCommit({ name, commit, url }) {
  if (versionOf('git') === null) {
    throw new Error('git is needed to fetch the sources of XNNPACK: please install it');
  }
  const part = emptyPart(name);
  await run('git', ['init', '--quiet', part]);
  await run('git', ['-C', part, 'fetch', '--quiet', '--depth', '1', url, commit]);
  await run('git', ['-C', part, 'checkout', '--quiet', commit]);
  rmSync(join(part, '.git'), { recursive: true });
  moveIntoPlace(part, name);
}

/** @param {string} name */
function emptyPart(name) {
  const part = join(sourcesDir, `${name}.part`);
  rmSync(part, { recursive: true, force: true });
  mkdirSync(part, { recursive: true });
  return part;
}

/**
 * @param {string} folder
 * @param {string} name
 */
function moveIntoPlace(folder, name) {
  const target = join(sourcesDir, name);
  rmSync(target, { recursive: true, force: true });
  renameSync(folder, target);
  rmSync(join(sourcesDir, `${name}.part`), { recursive: true, force: true });
}
