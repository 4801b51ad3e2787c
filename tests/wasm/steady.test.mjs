// What must not grow: handles and memory over many frames, and views that survive growth.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { drawPicture, libraryFolder, newTrainer, teach, viewsDone } from './support.mjs';

const VARIANTS = ['simd', 'relaxed-simd', 'simd-threads', 'relaxed-simd-threads'];

describe('over 1,000 frames', () => {
  it('the handle count and the memory stay flat', async () => {
    const trainer = await newTrainer();
    await teach(trainer, 3);
    await trainer.train();
    await viewsDone(trainer);
    const picture = drawPicture(0, 1);
    for (let i = 0; i < 20; i++) {
      await trainer.predict(picture);
    }
    const start = await trainer.stats();
    for (let i = 0; i < 1000; i++) {
      await trainer.predict(picture);
      if (i % 10 === 0) {
        await trainer.embed(picture, { mirror: true });
      }
    }
    const end = await trainer.stats();
    assert.equal(end.handleCount, start.handleCount);
    assert.equal(end.wasmBytes, start.wasmBytes);
    assert.equal(end.storeBytes, start.storeBytes);
    await trainer.dispose();
  });

  it('and over samples that come and go, and trainings', async () => {
    const trainer = await newTrainer();
    const [a] = await teach(trainer, 3);
    /** @param {number} number */
    const once = async (number) => {
      const id = await trainer.addSample(a, drawPicture(0, number));
      await trainer.removeSample(id);
    };
    for (let i = 0; i < 30; i++) {
      await once(i);
    }
    for (let i = 0; i < 3; i++) {
      await trainer.train();
    }
    await viewsDone(trainer);
    const start = await trainer.stats();
    for (let i = 0; i < 100; i++) {
      await once(i);
    }
    for (let i = 0; i < 5; i++) {
      await trainer.train();
    }
    await viewsDone(trainer);
    const end = await trainer.stats();
    assert.equal(end.handleCount, start.handleCount);
    assert.equal(end.wasmBytes, start.wasmBytes);
    assert.equal(end.pictureBytes, start.pictureBytes);
    await trainer.dispose();
  });
});

describe('growing memory', () => {
  it('never changes an answer: huge frames between small ones', async () => {
    const trainer = await newTrainer();
    const small = drawPicture(0, 1);
    const expected = await trainer.embed(small);
    const { wasmBytes } = await trainer.stats();
    const large = { data: new Uint8ClampedArray(6000 * 5000 * 4).fill(127), width: 6000, height: 5000 };
    const flat = await trainer.embed(large);
    assert.ok((await trainer.stats()).wasmBytes > wasmBytes, 'the memory grew');
    assert.deepEqual(await trainer.embed(small), expected);
    assert.deepEqual(await trainer.embed(large), flat);
    await trainer.dispose();
  });
});

describe('engines that come and go', () => {
  const runnable = VARIANTS.filter((variant) => existsSync(join(libraryFolder, `wasm/${variant}.wasm`)));
  it('are there', () => assert.ok(runnable.length > 0));
  for (const variant of runnable) {
    it(`give back what they had, ${variant}`, async () => {
      const script = `
        import { createTrainer } from ${JSON.stringify(pathToFileURL(join(libraryFolder, 'headstart.node.js')).href)};
        const picture = { data: new Uint8Array(640 * 480 * 4), width: 640, height: 480 };
        const threads = ${variant.endsWith('-threads') ? 2 : 1};
        const megabytes = [];
        for (let count = 1; count <= 30; count++) {
          const trainer = await createTrainer({ variant: '${variant}', threads });
          await trainer.embed(picture);
          await trainer.dispose();
          if (count % 10) continue;
          gc();
          await new Promise((resolve) => setTimeout(resolve, 200));
          megabytes.push(process.memoryUsage().rss / 1e6);
        }
        console.log(JSON.stringify(megabytes));
        process.exit(0);`;
      const flags = ['--expose-gc', '--experimental-wasm-relaxed-simd'];
      // A file: threads inherit the flags, and none of them takes a script on the command line.
      const folder = mkdtempSync(join(tmpdir(), 'headstart-steady-'));
      writeFileSync(join(folder, 'engines.mjs'), script);
      const { stdout } = await promisify(execFile)(process.execPath, [...flags, join(folder, 'engines.mjs')]);
      rmSync(folder, { recursive: true });
      const [first, , last] = JSON.parse(stdout);
      assert.ok(last < first + 40, `after 10, 20 and 30 engines ${stdout} MB`);
    });
  }
});
