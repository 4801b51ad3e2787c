// Classes and samples: at once, in order, and undone by the same ids.

import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { drawPicture, newTrainer, teach } from './support.mjs';

describe('classes and samples', () => {
  /** @type {import('../../web/src/engine/headstart.d.ts').Trainer} */
  let trainer;
  before(async () => {
    trainer = await newTrainer();
  });
  beforeEach(() => {
    for (const { id } of trainer.classes) {
      trainer.removeClass(id);
    }
  });
  after(() => trainer.dispose());

  it('are there at once', () => {
    const a = trainer.addClass('a');
    const b = trainer.addClass('b');
    assert.notEqual(a, b);
    trainer.renameClass(a, 'A');
    trainer.moveClass(a, 1);
    trainer.setClassEnabled(b, false);
    assert.deepEqual(trainer.classes, [
      { id: b, name: 'b', sampleCount: 0, enabled: false },
      { id: a, name: 'A', sampleCount: 0, enabled: true },
    ]);
  });

  it('removing the last sample of a class keeps the class', async () => {
    const a = trainer.addClass('a');
    const sampleId = await trainer.addSample(a, drawPicture(0, 0));
    await trainer.removeSample(sampleId);
    assert.deepEqual(trainer.classes, [{ id: a, name: 'a', sampleCount: 0, enabled: true }]);
  });

  it('removed samples come back with their ids, their places and their embeddings', async () => {
    const [a] = await teach(trainer, 4, ['a']);
    const ids = trainer.sampleIds(a);
    const embedding = await trainer.sampleEmbedding(ids[1]);
    await trainer.removeSamples([ids[1], ids[2]]);
    assert.deepEqual(trainer.sampleIds(a), [ids[0], ids[3]]);
    await trainer.restoreSamples([ids[2]]);
    await trainer.restoreSamples([ids[1]]);
    assert.deepEqual(trainer.sampleIds(a), ids);
    assert.deepEqual(await trainer.sampleEmbedding(ids[1]), embedding);
    await assert.rejects(trainer.restoreSamples([ids[1]]), { code: 'bad-argument' });
  });

  it('a removed class comes back where it was, with its samples', async () => {
    const [a, b, c] = await teach(trainer, 2, ['a', 'b', 'c']);
    const ids = trainer.sampleIds(b);
    trainer.setClassEnabled(b, false);
    trainer.removeClass(b);
    assert.deepEqual(
      trainer.classes.map(({ id }) => id),
      [a, c],
    );
    await trainer.restoreClass(b);
    assert.deepEqual(
      trainer.classes.map(({ id, enabled }) => [id, enabled]),
      [
        [a, true],
        [b, false],
        [c, true],
      ],
    );
    assert.deepEqual(trainer.sampleIds(b), ids);
    assert.equal((await trainer.picture(ids[0])).type, 'image/png');
    await trainer.sampleEmbedding(ids[0]);
  });

  it('an emptied bin gives nothing back', async () => {
    const [a] = await teach(trainer, 1, ['a']);
    const [sampleId] = trainer.sampleIds(a);
    await trainer.removeSample(sampleId);
    await trainer.emptyBin();
    await assert.rejects(trainer.restoreSamples([sampleId]), { code: 'bad-argument' });
  });

  it('only the last 20 removals can be undone, and the rest is forgotten everywhere', async () => {
    const [a] = await teach(trainer, 21, ['a']);
    const ids = trainer.sampleIds(a);
    for (const id of ids) {
      await trainer.removeSample(id);
    }
    await assert.rejects(trainer.restoreSamples([ids[0]]), { code: 'bad-argument' });
    await trainer.restoreSamples(ids.slice(1));
    assert.deepEqual(trainer.sampleIds(a), ids.slice(1));
  });

  it('samples move and are copied', async () => {
    const [a, b] = await teach(trainer, 2, ['a', 'b']);
    const [first, second] = trainer.sampleIds(a);
    await trainer.moveSample(first, b);
    assert.deepEqual(trainer.sampleIds(a), [second]);
    assert.equal(trainer.sampleIds(b).at(-1), first);
    const copies = await trainer.copySamples([second, first], a);
    assert.equal(new Set([first, second, ...copies]).size, 4);
    assert.deepEqual(trainer.sampleIds(a), [second, ...copies]);
    assert.deepEqual(await trainer.sampleEmbedding(copies[1]), await trainer.sampleEmbedding(first));
    assert.deepEqual(
      trainer.classes.map(({ sampleCount }) => sampleCount),
      [3, 3],
    );
  });

  it('pictures given without waiting are taken in order', async () => {
    const a = trainer.addClass('a');
    const ids = await Promise.all([0, 1, 2, 3].map((number) => trainer.addSample(a, drawPicture(0, number))));
    assert.deepEqual(trainer.sampleIds(a), ids);
  });

  it('a picture on its way into a class that is removed shares its fate', async () => {
    const a = trainer.addClass('a');
    const adding = trainer.addSample(a, drawPicture(0, 0));
    trainer.removeClass(a);
    const sampleId = await adding;
    await trainer.restoreClass(a);
    assert.deepEqual(trainer.sampleIds(a), [sampleId]);
    await trainer.sampleEmbedding(sampleId);
  });

  it('the pixels may be changed as soon as addSample has been called', async () => {
    const a = trainer.addClass('a');
    const picture = drawPicture(0, 0, 160, 120); // small enough to be kept as it is
    const adding = trainer.addSample(a, picture);
    picture.data.fill(0);
    const embedding = await trainer.sampleEmbedding(await adding);
    assert.deepEqual(embedding, await trainer.embed(drawPicture(0, 0, 160, 120)));
  });
});
