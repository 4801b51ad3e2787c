// Whole projects in Node: out as a zip, and back in another trainer with the same answers.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { deflateSync } from 'node:zlib';
import { unzipSync, zipSync } from 'fflate';
import { encodePng } from '../pictures/encode.mjs';
import { drawPicture, newTrainer, teach } from './support.mjs';

describe('a project', () => {
  it('leaves Node as a zip and comes back with its pictures, names, order and head, to the bit', async () => {
    const trainer = await newTrainer();
    await teach(trainer, 6);
    await trainer.train({ seed: 2 });
    const file = await trainer.exportModel({ format: 'project', page: { note: 1 } });
    const picture = drawPicture(1, 60, 640, 480);
    const before = await trainer.predict(picture);
    const head = await trainer.exportHead({ date: '2026-01-01' });
    await trainer.dispose();

    const other = await newTrainer();
    const { kind, sampleCount, hasHead, page, unreadable, classIds } = await other.importProject(file);
    assert.deepEqual(
      { kind, sampleCount, hasHead, page, unreadable },
      {
        kind: 'headstart',
        sampleCount: 18,
        hasHead: true,
        page: { note: 1 },
        unreadable: [],
      },
    );
    assert.deepEqual(
      other.classes.map(({ name, sampleCount: count }) => [name, count]),
      [
        ['stripes', 6],
        ['dots', 6],
        ['gradient', 6],
      ],
    );
    assert.equal(classIds.length, 3);
    assert.deepEqual(await other.exportHead({ date: '2026-01-01' }), head);
    const after = await other.predict(picture);
    assert.deepEqual(
      after.ranked.map(({ name, probability }) => [name, probability]),
      before.ranked.map(({ name, probability }) => [name, probability]),
    );
    await other.dispose();
  });

  it('of folders gives every PNG; other files are read by whom the caller names, and else listed', async () => {
    const png = encodePng(drawPicture(0, 1, 300, 200));
    const files = { 'cats/1.png': png, 'cats/2.jpg': new Uint8Array([0xff, 0xd8, 1, 2]), 'dogs/1.png': png };
    const zip = zipSync(files);
    const trainer = await newTrainer();
    const plain = await trainer.importProject(zip);
    assert.equal(plain.kind, 'pictures');
    assert.equal(plain.sampleCount, 2);
    assert.deepEqual(plain.unreadable, ['cats/2.jpg']);
    const drawn = drawPicture(2, 5, 96, 96);
    const decoded = await trainer.importProject(zip, { decodePicture: () => drawn });
    assert.equal(decoded.sampleCount, 3);
    assert.deepEqual(decoded.unreadable, []);
    await trainer.dispose();
  });

  it('with damaged pictures lists them and takes the others', async () => {
    const png = new Uint8Array(encodePng(drawPicture(0, 1, 64, 64)));
    const cut = png.slice(0, png.length - 40);
    const shortBody = new Uint8Array(deflateSync(new Uint8Array(10)));
    const wrong = png.slice();
    wrong[24] = 16; // bits a channel
    const zip = zipSync({ 'a/1.png': png, 'a/2.png': cut, 'a/3.png': wrong, 'a/4.png': shortBody, 'b/1.png': png });
    const trainer = await newTrainer();
    const { sampleCount, unreadable } = await trainer.importProject(zip);
    assert.equal(sampleCount, 2);
    assert.deepEqual(unreadable, ['a/2.png', 'a/3.png', 'a/4.png']);
    await trainer.dispose();
  });

  /** Its files, changed. @param {(files: Record<string, Uint8Array>) => void} change */
  async function projectWith(change) {
    const trainer = await newTrainer({ inputSize: 96 });
    await teach(trainer, 4);
    await trainer.train();
    const files = unzipSync(new Uint8Array(await trainer.exportModel({ format: 'project' })));
    await trainer.dispose();
    change(files);
    return zipSync(files, { level: 0 });
  }

  it('whose head is damaged, or reads larger pictures, loses the head and no picture', async () => {
    const cut = await projectWith((files) => {
      files['head.safetensors'] = files['head.safetensors'].slice(0, 300);
    });
    for (const [zip, inputSize] of /** @type {const} */ ([
      [cut, 96],
      [await projectWith(() => {}), 128],
    ])) {
      const trainer = await newTrainer({ inputSize });
      const { sampleCount, hasHead, classIds } = await trainer.importProject(zip);
      assert.deepEqual([sampleCount, hasHead, classIds.length], [12, false, 3]);
      assert.equal(trainer.headInfo, null);
      await trainer.train();
      await trainer.dispose();
    }
  });

  it('that is stopped half-way leaves the classes, pictures and answers that were there', async () => {
    const zip = await projectWith(() => {});
    const trainer = await newTrainer();
    await teach(trainer, 4);
    await trainer.train();
    const before = [trainer.classes, await trainer.predict(drawPicture(1, 30))];
    const stop = new AbortController();
    const onProgress = ({ done = 0 }) => done === 5 && stop.abort();
    await assert.rejects(trainer.importProject(zip, { signal: stop.signal, onProgress }), {
      code: 'cancelled',
    });
    const after = [trainer.classes, await trainer.predict(drawPicture(1, 30))];
    assert.deepEqual(after[0], before[0]);
    const said = (/** @type {any} */ { ranked }) =>
      ranked.map((/** @type {any} */ { name, probability }) => [name, probability]);
    assert.deepEqual(said(after[1]), said(before[1]));
    await trainer.dispose();
  });
});
