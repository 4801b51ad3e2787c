// Set-ups that are broken on purpose, in a cache of their own and without the network: what is half there is never taken
// for done.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const scratch = mkdtempSync(join(tmpdir(), 'headstart-set-up-'));
process.env.HEADSTART_CACHE = join(scratch, 'cache');
const { cacheDir, isStamped, sha256, stamp } = await import('../../wasm/toolchain/cache.mjs');
const { removeWrong, verified } = await import('../../wasm/toolchain/debian.mjs');
const { withLock } = await import('../../wasm/toolchain/lock.mjs');
const { hasNpmPackages, provideNpmPackages } = await import('../../wasm/toolchain/npm.mjs');
const { isAlive } = await import('../../wasm/toolchain/process.mjs');
const actor = fileURLToPath(new URL('support/actor.mjs', import.meta.url));
after(() => rmSync(scratch, { recursive: true, force: true }));

/** Starts an actor of support/actor.mjs. @param {string[]} parameters */
function start(parameters) {
  const child = spawn(process.execPath, [actor, ...parameters], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => child.on('close', resolve));
  return { child, ended };
}

/** @param {() => boolean} condition */
async function until(condition) {
  for (const startedAt = performance.now(); !condition(); await wait(10)) {
    assert.ok(performance.now() - startedAt < 20_000, `still waiting for ${condition}`);
  }
}

/** Other bytes of the same number, at the same date. @param {string} file */
function changeQuietly(file) {
  const bytes = readFileSync(file);
  bytes[0] ^= 1;
  writeFileSync(file, bytes);
  utimesSync(file, 1, 1);
}

/** @param {string} file @param {string} text */
function write(file, text) {
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, text);
  utimesSync(file, 1, 1);
}

/** A checkout whose lock file names one package, and an install that takes its time. */
function checkout(name = 'checkout') {
  const root = join(scratch, name);
  rmSync(root, { recursive: true, force: true });
  const packages = { '': {}, 'node_modules/one': { version: '1.2.3', integrity: 'sha512-x' } };
  write(join(root, 'package-lock.json'), JSON.stringify({ packages }));
  return root;
}

test('a lock lets one process in at a time, however many want it', async () => {
  const folder = join(scratch, 'counting');
  mkdirSync(folder);
  writeFileSync(join(folder, 'count'), '0');
  const statuses = await Promise.all(Array.from({ length: 6 }, () => start(['count', folder, '60']).ended));
  assert.deepEqual(statuses, [0, 0, 0, 0, 0, 0], 'an actor met another one inside');
  assert.equal(readFileSync(join(folder, 'count'), 'utf8'), '360');
  assert.ok(!existsSync(join(folder, 'lock')));
});

test('locks that killed processes leave are taken over by one process at a time', async () => {
  const folder = join(scratch, 'killing');
  mkdirSync(folder);
  writeFileSync(join(folder, 'count'), '0');
  const actors = Array.from({ length: 4 }, () => start(['count', folder, '40', 'die']));
  const statuses = await Promise.all(actors.map(({ ended }) => ended));
  // Each dies inside, by SIGKILL, once: what is left over serves the others all the same.
  assert.deepEqual(statuses, [null, null, null, null]);
  await withLock(join(folder, 'lock'), async () => {});
});

test('what a killed set-up had started is ended before the next one begins', async () => {
  const folder = join(scratch, 'orphans');
  mkdirSync(folder);
  const { child, ended } = start(['work', folder]);
  await until(() => existsSync(join(folder, 'child')) && readFileSync(join(folder, 'child'), 'utf8').endsWith('\n'));
  const worker = Number(readFileSync(join(folder, 'child'), 'utf8'));
  child.kill('SIGKILL');
  await ended;
  assert.ok(isAlive(worker), 'the program outlives the set-up that started it');
  await withLock(join(folder, 'lock'), async () => {
    await until(() => !isAlive(worker));
  });
});

test('Ctrl+C keeps the lock until the programs that it ends are gone', async () => {
  const folder = join(scratch, 'interrupt');
  mkdirSync(folder);
  const { child, ended } = start(['work', folder]);
  await until(() => existsSync(join(folder, 'child')) && readFileSync(join(folder, 'child'), 'utf8').endsWith('\n'));
  child.kill('SIGINT');
  await withLock(join(folder, 'lock'), async () => {
    // The program needs a while to put its things away; whoever comes next finds it done.
    assert.ok(existsSync(join(folder, 'put away')));
  });
  assert.equal(await ended, 130);
});

test('packages that an interrupted install left half there are installed anew', async () => {
  const root = checkout();
  assert.equal(hasNpmPackages(root), false);
  const { child, ended } = start(['install', root]);
  await until(() => existsSync(join(root, 'node_modules/one/package.json')));
  child.kill('SIGKILL');
  await ended;
  // As npm has it: the package's own description is there, and even npm's list, from an earlier time.
  cpSync(join(root, 'package-lock.json'), join(root, 'node_modules/.package-lock.json'));
  assert.equal(hasNpmPackages(root), false);
  assert.equal(await start(['install', root]).ended, 0);
  assert.equal(hasNpmPackages(root), true);
  assert.equal(readFileSync(join(root, 'node_modules/one/index.js'), 'utf8'), 'whole');
});

test('a package with a file missing, changed or of another version is installed anew', async () => {
  for (const [name, damage] of /** @type {[string, (root: string) => void][]} */ ([
    ['missing', (root) => rmSync(join(root, 'node_modules/one/index.js'))],
    ['changed', (root) => changeQuietly(join(root, 'node_modules/one/index.js'))],
    [
      'another version',
      (root) => {
        const file = join(root, 'package-lock.json');
        write(file, readFileSync(file, 'utf8').replace('1.2.3', '1.2.4'));
      },
    ],
  ])) {
    const root = checkout(name);
    const install = async () => {
      write(join(root, 'node_modules/one/index.js'), 'whole');
      cpSync(join(root, 'package-lock.json'), join(root, 'node_modules/.package-lock.json'));
    };
    await provideNpmPackages(root, install);
    assert.equal(hasNpmPackages(root), true);
    damage(root);
    assert.equal(hasNpmPackages(root), false, name);
    await provideNpmPackages(root, install);
    assert.equal(hasNpmPackages(root), true, name);
  }
});

test('an install that brings other versions than the lock file names is a failure', async () => {
  const root = checkout('wrong');
  const install = async () => write(join(root, 'node_modules/.package-lock.json'), '{"packages":{}}');
  await assert.rejects(provideNpmPackages(root, install), /other versions than package-lock.json names/);
  assert.equal(hasNpmPackages(root), false);
});

test('a cached package is hashed before it is used, and goes when its bytes are others', async () => {
  const folder = join(scratch, 'packages');
  write(join(folder, 'clang.deb'), 'the right bytes');
  const wanted = [{ uri: '', name: 'clang.deb', byteCount: 15, sha256: sha256('the right bytes') }];
  await removeWrong(folder, wanted);
  assert.deepEqual(await verified(folder, wanted), [join(folder, 'clang.deb')]);
  changeQuietly(join(folder, 'clang.deb'));
  await assert.rejects(verified(folder, wanted), /clang\.deb did not come with the checksum/);
  await removeWrong(folder, wanted);
  assert.ok(!existsSync(join(folder, 'clang.deb')));
  await assert.rejects(verified(folder, wanted), /clang\.deb/);
});

test('unpacked tools are known by their bytes, not by a stamp', () => {
  const tools = join(cacheDir, 'tools');
  write(join(tools, 'bin/clang'), 'a compiler');
  write(join(tools, 'bin/lld'), 'a linker');
  stamp('tools', 'state', [tools]);
  assert.ok(isStamped('tools', 'state', [tools]));
  assert.ok(!isStamped('tools', 'another state', [tools]));
  changeQuietly(join(tools, 'bin/lld'));
  assert.ok(!isStamped('tools', 'state', [tools]), 'changed bytes of the same size and date');
  changeQuietly(join(tools, 'bin/lld'));
  assert.ok(isStamped('tools', 'state', [tools]), 'the right bytes again');
  rmSync(join(tools, 'bin/clang'));
  assert.ok(!isStamped('tools', 'state', [tools]), 'a missing file');
  write(join(tools, 'bin/clang'), 'a compiler');
  write(join(tools, 'bin/other'), 'something else');
  assert.ok(!isStamped('tools', 'state', [tools]), 'a file that nobody put there');
});

test('a cache that was copied or moved is as good as before', () => {
  const tools = join(cacheDir, 'tools-2');
  write(join(tools, 'bin/clang'), 'a compiler');
  stamp('tools-2', 'state', [tools]);
  cpSync(cacheDir, join(scratch, 'copy'), { recursive: true });
  rmSync(cacheDir, { recursive: true });
  cpSync(join(scratch, 'copy'), cacheDir, { recursive: true });
  assert.ok(isStamped('tools-2', 'state', [tools]));
});
