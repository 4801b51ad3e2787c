// An engine that dies in the middle of its work is replaced by a new one, and nothing is lost.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { drawPicture, HeadstartError, newTrainer, teach } from './support.mjs';

/** Whether C++ traps at the next thing that it asks of JavaScript. */
let traps = false;
const { instantiate } = WebAssembly;
/** @param {any} compiled @param {any} imports */
WebAssembly.instantiate = /** @type {any} */ (
  (/** @type {any} */ compiled, /** @type {any} */ imports) => {
    const wrapped = Object.fromEntries(
      Object.entries(imports).map(([space, members]) => [
        space,
        Object.fromEntries(
          Object.entries(members).map(([name, member]) => [
            name,
            typeof member === 'function' ? trapping(member) : member,
          ]),
        ),
      ]),
    );
    return instantiate(compiled, wrapped);
  }
);

/** @param {Function} action */
function trapping(action) {
  return (/** @type {any[]} */ ...args) => {
    if (traps) {
      throw new WebAssembly.RuntimeError('unreachable');
    }
    return action(...args);
  };
}

/** @param {import('../../web/src/engine/headstart.d.ts').Trainer} trainer */
async function crash(trainer) {
  traps = true;
  const error = await trainer.predict(drawPicture(0, 0)).catch((cause) => cause);
  traps = false;
  assert.ok(error instanceof HeadstartError);
  assert.equal(trainer.failed, true);
}

/** @param {import('../../web/src/engine/headstart.d.ts').Trainer} trainer */
async function answers(trainer) {
  const { ranked, trained } = await trainer.predict(drawPicture(1, 40));
  return { trained, ranked };
}

describe('an engine that traps', () => {
  it('is told of at once, and comes back with classes, pictures, ids and the head', async () => {
    /** @type {string[]} */
    const told = [];
    const trainer = await newTrainer({ onFailure: (/** @type {any} */ error) => told.push(error.code) });
    await teach(trainer, 4);
    await trainer.train();
    const [classes, before] = [trainer.classes, await answers(trainer)];
    await crash(trainer);
    assert.deepEqual(told, ['internal']);
    await trainer.recover();
    assert.equal(trainer.failed, false);
    assert.deepEqual(trainer.classes, classes);
    assert.deepEqual(await answers(trainer), before);
    assert.equal(trainer.headInfo?.stale, false);
    await trainer.dispose();
  });

  it('comes back without embedding a picture, so that 1,200 of them take seconds', async () => {
    const trainer = await newTrainer();
    const classIds = await teach(trainer, 2);
    const ids = trainer.sampleIds(classIds[0]);
    for (let copies = 0; copies < 200; copies++) {
      for (const classId of classIds) {
        await trainer.copySamples(ids, classId);
      }
    }
    assert.equal((await trainer.stats()).sampleCount, 1206);
    await crash(trainer);
    const start = performance.now();
    await trainer.recover();
    const elapsedMs = performance.now() - start;
    assert.equal((await trainer.stats()).sampleCount, 1206);
    assert.ok(elapsedMs < 3000, `${elapsedMs} ms`);
    await trainer.dispose();
  });

  it('keeps changes that were made before anybody called recover', async () => {
    const trainer = await newTrainer();
    const [a, b, c] = await teach(trainer, 3);
    await trainer.train();
    await crash(trainer);
    const [gone, moved] = trainer.sampleIds(a);
    await trainer.removeSample(gone);
    await trainer.moveSample(moved, b);
    const d = trainer.addClass('new');
    trainer.renameClass(c, 'renamed');
    await assert.rejects(trainer.addSample(d, drawPicture(3, 0)), { code: 'internal' });
    await trainer.recover();
    assert.equal(trainer.headInfo?.stale, true);
    const id = await trainer.addSample(d, drawPicture(3, 0));
    assert.deepEqual(
      trainer.classes.map(({ name, sampleCount }) => [name, sampleCount]),
      [
        ['stripes', 1],
        ['dots', 4],
        ['renamed', 3],
        ['new', 1],
      ],
    );
    await trainer.restoreSamples([gone]);
    assert.equal(trainer.sampleIds(a)[0], gone);
    await trainer.removeSample(id);
    assert.deepEqual(
      (await trainer.train()).perClass.map(({ sampleCount }) => sampleCount),
      [2, 4, 3],
    );
    await trainer.dispose();
  });
});

describe('while a new engine is started', () => {
  it('changes wait for it and arrive in their order, answers wait too, and there is one recovery', async () => {
    const trainer = await newTrainer();
    const [a, b] = await teach(trainer, 3);
    await crash(trainer);
    const recovered = [trainer.recover(), trainer.recover()];
    const d = trainer.addClass('during');
    const added = trainer.addSample(d, drawPicture(3, 1));
    const removed = trainer.removeSamples(trainer.sampleIds(a).slice(0, 2));
    const predicted = trainer.predict(drawPicture(1, 9));
    trainer.removeClass(b);
    const id = await added;
    await Promise.all([...recovered, removed]);
    assert.equal((await predicted).trained, false);
    assert.deepEqual(trainer.sampleIds(d), [id]);
    assert.equal((await trainer.sampleEmbedding(id)).length, trainer.backbone.embeddingDim);
    const report = await trainer.train();
    assert.deepEqual(
      report.perClass.map(({ name }) => name),
      ['stripes', 'gradient', 'during'],
    );
    assert.equal(report.sampleCount, 5);
    await trainer.dispose();
  });

  it('a picture that is on its way to a healthy one is in the new one', async () => {
    const trainer = await newTrainer();
    const [a] = await teach(trainer, 2);
    const [id] = await Promise.all([trainer.addSample(a, drawPicture(0, 9)), trainer.recover()]);
    assert.equal((await trainer.sampleEmbedding(id)).length, trainer.backbone.embeddingDim);
    await trainer.dispose();
  });

  it('what is left comes back when too little is left for the head, and the head with the class that returns', async () => {
    const trainer = await newTrainer();
    const [a, b, c] = await teach(trainer, 4);
    await trainer.train();
    const before = await answers(trainer);
    trainer.removeClass(b);
    trainer.removeClass(c);
    await trainer.emptyBin().then(() => {}); // only a is left for good
    const d = trainer.addClass('d');
    await trainer.addSample(d, drawPicture(1, 1));
    await crash(trainer);
    await trainer.recover();
    assert.deepEqual((await answers(trainer)).ranked.map(({ classId }) => classId).sort(), [a, d]);
    assert.equal((await answers(trainer)).trained, false);
    assert.equal(before.trained, true);
    await trainer.dispose();
  });

  it('stopping it leaves the engine dead and everything in the book', async () => {
    const trainer = await newTrainer();
    await teach(trainer, 2);
    await crash(trainer);
    const controller = new AbortController();
    const stopped = trainer.recover({ signal: controller.signal });
    controller.abort();
    await assert.rejects(stopped, { code: 'cancelled' });
    assert.equal(trainer.failed, true);
    await trainer.recover();
    assert.equal((await trainer.stats()).sampleCount, 6);
    await trainer.dispose();
  });
});

describe('a class that is removed after a training and comes back', () => {
  it('has its row in the head again, before and after a crash', async () => {
    const trainer = await newTrainer();
    const [, b, c] = await teach(trainer, 4);
    await trainer.train();
    const before = await answers(trainer);
    trainer.removeClass(b);
    assert.equal((await answers(trainer)).ranked.length, 2);
    await trainer.restoreClass(b);
    assert.deepEqual((await answers(trainer)).ranked, before.ranked);
    trainer.removeClass(b);
    trainer.removeClass(c);
    await crash(trainer);
    await trainer.recover();
    await trainer.restoreClass(c);
    await trainer.restoreClass(b);
    assert.deepEqual((await answers(trainer)).ranked, before.ranked);
    assert.equal((await answers(trainer)).trained, true);
    await trainer.dispose();
  });
});
