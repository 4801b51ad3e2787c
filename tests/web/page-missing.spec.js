// What was learnt with a network that is not here: the page names it, loses nothing, goes on, and is as before once it comes.

import { readFileSync } from 'node:fs';
import { changedBackbone } from '../wasm/support.mjs';
import { expectNoSeriousFindings } from './support/axe.mjs';
import { expect, test } from './support/fixtures.mjs';
import {
  largestDifference,
  newDeskPage,
  openPage,
  pictureCount,
  predictAll,
  saveHead,
  teachTwo,
  untilTrained,
} from './support/page.mjs';
import { pictureClasses } from './support/pictures.mjs';
import { outOfSight, tooWide } from './support/reach.mjs';

const SETTINGS = { burstCount: 10, countdownSeconds: 0, mirror: false, picksNetwork: false };
const file = (/** @type {string} */ name, /** @type {Uint8Array} */ bytes) => ({
  name,
  mimeType: 'application/octet-stream',
  buffer: Buffer.from(bytes),
});
/** The built-in network under a name and at a size of its own: as drawn a network of one's own as there can be. */
const mine = file('animals.safetensors', changedBackbone({ name: 'animal_net', inputSize: 96, isFloat32: true }));
const other = file('other.safetensors', changedBackbone({ name: 'other_net' }));
const shown = pictureClasses()
  .slice(0, 2)
  .map(({ unseen }) => unseen[0]);

/** @typedef {import('@playwright/test').Page} Page */
/** @type {{ project: Buffer, head: Buffer, answers: Record<string, number>[], headNow: number[] }} */
let made;

/** @param {Page} page */
const networkOf = (page) => page.evaluate(() => window.headstart.trainer.backbone.name);
/** @param {Page} page The head in use, the same bytes wherever it is the same. */
const headOf = (page) =>
  page.evaluate(async () => [...(await window.headstart.trainer.exportHead({ date: '2026-01-01' }))]);
/** @param {Page} page @param {{ name: string, mimeType: string, buffer: Buffer }[]} files */
const open = (page, ...files) => page.locator('#keep input[type="file"]').setInputFiles(files);
/** @param {Page} page */
const asked = (page) => page.getByRole('dialog', { name: 'This needs another network' });

/** A browser that has never seen any of it. @param {import('@playwright/test').Browser} browser */
async function freshPage(browser, settings = SETTINGS) {
  const page = await newDeskPage(browser);
  await openPage(page, settings);
  return page;
}

test.describe.configure({ mode: 'serial' });

test('a lesson is learnt with a network of a person’s own, and kept as files', async ({ browser, film }) => {
  test.setTimeout(120_000);
  const page = await freshPage(browser);
  await open(page, mine);
  await expect.poll(() => networkOf(page)).toBe('animal_net');
  await teachTwo(page, film);
  await page.getByRole('button', { name: 'Pause' }).click();
  const head = readFileSync(String(await (await saveHead(page)).path()));
  await page.getByRole('button', { name: 'Use it elsewhere' }).click();
  const saved = page.waitForEvent('download');
  await page.getByRole('listitem').filter({ hasText: 'Another Headstart' }).getByRole('button').click();
  const project = readFileSync(String(await (await saved).path()));
  made = { project, head, answers: await predictAll(page, shown), headNow: await headOf(page) };

  // The network is gone from the browser's cache, as browsers do when the disk is full.
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
  await page.evaluate(() => caches.delete('headstart-own-networks'));
  await page.reload();
  await expect(asked(page)).toContainText('animals.safetensors', { timeout: 30_000 });
  expect(await pictureCount(page, 'Class 2')).toBe(10);
  await asked(page).locator('input[type="file"]').setInputFiles([mine]);
  await expect(asked(page)).toBeHidden({ timeout: 30_000 });
  expect(await headOf(page)).toEqual(made.headNow);
  await page.context().close();
});

test('a project in a browser without its network names it, keeps the pictures, goes on, and is as before once it comes', async ({
  browser,
}) => {
  test.setTimeout(120_000);
  const page = await freshPage(browser, { ...SETTINGS, depth: 'plain' });
  await open(page, file('lesson.zip', made.project));
  const dialog = asked(page);
  await expect(dialog).toContainText(/The project learnt with the network “\u2068?animals\.safetensors\u2069?”\./);
  await expect(dialog).toContainText('That network is not here.');
  await expect(dialog).toContainText('Where it is from:');
  await expect(dialog).toContainText('Nothing is lost: 20 pictures came along');
  await expectNoSeriousFindings(page, 'a missing network');
  for (const [language, width, height] of /** @type {const} */ ([
    ['en', 360, 740],
    ['de', 360, 740],
    ['ar', 360, 740],
    ['en', 1366, 768],
  ])) {
    await page.evaluate((tag) => window.headstart.settings.set('language', tag), language);
    await page.setViewportSize({ width, height });
    await page.waitForFunction((tag) => document.documentElement.lang === tag, language);
    expect(await page.evaluate(outOfSight, 'dialog[open] .dialog-foot > *'), `${language} ${width}`).toEqual([]);
    expect(await page.evaluate(tooWide), `${language} ${width}`).toEqual([]);
    await page.screenshot({ path: test.info().outputPath(`missing-${language}-${width}.png`) });
  }
  // Meanwhile it learns with the network that is here.
  await dialog.getByRole('button', { name: 'Go on without it' }).click();
  const reminder = page.locator('.toast', {
    hasText: /^\s*The network .*animals\.safetensors.* is still missing/,
  });
  await expect(reminder).toBeVisible();
  expect(await pictureCount(page, 'Class 1')).toBe(10);
  await untilTrained(page);
  expect(await page.evaluate(() => window.headstart.state.report?.backbone)).toMatch(/^headstart_/);
  // Another one is not taken for it.
  await reminder.getByRole('button', { name: 'Bring it' }).click();
  await dialog.locator('input[type="file"]').setInputFiles([other]);
  await expect(page.locator('.toast', { hasText: 'That is another network.' })).toBeVisible({ timeout: 30_000 });
  await expect(dialog).toBeVisible();
  await dialog.locator('input[type="file"]').setInputFiles([mine]);
  await expect(dialog).toBeHidden({ timeout: 30_000 });
  await expect(page.locator('.toast', { hasText: 'What was learnt with it answers again.' })).toBeVisible();
  await expect(page.locator('.toast', { hasText: 'still missing' })).toHaveCount(0);
  expect(await headOf(page)).toEqual(made.headNow);
  expect(largestDifference(await predictAll(page, shown), made.answers)).toBeLessThan(1e-6);
  expect(await page.evaluate(() => window.headstart.state.report?.backbone)).toBe('animal_net');
  // And it stays: nothing trains it anew.
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  expect(await page.evaluate(() => window.headstart.state.training.phase)).toBe('idle');
  expect(await headOf(page)).toEqual(made.headNow);
  await page.context().close();
});

test('a head alone names its network too, changes nothing, and answers once it is dropped on the page', async ({
  browser,
}) => {
  const page = await freshPage(browser);
  await open(page, file('head.safetensors', made.head));
  await expect(asked(page)).toContainText(/This file learnt with the network “\u2068?animal_net\u2069?”\./);
  await expect(asked(page)).toContainText('everything here stays as it is');
  expect(await page.evaluate(() => window.headstart.trainer.headInfo)).toBeNull();
  const bytes = mine.buffer.toString('base64');
  await asked(page).evaluate(async (dialog, base64) => {
    const data = new DataTransfer();
    data.items.add(new File([Uint8Array.from(atob(base64), (x) => x.charCodeAt(0))], 'animals.safetensors'));
    dialog.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
  }, bytes);
  await expect(asked(page)).toBeHidden({ timeout: 30_000 });
  expect(largestDifference(await predictAll(page, shown), made.answers)).toBeLessThan(1e-6);
  await page.context().close();
});

test('a file that only has its name is not taken for it', async ({ browser }) => {
  const page = await freshPage(browser);
  await open(page, { ...other, name: mine.name });
  await expect.poll(() => networkOf(page)).toBe('other_net');
  await open(page, file('lesson.zip', made.project));
  await asked(page).getByRole('button', { name: 'Use it' }).click();
  await expect(page.locator('.toast', { hasText: 'That is another network.' })).toBeVisible({ timeout: 30_000 });
  await asked(page).locator('input[type="file"]').setInputFiles([mine]);
  await expect(asked(page)).toBeHidden({ timeout: 30_000 });
  expect(await headOf(page)).toEqual(made.headNow);
  await page.context().close();
});

test('where the network is here and another one looks, it is offered by its name', async ({ browser }) => {
  const page = await freshPage(browser);
  await open(page, mine);
  await expect.poll(() => networkOf(page)).toBe('animal_net');
  await open(page, other);
  await expect.poll(() => networkOf(page)).toBe('other_net');
  await open(page, file('lesson.zip', made.project));
  await expect(asked(page)).toContainText('That network is here, but another one looks now.');
  await asked(page).getByRole('button', { name: 'Use it' }).click();
  await expect(asked(page)).toBeHidden({ timeout: 30_000 });
  expect(await headOf(page)).toEqual(made.headNow);
  await page.context().close();
});
