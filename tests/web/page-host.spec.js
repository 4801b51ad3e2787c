// What is around the page: a translator, a folder instead of a server, a frame that keeps the camera or the page's origin, a
// denied camera, a network that drops a script; and the policy that the page itself brings.

import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from '@playwright/test';
import { drawThing } from '../pictures/draw.mjs';
import { encodePng } from '../pictures/encode.mjs';
import { deploy } from './support/deployment.mjs';
import { expect, test } from './support/fixtures.mjs';
import { cardOf, openPage, pictureCount, takeBursts, untilTrained } from './support/page.mjs';
import { serveFolders } from './support/static-server.mjs';

const dist = process.env.HEADSTART_DIST ?? new URL('../../dist', import.meta.url).pathname;

test('a translator that wraps every text leaves numbers and names alive', async ({ page }) => {
  await openPage(page, { trainsByItself: false });
  await expect(page.locator('html')).toHaveAttribute('translate', 'no');
  await expect(page.locator('video.viewfinder-video')).toBeVisible();
  await page.evaluate(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    /** @type {Text[]} */
    const texts = [];
    while (walker.nextNode()) {
      texts.push(/** @type {Text} */ (walker.currentNode));
    }
    for (const text of texts.filter(({ data }) => data.trim())) {
      const wrapper = document.createElement('font');
      text.replaceWith(wrapper);
      wrapper.append(document.createTextNode(text.data));
    }
  });
  await page.getByRole('button', { name: 'Take one picture' }).first().click();
  await expect(cardOf(page, 'Class 1').locator('.class-count')).toHaveText('1 picture');
  expect(await page.locator('font').count()).toBe(0);
});

test('opened from a folder it says what it needs', async ({ page }) => {
  await page.goto(pathToFileURL(`${dist}/index.html`).href);
  await expect(page.getByText('This page needs a web server.')).toBeVisible();
  await expect(page.getByText('Diese Seite braucht einen Webserver.')).toBeVisible();
  await expect(page.locator('.brand-mark')).toHaveJSProperty('clientWidth', 30);
});

test('served, it says nothing of servers, and its own policy holds', async ({ page }) => {
  await openPage(page);
  await expect(page.getByText('This page needs a web server.')).toBeHidden();
  const policy = await page.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute('content');
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval'");
  expect(policy).not.toContain('unsafe-inline');
  const ran = await page.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'window.injected = true';
    document.body.append(script);
    return Boolean(/** @type {any} */ (window).injected);
  });
  expect(ran).toBe(false);
});

test('who holds a button while the camera is denied is told why nothing is recorded', async ({ page }) => {
  await page.addInitScript(() => {
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'));
  });
  await openPage(page);
  const hold = cardOf(page, 'Class 1').getByRole('button', { name: /^Hold to record/ });
  await page.waitForFunction(() => window.headstart.state.camera.phase === 'failed');
  await hold.click();
  await expect(page.locator('.toast')).toContainText('Nothing is recorded: The camera is blocked');
  await expect(hold).toHaveText(/Hold to record/);
});

test('a frame that keeps the camera to itself is named', async ({ page }) => {
  await page.goto('/modules/');
  await page.evaluate(() => {
    const frame = document.createElement('iframe');
    frame.allow = "camera 'none'";
    frame.src = '/?debug';
    frame.style.cssText = 'width: 1200px; height: 800px';
    document.body.append(frame);
  });
  const frame = page.frameLocator('iframe');
  const allow = frame.getByRole('button', { name: 'Allow the camera' });
  const says = frame.locator('.viewfinder-title', { hasText: 'No camera in this frame' });
  await expect(allow.or(says)).toBeVisible();
  if (await allow.isVisible()) {
    await allow.click();
  }
  await expect(says).toBeVisible();
});

/** @param {import('@playwright/test').Page} page @param {string} address */
async function showSandboxed(page, address) {
  await page.goto('/modules/');
  await page.evaluate((src) => {
    const frame = document.createElement('iframe');
    frame.setAttribute('sandbox', 'allow-scripts');
    frame.src = src;
    frame.style.cssText = 'width: 1200px; height: 800px';
    document.body.append(frame);
  }, address);
  return page.frameLocator('iframe');
}

test('a frame that takes the page its origin away is told what it needs', async ({ page }) => {
  const frame = await showSandboxed(page, '/?debug');
  await expect(frame.getByText('it needs allow-same-origin there')).toBeVisible();
});

test('a frame without an origin says what it needs where the host lends its files, too', async ({ page }) => {
  const lent = { 'Access-Control-Allow-Origin': '*', 'Cross-Origin-Resource-Policy': 'cross-origin' };
  const server = await serveFolders({ '/': dist }, { headersFor: () => lent });
  try {
    const frame = await showSandboxed(page, `${server.url}/?debug`);
    await expect(frame.getByText('This browser keeps nothing here').first()).toBeVisible();
    await expect(frame.locator('.trouble')).toContainText('The frame around this page locks it in (sandbox)');
  } finally {
    await server.close();
  }
});

test('a script that the network drops is told, and the next try brings it', async ({ page }) => {
  let isDown = true;
  await page.route(/\/assets\/intake-[^/]*\.js/, (route) => (isDown ? route.abort() : route.continue()));
  await openPage(page, { trainsByItself: false });
  const files = {
    name: 'drawn.png',
    mimeType: 'image/png',
    buffer: encodePng(drawThing('ball', 1, { widthPx: 640, heightPx: 480 })),
  };
  const input = cardOf(page, 'Class 1').locator('input[type=file]:not([webkitdirectory])').first();
  await input.setInputFiles(files);
  const toast = page.locator('.toast.is-error', { hasText: 'Are you online?' });
  await expect(toast).toBeVisible();
  expect(await pictureCount(page, 'Class 1')).toBe(0);
  isDown = false;
  await toast.getByRole('button', { name: 'Try again' }).click();
  await expect.poll(() => pictureCount(page, 'Class 1')).toBe(1);
});

test('with one class left no answer of before stands', async ({ page }) => {
  await openPage(page, { burstCount: 10, countdownSeconds: 0 });
  await expect(page.locator('video.viewfinder-video')).toBeVisible();
  for (const name of ['Class 1', 'Class 2']) {
    await cardOf(page, name)
      .getByRole('button', { name: /^Hands free/ })
      .click();
    await page.waitForFunction(() => window.headstart.state.recording === null);
  }
  await expect(page.locator('.bar-part').first()).toHaveText(/%/);
  await cardOf(page, 'Class 2').locator('.menu summary').click();
  await page.getByRole('button', { name: 'Delete the class' }).click();
  await expect(page.locator('.bar')).toHaveCount(1);
  await expect(page.locator('.winner-name')).toHaveText('Show two things');
  await expect(page.locator('.bar-part')).toHaveText('');
});

test('after loading, the log that the browser itself keeps of its network names no request, of workers neither', async ({
  launchOptions,
}) => {
  test.setTimeout(120_000);
  const path = join(tmpdir(), `headstart-net-${process.pid}.json`);
  const browser = await chromium.launch({
    ...launchOptions,
    args: [...(launchOptions.args ?? []), `--log-net-log=${path}`],
  });
  const host = await deploy();
  let loadedAt = 0;
  try {
    const page = await browser.newPage({ baseURL: host.url, permissions: ['camera'], serviceWorkers: 'allow' });
    await openPage(page, { burstCount: 10, countdownSeconds: 0 });
    await page.waitForFunction(() => document.documentElement.dataset.ready === 'yes');
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null, undefined, { timeout: 60_000 });
    await page.waitForTimeout(1000); // until the worker in reserve has its scripts
    loadedAt = Date.now();
    await takeBursts(page, ['Class 1', 'Class 2']);
    await untilTrained(page);
    await page.evaluate(() => window.headstart.trainer.advise({ budgetMs: 500 }));
    await page.locator('.language-select').selectOption('ja');
    const [worker] = page.workers().filter((each) => /engine-worker/.test(each.url()));
    worker.evaluate(() => globalThis.close()).catch(() => {}); // it does not live to answer
    await page.waitForFunction(() => window.headstart.state.engine.phase === 'loading');
    await page.waitForFunction(() => window.headstart.state.engine.phase === 'ready');
    await page.context().close();
  } finally {
    await browser.close();
    await host.close();
  }
  const { constants, events } = JSON.parse(readFileSync(path, 'utf8'));
  rmSync(path);
  const { URL_REQUEST_START_JOB: started } = constants.logEventTypes;
  const own = events.filter(
    ({ type, params }) => type === started && /^(http|ws)/.test(params?.url) && /^http/.test(params.initiator ?? ''),
  );
  const isLate = (/** @type {{ time: string }} */ { time }) => Number(time) + constants.timeTickOffset > loadedAt;
  expect(own.filter((event) => !isLate(event)).length).toBeGreaterThan(5);
  // Whether there is a newer service worker the browser itself looks for, whenever it likes.
  const late = own.filter(isLate).map(({ params }) => params.url);
  expect(late.filter((url) => !url.endsWith('/service-worker.js'))).toEqual([]);
});
