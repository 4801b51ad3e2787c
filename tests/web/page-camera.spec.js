// The camera as the page has it: plugged out and in again, on an address without HTTPS, one of several, front and back.

import { chromium } from '@playwright/test';
import { chromiumFlags, expect, test } from './support/fixtures.mjs';
import { cardOf, openPage, pictureCount } from './support/page.mjs';
import { pictureClasses } from './support/pictures.mjs';

const settings = { trainsByItself: false, picturesPerSecond: 20, countdownSeconds: 0, burstCount: 10 };

/** A camera with a plug: without it the browser knows of no camera. @param {import('@playwright/test').Page} page */
const givePlug = (page) =>
  page.addInitScript(() => {
    const list = navigator.mediaDevices.enumerateDevices.bind(navigator.mediaDevices);
    Object.assign(window, { isPlugged: true });
    navigator.mediaDevices.enumerateDevices = async () => (window.isPlugged ? list() : []);
  });

/** What the browser does when the plug is pulled. @param {import('@playwright/test').Page} page */
const pullPlug = (page) =>
  page.evaluate(() => {
    window.isPlugged = false;
    const track = document.querySelector('video').srcObject.getVideoTracks()[0];
    track.stop();
    track.dispatchEvent(new Event('ended'));
  });

/** @param {import('@playwright/test').Page} page */
const plugIn = (page) =>
  page.evaluate(() => {
    window.isPlugged = true;
    navigator.mediaDevices.dispatchEvent(new Event('devicechange'));
  });

/** Ten pictures. @param {import('@playwright/test').Page} page @param {string} name */
async function burst(page, name) {
  await cardOf(page, name)
    .getByRole('button', { name: /^Hands free/ })
    .click();
  await expect.poll(() => pictureCount(page, name)).toBe(10);
  await page.waitForFunction(() => window.headstart.state.recording === null);
}

for (const [size, viewport] of Object.entries({
  phone: { width: 360, height: 740 },
  desk: { width: 1440, height: 900 },
})) {
  test(`${size}: a camera that is unplugged ends the recording and says so; plugged in, all goes on as it was`, async ({
    page,
  }) => {
    await page.setViewportSize(viewport);
    await givePlug(page);
    await openPage(page, { ...settings, mirror: false });
    await expect(page.locator('video.viewfinder-video')).toBeVisible();
    await burst(page, 'Class 1');
    await burst(page, 'Class 2');
    await expect(page.locator('.bar-part').first()).toHaveText(/%/);

    const hold = cardOf(page, 'Class 2').getByRole('button', { name: /^Hold to record/ });
    await hold.focus();
    await page.keyboard.down('Space');
    await expect.poll(() => pictureCount(page, 'Class 2')).toBeGreaterThan(12);
    await pullPlug(page);
    await page.waitForFunction(() => window.headstart.state.recording === null);
    await page.keyboard.up('Space');
    const count = await pictureCount(page, 'Class 2');
    await page.evaluate(() => window.scrollTo(0, 0));
    await expect(page.locator('.viewfinder').getByText('The camera went away')).toBeInViewport({ ratio: 1 });
    await expect(page.locator('.viewfinder').getByText('Your pictures are safe.')).toBeInViewport({ ratio: 1 });
    await expect(page.getByText('Use picture files', { exact: true })).toBeInViewport({ ratio: 1 });
    await expect(page.getByRole('status')).toHaveText('The camera went away');

    await plugIn(page);
    await expect(page.locator('video.viewfinder-video')).toBeVisible();
    expect(await pictureCount(page, 'Class 1')).toBe(10);
    expect(await pictureCount(page, 'Class 2')).toBe(count);
    expect(await page.evaluate(() => window.headstart.state.settings.mirror)).toBe(false);
    await expect(page.locator('.bar-part').first()).toHaveText(/%/);
    await hold.focus();
    await page.keyboard.down('Space');
    await expect.poll(() => pictureCount(page, 'Class 2')).toBeGreaterThan(count);
    await page.keyboard.up('Space');
  });
}

test('the camera that was chosen is the one that is taken up again', async ({ launchOptions }) => {
  const args = chromiumFlags(['--use-fake-device-for-media-stream=device-count=2', '--use-fake-ui-for-media-stream']);
  const browser = await chromium.launch({ ...launchOptions, args });
  try {
    const page = await browser.newPage({ baseURL: process.env.HEADSTART_URL, permissions: ['camera'] });
    await givePlug(page);
    await openPage(page, settings);
    await expect(page.locator('video.viewfinder-video')).toBeVisible();
    await page.getByRole('button', { name: 'Camera settings' }).click();
    const choice = page.getByRole('dialog').locator('select').first();
    await expect(choice.locator('option')).toHaveCount(2);
    const first = await choice.inputValue();
    const ids = await choice.locator('option').evaluateAll((options) => options.map(({ value }) => value));
    const other = ids.find((id) => id !== first) ?? '';
    await choice.selectOption(other);
    const current = () =>
      page.evaluate(() => document.querySelector('video')?.srcObject?.getVideoTracks()[0].getSettings().deviceId);
    await expect.poll(current).toBe(other);
    await page.keyboard.press('Escape');
    await pullPlug(page);
    await expect(page.getByText('The camera went away').first()).toBeVisible();
    await plugIn(page);
    await expect.poll(current).toBe(other);
  } finally {
    await browser.close();
  }
});

test('on an address without HTTPS the page says why there is no camera, and learns from files', async ({
  launchOptions,
}) => {
  // A name that is not this machine's own, so that the browser treats it as it treats any other plain address.
  const address = new URL(/** @type {string} */ (process.env.HEADSTART_URL));
  const args = chromiumFlags([`--host-resolver-rules=MAP headstart.test ${address.hostname}`]);
  const browser = await chromium.launch({ ...launchOptions, args });
  try {
    const page = await browser.newPage({
      baseURL: `http://headstart.test:${address.port}`,
      viewport: { width: 360, height: 740 },
    });
    await openPage(page, settings);
    expect(await page.evaluate(() => isSecureContext)).toBe(false);
    const stage = page.locator('.viewfinder');
    await expect(stage.getByText('No camera on this address')).toBeInViewport({ ratio: 1 });
    await expect(stage.getByText(/https:\/\//)).toBeInViewport({ ratio: 1 });
    await expect(stage.getByRole('button', { name: 'Try again' })).toHaveCount(0);
    const [picture] = pictureClasses()[0].unseen;
    await stage
      .locator('input[type=file]')
      .setInputFiles({ name: 'unseen.jpg', mimeType: 'image/jpeg', buffer: picture });
    await expect.poll(() => pictureCount(page, 'Class 1')).toBe(1);
  } finally {
    await browser.close();
  }
});

test('a browser without cameras says which ones have them, before anything is pressed', async ({ page }) => {
  await page.addInitScript(() => Object.defineProperty(navigator, 'mediaDevices', { value: undefined }));
  await openPage(page, settings);
  const stage = page.locator('.viewfinder');
  await expect(stage.getByText('This browser has no camera access')).toBeInViewport({ ratio: 1 });
  await expect(stage.getByText('Use picture files', { exact: true })).toBeInViewport({ ratio: 1 });
});

test('a phone turns from the front camera to the back one and again to the front', async ({ page }) => {
  // Pretended cameras face nowhere; the page asks for a side by `facingMode`, and reads it from the stream's settings.
  await page.addInitScript(() => {
    const { mediaDevices } = navigator;
    const ask = mediaDevices.getUserMedia.bind(mediaDevices);
    const list = mediaDevices.enumerateDevices.bind(mediaDevices);
    const asked = /** @type {string[]} */ ([]);
    Object.assign(window, { askedFacings: asked });
    mediaDevices.getUserMedia = async (wanted) => {
      const { facingMode, ...video } = /** @type {any} */ (wanted.video);
      const facing = facingMode?.exact ?? facingMode?.ideal ?? 'user';
      asked.push(facing);
      const stream = await ask({ ...wanted, video });
      const track = stream.getVideoTracks()[0];
      const read = track.getSettings.bind(track);
      track.getSettings = () => ({ ...read(), facingMode: facing });
      return stream;
    };
    mediaDevices.enumerateDevices = async () => {
      const [device] = (await list()).filter(({ kind }) => kind === 'videoinput');
      return ['Front Camera', 'Back Camera'].map((label) => ({
        kind: 'videoinput',
        deviceId: `${device?.deviceId} ${label}`,
        groupId: '',
        label,
        toJSON: () => ({}),
      }));
    };
  });
  await page.setViewportSize({ width: 360, height: 740 });
  await openPage(page, settings);
  await expect(page.locator('video.viewfinder-video')).toBeVisible();
  const turn = page.locator('.viewfinder').getByRole('button', { name: 'Front or back camera' });
  await turn.click();
  await expect.poll(() => page.evaluate(() => window.headstart.state.camera.facing)).toBe('environment');
  await expect(page.locator('video.viewfinder-video')).toBeVisible();
  await turn.click();
  await expect.poll(() => page.evaluate(() => window.headstart.state.camera.facing)).toBe('user');
  expect(await page.evaluate(() => window.askedFacings)).toEqual(['user', 'environment', 'user']);
});

test.describe('a browser that falsifies what a page reads from a canvas', () => {
  /** What Brave does: the lowest bit of a few of many pixels. @param {import('@playwright/test').Page} page */
  const falsify = (page) =>
    page.addInitScript(() => {
      const read = CanvasRenderingContext2D.prototype.getImageData;
      CanvasRenderingContext2D.prototype.getImageData = function (...where) {
        const image = read.apply(this, where);
        image.data[4 * 700 + 1] ^= 1;
        return image;
      };
    });

  test('is told about, once, where there is another way to read', async ({ page }) => {
    await falsify(page);
    await openPage(page, settings);
    await expect(page.locator('.toast')).toContainText('alters pictures that a page reads');
    await page.getByRole('button', { name: 'About and help' }).click();
    await expect(page.getByRole('dialog')).toContainText('reads them another way');
    await page.reload();
    await page.waitForFunction(() => window.headstart?.state.camera.canvas === 'avoided');
    await expect(page.locator('.toast')).toHaveCount(0);
  });

  test('is told what to do where there is none', async ({ page }) => {
    await falsify(page);
    await page.addInitScript(() => Object.defineProperty(window, 'VideoFrame', { value: undefined }));
    await openPage(page, settings);
    await expect(page.locator('.toast.is-error')).toContainText('Allow this page to read canvas data');
  });

  test('and an honest one is not mentioned', async ({ page }) => {
    await openPage(page, settings);
    await page.waitForFunction(() => window.headstart.state.camera.canvas === 'honest');
    await expect(page.locator('.toast')).toHaveCount(0);
  });
});
