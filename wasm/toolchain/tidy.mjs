// clang-tidy over core's sources, without a build: those that differ from the branch main, or all of them.

import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { cacheDir, repository, sourcesDir } from './cache.mjs';
import { isAtLeast, ProcessError, run, versionOf } from './process.mjs';

// The static analyser takes four times as long as all other checks together; `clang-tidy` by hand runs it too.
const checks = '--checks=-clang-analyzer-*';
const flags = [
  '-std=c++20',
  '-fno-exceptions',
  '-fno-rtti',
  ...['core/include', 'core/src'].map((folder) => `-I${join(repository, folder)}`),
  ...['xnnpack', 'pthreadpool'].map((name) => `-isystem${join(sourcesDir, name, 'include')}`),
  `-isystem${join(cacheDir, 'include')}`,
];

/** One that knows what the sources use of C++20 and of clang. @type {string | undefined} */
const clangTidy = ['clang-tidy-19', 'clang-tidy'].find((name) => isAtLeast(versionOf(name), '16'));

export const hasTidy = () => clangTidy !== undefined;

/**
 * Fails with what clang-tidy found.
 *
 * @param {string[]} files of the repository
 * @param {boolean} all
 */
export async function tidy(files, all) {
  const changed = all ? null : changedFiles();
  const isSource = (/** @type {string} */ file) => /^core\/(src|tools)\/.*\.cpp$/.test(file) && !/distill/.test(file);
  const waiting = files.filter((file) => isSource(file) && (changed?.has(file) ?? true));
  /** @type {string[]} */
  const complaints = [];
  const work = async () => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const parameters = ['--quiet', checks, join(repository, file), '--', ...flags];
      const output = await run(/** @type {string} */ (clangTidy), parameters).catch(
        (/** @type {Error} */ error) => error.message,
      );
      if (/ (warning|error): /.test(output)) {
        complaints.push(output.trim());
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(8, availableParallelism()) }, work));
  if (complaints.length > 0) {
    throw new ProcessError(`clang-tidy\n${complaints.join('\n')}`);
  }
  return '';
}

/** What differs from main, committed or not; without such a branch, from the last commit. */
function changedFiles() {
  const git = (/** @type {string[]} */ ...parameters) => {
    return execFileSync('git', parameters, { cwd: repository, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  };
  let base = 'HEAD';
  try {
    base = git('merge-base', 'HEAD', 'main').trim();
  } catch {
    // A copy without the branch.
  }
  const untracked = git('ls-files', '--others', '--exclude-standard');
  return new Set(`${git('diff', '--name-only', base)}\n${untracked}`.split('\n'));
}
