// How a project lies on disk: older formats are brought up, newer ones left alone, and damage costs what is damaged.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FORMAT, isKeptTraining, isNewer, isPlace, migrate, readProject } from '../../web/src/project/format.js';

const card = { key: 1, id: 1, name: 'cat', slot: 1, enabled: true, isUntouched: false };
const whole = {
  id: 'a',
  format: FORMAT,
  name: 'pets',
  createdAt: 1,
  changedAt: 2,
  openedAt: 3,
  deletedAt: null,
  writer: 'w',
  classes: [card, { ...card, key: 2, id: null, name: 'dog' }],
  settings: { seed: 7 },
  backbones: ['b'],
  actions: { 1: { say: 'hello' } },
};

test('a whole record is read as it is', () => {
  const { project, losses } = readProject('a', whole);
  assert.deepEqual(project, whole);
  assert.deepEqual(losses, []);
});

test('each older format is brought up step by step, and no step is left out', () => {
  const steps = {
    1: (/** @type {any} */ { title, ...rest }) => ({ ...rest, name: title }),
    2: (/** @type {any} */ record) => ({ ...record, classes: [] }),
  };
  assert.deepEqual(migrate({ format: 1, title: 'pets' }, steps, 3), { format: 3, name: 'pets', classes: [] });
  assert.deepEqual(migrate({ format: 2, name: 'pets' }, steps, 3), { format: 3, name: 'pets', classes: [] });
  assert.throws(() => migrate({ format: 1 }, { 2: steps[2] }, 3), /no way from format 1 to 2/);
});

test('a record of today needs no migration, and one of tomorrow is known as such', () => {
  assert.equal(migrate(whole), whole);
  assert.equal(isNewer(whole), false);
  assert.equal(isNewer({ ...whole, format: FORMAT + 1 }), true);
  assert.equal(isNewer(null), false);
});

for (const [field, value] of Object.entries({ name: 5, classes: 'x', settings: null, backbones: [1], writer: {} })) {
  test(`a damaged ${field} costs the ${field}, and is named`, () => {
    const { project, losses } = readProject('a', { ...whole, [field]: value });
    assert.deepEqual(losses, [field]);
    const { [field]: lost, ...rest } = /** @type {Record<string, any>} */ (project);
    assert.deepEqual(rest, Object.fromEntries(Object.entries(whole).filter(([name]) => name !== field)));
  });
}

for (const damage of [
  { key: 0 },
  { key: 'x' },
  { id: -1 },
  { name: '  ' },
  { name: null },
  { slot: 1.5 },
  { enabled: 1 },
]) {
  test(`a class with ${JSON.stringify(damage)} is left out, and the others stay`, () => {
    const { project, losses } = readProject('a', {
      ...whole,
      classes: [{ ...card, ...damage }, whole.classes[1], null],
    });
    assert.deepEqual(project.classes, [whole.classes[1]]);
    assert.deepEqual(losses, ['classes']);
  });
}

test('two classes under one key are one', () => {
  assert.deepEqual(readProject('a', { ...whole, classes: [card, { ...card, name: 'twin' }] }).project.classes, [card]);
});

test('whatever is there instead of a record, a project comes of it', () => {
  for (const value of [undefined, null, 7, 'x', [], { classes: [[]] }]) {
    const { project, losses } = readProject('a', value);
    assert.equal(project.id, 'a');
    assert.deepEqual(project.classes, []);
    assert.ok(losses.length > 0);
  }
});

test('places and heads are told from what is none', () => {
  assert.ok(isPlace({ sampleId: 1, classKey: 1, order: 0.5, bytes: 3 }));
  for (const value of [
    null,
    {},
    { sampleId: 0, classKey: 1, order: 1 },
    { sampleId: 1, classKey: 1, order: Number.NaN },
  ]) {
    assert.ok(!isPlace(value));
  }
  const head = { file: new Uint8Array(4), classIds: [1], strategy: null, stale: false, imported: false };
  assert.ok(isKeptTraining({ head, report: null, learnt: '' }));
  for (const value of [
    null,
    {},
    { head: { ...head, file: 'x' }, report: null, learnt: '' },
    { head, report: {}, learnt: '' },
  ]) {
    assert.ok(!isKeptTraining(value));
  }
});

test('what classes do is read with suspicion, and costs nothing else', async () => {
  const { fromKept, toKept } = await import('../../web/src/state/kept-actions.js');
  assert.deepEqual(readProject('a', { ...whole, actions: 'none' }), {
    project: { ...readProject('a', whole).project, actions: {} },
    losses: [],
  });
  assert.equal(fromKept(undefined), undefined);
  assert.deepEqual(fromKept({ say: 5, sound: 'pop', ownSound: { bytes: 'no' }, show: 'x'.repeat(99), when: 'never' }), {
    say: '',
    sound: 'pop',
    ownSound: null,
    show: 'x'.repeat(60),
    picture: null,
    when: 'start',
  });
  const sound = new Blob(['abc'], { type: 'audio/wav' });
  const actions = /** @type {const} */ ({
    say: 'hi',
    sound: 'own',
    ownSound: sound,
    show: '',
    picture: null,
    when: 'each',
  });
  const kept = await toKept(/** @type {any} */ ([{ key: 3, actions }, { key: 4 }]));
  assert.deepEqual(Object.keys(kept), ['3']);
  const back = fromKept(structuredClone(kept[3]));
  assert.equal(await back?.ownSound?.text(), 'abc');
  assert.equal(back?.ownSound?.type, 'audio/wav');
  assert.equal(back?.when, 'each');
});
