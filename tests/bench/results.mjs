// tests/bench/RESULTS.md: one section a part, each with the day and the machine that it was measured on. A run writes the
// parts that it measured and leaves the others as they are.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { repository } from './places.mjs';

const resultsFile = join(repository, 'tests/bench/RESULTS.md');

const HEAD = `# Measured

Written by \`npm run bench\`, one section a part and one number a cell; a run leaves the parts that it did not measure as they are.
Times are of one machine on one day: compare within a table, not between sections.
`;

/**
 * The text with `sections` in it: those that are there by name are replaced, new ones come behind.
 *
 * @param {string} text What RESULTS.md holds.
 * @param {{ name: string, body: string }[]} sections
 */
export function withSections(text, sections) {
  const [, ...old] = text.split(/^## /m);
  const kept = new Map(
    old.map((part) => {
      const end = part.indexOf('\n');
      return [part.slice(0, end).trim(), part.slice(end + 1).trim()];
    }),
  );
  for (const { name, body } of sections) {
    kept.set(name, body.trim());
  }
  return [HEAD, ...[...kept].map(([name, body]) => `## ${name}\n\n${body}\n`)].join('\n');
}

/** On what this run measures. */
function circumstances() {
  const [cpu] = cpus();
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: repository, encoding: 'utf8' }).trim();
  const day = new Date().toISOString().slice(0, 10);
  return `${day}, ${cpu?.model.trim()}, ${availableParallelism()} cores, Node ${process.versions.node}, at ${commit}.`;
}

/**
 * @param {string} part
 * @param {string[]} tables In Markdown.
 */
export function writeResults(part, tables) {
  const text = existsSync(resultsFile) ? readFileSync(resultsFile, 'utf8') : '';
  const body = [circumstances(), ...tables].join('\n\n');
  writeFileSync(resultsFile, withSections(text, [{ name: part, body }]));
}
