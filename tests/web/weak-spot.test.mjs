// Which class keeps the answer back, and why.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { weakSpot } from '../../web/src/state/weak-spot.js';

/** @param {[string, number, number][]} classes name, pictures, recall */
const report = (classes) =>
  /** @type {any} */ ({ perClass: classes.map(([name, sampleCount, recall]) => ({ name, sampleCount, recall })) });

test('a class with far fewer pictures comes first, then one with few, then the one that is missed most', () => {
  const uneven = weakSpot(
    report([
      ['carrot', 8, 0.5],
      ['potato', 40, 1],
      ['leek', 30, 0.2],
    ]),
  );
  assert.deepEqual([uneven?.why, uneven?.of.name, uneven?.most.name], ['uneven', 'carrot', 'potato']);
  const few = weakSpot(
    report([
      ['carrot', 9, 1],
      ['potato', 20, 0.5],
    ]),
  );
  assert.deepEqual([few?.why, few?.of.name], ['few', 'carrot']);
  const weak = weakSpot(
    report([
      ['carrot', 20, 0.95],
      ['potato', 20, 0.7],
      ['leek', 25, 0.8],
    ]),
  );
  assert.deepEqual([weak?.why, weak?.of.name], ['weak', 'potato']);
});

test('where every class is found nine times of ten, none stands out', () => {
  assert.equal(
    weakSpot(
      report([
        ['carrot', 20, 0.9],
        ['potato', 20, 1],
      ]),
    ),
    null,
  );
});
