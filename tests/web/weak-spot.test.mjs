// Which class keeps the answer back, and why.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { weakSpot } from '../../web/src/state/weak-spot.js';

/** @param {[string, number, number][]} classes name, pictures, recall; `measured` of them in the report */
const spotOf = (classes, measured = Infinity) =>
  weakSpot(
    /** @type {any} */ ({
      perClass: classes.map(([name, count, recall], classId) => ({
        classId,
        name,
        sampleCount: Math.min(count, measured),
        recall,
      })),
    }),
    classes.map(([, count], id) => ({ id, sampleIds: Array.from({ length: count }, (_, i) => i) })),
  );

test('a class with far fewer pictures comes first, then one with few, then the one that is missed most', () => {
  const uneven = spotOf([
    ['carrot', 8, 0.5],
    ['potato', 40, 1],
    ['leek', 30, 0.2],
  ]);
  assert.deepEqual([uneven?.why, uneven?.of.name, uneven?.most.name], ['uneven', 'carrot', 'potato']);
  const few = spotOf([
    ['carrot', 9, 1],
    ['potato', 20, 0.5],
  ]);
  assert.deepEqual([few?.why, few?.of.name], ['few', 'carrot']);
  const weak = spotOf([
    ['carrot', 20, 0.95],
    ['potato', 20, 0.7],
    ['leek', 25, 0.8],
  ]);
  assert.deepEqual([weak?.why, weak?.of.name], ['weak', 'potato']);
});

test('where every class is found nine times of ten, none stands out', () => {
  assert.equal(
    spotOf([
      ['carrot', 20, 0.9],
      ['potato', 20, 1],
    ]),
    null,
  );
});

test('pictures that were learnt from count, though the report measured others', () => {
  assert.equal(
    spotOf(
      [
        ['carrot', 14, 1],
        ['potato', 14, 1],
      ],
      3,
    ),
    null,
  );
});
