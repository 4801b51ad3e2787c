// What goes wrong with a disk: it is full, something on it is damaged, or a newer page wrote there.

import { expect, test } from './support/fixtures.mjs';
import { cardOf, openPage, pictureCount, record } from './support/page.mjs';

const settings = { picturesPerSecond: 12, trainsByItself: false };

test.use({ permissions: ['camera'] });

/** @param {import('@playwright/test').Page} page */
async function reopen(page) {
  await page.reload();
  await page.waitForFunction(() => window.headstart?.state.project.phase === 'open');
}

/**
 * Changes a record behind the page's back.
 *
 * @param {import('@playwright/test').Page} page
 * @param {string} store
 * @param {any} key
 * @param {'break' | 'flip' | { put: any }} what `flip`: one bit of its bytes
 */
const tamper = (page, store, key, what) =>
  page.evaluate(
    async ([storeName, at, how]) => {
      /** @param {any} request @returns {Promise<any>} */
      const done = (request) =>
        new Promise((resolve, reject) => {
          request.onsuccess = () => resolve(request.result);
          request.onerror = () => reject(request.error);
        });
      const database = await done(indexedDB.open('headstart'));
      const records = database.transaction(storeName, 'readwrite').objectStore(storeName);
      if (how === 'flip') {
        const value = await done(records.get(at));
        new Uint8Array(value.bytes)[100] ^= 1;
        await done(records.put(value, at));
      } else {
        await done(records.put(how === 'break' ? { nothing: 'that belongs here' } : how.put, at));
      }
      database.close();
    },
    /** @type {[string, any, any]} */ ([store, key, what]),
  );

/** @param {import('@playwright/test').Page} page @param {string} store @param {any} key */
const readRecord = (page, store, key) =>
  page.evaluate(
    ([storeName, at]) =>
      new Promise((resolve, reject) => {
        const opening = indexedDB.open('headstart');
        opening.onsuccess = () => {
          const request = opening.result.transaction(storeName).objectStore(storeName).get(at);
          request.onsuccess = () => {
            opening.result.close();
            resolve(request.result);
          };
          request.onerror = () => reject(request.error);
        };
      }),
    /** @type {[string, any]} */ ([store, key]),
  );

test('a damaged picture and a damaged place cost those two, and are named; all others are there', async ({ page }) => {
  await openPage(page, settings);
  await record(page, 'Class 1', 5);
  await page.evaluate(() => window.headstart.saved());
  const { id, sampleIds } = await page.evaluate(() => ({
    id: window.headstart.state.project.id,
    sampleIds: window.headstart.state.classes[0].sampleIds,
  }));
  await tamper(page, 'pictures', [id, sampleIds[1]], 'flip');
  await tamper(page, 'places', [id, sampleIds[3]], 'break');
  await reopen(page);
  const left = sampleIds.filter((_, index) => index !== 1 && index !== 3);
  expect(await page.evaluate(() => window.headstart.state.classes[0].sampleIds)).toEqual(left);
  await expect(page.locator('.toast').getByText('1 picture of “Class 1”')).toBeVisible();
  await reopen(page);
  expect(await page.evaluate(() => window.headstart.state.classes[0].sampleIds)).toEqual(left);
});

test('a damaged record of the project costs its names: every picture is still there', async ({ page }) => {
  await openPage(page, settings);
  await record(page, 'Class 1', 3);
  await page.evaluate(() => window.headstart.saved());
  const before = await page.evaluate(() => window.headstart.state.classes[0].sampleIds);
  const id = await page.evaluate(() => window.headstart.state.project.id);
  await tamper(page, 'projects', id, 'break');
  await reopen(page);
  expect(await page.evaluate(() => window.headstart.state.classes.flatMap(({ sampleIds }) => sampleIds))).toEqual(
    before,
  );
  await expect(page.locator('.toast').getByText(/damaged on the disk.*details of the project/)).toBeVisible();
});

test('a project of a newer version is named in the list, cannot be opened, and stays as it is', async ({ page }) => {
  await openPage(page, settings);
  await record(page, 'Class 1', 2);
  const future = { id: 'future', format: 99, name: 'From tomorrow', openedAt: Date.now() + 1e9, more: [1, 2, 3] };
  await tamper(page, 'projects', 'future', { put: future });
  await reopen(page);
  expect(await pictureCount(page, 'Class 1')).toBeGreaterThanOrEqual(2);
  await page.getByRole('button', { name: /^Keep it/ }).click();
  const row = page.getByRole('listitem').filter({ hasText: 'From tomorrow' });
  await expect(row.getByText('Made by a newer version of this page. It stays as it is.')).toBeVisible();
  await expect(row.getByRole('button')).toHaveCount(0);
  await page.evaluate(() => sessionStorage.setItem('headstart.project', 'future'));
  await page.reload();
  await expect(page.getByRole('alert').filter({ hasText: 'was made by a newer version' })).toBeVisible();
  expect(await readRecord(page, 'projects', 'future')).toEqual(future);
});

test('a full disk is told before anything is lost, and what waits is written when there is room', async ({ page }) => {
  test.setTimeout(120_000);
  await openPage(page, settings);
  await record(page, 'Class 1', 2);
  const cdp = await page.context().newCDPSession(page);
  const origin = new URL(page.url()).origin;
  await cdp.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1000 }); // less than is there
  await page.waitForTimeout(31_000); // so long Chromium trusts the room that it found at the last write
  await record(page, 'Class 1', 16);
  await expect(page.locator('.toast').getByText('The disk is full')).toBeVisible();
  await expect(cardOf(page, 'Class 1').getByText(/not saved/)).toBeVisible();
  const before = await page.evaluate(() => window.headstart.state.classes[0].sampleIds);
  await cdp.send('Storage.overrideQuotaForOrigin', { origin });
  await page.waitForFunction(() => window.headstart.state.project.unsavedCount === 0, undefined, { timeout: 30_000 });
  await reopen(page);
  expect(await page.evaluate(() => window.headstart.state.classes[0].sampleIds)).toEqual(before);
});

test('where the browser tells how little room is left, the page does while everything is still saved', async ({
  page,
}) => {
  await page.addInitScript(() => {
    // Chromium itself keeps the true number to itself.
    navigator.storage.estimate = async () => ({ usage: 900e6, quota: 920e6 });
  });
  await openPage(page, settings);
  await record(page, 'Class 1', 2);
  await expect(page.locator('.toast').getByText('Only about 20 MB is left for saving.')).toBeVisible();
  expect(await page.evaluate(() => window.headstart.state.project.unsavedCount)).toBe(0);
});

test('a storage thread that is killed while pictures come is replaced, and every picture is on disk', async ({
  page,
}) => {
  test.setTimeout(90_000);
  await openPage(page, settings);
  await record(page, 'Class 1', 2);
  const hold = cardOf(page, 'Class 1').getByRole('button', { name: /^Hold to record/ });
  await hold.focus();
  await page.keyboard.down('Space');
  for (const wanted of [6, 12]) {
    await expect.poll(() => pictureCount(page, 'Class 1')).toBeGreaterThan(wanted);
    const threads = () => page.workers().filter((each) => /vault-worker/.test(each.url()));
    await expect.poll(() => threads().length).toBe(1);
    const [killed] = threads();
    killed.evaluate(() => globalThis.close()).catch(() => {}); // it does not live to answer
    await expect.poll(() => threads().some((each) => each !== killed)).toBe(true);
  }
  const count = await pictureCount(page, 'Class 1');
  await expect.poll(() => pictureCount(page, 'Class 1')).toBeGreaterThan(count);
  await page.keyboard.up('Space');
  await page.waitForFunction(() => window.headstart.state.recording === null);
  await page.waitForFunction(() => window.headstart.state.project.unsavedCount === 0, undefined, { timeout: 30_000 });
  expect(await page.evaluate(() => window.headstart.state.project.phase)).toBe('open');
  const before = await page.evaluate(() => window.headstart.state.classes[0].sampleIds);
  await reopen(page);
  expect(await page.evaluate(() => window.headstart.state.classes[0].sampleIds)).toEqual(before);
  await expect(
    page.getByText(`You are back where you were: “My project”, ${before.length} pictures.`).first(),
  ).toBeVisible();
});

test('without a place to keep things the page works, and says that nothing is kept', async ({ page }) => {
  await page.addInitScript(() => {
    // As in windows where the browser refuses: the thread that would write cannot be had.
    const Real = Worker;
    window.Worker = /** @type {any} */ (
      class extends Real {
        /** @param {string | URL} url @param {WorkerOptions} [options] */
        constructor(url, options) {
          super(options?.name === 'headstart-storage' ? '/not-there.js' : url, options);
        }
      }
    );
  });
  await openPage(page, settings);
  await record(page, 'Class 1', 2);
  await expect(page.locator('.toast').getByText('This browser keeps nothing here')).toBeVisible();
  expect(await page.evaluate(() => window.headstart.state.unsaved)).toBe(true);
});
