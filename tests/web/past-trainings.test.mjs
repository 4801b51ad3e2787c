// Earlier trainings: how many are kept, and that the newest one always is.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addPast, readPast, surplusOf } from '../../web/src/project/past-trainings.js';

/** @param {number} at @param {number} bytes */
const training = (at, bytes = 1000) => ({
  at,
  classes: [],
  training: { head: { file: new Uint8Array(bytes), classIds: [], strategy: 'head' }, report: null, learnt: '' },
});

/** A store of IndexedDB as far as trainings ask for it. */
function makeStore() {
  /** @type {{ key: [string, number], value: any }[]} */
  let rows = [];
  // @ts-expect-error Node has none
  globalThis.IDBKeyRange = { bound: (from, to) => [from, to] };
  const within = (/** @type {any} */ [[id]]) => rows.filter(({ key }) => key[0] === id);
  return {
    /** @param {any} value @param {[string, number]} key */
    async put(value, key) {
      rows = [...rows.filter((row) => row.key.join() !== key.join()), { key, value }];
      rows.sort((a, b) => a.key[1] - b.key[1]);
    },
    getAll: async (/** @type {any} */ range) => within(range).map(({ value }) => value),
    getAllKeys: async (/** @type {any} */ range) => within(range).map(({ key }) => key),
    async delete(/** @type {any} */ wanted) {
      rows = rows.filter(({ key }) => key !== wanted);
    },
  };
}

test('of thirty trainings the newest twenty stay, of each project for itself', async () => {
  const store = makeStore();
  await addPast(store, 'other', training(5));
  for (let at = 1; at <= 30; at += 1) {
    await addPast(store, 'mine', training(at));
  }
  const ats = (await store.getAll([['mine', 0]])).map(({ at }) => at);
  assert.deepEqual(
    ats,
    Array.from({ length: 20 }, (_, index) => index + 11),
  );
  assert.equal((await store.getAll([['other', 0]])).length, 1);
});

test('large heads are fewer: twenty-four megabytes together, and never less than the newest', async () => {
  const store = makeStore();
  for (let at = 1; at <= 6; at += 1) {
    await addPast(store, 'mine', training(at, 10e6));
  }
  assert.deepEqual(
    (await store.getAll([['mine', 0]])).map(({ at }) => at),
    [5, 6],
  );
  await addPast(store, 'mine', training(7, 40e6));
  assert.deepEqual(
    (await store.getAll([['mine', 0]])).map(({ at }) => at),
    [7],
  );
  assert.equal(surplusOf([]), 0);
});

test('what is damaged is left out, and counted as nothing', async () => {
  const store = makeStore();
  await store.put({ at: 1, training: null }, ['mine', 1]);
  await addPast(store, 'mine', training(2));
  assert.equal((await readPast(store, 'mine')).filter(({ at }) => at === 1).length, 0);
  assert.equal((await store.getAll([['mine', 0]])).length, 2);
});
