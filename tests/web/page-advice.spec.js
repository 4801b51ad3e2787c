// What is best for the pictures, what is odd about them, and what is none of these: with the real engine.

import { readFileSync } from 'node:fs';
import { expectNoSeriousFindings } from './support/axe.mjs';
import { expect, test } from './support/fixtures.mjs';
import { newDeskPage, openPage, record, showToCamera, untilTrained } from './support/page.mjs';
import { pictureClasses } from './support/pictures.mjs';

// Recorded once, looked at from many sides.
test.describe.configure({ mode: 'serial' });

const settings = { picturesPerSecond: 20, mirror: false };
const classes = pictureClasses();
const ADVICE_MS = 180_000;

/** @type {import('@playwright/test').Page} */
let page;
/** @type {import('@playwright/test').Locator} */
let dialog;

test.beforeAll(async ({ browser }) => {
  page = await newDeskPage(browser);
  dialog = page.getByRole('dialog', { name: 'Inside the network' });
});

test.afterAll(async () => {
  await page?.context().close();
});

const advice = () => page.evaluate(() => window.headstart.trainer.advice);
const table = () => dialog.getByRole('table', { name: /^All ways that were tried/ });
/** The numbers of one column, from top to bottom. @param {number} index */
async function column(index) {
  const cells = await table().locator(`tbody tr td:nth-of-type(${index})`).allTextContents();
  return cells.map((text) => Number.parseFloat(text.replaceAll(',', '')));
}

test('it can be stopped, and then there is no advice', async ({ film }) => {
  test.setTimeout(ADVICE_MS);
  await openPage(page, settings);
  await showToCamera(page, film, classes[0].film);
  await record(page, 'Class 1', 20);
  await showToCamera(page, film, classes[1].film);
  await record(page, 'Class 2', 20);
  await untilTrained(page);
  await page.getByRole('button', { name: 'Pause' }).click(); // the processor is for what is tested here
  await page.getByRole('button', { name: 'Look inside the network' }).click();
  await dialog.getByRole('button', { name: 'Find out' }).click();
  await dialog.locator('.inside-advice').getByRole('button', { name: 'Stop' }).click();
  await expect(dialog.getByRole('button', { name: 'Find out' })).toBeEnabled({ timeout: 30_000 });
  expect(await advice()).toBe(null);
});

test('the advice is one sentence with its reason, and a table that was measured on the pictures', async () => {
  test.setTimeout(ADVICE_MS + 30_000);
  await dialog.getByRole('button', { name: 'Find out' }).click();
  await expect(dialog.getByText(/^Best for your pictures: /)).toBeVisible({ timeout: ADVICE_MS });
  const { candidates, recommended, case: dataCase } = await advice();
  expect(candidates.length).toBeGreaterThanOrEqual(4);
  expect(candidates.map(({ strategy }) => strategy)).toContain(recommended);
  await expect(dialog.locator('.advice-reasons li').first()).toContainText(/%|log loss \d/);
  // Of the ways that did best the simplest is taken: it may be ahead of the usual one by little, and is not called clearly better.
  const reasons = (await dialog.locator('.advice-reasons').textContent()) ?? '';
  expect(reasons).not.toContain('Clearly better');
  const [, own, usual] = reasons.match(/(\d+\.\d+) against (\d+\.\d+)/) ?? [];
  expect(Number(own ?? 0)).toBeLessThanOrEqual(Number(usual ?? 0));
  await expect(table().locator('tbody tr')).toHaveCount(candidates.length);
  await expect(table().locator('tr.is-recommended')).toHaveCount(1);
  expect(dataCase).toMatch(/^(few|many)-(close|far)$/);
  await expect(dialog.locator('.cases .is-here')).toHaveCount(1);
  await expectNoSeriousFindings(page, 'the advice');
});

test('the title of the window stays where it is, whatever is hidden far below', async () => {
  const scrolled = await dialog.evaluate((window) => {
    window.scrollTop = 500;
    return window.scrollTop;
  });
  expect(scrolled).toBe(0);
});

test('every column sorts, says so, and turns round at the second press', async () => {
  await expect(table().getByRole('columnheader', { name: 'Right' })).toHaveAttribute('aria-sort', 'descending');
  const accuracies = await column(1);
  expect(accuracies).toEqual([...accuracies].sort((a, b) => b - a));
  for (const [index, name] of /** @type {const} */ ([
    [2, 'Log loss'],
    [4, 'Weights'],
  ])) {
    await table().getByRole('button', { name }).click();
    await expect(table().getByRole('columnheader', { name })).toHaveAttribute('aria-sort', 'ascending');
    if (name === 'Log loss') {
      const losses = await column(index);
      expect(losses).toEqual([...losses].sort((a, b) => a - b));
    }
    await table().getByRole('button', { name }).click();
    await expect(table().getByRole('columnheader', { name })).toHaveAttribute('aria-sort', 'descending');
  }
  await expect(table().locator('[aria-sort]:not([aria-sort="none"])')).toHaveCount(1);
});

test('the table leaves as a CSV file', async () => {
  const saved = page.waitForEvent('download');
  await dialog.getByRole('button', { name: 'Save the table (CSV)' }).click();
  const download = await saved;
  expect(download.suggestedFilename()).toMatch(/\.csv$/);
  const lines = readFileSync(await download.path(), 'utf8')
    .trim()
    .split('\r\n');
  const { candidates, recommended } = await advice();
  expect(lines).toHaveLength(candidates.length + 1);
  expect(lines.find((line) => line.startsWith(`${recommended},yes,`))).toBeTruthy();
});

test('one press uses a candidate', async () => {
  await dialog.getByRole('button', { name: 'Use: Several layers joined', exact: true }).first().click();
  await page.waitForFunction(() => window.headstart.state.training.phase === 'idle', undefined, { timeout: 60_000 });
  const { strategy, features } = await page.evaluate(() => window.headstart.state.report);
  expect(strategy).toBe('joined-layers');
  expect(features.length).toBeGreaterThan(1);
  await expect(
    dialog.getByRole('button', { name: 'In use: Several layers joined', exact: true }).first(),
  ).toBeDisabled();
  const maps = new Set(features.map((/** @type {string} */ feature) => feature.split(':')[0]));
  await expect(dialog.locator('.net-wire')).toHaveCount(maps.size);
});

test('mirrored copies and the second look are switched in the drawer', async () => {
  test.setTimeout(ADVICE_MS);
  const name = 'Several layers joined, changed views, second look';
  await dialog
    .getByRole('button', { name: `Use: ${name}`, exact: true })
    .first()
    .click();
  const report = () =>
    page.evaluate(() => {
      const { state } = window.headstart;
      const { strategy, secondLook, viewCount } = state.report;
      return { strategy, secondLook, viewCount, isIdle: state.training.phase === 'idle' };
    });
  const strategy = 'joined-layers-views';
  await expect.poll(report, { timeout: 60_000 }).toMatchObject({ strategy, isIdle: true });
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Training settings' }).click();
  const drawer = page.getByRole('dialog', { name: 'Training settings' });
  await drawer.getByRole('combobox', { name: 'Mirrored copies' }).selectOption('Always');
  await expect.poll(report, { timeout: 60_000 }).toMatchObject({ secondLook: true, isIdle: true });
  const { viewCount } = await report();
  await drawer.getByRole('combobox', { name: 'Second look' }).selectOption('Never');
  await expect
    .poll(report, { timeout: 60_000 })
    .toMatchObject({ strategy, secondLook: false, viewCount, isIdle: true });
  await drawer.getByRole('combobox', { name: 'Mirrored copies' }).selectOption('Never');
  await expect.poll(report, { timeout: 60_000 }).toMatchObject({ strategy, viewCount: viewCount - 1, isIdle: true });
  await drawer.getByRole('button', { name: 'Back to defaults' }).click();
  await expect(drawer.getByRole('combobox', { name: 'Mirrored copies' })).toHaveValue('measured');
  await page.keyboard.press('Escape');
  await untilTrained(page);
  await page.getByRole('button', { name: 'Look inside the network' }).click();
});

test('what is odd about the pictures is told in sentences that open them', async () => {
  test.setTimeout(ADVICE_MS + 30_000);
  // Most of the second class twice: somebody held the button and nothing moved.
  await page.evaluate(async () => {
    const { state, samples } = window.headstart;
    await samples.copy(state.classes[1].sampleIds.slice(0, 15), state.classes[1].key);
  });
  await expect(dialog.getByText('Your pictures have changed since: measure again.')).toBeVisible();
  await dialog.getByRole('button', { name: 'Measure again' }).click();
  await expect.poll(advice, { timeout: ADVICE_MS }).not.toBe(null);
  const odd = dialog.locator('.data-advice li').filter({ has: page.getByRole('button') });
  await expect(odd.first()).toBeVisible();
  const { data } = await advice();
  expect(data.map(({ kind }) => kind)).toContain('near-duplicates');
  await odd.first().getByRole('button').click();
  const viewer = page.locator('dialog.viewer');
  await expect(viewer.getByRole('img')).toBeVisible();
  await viewer.getByRole('button', { name: 'Close' }).click();
  await expect(dialog).toBeVisible();
});

test('what is none of the classes is called so, until the person wants a class every time', async () => {
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Training settings' }).click();
  await page.getByRole('button', { name: 'Back to defaults' }).click();
  await page.keyboard.press('Escape');
  await untilTrained(page);
  // A third sign, and pictures that show no hand at all.
  const drawn = await page.evaluate(() => {
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = 224;
    const brush = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    return [8, 32, 112].map((side) => {
      for (let x = 0; x < 224; x += side) {
        for (let y = 0; y < 224; y += side) {
          brush.fillStyle = `hsl(${(x * 7 + y * 13) % 360} 90% ${30 + (((x + y) / side) % 2) * 40}%)`;
          brush.fillRect(x, y, side, side);
        }
      }
      return canvas.toDataURL('image/png').split(',')[1];
    });
  });
  const strangers = [...classes[2].unseen, ...drawn.map((base64) => Buffer.from(base64, 'base64'))];
  const known = await page.evaluate(
    async (base64s) => {
      const answers = [];
      for (const base64 of base64s) {
        const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
        answers.push((await window.headstart.trainer.predict(new Blob([bytes]))).known);
      }
      return answers;
    },
    strangers.map((picture) => picture.toString('base64')),
  );
  const strangest = known.indexOf(Math.min(...known));
  expect(known[strangest]).toBeLessThan(0.5);
  await page.locator('.live-tools input[type=file]').setInputFiles({
    name: 'stranger',
    mimeType: strangest < classes[2].unseen.length ? 'image/jpeg' : 'image/png',
    buffer: strangers[strangest],
  });
  await expect(page.locator('.winner-name')).toHaveText('None of these');
  await page.getByRole('button', { name: 'Answer settings' }).click();
  const slider = page.getByRole('slider', { name: /^When it is none of these/ });
  await expect(slider).toHaveAttribute('aria-valuetext', /^As usual/);
  await slider.fill('0');
  await expect(slider).toHaveAttribute('aria-valuetext', /^Never/);
  await page.keyboard.press('Escape');
  await expect(page.locator('.winner-name')).not.toHaveText('None of these');
  const stored = await page.evaluate(() => JSON.parse(localStorage.getItem('headstart.settings') ?? '{}'));
  expect(stored.knownThreshold).toBe(0);
});
