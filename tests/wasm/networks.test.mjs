// Networks that are no backbone files of ours, and several of them at once, through the library.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, describe, it } from 'node:test';
import {
  backboneFile,
  drawPicture,
  HeadstartError,
  largestDifference,
  newTrainer,
  published,
  teach,
} from './support.mjs';

/** A .tflite of somebody's: what we export is a network and a classifier behind it. */
async function someTflite(format = /** @type {'tflite' | 'tflite-int8'} */ ('tflite')) {
  const trainer = await newTrainer();
  await teach(trainer, 3);
  await trainer.train();
  const file = await trainer.exportModel({ format });
  await trainer.dispose();
  return file;
}

describe('networks', () => {
  /** @type {Uint8Array} */
  let tflite;
  /** @type {import('../../web/src/engine/headstart.d.ts').NetworkSource[]} */
  let both;
  before(async () => {
    tflite = await someTflite();
    both = [backboneFile, { file: tflite, pixelRange: [-2, 1] }];
  });

  it('takes the bytes of a .tflite for a backbone, trains on it and takes its head back', async () => {
    const trainer = await newTrainer({ backbone: tflite });
    assert.match(trainer.backbone.name, /^tflite_[0-9a-f]{12}_128$/);
    // The same network under another name.
    const own = await newTrainer();
    const picture = drawPicture(1, 40);
    assert.ok(largestDifference(await trainer.embed(picture), await own.embed(picture)) < 1e-3);
    await teach(trainer, 6);
    await trainer.train();
    const answer = await trainer.predict(picture);
    assert.equal(answer.ranked[0].name, 'dots');
    const head = await trainer.exportHead();
    await trainer.train({ strategy: 'nearest-mean' });
    await trainer.importHead(head);
    assert.deepEqual((await trainer.predict(picture)).ranked, answer.ranked);
    await assert.rejects(own.importHead(head), /trained on the backbone "tflite_/);
    for (const format of /** @type {const} */ (['tfjs', 'onnx', 'tflite', 'c-array'])) {
      await trainer.exportModel({ format });
    }
    await trainer.dispose();
    await own.dispose();
  });

  it('computes a .tflite in int8 in bytes where that is asked, and nothing else', async () => {
    const quantised = await someTflite('tflite-int8');
    const exact = await newTrainer({ backbone: quantised });
    const coarse = await newTrainer({ backbone: quantised, precision: 'int8' });
    assert.deepEqual(
      [exact, coarse].map(({ backbone: { precision, isQuantised } }) => [precision, isQuantised]),
      [
        ['float32', true],
        ['int8', true],
      ],
    );
    const picture = drawPicture(1, 40);
    const [expected, came] = [await exact.embed(picture), await coarse.embed(picture)];
    const difference = largestDifference(came, expected);
    assert.ok(difference > 0 && difference < 0.15, `${difference}`);
    await teach(coarse, 6);
    await coarse.train();
    const answer = await coarse.predict(picture);
    assert.equal(answer.ranked[0].name, 'dots');
    // Its head and its project are those of the same network.
    const [head, project] = [await coarse.exportHead(), await coarse.exportModel({ format: 'project' })];
    await exact.importHead(head);
    assert.equal((await exact.predict(picture)).ranked[0].name, 'dots');
    await coarse.setBackbone(quantised);
    assert.equal(coarse.backbone.precision, 'float32');
    assert.ok(largestDifference(await coarse.embed(picture), expected) === 0);
    await coarse.setBackbone(quantised, { precision: 'int8' });
    assert.deepEqual(await coarse.embed(picture), came);
    await coarse.importProject(project);
    assert.equal(coarse.headInfo?.imported, false);
    await assert.rejects(coarse.setBackbone(tflite, { precision: 'int8' }), (error) => {
      return error instanceof HeadstartError && error.code === 'unsupported' && /int8/.test(error.message);
    });
    assert.deepEqual(await coarse.embed(picture), came);
    await assert.rejects(newTrainer({ precision: /** @type {any} */ ('int4') }), /got 'int4'/);
    await exact.dispose();
    await coarse.dispose();
  });

  it('fine-tunes the last layers in float32 behind frozen ones in bytes', async () => {
    const trainer = await newTrainer({ backbone: await someTflite('tflite-int8'), precision: 'int8' });
    await teach(trainer, 6);
    const report = await trainer.train({ strategy: 'last-block', epochCount: 3 });
    assert.ok(report);
    const picture = drawPicture(1, 40);
    const answer = await trainer.predict(picture);
    assert.equal(answer.ranked[0].name, 'dots');
    await trainer.importHead(await trainer.exportHead());
    assert.deepEqual(
      (await trainer.predict(picture)).ranked.map(({ name }) => name),
      answer.ranked.map(({ name }) => name),
    );
    await trainer.dispose();
  });

  it('looks with two networks at once and scales the picture for each', async () => {
    const trainer = await newTrainer({ backbone: both });
    const alone = await Promise.all(both.map((backbone) => newTrainer({ backbone })));
    const picture = drawPicture(2, 41);
    const seen = await Promise.all(alone.map((each) => each.embed(picture)));
    const expected = Float32Array.from(seen.flatMap((row) => [...row]));
    assert.ok(largestDifference(seen[0], seen[1]) > 0.1, 'they see different things');
    assert.ok(largestDifference(await trainer.embed(picture), expected) < 1e-3);
    assert.equal(trainer.backbone.embeddingDim, expected.length);
    assert.equal(trainer.backbone.name, alone.map((each) => each.backbone.name).join('+'));
    assert.equal(trainer.backbone.sha256, alone.map((each) => each.backbone.sha256).join('+'));
    await Promise.all([trainer, ...alone].map((each) => each.dispose()));
  });

  it('trains a head on two, which travels, and recovers with it', async () => {
    const trainer = await newTrainer({ backbone: both });
    await teach(trainer, 6);
    const { measured, accuracy } = await trainer.train({ strategy: 'joined-layers' });
    assert.ok(measured && accuracy > 0.8, `right on ${accuracy}`);
    const picture = drawPicture(0, 42);
    const { ranked } = await trainer.predict(picture);
    const head = await trainer.exportHead();
    const other = await newTrainer({ backbone: both });
    await other.importHead(head);
    assert.ok(
      Math.abs((await other.predict(picture)).ranked[0].probability - ranked[0].probability) < 1e-5,
      'the head answers the same elsewhere',
    );
    await trainer.recover();
    assert.deepEqual((await trainer.predict(picture)).ranked, ranked);
    await Promise.all([trainer.dispose(), other.dispose()]);
  });

  it('offers to train what two end with, and no way that would end or begin them anew', async () => {
    const trainer = await newTrainer({ backbone: both });
    const names = trainer.strategies.map(({ name }) => name);
    assert.ok(names.includes('head') && names.includes('joined-layers-views'), String(names));
    assert.ok(names.includes('last-3-blocks') && names.includes('last-convolution'), String(names));
    assert.ok(!names.some((name) => /^new-|^whole-|^cut-/.test(name)), String(names));
    const { border, features, trains } = trainer.strategies.find(({ name }) => name === 'last-3-blocks') ?? {};
    assert.match(String(border), /^a\.blocks\.\d+,b\.blocks\.\d+$/);
    assert.deepEqual(features, ['a.last', 'b.last']);
    assert.equal(trains, 'last-blocks');
    await teach(trainer, 3);
    await assert.rejects(trainer.train({ strategy: 'whole-network' }), (error) => {
      return error instanceof HeadstartError && error.code === 'bad-argument';
    });
    const advice = await trainer.advise();
    assert.ok(names.includes(advice.recommended));
    await trainer.dispose();
  });

  it('goes from one network to two and back under the same pictures', async () => {
    const trainer = await newTrainer();
    const [first] = await teach(trainer, 4);
    const [sample] = trainer.sampleIds(first);
    const before1 = await trainer.sampleEmbedding(sample);
    const { embeddingDim } = await trainer.setBackbone(both);
    assert.equal((await trainer.sampleEmbedding(sample)).length, embeddingDim);
    assert.ok(embeddingDim > before1.length);
    await trainer.setBackbone(undefined);
    assert.deepEqual(await trainer.sampleEmbedding(sample), before1);
    await trainer.dispose();
  });

  it('says what is wrong with networks that do not go together', async () => {
    const large = published('mobilenet_v2_0.35_224.f16.safetensors');
    if (large) {
      await assert.rejects(newTrainer({ backbone: [backboneFile, large] }), /pictures of one size/);
    }
    await assert.rejects(newTrainer({ backbone: [backboneFile, backboneFile] }), /there twice/);
    await assert.rejects(newTrainer({ backbone: [] }), /one network or up to 4/);
    await assert.rejects(newTrainer({ backbone: { file: tflite, pixelRange: [1, 0] } }), /pixelRange/);
    for (const share of [0, -1, 2000, Number.NaN, /** @type {any} */ ('2')]) {
      await assert.rejects(
        newTrainer({ backbone: [backboneFile, { file: tflite, share }] }),
        /share is a network's say/,
      );
    }
    await assert.rejects(newTrainer({ backbone: [backboneFile, new Uint8Array(200)] }), /bad|file|header/i);
  });

  it('gives a network as much say as is asked for', async () => {
    const alone = await newTrainer();
    const led = await newTrainer({
      backbone: [
        { file: backboneFile, share: 1000 },
        { file: tflite, share: 0.001, pixelRange: [-2, 1] },
      ],
    });
    const together = await newTrainer({ backbone: both });
    for (const trainer of [alone, led, together]) {
      await teach(trainer, 6);
      await trainer.train({ strategy: 'joined-layers' });
    }
    const apart = { led: 0, together: 0 };
    for (let number = 40; number < 48; number += 1) {
      const picture = drawPicture(number % 2, number);
      const answers = await Promise.all([alone, led, together].map((trainer) => trainer.predict(picture)));
      const [own, ...others] = answers.map(
        ({ ranked }) => ranked.find(({ name }) => name === 'dots')?.probability ?? 0,
      );
      apart.led += Math.abs(others[0] - own);
      apart.together += Math.abs(others[1] - own);
    }
    assert.ok(apart.led < 1e-3, `${apart.led}`);
    assert.ok(apart.together > 10 * apart.led, `${apart.together} and ${apart.led}`);
    for (const trainer of [alone, led, together]) {
      await trainer.dispose();
    }
  });

  const small = published('tflite/mobilenet_v3_small_224.hybrid.tflite');
  const wide = published('mobilenet_v2_0.35_224.f16.safetensors');
  it('joins published networks of two families', {
    skip: !(small && wide) && 'needs the published backbones',
  }, async () => {
    const trainer = await newTrainer({ backbone: [new Uint8Array(readFileSync(String(small))), String(wide)] });
    assert.equal(trainer.backbone.embeddingDim, 576 + 1280);
    await teach(trainer, 3);
    await trainer.train();
    assert.equal((await trainer.predict(drawPicture(1, 9))).ranked[0].name, 'dots');
    await trainer.dispose();
  });
});
