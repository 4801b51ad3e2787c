// Cameras and lessons of every size: what pictures come in, few against many of them.

import { drawThing } from '../pictures/draw.mjs';
import { encodeY4m } from '../pictures/encode.mjs';
import { expect, test } from './support/fixtures.mjs';
import { openPage, record, showToCamera, untilTrained } from './support/page.mjs';

test.use({ permissions: ['camera'] });

/** What cameras give: good webcams', a phone held upright, a square one. */
const SIZES = [
  [1280, 720],
  [1920, 1080],
  [720, 1280],
  [480, 480],
];

for (const [widthPx, heightPx] of SIZES) {
  test(`a camera of ${widthPx} × ${heightPx} is recorded, learnt from and answered`, async ({ page, film }) => {
    test.setTimeout(120_000);
    /** @param {string} thing */
    // Seven pictures: of three, ten pictures a second of a camera of thirty would always be the same one.
    const filmOf = (thing) =>
      encodeY4m([0, 1, 2, 3, 4, 5, 6].map((number) => drawThing(thing, number, { widthPx, heightPx })));
    film.replace(filmOf('ball'));
    // Three pictures in turn are too few to tell what is none of them: a class every time.
    await openPage(page, { picturesPerSecond: 10, knownThreshold: 0 });
    await page.waitForFunction(() => (document.querySelector('video')?.videoWidth ?? 0) > 0);
    const size = await page.evaluate(() => {
      const { videoWidth, videoHeight } = /** @type {HTMLVideoElement} */ (document.querySelector('video'));
      return `${videoWidth} × ${videoHeight}`;
    });
    test.info().annotations.push({ type: 'size', description: `the page gets ${size}` });
    await record(page, 'Class 1', 14);
    await showToCamera(page, film, filmOf('ladder'));
    await record(page, 'Class 2', 14);
    await untilTrained(page);
    await expect(page.locator('.winner-name')).toHaveText('Class 2');
    await showToCamera(page, film, filmOf('ball'));
    await expect(page.locator('.winner-name')).toHaveText('Class 1');
  });
}

/**
 * Pictures of stripes or of rings, as pixels.
 *
 * @param {import('@playwright/test').Page} page
 * @param {number[]} counts for each class
 */
const add = (page, counts) =>
  page.evaluate(async (wanted) => {
    const { samples, state } = window.headstart;
    for (const [kind, count] of wanted.entries()) {
      for (let number = 0; number < count; number += 1) {
        const image = new ImageData(640, 480);
        for (let at = 0; at < image.data.length; at += 4) {
          const [x, y] = [(at / 4) % 640, Math.floor(at / 2560)];
          const along = kind % 2 === 0 ? x + number : Math.hypot(x - 300 - number, y - 240);
          image.data.fill(Math.floor(along / (12 + kind)) % 2 ? 220 : 40, at, at + 3);
          image.data[at + 3] = 255;
        }
        await samples.add(state.classes[kind].key, image);
      }
    }
  }, counts);

test('few pictures against many are named, with both numbers, where the result is told', async ({ page }) => {
  test.setTimeout(120_000);
  await openPage(page, { trainsByItself: false });
  await add(page, [4, 60]);
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await untilTrained(page);
  await expect(page.locator('#training')).toContainText('Class 1');
  await expect(page.locator('#training')).toContainText(/\b4\b.*\b60\b/s);
});

test('each of the four cases learns from an ordinary camera’s pictures', async ({ page }) => {
  test.setTimeout(400_000);
  await openPage(page, { trainsByItself: false });
  await add(page, [12, 12]);
  await page.getByRole('button', { name: 'Look inside the network' }).click();
  const dialog = page.getByRole('dialog', { name: 'Inside the network' });
  const table = dialog.getByRole('table', { name: 'Four cases' });
  /** @type {string[]} */
  const learnt = [];
  for (const name of [/^Freeze everything/, /^New head first/, /^Cut earlier/, /^Freeze nothing/]) {
    await table.getByRole('button', { name }).click();
    await dialog.getByRole('button', { name: 'Train like this' }).click();
    await page.waitForFunction(
      (known) => {
        const { state, trainer } = window.headstart;
        const { phase } = state.training;
        return phase === 'idle' && state.report && !known.includes(state.report.strategy) && !trainer.headInfo.stale;
      },
      learnt,
      { timeout: 120_000 },
    );
    const { strategy, error, answer } = await page.evaluate(async () => {
      const { state, trainer } = window.headstart;
      const { ranked } = await trainer.predict(new ImageData(640, 480));
      return { strategy: state.report.strategy, error: state.training.error, answer: ranked.length };
    });
    expect(error).toBe('');
    expect(answer).toBe(2);
    learnt.push(strategy);
  }
  expect(new Set(learnt).size).toBe(4);
});
