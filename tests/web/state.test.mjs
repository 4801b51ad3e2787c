// Parts of the page's state that need no page.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createNotices } from '../../web/src/state/notices.js';
import { createRowSaver } from '../../web/src/state/row-saver.js';
import { DEFAULT_SETTINGS, isAllowed } from '../../web/src/state/settings.js';
import { createSteadier } from '../../web/src/state/steadier.js';
import { createUndo } from '../../web/src/state/undo.js';

test('an answer changes only when a newcomer has led for as long as it must', () => {
  const steadier = createSteadier();
  assert.equal(steadier.update(1, 200, 0), null);
  assert.equal(steadier.update(1, 200, 199), null);
  assert.equal(steadier.update(1, 200, 200), 1);
  assert.equal(steadier.update(2, 200, 210), 1);
  assert.equal(steadier.update(2, 200, 409), 1);
  assert.equal(steadier.update(2, 200, 410), 2);
});

test('a flicker starts the wait anew', () => {
  const steadier = createSteadier();
  steadier.update(1, 0, 0);
  steadier.update(2, 200, 100);
  steadier.update(1, 200, 150);
  assert.equal(steadier.update(2, 200, 310), 1);
  assert.equal(steadier.update(2, 200, 510), 2);
});

/** @param {(number | null)[]} leaders One after the other, again and again, 30 frames a second for three seconds. */
const answersTo = (leaders) => {
  const steadier = createSteadier();
  return Array.from({ length: 90 }, (_, frame) => steadier.update(leaders[frame % leaders.length], 300, frame * 33));
};

test('who leads most of the time is the answer, whatever single frames say', () => {
  for (const leaders of [
    [1, 1, null],
    [1, null, 1, 1],
    [2, 1, 1, 1, 2, 1],
  ]) {
    const answers = answersTo(leaders);
    assert.equal(answers.at(-1), 1);
    const changes = answers.filter((answer, at) => at > 0 && answer !== answers[at - 1]);
    assert.deepEqual(changes, [1]);
  }
});

test('where nobody leads most of the time, the answer stays what it was', () => {
  assert.deepEqual(new Set(answersTo([1, 2])), new Set([null]));
  assert.deepEqual(new Set(answersTo([1, 2, null])), new Set([null]));
});

test('without a wait the leader is the answer at once, and nobody can lead', () => {
  const steadier = createSteadier();
  assert.equal(steadier.update(3, 0, 0), 3);
  assert.equal(steadier.update(null, 0, 1), null);
});

test('what was done is undone and done again in order', async () => {
  /** @type {string[]} */
  const log = [];
  const step = (/** @type {string} */ name) => ({
    redo: async () => log.push(`+${name}`),
    undo: async () => log.push(`-${name}`),
  });
  const undo = createUndo(() => {});
  await undo.perform(step('a'));
  await undo.perform(step('b'));
  await Promise.all([undo.undo(), undo.undo(), undo.undo()]);
  await undo.redo();
  assert.deepEqual(log, ['+a', '+b', '-b', '-a', '+a']);
  assert.deepEqual([undo.undoCount, undo.redoCount], [1, 1]);
  await undo.perform(step('c'));
  assert.equal(undo.redoCount, 0);
});

test('an undo that fails is told, and can be tried again', async () => {
  /** @type {string[]} */
  const log = [];
  let fails = true;
  const undo = createUndo(() => {}, {
    onStepped: (way) => log.push(way),
    onFailed: (error) => log.push(String(error)),
  });
  await undo.perform({
    redo: () => log.push('+a'),
    undo: async () => {
      if (fails) {
        throw new Error('no room');
      }
      log.push('-a');
    },
  });
  await undo.undo();
  assert.equal(undo.undoCount, 1);
  fails = false;
  await undo.undo();
  assert.deepEqual(log, ['+a', 'Error: no room', '-a', 'undo']);
});

test("a toast's undo, pressed after something else was done, does nothing", async () => {
  /** @type {string[]} */
  const log = [];
  const first = { redo: () => log.push('+a'), undo: () => log.push('-a') };
  const undo = createUndo(() => {});
  await undo.perform(first);
  await undo.perform({ redo: () => log.push('+b'), undo: () => log.push('-b') });
  await undo.undoIfLast(first);
  assert.deepEqual(log, ['+a', '+b']);
});

test('stored settings count only where they are of the kind and in the range that they must be', () => {
  for (const [name, value] of Object.entries(DEFAULT_SETTINGS)) {
    assert.ok(isAllowed(/** @type {any} */ (name), value), name);
  }
  for (const [name, value] of /** @type {[any, unknown][]} */ ([
    ['seed', -1],
    ['seed', '1'],
    ['folds', 1],
    ['folds', Number.NaN],
    ['threshold', 2],
    ['theme', 'pink'],
    ['head', 'magic'],
    ['l2', 0],
    ['l2', Number.POSITIVE_INFINITY],
    ['mirror', undefined],
  ])) {
    assert.equal(isAllowed(name, value), false, `${name} = ${value}`);
  }
});

test('no sentence is lost to the next one, and of the answers only the newest waits', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  /** @type {string[]} */
  const said = [];
  const state = /** @type {any} */ ({ notices: [], announcement: '' });
  const changed = (/** @type {string} */ event) => {
    if (event === 'announced') {
      said.push(state.announcement);
    }
  };
  const notices = createNotices(/** @type {any} */ ({ state, changed, texts: {} }));
  notices.announce('recorded');
  notices.announce('fist', { isAnswer: true });
  notices.announce('learnt');
  notices.announce('hand', { isAnswer: true });
  assert.deepEqual(said, ['recorded']);
  context.mock.timers.tick(500);
  assert.deepEqual(said, ['recorded', 'learnt']);
  context.mock.timers.tick(500);
  assert.deepEqual(said, ['recorded', 'learnt', 'hand']);
  context.mock.timers.tick(5000);
  notices.announce('hand', { isAnswer: true });
  assert.deepEqual(said, ['recorded', 'learnt', 'hand', 'hand']);
});

/** @param {number} calls Timers that ran out: those of the row saver are far apart. */
async function pass(calls) {
  for (let call = 0; call < calls; call += 1) {
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

test('what the backbone saw is written once, however often pictures come in meanwhile', async (t) => {
  /** @type {number[]} */
  const written = [];
  let atOnce = 0;
  let mostAtOnce = 0;
  const vault = {
    /** @param {{ sampleIds: number[] }} rows */
    async keepRows({ sampleIds }) {
      atOnce += 1;
      mostAtOnce = Math.max(mostAtOnce, atOnce);
      await pass(3);
      written.push(...sampleIds);
      atOnce -= 1;
    },
  };
  const trainer = {
    failed: false,
    backbone: { sha256: 'one', inputSize: 96 },
    keeping: { rows: async (/** @type {number[]} */ sampleIds) => ({ sampleIds, rows: new Float32Array(2) }) },
  };
  const state = { recording: null, intake: null, training: { phase: 'idle' }, backbones: { change: null } };
  const saver = createRowSaver(
    /** @type {any} */ ({ state, engine: { trainer } }),
    () => /** @type {import('../../web/src/project/vault.js').Vault} */ (/** @type {unknown} */ (vault)),
  );
  const { setTimeout: later } = globalThis;
  t.after(() => {
    globalThis.setTimeout = later;
  });
  // The wait before anything is written is over at once; all else takes its time.
  globalThis.setTimeout = /** @type {any} */ (
    (/** @type {() => void} */ work, /** @type {number} */ ms) => later(work, ms > 500 ? 0 : ms)
  );
  for (let sampleId = 0; sampleId < 1000; sampleId += 1) {
    saver.wanted.add(sampleId);
    saver.soon();
    await pass(1);
  }
  while (saver.wanted.size > 0) {
    await pass(1);
  }
  assert.deepEqual(
    written,
    Array.from({ length: 1000 }, (_, sampleId) => sampleId),
  );
  assert.equal(mostAtOnce, 1);
});

test('rows that are read while another backbone is taken up are read anew', async (t) => {
  /** @type {string[]} */
  const written = [];
  const trainer = {
    failed: false,
    backbone: { sha256: 'one', inputSize: 96 },
    keeping: {
      async rows(/** @type {number[]} */ sampleIds) {
        trainer.backbone = { sha256: 'two', inputSize: 224 };
        return { sampleIds, rows: new Float32Array(2) };
      },
    },
  };
  const vault = {
    async keepRows(/** @type {{ backbone: string, sampleIds: number[] }} */ { backbone, sampleIds }) {
      written.push(`${backbone} ${sampleIds}`);
    },
  };
  const state = { recording: null, intake: null, training: { phase: 'idle' }, backbones: { change: null } };
  const saver = createRowSaver(
    /** @type {any} */ ({ state, engine: { trainer } }),
    () => /** @type {import('../../web/src/project/vault.js').Vault} */ (/** @type {unknown} */ (vault)),
  );
  saver.wanted.add(1).add(2);
  saver.soon();
  t.after(() => saver.stop());
  while (saver.wanted.size > 0) {
    await pass(1);
  }
  assert.deepEqual(written, ['1-two-224 1,2']);
});
