// Two languages of depth: what a nine-year-old meets holds no engineer's word, in no state and in no language; one switch
// brings everything, by mouse and by key, and is remembered.

import { readFileSync } from 'node:fs';
import { engineersWords } from './support/engineer-words.mjs';
import { expect, test } from './support/fixtures.mjs';
import { cardOf, openPage, teachThree, teachTwo, untilTrained } from './support/page.mjs';
import { wordless } from './support/words.mjs';

const LANGUAGES = /** @type {const} */ (['en', 'de', 'es', 'fr', 'tr', 'ja', 'ar']);
const source = new URL('../../web/src/texts/', import.meta.url);

/** Everything that is read or heard now, one entry each: texts, and what names and describes controls. */
function readAll() {
  const top = [...document.querySelectorAll('dialog[open]')].at(-1) ?? document.body;
  /** @param {Element} element */
  const isThere = (element) =>
    element.checkVisibility({ visibilityProperty: true }) && !element.closest('.language-select, .depth, pre');
  const said = [];
  const walk = document.createTreeWalker(top, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const parent = /** @type {Text} */ (walk.currentNode).parentElement;
    const text = walk.currentNode.textContent?.trim();
    if (text && parent && isThere(parent)) {
      said.push(text);
    }
  }
  for (const element of top.querySelectorAll(
    '[aria-label], [title], [placeholder], [aria-valuetext], [aria-description]',
  )) {
    if (isThere(element)) {
      for (const name of ['aria-label', 'title', 'placeholder', 'aria-valuetext', 'aria-description']) {
        said.push(element.getAttribute(name) ?? '');
      }
    }
  }
  return said.filter(Boolean);
}

/** @param {import('@playwright/test').Page} page @param {string} language */
async function speak(page, language) {
  await page.evaluate((tag) => window.headstart.settings.set('language', tag), language);
  await expect(page.locator('html')).toHaveAttribute('lang', language);
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
}

/** What is not to be said, by language. @type {Map<string, RegExp>} */
const patterns = new Map();
for (const language of LANGUAGES) {
  const words = (await engineersWords(language)).join('|');
  const whole = new RegExp(`(?<![\\p{L}\\p{N}])(${words})(?![\\p{L}\\p{N}])`, 'iu');
  patterns.set(language, language === 'ja' ? new RegExp(words, 'u') : whole);
}

/**
 * In every language: no engineer speaks, and every button says a word, on a phone and on a laptop.
 *
 * @param {import('@playwright/test').Page} page
 * @param {string} state
 */
async function expectPlain(page, state) {
  for (const viewport of [
    { width: 360, height: 740 },
    { width: 1366, height: 768 },
  ]) {
    await page.setViewportSize(viewport);
    for (const language of LANGUAGES) {
      await speak(page, language);
      const where = `${state} in ${language}, ${viewport.width} px`;
      const faults = await page.evaluate(wordless);
      expect.soft(faults, `${where}: every button says a word`).toEqual([]);
      const said = await page.evaluate(readAll);
      expect(said.length, `${where}: it says something`).toBeGreaterThan(3);
      const pattern = /** @type {RegExp} */ (patterns.get(language));
      // All of them are told, not only the first.
      expect
        .soft(
          said.filter((text) => pattern.test(text)),
          where,
        )
        .toEqual([]);
    }
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  await speak(page, 'en');
}

const PLAIN = { depth: 'plain', burstCount: 10, countdownSeconds: 0, knownThreshold: 0 };

test('in plain words no engineer speaks, in no state and no language', async ({ page, film, watch }) => {
  test.setTimeout(420_000);
  await openPage(page, PLAIN);
  await page.waitForFunction(() => document.documentElement.dataset.ready === 'yes');
  await expectPlain(page, 'the empty page');
  await teachThree(page, film);
  await page.locator('#report summary').click();
  await page.locator('#stage').getByRole('button', { name: 'Why?' }).click();
  await expect(page.locator('.why-picture')).toHaveCount(3);
  await expectPlain(page, 'the trained page, all numbers open, and why');
  await cardOf(page, 'Class 1').locator('.menu summary').click();
  await expectPlain(page, 'the menu of a class');
  await page.keyboard.press('Escape');
  await page.locator('#stage').getByRole('button', { name: 'That was wrong' }).click();
  await expectPlain(page, 'what it is really');
  await page.keyboard.press('Escape');
  // From here on nothing is looked at live: sixty answers a second would be drawn beside what is read.
  await page.locator('#stage').getByRole('button', { name: 'Why?' }).click();
  await page.locator('#stage').getByRole('button', { name: 'Pause' }).click();
  for (const dialog of [
    'training',
    'answer',
    'camera',
    'about',
    'keys',
    'outputs',
    'exam',
    'projects',
    'export',
    'inside',
    'lesson',
    'cards',
    'map',
    'big-screen',
  ]) {
    await page.evaluate((name) => window.headstart.openDialog(name), dialog);
    await expect(page.locator('dialog[open]')).toHaveCount(1);
    await expectPlain(page, `the dialog "${dialog}"`);
    await page.keyboard.press('Escape');
    await expect(page.locator('dialog[open]')).toHaveCount(0);
  }
  await page
    .getByRole('button', { name: /^Picture 2 of/ })
    .first()
    .click();
  await expectPlain(page, 'the pictures');
  await page.keyboard.press('Escape');

  await page.evaluate(() => window.headstart.settings.set('language', 'en'));
  await page.evaluate(() => {
    // What it says does not depend on how long it measured.
    const { trainer } = window.headstart;
    const advise = trainer.advise.bind(trainer);
    trainer.advise = (options) => advise({ ...options, budgetMs: 300 });
    window.headstart.openDialog('inside');
  });
  await page.getByRole('button', { name: 'Find out' }).click();
  await page.waitForFunction(() => window.headstart.trainer.advice !== null, undefined, { timeout: 120_000 });
  await expectPlain(page, 'the advice');
  const ways = await page.evaluate(() => window.headstart.trainer.strategies.map(({ name }) => name));
  expect(ways.length).toBeGreaterThan(5);
  await page.keyboard.press('Escape');

  await page.evaluate(() => {
    window.headstart.training.choose('last-convolution');
    void window.headstart.training.train();
  });
  await expect(page.locator('#tuning')).toBeVisible();
  expect(await page.evaluate(() => window.headstart.state.training.phase)).toBe('running');
  await expectPlain(page, 'while layers learn');
  await untilTrained(page);
  await expectPlain(page, 'after layers have learnt');
  expect(watch.errors).toEqual([]);
});

test('every way to learn has plain words in every language', async () => {
  const strategies = Object.keys((await import(new URL('network/en.js', source).href)).default).filter((key) =>
    /^strategy\.[\w-]+$/.test(key),
  );
  expect(strategies.length).toBeGreaterThan(10);
  for (const language of LANGUAGES) {
    const texts = (await import(new URL(`network/${language}.js`, source).href)).default;
    expect(
      strategies.filter((key) => typeof texts[`${key}.plain`] !== 'string'),
      language,
    ).toEqual([]);
  }
});

test('one switch brings everything, by mouse and by key, and is remembered', async ({ page }) => {
  await openPage(page, { depth: 'plain' });
  const html = page.locator('html');
  const view = page.getByRole('button', { name: 'Engineer’s view' });
  await expect(html).toHaveAttribute('data-depth', 'plain');
  await page.getByRole('button', { name: 'Training settings' }).click();
  const drawer = page.getByRole('dialog', { name: 'Training settings' });
  await expect(drawer).toBeVisible();
  await expect(drawer.getByText('Kind of head')).toBeHidden();
  await page.keyboard.press('Escape');
  await view.click();
  await expect(view).toHaveAttribute('aria-pressed', 'true');
  await page.getByRole('button', { name: 'Training settings' }).click();
  await expect(drawer.getByText('Kind of head')).toBeVisible();
  await page.keyboard.press('Escape');
  await page.keyboard.press('e');
  await expect(html).toHaveAttribute('data-depth', 'plain');
  await view.focus();
  await page.keyboard.press('Enter');
  await expect(html).toHaveAttribute('data-depth', 'engineer');
  expect(JSON.parse(await page.evaluate(() => localStorage.getItem('headstart.settings') ?? ''))).toMatchObject({
    depth: 'engineer',
  });
  await page.setViewportSize({ width: 320, height: 740 });
  await expect(view).toBeInViewport({ ratio: 1 });
});

test('nobody has asked for the engineer: a browser that comes for the first time gets plain words', async ({
  page,
}) => {
  await page.goto('/?debug');
  await expect(page.locator('html')).toHaveAttribute('data-depth', 'plain');
  expect(readFileSync(new URL('../../web/index.html', import.meta.url), 'utf8')).toContain('data-depth="plain"');
});

test('the two things that most want next are the loudest, side by side', async ({ page, film }) => {
  await openPage(page, PLAIN);
  await teachTwo(page, film);
  const [use, keep] = [/^Use it make/, /^Keep it/].map((name) => page.locator('#next').getByRole('button', { name }));
  // Once what stands above them has come: boxes that are asked for one after the other may lie before and after that.
  const difference = () =>
    page.locator('#next .keep-loud').evaluateAll((buttons) => {
      const [one, other] = buttons.map((button) => button.getBoundingClientRect());
      return Math.abs(one.y - other.y) + Math.abs(one.height - other.height) + Math.abs(one.width - other.width);
    });
  await expect.poll(difference).toBeLessThan(1);
  // At hand without looking for them where a lesson is held.
  await page.setViewportSize({ width: 1280, height: 720 });
  await page.evaluate(() => window.scrollTo(0, 0));
  await expect(use).toBeInViewport({ ratio: 1 });
  await expect(keep).toBeInViewport({ ratio: 1 });
  /** @param {import('@playwright/test').Locator} button */
  const ground = (button) => button.evaluate((element) => getComputedStyle(element).backgroundColor);
  await expect.poll(async () => (await ground(use)) === (await ground(keep))).toBe(true);
  const loud = () =>
    page.evaluate(
      () => [...document.querySelectorAll('.button-strong')].filter((each) => each.checkVisibility()).length,
    );
  await expect.poll(loud, 'nothing else is as loud').toBe(2);
  await use.click();
  await expect(page.getByRole('dialog', { name: 'Make it do something' })).toBeVisible();
  await page.keyboard.press('Escape');
  await keep.click();
  const projects = page.getByRole('dialog', { name: 'Projects' });
  const download = page.waitForEvent('download');
  await projects.getByRole('button', { name: 'Save it as a file' }).click();
  expect((await download).suggestedFilename()).toMatch(/\.headstart\.zip$/);
});
