// What a visitor downloads, held to budgets.json. A change that moves a number edits it there, where it is seen.

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { read, repository } from './tree.mjs';

const dist = join(repository, 'dist');
const budgets = JSON.parse(read('tests/repo/budgets.json'));
const skip = existsSync(join(dist, 'index.html')) ? false : 'dist/ is not built: npm run build';

/**
 * @param {string} folder
 * @param {RegExp} pattern
 */
function filesIn(folder, pattern) {
  return existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .map((name) => join(folder, name))
        .filter((file) => statSync(file).isFile() && pattern.test(file))
    : [];
}

/** @param {string[]} files */
function gzippedBytes(files) {
  return files.reduce((sum, file) => sum + gzipSync(readFileSync(file), { level: 9 }).length, 0);
}

/**
 * @param {string} name
 * @param {number} bytes
 * @param {number} budget
 */
function assertWithin(name, bytes, budget) {
  assert.ok(bytes <= budget, `${name} may have ${budget} bytes, has ${bytes}`);
}

test('each wasm file stays within its budget', { skip }, () => {
  for (const [name, budget] of Object.entries(budgets.wasmBytes)) {
    const file = join(dist, 'lib/wasm', name);
    if (existsSync(file)) {
      assertWithin(name, statSync(file).size, budget);
    }
  }
});

test("Emscripten's scripts stay within their budget", { skip }, () => {
  for (const file of filesIn(join(dist, 'lib/wasm'), /\.js$/)) {
    assertWithin(file, gzippedBytes([file]), budgets.moduleScriptBytesGzipped);
  }
});

test("the page's scripts stay within their budget", { skip }, () => {
  const scripts = filesIn(join(dist, 'assets'), /\.js$/);
  assertWithin('the scripts of the page, gzipped,', gzippedBytes(scripts), budgets.pageScriptBytesGzipped);
});

test('the library stays within its budget', { skip }, () => {
  const scripts = ['headstart.js', 'host-worker.js'].map((name) => join(dist, 'lib', name));
  assertWithin('the library, gzipped,', gzippedBytes(scripts), budgets.libraryScriptBytesGzipped);
});

test('the page without wasm and backbones stays within its budget', { skip }, () => {
  const page = filesIn(dist, /\.(html|css|js|svg|json|webmanifest)$/).filter(
    (file) => !file.startsWith(join(dist, 'lib')),
  );
  assertWithin('the page, gzipped,', gzippedBytes(page), budgets.pageBytesGzipped);
});
