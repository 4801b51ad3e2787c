// Processes that the tests of the set-up start and kill: `count`, `work` or `install`.

import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { withLock } from '../../../wasm/toolchain/lock.mjs';
import { provideNpmPackages } from '../../../wasm/toolchain/npm.mjs';
import { run } from '../../../wasm/toolchain/process.mjs';

const [role, folder, times, fate] = process.argv.slice(2);
const lock = join(folder, 'lock');

/** Counts under the lock; a process that is there at the same time makes the count wrong. */
async function count() {
  for (let i = 0; i < Number(times); ++i) {
    await withLock(lock, async () => {
      const before = Number(readFileSync(join(folder, 'count'), 'utf8'));
      await wait(1);
      writeFileSync(join(folder, 'count'), String(before + 1));
      if (Number(readFileSync(join(folder, 'count'), 'utf8')) !== before + 1) {
        process.exit(3);
      }
      if (fate === 'die' && i === Number(times) - 1) {
        process.kill(process.pid, 'SIGKILL');
      }
    });
  }
}

/** A program under the lock that needs a moment to end. */
async function work() {
  const script = [
    'import { writeFileSync } from "node:fs";',
    'process.on("SIGTERM", () => setTimeout(() => { writeFileSync("put away", ""); process.exit(1); }, 300));',
    'writeFileSync("child", process.pid + "\\n");',
    'setInterval(() => {}, 1000);',
  ].join('\n');
  await withLock(lock, () => run(process.execPath, ['--input-type=module', '-e', script], { cwd: folder }));
}

/** An install whose packages come in two moments, as npm's do. */
async function install() {
  await provideNpmPackages(folder, async () => {
    const one = join(folder, 'node_modules/one');
    // npm leaves alone what looks like a package.
    const isThere = (() => {
      try {
        return JSON.parse(readFileSync(join(one, 'package.json'), 'utf8')).version === '1.2.3';
      } catch {
        return false;
      }
    })();
    if (!isThere) {
      mkdirSync(one, { recursive: true });
      writeFileSync(join(one, 'package.json'), '{"version":"1.2.3"}');
      await wait(500);
      writeFileSync(join(one, 'index.js'), 'whole');
    }
    cpSync(join(folder, 'package-lock.json'), join(folder, 'node_modules/.package-lock.json'));
  });
}

await { count, work, install }[/** @type {'count' | 'work' | 'install'} */ (role)]();
