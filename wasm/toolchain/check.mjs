// npm run check: format, lint, types, and the rules of tests/repo. `npm run check -- --fix` lets the formatters write,
// `npm run check -- --all` sends every source through clang-tidy instead of those that differ from main.

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './cache.mjs';
import { run } from './process.mjs';
import { runCommand, setUp } from './setup.mjs';
import { hasTidy, tidy } from './tidy.mjs';

runCommand(import.meta.url, async (parameters) => {
  await setUp({});
  const fix = parameters.includes('--fix');
  const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: repository,
    encoding: 'utf8',
  })
    .split('\n')
    .filter((file) => existsSync(join(repository, file)));
  const cppFiles = tracked.filter((file) => /\.(cpp|h|c)$/.test(file));
  const repoTests = tracked.filter((file) => /^tests\/repo\/.*\.test\.mjs$/.test(file));
  const bin = (/** @type {string} */ name) => join(repository, 'node_modules/.bin', name);

  /** @type {[name: string, work: () => Promise<string>][]} */
  const checks = [
    ['Format and lint of JavaScript, CSS and JSON', () => run(bin('biome'), ['check', ...(fix ? ['--write'] : [])])],
    ['Format of C++', () => run('clang-format', [...(fix ? ['-i'] : ['--dry-run', '-Werror']), ...cppFiles])],
    ['Types', () => run(bin('tsc'), ['--project', 'tsconfig.json'])],
    ['Rules of the repository', () => run(process.execPath, ['--test', ...repoTests])],
  ];
  const all = parameters.includes('--all');
  const title = `Lint of C++${all ? '' : ', what differs from main'}`;
  if (hasTidy()) {
    checks.push([title, () => tidy(tracked, all)]);
  } else {
    console.log('left out  Lint of C++: clang-tidy is not installed');
  }
  let failed = 0;
  for (const [name, work] of checks) {
    const error = await work().catch((/** @type {Error} */ reason) => reason);
    console.log(`${error instanceof Error ? 'FAILED' : 'passed'}  ${name}`);
    if (error instanceof Error) {
      failed += 1;
      console.log(error.message.split('\n').slice(1).join('\n'));
    }
  }
  return failed > 0 ? 1 : 0;
});
