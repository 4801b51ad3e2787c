// Nothing is cut off or out of reach, in the windows that people have, with few classes and many, and nothing makes the page
// scroll sideways.

import { expect, test } from './support/fixtures.mjs';
import { cardOf, newDeskPage, openPage, pictureCount, untilTrained } from './support/page.mjs';
import { farFromSign, outOfReach, outOfSight, overlapping, tooWide } from './support/reach.mjs';

const WINDOWS = /** @type {const} */ ([
  [1366, 768],
  [1366, 625],
  [1440, 900],
  [1920, 1080],
  [768, 1024],
  [360, 740],
]);
/** Not `inside`: its parts have a button each, below what it is about. */
const DIALOGS = [
  'about',
  'answer',
  'backbone',
  'camera',
  'cards',
  'exam',
  'export',
  'keys',
  'lesson',
  'map',
  'outputs',
  'projects',
  'training',
];
const NAMES = [
  'Fist',
  'Open hand',
  'Zwei Finger',
  'كأس',
  'グー',
  'Cup',
  'Red book',
  'Pen',
  'Keys',
  'Glasses',
  'Tea',
  'No',
];
const settings = { trainsByItself: false, burstCount: 5, countdownSeconds: 0, showsNumbers: true };

/** @type {import('@playwright/test').Page} */
let page;

test.describe.configure({ mode: 'serial' });
test.beforeAll(async ({ browser }) => {
  page = await newDeskPage(browser);
  await openPage(page, settings);
  await expect(page.locator('video.viewfinder-video')).toBeVisible();
});
test.afterAll(async () => page?.context().close());

/** Adds classes, and five pictures to each, until there are so many. @param {number} count */
async function teach(count) {
  await page.setViewportSize({ width: 1440, height: 900 });
  for (let at = 0; at < count; at += 1) {
    if ((await page.locator('.class-card').count()) <= at) {
      await page.locator('.add-class').click();
    }
    const field = page.locator('.class-name').nth(at);
    if ((await field.inputValue()) !== NAMES[at]) {
      await field.fill(NAMES[at]);
      await field.press('Enter');
      await cardOf(page, NAMES[at])
        .getByRole('button', { name: /^Hands free/ })
        .click();
      await expect.poll(() => pictureCount(page, NAMES[at])).toBe(5);
      await page.waitForFunction(() => window.headstart.state.recording === null);
    }
  }
  await page.locator('#training .button-strong, #training .button-wide').first().click();
  await untilTrained(page);
  await expect(page.locator('.bar')).toHaveCount(count);
}

/** What is wrong in each window, "All numbers" open or shut. */
async function faultsInAllWindows() {
  /** @type {string[]} */
  const faults = [];
  for (const [width, height] of WINDOWS) {
    await page.setViewportSize({ width, height });
    for (const open of [false, true]) {
      await page.locator('#report details').evaluate((details, wanted) => {
        /** @type {HTMLDetailsElement} */ (details).open = wanted;
      }, open);
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 50))));
      const found = [...(await page.evaluate(tooWide)), ...(await page.evaluate(outOfReach))];
      faults.push(...found.map((fault) => `${width} x ${height}, numbers ${open ? 'open' : 'shut'}: ${fault}`));
    }
  }
  return faults;
}

for (const count of [2, 3, 5, 12]) {
  test(`${count} classes: everything can be reached in every window`, async () => {
    test.setTimeout(240_000);
    await teach(count);
    expect(await faultsInAllWindows()).toEqual([]);
  });

  test(`${count} classes: answer, every bar and what stands under them are seen without scrolling`, async () => {
    for (const [width, height] of WINDOWS) {
      await page.setViewportSize({ width, height });
      expect(
        await page.evaluate(outOfSight, '.viewfinder, .winner, .bar, .live-tools .button'),
        `${width} x ${height}`,
      ).toEqual([]);
    }
  });
}

test('on a wall type and bars grow with the window', async () => {
  /** @param {number} width @param {number} height */
  const sizes = async (width, height) => {
    await page.setViewportSize({ width, height });
    return page.evaluate(() => ({
      type: Number.parseFloat(getComputedStyle(document.querySelector('.bar-name') ?? document.body).fontSize),
      bar: document.querySelector('.bar-track')?.getBoundingClientRect().height ?? 0,
    }));
  };
  const desk = await sizes(1440, 900);
  const wall = await sizes(1920, 1080);
  const large = await sizes(3840, 2160);
  expect(wall.type).toBeGreaterThan(1.2 * desk.type);
  expect(wall.bar).toBeGreaterThan(1.4 * desk.bar);
  expect(large.type).toBeGreaterThan(1.9 * wall.type);
  expect(await page.evaluate(outOfReach)).toEqual([]);
});

for (const language of ['en', 'tr', 'de', 'ar']) {
  test(`${language}: inside the network nothing lies over anything else, on a tablet and on a phone`, async () => {
    for (const [width, height] of /** @type {const} */ ([
      [768, 1024],
      [360, 740],
      [1366, 768],
    ])) {
      await page.setViewportSize({ width: 1440, height: 900 });
      await page.locator('.language-select').selectOption(language);
      await page.setViewportSize({ width, height });
      await page.locator('#training .button-quiet.button-wide').click();
      await expect(page.locator('.net-zone').first()).toBeVisible();
      if (language === 'ar') {
        // In a page from right to left, a Latin name too begins beside its sign.
        expect(await page.evaluate(farFromSign, '.bar'), `${width} px`).toEqual([]);
        // …and in a sentence it does not take the number after it along.
        await expect(page.locator('#training')).toContainText('«\u2068Fist\u2069»');
      }
      const inside = '.net-zone > *, .net-span, .net-head, .net-input, .net-slabs';
      expect(await page.evaluate(overlapping, inside), `${width} px`).toEqual([]);
      expect(await page.evaluate(overlapping, '.net-head > *'), `${width} px`).toEqual([]);
      for (const sight of await page.locator('.net-sight').all()) {
        await expect(sight).toBeVisible();
      }
      expect(await page.evaluate(tooWide), `${width} px`).toEqual([]);
      expect(await page.evaluate(outOfReach), `${width} px`).toEqual([]);
      await page.keyboard.press('Escape');
    }
  });
}

for (const language of ['en', 'de', 'ar']) {
  test(`${language}: on a phone what a window is for is in sight before anything is scrolled`, async () => {
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.locator('.language-select').selectOption(language);
    await page.setViewportSize({ width: 360, height: 740 });
    /** @type {string[]} */
    const seen = [];
    for (const dialog of DIALOGS) {
      await page.evaluate((name) => window.headstart.openDialog(name), dialog);
      await expect(page.locator('dialog[open]')).toHaveCount(1);
      const strong = 'dialog[open] .button-strong:not(:disabled)';
      if ((await page.locator(strong).count()) > 0) {
        seen.push(dialog);
        expect(await page.evaluate(outOfSight, strong), dialog).toEqual([]);
      }
      await page.keyboard.press('Escape');
      await expect(page.locator('dialog[open]')).toHaveCount(0);
    }
    expect(seen).toContain('backbone');
  });
}
