// Starts other programs, with the cache's tools first on the path.

import { spawn, spawnSync } from 'node:child_process';
import { delimiter } from 'node:path';
import { createInterface } from 'node:readline';
import { binDir, repository } from './cache.mjs';

/** A program that ended with an error, with the end of what it printed. */
export class ProcessError extends Error {}

/** @returns {NodeJS.ProcessEnv} */
export function toolEnvironment() {
  return { ...process.env, PATH: `${binDir}${delimiter}${process.env.PATH}` };
}

/** What still runs: an interrupted set-up must not leave compilers behind. */
const running = new Set();
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(signal, () => {
    for (const child of running) {
      child.kill('SIGTERM');
    }
    process.exit(130);
  });
}

/**
 * Runs a program to its end; fails with its last lines.
 *
 * @param {string} command
 * @param {string[]} parameters
 * @param {object} [options]
 * @param {string} [options.cwd]
 * @param {NodeJS.ProcessEnv} [options.env] Added to the environment.
 * @param {(line: string) => void} [options.onLine] Gets each line of output.
 * @param {(line: string) => boolean} [options.isNoise] Whether an error's message does without this line.
 * @param {boolean} [options.show] Print everything as it comes; in a terminal the program itself does so, and its lines are not kept.
 * @param {boolean} [options.statusPipe] Lines of file descriptor 3 go to onLine as well.
 * @returns {Promise<string>} What it printed.
 */
export function run(
  command,
  parameters,
  { cwd = repository, env = {}, onLine, isNoise, show = false, statusPipe = false } = {},
) {
  return new Promise((resolve, reject) => {
    const output = show && process.stdout.isTTY ? 'inherit' : 'pipe';
    const child = spawn(command, parameters, {
      cwd,
      env: { ...toolEnvironment(), ...env },
      stdio: ['ignore', output, output, ...(statusPipe ? [/** @type {const} */ ('pipe')] : [])],
    });
    running.add(child);
    /** @type {string[]} */
    const lines = [];
    for (const [index, stream] of child.stdio.entries()) {
      if (index === 0 || !stream) {
        continue;
      }
      createInterface({ input: /** @type {import('node:stream').Readable} */ (stream) }).on('line', (line) => {
        if (index < 3 && !isNoise?.(line)) {
          lines.push(line);
          if (show) {
            console.log(line);
          }
        }
        onLine?.(line);
      });
    }
    child.on('error', (error) => {
      running.delete(child);
      reject(new ProcessError(`${command} could not be started: ${error.message}`));
    });
    child.on('close', (code, signal) => {
      running.delete(child);
      if (code === 0) {
        resolve(lines.join('\n'));
        return;
      }
      const tail = lines.slice(-40).join('\n');
      reject(new ProcessError(`${command} ${parameters.join(' ')} ended with ${signal ?? code}\n${tail}`));
    });
  });
}

/**
 * The first line that a program prints about its version, or null where there is no such program.
 *
 * @param {string} command
 * @param {string[]} [parameters]
 */
export function versionOf(command, parameters = ['--version']) {
  const { status, stdout } = spawnSync(command, parameters, { env: toolEnvironment(), encoding: 'utf8' });
  return status === 0 ? (stdout.match(/\d+(\.\d+)+/)?.[0] ?? '0') : null;
}

/**
 * @param {string | null} version
 * @param {string} least
 */
export function isAtLeast(version, least) {
  if (version === null) {
    return false;
  }
  const [have, want] = [version, least].map((text) => text.split('.').map(Number));
  for (let i = 0; i < want.length; ++i) {
    if ((have[i] ?? 0) !== want[i]) {
      return (have[i] ?? 0) > want[i];
    }
  }
  return true;
}
