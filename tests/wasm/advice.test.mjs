// Advice through the library: measured on the pictures that are there, remembered as long as they stay, and followed.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { drawPicture, newTrainer, published, teach, viewsDone } from './support.mjs';

const kKinds = ['stripes', 'dots', 'gradient', 'squares'];
const kQuick = { budgetMs: 8000 };

describe('advice', () => {
  it('measures each way, recommends one of them and says why, and changes nothing', async () => {
    const trainer = await newTrainer();
    await teach(trainer, 8, kKinds);
    await viewsDone(trainer);
    const stages = new Set();
    const advice = await trainer.advise({ ...kQuick, onProgress: ({ stage }) => stages.add(stage) });
    assert.ok(stages.has('advise'));
    assert.equal(trainer.headInfo, null);
    assert.deepEqual(trainer.advice, advice);
    const strategies = advice.candidates.map(({ strategy }) => strategy);
    for (const strategy of ['nearest-mean', 'head', 'joined-layers', 'head-views', 'joined-layers-views']) {
      assert.ok(strategies.includes(/** @type {any} */ (strategy)), strategy);
    }
    assert.ok(strategies.includes(advice.recommended));
    assert.equal(advice.reasons.length, 1);
    assert.ok(['usual', 'clearly-better', 'too-few-to-compare'].includes(advice.reasons[0].code));
    for (const { accuracy, standardError, logLoss, elapsedMs, trainedWeightCount } of advice.candidates) {
      assert.ok(accuracy >= 0 && accuracy <= 1 && standardError > 0 && logLoss >= 0 && elapsedMs > 0);
      assert.ok(trainedWeightCount > 0);
    }
    const joined = advice.candidates.find(({ strategy }) => strategy === 'joined-layers-views');
    assert.deepEqual(joined?.features, [
      'blocks.14',
      'blocks.14:deviation',
      'blocks.16',
      'blocks.16:deviation',
      'last',
    ]);
    assert.ok(/^few-/.test(advice.case));
    assert.ok(Number.isFinite(advice.transfer.logMe));
    await trainer.addSample(trainer.classes[0].id, drawPicture(0, 99));
    assert.equal(trainer.advice, null);
    await trainer.dispose();
  });

  it('is followed by training on what it recommends, and is not asked twice for the same pictures', async () => {
    const trainer = await newTrainer();
    await teach(trainer, 6);
    const { recommended } = await trainer.advise({ budgetMs: 2500 });
    const stages = [];
    const report = await trainer.train({ strategy: 'recommended', onProgress: ({ stage }) => stages.push(stage) });
    assert.equal(report.strategy, recommended);
    assert.ok(!stages.includes('advise'));
    await trainer.addSample(trainer.classes[0].id, drawPicture(0, 99));
    const again = [];
    await trainer.train({ strategy: 'head' });
    const estimate = await trainer.estimateTraining({ strategy: 'recommended' });
    assert.equal(estimate.strategy, 'head');
    await trainer.advise({ budgetMs: 1, onProgress: ({ stage }) => again.push(stage) });
    assert.ok(again.includes('advise'));
    await trainer.dispose();
  });

  it('begins nothing that its time would not hold, and stops at once when aborted', async () => {
    const trainer = await newTrainer();
    await teach(trainer, 6);
    const { candidates } = await trainer.advise({ budgetMs: 1 });
    assert.deepEqual(
      candidates.map(({ strategy }) => strategy),
      ['nearest-mean', 'head'],
    );
    const controller = new AbortController();
    const aborted = trainer.advise({ signal: controller.signal, onProgress: () => controller.abort() });
    await assert.rejects(aborted, { code: 'cancelled' });
    assert.equal((await trainer.train()).strategy, 'head');
    await trainer.dispose();
  });

  it('points at a picture that lies in the wrong class and at a class with too few', async () => {
    const trainer = await newTrainer();
    const [stripes] = await teach(trainer, 14, ['stripes', 'dots', 'gradient']);
    const wrong = await trainer.addSample(stripes, drawPicture(1, 77));
    const few = trainer.addClass('squares');
    for (let number = 0; number < 4; number++) {
      await trainer.addSample(few, drawPicture(3, number));
    }
    const { data } = await trainer.advise({ budgetMs: 1500 });
    const doubts = data.filter(({ kind }) => kind === 'label-doubt').flatMap(({ sampleIds }) => sampleIds);
    assert.ok(doubts.includes(wrong), JSON.stringify(data));
    assert.deepEqual(
      data.filter(({ kind }) => kind === 'too-few').map(({ classIds, value }) => [classIds?.[0], value]),
      [[few, 4]],
    );
    await trainer.dispose();
  });
});

describe('views and the second look', () => {
  it('are used as the strategy says, or as the caller wants', async () => {
    const trainer = await newTrainer();
    await teach(trainer, 5);
    const all = await trainer.train({ strategy: 'joined-layers-views', mirrorViews: true });
    assert.deepEqual([all.viewCount, all.secondLook], [3, true]);
    const without = await trainer.train({ strategy: 'joined-layers-views', mirrorViews: false });
    assert.deepEqual([without.viewCount, without.secondLook], [2, false]);
    const once = await trainer.train({ strategy: 'head-views', mirrorViews: true, secondLook: false });
    assert.deepEqual([once.viewCount, once.secondLook], [3, false]);
    const none = await trainer.train({ strategy: 'head' });
    assert.deepEqual([none.viewCount, none.secondLook], [0, false]);
    await assert.rejects(trainer.train({ strategy: 'head', secondLook: true }), {
      code: 'bad-argument',
      message: /second look needs a strategy that learns from mirrored views/,
    });
    await assert.rejects(trainer.train({ strategy: 'head-views', mirrorViews: /** @type {any} */ ('yes') }), {
      code: 'bad-argument',
      message: /mirrorViews must be true or false, got 'yes'/,
    });
    await trainer.dispose();
  });
});

describe('known', () => {
  const backbone = published('mobilenet_v2_0.35_96.f32.safetensors');

  it('is lower for what was never shown, and for a class that was switched off', async () => {
    const trainer = await newTrainer(backbone ? { backbone } : {});
    const classIds = await teach(trainer, 12);
    await trainer.train();
    const knownOf = async (/** @type {number} */ kind) => {
      const values = [];
      for (let number = 40; number < 50; number++) {
        values.push((await trainer.predict(drawPicture(kind, number))).known);
      }
      return values.toSorted((a, b) => a - b)[5];
    };
    const own = await knownOf(1);
    assert.ok(own > 0.5, `${own}`);
    assert.ok((await knownOf(3)) < own - 0.2);
    trainer.setClassEnabled(classIds[1], false);
    assert.ok((await knownOf(1)) < 0.5);
    assert.ok((await knownOf(0)) > 0.5);
    await trainer.dispose();
  });

  it('is 1 with too few pictures to judge by', async () => {
    const trainer = await newTrainer();
    await teach(trainer, 2);
    await trainer.train();
    assert.equal((await trainer.predict(drawPicture(3, 1))).known, 1);
    await trainer.dispose();
  });
});
