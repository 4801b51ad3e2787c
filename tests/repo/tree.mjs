// The repository's files, as the tests of its rules see them.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';

export const repository = fileURLToPath(new URL('../..', import.meta.url));

/** Every file that is or could be committed, relative to the repository. */
export const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: repository,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file && existsSync(repository + file))
  .sort();

/** @param {string} file */
export function read(file) {
  return readFileSync(repository + file, 'utf8');
}

/** @param {RegExp} pattern */
export function matching(pattern) {
  return files.filter((file) => pattern.test(file));
}

/**
 * What a C++ file includes: `<name>` and `"name"` as they are written.
 *
 * @param {string} file
 */
export function includesOf(file) {
  return [...read(file).matchAll(/^\s*#\s*include\s*([<"][^>"]+[>"])/gm)].map((match) => match[1]);
}

/**
 * What a JavaScript file imports: paths in the repository for its own modules, names for packages.
 *
 * @param {string} file
 */
export function importsOf(file) {
  // Comments hold `import('./x.js')` types, which are no imports.
  const code = read(file)
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/^\s*\/\/.*$/gm, '');
  const pattern = /\b(?:from\s*|import\s*\(\s*|import\s+|new\s+URL\s*\(\s*)(['"])([^'"]+)\1/g;
  return [...code.matchAll(pattern)].map(([, , name]) =>
    name.startsWith('.') ? posix.normalize(posix.join(posix.dirname(file), name)) : name,
  );
}
