// Every failure is an Error with a code, and says what was expected and what came.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { backboneFile, createTrainer, drawPicture, HeadstartError, newTrainer, teach } from './support.mjs';

/** @param {string} code @param {RegExp} message */
const failure = (code, message) => (/** @type {unknown} */ error) => {
  assert.ok(error instanceof HeadstartError, String(error));
  assert.ok(error instanceof Error);
  assert.equal(error.code, code, error.message);
  assert.match(error.message, message);
  return true;
};

describe('bad arguments', () => {
  /** @type {import('../../web/src/engine/headstart.d.ts').Trainer} */
  let trainer;
  before(async () => {
    trainer = await newTrainer();
  });
  after(() => trainer.dispose());

  it('of class operations are thrown at once', () => {
    assert.throws(() => trainer.addClass(' '), failure('bad-argument', /blank/));
    assert.throws(() => trainer.addClass(/** @type {any} */ (7)), failure('bad-argument', /got 7/));
    assert.throws(() => trainer.renameClass(99, 'x'), failure('bad-argument', /no class 99/));
    assert.throws(() => trainer.removeClass(99), failure('bad-argument', /no class 99/));
    const id = trainer.addClass('a');
    assert.throws(() => trainer.moveClass(id, 1), failure('bad-argument', /0 to 0, got 1/));
  });

  it('of pictures name the sizes', async () => {
    const { data, width, height } = drawPicture(0, 0);
    const id = trainer.addClass('p');
    await assert.rejects(
      trainer.addSample(id, { data: data.subarray(4), width, height }),
      failure('bad-argument', /1228800 RGBA bytes, got 1228796/),
    );
    await assert.rejects(trainer.embed({ data, width: 0, height }), failure('bad-argument', /width/));
    await assert.rejects(trainer.embed({ data, width: 1.5, height }), failure('bad-argument', /1\.5/));
    await assert.rejects(trainer.embed(/** @type {any} */ (null)), failure('bad-argument', /null/));
    await assert.rejects(
      trainer.embed(/** @type {any} */ ({ data: [1, 2], width: 1, height: 1 })),
      failure('bad-argument', /RGBA/),
    );
    await assert.rejects(trainer.embed({ data, width, height, stride: 12 }), failure('bad-argument', /stride/));
    const outside = { left: 600, top: 0, width: 100, height: 100 };
    await assert.rejects(trainer.embed({ data, width, height }, { crop: outside }), failure('bad-argument', /./));
    assert.equal(trainer.sampleIds(id).length, 0);
  });

  it('of samples and training', async () => {
    await assert.rejects(trainer.removeSample(12345), failure('bad-argument', /no sample 12345/));
    await assert.rejects(trainer.addSample(12345, drawPicture(0, 0)), failure('bad-argument', /no class 12345/));
    await assert.rejects(trainer.train({ head: /** @type {any} */ ('svm') }), failure('bad-argument', /svm/));
    await assert.rejects(trainer.train({ seed: -1 }), failure('bad-argument', /-1/));
    await assert.rejects(trainer.train({ foldCount: 21 }), failure('bad-argument', /foldCount/));
    await assert.rejects(trainer.train({ l2: 0 }), failure('bad-argument', /l2/));
  });

  it('of createTrainer', async () => {
    const options = { backbone: backboneFile };
    await assert.rejects(
      createTrainer({ ...options, variant: /** @type {any} */ ('avx') }),
      failure('bad-argument', /avx/),
    );
    await assert.rejects(createTrainer({ ...options, threads: 0 }), failure('bad-argument', /got 0/));
    await assert.rejects(
      createTrainer({ ...options, variant: 'simd', threads: 2 }),
      failure('bad-argument', /simd-threads/),
    );
    await assert.rejects(createTrainer({ ...options, inputSize: 100 }), failure('bad-argument', /got 100/));
    await assert.rejects(createTrainer({ backbone: /** @type {any} */ (5) }), failure('bad-argument', /number/));
  });
});

describe('files', () => {
  it('a missing backbone is unavailable', async () => {
    await assert.rejects(newTrainer({ backbone: '/nowhere/x.safetensors' }), failure('unavailable', /x\.safetensors/));
  });

  it('a backbone that is none is a bad file', async () => {
    await assert.rejects(newTrainer({ backbone: new Uint8Array(100) }), failure('bad-file', /./));
    await assert.rejects(newTrainer({ backbone: new Uint8Array(0) }), failure('bad-file', /./));
    const cut = new Uint8Array(readFileSync(/** @type {string} */ (backboneFile))).subarray(0, 50_000);
    await assert.rejects(newTrainer({ backbone: cut }), failure('bad-file', /./));
  });

  it('a head that is none is a bad file, and the old head stays', async () => {
    const trainer = await newTrainer();
    await teach(trainer, 3, ['a', 'b']);
    await trainer.train();
    await assert.rejects(trainer.importHead(new Uint8Array(40)), failure('bad-file', /./));
    await assert.rejects(trainer.importHead(/** @type {any} */ ('x')), failure('bad-argument', /string/));
    assert.equal((await trainer.predict(drawPicture(0, 9))).trained, true);
    await trainer.dispose();
  });
});

describe('too little', () => {
  it('to train on says what is missing', async () => {
    const trainer = await newTrainer();
    await assert.rejects(trainer.train(), failure('too-few-samples', /./));
    const a = trainer.addClass('a');
    await trainer.addSample(a, drawPicture(0, 0));
    await assert.rejects(trainer.train(), failure('too-few-samples', /./));
    await assert.rejects(trainer.exportHead(), failure('not-trained', /./));
    await trainer.dispose();
  });

  it('to hold any out still trains, and says why nothing was measured', async () => {
    const trainer = await newTrainer();
    await teach(trainer, 1, ['a', 'b']);
    const report = await trainer.train();
    assert.equal(report.measured, false);
    assert.notEqual(report.whyNotMeasured, '');
    assert.ok(Number.isNaN(report.accuracy));
    await trainer.dispose();
  });
});

describe('stopping', () => {
  it('a training that is stopped leaves the old head', async () => {
    const trainer = await newTrainer();
    await teach(trainer, 8);
    await trainer.train({ seed: 1 });
    const before = await trainer.exportHead({ date: 'x' });
    const controller = new AbortController();
    const training = trainer.train({ head: 'mlp', signal: controller.signal, onProgress: () => controller.abort() });
    await assert.rejects(training, failure('cancelled', /./));
    assert.deepEqual(await trainer.exportHead({ date: 'x' }), before);
    await assert.rejects(trainer.train({ signal: AbortSignal.abort() }), failure('cancelled', /./));
    await trainer.dispose();
  });

  it('a second training takes the place of the first', async () => {
    const trainer = await newTrainer();
    await teach(trainer, 8);
    const first = trainer.train({ head: 'mlp' });
    const second = trainer.train();
    await assert.rejects(first, failure('cancelled', /newer/));
    assert.equal((await second).head, 'discriminant');
    await trainer.dispose();
  });

  it('disposing cancels what runs and refuses what comes', async () => {
    const trainer = await newTrainer();
    const [a] = await teach(trainer, 8);
    const running = [trainer.train({ head: 'mlp' }), trainer.addSample(a, drawPicture(0, 50))];
    await trainer.dispose();
    await trainer.dispose();
    for (const promise of running) {
      await assert.rejects(promise, failure('cancelled', /disposed/));
    }
    await assert.rejects(trainer.predict(drawPicture(0, 0)), failure('bad-argument', /disposed/));
    assert.throws(() => trainer.addClass('x'), failure('bad-argument', /disposed/));
  });

  it('predictions are answered while a training runs', async () => {
    const trainer = await newTrainer();
    await teach(trainer, 10);
    let answered = 0;
    let isTraining = true;
    const training = trainer.train({ head: 'mlp' }).finally(() => {
      isTraining = false;
    });
    while (isTraining) {
      await trainer.predict(drawPicture(0, answered));
      answered++;
    }
    await training;
    assert.ok(answered >= 2, `${answered} predictions`);
    await trainer.dispose();
  });
});
