// What the browser is asked for and what it says: to keep things, how much room there is, that a newer page has the projects.

import { expect, test } from './support/fixtures.mjs';
import { openPage, pictureCount, record } from './support/page.mjs';

const settings = { picturesPerSecond: 12, trainsByItself: false };

test.use({ permissions: ['camera'] });

/** @param {import('@playwright/test').Page} page */
async function openProjects(page) {
  await page.getByRole('button', { name: /^Keep it/ }).click();
  return page.getByRole('dialog', { name: 'Projects' });
}

test('the browser is asked to keep everything once there is something to lose, and only once', async ({ page }) => {
  await page.addInitScript(() => {
    const asked = [];
    Object.assign(window, { asked });
    navigator.storage.persisted = async () => asked.length > 0;
    navigator.storage.persist = async () => {
      asked.push(window.headstart.state.classes.reduce((sum, { sampleIds }) => sum + sampleIds.length, 0));
      return true;
    };
  });
  await openPage(page, settings);
  const asked = () => page.evaluate(() => /** @type {any} */ (window).asked);
  await page.getByRole('button', { name: 'Take one picture' }).first().click();
  await expect.poll(() => pictureCount(page, 'Class 1')).toBe(1);
  expect(await asked()).toEqual([]);
  await record(page, 'Class 1', 12);
  await expect.poll(async () => (await asked()).length).toBe(1);
  expect((await asked())[0]).toBeGreaterThanOrEqual(10);
  await record(page, 'Class 2', 2);
  expect(await asked()).toHaveLength(1);
  await expect((await openProjects(page)).getByText('The browser has promised to keep them.')).toBeVisible();
});

test('a browser that promised nothing is told of, and a window with little room that it may be a private one', async ({
  page,
}) => {
  await page.addInitScript(() => {
    navigator.storage.persisted = async () => false;
    navigator.storage.persist = async () => false;
    navigator.storage.estimate = async () => ({ usage: 3e6, quota: 60e6 });
  });
  await openPage(page, settings);
  await record(page, 'Class 1', 2);
  const dialog = await openProjects(page);
  await expect(dialog.getByText('All projects take 3 MB on this device. About 57 MB is free.')).toBeVisible();
  await expect(dialog.getByText('If the disk runs low, the browser may clear them')).toBeVisible();
  await expect(dialog.getByText('If this is a private window, everything goes when it is closed')).toBeVisible();
});

test('a page whose projects a newer version has taken says so, and asks before it is closed', async ({
  page,
  context,
}) => {
  await openPage(page, settings);
  await record(page, 'Class 1', 3);
  const count = await pictureCount(page, 'Class 1');
  const newer = await context.newPage();
  await newer.goto('/modules/');
  // As a later version would, whose database has one more store.
  const version = await newer.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const opening = indexedDB.open('headstart', 1000);
        opening.onupgradeneeded = () => opening.result.createObjectStore('tomorrow');
        opening.onsuccess = () => resolve(opening.result.version);
        opening.onerror = () => reject(opening.error);
        opening.onblocked = () => reject(new Error('the older page holds on to it'));
      }),
  );
  expect(version).toBe(1000);
  await page.bringToFront();
  await expect(page.getByText('A newer version is open')).toBeVisible();
  await page.keyboard.press('Escape');
  // It works on, and nothing is lost in silence.
  await page.evaluate(() => window.headstart.samples.add(window.headstart.state.classes[0].key, new ImageData(64, 64)));
  expect(await pictureCount(page, 'Class 1')).toBe(count + 1);
  expect(await page.evaluate(() => window.headstart.state.unsaved)).toBe(true);
  page.on('dialog', (question) => question.accept());
  await page.reload();
  await expect(page.locator('.toast').getByText('A newer version of this page keeps its projects here.')).toBeVisible();
});
