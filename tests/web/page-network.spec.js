// The network as it is drawn and played with, and fine-tuning as it is watched: with the real engine.

import { readFileSync } from 'node:fs';
import { expectNoSeriousFindings } from './support/axe.mjs';
import { expect, test } from './support/fixtures.mjs';
import {
  largestDifference,
  newDeskPage,
  openPage,
  predictAll,
  record,
  saveHead,
  showToCamera,
  untilTrained,
} from './support/page.mjs';
import { pictureClasses } from './support/pictures.mjs';

// Recorded once, looked at from many sides.
test.describe.configure({ mode: 'serial' });

const settings = { picturesPerSecond: 20, mirror: false };
const classes = pictureClasses();
const TUNING_MS = 150_000;

/** @type {import('@playwright/test').Page} */
let page;
/** @type {import('@playwright/test').Locator} */
let dialog;
/** @type {import('@playwright/test').Locator} */
let border;

test.beforeAll(async ({ browser }) => {
  page = await newDeskPage(browser);
  dialog = page.getByRole('dialog', { name: 'Inside the network' });
  border = dialog.getByRole('slider', { name: 'Border between frozen and learning layers' });
});

test.afterAll(async () => {
  await page?.context().close();
});

const report = () => page.evaluate(() => window.headstart.state.report);
const roundCount = () => page.evaluate(() => window.headstart.state.tuning?.epochs.length ?? 0);
const strategyInUse = () => page.evaluate(() => window.headstart.state.training.strategy);

/** Presses what trains as it is drawn, and waits for the end. */
async function untilTuned() {
  await page.waitForFunction(() => window.headstart.state.training.phase === 'idle', undefined, { timeout: TUNING_MS });
}

test('the simple path knows nothing of it, and one press opens the drawing', async ({ film }) => {
  test.setTimeout(180_000);
  await openPage(page, settings);
  await showToCamera(page, film, classes[0].film);
  await record(page, 'Class 1', 14);
  await showToCamera(page, film, classes[1].film);
  await record(page, 'Class 2', 14);
  await untilTrained(page);
  await page.getByRole('button', { name: 'Pause' }).click(); // the processor is for what is tested here
  expect((await report()).strategy).toBe('head');
  await expect(page.locator('#tuning')).toBeHidden();
  await page.getByRole('button', { name: 'Look inside the network' }).click();
  await expect(dialog).toBeVisible();
  const layers = await page.evaluate(() => window.headstart.trainer.network);
  await expect(dialog.locator('.net-slab')).toHaveCount(layers.length);
  await expect(border).toHaveAttribute('aria-valuemax', String(layers.length));
  await expect(border).toHaveAttribute('aria-valuetext', /A new head, all else frozen.*19 of 19 layers frozen/);
  await expect(dialog.locator('.net-zone')).toContainText(['edges and colours', 'lines', 'textures', 'parts', 'whole']);
});

test('arrow keys move the border through every place that there is', async () => {
  await border.focus();
  await page.keyboard.press('ArrowLeft');
  await expect(border).toHaveAttribute('aria-valuetext', /^Tune the last layer/);
  await page.keyboard.press('ArrowLeft');
  await expect(border).toHaveAttribute('aria-valuetext', /^Tune the last block\./);
  await expect(dialog.locator('.net-slab.is-trained')).toHaveCount(2);
  await page.keyboard.press('PageDown');
  await expect(border).toHaveAttribute('aria-valuetext', /^Tune the last 4 blocks/);
  await page.keyboard.press('Home');
  await expect(border).toHaveAttribute('aria-valuetext', /^Tune the whole network/);
  await expect(dialog.locator('.net-slab.is-frozen')).toHaveCount(0);
  await page.keyboard.press('ArrowRight');
  await expect(border).toHaveAttribute('aria-valuenow', '2');
  await page.keyboard.press('End');
  await expect(border).toHaveAttribute('aria-valuetext', /^A new head/);
  expect(await strategyInUse()).toBe('head');
});

test('the border is dragged, and snaps to what the engine can do', async () => {
  const track = await dialog.locator('.net-slabs').boundingBox();
  const grip = await dialog.locator('.net-grip').boundingBox();
  if (!track || !grip) {
    throw new Error('expected a border to drag');
  }
  await page.mouse.move(grip.x + grip.width / 2, grip.y + grip.height / 2);
  await page.mouse.down();
  await page.mouse.move(track.x + (track.width * 15.3) / 19, grip.y + 40, { steps: 6 });
  await expect(border).toHaveAttribute('aria-valuenow', '15');
  await page.mouse.move(track.x - 60, grip.y, { steps: 6 });
  await expect(border).toHaveAttribute('aria-valuenow', '0');
  await page.mouse.move(track.x + (track.width * 17.1) / 19, grip.y, { steps: 6 });
  await page.mouse.up();
  await page.mouse.move(track.x + 5, grip.y);
  await expect(border).toHaveAttribute('aria-valuenow', '17');
  await expect(dialog.locator('.net-caption')).toContainText('Layer 1 of 19.');
});

test('what lies behind the border can be cut off, and the head reads the cut layer', async () => {
  await dialog.getByText('are cut off').click();
  await expect(border).toHaveAttribute('aria-valuetext', /^Cut after layer 17/);
  await expect(dialog.locator('.net-slab.is-removed')).toHaveCount(2);
  await expect(dialog.locator('.net-legend')).toContainText('2 layers');
  await dialog.getByText('make way for new ones').click();
  await expect(border).toHaveAttribute('aria-valuetext', /^New layers after layer 17/);
  await dialog.getByText('go on learning').click();
  await expect(border).toHaveAttribute('aria-valuetext', /^Tune the last block/);
});

test('the four cases stand in a table, and each shows itself in the drawing', async () => {
  const table = dialog.getByRole('table', { name: 'Four cases' });
  await expect(table.getByRole('columnheader')).toContainText(['Close', 'Far']);
  await expect(table.getByRole('rowheader')).toContainText(['Few', 'Many']);
  await table.getByRole('button', { name: /^Freeze nothing/ }).click();
  await expect(border).toHaveAttribute('aria-valuetext', /^Tune the whole network/);
  await table.getByRole('button', { name: /^Cut earlier/ }).click();
  await expect(border).toHaveAttribute('aria-valuetext', /^New layers after layer 14/);
  await table.getByRole('button', { name: /^New head first/ }).click();
  await expect(border).toHaveAttribute('aria-valuetext', /^Tune the last 3 blocks/);
  await table.getByRole('button', { name: /^Freeze everything/ }).click();
  await expect(border).toHaveAttribute('aria-valuetext', /^A new head/);
});

test('before it starts the engine says what it takes, and how many weights learn', async () => {
  await border.focus();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await expect(dialog.locator('.net-legend')).toContainText(/about [\d.]+/, { timeout: 30_000 });
  const estimate = await page.evaluate(() => window.headstart.trainer.estimateTraining({ strategy: 'last-block' }));
  expect(estimate.elapsedMs).toBeGreaterThan(0);
  const format = new Intl.NumberFormat('en');
  await expect(dialog.locator('.net-legend .is-trained')).toContainText(format.format(estimate.trainedWeightCount));
  await expect(dialog.locator('.net-legend .is-frozen')).toContainText(format.format(estimate.frozenWeightCount));
  await expectNoSeriousFindings(page, 'the drawing');
});

test('the last block is tuned: curves appear, and the outcome is told beside them', async () => {
  test.setTimeout(TUNING_MS + 30_000);
  await dialog.getByRole('button', { name: 'Train like this' }).click();
  const tuning = dialog.getByRole('region', { name: 'Tune the last block' });
  await expect(tuning.getByRole('progressbar')).toBeVisible();
  await expect(tuning.locator('.curves')).toHaveCount(2, { timeout: TUNING_MS });
  await untilTuned();
  const { strategy, fineTuning, trainedWeightCount, frozenWeightCount } = await report();
  expect(strategy).toBe('last-block');
  expect(trainedWeightCount).toBeGreaterThan(1000);
  expect(frozenWeightCount).toBeGreaterThan(trainedWeightCount);
  expect(fineTuning.epochs.length).toBeGreaterThan(0);
  expect(await roundCount()).toBe(fineTuning.epochs.length);
  await expect(tuning.locator('.tuning-outcome')).toContainText(/head alone/);
  await expect(tuning.locator('.tuning-facts')).toContainText(/Learnt from \d+ pictures, judged on \d+ held back/);
  await expect(tuning.getByRole('img', { name: /^Loss in each round\. Training [\d.]+, held back/ })).toBeVisible();
  await expect(tuning.getByText('head alone', { exact: false }).last()).toBeVisible();
  await expectNoSeriousFindings(page, 'after fine-tuning');
});

test('a tuned head leaves as a file and comes back with the same answers', async ({ browser }) => {
  test.setTimeout(120_000);
  await page.keyboard.press('Escape');
  await expect(page.locator('#tuning')).toBeVisible();
  const pictures = [...classes[0].unseen.slice(0, 4), ...classes[1].unseen.slice(0, 4)];
  const before = await predictAll(page, pictures);
  const path = await (await saveHead(page)).path();
  const context = await browser.newContext({ baseURL: process.env.HEADSTART_URL, permissions: ['camera'] });
  const other = await context.newPage();
  await openPage(other, settings);
  await other
    .locator('#keep input[type=file]')
    .setInputFiles({ name: 'tuned.safetensors', mimeType: 'application/octet-stream', buffer: readFileSync(path) });
  await other.waitForFunction(() => window.headstart.trainer.headInfo !== null);
  const after = await predictAll(other, pictures);
  expect(largestDifference(before, after)).toBeLessThan(1e-5);
  const heads = await Promise.all([page, other].map((each) => each.evaluate(() => window.headstart.trainer.headInfo)));
  expect(heads[1].border).toBe(heads[0].border);
  await context.close();
});

test('a tuning holds still, goes on, and ends early with the best so far', async () => {
  test.setTimeout(TUNING_MS + 60_000);
  await page.getByRole('button', { name: 'Look inside the network' }).click();
  await border.focus();
  await page.keyboard.press('Home');
  await dialog.getByRole('button', { name: 'Train like this' }).click();
  const tuning = dialog.getByRole('region', { name: 'Tune the whole network' });
  await expect.poll(roundCount, { timeout: TUNING_MS, intervals: [100] }).toBeGreaterThan(0);
  await tuning.getByRole('button', { name: 'Pause' }).click();
  await expect(tuning.getByText('Paused.')).toBeVisible();
  await page.waitForTimeout(1500); // a step that was under way ends
  const held = await page.evaluate(() => window.headstart.state.training.fraction);
  await page.waitForTimeout(1500);
  expect(await page.evaluate(() => window.headstart.state.training.fraction)).toBe(held);
  // Within the page: on a fast machine the rest of it takes less time than a question from here.
  const finish = await tuning.getByRole('button', { name: 'Finish now, keep the best' }).elementHandle();
  await tuning.getByRole('button', { name: 'Go on' }).evaluate(
    async (goOn, [button, before]) => {
      const { training } = window.headstart.state;
      /** @type {HTMLElement} */ (goOn).click();
      while (training.fraction === before && training.phase === 'running') {
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
      /** @type {HTMLElement} */ (button).click();
    },
    /** @type {[any, number]} */ ([finish, held]),
  );
  await untilTuned();
  const { strategy, fineTuning } = await report();
  expect(strategy).toBe('whole-network');
  expect(fineTuning.epochs.length).toBeLessThan(fineTuning.epochCount);
  expect(fineTuning.bestEpoch).toBeLessThanOrEqual(fineTuning.epochs.length);
  await expect(tuning.locator('.tuning-outcome')).toContainText(/head alone/);
});

test('a tuning that is cancelled leaves the head that was there', async () => {
  test.setTimeout(TUNING_MS);
  const before = await predictAll(page, [classes[0].unseen[0]]);
  await dialog.getByRole('button', { name: 'Train like this' }).click();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await untilTuned();
  await expect(page.locator('#tuning')).toBeHidden();
  expect(largestDifference(before, await predictAll(page, [classes[0].unseen[0]]))).toBe(0);
});

test('new pictures do not start minutes of work by themselves, and defaults bring the plain head back', async () => {
  await page.keyboard.press('Escape');
  await record(page, 'Class 2', 16);
  await page.waitForTimeout(1200);
  expect(await page.evaluate(() => window.headstart.state.training.phase)).toBe('idle');
  await expect(page.getByText('Your pictures have changed since: train again.')).toBeVisible();
  await page.getByRole('button', { name: 'Training settings' }).click();
  await page.getByRole('button', { name: 'Back to defaults' }).click();
  await page.keyboard.press('Escape');
  await untilTrained(page);
  expect((await report()).strategy).toBe('head');
  await expect(page.locator('#tuning')).toBeHidden();
});

test('in Arabic the network runs from right to left, and so do the arrow keys', async () => {
  await page.locator('.language-select').selectOption('ar');
  await page.getByRole('button', { name: 'انظر داخل الشبكة' }).click();
  const slider = page.getByRole('slider', { name: 'الحدّ بين الطبقات المجمّدة والطبقات المتعلّمة' });
  await slider.focus();
  await page.keyboard.press('Home');
  await expect(slider).toHaveAttribute('aria-valuenow', '0');
  await page.keyboard.press('ArrowLeft');
  await expect(slider).toHaveAttribute('aria-valuenow', '2');
  const [first, last] = await page
    .locator('.net-slab')
    .evaluateAll((slabs) => [slabs[0], slabs[slabs.length - 1]].map((slab) => slab.getBoundingClientRect().left));
  expect(first).toBeGreaterThan(last);
  await expectNoSeriousFindings(page, 'the drawing in Arabic');
});

test('a finger drags the border on a phone, and nothing is cut off sideways', async ({ browser }) => {
  const context = await browser.newContext({
    baseURL: process.env.HEADSTART_URL,
    viewport: { width: 360, height: 740 },
    hasTouch: true,
    isMobile: true,
  });
  const phone = await context.newPage();
  await openPage(phone, settings);
  await phone.getByRole('button', { name: 'Look inside the network' }).tap();
  const slabs = phone.locator('.net-slabs');
  await expect(slabs).toBeVisible();
  await slabs.scrollIntoViewIfNeeded(); // what the layers see stands above
  const place = await slabs.boundingBox();
  if (!place) {
    throw new Error('expected a drawing to touch');
  }
  await phone.touchscreen.tap(place.x + (place.width * 14.1) / 19, place.y + place.height / 2);
  await expect(phone.getByRole('slider')).toHaveAttribute('aria-valuenow', '14');
  const overflow = await phone
    .locator('.inside-body')
    .evaluate((body) =>
      Math.max(body.scrollWidth - body.clientWidth, document.documentElement.scrollWidth - innerWidth),
    );
  expect(overflow).toBeLessThanOrEqual(0);
  await expectNoSeriousFindings(phone, 'the drawing on a phone, without pictures');
  await context.close();
});
