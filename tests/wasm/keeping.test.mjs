// What a program stores of its trainer, and takes up again in another one.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { changedBackbone, drawPicture, newTrainer, teach } from './support.mjs';

/** @typedef {import('../../web/src/engine/headstart.d.ts').Trainer} Trainer */

/** All that is stored of a trainer. @param {Trainer} trainer */
async function store(trainer) {
  const { classes } = trainer;
  const samples = await Promise.all(
    classes.flatMap(({ id }) =>
      trainer
        .sampleIds(id)
        .map(async (sampleId) => ({ sampleId, classId: id, picture: await trainer.picture(sampleId) })),
    ),
  );
  const { rows } = await trainer.keeping.rows(samples.map(({ sampleId }) => sampleId));
  return structuredClone({ classes, samples, rows, head: trainer.keeping.head });
}

/** @param {Trainer} trainer */
const answer = async (trainer) => {
  const { timings, ...rest } = await trainer.predict(drawPicture(1, 90));
  return rest;
};

describe('keeping', () => {
  it('brings classes, samples and the head back under their identities, with the same answers', async () => {
    const trainer = await newTrainer();
    await teach(trainer, 6);
    await trainer.removeSample(trainer.sampleIds(trainer.classes[0].id)[2]);
    await trainer.train({ seed: 3 });
    const kept = await store(trainer);
    const other = await newTrainer();
    other.keeping.takeUpClasses(kept.classes);
    assert.deepEqual(await other.keeping.takeUpSamples(kept.samples, kept.rows), []);
    assert.ok(kept.head);
    await other.keeping.takeUpHead(kept.head);
    assert.deepEqual(other.classes, trainer.classes);
    for (const { id } of trainer.classes) {
      assert.deepEqual(other.sampleIds(id), trainer.sampleIds(id));
    }
    assert.deepEqual(other.headInfo, trainer.headInfo);
    assert.deepEqual(await answer(other), await answer(trainer));
    const [sampleId] = other.sampleIds(other.classes[1].id);
    assert.deepEqual(await other.sampleEmbedding(sampleId), await trainer.sampleEmbedding(sampleId));
    // What comes new never gets an identity that was in use.
    assert.ok(other.addClass('new') > Math.max(...kept.classes.map(({ id }) => id)));
    const added = await other.addSample(other.classes[0].id, drawPicture(0, 70));
    assert.ok(!kept.samples.some((sample) => sample.sampleId === added));
    await Promise.all([trainer.dispose(), other.dispose()]);
  });

  it('keeps a head stale that was', async () => {
    const trainer = await newTrainer();
    await teach(trainer, 4);
    await trainer.train({ seed: 3 });
    await trainer.removeSample(trainer.sampleIds(trainer.classes[0].id)[0]);
    const kept = await store(trainer);
    assert.ok(kept.head?.stale);
    const other = await newTrainer();
    other.keeping.takeUpClasses(kept.classes);
    await other.keeping.takeUpSamples(kept.samples, kept.rows);
    await other.keeping.takeUpHead(kept.head);
    assert.equal(other.headInfo?.stale, true);
    assert.equal((await answer(other)).stale, true);
    await Promise.all([trainer.dispose(), other.dispose()]);
  });

  it('leaves out a picture that cannot be read, and that one only', async () => {
    const trainer = await newTrainer();
    await teach(trainer, 2);
    const { classes, samples, rows } = await store(trainer);
    const other = await newTrainer();
    other.keeping.takeUpClasses(classes);
    const broken = { ...samples[0], picture: new Blob(['no picture']) };
    assert.deepEqual(await other.keeping.takeUpSamples([broken]), [broken.sampleId]);
    const length = rows.length / samples.length;
    await other.keeping.takeUpSamples(samples.slice(1), rows.subarray(length));
    assert.deepEqual(
      other.sampleIds(classes[0].id),
      trainer.sampleIds(classes[0].id).filter((sampleId) => sampleId !== broken.sampleId),
    );
    await Promise.all([trainer.dispose(), other.dispose()]);
  });

  it('refuses rows of another length, identities in use and a head of another backbone', async () => {
    const trainer = await newTrainer();
    await teach(trainer, 2);
    await trainer.train({ seed: 3 });
    const { classes, samples, rows, head } = await store(trainer);
    const other = await newTrainer({ backbone: changedBackbone({ name: 'another' }) });
    other.keeping.takeUpClasses(classes);
    await assert.rejects(other.keeping.takeUpSamples(samples, rows.subarray(1)), { code: 'bad-argument' });
    await assert.rejects(other.keeping.takeUpSamples(samples, rows.subarray(samples.length)), { code: 'bad-argument' });
    assert.throws(() => other.keeping.takeUpClasses(classes), { code: 'bad-argument' });
    assert.ok(head);
    await assert.rejects(other.keeping.takeUpHead(head), { code: 'bad-file' });
    // Which one it wants can be told.
    const { name, inputSize } = trainer.backbone;
    assert.deepEqual(await other.keeping.backboneOf(head.file), { name, inputSize });
    const cut = head.file.subarray(0, head.file.length / 2);
    await assert.rejects(other.keeping.backboneOf(cut), { code: 'bad-file' });
    assert.equal(other.headInfo, null);
    await Promise.all([trainer.dispose(), other.dispose()]);
  });
});
