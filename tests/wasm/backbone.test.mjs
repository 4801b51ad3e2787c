// Backbones through the library: published numbers, and a change under existing samples.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import {
  drawPicture,
  largestDifference,
  newTrainer,
  published,
  readSafetensorsFile,
  shared,
  teach,
} from './support.mjs';

const small = published('mobilenet_v2_0.35_96.f32.safetensors');
const smallHalf = published('mobilenet_v2_0.35_96.f16.safetensors');
const large = published('mobilenet_v2_0.35_224.f16.safetensors');
const skip = small && smallHalf && large ? false : 'needs the published backbones';

/** @param {{ shape: number[], values: Float32Array }} input RGB, 0-255 */
function asPicture({ shape: [height, width], values }) {
  const data = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let i = 0; i < width * height; i++) {
    for (let channel = 0; channel < 3; channel++) {
      data[i * 4 + channel] = values[i * 3 + channel];
    }
  }
  return { data, width, height };
}

/** @param {Float32Array} a @param {Float32Array} b */
function cosine(a, b) {
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    ab += a[i] * b[i];
    aa += a[i] * a[i];
    bb += b[i] * b[i];
  }
  return ab / Math.sqrt(aa * bb);
}

describe('a backbone', { skip }, () => {
  for (const name of ['mobilenet_v2_0.35_96', 'mobilenet_v2_0.35_224', 'mobilenet_v2_1.0_224']) {
    it(`gives the published embeddings: ${name}`, async () => {
      const { tensors } = readSafetensorsFile(join(shared, 'backbones/golden', `${name}.golden.safetensors`));
      for (const kind of ['f32', 'f16']) {
        const trainer = await newTrainer({ backbone: published(`${name}.${kind}.safetensors`) });
        let compared = 0;
        for (const [key, input] of Object.entries(tensors)) {
          if (!key.endsWith('.input')) {
            continue;
          }
          // Whole values only: a picture of bytes cannot hold anything between.
          if (input.values.some((value) => !Number.isInteger(value))) {
            continue;
          }
          const expected = tensors[key.replace('.input', '.embedding')].values;
          const got = await trainer.embed(asPicture(input));
          const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
          if (kind === 'f32') {
            assert.ok(largestDifference(got, expected) / largest < 1e-4, `${key} differs`);
          } else {
            assert.ok(cosine(got, expected) >= 0.999, `${key} ${cosine(got, expected)}`);
          }
          compared++;
        }
        assert.ok(compared > 0, 'golden inputs of whole values');
        await trainer.dispose();
      }
    });
  }

  it('can be changed under the samples, which keep their ids', async () => {
    const trainer = await newTrainer({ backbone: small });
    const classIds = await teach(trainer, 4);
    await trainer.train();
    const ids = trainer.sampleIds(classIds[0]);
    const before = await trainer.sampleEmbedding(ids[0]);
    const progress = [];
    const info = await trainer.setBackbone(large, { onProgress: (entry) => progress.push(entry) });
    assert.equal(info.inputSize, 224);
    assert.equal(trainer.backbone.name, info.name);
    assert.deepEqual(trainer.sampleIds(classIds[0]), ids);
    assert.notDeepEqual(await trainer.sampleEmbedding(ids[0]), before);
    assert.deepEqual(progress.at(-1), { stage: 'embed', done: 12, total: 12 });
    assert.equal(trainer.headInfo, null);
    assert.equal((await trainer.predict(drawPicture(1, 80))).trained, false);
    await trainer.train();
    assert.equal((await trainer.predict(drawPicture(1, 80))).ranked[0].classId, classIds[1]);
    await trainer.setBackbone(small);
    assert.deepEqual(await trainer.sampleEmbedding(ids[0]), before);
    await trainer.dispose();
  });

  it('changed and stopped, or failed, leaves everything as it was', async () => {
    const trainer = await newTrainer({ backbone: small });
    const classIds = await teach(trainer, 4);
    await trainer.train();
    const [id] = trainer.sampleIds(classIds[0]);
    const [name, embedding, head] = [
      trainer.backbone.name,
      await trainer.sampleEmbedding(id),
      await trainer.exportHead({ date: 'x' }),
    ];
    const controller = new AbortController();
    const stopped = trainer.setBackbone(large, {
      signal: controller.signal,
      onProgress: ({ stage, done }) => {
        if (stage === 'embed' && done === 5) {
          controller.abort();
        }
      },
    });
    await assert.rejects(stopped, { code: 'cancelled' });
    await assert.rejects(trainer.setBackbone(new Uint8Array(64)), { code: 'bad-file' });
    await assert.rejects(trainer.setBackbone('/nowhere.safetensors'), { code: 'unavailable' });
    assert.equal(trainer.backbone.name, name);
    assert.deepEqual(await trainer.sampleEmbedding(id), embedding);
    assert.deepEqual(await trainer.exportHead({ date: 'x' }), head);
    assert.equal((await trainer.predict(drawPicture(2, 81))).trained, true);
    await trainer.dispose();
  });

  it('can be changed while pictures come and go', async () => {
    const trainer = await newTrainer({ backbone: small });
    const classIds = await teach(trainer, 4);
    const rest = trainer.sampleIds(classIds[0]);
    // Small enough to be kept as it is.
    const first = await trainer.addSample(classIds[0], drawPicture(0, 70, 160, 120));
    const changing = trainer.setBackbone(smallHalf);
    const added = trainer.addSample(classIds[1], drawPicture(1, 90));
    const removed = trainer.removeSample(first);
    await Promise.all([changing, added, removed]);
    assert.deepEqual(trainer.sampleIds(classIds[0]), rest);
    await trainer.sampleEmbedding(await added);
    await trainer.restoreSamples([first]);
    assert.deepEqual(await trainer.sampleEmbedding(first), await trainer.embed(drawPicture(0, 70, 160, 120)));
    await trainer.dispose();
  });

  it('runs at other input sizes', async () => {
    const trainer = await newTrainer({ backbone: large, inputSize: 128 });
    assert.equal(trainer.backbone.inputSize, 128);
    assert.equal(trainer.backbone.nativeInputSize, 224);
    assert.equal((await trainer.embed(drawPicture(0, 0))).length, 1280);
    await trainer.dispose();
  });
});
