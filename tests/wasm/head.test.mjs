// The head: its file, read by a reader of our own, and what becomes of it when classes change.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  applyHead,
  changedBackbone,
  drawPicture,
  largestDifference,
  newTrainer,
  readSafetensors,
  teach,
} from './support.mjs';

/** @param {import('../../web/src/engine/headstart.d.ts').Prediction} prediction */
const byName = ({ ranked }) => Object.fromEntries(ranked.map(({ name, probability }) => [name, probability]));

describe('the head file', () => {
  it('holds weights and labels that give what predict ranks', async () => {
    const trainer = await newTrainer();
    await teach(trainer, 6);
    await trainer.train({ head: 'logistic', seed: 42 });
    const bytes = await trainer.exportHead({ date: '2026-11-23T12:00:00Z' });
    const file = readSafetensors(bytes);
    const labels = JSON.parse(file.metadata.labels);
    const { backbone } = trainer;
    assert.deepEqual(labels, ['stripes', 'dots', 'gradient']);
    const known = ['basis', 'coordinates', 'groups', 'means', 'rests', 'scales'].map((name) => `known.${name}`);
    assert.deepEqual(Object.keys(file.tensors).sort(), ['head.bias', 'head.weight', ...known]);
    assert.deepEqual(file.tensors['head.weight'].shape, [3, backbone.embeddingDim]);
    assert.deepEqual(file.tensors['head.bias'].shape, [3]);
    assert.equal(file.tensors['head.weight'].dtype, 'F32');
    const { format, seed, date, backbone: name, backbone_sha256: sha256, input_size: inputSize } = file.metadata;
    assert.deepEqual(
      { format, seed, date, name, sha256, inputSize },
      {
        format: 'head/1',
        seed: '42',
        date: '2026-11-23T12:00:00Z',
        name: backbone.name,
        sha256: backbone.sha256,
        inputSize: String(backbone.inputSize),
      },
    );
    assert.ok(file.metadata.input_scale && file.metadata.input_offset);
    assert.ok(Object.values(file.metadata).every((value) => typeof value === 'string'));
    for (const number of [20, 21, 22]) {
      const picture = drawPicture(number % 3, number);
      const expected = applyHead(file, await trainer.embed(picture));
      const got = byName(await trainer.predict(picture));
      assert.ok(
        largestDifference(
          labels.map((/** @type {string} */ label) => got[label]),
          expected,
        ) < 1e-5,
      );
    }
    await trainer.dispose();
  });

  it('says how features are transformed, in a file that older programs refuse', async () => {
    const trainer = await newTrainer();
    await teach(trainer, 6);
    await trainer.train({ head: 'discriminant' });
    const file = readSafetensors(await trainer.exportHead());
    const { format, transform, map_sizes: sizes } = file.metadata;
    assert.deepEqual({ format, transform }, { format: 'head/2', transform: 'root' });
    assert.deepEqual(JSON.parse(sizes), [trainer.backbone.embeddingDim]);
    const labels = JSON.parse(file.metadata.labels);
    for (const number of [20, 21, 22]) {
      const picture = drawPicture(number % 3, number);
      const expected = applyHead(file, await trainer.embed(picture));
      const got = byName(await trainer.predict(picture));
      const said = labels.map((/** @type {string} */ label) => got[label]);
      assert.ok(largestDifference(said, expected) < 1e-5);
    }
    const other = await newTrainer();
    await other.importHead(await trainer.exportHead());
    const picture = drawPicture(1, 77);
    assert.deepEqual(byName(await other.predict(picture)), byName(await trainer.predict(picture)));
    assert.equal(other.headInfo?.kind, 'discriminant');
    await other.dispose();
    await trainer.dispose();
  });

  it('leaves as a plain one beside the one in use, for programs that know no transform', async () => {
    const trainer = await newTrainer();
    await teach(trainer, 8);
    for (const strategy of /** @type {const} */ (['head', 'joined-layers', 'joined-layers-views'])) {
      const report = await trainer.train({ strategy, seed: 5 });
      const before = await trainer.exportHead({ date: 'x' });
      /** @type {import('../../web/src/engine/headstart.d.ts').ExportLoss[]} */
      const told = [];
      const bytes = await trainer.exportModel({ format: 'head-1', date: 'x', onMeasured: (loss) => told.push(loss) });
      assert.deepEqual(await trainer.exportHead({ date: 'x' }), before, strategy);
      assert.equal(trainer.headInfo?.kind, 'discriminant');
      const file = readSafetensors(bytes);
      assert.equal(file.metadata.format, 'head/1');
      assert.equal(file.metadata.transform, undefined);
      assert.equal(told.length, 1);
      const [{ pictureCount, knownCount, rightBeforeCount, rightAfterCount, meanDifference, largestDifference }] = told;
      assert.equal(pictureCount, report.heldOut.length);
      assert.equal(knownCount, pictureCount);
      const right = report.heldOut.filter(({ classId, predictedClassId }) => classId === predictedClassId);
      assert.equal(rightBeforeCount, right.length, strategy);
      assert.ok(rightAfterCount > 0.7 * pictureCount && rightAfterCount <= pictureCount, `${rightAfterCount}`);
      assert.ok(meanDifference > 0 && meanDifference <= largestDifference && largestDifference <= 1);
      // It is what training such a head gives, and answers so.
      const other = await newTrainer();
      await other.importHead(bytes);
      assert.equal(other.headInfo?.kind, 'logistic');
      assert.deepEqual(other.headInfo?.features, report.features);
      let rightCount = 0;
      for (let number = 100; number < 130; number++) {
        const { ranked } = await other.predict(drawPicture(number % 3, number));
        rightCount += ranked[0].name === ['stripes', 'dots', 'gradient'][number % 3] ? 1 : 0;
      }
      assert.ok(rightCount >= 27, `${strategy}: ${rightCount} of 30`);
      await other.dispose();
    }
    const logistic = await trainer.train({ head: 'logistic', seed: 5 });
    assert.ok(logistic.measured);
    const plain = await trainer.exportModel({ format: 'head-1', date: 'x', onMeasured: () => assert.fail('no loss') });
    assert.deepEqual(plain, await trainer.exportHead({ date: 'x' }));
    await trainer.train({ seed: 5 });
    const stopped = trainer.exportModel({ format: 'head-1', signal: AbortSignal.abort() });
    await assert.rejects(stopped, { code: 'cancelled' });
    assert.equal(trainer.headInfo?.kind, 'discriminant');
    await trainer.dispose();
  });

  it('is the same, to the byte, from the same samples, seed and date', async () => {
    const files = [];
    for (let run = 0; run < 2; run++) {
      const trainer = await newTrainer();
      await teach(trainer, 6);
      if (run === 1) {
        await trainer.train({ seed: 9 }); // what was trained before must not show
      }
      await trainer.train({ seed: 3 });
      files.push(await trainer.exportHead({ date: 'd' }));
      await trainer.dispose();
    }
    assert.deepEqual(files[0], files[1]);
  });

  it('comes back into an empty trainer with its classes and the same probabilities', async () => {
    const trainer = await newTrainer();
    await teach(trainer, 6);
    await trainer.train();
    const bytes = await trainer.exportHead();
    const other = await newTrainer();
    const info = await other.importHead(bytes);
    assert.deepEqual(
      other.classes.map(({ name }) => name),
      ['stripes', 'dots', 'gradient'],
    );
    assert.deepEqual(
      info.classes.map(({ name }) => name),
      ['stripes', 'dots', 'gradient'],
    );
    assert.ok(info.imported && !info.stale);
    for (const number of [30, 31, 32]) {
      const picture = drawPicture(number % 3, number);
      const [expected, got] = [byName(await trainer.predict(picture)), byName(await other.predict(picture))];
      for (const name of Object.keys(expected)) {
        assert.ok(Math.abs(expected[name] - got[name]) < 1e-6);
      }
    }
    assert.deepEqual(await other.exportHead({ date: 'x' }), await trainer.exportHead({ date: 'x' }));
    await Promise.all([trainer.dispose(), other.dispose()]);
  });

  it('goes to the classes of the same names, and makes those that are missing', async () => {
    const trainer = await newTrainer();
    await teach(trainer, 4, ['a', 'b']);
    await trainer.train();
    const bytes = await trainer.exportHead();
    const other = await newTrainer();
    const b = other.addClass('b');
    await other.importHead(bytes.buffer.slice(0));
    assert.deepEqual(
      other.classes.map(({ name }) => name),
      ['b', 'a'],
    );
    assert.deepEqual(
      other.headInfo?.classes.map(({ name }) => name),
      ['a', 'b'],
    );
    const { ranked } = await other.predict(drawPicture(1, 40));
    assert.equal(ranked[0].classId, b);
    await Promise.all([trainer.dispose(), other.dispose()]);
  });

  it('of another backbone is refused, naming both', async () => {
    const trainer = await newTrainer();
    await teach(trainer, 3, ['a', 'b']);
    await trainer.train();
    const bytes = await trainer.exportHead();
    const other = await newTrainer({ backbone: changedBackbone({ name: 'another_trunk' }) });
    await assert.rejects(other.importHead(bytes), (/** @type {any} */ error) => {
      assert.equal(error.code, 'bad-file');
      assert.match(error.message, /"headstart_mobilenet_v2_0\.35_96"/);
      assert.match(error.message, /"another_trunk"/);
      return true;
    });
    assert.equal(other.classes.length, 0);
    await Promise.all([trainer.dispose(), other.dispose()]);
  });

  it('of the float32 file fits the float16 file of the same trunk', async () => {
    const trainer = await newTrainer({ backbone: changedBackbone({ isFloat32: true }) });
    await teach(trainer, 3, ['a', 'b']);
    await trainer.train();
    const other = await newTrainer();
    await other.importHead(await trainer.exportHead());
    assert.equal((await other.predict(drawPicture(0, 60))).ranked[0].name, 'a');
    await Promise.all([trainer.dispose(), other.dispose()]);
  });
});

describe('a trained head', () => {
  it('follows the names of its classes', async () => {
    const trainer = await newTrainer();
    const [a] = await teach(trainer, 4, ['a', 'b']);
    await trainer.train();
    trainer.renameClass(a, 'renamed');
    assert.equal(trainer.headInfo?.stale, false);
    assert.equal((await trainer.predict(drawPicture(0, 9))).ranked[0].name, 'renamed');
    const { metadata } = readSafetensors(await trainer.exportHead());
    assert.deepEqual(JSON.parse(metadata.labels), ['renamed', 'b']);
    await trainer.dispose();
  });

  it('leaves out what is removed or disabled, as if it had been excluded before', async () => {
    const trainer = await newTrainer();
    const [a, b, c] = await teach(trainer, 5);
    await trainer.train();
    const picture = drawPicture(2, 70);
    const all = byName(await trainer.predict(picture));
    trainer.setClassEnabled(c, false);
    const left = byName(await trainer.predict(picture));
    assert.deepEqual(Object.keys(left).sort(), ['dots', 'stripes']);
    const rest = all.stripes + all.dots;
    assert.ok(Math.abs(left.stripes - all.stripes / rest) < 1e-4);
    assert.deepEqual(JSON.parse(readSafetensors(await trainer.exportHead()).metadata.labels), ['stripes', 'dots']);
    trainer.setClassEnabled(c, true);
    await trainer.sampleEmbedding(trainer.sampleIds(c)[0]); // the change has arrived
    assert.deepEqual(byName(await trainer.predict(picture)), all);
    trainer.removeClass(b);
    await trainer.sampleEmbedding(trainer.sampleIds(a)[0]);
    assert.deepEqual(Object.keys(byName(await trainer.predict(picture))).sort(), ['gradient', 'stripes']);
    await trainer.restoreClass(b);
    await trainer.dispose();
  });

  it('goes on answering, stale, when a class or a picture comes', async () => {
    const trainer = await newTrainer();
    const [a] = await teach(trainer, 4, ['a', 'b']);
    await trainer.train();
    assert.equal((await trainer.predict(drawPicture(0, 9))).stale, false);
    const c = trainer.addClass('c');
    await trainer.addSample(c, drawPicture(2, 0));
    const { ranked, stale, trained } = await trainer.predict(drawPicture(0, 9));
    assert.ok(trained && stale);
    assert.equal(ranked.length, 2);
    assert.equal(ranked[0].classId, a);
    assert.equal(trainer.headInfo?.stale, true);
    await trainer.addSample(c, drawPicture(2, 1));
    await trainer.train();
    assert.equal((await trainer.predict(drawPicture(2, 9))).ranked[0].classId, c);
    assert.equal(trainer.headInfo?.stale, false);
    await trainer.dispose();
  });
});
