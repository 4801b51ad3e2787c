// The npm packages of package-lock.json.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './cache.mjs';
import { run } from './process.mjs';

/** Whether node_modules holds what the lock file says. */
export function hasNpmPackages() {
  const installed = join(repository, 'node_modules/.package-lock.json');
  if (!existsSync(installed)) {
    return false;
  }
  const wanted = readPackages(join(repository, 'package-lock.json'));
  const have = readPackages(installed);
  return Object.entries(wanted).every(
    ([path, { version, optional }]) => path === '' || have[path]?.version === version || (optional && !have[path]),
  );
}

/**
 * @param {string} file
 * @returns {Record<string, { version?: string, optional?: boolean }>}
 */
function readPackages(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages;
}

export async function provideNpmPackages() {
  // Not `npm ci`: it wants every platform's optional packages in the lock file, and some mirrors lack some of them.
  await run('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel', 'error']);
}
