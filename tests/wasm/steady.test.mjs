// What must not grow: handles and memory over many frames, and views that survive growth.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { drawPicture, newTrainer, teach, viewsDone } from './support.mjs';

describe('over 1,000 frames', () => {
  it('the handle count and the memory stay flat', async () => {
    const trainer = await newTrainer();
    await teach(trainer, 3);
    await trainer.train();
    await viewsDone(trainer);
    const picture = drawPicture(0, 1);
    for (let i = 0; i < 20; i++) await trainer.predict(picture);
    const start = await trainer.stats();
    for (let i = 0; i < 1000; i++) {
      await trainer.predict(picture);
      if (i % 10 === 0) await trainer.embed(picture, { mirror: true });
    }
    const end = await trainer.stats();
    assert.equal(end.handleCount, start.handleCount);
    assert.equal(end.wasmBytes, start.wasmBytes);
    assert.equal(end.storeBytes, start.storeBytes);
    await trainer.dispose();
  });

  it('and over samples that come and go, and trainings', async () => {
    const trainer = await newTrainer();
    const [a] = await teach(trainer, 3);
    /** @param {number} number */
    const once = async (number) => {
      const id = await trainer.addSample(a, drawPicture(0, number));
      await trainer.removeSample(id);
    };
    for (let i = 0; i < 30; i++) await once(i);
    for (let i = 0; i < 3; i++) await trainer.train();
    await viewsDone(trainer);
    const start = await trainer.stats();
    for (let i = 0; i < 100; i++) await once(i);
    for (let i = 0; i < 5; i++) await trainer.train();
    await viewsDone(trainer);
    const end = await trainer.stats();
    assert.equal(end.handleCount, start.handleCount);
    assert.equal(end.wasmBytes, start.wasmBytes);
    assert.equal(end.pictureBytes, start.pictureBytes);
    await trainer.dispose();
  });
});

describe('growing memory', () => {
  it('never changes an answer: huge frames between small ones', async () => {
    const trainer = await newTrainer();
    const small = drawPicture(0, 1);
    const expected = await trainer.embed(small);
    const { wasmBytes } = await trainer.stats();
    const large = { data: new Uint8ClampedArray(6000 * 5000 * 4).fill(127), width: 6000, height: 5000 };
    const flat = await trainer.embed(large);
    assert.ok((await trainer.stats()).wasmBytes > wasmBytes, 'the memory grew');
    assert.deepEqual(await trainer.embed(small), expected);
    assert.deepEqual(await trainer.embed(large), flat);
    await trainer.dispose();
  });
});
