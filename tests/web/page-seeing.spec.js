// Beside the answer: what it looks at, what it looks like, and what was wrong is put right.

import { expectNoSeriousFindings } from './support/axe.mjs';
import { expect, test } from './support/fixtures.mjs';
import { sped } from './support/flicker.mjs';
import { expectSmooth } from './support/long-tasks.mjs';
import { processorShare } from './support/machine.mjs';
import { openPage, pictureCount, showToCamera, takeBursts, untilTrained } from './support/page.mjs';
import { pictureClasses } from './support/pictures.mjs';

const SETTINGS = { burstCount: 10, countdownSeconds: 0, threshold: 0.5, knownThreshold: 0, steadyMs: 0 };

/** @param {import('@playwright/test').Page} page @param {any} film @param {number} count */
async function teach(page, film, count) {
  for (const [index, { film: content }] of pictureClasses().slice(0, count).entries()) {
    await showToCamera(page, film, content);
    await takeBursts(page, [`Class ${index + 1}`]);
  }
  await untilTrained(page);
}

test('one press puts a wrong answer right, and undo takes it back', async ({ page, film, watch }) => {
  test.setTimeout(180_000);
  await openPage(page, SETTINGS);
  await teach(page, film, 2);
  const panel = page.locator('#stage');
  await expect(panel.locator('.winner')).toContainText('Class 2');
  await panel.getByRole('button', { name: 'No, it is Class 1' }).click();
  await expect(page.locator('#notices')).toContainText('This picture is Class 1 from now on.');
  await expect.poll(() => pictureCount(page, 'Class 1')).toBe(11);
  await page.locator('#notices').getByRole('button', { name: 'Undo' }).click();
  await expect.poll(() => pictureCount(page, 'Class 1')).toBe(10);

  // Among three it is asked, with the picture that was wrong before one's eyes.
  await page.getByRole('button', { name: 'Add a class' }).click();
  await showToCamera(page, film, pictureClasses()[2].film);
  await takeBursts(page, ['Class 3']);
  await untilTrained(page);
  await expect(panel.locator('.winner')).toContainText('Class 3');
  await panel.getByRole('button', { name: 'That was wrong' }).click();
  const dialog = page.getByRole('dialog', { name: 'What is it really?' });
  await expect(dialog.getByRole('img', { name: 'The picture that the answer was about' })).toBeVisible();
  await expectNoSeriousFindings(page, 'correction');
  await page.screenshot({ path: test.info().outputPath('correction.png') });
  await dialog.getByRole('button', { name: 'Class 2' }).click();
  await expect(dialog).toBeHidden();
  await expect.poll(() => pictureCount(page, 'Class 2')).toBe(11);
  await page.keyboard.press('Control+z');
  await expect.poll(() => pictureCount(page, 'Class 2')).toBe(10);

  // What was tried as a file is put right as well.
  const [{ unseen }] = pictureClasses();
  await panel
    .getByLabel('Try a picture')
    .setInputFiles([{ name: 'unseen.jpg', mimeType: 'image/jpeg', buffer: unseen[0] }]);
  await expect(panel.locator('.winner')).toContainText('Class');
  await panel.getByRole('button', { name: 'That was wrong' }).click();
  await dialog.getByRole('button', { name: 'Class 1' }).click();
  await expect.poll(() => pictureCount(page, 'Class 1')).toBe(11);
  await page.screenshot({ path: test.info().outputPath('panel.png') });
  expect(watch.errors).toEqual([]);
});

test('the answer shows where it looks and what it looks like, live, and stands still for neither', async ({
  page,
  film,
  watch,
}) => {
  test.setTimeout(180_000);
  await openPage(page, SETTINGS);
  await teach(page, film, 2);
  const panel = page.locator('#stage');
  const heat = page.locator('.viewfinder').getByRole('img', { name: /^Bright: what speaks for the answer/ });
  await expect(panel.locator('.winner')).toContainText('Class 2');
  await expect(heat, 'nothing lies over the picture until it is asked for').toHaveCount(0);
  await panel.getByRole('button', { name: 'Why?' }).click();
  await expect(heat).toBeVisible();
  const own = page.locator('.viewfinder').getByRole('button', { name: /^Your picture of/ });
  await expect(own).toHaveCount(3);
  await expect(own.first(), 'it shows what it was taught as Class 2').toHaveAccessibleName(
    /of Class 2 that is most alike/,
  );

  // All three on a small phone, too, and nothing lies over them.
  for (const width of [320, 360, 768, 1440]) {
    await page.setViewportSize({ width, height: width < 500 ? 740 : 900 });
    const reached = () =>
      own.evaluateAll(
        (pictures) =>
          pictures.filter((picture) => {
            const { left, top, width: across, height } = picture.getBoundingClientRect();
            return across >= 24 && picture.contains(document.elementFromPoint(left + across / 2, top + height / 2));
          }).length,
      );
    await expect.poll(reached, `${width} px`).toBe(3);
  }

  /** What each place of the canvas is painted with. */
  const painted = () =>
    heat.evaluate((canvas) => {
      const { width, height } = /** @type {HTMLCanvasElement} */ (canvas);
      const context = /** @type {HTMLCanvasElement} */ (canvas).getContext('2d');
      return { width, height, bytes: Array.from(context?.getImageData(0, 0, width, height).data ?? []) };
    });
  const { width, height, bytes } = await painted();
  expect(width, 'finer than the network that answers, unless that would take too long here').toBeGreaterThanOrEqual(3);
  expect(height).toBe(width);
  const alphas = bytes.filter((_, at) => at % 4 === 3);
  expect(Math.max(...alphas) - Math.min(...alphas), 'places differ').toBeGreaterThan(40);
  await expectSmooth(page, 'the heat map', () => page.waitForTimeout(3000));
  // The machine is shared: what counts is that the answer goes on, and that asking why costs little more than asking.
  const rates = await page.evaluate(async () => {
    const { trainer } = window.headstart;
    const video = /** @type {HTMLVideoElement} */ (document.querySelector('video.viewfinder-video'));
    const perSecond = async (/** @type {() => Promise<unknown>} */ ask) => {
      const start = performance.now();
      for (let count = 0; count < 20; count += 1) {
        await ask();
      }
      return 20_000 / (performance.now() - start);
    };
    // In turns, the best of three: a machine that is busy for a second must not be taken for a slow question.
    const best = { plain: 0, why: 0, finer: 0 };
    for (let round = 0; round < 3; round += 1) {
      best.plain = Math.max(best.plain, await perSecond(() => trainer.predict(video)));
      best.why = Math.max(best.why, await perSecond(() => trainer.attention(video, { similarCount: 3 })));
      best.finer = Math.max(
        best.finer,
        await perSecond(() => trainer.attention(video, { similarCount: 3, finer: true })),
      );
    }
    return best;
  });
  test.info().annotations.push({ type: 'rates', description: JSON.stringify(rates) });
  console.log(`answers a second: ${JSON.stringify(rates)}`);
  expect(rates.why).toBeGreaterThan(rates.plain / 3);
  // Each answer comes with its map, and at least ten of both a second of a camera that shows thirty pictures.
  await showToCamera(page, film, sped(pictureClasses()[1].film));
  const MAPS = 60;
  const seen = [];
  for (let round = 0; round < 3; round += 1) {
    const share = processorShare();
    const { answers, ms } = await heat.evaluate(
      (canvas, most) =>
        new Promise((resolve) => {
          const context = /** @type {CanvasRenderingContext2D} */ (
            /** @type {HTMLCanvasElement} */ (canvas).getContext('2d')
          );
          const paint = context.putImageData;
          const { live } = window.headstart.state;
          let [maps, answers, last] = [0, 0, live.ranked];
          const started = performance.now();
          const look = () => {
            answers += Number(live.ranked !== last);
            last = live.ranked;
            if (maps < most) {
              requestAnimationFrame(look);
            } else {
              Reflect.deleteProperty(context, 'putImageData');
              resolve({ answers, ms: performance.now() - started });
            }
          };
          context.putImageData = function (/** @type {any[]} */ ...args) {
            maps += 1;
            return /** @type {any} */ (paint).apply(this, args);
          };
          look();
        }),
      MAPS,
    );
    const perSecond = (1000 * MAPS) / ms;
    seen.push({ answers, perSecond, least: 10 * Math.min(1, share, processorShare()) });
    if (perSecond > seen[round].least) {
      break;
    }
  }
  console.log(`heat maps a second: ${JSON.stringify(seen)}`);
  expect(Math.abs((seen.at(-1)?.answers ?? 0) - MAPS), 'a map for every answer').toBeLessThan(MAPS / 4);
  expect(seen.at(-1)?.perSecond).toBeGreaterThan(seen.at(-1)?.least ?? 0);
  await expectNoSeriousFindings(page, 'why');

  await own.first().click();
  await expect(page.getByRole('dialog', { name: 'It looks like these of yours' })).toBeVisible();
  const viewer = page.getByRole('dialog', { name: 'It looks like these of yours' });
  await viewer.getByRole('button', { name: 'Why?' }).click();
  const large = viewer.getByRole('img', { name: /^Bright: what speaks for the answer/ });
  await expect(large).toBeVisible();
  const [over, under] = await Promise.all([large.boundingBox(), viewer.locator('.viewer-large > img').boundingBox()]);
  expect(over, 'it lies on the picture').toEqual(under);
  await expectNoSeriousFindings(page, 'why of a sample');
  await page.screenshot({ path: test.info().outputPath('sample.png') });
  await page.keyboard.press('Escape');

  // Where the finer map would slow the answer down, the coarse one takes its place.
  await page.evaluate(() => {
    const { trainer } = window.headstart;
    const ask = trainer.attention.bind(trainer);
    trainer.attention = async (/** @type {any} */ picture, /** @type {any} */ options) => {
      if (options.finer && !(picture instanceof Blob)) {
        await new Promise((resolve) => setTimeout(resolve, 150));
      }
      return ask(picture, options);
    };
  });
  await expect.poll(async () => (await painted()).width).toBe(4);

  // A still picture is explained as well, finely since it has the time, and goes with the switch.
  await panel
    .getByLabel('Try a picture')
    .setInputFiles([{ name: 'unseen.jpg', mimeType: 'image/jpeg', buffer: pictureClasses()[0].unseen[0] }]);
  await expect(panel.locator('.winner')).toContainText('Class 1');
  await expect(heat).toBeVisible();
  await expect(own.first()).toHaveAccessibleName(/of Class 1 that is most alike/);
  await expect.poll(async () => (await painted()).width).toBe(6);
  await panel.getByRole('button', { name: 'Why?' }).click();
  await expect(heat).toHaveCount(0);
  expect(watch.errors).toEqual([]);
});
