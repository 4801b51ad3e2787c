// An hour of live answers and recording at 30 frames a second, without waiting between frames: memory stays flat, and so does
// the disk. HEADSTART_FRAMES=100000 is that hour.

import { execFileSync } from 'node:child_process';
import { expect, test } from '@playwright/test';
import config from './playwright.config.js';
import { newProfile } from './support/killable.mjs';
import { openUnwatched } from './support/unwatched.mjs';

const FRAMES = Number(process.env.HEADSTART_FRAMES ?? 1500);
/** Measured so often, after a warm-up of as many frames. */
const PARTS = 5;
const executable = config.use?.launchOptions?.executablePath ?? '/usr/bin/chromium';

/** Of the frames, every fourth is recorded, too, and what is older than the last 200 of a class is deleted. @param {number} count */
async function live(count) {
  const { state, samples, trainer, saved } = window.headstart;
  const canvas = new OffscreenCanvas(640, 480);
  const brush = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext('2d'));
  for (let frame = 0; frame < count; frame += 1) {
    const kind = frame % 2;
    brush.fillStyle = `hsl(${(frame * 37) % 360} 80% ${kind === 0 ? 30 : 70}%)`;
    brush.fillRect(0, 0, 640, 480);
    brush.fillStyle = 'black';
    brush.fillRect((frame * 13) % 600, (frame * 29) % 440, kind === 0 ? 120 : 20, kind === 0 ? 20 : 120);
    if (frame % 4 === 0) {
      const card = state.classes[(frame / 4) % 2];
      await samples.add(card.key, canvas);
      if (card.sampleIds.length >= 230) {
        await samples.remove(card.sampleIds.slice(0, 30));
      }
    } else {
      await trainer.predict(canvas);
    }
  }
  await saved();
}

test(`memory stays flat over ${FRAMES} frames of live answers and recording`, async () => {
  test.setTimeout(120_000 + FRAMES * 200);
  const profile = newProfile(executable);
  const page = await openUnwatched(executable, profile.folder, `${process.env.HEADSTART_URL}/?debug`);
  // While a page is loading it is another one from one moment to the next, and what is asked of the first comes to nothing.
  const isReady = () =>
    page
      .evaluate(
        () => window.headstart?.state.project.phase === 'open' && window.headstart.state.engine.phase === 'ready',
      )
      .catch(() => false);
  await expect.poll(isReady, { timeout: 60_000 }).toBe(true);
  await page.evaluate(() => {
    window.headstart.state.settings.trainsByItself = false;
  });
  const measure = async () => {
    await page.send('HeapProfiler.collectGarbage');
    const { usedSize } = await page.send('Runtime.getHeapUsage');
    const { wasmBytes, handleCount } = await page.evaluate(() => window.headstart.trainer.stats());
    const disk = Number(execFileSync('du', ['-sm', profile.folder], { encoding: 'utf8' }).split('\t')[0]);
    return {
      heapMb: usedSize / 1e6,
      wasmMb: wasmBytes / 1e6,
      handleCount,
      rendererMb: page.memory().renderers,
      diskMb: disk,
    };
  };
  await page.evaluate(async () => {
    for (const { key } of window.headstart.state.classes) {
      await window.headstart.samples.add(key, new ImageData(64, 64));
    }
  });
  // Until both classes are full and the way back of deleted pictures is, too.
  await page.evaluate(live, Math.max(FRAMES / PARTS, 1000));
  await page.evaluate(() => window.headstart.training.train());
  const first = await measure();
  const started = performance.now();
  const seen = [first];
  for (let part = 1; part < PARTS; part += 1) {
    await page.evaluate(live, FRAMES / PARTS);
    seen.push(await measure());
    console.log(JSON.stringify(seen.at(-1)));
  }
  const each = (performance.now() - started) / (FRAMES - FRAMES / PARTS);
  const last = seen[seen.length - 1];
  console.log(
    `${FRAMES} frames, ${each.toFixed(1)} ms each; ${JSON.stringify(first)} at first, ${JSON.stringify(last)} at last`,
  );
  expect(last.handleCount).toBe(first.handleCount);
  expect(last.wasmMb).toBeLessThan(first.wasmMb * 1.02 + 2);
  expect(last.heapMb).toBeLessThan(first.heapMb * 1.1 + 3);
  expect(last.rendererMb).toBeLessThan(first.rendererMb * 1.15 + 40);
  expect(last.diskMb).toBeLessThan(first.diskMb * 1.5 + 60);
  await page.kill();
  profile.remove();
});
