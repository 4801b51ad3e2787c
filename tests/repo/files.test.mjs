// What every file of the repository keeps to.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matching, read } from './tree.mjs';

const LONGEST_FILE = 400;
const text = matching(/(\.(cpp|c|h|js|mjs|css|html|cmake|py|json|md|yml|yaml|sh|txt)|CMakeLists\.txt|\.ci\/run)$/);
const code = matching(/(\.(cpp|c|h|js|mjs|css|html|cmake|py|sh)|CMakeLists\.txt|\.ci\/run)$/);
const self = 'tests/repo/files.test.mjs';

/** @param {string} file */
function lineCount(file) {
  return read(file).split('\n').length - 1;
}

test(`no source file is longer than ${LONGEST_FILE} lines`, () => {
  assert.deepEqual(
    code.filter((file) => lineCount(file) > LONGEST_FILE).map((file) => `${file}: ${lineCount(file)} lines`),
    [],
  );
});

test('no file names a path of one machine', () => {
  const path = /(^|["'\s(=:])\/(home\/\w|root\/|work\/|Users\/\w)/m;
  assert.deepEqual(
    text.filter((file) => file !== self && path.test(read(file))),
    [],
  );
});

test('no file names the host of a package registry', () => {
  const hosts =
    /(deb|security|snapshot)\.debian\.org|registry\.(npmjs|yarnpkg)|npmjs\.org\/|pypi\.org|files\.pythonhosted/;
  assert.deepEqual(
    text.filter((file) => file !== self && hosts.test(read(file))),
    [],
  );
});

test('the lock file names no host either', () => {
  for (const folder of ['', 'tests/consumers/']) {
    assert.doesNotMatch(read(`${folder}package-lock.json`), /"resolved"/);
  }
});

test('nothing is left for later in a comment', () => {
  const marks = new RegExp(`\\b(${['TO', 'DO'].join('')}|${['FIX', 'ME'].join('')}|X{3})\\b`);
  assert.deepEqual(
    code.filter((file) => marks.test(read(file))),
    [],
  );
});

test('an error is made by the maker of its kind, in status.h', () => {
  const made = code.filter(
    (file) => /\bError\{ErrorCode::/.test(read(file)) && /^(core\/src|core\/tools|wasm\/src)\//.test(file),
  );
  assert.deepEqual(made, []);
});

test('a JavaScript file says in lines of // what it is for: /** */ is of a declaration', () => {
  const opening = /^\/\*([^@]|@(?!typedef))*?\*\/\n(\n|import )/;
  assert.deepEqual(
    code.filter((file) => /\.m?js$/.test(file) && opening.test(read(file))),
    [],
  );
});

test('every file ends with a line end and none has trailing spaces', () => {
  assert.deepEqual(
    code.filter((file) => !read(file).endsWith('\n') || /[ \t]$/m.test(read(file))),
    [],
  );
});
