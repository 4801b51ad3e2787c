// The main job at the sizes of real cameras: every call that a person can reach, at 640 × 480 and after a larger picture.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { changedBackbone, drawPicture, newTrainer } from './support.mjs';

/** @param {number} kind @param {number} number */
const frame = (kind, number) => drawPicture(kind, number, 640, 480);

describe('with a camera of 640 × 480, after a picture of 1280 × 720', () => {
  /** @type {import('../../web/src/engine/headstart.d.ts').Trainer} */
  let trainer;
  before(async () => {
    trainer = await newTrainer();
    // The largest comes first: what is read after it must not be as long as it was.
    await trainer.embed(drawPicture(3, 0, 1280, 720));
    for (const [kind, name] of ['stripes', 'dots'].entries()) {
      const classId = trainer.addClass(name);
      for (let number = 0; number < 8; number++) {
        await trainer.addSample(classId, frame(kind, number));
      }
    }
  });
  after(() => trainer.dispose());

  const strategies = /** @type {const} */ (['head', 'head-views', 'joined-layers-views', 'last-block', 'new-layers']);
  for (const strategy of strategies) {
    it(`estimates, trains and answers by '${strategy}', and its file answers alike`, async () => {
      const { elapsedMs, memoryBytes } = await trainer.estimateTraining({ strategy });
      assert.ok(elapsedMs > 0 && memoryBytes > 0);
      const report = await trainer.train({ strategy, ...(/^(last|new)/.test(strategy) ? { epochCount: 2 } : {}) });
      assert.ok(report.accuracy > 0.7, `${report.accuracy}`);
      const { ranked } = await trainer.predict(frame(1, 50));
      assert.equal(ranked[0].name, 'dots');
      await trainer.embed(drawPicture(2, 0, 1280, 720));
      await trainer.importHead(await trainer.exportHead());
      const again = await trainer.predict(frame(1, 50));
      assert.ok(Math.abs(again.ranked[0].probability - ranked[0].probability) < 1e-5);
    });
  }

  it('advises', async () => {
    const advice = await trainer.advise({ budgetMs: 1500 });
    assert.ok(advice.candidates.length >= 2);
    assert.equal((await trainer.train({ strategy: advice.candidates[0].strategy })).sampleCount, 16);
  });

  it('changes the backbone, and starts anew with it', async () => {
    await trainer.setBackbone(changedBackbone({ name: 'mobilenet_v2_0.35_224' }));
    assert.equal(trainer.backbone.name, 'mobilenet_v2_0.35_224');
    await trainer.train();
    const before = await trainer.predict(frame(0, 51));
    assert.equal(before.ranked[0].name, 'stripes');
    await trainer.recover();
    assert.equal(trainer.backbone.name, 'mobilenet_v2_0.35_224');
    assert.deepEqual((await trainer.predict(frame(0, 51))).ranked, before.ranked);
  });
});
