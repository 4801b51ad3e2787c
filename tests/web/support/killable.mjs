// A browser that can be killed as a power cut would: all of its processes at once, in the middle of anything. Its profile
// stays, and the next one starts with it.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { chromiumFlags } from './fixtures.mjs';

/**
 * Calls back with a reader of the files in /proc of each process of a group that is still there.
 *
 * @param {number} group
 * @param {(file: (name: string) => string) => void} work
 */
function ofEach(group, work) {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const file = (/** @type {string} */ name) => readFileSync(`/proc/${pid}/${name}`, 'utf8');
    try {
      const fields = file('stat')
        .replace(/^.*\) /, '')
        .split(' ');
      if (Number(fields[2]) === group) {
        work(file);
      }
    } catch {
      // It has ended meanwhile.
    }
  }
}

/**
 * What the processes of a group hold that they do not share with others (proportional set size).
 *
 * @param {number} group
 */
export function memoryOf(group) {
  const sums = { renderers: 0, all: 0 };
  ofEach(group, (file) => {
    const [, kilobytes] = file('smaps_rollup').match(/^Pss: +(\d+)/m) ?? [];
    const megabytes = Number(kilobytes ?? 0) / 1000;
    sums.all += megabytes;
    sums.renderers += file('cmdline').includes('--type=renderer') ? megabytes : 0;
  });
  return { renderers: Math.round(sums.renderers), all: Math.round(sums.all) };
}

/** What the processes of a group have written to the disk, in bytes. @param {number} group */
function writtenBy(group) {
  let bytes = 0;
  ofEach(group, (file) => {
    bytes += Number(file('io').match(/^write_bytes: (\d+)/m)?.[1] ?? 0);
  });
  return bytes;
}

/** For a browser of its own with a made-up camera. @param {string} folder of the profile @param {string} debugging how it is spoken to */
export function profileFlags(folder, debugging) {
  return chromiumFlags([
    '--headless=new',
    '--no-first-run',
    debugging,
    `--user-data-dir=${folder}`,
    '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream',
  ]);
}

/** @param {string} executable */
export function newProfile(executable) {
  const folder = mkdtempSync(join(tmpdir(), 'headstart-profile-'));

  async function start() {
    const flags = profileFlags(folder, '--remote-debugging-port=0');
    const child = spawn(executable, [...flags, 'about:blank'], { detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
    const ended = once(child, 'exit');
    /** Of a test that failed before it could. */
    const endWithUs = () => process.kill(-(/** @type {number} */ (child.pid)), 'SIGKILL');
    process.once('exit', endWithUs);
    const address = await new Promise((resolve, reject) => {
      let heard = '';
      child.stderr.on('data', (text) => {
        heard += text;
        const found = heard.match(/DevTools listening on (ws:\S+)/);
        if (found) {
          resolve(found[1]);
        }
      });
      child.on('exit', () => reject(new Error(`the browser ended: ${heard.slice(-500)}`)));
    });
    const browser = await chromium.connectOverCDP(address);
    const context = browser.contexts()[0];
    return {
      context,
      /** What its processes hold, in megabytes: those that draw pages, and all. */
      memory: () => memoryOf(/** @type {number} */ (child.pid)),
      /** What they have written to the disk since the start, in bytes. */
      written: () => writtenBy(/** @type {number} */ (child.pid)),
      page: context.pages()[0] ?? (await context.newPage()),
      async kill() {
        process.off('exit', endWithUs);
        endWithUs();
        await ended;
        await browser.close().catch(() => {});
      },
    };
  }

  return { folder, start, remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }) };
}
