// Starts other programs, with the cache's tools first on the path.

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { binDir, cacheDir, repository } from './cache.mjs';

/** A program that ended with an error, with the end of what it printed. */
export class ProcessError extends Error {}

/** @returns {NodeJS.ProcessEnv} */
function toolEnvironment() {
  return { ...process.env, PATH: `${binDir}${delimiter}${process.env.PATH}` };
}

/**
 * What still runs. Each program leads a process group of its own, so that it can be ended with all that it has started:
 * npm starts others, and Ctrl+C and at once again must not meet them still writing.
 *
 * @type {Set<import('node:child_process').ChildProcess>}
 */
const running = new Set();
const PATIENCE_MS = 5000;

/** @param {import('node:child_process').ChildProcess} child @param {NodeJS.Signals} signal */
function endGroup({ pid }, signal) {
  try {
    if (pid) {
      process.kill(-pid, signal);
    }
  } catch {
    // It has just ended.
  }
}

let interrupted = false;
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(signal, () => {
    const impatient = interrupted;
    interrupted = true;
    for (const child of running) {
      endGroup(child, impatient ? 'SIGKILL' : 'SIGTERM');
    }
    if (impatient || running.size === 0) {
      process.exit(130);
    }
    // The lock is held until they are gone.
    setTimeout(() => {
      for (const child of running) {
        endGroup(child, 'SIGKILL');
      }
      process.exit(130);
    }, PATIENCE_MS).unref();
  });
}

/**
 * When a process was started, in the system's own count; '' where the system does not say. A number of a process is used
 * again some day, together with its start it is not.
 *
 * @param {number} pid
 */
export function startOf(pid) {
  try {
    // What follows the program's name, which may hold spaces itself: the start is the 22nd field.
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

/**
 * @param {number} pid
 * @param {string} [startedAt] As startOf says.
 */
export function isAlive(pid, startedAt = '') {
  if (!(pid > 0)) {
    return false;
  }
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EPERM') {
      return false;
    }
  }
  return startedAt === '' || startOf(pid) === startedAt;
}

/** Where a process writes down what it has started, for whoever comes after it was killed. @param {number} pid */
function orphansFile(pid) {
  return join(cacheDir, 'running', String(pid));
}

function noteRunning() {
  const lines = [...running].map(({ pid }) => `${pid} ${startOf(pid ?? 0)}`);
  try {
    if (lines.length > 0) {
      mkdirSync(join(cacheDir, 'running'), { recursive: true });
      writeFileSync(orphansFile(process.pid), lines.join('\n'));
    } else {
      rmSync(orphansFile(process.pid), { force: true });
    }
  } catch {
    // A help for after a kill, nothing that a set-up depends on.
  }
}

/** Ends what a process that was killed has left running. @param {number} pid */
export function endOrphansOf(pid) {
  const file = orphansFile(pid);
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  for (const [child, startedAt] of lines.map((line) => line.split(' '))) {
    if (startedAt && isAlive(Number(child), startedAt)) {
      process.kill(-Number(child), 'SIGKILL');
    }
  }
  rmSync(file, { force: true });
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
      detached: true,
      stdio: ['ignore', output, output, ...(statusPipe ? [/** @type {const} */ ('pipe')] : [])],
    });
    running.add(child);
    noteRunning();
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
      noteRunning();
      reject(new ProcessError(`${command} could not be started: ${error.message}`));
    });
    child.on('close', (code, signal) => {
      running.delete(child);
      noteRunning();
      if (interrupted) {
        // No next step: it would begin with what this one has left half done.
        if (running.size === 0) {
          process.exit(130);
        }
        return;
      }
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
