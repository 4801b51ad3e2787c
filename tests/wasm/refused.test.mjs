// What is refused changes nothing: heads from files, trainings that cannot come to anything, answers that nobody can give.

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { drawPicture, newTrainer, readSafetensors, shared, teach } from './support.mjs';

/** @typedef {import('../../web/src/engine/headstart.d.ts').Trainer} Trainer */

const big = (/** @type {number} */ kind, /** @type {number} */ number) => drawPicture(kind, number, 640, 480);

/**
 * The bytes of a head file, changed.
 * @param {Uint8Array} bytes
 * @param {(head: { metadata: Record<string, string>, tensors: Record<string, { shape: number[], values: Float32Array }> }) => void} change
 */
function changedHead(bytes, change) {
  const { metadata, tensors } = readSafetensors(bytes);
  const head = { metadata: { ...metadata }, tensors };
  change(head);
  /** @type {Record<string, unknown>} */
  const header = { __metadata__: head.metadata };
  let end = 0;
  for (const [name, { dtype, shape, values }] of Object.entries(head.tensors)) {
    header[name] = { dtype, shape, data_offsets: [end, end + values.byteLength] };
    end += values.byteLength;
  }
  const text = JSON.stringify(header);
  const padded = new TextEncoder().encode(text.padEnd(Math.ceil(text.length / 8) * 8));
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(padded.length), true);
  const parts = [
    length,
    padded,
    ...Object.values(head.tensors).map(({ values }) => new Uint8Array(values.slice().buffer)),
  ];
  return new Uint8Array(Buffer.concat(parts));
}

/** @param {Trainer} trainer */
async function stateOf(trainer) {
  const { ranked, trained } = await trainer.predict(big(1, 200));
  return { classes: trainer.classes, head: trainer.headInfo, ranked, trained };
}

async function taught() {
  const trainer = await newTrainer();
  const [first] = await teach(trainer, 4);
  await trainer.addSample(first, drawPicture(0, 90, 1280, 720));
  await trainer.addSample(first, big(0, 91));
  await trainer.train();
  return trainer;
}

describe('a head that is refused', () => {
  /** @type {Record<string, Parameters<typeof changedHead>[1]>} */
  const changes = {
    'of one class': ({ metadata, tensors }) => {
      metadata.labels = '["stripes"]';
      const width = tensors['head.weight'].shape[1];
      tensors['head.weight'] = { shape: [1, width], values: tensors['head.weight'].values.slice(0, width) };
      tensors['head.bias'] = { shape: [1], values: tensors['head.bias'].values.slice(0, 1) };
    },
    'with a blank label': ({ metadata }) => {
      metadata.labels = JSON.stringify(['stripes', '\u202e \u00a0', 'new']);
    },
    'with weights that overflow': ({ metadata, tensors }) => {
      metadata.labels = '["one","two","three"]';
      tensors['head.weight'].values.fill(3e38);
    },
    'with a weight that is no number': ({ tensors }) => {
      tensors['head.weight'].values[5] = Number.NaN;
    },
    'with layers that do not fit': ({ metadata, tensors }) => {
      metadata.labels = '["one","two","three"]';
      metadata.border = 'blocks.16';
      tensors['last.bias'] = { shape: [7], values: new Float32Array(7) };
    },
  };
  for (const [name, change] of Object.entries(changes)) {
    it(`${name} leaves classes, head and answers as they were`, async () => {
      const trainer = await taught();
      const before = await stateOf(trainer);
      const [gone] = trainer.sampleIds(trainer.classes[0].id);
      const bytes = changedHead(await trainer.exportHead({ date: '' }), change);
      await assert.rejects(trainer.importHead(bytes), { code: 'bad-file' });
      assert.deepEqual(await stateOf(trainer), before);
      // Nothing of it takes a place among what can be undone, either.
      await trainer.removeSample(gone);
      for (let count = 0; count < 10; count++) {
        await assert.rejects(trainer.importHead(bytes), { code: 'bad-file' });
      }
      await trainer.restoreSamples([gone]);
      await trainer.dispose();
    });
  }

  const folder = join(shared, 'cases', 'hostile');
  const skip = existsSync(folder)
    ? false
    : 'made for this purpose; where they are not, those above stand for their kinds';
  it('because a fuzzer made it so leaves an empty trainer empty, and a trained one as it was', { skip }, async () => {
    const [empty, trainer] = [await newTrainer(), await taught()];
    const before = await stateOf(trainer);
    const files = readdirSync(folder).filter((name) => name.endsWith('.safetensors'));
    assert.ok(files.length >= 3);
    for (const name of files) {
      const bytes = new Uint8Array(readFileSync(join(folder, name)));
      for (const each of [empty, trainer]) {
        await assert.rejects(each.importHead(bytes), { code: 'bad-file' }, name);
      }
      assert.deepEqual(empty.classes, [], name);
      assert.equal(empty.headInfo, null, name);
      assert.deepEqual(await stateOf(trainer), before, name);
    }
    await empty.dispose();
    await trainer.dispose();
  });

  it('is none that is taken up while a class is disabled', async () => {
    const trainer = await taught();
    const bytes = await trainer.exportHead({ date: '' });
    const [{ id: first }, { id: second }] = trainer.classes;
    trainer.setClassEnabled(first, false);
    trainer.setClassEnabled(second, false);
    await trainer.importHead(bytes);
    await assert.rejects(trainer.exportHead(), { code: 'not-trained' });
    trainer.setClassEnabled(first, true);
    trainer.setClassEnabled(second, true);
    await trainer.exportHead(); // has its place behind them, an answer has not
    const { ranked, trained } = await trainer.predict(big(1, 200));
    assert.equal(trained, true);
    assert.equal(ranked.length, 3);
    await trainer.dispose();
  });

  it('labels come cleaned of what turns text round', async () => {
    const trainer = await taught();
    const bytes = changedHead(await trainer.exportHead({ date: '' }), ({ metadata }) => {
      metadata.labels = JSON.stringify(['ro\u0000ck', '\u202egnp.kcor\u202c', ' paper\n']);
    });
    const other = await newTrainer();
    await other.importHead(bytes);
    assert.deepEqual(
      other.classes.map(({ name }) => name),
      ['rock', 'gnp.kcor', 'paper'],
    );
    await trainer.dispose();
    await other.dispose();
  });
});

describe('a training that comes to nothing', () => {
  it('by running away leaves the old head at work', async () => {
    const trainer = await taught();
    const before = await stateOf(trainer);
    await assert.rejects(trainer.train({ head: 'mlp', learningRate: 1e300 }), { code: 'bad-argument' });
    assert.deepEqual(await stateOf(trainer), before);
    await trainer.dispose();
  });

  for (const strategy of /** @type {const} */ (['head', 'joined-layers', 'joined-layers-views', 'recommended'])) {
    it(`because all pictures are alike says so, ${strategy}`, async () => {
      const trainer = await newTrainer();
      const black = {
        data: new Uint8ClampedArray(640 * 480 * 4).map((_, i) => (i % 4 === 3 ? 255 : 0)),
        width: 640,
        height: 480,
      };
      for (const name of ['a', 'b']) {
        const classId = trainer.addClass(name);
        for (let i = 0; i < 5; i++) {
          await trainer.addSample(classId, black);
        }
      }
      const says = { code: 'too-few-samples', message: /look the same/ };
      await assert.rejects(trainer.train({ strategy }), says);
      if (strategy === 'head') {
        await assert.rejects(trainer.train({ head: 'discriminant' }), says);
      }
      assert.equal(trainer.headInfo, null);
      await trainer.dispose();
    });
  }
});

describe('an answer', () => {
  it('just after classes were removed is never an empty ranking', async () => {
    const trainer = await taught();
    const [{ id: first }, { id: second }] = trainer.classes;
    const asked = trainer.predict(big(1, 200));
    trainer.removeClass(first);
    trainer.removeClass(second);
    await assert.rejects(asked, { code: 'not-trained' });
    await assert.rejects(trainer.predict(big(1, 200)), { code: 'not-trained' });
    await trainer.dispose();
  });

  it('has a class that came back, as headInfo and the file have', async () => {
    const trainer = await taught();
    const [, { id: second }] = trainer.classes;
    trainer.removeClass(second);
    await trainer.restoreClass(second);
    assert.equal(trainer.headInfo?.classes.length, 3);
    assert.equal((await trainer.predict(big(1, 200))).ranked.length, 3);
    const { metadata } = readSafetensors(await trainer.exportHead({ date: '' }));
    assert.deepEqual(JSON.parse(metadata.labels), ['stripes', 'dots', 'gradient']);
    await trainer.dispose();
  });
});
