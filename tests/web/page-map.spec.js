// All pictures on one map: what lies in the wrong heap is found, surrounded and put right.

import { expectNoSeriousFindings } from './support/axe.mjs';
import { expect, test } from './support/fixtures.mjs';
import { newDeskPage, openPage, pictureCount, teachTwo, untilTrained } from './support/page.mjs';

const SETTINGS = { burstCount: 10, countdownSeconds: 0 };

/** @param {import('@playwright/test').Page} page */
const mapOf = (page) => page.getByRole('dialog', { name: 'Map of your pictures' });

/** The way back in the toast that says so. @param {import('@playwright/test').Locator} map @param {string} words */
const undoOf = (map, words) => map.locator('.toast', { hasText: words }).getByRole('button', { name: 'Undo' });

/** Where the picture that was walked to lies on the screen. @param {import('@playwright/test').Page} page */
async function placeOfLook(page) {
  const at = await mapOf(page)
    .locator('.map-look')
    .evaluate((look) => {
      const { left, top } = look.parentElement.getBoundingClientRect();
      const [x, y] = ['--x', '--y'].map((name) => Number.parseFloat(look.style.getPropertyValue(name)));
      return { x: left + x, y: top + y };
    });
  return at;
}

/** @type {import('@playwright/test').Page} */
let page;
/** @type {string[]} */
const errors = [];

test.describe.configure({ mode: 'serial' });
test.beforeAll(async ({ browser, film }) => {
  test.setTimeout(180_000);
  page = await newDeskPage(browser);
  page.on('pageerror', (error) => errors.push(String(error)));
  await openPage(page, SETTINGS);
  await expect(page.getByRole('button', { name: 'Open the map' })).toHaveCount(0);
  await teachTwo(page, film);
});
test.afterAll(async () => page?.context().close());

test('pictures in the wrong class are found on the map and moved, and undo takes it back', async () => {
  test.setTimeout(180_000);
  // Two pictures get into the wrong class.
  await page.evaluate(() => {
    const { samples, state } = window.headstart;
    return samples.move(state.classes[0].sampleIds.slice(4, 6), state.classes[1].key);
  });
  await untilTrained(page);
  await page.getByRole('button', { name: 'Open the map' }).click();
  const map = mapOf(page);
  const canvas = map.getByRole('application', { name: 'Map with 20 pictures' });
  await expect(canvas).toBeVisible();
  const doubtful = map.getByRole('button', { name: /^May be wrong: \d+$/ });
  await expect(doubtful).toBeEnabled();
  await doubtful.click();
  await expect(map.locator('.map-chosen strong')).toHaveText(/^\d+ pictures? chosen$/);
  await map.getByLabel('Move to…').selectOption({ label: 'Class 1' });
  await expect.poll(() => pictureCount(page, 'Class 1')).toBeGreaterThanOrEqual(10);
  await undoOf(map, 'moved to Class 1').click();
  await expect.poll(() => pictureCount(page, 'Class 1')).toBe(8);

  // A line around everything chooses everything, to be moved or deleted.
  const surround = async () => {
    const box = await canvas.boundingBox();
    await page.mouse.move(box.x + 4, box.y + 4);
    await page.mouse.down();
    for (const [x, y] of [
      [box.width - 4, 4],
      [box.width - 4, box.height - 4],
      [4, box.height - 4],
      [4, 30],
    ]) {
      await page.mouse.move(box.x + x, box.y + y, { steps: 4 });
    }
    await page.mouse.up();
  };
  await surround();
  await expect(map.locator('.map-chosen strong')).toHaveText('20 pictures chosen');
  await map.getByLabel('Move to…').selectOption({ label: 'Class 2' });
  await expect
    .poll(() => pictureCount(page, 'Class 2'), 'what the line went around is moved, as far as it was elsewhere')
    .toBe(20);
  await undoOf(map, '8 pictures moved to Class 2').click();
  await expect.poll(() => pictureCount(page, 'Class 2')).toBe(12);
  await surround();
  await expect(map.locator('.map-chosen strong')).toHaveText('20 pictures chosen');
  await page.screenshot({ path: test.info().outputPath('chosen.png') });
  await map.getByRole('button', { name: 'Delete 20' }).click();
  await expect.poll(() => pictureCount(page, 'Class 2')).toBe(0);
  await undoOf(map, '20 pictures deleted').click();
  await expect.poll(() => pictureCount(page, 'Class 2')).toBe(12);
  await expect(map.getByRole('application', { name: 'Map with 20 pictures' })).toBeVisible();
  expect(errors).toEqual([]);
});

test('keys, pointer and words all reach a picture, and the map has room at every width', async () => {
  test.setTimeout(180_000);
  await page.keyboard.press('Escape');
  await untilTrained(page);
  await page.getByRole('button', { name: 'Open the map' }).click();
  const map = mapOf(page);
  const canvas = map.getByRole('application');
  await expect(canvas).toHaveAccessibleName('Map with 20 pictures');
  // Keys: walk, choose, open.
  await map.getByRole('button', { name: 'Show all' }).focus();
  await canvas.focus();
  await page.keyboard.press('ArrowRight');
  const look = map.locator('.map-look');
  await expect(look).toContainText(/Class \d/);
  const first = await look.locator('img').getAttribute('src');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowDown');
  await expect(look.locator('img')).not.toHaveAttribute('src', first ?? '');
  await page.keyboard.press('Space');
  await expect(map.locator('.map-chosen strong')).toHaveText('1 picture chosen');
  await page.keyboard.press('Enter');
  const viewer = page.getByRole('dialog', { name: 'What lies here' });
  await expect(viewer).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(viewer).toBeHidden();
  await expect(map, 'only the picture is closed').toBeVisible();
  // Pointer: what lies under it shows itself, a press opens it.
  await canvas.focus();
  await page.keyboard.press('ArrowRight');
  await expect(look).toBeVisible();
  const at = await placeOfLook(page);
  await page.mouse.move(at.x + 200, at.y + 200);
  await page.mouse.move(at.x, at.y);
  await expect(look).toBeVisible();
  await page.mouse.click(at.x, at.y);
  await expect(viewer).toBeVisible();
  await page.keyboard.press('Escape');
  // The wheel comes closer at what it points to, and "Show all" goes back.
  await page.mouse.move(at.x, at.y);
  await page.mouse.wheel(0, -400);
  await expect(look).toBeHidden();
  await map.getByRole('button', { name: 'Show all' }).click();
  await map.getByText('The map in words').click();
  await expect(map.getByRole('heading', { name: 'Class 2' })).toBeVisible();
  await expectNoSeriousFindings(page, 'map');
  await map.getByText('The map in words').click();
  for (const [widthPx, heightPx] of [
    [360, 740],
    [768, 1024],
    [1366, 768],
    [1440, 900],
    [1920, 1080],
  ]) {
    await page.setViewportSize({ width: widthPx, height: heightPx });
    const room = await canvas.boundingBox();
    expect(room?.height, `room for the map at ${widthPx} px`).toBeGreaterThan(200);
  }
  expect(errors).toEqual([]);
});

test('pictures that show almost the same are marked, chosen with one press, and named in words', async () => {
  test.setTimeout(120_000);
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.keyboard.press('Escape');
  const map = mapOf(page);
  /** @returns {Promise<number>} how many are marked */
  const twins = async () => {
    await page.getByRole('button', { name: 'Open the map' }).click();
    const button = map.getByRole('button', { name: /^Almost the same: \d+$/ });
    await expect(button).toBeVisible();
    return Number(((await button.textContent()) ?? '').replace(/\D/g, ''));
  };
  const before = await twins();
  await page.keyboard.press('Escape');
  // Three of Class 1 once more, each as it is.
  await page.evaluate(async () => {
    const { samples, state, trainer } = window.headstart;
    const [card] = state.classes;
    for (const sampleId of card.sampleIds.slice(0, 3)) {
      await samples.add(card.key, await createImageBitmap(await trainer.picture(sampleId)));
    }
  });
  await untilTrained(page);
  const after = await twins();
  expect(after).toBeGreaterThanOrEqual(before + 3);
  await map.getByRole('button', { name: /^Almost the same/ }).click();
  await expect(map.locator('.map-chosen strong')).toHaveText(`${after} pictures chosen`);
  await map.getByText('The map in words').click();
  await expect(map.getByText('almost the same as another', { exact: false }).first()).toBeVisible();
  expect(errors).toEqual([]);
});
