// The engine's worker is killed, as a system that is short of memory kills it: the page says so, starts another one without the
// network, and nothing is lost.

import { encodePng, encodeY4m } from '../pictures/encode.mjs';
import { createRandom } from '../pictures/rasteriser.mjs';
import { expect, test } from './support/fixtures.mjs';
import { cardOf, openPage, pictureCount, takeBursts, untilTrained } from './support/page.mjs';

const settings = { countdownSeconds: 0, burstCount: 10, picturesPerSecond: 10 };

/** The one at work: the one in reserve was started after it. @param {import('@playwright/test').Page} page */
function killEngine(page) {
  const [worker] = page.workers().filter((each) => /engine-worker/.test(each.url()));
  worker.evaluate(() => globalThis.close()).catch(() => {}); // it does not live to answer
}

/** @param {import('@playwright/test').Page} page */
const untilBack = (page) => expect(page.getByText('The engine is back').first()).toBeVisible({ timeout: 20_000 });

test('killed while it answers, while it records and while it trains, offline, it comes back with all that was there', async ({
  page,
  watch,
}) => {
  test.setTimeout(180_000);
  await openPage(page, settings);
  await takeBursts(page, ['Class 1', 'Class 2']);
  await untilTrained(page);
  await page.waitForFunction(() => window.headstart.state.live.ranked.length === 2);
  await page.waitForTimeout(1000); // until the one in reserve has loaded its scripts
  const requests = watch.requests.length;

  await page.context().setOffline(true);
  killEngine(page);
  await expect(page.getByText('The engine stopped and is starting again.').first()).toBeVisible();
  await untilBack(page);
  expect(await pictureCount(page, 'Class 1')).toBe(10);
  expect(await page.evaluate(() => window.headstart.trainer.headInfo?.stale)).toBe(false);
  expect(watch.requests.slice(requests)).toEqual([]);
  await page.context().setOffline(false);
  await page.waitForFunction(() => window.headstart.state.engine.phase === 'ready');

  const hold = cardOf(page, 'Class 2').getByRole('button', { name: /^Hold to record/ });
  await hold.focus();
  await page.keyboard.down('Space');
  await expect.poll(() => pictureCount(page, 'Class 2')).toBeGreaterThan(12);
  killEngine(page);
  await page.waitForFunction(() => window.headstart.state.engine.phase === 'loading');
  await page.waitForFunction(() => window.headstart.state.engine.phase === 'ready');
  const count = await pictureCount(page, 'Class 2');
  await expect.poll(() => pictureCount(page, 'Class 2')).toBeGreaterThan(count);
  await page.keyboard.up('Space');
  await untilTrained(page);

  await page.evaluate(() => {
    window.headstart.state.training.strategy = 'last-block';
  });
  await page.getByRole('button', { name: /^Train( again)?$/ }).click();
  await page.waitForFunction(() => window.headstart.state.training.phase === 'running');
  killEngine(page);
  await page.waitForFunction(() => window.headstart.state.report?.strategy === 'last-block', undefined, {
    timeout: 90_000,
  });
  const [cards, classes] = await page.evaluate(() => [
    window.headstart.state.classes.map(({ sampleIds }) => sampleIds.length),
    window.headstart.trainer.classes.map(({ sampleCount }) => sampleCount),
  ]);
  expect(cards).toEqual(classes);
});

/** Bright on one side, dark on the other, with some noise. @param {'left' | 'right'} side @param {number} seed */
function halfBright(side, seed) {
  const [width, height] = [640, 480];
  const random = createRandom(seed);
  const edge = width * (0.45 + random() * 0.1);
  const data = new Uint8ClampedArray(width * height * 4);
  for (let at = 0; at < data.length; at += 4) {
    const isBright = (at / 4) % width < edge === (side === 'left');
    data.fill((isBright ? 200 : 30) + random() * 20, at, at + 3);
    data[at + 3] = 255;
  }
  return { data, width, height };
}

test('the mirror changes what is shown, never what is learnt from files or judged and recorded by the camera', async ({
  page,
  film,
}) => {
  film.replace(encodeY4m([halfBright('right', 90), halfBright('right', 91)], 15));
  await openPage(page, { ...settings, mirror: true });
  await expect(page.locator('video.viewfinder-video')).toHaveClass(/is-mirrored/);
  for (const [index, side] of /** @type {const} */ (['left', 'right']).entries()) {
    const pictures = Array.from({ length: 6 }, (_, seed) => encodePng(halfBright(side, seed + 1)).toString('base64'));
    await page.evaluate(
      async ([place, base64s]) => {
        const { samples, state } = window.headstart;
        for (const base64 of base64s) {
          const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
          await samples.add(state.classes[place].key, new Blob([bytes]));
        }
      },
      /** @type {const} */ ([index, pictures]),
    );
  }
  await untilTrained(page);
  await page.waitForFunction(() => window.headstart.state.live.ranked.length === 2);
  await expect.poll(() => page.evaluate(() => window.headstart.state.live.ranked[0].name)).toBe('Class 2');

  await cardOf(page, 'Class 1')
    .getByRole('button', { name: /^Hands free/ })
    .click();
  await expect.poll(() => pictureCount(page, 'Class 1')).toBe(16);
  const [left, right] = await page.evaluate(async () => {
    const { state, trainer } = window.headstart;
    const bitmap = await createImageBitmap(await trainer.picture(state.classes[0].sampleIds[10]));
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
    context.drawImage(bitmap, 0, 0);
    const bright = (x) => context.getImageData(x, bitmap.height / 2, 1, 1).data[0];
    return [bright(bitmap.width * 0.2), bright(bitmap.width * 0.8)];
  });
  expect(left).toBeLessThan(80);
  expect(right).toBeGreaterThan(170);
});
