// Without a network: everything that the page can do, in every language; and what happens when a new version is put up.

import { changedBackbone } from '../wasm/support.mjs';
import { deploy, otherVersion } from './support/deployment.mjs';
import { expect, test } from './support/fixtures.mjs';
import { cardOf, pictureCount, record, showToCamera, untilTrained } from './support/page.mjs';
import { pictureClasses } from './support/pictures.mjs';

const classes = pictureClasses();

test.use({ permissions: ['camera'], serviceWorkers: 'allow' });

/** @param {import('@playwright/test').Page} page @param {string} url */
async function open(page, url) {
  await page.goto(`${url}?debug`);
  await page.waitForFunction(() => window.headstart?.state.engine.phase === 'ready');
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null, undefined, { timeout: 60_000 });
}

test('after the first load nothing is fetched, and everything works with the host gone', async ({ page, film }) => {
  test.setTimeout(150_000);
  const host = await deploy();
  film.replace(classes[0].film);
  await open(page, host.url);
  await page.waitForTimeout(500);
  const askedFirst = host.requests.length;
  await record(page, 'Class 1', 5);
  await showToCamera(page, film, classes[1].film);
  await record(page, 'Class 2', 5);
  await untilTrained(page);
  expect(host.requests.slice(askedFirst)).toEqual([]);
  await page.evaluate(() => window.headstart.saved());
  await host.close();

  await page.reload();
  await page.waitForFunction(() => window.headstart?.state.project.phase === 'open');
  await expect.poll(() => pictureCount(page, 'Class 1')).toBeGreaterThanOrEqual(5);
  expect(await page.evaluate(() => window.headstart.trainer.headInfo?.stale)).toBe(false);
  for (const language of ['de', 'es', 'fr', 'tr', 'ja', 'ar', 'en']) {
    await page.locator('.language-select').selectOption(language);
    await expect(page.locator('html')).toHaveAttribute('lang', language);
  }
  await record(page, 'Class 2', (await pictureCount(page, 'Class 2')) + 2);
  await untilTrained(page);
  await page.getByRole('button', { name: /^Keep it/ }).click();
  for (const name of ['Save it as a file', 'Save all pictures (zip)']) {
    const download = page.waitForEvent('download');
    await page.getByRole('dialog', { name: 'Projects' }).getByRole('button', { name }).click();
    expect(await (await download).failure()).toBeNull();
  }
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Use it elsewhere' }).click();
  const files = page.getByRole('dialog', { name: 'Use it elsewhere' }).getByRole('button', { name: 'Save the file' });
  expect(await files.count()).toBeGreaterThan(3);
  for (const button of await files.all()) {
    const download = page.waitForEvent('download');
    await button.click();
    expect(await (await download).failure()).toBeNull();
  }
  await page.keyboard.press('Escape');
  const advice = await page.evaluate(() => window.headstart.trainer.advise({ budgetMs: 1000 }));
  expect(advice.candidates.length).toBeGreaterThan(0);
  await page.getByRole('button', { name: 'Look inside the network' }).click();
  await expect(page.locator('.net-slab').first()).toBeVisible();
  await page.keyboard.press('Escape');

  const count = await pictureCount(page, 'Class 2');
  for (let death = 1; death <= 2; death += 1) {
    const [worker] = page.workers().filter((each) => /engine-worker/.test(each.url()));
    worker.evaluate(() => globalThis.close()).catch(() => {}); // it does not live to answer
    await page.waitForFunction(() => window.headstart.state.engine.phase === 'loading');
    await page.waitForFunction(() => window.headstart.state.engine.phase === 'ready');
  }
  expect(await pictureCount(page, 'Class 2')).toBe(count);
  expect(await page.evaluate(() => window.headstart.trainer.headInfo?.stale)).toBe(false);
});

test('a backbone that was chosen once is there with the host gone, and what it saw, too', async ({ page, film }) => {
  test.setTimeout(120_000);
  const name = 'mobilenet_v2_0.35_224';
  const host = await deploy();
  const version = await otherVersion('with a backbone', {
    [`${name}.f16.safetensors`]: changedBackbone({ name }),
  });
  host.serve(version.folder);
  film.replace(classes[0].film);
  await open(page, host.url);
  await record(page, 'Class 1', 4);
  await page.keyboard.press('e'); // backbones are in the engineer's view
  await page.getByRole('button', { name: 'About and help' }).click();
  await page.getByRole('button', { name: 'Backbone' }).click();
  const drawer = page.getByRole('dialog', { name: 'Backbone' });
  await drawer.locator('.choice', { has: page.locator('strong', { hasText: name }) }).click();
  await page.waitForFunction((wanted) => window.headstart.trainer.backbone.name === wanted, name, { timeout: 60_000 });
  await page.waitForFunction(() => window.headstart.unsavedRows() === 0, undefined, { timeout: 30_000 });
  await page.evaluate(() => window.headstart.saved());
  const count = await pictureCount(page, 'Class 1');
  await host.close();

  await page.reload();
  await page.waitForFunction(() => window.headstart?.state.project.phase === 'open', undefined, { timeout: 60_000 });
  expect(await page.evaluate(() => window.headstart.trainer.backbone.name)).toBe(name);
  expect(await page.evaluate(() => window.headstart.state.project.viewed)).toBe(0);
  expect(await pictureCount(page, 'Class 1')).toBe(count);
  version.remove();
});

test('a host without headers, under a sub-path: threads are possible from the second load on', async ({ page }) => {
  const host = await deploy({ path: '/pages/headstart/', isolates: false });
  await open(page, host.url);
  expect(await page.evaluate(() => window.crossOriginIsolated)).toBe(false);
  await page.reload();
  await page.waitForFunction(() => window.headstart?.state.engine.phase === 'ready');
  expect(await page.evaluate(() => window.crossOriginIsolated)).toBe(true);
  expect(await page.evaluate(() => window.headstart.state.engine.message)).toBe('');
  await host.close();
});

test('a version put up while the page is open is offered; the open page goes on as it is', async ({
  page,
  context,
}) => {
  test.setTimeout(120_000);
  const host = await deploy();
  const later = await otherVersion('later');
  await open(page, host.url);
  await record(page, 'Class 1', 3);
  const count = await pictureCount(page, 'Class 1');
  const start = await page.evaluate(async () => (await fetch('./')).text());
  host.serve(later.folder);
  await page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.update());
  const offer = page.locator('.toast').getByText('A new version of this page is ready.');
  await expect(offer).toBeVisible({ timeout: 30_000 });
  // Whatever the open page asks for is still of its own version, also after a reload.
  expect(await page.evaluate(async () => (await fetch('./')).text())).toBe(start);
  await cardOf(page, 'Class 1').getByRole('button', { name: 'Take one picture' }).click();
  await expect.poll(() => pictureCount(page, 'Class 1')).toBe(count + 1);
  await page.reload();
  await page.waitForFunction(() => window.headstart?.state.project.phase === 'open');
  expect(await page.locator('body').getAttribute('data-version')).toBeNull();

  await offer.waitFor();
  const other = await context.newPage();
  await other.goto(host.url);
  await page.bringToFront();
  await page.locator('.toast').getByRole('button', { name: 'Use it now' }).click();
  await expect(page.locator('.toast').getByText('Close the other tabs of this page first')).toBeVisible();
  await other.close();
  await page.locator('.toast').getByRole('button', { name: 'Use it now' }).last().click();
  await expect(page.locator('body')).toHaveAttribute('data-version', 'later', { timeout: 30_000 });
  await page.waitForFunction(() => window.headstart?.state.project.phase === 'open');
  expect(await pictureCount(page, 'Class 1')).toBe(count + 1);
  await host.close();
  later.remove();
});

test('a deployment that is half done is not taken in', async ({ page }) => {
  const host = await deploy();
  const later = await otherVersion('half');
  const { rmSync } = await import('node:fs');
  await open(page, host.url);
  rmSync(`${later.folder}/index.html`); // what both have alike is not fetched again
  const askedBefore = host.requests.length;
  host.serve(later.folder);
  await page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.update().catch(() => {}));
  await expect.poll(() => host.requests.slice(askedBefore).includes('/'), { timeout: 20_000 }).toBe(true);
  await page.waitForTimeout(1000);
  const state = await page.evaluate(async () => {
    const registration = await navigator.serviceWorker.getRegistration();
    return { waits: registration?.waiting !== null, works: registration?.active?.state };
  });
  expect(state).toEqual({ waits: false, works: 'activated' });
  await page.reload();
  await page.waitForFunction(() => window.headstart?.state.engine.phase === 'ready');
  expect(await page.locator('body').getAttribute('data-version')).toBeNull();
  await host.close();
  later.remove();
});

test('Chromium would install it, with an icon that may be cut to any shape', async ({ page }) => {
  const host = await deploy();
  await open(page, host.url);
  const cdp = await page.context().newCDPSession(page);
  const { installabilityErrors } = await cdp.send('Page.getInstallabilityErrors');
  // Playwright's windows are private ones; that is all that stands in the way.
  expect(installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito')).toEqual([]);
  const { errors, data } = await cdp.send('Page.getAppManifest');
  expect(errors).toEqual([]);
  const { icons } = JSON.parse(data ?? '{}');
  expect(icons.map((/** @type {{ purpose: string }} */ { purpose }) => purpose)).toContain('maskable');
  for (const { src, sizes } of icons) {
    const size = await page.evaluate(async (address) => {
      const image = new Image();
      image.src = address;
      await image.decode();
      return `${image.naturalWidth}x${image.naturalHeight}`;
    }, src);
    if (sizes !== 'any') {
      expect(size).toBe(sizes);
    }
  }
  await host.close();
});
