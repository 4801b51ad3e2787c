// Fine-tuning through the library: what is trained and what stays, what travels, and what a stop leaves behind.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  backboneFile,
  drawPicture,
  largestDifference,
  newTrainer,
  randomNumbers,
  readSafetensors,
  teach,
} from './support.mjs';

const kUnseen = [20, 21, 22, 23];
/** Small pictures, so that it is quick. */
const kOptions = { inputSize: /** @type {const} */ (96) };

/** @param {import('../../web/src/engine/headstart.d.ts').Trainer} trainer @param {number} [kind] */
async function answers(trainer, kind = 0) {
  const probabilities = [];
  for (const number of kUnseen) {
    const { ranked } = await trainer.predict(drawPicture(kind, number));
    const byName = ranked.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    probabilities.push(...byName.map(({ probability }) => probability));
  }
  return probabilities;
}

/**
 * So much noise that the frozen network does not tell all kinds apart; small, since a larger picture's is evened out.
 * @param {number} kind
 * @param {number} number
 */
function faintPicture(kind, number) {
  const picture = drawPicture(kind, number, 160, 120);
  const random = randomNumbers(number * 31 + kind + 5);
  picture.data.forEach((value, i) => {
    if (i % 4 < 3) {
      picture.data[i] = 0.24 * value + 0.76 * 255 * random();
    }
  });
  return picture;
}

/** @param {import('../../web/src/engine/headstart.d.ts').Trainer} trainer */
async function teachFaint(trainer) {
  for (const kind of [0, 1, 3]) {
    const classId = trainer.addClass(`kind ${kind}`);
    for (let number = 0; number < 16; number++) {
      await trainer.addSample(classId, faintPicture(kind, number));
    }
  }
}

/**
 * A training that gains on the faint pictures: which are held out decides whether there is anything to gain, so seeds are tried.
 *
 * @param {import('../../web/src/engine/headstart.d.ts').Trainer} trainer
 * @param {import('../../web/src/engine/headstart.d.ts').HeadKind} [kind] that reads the trained layers
 */
async function trainWithGain(trainer, kind) {
  for (let seed = 1; seed <= 12; seed++) {
    const report = await trainer.train({ strategy: 'last-block', seed });
    if (
      (kind === undefined || trainer.headInfo?.kind === kind) &&
      report.fineTuning?.betterThanHead &&
      report.fineTuning.fineTuned.accuracy > report.fineTuning.headAlone.accuracy
    ) {
      return report;
    }
  }
  return assert.fail('the faint pictures are meant to gain from it for one of twelve seeds');
}

describe('fine-tuning', () => {
  it('says which weights were trained and which stayed, and all of them together are the network and the head', async () => {
    const trainer = await newTrainer(kOptions);
    await teachFaint(trainer);
    const { parameterCount, embeddingDim } = trainer.backbone;
    const headCount = 3 * (embeddingDim + 1);
    for (const strategy of /** @type {const} */ ([
      'last-convolution',
      'last-block',
      'last-3-blocks',
      'whole-network',
      'new-layers-after-9',
    ])) {
      const report = await trainer.train({ strategy, epochCount: 2 });
      assert.equal(report.strategy, strategy);
      const { fineTuning, trainedWeightCount, frozenWeightCount } = report;
      assert.ok(fineTuning, strategy);
      assert.equal(fineTuning.epochCount, 2);
      assert.ok(fineTuning.fineTuned.accuracy >= fineTuning.headAlone.accuracy);
      assert.equal(fineTuning.heldOutCount + fineTuning.trainCount, 48);
      if (fineTuning.betterThanHead && strategy !== 'new-layers-after-9') {
        assert.equal(trainedWeightCount + frozenWeightCount, parameterCount + headCount, strategy);
      }
      for (const probability of await answers(trainer)) {
        assert.ok(probability >= 0 && probability <= 1);
      }
    }
    await trainer.dispose();
  });

  it('travels: the file holds the changed tensors and the border, and answers alike where it is read', async () => {
    const trainer = await newTrainer(kOptions);
    await teachFaint(trainer);
    const report = await trainWithGain(trainer);
    assert.ok(report.viewCount >= 2);
    assert.equal(report.border, 'blocks.15');
    const bytes = await trainer.exportHead();
    const { metadata, tensors } = readSafetensors(bytes);
    assert.equal(metadata.border, 'blocks.15');
    const names = Object.keys(tensors).filter((name) => !/^(head|known)\./.test(name));
    assert.deepEqual(
      names.filter((name) => !/^(blocks\.16\.|last\.)/.test(name)),
      [],
    );
    assert.ok(names.includes('blocks.16.expand.weight') && names.includes('last.bias'));
    const expected = await answers(trainer);
    const other = await newTrainer(kOptions);
    const info = await other.importHead(bytes);
    assert.equal(info.border, 'blocks.15');
    assert.ok(largestDifference(await answers(other), expected) < 1e-5);
    await Promise.all([trainer.dispose(), other.dispose()]);
  });

  it('fits a head anew to what trained layers make of the pictures, and gives a plain one to whoever asks', async () => {
    const trainer = await newTrainer(kOptions);
    await teachFaint(trainer);
    const { seed } = await trainWithGain(trainer, 'discriminant');
    const { metadata, tensors } = readSafetensors(await trainer.exportHead());
    assert.equal(metadata.format, 'head/2');
    assert.ok('blocks.16.expand.weight' in tensors);
    assert.deepEqual(
      (await trainer.refusedFormats()).map(({ format }) => format),
      ['head-1'],
    );
    const refused = { code: 'unsupported', message: /trained with it.*head: 'logistic'/ };
    await assert.rejects(trainer.exportModel({ format: 'head-1' }), refused);

    const plain = await trainer.train({ strategy: 'last-block', head: 'logistic', seed });
    assert.equal(trainer.headInfo?.kind, 'logistic');
    assert.deepEqual(await trainer.refusedFormats(), []);
    const file = readSafetensors(await trainer.exportModel({ format: 'head-1' }));
    assert.equal(file.metadata.format, 'head/1');
    assert.equal('blocks.16.expand.weight' in file.tensors, plain.fineTuning?.betterThanHead);
    await assert.rejects(trainer.train({ strategy: 'joined-layers', head: 'logistic' }), {
      code: 'bad-argument',
      message: /brings its own head/,
    });
    await trainer.dispose();
  });

  it('trains layers of two networks at once, which travel and come back as those of one do', async () => {
    const first = await newTrainer();
    await teach(first, 3);
    await first.train();
    const tflite = await first.exportModel({ format: 'tflite' });
    await first.dispose();
    const both = { backbone: [backboneFile, { file: tflite, pixelRange: /** @type {[number, number]} */ ([-2, 1]) }] };
    const trainer = await newTrainer(both);
    await teachFaint(trainer);
    const estimate = await trainer.estimateTraining({ strategy: 'last-block' });
    const report = await trainWithGain(trainer);
    assert.match(report.border, /^a\.blocks\.15,b\.blocks\.\d+$/);
    assert.deepEqual(report.features, ['a.last', 'b.last']);
    assert.equal(estimate.trainedWeightCount, report.trainedWeightCount);
    assert.equal(estimate.frozenWeightCount, report.frozenWeightCount);
    const bytes = await trainer.exportHead();
    const { metadata, tensors } = readSafetensors(bytes);
    assert.equal(metadata.border, report.border);
    for (const name of ['a.blocks.16.expand.weight', 'a.last.bias', 'b.last.bias']) {
      assert.ok(name in tensors, name);
    }
    const expected = await answers(trainer);
    const other = await newTrainer(both);
    const info = await other.importHead(bytes);
    assert.equal(info.border, report.border);
    assert.ok(largestDifference(await answers(other), expected) < 1e-5);
    await trainer.recover();
    assert.ok(largestDifference(await answers(trainer), expected) < 1e-5);
    await Promise.all([trainer.dispose(), other.dispose()]);
  });

  it('comes back with its layers after the engine was started anew, and is judged by the pictures again', async () => {
    const trainer = await newTrainer(kOptions);
    await teachFaint(trainer);
    await trainWithGain(trainer);
    assert.equal(trainer.headInfo?.border, 'blocks.15');
    const expected = await answers(trainer);
    const { known } = await trainer.predict(drawPicture(0, 30));
    assert.ok(known < 1);
    await trainer.recover();
    assert.ok(largestDifference(await answers(trainer), expected) < 1e-5);
    const until = Date.now() + 20_000;
    let again = 1;
    while (again === 1 && Date.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      again = (await trainer.predict(drawPicture(0, 30))).known;
    }
    assert.ok(Math.abs(again - known) < 0.05, `${again} after, ${known} before`);
    await trainer.dispose();
  });

  it('gives the same head, to the byte, from the same pictures and seed', async () => {
    const files = [];
    for (let run = 0; run < 2; run++) {
      const trainer = await newTrainer(kOptions);
      await teachFaint(trainer);
      await trainWithGain(trainer);
      files.push(Buffer.from(await trainer.exportHead({ date: '2026-01-01T00:00:00Z' })));
      await trainer.dispose();
    }
    assert.ok(files[0].equals(files[1]));
  });

  it('ends early with the best so far when asked to, and stops without a trace when aborted', async () => {
    const trainer = await newTrainer(kOptions);
    await teach(trainer, 6);
    await trainer.train({ seed: 7 });
    const before = await answers(trainer);
    const controller = new AbortController();
    const aborted = trainer.train({
      strategy: 'last-3-blocks',
      epochCount: 500,
      signal: controller.signal,
      onProgress: ({ epoch }) => {
        if ((epoch ?? 0) >= 1) {
          controller.abort();
        }
      },
    });
    await assert.rejects(aborted, { code: 'cancelled' });
    assert.deepEqual(await answers(trainer), before);
    let isAsked = false;
    const ended = await trainer.train({
      strategy: 'last-3-blocks',
      epochCount: 500,
      onProgress: ({ epoch }) => {
        if ((epoch ?? 0) < 1 || isAsked) {
          return;
        }
        isAsked = true;
        void trainer.finishTraining();
      },
    });
    assert.ok(ended.fineTuning && ended.fineTuning.epochs.length < 500);
    await trainer.dispose();
  });

  it('holds still while it is paused, with predictions going on', async () => {
    const trainer = await newTrainer(kOptions);
    await teach(trainer, 6);
    let count = 0;
    const training = trainer.train({ strategy: 'last-block', epochCount: 4, onProgress: () => count++ });
    while (count === 0) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await trainer.pauseTraining();
    await trainer.predict(drawPicture(0, 9));
    const atPause = count;
    for (let i = 0; i < 5; i++) {
      await trainer.predict(drawPicture(1, i));
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.ok(count <= atPause + 1, `${count - atPause} steps while it was paused`);
    await trainer.resumeTraining();
    assert.equal((await training).strategy, 'last-block');
    await trainer.dispose();
  });

  it('is estimated beforehand: its weights exactly, its time from a measured step', async () => {
    const trainer = await newTrainer(kOptions);
    await teachFaint(trainer);
    const estimate = await trainer.estimateTraining({ strategy: 'last-block' });
    assert.equal(trainer.headInfo, null);
    const report = await trainer.train({ strategy: 'last-block' });
    if (report.fineTuning?.betterThanHead) {
      assert.equal(estimate.trainedWeightCount, report.trainedWeightCount);
      assert.equal(estimate.frozenWeightCount, report.frozenWeightCount);
    }
    assert.ok(estimate.memoryBytes > 0 && estimate.elapsedMs > 0);
    await trainer.dispose();
  });

  it('leaves no memory behind: flat over 20 in a row', async () => {
    const trainer = await newTrainer(kOptions);
    await teach(trainer, 4);
    const bytes = [];
    for (let run = 0; run < 20; run++) {
      await trainer.train({ strategy: 'last-block', epochCount: 1, seed: run });
      const { wasmBytes, handleCount } = await trainer.stats();
      bytes.push(wasmBytes + handleCount);
    }
    assert.deepEqual(new Set(bytes.slice(3)).size, 1, bytes.join(' '));
    await trainer.dispose();
  });

  it('refuses too few pictures in words, and keeps the head that is there', async () => {
    const trainer = await newTrainer(kOptions);
    await teach(trainer, 3);
    await trainer.train();
    const before = await answers(trainer);
    await assert.rejects(trainer.train({ strategy: 'last-block' }), { code: 'too-few-samples', message: /four|4/ });
    assert.deepEqual(await answers(trainer), before);
    await trainer.dispose();
  });
});
