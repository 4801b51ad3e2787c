// What a toast lies over: nothing that a person needs. It leaves room on the page, and is the foot of a window.

import { expect, test } from './support/fixtures.mjs';
import { newDeskPage, openPage, takeBursts, untilTrained } from './support/page.mjs';
import { outOfReach, outOfSight, tooWide, underToasts } from './support/reach.mjs';

const WINDOWS = /** @type {const} */ ([
  [1366, 768],
  [1440, 900],
  [768, 1024],
  [360, 740],
]);
const DIALOGS = ['about', 'training', 'backbone', 'camera', 'answer', 'projects', 'export', 'outputs', 'map', 'inside'];

/** @type {import('@playwright/test').Page} */
let page;

test.describe.configure({ mode: 'serial' });
test.beforeAll(async ({ browser }) => {
  test.setTimeout(120_000);
  page = await newDeskPage(browser);
  await openPage(page, { burstCount: 10, countdownSeconds: 0 });
  await takeBursts(page, ['Class 1', 'Class 2']);
  await untilTrained(page);
  await page.getByRole('button', { name: 'Pause' }).click(); // the processor is for what is tested here
  // Two that stay until somebody closes them: a failure, and a list of what could not be read.
  const files = page.locator('#keep input[type="file"]');
  const file = (/** @type {string} */ name, size = 500) => ({ name, mimeType: '', buffer: Buffer.alloc(size, 1) });
  await files.setInputFiles([file('broken.tflite')]);
  await expect(page.locator('.toast.is-error')).toHaveCount(1);
  await files.setInputFiles([file('notes.txt'), file('list.csv'), file('table.ods')]);
  await expect(page.locator('.toast.is-error')).toHaveCount(2);
});
test.afterAll(async () => page?.context().close());

const settled = () =>
  page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 60))));

for (const language of ['en', 'de', 'ar']) {
  test(`${language}: with toasts on the page all can be reached, and nothing of the stage is covered`, async () => {
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.locator('.language-select').selectOption(language);
    for (const [width, height] of WINDOWS) {
      await page.setViewportSize({ width, height });
      await settled();
      expect(await page.evaluate(underToasts), `${width} x ${height}`).toEqual([]);
      expect(await page.evaluate(outOfReach), `${width} x ${height}`).toEqual([]);
      expect(await page.evaluate(tooWide), `${width} x ${height}`).toEqual([]);
    }
  });

  test(`${language}: in every window a toast covers no button, and its way out is in sight`, async () => {
    test.setTimeout(120_000);
    for (const dialog of DIALOGS) {
      await page.evaluate((name) => window.headstart.openDialog(name), dialog);
      await expect(page.locator('dialog[open]')).toHaveCount(1);
      for (const [width, height] of language === 'en' ? WINDOWS : [WINDOWS[0], WINDOWS[3]]) {
        await page.setViewportSize({ width, height });
        await settled();
        const where = `${dialog}, ${width} x ${height}`;
        expect(await page.evaluate(underToasts), where).toEqual([]);
        expect(await page.evaluate(outOfReach), where).toEqual([]);
        expect(await page.evaluate(outOfSight, 'dialog[open] .dialog-head .button'), where).toEqual([]);
      }
      await page.keyboard.press('Escape');
      await expect(page.locator('dialog[open]')).toHaveCount(0);
    }
  });
}

test('what has the focus is never under a toast', async () => {
  await page.locator('.language-select').selectOption('en');
  for (const [width, height] of WINDOWS) {
    await page.setViewportSize({ width, height });
    await page.evaluate(() => {
      scrollTo(0, 0);
      /** @type {HTMLElement | null} */ (document.activeElement)?.blur();
    });
    /** @type {Set<string>} */
    const passed = new Set();
    for (let press = 0; press < 40; press += 1) {
      await page.keyboard.press('Tab');
      const { name, isCovered } = await page.evaluate(() => {
        const element = /** @type {Element} */ (document.activeElement);
        const { left, right, top, bottom } = element.getBoundingClientRect();
        const hit = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
        const isToast = element.closest('.toasts') !== null;
        const isCovered = element !== document.body && !isToast && Boolean(hit?.closest('.toasts'));
        return { name: element.outerHTML.slice(0, 120), isCovered };
      });
      passed.add(name);
      expect(isCovered && name, `${width} x ${height}`).toBe(false);
    }
    expect(passed.size).toBeGreaterThan(20);
  }
});
