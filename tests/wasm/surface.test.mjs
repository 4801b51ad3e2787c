// The straight line of brief.md, from Node.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { drawPicture, largestDifference, newTrainer, teach } from './support.mjs';

describe('the library', () => {
  it('trains on pictures of three classes and knows pictures it has not seen', async () => {
    const trainer = await newTrainer();
    const classIds = await teach(trainer, 8);
    const report = await trainer.train();
    assert.equal(report.head, 'discriminant');
    assert.ok(report.measured);
    assert.ok(report.accuracy >= 0.9, `accuracy ${report.accuracy}`);
    for (const [kind, classId] of classIds.entries()) {
      let knownCount = 0;
      for (let number = 100; number < 120; number++) {
        const { ranked, known, trained, stale } = await trainer.predict(drawPicture(kind, number));
        assert.equal(ranked[0].classId, classId);
        assert.ok(known >= 0 && known <= 1 && trained && !stale);
        knownCount += known > 0.5 ? 1 : 0;
      }
      // 95 % are meant to be.
      assert.ok(knownCount >= 16, `${knownCount} of 20 are taken for one of the classes`);
    }
    await trainer.dispose();
  });

  it('ranks all classes, most probable first, with probabilities that sum to 1', async () => {
    const trainer = await newTrainer();
    await teach(trainer, 3);
    await trainer.train();
    const { ranked } = await trainer.predict(drawPicture(1, 50));
    assert.deepEqual(ranked.map(({ name }) => name).sort(), ['dots', 'gradient', 'stripes']);
    assert.ok(Math.abs(ranked.reduce((sum, { probability }) => sum + probability, 0) - 1) < 1e-5);
    assert.deepEqual(
      ranked,
      ranked.toSorted((a, b) => b.probability - a.probability),
    );
    await trainer.dispose();
  });

  it('answers from class means before training, as soon as two classes have pictures', async () => {
    const trainer = await newTrainer();
    const [stripes, dots] = ['stripes', 'dots'].map((name) => trainer.addClass(name));
    await assert.rejects(trainer.predict(drawPicture(0, 9)), { code: 'not-trained' });
    await trainer.addSample(stripes, drawPicture(0, 0));
    await assert.rejects(trainer.predict(drawPicture(0, 9)), { code: 'not-trained' });
    await trainer.addSample(dots, drawPicture(1, 0));
    const { ranked, trained, head } = await trainer.predict(drawPicture(0, 9));
    assert.equal(ranked[0].classId, stripes);
    assert.equal(trained, false);
    assert.equal(head, 'nearest-mean');
    await trainer.dispose();
  });

  it('gives every number of the report, and the picture behind every cell of the confusion matrix', async () => {
    const trainer = await newTrainer();
    const classIds = await teach(trainer, 6);
    const progress = [];
    const report = await trainer.train({ head: 'logistic', seed: 7, onProgress: (entry) => progress.push(entry) });
    assert.equal(report.seed, 7);
    assert.equal(report.sampleCount, 18);
    assert.deepEqual(
      report.perClass.map(({ classId, name, sampleCount }) => [classId, name, sampleCount]),
      [
        [classIds[0], 'stripes', 6],
        [classIds[1], 'dots', 6],
        [classIds[2], 'gradient', 6],
      ],
    );
    assert.equal(report.heldOut.length, 18);
    const confusion = classIds.map(() => classIds.map(() => 0));
    for (const { sampleId, classId, predictedClassId, probability, confidence } of report.heldOut) {
      assert.ok(predictedClassId === classId ? confidence === probability : confidence > probability);
      assert.ok(trainer.sampleIds(classId).includes(sampleId));
      confusion[classIds.indexOf(classId)][classIds.indexOf(predictedClassId)]++;
    }
    assert.deepEqual(report.confusion, confusion);
    for (const key of [
      'accuracy',
      'accuracyLow',
      'accuracyHigh',
      'balancedAccuracy',
      'logLoss',
      'calibrationError',
      'l2',
      'temperature',
      'elapsedMs',
    ]) {
      assert.ok(Number.isFinite(report[key]), key);
    }
    assert.ok(report.l2Candidates.length > 1);
    assert.ok(progress.length > 0 && progress.every(({ stage, total }) => stage === 'train' && total === 1));
    const fractions = progress.map(({ done }) => done);
    assert.deepEqual(
      fractions,
      fractions.toSorted((a, b) => a - b),
    );
    await trainer.dispose();
  });

  it('trains each kind of head', async () => {
    const trainer = await newTrainer();
    await teach(trainer, 8);
    for (const head of /** @type {const} */ (['logistic', 'nearest-mean', 'discriminant', 'mlp'])) {
      const report = await trainer.train({ head });
      assert.equal(report.head, head);
      const prediction = await trainer.predict(drawPicture(2, 77));
      assert.equal(prediction.ranked[0].name, 'gradient');
      assert.equal(prediction.head, head);
      assert.equal(trainer.headInfo?.kind, head);
    }
    await trainer.dispose();
  });

  it('takes a view into a larger buffer, with a stride, and leaves it as it was', async () => {
    const trainer = await newTrainer();
    const { data, width, height } = drawPicture(0, 3);
    const plain = await trainer.embed({ data, width, height });
    const stride = width * 4 + 12;
    const large = new Uint8Array(1000 + stride * height + 500).fill(99);
    for (let y = 0; y < height; y++) {
      large.set(data.subarray(y * width * 4, (y + 1) * width * 4), 1000 + y * stride);
    }
    const before = large.slice();
    const view = large.subarray(1000, 1000 + stride * height);
    assert.deepEqual(await trainer.embed({ data: view, width, height, stride }), plain);
    assert.deepEqual(large, before);
    await trainer.dispose();
  });

  it('crops and mirrors: a mirrored picture of a mirrored picture is the picture', async () => {
    const trainer = await newTrainer();
    const { data, width, height } = drawPicture(2, 5);
    const mirrored = new Uint8ClampedArray(data.length);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        mirrored.set(data.subarray((y * width + x) * 4, (y * width + x + 1) * 4), (y * width + width - 1 - x) * 4);
      }
    }
    const plain = await trainer.embed({ data, width, height });
    // But for the rounding of single pixels on their way to the backbone's size.
    const again = await trainer.embed({ data: mirrored, width, height }, { mirror: true });
    assert.ok(largestDifference(again, plain) < 1e-3);
    const crop = { left: (width - height) / 2, top: 0, width: height, height };
    assert.deepEqual(await trainer.embed({ data, width, height }, { crop }), plain);
    assert.notDeepEqual(await trainer.embed({ data, width, height }, { crop: { ...crop, left: 0 } }), plain);
    await trainer.dispose();
  });

  it('captures a picture as a sample would keep it, at any size', async () => {
    const trainer = await newTrainer();
    const classId = trainer.addClass('a');
    for (const [width, height] of [
      [640, 480],
      [1280, 720],
      [100, 100],
    ]) {
      const picture = drawPicture(1, 2, width, height);
      const captured = await trainer.capture(picture, { mirror: true });
      const kept = await trainer.picture(await trainer.addSample(classId, picture, { mirror: true }));
      assert.equal(captured.type, 'image/png');
      assert.deepEqual(Buffer.from(await captured.arrayBuffer()), Buffer.from(await kept.arrayBuffer()));
    }
    assert.equal(trainer.sampleIds(classId).length, 3, 'what is captured is no sample');
    await trainer.dispose();
  });

  it('keeps the picture of a sample as a PNG in Node, with the pixels that were embedded', async () => {
    const trainer = await newTrainer();
    const classId = trainer.addClass('a');
    const small = drawPicture(0, 1, 160, 120); // it is kept as it is
    const sampleId = await trainer.addSample(classId, small, { mirror: true });
    const blob = await trainer.picture(sampleId);
    assert.equal(blob.type, 'image/png');
    const direct = await trainer.embed(small, { mirror: true });
    assert.deepEqual(await trainer.sampleEmbedding(sampleId), direct);
    await trainer.dispose();
  });

  it('tells what it runs on and with', async () => {
    const progress = [];
    const trainer = await newTrainer({ onProgress: (entry) => progress.push(entry.stage) });
    assert.equal(trainer.variant, 'simd');
    assert.equal(trainer.threads, 1);
    assert.equal(trainer.backbone.embeddingDim, (await trainer.embed(drawPicture(0, 0))).length);
    assert.match(trainer.backbone.sha256, /^[0-9a-f]{64}$/);
    assert.ok(progress.includes('engine') && progress.includes('backbone'));
    await trainer.dispose();
  });
});
