// What a person does with the page, step by step; and what `?debug` shows of the inside.

import { expect } from '@playwright/test';
import { pictureClasses } from './pictures.mjs';

/** @typedef {import('@playwright/test').Page} Page */

/**
 * Opens the page with settings chosen before, and waits until the engine is there. Everything is in sight, and nothing begins
 * by itself, unless the settings say otherwise.
 *
 * @param {Page} page
 * @param {Record<string, unknown>} [settings]
 * @param {string} [query] HEADSTART_TEST_QUERY='&variant=simd' runs all tests with one build of the engine.
 */
export async function openPage(page, settings = {}, query = process.env.HEADSTART_TEST_QUERY ?? '') {
  await page.addInitScript((chosen) => localStorage.setItem('headstart.settings', JSON.stringify(chosen)), {
    depth: 'engineer',
    measuresByItself: false,
    ...settings,
  });
  await page.goto(`/?debug${query}`);
  await page.waitForFunction(() => window.headstart && window.headstart.state.engine.phase !== 'loading');
  expect(await page.evaluate(() => window.headstart.state.engine.message)).toBe('');
}

/**
 * A page at a desk for a whole file of tests: the camera allowed, every question answered with yes. Close its context afterwards.
 *
 * @param {import('@playwright/test').Browser} browser
 */
export async function newDeskPage(browser) {
  const context = await browser.newContext({
    baseURL: process.env.HEADSTART_URL,
    viewport: { width: 1440, height: 900 },
    permissions: ['camera'],
  });
  const page = await context.newPage();
  page.on('dialog', (question) => question.accept());
  return page;
}

/** Ten pictures of each class, hands free; `burstCount: 10, countdownSeconds: 0` among the settings. @param {Page} page @param {string[]} names */
export async function takeBursts(page, names) {
  await expect(page.locator('video.viewfinder-video')).toBeVisible();
  for (const name of names) {
    await cardOf(page, name)
      .getByRole('button', { name: /^Hands free/ })
      .click();
    await expect.poll(() => pictureCount(page, name)).toBe(10);
    await page.waitForFunction(() => window.headstart.state.recording === null);
  }
}

/** Off, if it is on, and on again. @param {Page | import('@playwright/test').FrameLocator} page */
export async function switchCameraAnew(page) {
  await page.getByRole('button', { name: 'Camera settings' }).click();
  const dialog = page.getByRole('dialog', { name: 'Camera settings' });
  const off = dialog.getByRole('button', { name: 'Switch camera off' });
  const on = dialog.getByRole('button', { name: 'Switch camera on' });
  await expect(off.or(on)).toBeVisible();
  if (await off.isVisible()) {
    await off.click();
  }
  await on.click();
  await expect(off).toBeVisible();
  await dialog.getByRole('button', { name: 'Close' }).click();
}

/** Makes the camera play another film. @param {Page} page @param {{ replace: (film: Buffer) => void }} film @param {Buffer} content */
export async function showToCamera(page, film, content) {
  film.replace(content);
  await page.waitForFunction(() => window.headstart.state.camera.phase !== 'opening');
  await switchCameraAnew(page);
  await page.waitForFunction(() => (document.querySelector('video')?.currentTime ?? 0) > 0.1);
  // An ordinary webcam's picture, unscaled; what other cameras give may be asked for smaller.
  if (content.subarray(0, 40).includes(' W640 H480 ')) {
    const size = await page.evaluate(() => {
      const { videoWidth, videoHeight } = /** @type {HTMLVideoElement} */ (document.querySelector('video'));
      return [videoWidth, videoHeight];
    });
    expect(size).toEqual([640, 480]);
  }
}

/** What was there is kept, and an empty project is opened beside it. @param {Page} page */
export async function startNewProject(page) {
  await page.getByRole('button', { name: /^Keep it/ }).click();
  const loaded = page.waitForEvent('load');
  await page.getByRole('dialog', { name: 'Projects' }).getByRole('button', { name: 'New project' }).click();
  await loaded;
  await page.waitForFunction(() => window.headstart?.state.engine.phase === 'ready');
  await page.waitForFunction(() => window.headstart.state.engine.head === null);
}

/** The card of a class. @param {Page} page @param {string} name */
export const cardOf = (page, name) => page.getByRole('article', { name, exact: true });

/** How many pictures a class has. @param {Page} page @param {string} name */
export function pictureCount(page, name) {
  return page.evaluate((wanted) => {
    const card = window.headstart.state.classes.find((each) => each.name === wanted);
    return card ? card.sampleIds.length : -1;
  }, name);
}

/**
 * Holds a class's button until it has so many pictures.
 *
 * @param {Page} page
 * @param {string} name
 * @param {number} count
 */
export async function record(page, name, count) {
  const button = cardOf(page, name).getByRole('button', { name: /^Hold to record/ });
  await button.scrollIntoViewIfNeeded();
  const place = await button.boundingBox();
  if (!place) {
    throw new Error(`expected a record button of ${name} to press`);
  }
  await page.mouse.move(place.x + place.width / 2, place.y + place.height / 2);
  await page.mouse.down();
  await expect
    .poll(() => pictureCount(page, name), { timeout: 180_000, intervals: [100] })
    .toBeGreaterThanOrEqual(count);
  await page.mouse.up();
  await page.waitForFunction(() => window.headstart.state.recording === null);
}

/** The file with what was learnt. @param {Page} page @returns {Promise<import('@playwright/test').Download>} */
export async function saveHead(page) {
  await page.getByRole('button', { name: 'Use it elsewhere' }).click();
  const download = page.waitForEvent('download');
  await page
    .getByRole('listitem')
    .filter({ hasText: 'The head alone' })
    .getByRole('button', { name: 'Save the file' })
    .click();
  const saved = await download;
  await page.getByRole('dialog', { name: 'Use it elsewhere' }).getByRole('button', { name: 'Close' }).click();
  return saved;
}

/** A page that tells two kinds of pictures apart. @param {Page} page @param {any} film */
export async function teachTwo(page, film) {
  for (const [index, { film: shown }] of pictureClasses().slice(0, 2).entries()) {
    await showToCamera(page, film, shown);
    await takeBursts(page, [`Class ${index + 1}`]);
  }
  await untilTrained(page);
}

/** A page that tells three signs of a hand apart, from the camera's film. @param {Page} page @param {any} film */
export async function teachThree(page, film) {
  await page.getByRole('button', { name: 'Add a class' }).click();
  for (const [index, { film: shown }] of pictureClasses().entries()) {
    await showToCamera(page, film, shown);
    await takeBursts(page, [`Class ${index + 1}`]);
  }
  await untilTrained(page);
}

/** Waits until the head fits the pictures as they are. @param {Page} page */
export async function untilTrained(page) {
  await page.waitForFunction(
    () => {
      const { state, trainer } = window.headstart;
      return state.training.phase === 'idle' && state.report && trainer.headInfo && !trainer.headInfo.stale;
    },
    undefined,
    { timeout: 180_000 },
  );
}

/**
 * What the engine answers for encoded pictures: for each, the probability of every class by name.
 *
 * @param {Page} page
 * @param {Buffer[]} pictures
 * @param {{ mirror?: boolean }} [options]
 * @returns {Promise<Record<string, number>[]>}
 */
export function predictAll(page, pictures, { mirror = false } = {}) {
  return page.evaluate(
    async ([base64s, mirrored]) => {
      const answers = [];
      for (const base64 of base64s) {
        const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
        const { ranked } = await window.headstart.trainer.predict(new Blob([bytes]), { mirror: mirrored });
        answers.push(Object.fromEntries(ranked.map(({ name, probability }) => [name, probability])));
      }
      return answers;
    },
    /** @type {const} */ ([pictures.map((picture) => picture.toString('base64')), mirror]),
  );
}

/**
 * The embeddings of encoded pictures, one after the other.
 *
 * @param {Page} page
 * @param {Buffer[]} pictures
 * @returns {Promise<number[][]>}
 */
export function embedAll(page, pictures) {
  return page.evaluate(
    async (base64s) => {
      const embeddings = [];
      for (const base64 of base64s) {
        const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
        embeddings.push(Array.from(await window.headstart.trainer.embed(new Blob([bytes]))));
      }
      return embeddings;
    },
    pictures.map((picture) => picture.toString('base64')),
  );
}

/** The most probable class of an answer. @param {Record<string, number>} answer */
export const winnerOf = (answer) => Object.entries(answer).sort((a, b) => b[1] - a[1])[0][0];

/** The largest difference between two lists of answers. @param {Record<string, number>[]} some @param {Record<string, number>[]} others */
export function largestDifference(some, others) {
  expect(others.map((each) => Object.keys(each).sort())).toEqual(some.map((each) => Object.keys(each).sort()));
  const differences = some.flatMap((answer, index) =>
    Object.entries(answer).map(([name, value]) => Math.abs(value - others[index][name])),
  );
  return Math.max(...differences);
}
