// Every way to take a picture: by mouse, by finger, by keyboard, hands free.

import { expect, test } from './support/fixtures.mjs';
import { cardOf, openPage, pictureCount } from './support/page.mjs';

const settings = { trainsByItself: false, picturesPerSecond: 20 };

/** @param {import('@playwright/test').Page} page */
const holdButton = (page) => cardOf(page, 'Class 1').getByRole('button', { name: /^Hold to record/ });

/** @param {import('@playwright/test').Page} page */
async function openWithCamera(page, more = {}) {
  await openPage(page, { ...settings, ...more });
  await expect(page.locator('video.viewfinder-video')).toBeVisible();
}

/** @param {import('@playwright/test').Page} page */
async function expectStill(page) {
  await page.waitForFunction(() => window.headstart.state.recording === null);
  const count = await pictureCount(page, 'Class 1');
  await page.waitForTimeout(300);
  expect(await pictureCount(page, 'Class 1')).toBe(count);
  return count;
}

for (const key of ['Space', 'Enter']) {
  test(`${key} held on the button records, and letting go stops`, async ({ page }) => {
    await openWithCamera(page);
    await holdButton(page).focus();
    await page.keyboard.down(key);
    await expect(holdButton(page)).toHaveText(/Recording/);
    await expect.poll(() => pictureCount(page, 'Class 1')).toBeGreaterThan(4);
    await page.keyboard.up(key);
    expect(await expectStill(page)).toBeGreaterThan(4);
    await expect(holdButton(page)).toHaveText(/Hold to record/);
  });
}

test('the mouse may slide off the button while it is held', async ({ page }) => {
  await openWithCamera(page);
  await holdButton(page).hover();
  await page.mouse.down();
  await page.mouse.move(5, 5);
  await expect.poll(() => pictureCount(page, 'Class 1')).toBeGreaterThan(3);
  await page.mouse.up();
  await expectStill(page);
});

test('a digit held anywhere records that class; typed into a name it does not', async ({ page }) => {
  await openWithCamera(page);
  await page.keyboard.down('2');
  await expect.poll(() => pictureCount(page, 'Class 2')).toBeGreaterThan(2);
  await page.keyboard.up('2');
  await page.waitForFunction(() => window.headstart.state.recording === null);
  const name = page.getByLabel('Name of class 1', { exact: true });
  await name.fill('');
  await name.pressSequentially('mug 2');
  await name.press('Enter');
  await expect(cardOf(page, 'mug 2')).toBeVisible();
  expect(await pictureCount(page, 'mug 2')).toBe(0);
});

test('a press that nobody can hold (a screen reader) starts, and the next one stops', async ({ page }) => {
  await openWithCamera(page);
  await holdButton(page).evaluate((button) => button.click());
  await expect.poll(() => pictureCount(page, 'Class 1')).toBeGreaterThan(2);
  await holdButton(page).evaluate((button) => button.click());
  await expectStill(page);
});

test('one press takes one picture', async ({ page }) => {
  await openWithCamera(page);
  const single = cardOf(page, 'Class 1').getByRole('button', { name: 'Take one picture' });
  await single.click();
  await expect.poll(() => pictureCount(page, 'Class 1')).toBe(1);
  await single.click();
  await expect.poll(() => pictureCount(page, 'Class 1')).toBe(2);
});

test('hands free it counts down, takes the number that was promised, and stops by itself', async ({ page }) => {
  await openWithCamera(page, { burstCount: 10, countdownSeconds: 2 });
  await cardOf(page, 'Class 1')
    .getByRole('button', { name: /^Hands free/ })
    .click();
  await expect(page.locator('.viewfinder-countdown')).toHaveText('2');
  await expect(page.locator('.viewfinder-countdown')).toHaveText('1');
  await expect.poll(() => pictureCount(page, 'Class 1')).toBe(10);
  expect(await expectStill(page)).toBe(10);
});

test('a second press ends the countdown without a picture', async ({ page }) => {
  await openWithCamera(page, { burstCount: 10, countdownSeconds: 5 });
  await cardOf(page, 'Class 1')
    .getByRole('button', { name: /^Hands free/ })
    .click();
  await cardOf(page, 'Class 1').getByRole('button', { name: 'Stop recording' }).click();
  expect(await expectStill(page)).toBe(0);
});

test('Ctrl+Z takes a whole recording back, and Ctrl+Shift+Z brings it again', async ({ page }) => {
  await openWithCamera(page);
  await holdButton(page).focus();
  await page.keyboard.down('Space');
  await expect.poll(() => pictureCount(page, 'Class 1')).toBeGreaterThan(4);
  await page.keyboard.up('Space');
  const count = await expectStill(page);
  await page.keyboard.press('Control+z');
  await expect.poll(() => pictureCount(page, 'Class 1')).toBe(0);
  await page.keyboard.press('Control+Shift+z');
  await expect.poll(() => pictureCount(page, 'Class 1')).toBe(count);
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 360, height: 740 }, hasTouch: true });

  test('a finger that holds records, and the camera stays in sight further down the page', async ({ page }) => {
    await openWithCamera(page);
    for (let count = 0; count < 3; count += 1) {
      await page.getByRole('button', { name: 'Add a class' }).click();
    }
    const button = cardOf(page, 'Class 5').getByRole('button', { name: /^Hold to record/ });
    await button.scrollIntoViewIfNeeded();
    const place = await button.boundingBox();
    const cdp = await page.context().newCDPSession(page);
    const x = (place?.x ?? 0) + 30;
    const y = (place?.y ?? 0) + 20;
    await cdp.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [{ x, y }] });
    await expect.poll(() => pictureCount(page, 'Class 5')).toBeGreaterThan(2);
    await expect(page.locator('.viewfinder')).toBeInViewport({ ratio: 1 });
    // A finger is never quite still, and that is no wish to scroll.
    const top = await page.evaluate(() => window.scrollY);
    await cdp.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: [{ x: x + 3, y: y - 40 }] });
    const before = await pictureCount(page, 'Class 5');
    await expect.poll(() => pictureCount(page, 'Class 5')).toBeGreaterThan(before + 1);
    expect(await page.evaluate(() => window.scrollY)).toBe(top);
    await cdp.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    await page.waitForFunction(() => window.headstart.state.recording === null);
  });
});
