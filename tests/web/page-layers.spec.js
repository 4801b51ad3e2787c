// What the network makes of the picture on its way: seen live, at each stage.

import { expectNoSeriousFindings } from './support/axe.mjs';
import { withCut } from './support/cut-head.mjs';
import { expect, test } from './support/fixtures.mjs';
import { expectSmooth } from './support/long-tasks.mjs';
import { processorShare } from './support/machine.mjs';
import { openPage, showToCamera, teachTwo } from './support/page.mjs';
import { pictureClasses } from './support/pictures.mjs';

test('what the layers find is shown live, of detectors that tell the classes apart', async ({ page, film, watch }) => {
  test.setTimeout(180_000);
  await openPage(page, { burstCount: 10, countdownSeconds: 0 });
  await teachTwo(page, film);
  await showToCamera(page, film, pictureClasses()[0].film);
  await page.getByRole('button', { name: 'Look inside' }).click();
  const dialog = page.getByRole('dialog', { name: 'Inside the network' });
  const list = dialog.getByRole('list', { name: 'What it sees, layer by layer' });
  const maps = list.getByRole('img', { name: /^Where detector [\d,]+ fires, strongest for Class [12]$/ });
  await expect(maps).toHaveCount(5 * 4);
  await expect(list.getByText('Finds edges and colours')).toBeVisible();
  await expect(list.getByText('64 × 64')).toBeVisible();
  await expect(list.getByText('4 × 4')).toBeVisible();

  /** Each map's pixels, in one line. */
  const painted = () =>
    maps.evaluateAll((canvases) =>
      canvases.map((canvas) => {
        const { width, height } = /** @type {HTMLCanvasElement} */ (canvas);
        const context = /** @type {HTMLCanvasElement} */ (canvas).getContext('2d');
        return Array.from(context?.getImageData(0, 0, width, height).data ?? []).join();
      }),
    );
  const first = await painted();
  const telling = first.filter((pixels) => new Set(pixels.match(/(?:\d+,){3}255/g)).size > 2);
  expect(telling.length, 'places differ, though a late detector may find nothing').toBeGreaterThan(14);
  expect(new Set(first).size, 'no two detectors fire alike').toBeGreaterThan(15);
  await expect.poll(painted, 'the film goes on, and the maps with it').not.toEqual(first);

  // Several times a second, with the answer beside it.
  const share = processorShare();
  const perSecond = await maps.first().evaluate(
    (canvas) =>
      new Promise((resolve) => {
        const context = /** @type {HTMLCanvasElement} */ (canvas).getContext('2d');
        const paint = context.putImageData.bind(context);
        let count = 0;
        context.putImageData = (/** @type {any[]} */ ...args) => {
          count += 1;
          return /** @type {any} */ (paint)(...args);
        };
        setTimeout(() => resolve(count / 3), 3000);
      }),
  );
  test.info().annotations.push({ type: 'maps a second', description: String(perSecond) });
  console.log(`maps a second: ${perSecond}`);
  expect(perSecond).toBeGreaterThan(3 * Math.min(share, processorShare()));
  await expectSmooth(page, 'feature maps', () => page.waitForTimeout(2500));
  await expectNoSeriousFindings(page, 'layers');

  // A head with a layer of its own: that layer is shown, and that it is the person's.
  await expect(list.locator('.is-own')).toHaveCount(0);
  await dialog.getByRole('button', { name: 'Close' }).click();
  const { bytes, layers } = await page.evaluate(async () => {
    const { trainer } = window.headstart;
    return { bytes: Array.from(await trainer.exportHead()), layers: trainer.network };
  });
  const { name: border, channels: borderChannels } = layers.at(-2);
  await page.locator('#keep input[type=file]').setInputFiles({
    name: 'tuned.safetensors',
    mimeType: 'application/octet-stream',
    buffer: withCut(Buffer.from(bytes), { border, borderChannels, channelCount: 24 }),
  });
  await expect.poll(() => page.evaluate(() => window.headstart.trainer.headInfo?.border)).toBe(border);
  await page.getByRole('button', { name: 'Look inside' }).click();
  const own = list.locator('.layer.is-own');
  await expect(own).toHaveCount(1);
  await expect(own).toContainText('Yours: learnt from your pictures');
  await expect(own.getByRole('img', { name: /^Where detector \d+ fires, strongest for Class [12]$/ })).toHaveCount(4);
  expect(await painted()).not.toEqual(first);
  await page.screenshot({ path: test.info().outputPath('own-layer.png') });
  expect(watch.errors).toEqual([]);
});

test('before anything is taught the layers are shown all the same', async ({ page, watch }) => {
  await openPage(page, { trainsByItself: false });
  await page.getByRole('button', { name: 'Look inside' }).click();
  const dialog = page.getByRole('dialog', { name: 'Inside the network' });
  const list = dialog.getByRole('list', { name: 'What it sees, layer by layer' });
  await expect(list.getByRole('img', { name: /^Where detector [\d,]+ fires$/ })).toHaveCount(5 * 4);
  await dialog.getByRole('button', { name: 'Close' }).click();
  await expect(dialog).toBeHidden();
  expect(watch.errors).toEqual([]);
});
