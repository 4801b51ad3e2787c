// The npm packages of package-lock.json.

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './cache.mjs';
import { firstDifference, recordInventory } from './inventory.mjs';
import { run } from './process.mjs';

/**
 * Where the packages of a checkout lie, and what is known of them.
 *
 * @param {string} root
 */
function placesIn(root) {
  const modules = join(root, 'node_modules');
  return {
    modules,
    wanted: join(root, 'package-lock.json'),
    // npm writes its own list when it is through, but takes any folder with a package.json for a whole package.
    installed: join(modules, '.package-lock.json'),
    // There while our install runs: what an interrupted one has left is not to be built upon.
    begun: join(modules, '.headstart-begun'),
    record: join(modules, '.headstart-files.json'),
  };
}

/** Whether node_modules holds what the lock file says, all of it. @param {string} [root] */
export function hasNpmPackages(root = repository) {
  const { modules, installed, begun, record } = placesIn(root);
  if (existsSync(begun) || !agreesWithLock(root)) {
    return false;
  }
  if (!existsSync(record)) {
    // Installed by hand, and npm said that it was through.
    recordInventory(record, [modules]);
    return true;
  }
  const different = firstDifference(record, [modules]);
  if (different !== null && existsSync(installed)) {
    console.log(`node_modules/${different} is not as it was installed: the packages are installed again.`);
  }
  return different === null;
}

/** Whether npm's own list names the versions that the lock file names. @param {string} root */
function agreesWithLock(root) {
  const { wanted, installed } = placesIn(root);
  if (!existsSync(installed)) {
    return false;
  }
  const have = readPackages(installed);
  return Object.entries(readPackages(wanted)).every(
    ([path, { version, integrity, optional }]) =>
      path === '' ||
      (optional && !have[path]) ||
      (have[path]?.version === version && have[path]?.integrity === integrity),
  );
}

/**
 * @param {string} file
 * @returns {Record<string, { version?: string, integrity?: string, optional?: boolean }>}
 */
function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages ?? {};
  } catch {
    return {};
  }
}

/**
 * @param {string} [root]
 * @param {() => Promise<unknown>} [install]
 */
export async function provideNpmPackages(root = repository, install = () => npmInstall(root)) {
  const { modules, installed, begun, record } = placesIn(root);
  const isWhole = existsSync(installed) && !existsSync(begun) && firstDifference(record, [modules]) === null;
  if (!isWhole) {
    rmSync(modules, { recursive: true, force: true });
  }
  rmSync(record, { force: true });
  mkdirSync(modules, { recursive: true });
  writeFileSync(begun, '');
  await install();
  rmSync(begun);
  recordInventory(record, [modules]);
  if (!agreesWithLock(root)) {
    throw new Error('npm has installed other versions than package-lock.json names: please run it again');
  }
}

// Not `npm ci`: it wants every platform's optional packages in the lock file, and some mirrors lack some of them.
function npmInstall(/** @type {string} */ root) {
  return run('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel', 'error'], { cwd: root });
}
