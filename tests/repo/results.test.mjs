// What was measured is told one number a cell, by a writer that loses nothing.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withSections } from '../bench/results.mjs';
import { read } from './tree.mjs';

test('a run of the bench replaces its own sections and leaves the others', () => {
  const first = withSections('', [
    { name: 'sizes', body: 'one' },
    { name: 'speed', body: 'two' },
  ]);
  const second = withSections(first, [
    { name: 'sizes', body: 'three' },
    { name: 'frames', body: 'four' },
  ]);
  assert.match(second, /^# Measured\n/);
  assert.deepEqual(second.match(/^## .*\n\n.*$/gm), ['## sizes\n\nthree', '## speed\n\ntwo', '## frames\n\nfour']);
  assert.equal(withSections(second, []), second, 'writing it again changes nothing');
});

test('RESULTS.md is as the writer writes it', () => {
  const text = read('tests/bench/RESULTS.md');
  assert.equal(withSections(text, []), text);
});

test('no cell of RESULTS.md holds two numbers', () => {
  const rows = read('tests/bench/RESULTS.md')
    .split('\n')
    .filter((line) => line.startsWith('|'));
  assert.ok(rows.length > 10);
  const double = /^[-+]?[.\d]+%?\s*(\/|±|\+-|,|\s)\s*[-+]?[.\d]+/;
  assert.deepEqual(
    rows.filter((row) =>
      row
        .split('|')
        .map((cell) => cell.trim())
        .some((cell) => double.test(cell)),
    ),
    [],
  );
});
