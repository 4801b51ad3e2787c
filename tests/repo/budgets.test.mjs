// What a visitor downloads, held to budgets.json. A change that moves a number edits it there, where it is seen.

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { read, repository } from './tree.mjs';

const dist = join(repository, 'dist');
const budgets = JSON.parse(read('tests/repo/budgets.json'));
// `npm test` builds everything first; `npm run check` looks at what is there, and says what it could not look at.
const isWhole = process.env.HEADSTART_ALL_BUILT === '1';
const skip = isWhole || existsSync(join(dist, 'index.html')) ? false : 'dist/ is not built: npm run build';

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

/** Nothing is within every budget. @param {string[]} files */
function some(files) {
  assert.ok(files.length > 0, 'there are no such files in dist/');
  return files;
}

/** @param {string[]} files */
function gzippedBytes(files) {
  return some(files).reduce((sum, file) => sum + gzipSync(readFileSync(file), { level: 9 }).length, 0);
}

/**
 * @param {string} name
 * @param {number} bytes
 * @param {number} budget
 */
function assertWithin(name, bytes, budget) {
  assert.ok(bytes <= budget, `${name} may have ${budget} bytes, has ${bytes}`);
}

for (const [name, budget] of Object.entries(budgets.wasmBytes)) {
  const file = join(dist, 'lib/wasm', name);
  const isLeftOut = skip || (isWhole || existsSync(file) ? false : `${name} is not built: npm run build`);
  test(`${name} stays within its budget`, { skip: isLeftOut }, () => {
    assertWithin(name, statSync(file).size, budget);
  });
}

test('the writers of files stay within their budget, with what they cost in the module itself', {
  // Against a module that is older, or newer, it would say something else.
  skip: isWhole ? false : 'npm test links the module without them',
}, () => {
  const build = join(repository, 'build/wasm-simd');
  const [all, without] = ['simd.wasm', 'without-writers/headstart_without_writers.wasm'].map(
    (name) => statSync(join(build, name)).size,
  );
  const writers = statSync(join(build, 'simd.writers.wasm')).size;
  assert.ok(all > without, `${all} bytes with the writers, ${without} without`);
  assertWithin('what the writers add', writers + all - without, budgets.writersBytesInAll);
});

test("Emscripten's scripts stay within their budget", { skip }, () => {
  for (const file of some(filesIn(join(dist, 'lib/wasm'), /\.js$/))) {
    assertWithin(file, gzippedBytes([file]), budgets.moduleScriptBytesGzipped);
  }
});

/**
 * What the page loads before anyone does anything: the scripts of index.html, what they import at once, and the styles.
 */
function filesUpFront() {
  const html = readFileSync(join(dist, 'index.html'), 'utf8');
  const found = new Set(
    [...html.matchAll(/(?:src|href)="(?:\.?\/)?([^"]+\.(?:js|css))"/g)].map((match) => join(dist, match[1])),
  );
  for (const file of found) {
    if (file.endsWith('.js')) {
      // A set hands out what is added while it is walked.
      for (const [, name] of readFileSync(file, 'utf8').matchAll(/\b(?:from|import)\s*["'`](\.\/[^"'`]+\.js)["'`]/g)) {
        found.add(join(dirname(file), name));
      }
    }
  }
  return [...found].filter((file) => existsSync(file));
}

test('what the page loads up front stays within its budget', { skip }, () => {
  assertWithin('the page up front, gzipped,', gzippedBytes(filesUpFront()), budgets.pageUpFrontBytesGzipped);
});

test("all of the page's scripts, languages and dialogs included, stay within their budget", { skip }, () => {
  const scripts = filesIn(join(dist, 'assets'), /\.js$/);
  assertWithin('the scripts of the page, gzipped,', gzippedBytes(scripts), budgets.pageScriptBytesGzipped);
});

test('the library stays within its budget', { skip }, () => {
  const scripts = ['headstart.js', 'engine-worker.js'].map((name) => join(dist, 'lib', name));
  assertWithin('the library, gzipped,', gzippedBytes(scripts), budgets.libraryScriptBytesGzipped);
});

test('the library for a page carries neither the code of its worker nor anything that only Node has', { skip }, () => {
  const script = readFileSync(join(dist, 'lib/headstart.js'), 'utf8');
  assertWithin(
    'headstart.js, gzipped,',
    gzippedBytes([join(dist, 'lib/headstart.js')]),
    budgets.libraryPageBytesGzipped,
  );
  assert.doesNotMatch(script, /from\s*["']node:|import\(["']node:|OffscreenCanvas\(|instantiateWasm/);
});

test('the page without wasm and backbones stays within its budget', { skip }, () => {
  const page = filesIn(dist, /\.(html|css|js|svg|json|webmanifest)$/).filter(
    (file) => !file.startsWith(join(dist, 'lib')),
  );
  assertWithin('the page, gzipped,', gzippedBytes(page), budgets.pageBytesGzipped);
});
