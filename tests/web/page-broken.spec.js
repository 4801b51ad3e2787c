// Backbones that do not arrive whole: said in words, and nothing is lost.

import { expect, test } from './support/fixtures.mjs';
import { openPage, takeBursts, untilTrained } from './support/page.mjs';

/** What a server could hand out under a backbone's name. @type {[string, Buffer, RegExp][]} */
const BROKEN = [
  ['torn off', Buffer.from('\x40\x9c\0\0\0\0\0\0{"__metadata__":{"format":"backbone/1"', 'latin1'), /safetensors/],
  ['a page of words', Buffer.from('<!doctype html><title>Log in to the school network</title>'), /safetensors/],
  ['nothing', Buffer.alloc(0), /./],
];

/** @param {import('@playwright/test').Page} page */
const seen = (page) =>
  page.evaluate(() => ({
    name: window.headstart.trainer.backbone.name,
    pictures: window.headstart.state.classes.map(({ sampleIds }) => [...sampleIds]),
    accuracy: window.headstart.state.report?.accuracy,
    stale: window.headstart.trainer.headInfo?.stale,
  }));

test('a backbone that is broken is refused in words, and pictures, head and backbone stay', async ({ page }) => {
  test.setTimeout(120_000);
  let answer = BROKEN[0][1];
  await page.route('**/backbones/at-hand.json', (route) =>
    route.fulfill({ json: ['mobilenet_v2_0.35_96.f16.safetensors'] }),
  );
  await page.route('**/backbones/mobilenet_v2_0.35_96*.safetensors', (route) =>
    route.fulfill({ contentType: 'application/octet-stream', body: answer }),
  );
  await openPage(page, { countdownSeconds: 0, burstCount: 10, picturesPerSecond: 20 });
  await takeBursts(page, ['Class 1', 'Class 2']);
  await untilTrained(page);
  const before = await seen(page);
  await page.getByRole('button', { name: 'About and help' }).click();
  await page.getByRole('button', { name: 'Backbone' }).click();
  const drawer = page.getByRole('dialog', { name: 'Backbone' });
  const other = drawer.locator('.choice', { hasText: 'mobilenet_v2_0.35_96' }).locator('input');
  for (const [what, bytes, says] of BROKEN) {
    answer = bytes;
    await expect(other, what).toBeEnabled();
    await other.click();
    const toast = page.locator('.toast.is-error');
    await expect(toast, what).toContainText('This file cannot be used here.');
    await expect(toast, what).toContainText(says);
    await expect(drawer.locator('.choice', { hasText: /^\s*Built in(?!,)/ }).locator('input'), what).toBeChecked();
    expect(await seen(page), what).toEqual(before);
    await toast.getByRole('button', { name: 'Dismiss' }).click();
    await expect(toast).toHaveCount(0);
  }
  await page.keyboard.press('Escape');
  await expect(page.locator('.winner-name')).toHaveText(/Class [12]|Not sure|None of these/);
  expect(await page.evaluate(() => JSON.parse(localStorage.getItem('headstart.settings') ?? '{}').backbone)).toBe(
    undefined,
  );
});

test('a page whose own backbone is broken says so, keeps what is recorded, and can be loaded again', async ({
  page,
}) => {
  let isBroken = true;
  await page.route('**/lib/backbones/builtin.safetensors', (route) =>
    isBroken
      ? route.fulfill({ contentType: 'application/octet-stream', body: Buffer.from('<!doctype html>') })
      : route.continue(),
  );
  await page.goto('/?debug');
  const alert = page.getByRole('alert');
  await expect(alert).toContainText('The engine did not start');
  await expect(alert).toContainText('This file cannot be used here.');
  await expect(alert.getByText(/safetensors/)).toBeHidden();
  await alert.getByText('In the engine’s own words').click();
  await expect(alert.getByText(/safetensors/)).toBeVisible();
  await expect(page.locator('video.viewfinder-video')).toBeVisible();
  isBroken = false;
  await alert.getByRole('button', { name: 'Load the page again' }).click();
  await page.waitForFunction(() => window.headstart?.state.engine.phase === 'ready');
  await expect(alert).toHaveCount(0);
});
