// When memory runs out: a code, nothing lost, and a way on.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { drawPicture, newTrainer, teach } from './support.mjs';

const { grow } = WebAssembly.Memory.prototype;

/** @param {() => Promise<void>} action during which no wasm memory can grow */
async function withoutGrowth(action) {
  WebAssembly.Memory.prototype.grow = () => {
    throw new RangeError('WebAssembly.Memory.grow(): Maximum memory size exceeded');
  };
  try {
    await action();
  } finally {
    WebAssembly.Memory.prototype.grow = grow;
  }
}

const large = { data: new Uint8ClampedArray(6000 * 5000 * 4), width: 6000, height: 5000 };

describe('out of memory', () => {
  it('for one picture is told, and everything goes on', async () => {
    const trainer = await newTrainer();
    const [a] = await teach(trainer, 3);
    await withoutGrowth(async () => {
      await assert.rejects(trainer.embed(large), { code: 'out-of-memory' });
      await assert.rejects(trainer.addSample(a, large), { code: 'out-of-memory' });
      assert.equal(trainer.failed, false);
      assert.equal(trainer.sampleIds(a).length, 3);
      await trainer.predict(drawPicture(0, 9));
    });
    await trainer.train();
    await trainer.dispose();
  });

  it('in the middle of C++ is told, leaves the pictures readable, and recover brings all back', async () => {
    const trainer = await newTrainer();
    const classIds = await teach(trainer, 4);
    trainer.setClassEnabled(classIds[2], false);
    trainer.renameClass(classIds[0], 'renamed');
    await trainer.train();
    const before = await trainer.predict(drawPicture(0, 9));
    const ids = trainer.sampleIds(classIds[1]);
    await withoutGrowth(async () => {
      // A hidden layer far too large for what memory is left.
      await assert.rejects(trainer.train({ head: 'mlp', hiddenCount: 4096 }), { code: 'out-of-memory' });
    });
    if (trainer.failed) {
      await assert.rejects(trainer.predict(drawPicture(0, 9)), { code: 'out-of-memory' });
    }
    assert.equal((await trainer.picture(ids[0])).type, 'image/png');
    const progress = [];
    await trainer.recover({ onProgress: (entry) => progress.push(entry) });
    assert.equal(trainer.failed, false);
    assert.deepEqual(progress.at(-1), { stage: 'embed', done: 12, total: 12 });
    assert.deepEqual(trainer.sampleIds(classIds[1]), ids);
    assert.deepEqual(
      trainer.classes.map(({ name, enabled }) => [name, enabled]),
      [
        ['renamed', true],
        ['dots', true],
        ['gradient', false],
      ],
    );
    const after = await trainer.predict(drawPicture(0, 9));
    assert.deepEqual(
      after.ranked.map(({ name }) => name),
      before.ranked.map(({ name }) => name),
    );
    assert.ok(Math.abs(after.ranked[0].probability - before.ranked[0].probability) < 1e-6);
    assert.ok(after.trained && !after.stale);
    await trainer.addSample(classIds[0], drawPicture(0, 55));
    await trainer.train();
    await trainer.dispose();
  });
});
