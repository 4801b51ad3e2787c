// Thousands: 3,000 pictures in 10 classes, and the page is as quick as with three.

import { expect, test } from './support/fixtures.mjs';
import { expectSmooth } from './support/long-tasks.mjs';
import { cardOf, openPage, pictureCount, untilTrained } from './support/page.mjs';

const CLASS_COUNT = 10;
const PER_CLASS = 300;
const TOTAL = CLASS_COUNT * PER_CLASS;

test('3,000 pictures are taken in, scrolled and trained without a task over 50 ms, and are there after a reload', async ({
  page,
}) => {
  test.setTimeout(600_000);
  await openPage(page, { trainsByItself: false });
  await expect(page.locator('video.viewfinder-video')).toBeVisible();
  await page.evaluate((count) => {
    const { state } = window.headstart;
    for (let index = state.classes.length; index < count; index += 1) {
      document.querySelector('.add-class').click();
    }
  }, CLASS_COUNT);
  await expect(page.locator('.class-card')).toHaveCount(CLASS_COUNT);

  // All but the last hundred come quickly, as pixels; the last as they do while a button is held, when all is full.
  await page.evaluate(
    async ([classCount, perClass, rest]) => {
      const { samples, state } = window.headstart;
      /** @param {number} seed */
      const picture = (seed) => {
        const image = new ImageData(224, 224);
        for (let at = 0; at < image.data.length; at += 1) {
          image.data[at] = at % 4 === 3 ? 255 : (at * (seed + 3)) >> 6;
        }
        return image;
      };
      for (let index = 0; index < classCount; index += 1) {
        const count = index === classCount - 1 ? perClass - rest : perClass;
        for (let taken = 0; taken < count; taken += 4) {
          await Promise.all([0, 1, 2, 3].map((at) => samples.add(state.classes[index].key, picture(index + 16 * at))));
        }
      }
    },
    [CLASS_COUNT, PER_CLASS, 100],
  );
  await expectSmooth(page, 'recording', () =>
    page.evaluate(async (index) => {
      const { samples, state } = window.headstart;
      const video = document.querySelector('video');
      for (let taken = 0; taken < 100; taken += 1) {
        await samples.add(state.classes[index].key, video);
      }
    }, CLASS_COUNT - 1),
  );
  const ofLast = await pictureCount(page, 'Class 10');
  expect(ofLast % 100).toBe(0);
  expect(ofLast).toBeGreaterThanOrEqual(PER_CLASS);
  const total = TOTAL - PER_CLASS + ofLast;

  const cells = () => page.locator('.strip-cell').count();
  expect(await cells()).toBeLessThan(CLASS_COUNT * 25);

  await expectSmooth(page, 'scrolling', async () => {
    const strip = cardOf(page, 'Class 1').locator('picture-strip');
    await strip.scrollIntoViewIfNeeded();
    for (let step = 1; step <= 40; step += 1) {
      await strip.evaluate((element, part) => {
        element.scrollLeft = part * (element.scrollWidth - element.clientWidth);
      }, step / 40);
      await page.waitForTimeout(20);
    }
    await strip.getByRole('button', { name: `Picture ${PER_CLASS} of ${PER_CLASS}` }).waitFor();
  });
  expect(await cells()).toBeLessThan(CLASS_COUNT * 25);

  await expectSmooth(page, 'training', async () => {
    await page.getByRole('button', { name: /^Train( again)?$/ }).click();
    await untilTrained(page);
  });

  const { pictureBytes, sampleCount } = await page.evaluate(() => window.headstart.trainer.stats());
  expect(sampleCount).toBe(total);
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('HeapProfiler.collectGarbage');
  const { usedSize } = await cdp.send('Runtime.getHeapUsage');
  test.info().annotations.push({
    type: 'memory',
    description: `${Math.round(usedSize / 1e6)} MB of page heap, ${Math.round(pictureBytes / 1e6)} MB of pictures`,
  });
  // Pictures live outside the heap; what the page itself keeps of each is a number and a little more.
  expect(usedSize).toBeLessThan(40e6);

  // Once more, as on the next day: back and answering, without a picture being looked at anew.
  await page.evaluate(() => window.headstart.saved());
  await page.waitForFunction(() => window.headstart.unsavedRows() === 0, undefined, { timeout: 120_000 });
  await page.reload();
  await page.waitForFunction(() => window.headstart?.state.project.phase === 'open', undefined, { timeout: 120_000 });
  const seconds = await page.evaluate(async () => {
    const { ranked } = await window.headstart.trainer.predict(document.createElement('canvas'));
    return ranked.length > 0 ? performance.now() / 1000 : Number.NaN;
  });
  const description = `${total} pictures are back and answering after ${seconds.toFixed(1)} s`;
  test.info().annotations.push({ type: 'reopened', description });
  expect(seconds).not.toBeNaN();
  expect(await page.evaluate(() => window.headstart.state.project.viewed)).toBe(0);
  expect(await page.evaluate(() => window.headstart.trainer.headInfo?.stale)).toBe(false);
  expect(await page.evaluate(() => window.headstart.trainer.stats())).toMatchObject({ sampleCount: total });
});
