// Class cards and their pictures: every change can be made by keyboard, and be undone.

import { expect, test } from './support/fixtures.mjs';
import { cardOf, openPage, pictureCount } from './support/page.mjs';

const settings = { trainsByItself: false, picturesPerSecond: 20, countdownSeconds: 0, burstCount: 12 };

/** @param {import('@playwright/test').Page} page */
const classNames = (page) => page.evaluate(() => window.headstart.state.classes.map(({ name }) => name));

/** What the engine has, in its order. @param {import('@playwright/test').Page} page */
const engineClasses = (page) =>
  page.evaluate(() =>
    window.headstart.trainer.classes.map(({ name, sampleCount, enabled }) => ({ name, sampleCount, enabled })),
  );

/** Twelve pictures. @param {import('@playwright/test').Page} page @param {string} name */
async function burst(page, name) {
  await cardOf(page, name)
    .getByRole('button', { name: /^Hands free/ })
    .click();
  await expect.poll(() => pictureCount(page, name)).toBe(12);
  await page.waitForFunction(() => window.headstart.state.recording === null);
}

/** @param {import('@playwright/test').Page} page @param {string} name @param {string | RegExp} item */
async function choose(page, name, item) {
  await cardOf(page, name).locator('summary').click();
  await cardOf(page, name).getByRole('button', { name: item }).click();
}

test.beforeEach(async ({ page }) => {
  await openPage(page, settings);
  await expect(page.locator('video.viewfinder-video')).toBeVisible();
});

test('a new class has a name to type at once, a colour nobody has, and is the engine’s too', async ({ page }) => {
  await page.getByRole('button', { name: 'Add a class' }).click();
  await expect(page.getByLabel('Name of class 3', { exact: true })).toBeFocused();
  await page.keyboard.type('mug');
  await page.keyboard.press('Enter');
  expect(await classNames(page)).toEqual(['Class 1', 'Class 2', 'mug']);
  expect((await engineClasses(page)).map(({ name }) => name)).toEqual(['Class 1', 'Class 2', 'mug']);
  const slots = await page.evaluate(() => window.headstart.state.classes.map(({ slot }) => slot));
  expect(new Set(slots).size).toBe(3);
});

test('Escape leaves a name as it was, and an empty name is none', async ({ page }) => {
  const name = page.getByLabel('Name of class 1', { exact: true });
  await name.fill('something');
  await name.press('Escape');
  await expect(name).toHaveValue('Class 1');
  await name.fill('   ');
  await name.press('Enter');
  await expect(name).toHaveValue('Class 1');
});

test('a name that is half typed stays while pictures come in', async ({ page }) => {
  await cardOf(page, 'Class 2')
    .getByRole('button', { name: /^Hands free/ })
    .click();
  const name = page.getByLabel('Name of class 1', { exact: true });
  await name.focus();
  for (let count = 1; count <= 12; ++count) {
    await page.keyboard.type('x');
    await expect.poll(() => pictureCount(page, 'Class 2')).toBeGreaterThanOrEqual(count);
  }
  await expect(name).toHaveValue('x'.repeat(12));
  await name.press('Enter');
  await expect.poll(async () => (await classNames(page))[0]).toBe('x'.repeat(12));
});

test('a name counts with Enter, at once and for good, while another class is recorded', async ({ page }) => {
  const hold = cardOf(page, 'Class 2').getByRole('button', { name: /^Hold to record/ });
  await hold.hover();
  await page.mouse.down();
  await expect.poll(() => pictureCount(page, 'Class 2')).toBeGreaterThan(0);
  const name = page.getByLabel('Name of class 1', { exact: true });
  await name.fill('mug');
  // Everything that the field shows from the key on, picture by picture.
  await name.evaluate((field) => {
    const shown = /** @type {string[]} */ ([]);
    Object.assign(window, { shown });
    const look = () => {
      shown.push(/** @type {HTMLInputElement} */ (field).value);
      requestAnimationFrame(look);
    };
    look();
  });
  await name.press('Enter');
  expect((await classNames(page))[0]).toBe('mug');
  const taken = await pictureCount(page, 'Class 2');
  await expect.poll(() => pictureCount(page, 'Class 2')).toBeGreaterThan(taken + 5);
  await page.mouse.up();
  const shown = await page.evaluate(() => /** @type {any} */ (window).shown);
  expect([...new Set(shown)]).toEqual(['mug']);
});

test('a word that an input method is still putting together is not cut off by its Enter', async ({ page }) => {
  const name = page.getByLabel('Name of class 1', { exact: true });
  await name.focus();
  const input = await page.context().newCDPSession(page);
  await input.send('Input.imeSetComposition', { text: 'いぬ', selectionStart: 2, selectionEnd: 2 });
  for (const key of ['Enter', 'Escape']) {
    await name.dispatchEvent('keydown', { key, isComposing: true });
    await expect(name).toBeFocused();
    await expect(name).toHaveValue('いぬ');
  }
  await input.send('Input.insertText', { text: '犬' });
  await name.press('Enter');
  expect((await classNames(page))[0]).toBe('犬');
});

test('a deleted class comes back with its pictures, at its place', async ({ page }) => {
  await burst(page, 'Class 1');
  await choose(page, 'Class 1', 'Delete the class');
  expect(await classNames(page)).toEqual(['Class 2']);
  await page.locator('.toast').getByRole('button', { name: 'Undo' }).click();
  await expect.poll(() => classNames(page)).toEqual(['Class 1', 'Class 2']);
  expect(await pictureCount(page, 'Class 1')).toBe(12);
  await expect(cardOf(page, 'Class 1').locator('.strip-cell img').first()).toHaveJSProperty('complete', true);
});

test('a class can be left out and taken in again, and keeps its pictures', async ({ page }) => {
  await burst(page, 'Class 1');
  await choose(page, 'Class 1', 'Leave out of training');
  await expect(cardOf(page, 'Class 1').locator('.class-count')).toHaveText('left out');
  expect((await engineClasses(page))[0]).toEqual({ name: 'Class 1', sampleCount: 12, enabled: false });
  await choose(page, 'Class 1', 'Use in training again');
  await expect(cardOf(page, 'Class 1').locator('.class-count')).toHaveText('12 pictures');
});

test('classes change places by the menu and by dragging, in the engine too', async ({ page }) => {
  await choose(page, 'Class 1', 'Move down');
  expect(await classNames(page)).toEqual(['Class 2', 'Class 1']);
  await page.getByRole('button', { name: 'Add a class' }).click();
  await cardOf(page, 'Class 3').locator('.class-token').dragTo(cardOf(page, 'Class 2'));
  await expect.poll(() => classNames(page)).toEqual(['Class 3', 'Class 2', 'Class 1']);
  expect((await engineClasses(page)).map(({ name }) => name)).toEqual(['Class 3', 'Class 2', 'Class 1']);
  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  await expect.poll(() => classNames(page)).toEqual(['Class 2', 'Class 1', 'Class 3']);
});

test('a colour is chosen in the menu and shows on card and bar', async ({ page }) => {
  await cardOf(page, 'Class 1').locator('summary').click();
  await cardOf(page, 'Class 1').getByLabel('Colour 5').check();
  await expect(cardOf(page, 'Class 1')).toHaveAttribute('data-slot', '5');
  await expect(page.locator('.bar').first()).toHaveAttribute('data-slot', '5');
});

test('a colour that was chosen goes back to the one before, and comes again', async ({ page }) => {
  const card = cardOf(page, 'Class 1');
  const before = /** @type {string} */ (await card.getAttribute('data-slot'));
  await card.locator('summary').click();
  await card.getByLabel('Colour 5').check();
  await card.getByLabel('Colour 7').check();
  await page.keyboard.press('Escape');
  for (const [press, slot] of /** @type {const} */ ([
    ['Control+z', '5'],
    ['Control+z', before],
    ['Control+Shift+z', '5'],
  ])) {
    await page.keyboard.press(press);
    await expect(card).toHaveAttribute('data-slot', slot);
    await expect(page.locator('.bar').first()).toHaveAttribute('data-slot', slot);
  }
  await card.locator('summary').click();
  await expect(card.getByLabel('Colour 5')).toBeChecked();
});

test('the newest picture comes first, opens large, and one is deleted and brought back', async ({ page }) => {
  await burst(page, 'Class 1');
  const strip = cardOf(page, 'Class 1').locator('picture-strip');
  await strip.getByRole('button', { name: 'Picture 1 of 12' }).click();
  const viewer = page.getByRole('dialog', { name: 'Class 1' });
  await expect(viewer.locator('.viewer-large img')).toHaveJSProperty('complete', true);
  const shown = await page.evaluate(() => window.headstart.state.viewer?.sampleIds[0]);
  const newest = await page.evaluate(() => window.headstart.state.classes[0].sampleIds.at(-1));
  expect(shown).toBe(newest);
  await viewer.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect.poll(() => pictureCount(page, 'Class 1')).toBe(11);
  await page.keyboard.press('Control+z');
  await expect.poll(() => pictureCount(page, 'Class 1')).toBe(12);
});

test('a range is chosen with Shift, deleted, and brought back', async ({ page }) => {
  await burst(page, 'Class 1');
  await choose(page, 'Class 1', 'Look at the pictures');
  const viewer = page.getByRole('dialog', { name: 'Class 1' });
  await viewer.getByRole('button', { name: 'Picture 3 of 12' }).click();
  await viewer.getByRole('button', { name: 'Picture 7 of 12' }).click({ modifiers: ['Shift'] });
  await expect(viewer.getByText('5 selected')).toBeVisible();
  await viewer.getByRole('button', { name: 'Delete 5' }).click();
  await expect.poll(() => pictureCount(page, 'Class 1')).toBe(7);
  // The way back lies in the window that is open, where it can be pressed, and the live region with it.
  await expect(viewer.getByRole('status')).toHaveText('5 pictures deleted');
  await viewer.locator('.toast').getByRole('button', { name: 'Undo' }).click();
  await expect.poll(() => pictureCount(page, 'Class 1')).toBe(12);
});

test('a range is chosen by fingers alone', async ({ page }) => {
  await burst(page, 'Class 1');
  await choose(page, 'Class 1', 'Look at the pictures');
  const viewer = page.getByRole('dialog', { name: 'Class 1' });
  await viewer.getByRole('button', { name: 'Select', exact: true }).click();
  await viewer.getByRole('button', { name: 'Picture 2 of 12' }).click();
  await viewer.getByRole('button', { name: 'Range' }).click();
  await viewer.getByRole('button', { name: 'Picture 5 of 12' }).click();
  await expect(viewer.getByText('4 selected')).toBeVisible();
});

test('arrows go from picture to picture, and Delete deletes the one in focus', async ({ page }) => {
  await burst(page, 'Class 1');
  const strip = cardOf(page, 'Class 1').locator('picture-strip');
  await strip.getByRole('button', { name: 'Picture 1 of 12' }).focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await expect(strip.getByRole('button', { name: 'Picture 3 of 12' })).toBeFocused();
  await page.keyboard.press('Delete');
  await expect.poll(() => pictureCount(page, 'Class 1')).toBe(11);
  await expect(strip.locator(':focus')).toHaveCount(1);
});

test('pictures are moved and copied to another class, and that is undone', async ({ page }) => {
  await burst(page, 'Class 1');
  await choose(page, 'Class 1', 'Look at the pictures');
  const viewer = page.getByRole('dialog', { name: 'Class 1' });
  await viewer.getByRole('button', { name: 'Picture 1 of 12' }).click();
  await viewer.getByRole('combobox', { name: 'Move to…' }).selectOption('Class 2');
  await expect.poll(() => pictureCount(page, 'Class 2')).toBe(1);
  await viewer.getByRole('combobox', { name: 'Copy to…' }).selectOption('Class 2');
  await expect.poll(() => pictureCount(page, 'Class 2')).toBe(2);
  expect(await pictureCount(page, 'Class 1')).toBe(11);
  await page.keyboard.press('Control+z');
  await page.keyboard.press('Control+z');
  await expect.poll(() => pictureCount(page, 'Class 1')).toBe(12);
  expect(await pictureCount(page, 'Class 2')).toBe(0);
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 360, height: 740 }, hasTouch: true });

  test('a finger drags a class to another place; one that the system takes away leaves all as it was', async ({
    page,
  }) => {
    await page.getByRole('button', { name: 'Add a class' }).click();
    await page.getByLabel('Name of class 3', { exact: true }).press('Enter');
    const cdp = await page.context().newCDPSession(page);
    /** @param {'touchStart' | 'touchMove' | 'touchEnd' | 'touchCancel'} type @param {{ x: number, y: number }} [at] */
    const touch = (type, at) => cdp.send('Input.dispatchTouchEvent', { type, touchPoints: at ? [at] : [] });
    /** @param {import('@playwright/test').Locator} target */
    const middleOf = async (target) => {
      const box = /** @type {{ x: number, y: number, width: number, height: number }} */ (await target.boundingBox());
      return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    };
    /** Up by one place, in small steps as a finger moves. @param {'touchEnd' | 'touchCancel'} end */
    async function dragUp(end) {
      await cardOf(page, 'Class 3').scrollIntoViewIfNeeded();
      const from = await middleOf(cardOf(page, 'Class 3').locator('.class-token'));
      const to = await middleOf(cardOf(page, 'Class 2').locator('.class-token'));
      await touch('touchStart', from);
      for (let step = 1; step <= 6; step += 1) {
        await touch('touchMove', { x: from.x, y: from.y + ((to.y - from.y) * step) / 6 });
      }
      await expect(cardOf(page, 'Class 3')).toHaveClass(/is-dragged/);
      await touch(end);
      await expect(page.locator('.is-dragged, .makes-room')).toHaveCount(0);
    }
    await dragUp('touchCancel');
    expect(await classNames(page)).toEqual(['Class 1', 'Class 2', 'Class 3']);
    await dragUp('touchEnd');
    await expect.poll(() => classNames(page)).toEqual(['Class 1', 'Class 3', 'Class 2']);
    expect((await engineClasses(page)).map(({ name }) => name)).toEqual(['Class 1', 'Class 3', 'Class 2']);
    await expect(page.getByRole('status')).toHaveText('Class 3 is now number 2.');
  });
});
