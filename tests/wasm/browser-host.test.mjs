// What a browser does to the library: pictures with transparent parts or of other sites, and a worker that dies in silence.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { encodePng } from '../pictures/encode.mjs';
import { openPage } from './browser-page.mjs';
import { backboneFile, libraryFolder } from './support.mjs';

const skip = existsSync(process.env.CHROMIUM ?? '/usr/bin/chromium') ? false : 'needs Chromium';

describe('in a page', { skip }, () => {
  /** @type {Awaited<ReturnType<typeof openPage>>} */
  let opened;
  before(async () => {
    opened = await openPage({ isolated: false, open: true });
    await opened.page.evaluate(async () => {
      const { createTrainer } = await import('/lib/headstart.js');
      globalThis.failures = [];
      globalThis.trainer = await createTrainer({ variant: 'simd', onFailure: ({ code }) => failures.push(code) });
    });
  });
  after(() => opened.close());

  it('what is transparent shows on white by every way in, whatever colour is hidden under it', async () => {
    const cosines = await opened.page.evaluate(async () => {
      const disc = (under) => {
        const canvas = new OffscreenCanvas(640, 480);
        const context = canvas.getContext('2d');
        if (under) {
          context.fillStyle = under;
          context.fillRect(0, 0, 640, 480);
        }
        for (let i = 0; i < 9; i++) {
          context.fillStyle = `hsl(${i * 40} 80% 45%)`;
          context.beginPath();
          context.arc(200 + (i % 3) * 120, 120 + Math.floor(i / 3) * 120, 50, 0, 7);
          context.fill();
        }
        return canvas;
      };
      const expected = await trainer.embed(disc('#fff'));
      const clear = disc('');
      const image = clear.getContext('2d').getImageData(0, 0, 640, 480);
      const hidden = new ImageData(image.data.slice(), 640, 480);
      for (let at = 0; at < hidden.data.length; at += 4) {
        if (hidden.data[at + 3] === 0) {
          hidden.data.set([200, 30, 90], at);
        }
      }
      const ways = {
        canvas: clear,
        image,
        hidden,
        bitmap: await createImageBitmap(clear),
        hiddenBitmap: await createImageBitmap(hidden, { premultiplyAlpha: 'none' }),
        png: await clear.convertToBlob({ type: 'image/png' }),
        frame: new VideoFrame(clear, { timestamp: 0 }),
      };
      const dot = (a, b) => a.reduce((sum, value, i) => sum + value * b[i], 0);
      const cosines = {};
      for (const [name, picture] of Object.entries(ways)) {
        const got = await trainer.embed(picture);
        cosines[name] = dot(got, expected) / Math.sqrt(dot(got, got) * dot(expected, expected));
      }
      return cosines;
    });
    for (const [name, cosine] of Object.entries(cosines)) {
      assert.ok(cosine > 0.999, `${name}: ${cosine}`);
    }
  });

  it('a picture of another site is told as such, as an image and drawn on a canvas', async () => {
    const errors = await opened.page.evaluate(async (origin) => {
      const image = new Image();
      image.src = `${origin}/picture.png`;
      await image.decode();
      const canvas = document.createElement('canvas');
      canvas.getContext('2d').drawImage(image, 0, 0);
      const code = (picture) => trainer.embed(picture).catch(({ code, message }) => [code, message]);
      return [await code(image), await code(canvas), await code(new OffscreenCanvas(8, 8)).then(() => 'taken')];
    }, opened.otherOrigin);
    for (const [code, message] of errors.slice(0, 2)) {
      assert.equal(code, 'bad-argument');
      assert.match(message, /another site/);
    }
    assert.equal(errors[2], 'taken');
  });

  it('a strip of 1 × 100,000 among good pictures is taken for its middle, and the next ones are read as ever', async () => {
    const strip = { data: new Uint8ClampedArray(400_000).fill(255), width: 1, height: 100_000 };
    const result = await opened.page.evaluate(async (base64) => {
      const file = new Blob([Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))]);
      const canvas = new OffscreenCanvas(640, 480);
      canvas.getContext('2d').fillRect(90, 50, 300, 200);
      const good = await canvas.convertToBlob();
      const expected = await trainer.embed(good);
      const taken = await trainer.embed(file).then(
        () => 'taken',
        ({ code }) => code,
      );
      const again = await trainer.embed(good);
      return { taken, isSame: again.every((value, i) => value === expected[i]) };
    }, encodePng(strip).toString('base64'));
    assert.deepEqual(result, { taken: 'taken', isSame: true });
  });

  it('a crop outside is refused for bitmaps, frames and files as it is for pixels', async () => {
    const codes = await opened.page.evaluate(async () => {
      const canvas = new OffscreenCanvas(640, 480);
      canvas.getContext('2d').fillRect(0, 0, 10, 10);
      const ways = [
        canvas,
        new VideoFrame(canvas, { timestamp: 0 }),
        await canvas.convertToBlob(),
        new ImageData(640, 480),
      ];
      const crops = [
        { left: 600, top: 0, width: 41, height: 10 },
        { left: 2 ** 32, top: 0, width: 10, height: 10 },
      ];
      const codes = [];
      for (const picture of ways) {
        for (const crop of crops) {
          codes.push(await trainer.embed(picture, { crop }).catch(({ code }) => code));
        }
      }
      return codes;
    });
    assert.deepEqual(codes, Array(8).fill('bad-argument'));
  });

  it('a worker that dies in silence is noticed within seconds, and replaced without the network', async () => {
    const before = await opened.page.evaluate(async () => {
      const id = trainer.addClass('a');
      await trainer.addSample(id, new ImageData(64, 48));
      return (await trainer.embed(new ImageData(640, 480))).slice(0, 8).join();
    });
    await opened.page.waitForTimeout(500); // until the worker in reserve has its scripts
    const requestCount = opened.requests.length;
    await opened.page.context().setOffline(true);
    const [worker] = opened.page.workers();
    const dies = opened.page.evaluate(async () => {
      const start = performance.now();
      while (!trainer.failed) {
        await trainer.embed(new ImageData(640, 480)).catch(() => {});
      }
      return performance.now() - start;
    });
    worker.evaluate(() => globalThis.close()).catch(() => {});
    assert.ok((await dies) < 5000);
    const result = await opened.page.evaluate(async () => {
      const start = performance.now();
      await trainer.recover();
      const embedding = (await trainer.embed(new ImageData(640, 480))).slice(0, 8).join();
      return { failures, embedding, elapsedMs: performance.now() - start, classes: trainer.classes };
    });
    assert.deepEqual(result.failures, ['internal']);
    assert.equal(result.embedding, before);
    assert.equal(result.classes[0].sampleCount, 1);
    assert.deepEqual(opened.requests.slice(requestCount), []);
    await opened.page.context().setOffline(false);
  });
});

describe('with threads, over many changes of backbone', { skip }, () => {
  const isThreaded = existsSync(join(libraryFolder, 'wasm/simd-threads.wasm'));
  const needs = isThreaded && process.platform === 'linux' ? false : 'needs a threaded build, and /proc';
  it('the memory stays flat', { skip: needs }, async () => {
    const opened = await openPage({ backbone: backboneFile });
    await opened.page.evaluate(async () => {
      const { createTrainer } = await import('/lib/headstart.js');
      const trainer = await createTrainer({ backbone: '/backbone.safetensors', threads: 2 });
      const file = new Uint8Array(await (await fetch('/backbone.safetensors')).arrayBuffer());
      globalThis.changeBackbones = async (count) => {
        for (let i = 0; i < count; i++) {
          await trainer.setBackbone(file.slice());
        }
      };
    });
    const megabytesAfter = async (/** @type {number} */ count) => {
      await opened.page.evaluate((times) => globalThis.changeBackbones(times), count);
      for (const worker of opened.page.workers()) {
        if (/engine-worker/.test(worker.url())) {
          await worker.evaluate(() => globalThis.gc());
        }
      }
      await opened.page.waitForTimeout(500);
      return opened.megabytes();
    };
    const before = await megabytesAfter(20);
    const after = await megabytesAfter(80);
    await opened.close();
    // 4 MB each once were 320.
    assert.ok(after < before + 120, `${before} MB after 20, ${after} MB after 100`);
  });
});
