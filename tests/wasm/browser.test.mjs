// The library in a real browser: in its worker, with what only a browser has.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openPage } from './browser-page.mjs';
import { backboneFile, libraryFolder } from './support.mjs';

const skip = existsSync(process.env.CHROMIUM ?? '/usr/bin/chromium') ? false : 'needs Chromium';
const threaded = ['relaxed-simd-threads', 'simd-threads'].find((variant) =>
  existsSync(join(libraryFolder, `wasm/${variant}.wasm`)),
);

describe('in Chromium', { skip }, () => {
  /** @type {Awaited<ReturnType<typeof openPage>>} */
  let opened;
  before(async () => {
    opened = await openPage({ backbone: backboneFile });
    await opened.page.evaluate(async () => {
      const { createTrainer } = await import('/lib/headstart.js');
      /** Pictures of two kinds, clearly different. */
      const draw = (kind, number) => {
        const canvas = new OffscreenCanvas(640, 480);
        const context = canvas.getContext('2d');
        context.scale(2, 2);
        const [width, height] = [320, 240];
        context.fillStyle = kind === 0 ? '#246' : '#fd8';
        context.fillRect(0, 0, width, height);
        context.fillStyle = kind === 0 ? '#fff' : '#a20';
        for (let i = 0; i < 12; i++) {
          const at = i * 28 + number * 3;
          if (kind === 0) {
            context.fillRect(at % width, 0, 9, height);
          }
          context.beginPath();
          if (kind === 1) {
            context.arc(at % width, (i * 61 + number * 7) % height, 14, 0, 7);
          }
          context.fill();
        }
        return canvas;
      };
      Object.assign(globalThis, { createTrainer, draw });
      globalThis.options = { backbone: '/backbone.safetensors' };
      globalThis.trainer = await createTrainer(globalThis.options);
    });
  });
  after(() => opened.close());

  it('takes every kind of picture, and gives the same embedding for the same pixels', async () => {
    const differences = await opened.page.evaluate(async () => {
      const canvas = draw(1, 2);
      const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      const expected = await trainer.embed(pixels);
      const bitmap = await createImageBitmap(canvas);
      const frame = new VideoFrame(canvas, { timestamp: 0 });
      const element = document.createElement('canvas');
      element.width = canvas.width;
      element.height = canvas.height;
      element.getContext('2d').drawImage(canvas, 0, 0);
      const file = await canvas.convertToBlob({ type: 'image/png' });
      const image = new Image();
      image.src = URL.createObjectURL(file);
      await image.decode();
      const result = {};
      for (const [name, picture] of Object.entries({ canvas, bitmap, frame, element, file, image })) {
        const got = await trainer.embed(picture);
        result[name] = Math.max(...got.map((value, i) => Math.abs(value - expected[i])));
      }
      // None of them was closed, taken away or changed.
      result.untouched =
        bitmap.width === 640 && frame.codedWidth === 640 && pixels.data.length === 640 * 480 * 4 ? 0 : 1;
      return result;
    });
    for (const [name, difference] of Object.entries(differences)) {
      assert.equal(difference, 0, name);
    }
  });

  it('takes a playing video', async () => {
    const width = await opened.page.evaluate(async () => {
      const canvas = document.createElement('canvas');
      canvas.width = 1280;
      canvas.height = 720;
      canvas.getContext('2d').fillRect(0, 0, 100, 100);
      const video = document.createElement('video');
      await trainer.embed(video).then(
        () => Promise.reject(new Error('too early')),
        (error) => {
          if (error.code !== 'bad-argument') {
            throw error;
          }
        },
      );
      video.muted = true;
      video.srcObject = canvas.captureStream(30);
      setInterval(() => canvas.getContext('2d').fillRect(Math.random() * 300, 0, 9, 9), 30);
      await video.play();
      return (await trainer.embed(video, { mirror: true })).length;
    });
    assert.ok(width > 0);
  });

  it('keeps a picture as a JPEG square whose pixels give the sample its embedding, now and when it is read again', async () => {
    const result = await opened.page.evaluate(async () => {
      const classId = trainer.addClass('kept');
      const first = await trainer.addSample(classId, draw(0, 1), { mirror: true });
      const picture = await trainer.picture(first);
      const bitmap = await createImageBitmap(picture);
      const again = await trainer.addSample(classId, picture);
      const copy = await trainer.picture(again);
      const [a, b] = [await trainer.sampleEmbedding(first), await trainer.sampleEmbedding(again)];
      const bytes = new Uint8Array(await picture.arrayBuffer());
      const copied = new Uint8Array(await copy.arrayBuffer());
      trainer.removeClass(classId);
      return {
        type: picture.type,
        side: [bitmap.width, bitmap.height],
        size: picture.size,
        sameEmbedding: a.every((value, i) => value === b[i]),
        sameBytes: bytes.every((value, i) => value === copied[i]) && bytes.length === copied.length,
        format: (await trainer.stats()).pictureFormat,
      };
    });
    assert.deepEqual(
      { ...result, size: 0 },
      { type: 'image/jpeg', side: [224, 224], size: 0, sameEmbedding: true, sameBytes: true, format: 'jpeg' },
    );
    assert.ok(result.size < 60_000, `${result.size} bytes`);
  });

  it('reduces a picture of 12 megapixels before it reaches wasm, and keeps its meaning', async () => {
    const { cosine, grown } = await opened.page.evaluate(async () => {
      const { wasmBytes } = await trainer.stats();
      const canvas = new OffscreenCanvas(4000, 3000);
      const context = canvas.getContext('2d');
      context.imageSmoothingEnabled = false;
      context.drawImage(draw(1, 4), 0, 0, 4000, 3000);
      const file = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.95 });
      const [a, b] = [await trainer.embed(file), await trainer.embed(draw(1, 4))];
      const dot = (x, y) => x.reduce((sum, value, i) => sum + value * y[i], 0);
      return {
        cosine: dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b)),
        grown: (await trainer.stats()).wasmBytes - wasmBytes,
      };
    });
    assert.ok(cosine > 0.9, `cosine ${cosine}`);
    assert.equal(grown, 0);
  });

  it('refuses files that are no pictures, with a code that survives the thread', async () => {
    const errors = await opened.page.evaluate(async () => {
      const classId = trainer.addClass('x');
      const heic = new Blob([
        new Uint8Array([0, 0, 0, 24, ...'ftypheic'].map((c) => (typeof c === 'string' ? c.charCodeAt(0) : c))),
      ]);
      const broken = new File([new Uint8Array([0xff, 0xd8, 0xff, 1, 2, 3])], 'holiday.jpg');
      const results = [];
      for (const file of [heic, broken, new Blob(['hello'])]) {
        results.push(
          await trainer
            .addSample(classId, file)
            .catch((error) => [error instanceof Error, error.name, error.code, error.message]),
        );
      }
      trainer.removeClass(classId);
      return results;
    });
    assert.deepEqual(
      errors.map(([isError, name, code]) => [isError, name, code]),
      [
        [true, 'HeadstartError', 'unsupported'],
        [true, 'HeadstartError', 'bad-file'],
        [true, 'HeadstartError', 'unsupported'],
      ],
    );
    assert.match(errors[1][3], /holiday\.jpg/);
  });

  it('trains in the worker, with predictions and progress meanwhile, and stops when asked', async () => {
    const result = await opened.page.evaluate(async () => {
      const ids = [trainer.addClass('bars'), trainer.addClass('dots')];
      for (let i = 0; i < 20; i++) {
        await trainer.addSample(ids[i % 2], draw(i % 2, i));
      }
      let [answers, isTraining, progress] = [0, true, 0];
      const training = trainer.train({ head: 'mlp', epochCount: 1000, onProgress: () => progress++ }).finally(() => {
        isTraining = false;
      });
      while (isTraining) {
        await trainer.predict(draw(0, answers));
        answers++;
      }
      await training;
      const controller = new AbortController();
      const stopped = trainer.train({
        head: 'mlp',
        epochCount: 5000,
        signal: controller.signal,
        onProgress: () => controller.abort(),
      });
      const code = await stopped.then(
        () => 'finished',
        (error) => error.code,
      );
      const report = await trainer.train();
      const { ranked } = await trainer.predict(draw(1, 60));
      return { answers, progress, code, accuracy: report.accuracy, winner: ranked[0].name };
    });
    assert.ok(result.answers >= 3 && result.progress >= 3, JSON.stringify(result));
    assert.equal(result.code, 'cancelled');
    assert.equal(result.winner, 'dots');
    assert.ok(result.accuracy > 0.9);
  });

  it('holds handles and memory flat over 300 frames', async () => {
    const [start, end] = await opened.page.evaluate(async () => {
      const picture = draw(0, 3);
      const run = async (count) => {
        for (let i = 0; i < count; i++) {
          await trainer.predict(picture);
        }
        return trainer.stats();
      };
      return [await run(30), await run(300)];
    });
    assert.equal(end.handleCount, start.handleCount);
    assert.equal(end.wasmBytes, start.wasmBytes);
  });

  it('asks for nothing after loading, and the policy finds nothing to forbid', async () => {
    const before = opened.requests.length;
    await opened.page.evaluate(async () => {
      await trainer.train();
      await trainer.importHead(await trainer.exportHead());
      await trainer.predict(draw(0, 5));
    });
    // Pages read their own blobs by address; nothing else may leave.
    assert.deepEqual(
      opened.requests.slice(before).filter((url) => !url.startsWith('blob:')),
      [],
    );
    assert.deepEqual(
      opened.complaints.filter((text) => !/404/.test(text)),
      [],
    );
  });

  it('starts again after a crash with everything that was there', async () => {
    const result = await opened.page.evaluate(async () => {
      const classes = trainer.classes;
      const picture = draw(1, 70);
      const before = await trainer.predict(picture);
      const progress = [];
      await trainer.recover({ onProgress: (entry) => progress.push(entry) });
      const after = await trainer.predict(picture);
      return {
        classes,
        now: trainer.classes,
        before: before.ranked,
        after: after.ranked,
        progress: progress.at(-1),
        failed: trainer.failed,
      };
    });
    assert.deepEqual(result.now, result.classes);
    assert.equal(result.failed, false);
    assert.equal(result.progress.stage, 'embed');
    for (const [i, { name, probability }] of result.before.entries()) {
      assert.equal(result.after[i].name, name);
      assert.ok(Math.abs(result.after[i].probability - probability) < 1e-6);
    }
  });

  it('rejects with unavailable where a file is missing, and cancels what runs when disposed', async () => {
    const result = await opened.page.evaluate(async () => {
      const missing = await createTrainer({ backbone: '/missing.safetensors' }).catch(({ code }) => code);
      const other = await createTrainer({ ...options, variant: 'simd' });
      const running = other.embed(draw(0, 0)).catch(({ code }) => code);
      await other.dispose();
      return { missing, running: await running, variant: other.variant };
    });
    assert.deepEqual(result, { missing: 'unavailable', running: 'cancelled', variant: 'simd' });
  });
});

describe('in a page that is not isolated', { skip }, () => {
  it('one thread serves, and threads asked for are refused with the headers that they need', async () => {
    const opened = await openPage({ backbone: backboneFile, isolated: false });
    const result = await opened.page.evaluate(async () => {
      const { createTrainer } = await import('/lib/headstart.js');
      const options = { backbone: '/backbone.safetensors' };
      const trainer = await createTrainer(options);
      const refused = await createTrainer({ ...options, threads: 2 }).catch(({ code, message }) => ({ code, message }));
      return { threads: trainer.threads, variant: trainer.variant, refused };
    });
    assert.equal(result.threads, 1);
    assert.ok(!result.variant.endsWith('-threads'));
    assert.equal(result.refused.code, 'unsupported');
    assert.match(result.refused.message, /Cross-Origin-Opener-Policy/);
    await opened.close();
  });
});

describe('in a browser that falsifies what a canvas reads', { skip }, () => {
  // Noise on every read of a canvas, as a protection against fingerprinting puts it there.
  const prelude = `{
    const { getImageData } = OffscreenCanvasRenderingContext2D.prototype;
    OffscreenCanvasRenderingContext2D.prototype.getImageData = function (...args) {
      const image = getImageData.apply(this, args);
      for (let i = 0; i < image.data.length; i += 7) image.data[i] ^= 1;
      return image;
    };
  }
`;

  /** @param {string} [script] */
  async function embeddingAndPicture(script) {
    const opened = await openPage({ backbone: backboneFile, prelude: script });
    const result = await opened.page.evaluate(async () => {
      const { createTrainer } = await import('/lib/headstart.js');
      const trainer = await createTrainer({ backbone: '/backbone.safetensors', variant: 'simd' });
      const canvas = new OffscreenCanvas(300, 240);
      const context = canvas.getContext('2d');
      for (let i = 0; i < 40; i++) {
        context.fillStyle = `hsl(${i * 47} 80% 50%)`;
        context.fillRect((i * 71) % 300, (i * 53) % 240, 50, 40);
      }
      const embedding = await trainer.embed(canvas);
      const sampleId = await trainer.addSample(trainer.addClass('a'), canvas);
      const { type } = await trainer.picture(sampleId);
      const kept = await trainer.sampleEmbedding(sampleId);
      const { canvasFalsified, pictureFormat } = await trainer.stats();
      return { embedding: [...embedding], kept: [...kept], type, canvasFalsified, pictureFormat };
    });
    await opened.close();
    return result;
  }

  it('pixels are read another way, and pictures are kept without a canvas', async () => {
    const [honest, falsified] = [await embeddingAndPicture(), await embeddingAndPicture(prelude)];
    assert.equal(honest.canvasFalsified, false);
    assert.deepEqual([falsified.canvasFalsified, falsified.pictureFormat, falsified.type], [true, 'png', 'image/png']);
    assert.deepEqual(falsified.embedding, honest.embedding);
    const cosine = falsified.kept.reduce((sum, value, i) => sum + value * honest.kept[i], 0);
    const length = (/** @type {number[]} */ vector) => Math.hypot(...vector);
    assert.ok(cosine / length(falsified.kept) / length(honest.kept) > 0.98);
  });
});

describe('from another origin', { skip }, () => {
  it('the library starts its worker all the same', async () => {
    const opened = await openPage({ backbone: backboneFile, isolated: false, open: true });
    const length = await opened.page.evaluate(async (origin) => {
      const { createTrainer } = await import(`${origin}/lib/headstart.js`);
      const trainer = await createTrainer({ backbone: `${origin}/backbone.safetensors` });
      return (await trainer.embed(new ImageData(50, 50))).length;
    }, opened.otherOrigin);
    assert.ok(length > 0);
    await opened.close();
  });

  it('and its threads', { skip: threaded ? false : 'needs a threaded build' }, async () => {
    const opened = await openPage({ backbone: backboneFile, open: true });
    const { isolated, threads, length, sum } = await opened.page.evaluate(async (origin) => {
      const { createTrainer } = await import(`${origin}/lib/headstart.js`);
      const trainer = await createTrainer({ backbone: `${origin}/backbone.safetensors`, threads: 2 });
      const features = await trainer.embed(new ImageData(640, 480));
      return {
        isolated: crossOriginIsolated,
        threads: trainer.threads,
        length: features.length,
        sum: features.reduce((total, value) => total + value, 0),
      };
    }, opened.otherOrigin);
    assert.deepEqual({ isolated, threads }, { isolated: true, threads: 2 });
    assert.ok(length > 0 && Number.isFinite(sum) && sum !== 0);
    await opened.close();
  });
});
