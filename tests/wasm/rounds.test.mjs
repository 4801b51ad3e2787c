// A fine-tuning is stored round by round, and another trainer goes on with it.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { drawPicture, newTrainer, randomNumbers, readSafetensors } from './support.mjs';

/** @typedef {import('../../web/src/engine/headstart.d.ts').Trainer} Trainer */
/** @typedef {import('../../web/src/engine/headstart-training.d.ts').TuningRound} TuningRound */

const options = /** @type {const} */ ({ strategy: 'last-block', epochCount: 4, seed: 3 });

/** The same each time. @param {number} [perKind] */
async function taughtTrainer(perKind = 8) {
  const trainer = await newTrainer();
  for (const kind of [0, 1]) {
    const classId = trainer.addClass(`kind ${kind}`);
    for (let number = 0; number < perKind; number++) {
      const picture = drawPicture(kind, number, 160, 120);
      const random = randomNumbers(number * 31 + kind + 5);
      picture.data.forEach((value, i) => {
        if (i % 4 < 3) {
          picture.data[i] = 0.3 * value + 0.7 * 255 * random();
        }
      });
      await trainer.addSample(classId, picture);
    }
  }
  return trainer;
}

/** @param {Trainer} trainer @param {import('../../web/src/engine/headstart-training.d.ts').TrainOptions} more */
async function train(trainer, more = {}) {
  /** @type {TuningRound[]} */
  const rounds = [];
  const { elapsedMs, ...report } = await trainer.train({ ...options, ...more, onRound: (round) => rounds.push(round) });
  const head = Buffer.from(await trainer.exportHead({ date: '2026-01-01' })).toString('hex');
  return { report, head, rounds };
}

describe('rounds of a fine-tuning', () => {
  it('say which round of how many, and what it came to, as the report says afterwards', async () => {
    const trainer = await taughtTrainer();
    const { report, rounds } = await train(trainer);
    const epochs = report.fineTuning?.epochs ?? [];
    assert.ok(rounds.length >= 3);
    for (const [index, { strategy, epoch, epochCount, file, ...numbers }] of rounds.entries()) {
      assert.deepEqual([strategy, epoch, epochCount], ['last-block', index + 1, 4]);
      assert.deepEqual(numbers, epochs[index]);
      assert.equal(readSafetensors(file).metadata.format, 'tuning/1');
    }
    await trainer.dispose();
  });

  it('are gone on with by another trainer, which ends with the same report and the same head, to the byte', async () => {
    const trainer = await taughtTrainer();
    const whole = await train(trainer);
    for (const { file, epoch } of whole.rounds) {
      const other = await taughtTrainer();
      const resumed = await train(other, { resume: file });
      assert.deepEqual(resumed.report, whole.report);
      assert.equal(resumed.head, whole.head);
      assert.deepEqual(
        resumed.rounds.map((round) => round.epoch),
        whole.rounds.map((round) => round.epoch).filter((each) => each > epoch),
      );
      await other.dispose();
    }
    await trainer.dispose();
  });

  it('are refused where pictures or options are others, and nothing is trained', async () => {
    const trainer = await taughtTrainer();
    const { file } = (await train(trainer)).rounds[0];
    const other = await taughtTrainer(9);
    await assert.rejects(other.train({ ...options, resume: file }), { code: 'bad-file', message: /2 were added/ });
    await assert.rejects(trainer.train({ ...options, seed: 4, resume: file }), {
      code: 'bad-file',
      message: /other settings/,
    });
    assert.equal(other.headInfo, null);
    const [sampleId] = trainer.sampleIds(trainer.classes[0].id);
    await trainer.moveSample(sampleId, trainer.classes[1].id);
    await assert.rejects(trainer.train({ ...options, resume: file }), {
      code: 'bad-file',
      message: /1 changed or moved/,
    });
    await trainer.moveSample(sampleId, trainer.classes[0].id);
    assert.ok((await trainer.train({ ...options, resume: file })).fineTuning);
    await Promise.all([trainer.dispose(), other.dispose()]);
  });

  it('are refused where their bytes are not whole, and the trainer goes on', async () => {
    const trainer = await taughtTrainer();
    const { file } = (await train(trainer)).rounds[0];
    for (const bytes of [file.subarray(0, file.length - 1), file.subarray(0, 40), new Uint8Array([1, 2, 3])]) {
      await assert.rejects(trainer.train({ ...options, resume: bytes }), { code: 'bad-file' });
    }
    await assert.rejects(trainer.train({ ...options, resume: /** @type {any} */ ('round') }), { code: 'bad-argument' });
    await assert.rejects(trainer.train({ strategy: 'head', resume: file }), { code: 'bad-argument' });
    await assert.rejects(trainer.train({ onRound: /** @type {any} */ (3) }), { code: 'bad-argument' });
    assert.ok((await trainer.train(options)).fineTuning);
    await trainer.dispose();
  });
});
