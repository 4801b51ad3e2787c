// npm run screenshots: the page in each of its states, from a phone to a wall, light and dark, in plain words and with all that an
// engineer sees, into screenshots/. `npm run screenshots -- phone-dark wall-light` takes only those, `plain` only the plain states,
// `readme` the picture in the README alone.
//
// It drives the built page with the real engine, as a person would.

import { existsSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';
import { drawThing } from '../pictures/draw.mjs';
import { encodeY4m } from '../pictures/encode.mjs';
import { chromiumFlags } from './support/fixtures.mjs';
import startServer from './support/global-setup.mjs';
import { openPage, record, showToCamera, untilTrained } from './support/page.mjs';
import { createFilm, pictureClasses } from './support/pictures.mjs';

const folder = fileURLToPath(new URL('../../screenshots/', import.meta.url));
const readme = fileURLToPath(new URL('../../web/screenshots/page.png', import.meta.url));
const sizes = {
  phone: { width: 360, height: 740 },
  side: { width: 740, height: 360 },
  tablet: { width: 768, height: 1024 },
  laptop: { width: 1366, height: 768 },
  desk: { width: 1440, height: 900 },
  hall: { width: 1920, height: 1080 },
  wall: { width: 2560, height: 1440 },
};
const onlyPlain = process.argv.includes('plain');
const onlyReadme = process.argv.includes('readme');
const wanted = process.argv.slice(2).filter((word) => word !== 'plain');
const executablePath = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser'].find(
  (path) => path && existsSync(path),
);

mkdirSync(folder, { recursive: true });
const stopServer = await startServer();
const film = createFilm('screenshots');
const classes = pictureClasses();
const names = classes[0].name.startsWith('sign ')
  ? ['Fist', 'Open hand', 'Two fingers']
  : classes.map(({ name }) => name[0].toUpperCase() + name.slice(1));
film.replace(classes[0].film);
const browser = await chromium.launch({
  executablePath,
  args: chromiumFlags([
    '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream',
    `--use-file-for-fake-video-capture=${film.path}`,
  ]),
});

/** @typedef {import('@playwright/test').Page} Page */

/** States that need no camera, each in a page of its own. @type {Record<string, (page: Page) => Promise<unknown>>} */
const before = {
  '01-first': async (page) => {
    await page.addInitScript(() => {
      navigator.permissions.query = async () => Object.assign(new EventTarget(), { state: 'prompt', name: 'camera' });
    });
  },
  '02-camera-denied': async (page) => {
    await page.addInitScript(() => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'));
    });
  },
  '03-browser-too-old': async (page) => {
    await page.route(/engine-worker/, async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: `WebAssembly.validate = () => false;\n${await response.text()}` });
    });
  },
};

/** @param {Page} page */
async function openInside(page) {
  await page.locator('#training .button-quiet.button-wide').click();
  await page.locator('.inside[open] .net').waitFor();
}

/** @param {Page} page @param {string} language */
async function speak(page, language) {
  await page.evaluate(() => window.scrollTo(0, 0));
  await page.locator('.language-select').selectOption(language);
}

/** States of a page that has learnt, reached one after the other. @type {[string, (page: Page) => Promise<unknown>][]} */
const after = [
  ['07-trained', async () => {}],
  ['08-all-numbers', (page) => page.getByText('All numbers').click()],
  ['08b-confusion', (page) => page.locator('.confusion').scrollIntoViewIfNeeded()],
  ['08c-calibration', (page) => page.locator('.reliability-plot').scrollIntoViewIfNeeded()],
  ['09-class-menu', (page) => page.locator('.menu summary').first().click()],
  [
    '10-pictures',
    async (page) => {
      await page.keyboard.press('Escape');
      await page
        .getByRole('button', { name: /^Picture 2 of/ })
        .first()
        .click();
      await page
        .getByRole('dialog')
        .getByRole('button', { name: /^Picture 5 of/ })
        .click({ modifiers: ['Shift'] });
    },
  ],
  ['11-deleted', (page) => page.getByRole('button', { name: 'Delete 4' }).click()],
  [
    '12-training-settings',
    async (page) => {
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Training settings' }).click();
    },
  ],
  ['13-backbones', (page) => page.getByRole('button', { name: 'Backbone' }).click()],
  [
    '14-camera-settings',
    async (page) => {
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Camera settings' }).click();
    },
  ],
  [
    '15-about',
    async (page) => {
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'About and help' }).click();
    },
  ],
  ['16-keyboard', (page) => page.getByRole('button', { name: 'Keyboard' }).click()],
  [
    '17-unreadable-files',
    async (page) => {
      await page.keyboard.press('Escape');
      await page
        .locator('.files-tile input')
        .first()
        .setInputFiles([
          {
            name: 'IMG_0042.HEIC',
            mimeType: 'image/heic',
            buffer: Buffer.from('\0\0\0\x18ftypheic\0\0\0\0', 'latin1'),
          },
          { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('not a picture') },
        ]);
      await page.locator('.unreadable').waitFor();
    },
  ],
  ['17b-closed', (page) => page.locator('.toast').getByRole('button', { name: 'Dismiss' }).last().click()],
  ['18-inside', openInside],
  [
    '19-advice',
    async (page) => {
      // A toast lies over the foot of a window where there is little room.
      for (const dismiss of await page.locator('.toast').getByRole('button', { name: 'Dismiss' }).all()) {
        await dismiss.click();
      }
      await page.getByRole('button', { name: 'Find out' }).click();
      await page.locator('.advice-sentence').waitFor({ timeout: 180_000 });
      await page.locator('.inside-advice').scrollIntoViewIfNeeded();
    },
  ],
  ['20-advice-table', (page) => page.locator('.candidates tbody tr').last().scrollIntoViewIfNeeded()],
  [
    '21-tuned',
    async (page) => {
      await page.locator('.inside').getByRole('slider').press('ArrowLeft');
      await page.getByRole('button', { name: 'Train like this' }).click();
      await page.locator('.inside-tuning .tuning-outcome').waitFor({ timeout: 180_000 });
      await page.locator('.inside-tuning').scrollIntoViewIfNeeded();
    },
  ],
  [
    '22-tuned-page',
    async (page) => {
      await page.keyboard.press('Escape');
      await page.locator('#tuning').scrollIntoViewIfNeeded();
    },
  ],
  ['23-arabic', (page) => speak(page, 'ar')],
  ['24-arabic-numbers', (page) => page.locator('.confusion').scrollIntoViewIfNeeded()],
  ['25-arabic-inside', openInside],
  ['26-arabic-advice', (page) => page.locator('.inside-advice').scrollIntoViewIfNeeded()],
  [
    '27-japanese',
    async (page) => {
      await page.keyboard.press('Escape');
      await speak(page, 'ja');
    },
  ],
  ['28-japanese-numbers', (page) => page.locator('.reliability').scrollIntoViewIfNeeded()],
  ['29-japanese-inside', openInside],
  ['30-japanese-advice', (page) => page.locator('.inside-advice').scrollIntoViewIfNeeded()],
];

/** @param {string} name A window, opened by its name. @returns {(page: Page) => Promise<unknown>} */
const dialog = (name) => async (page) => {
  await page.keyboard.press('Escape');
  await page.evaluate((wanted) => window.headstart.openDialog(wanted), name);
  await page.locator('dialog[open]').waitFor();
};

/** What a child sees, on a page that has learnt from the example pictures. @type {[string, (page: Page) => Promise<unknown>][]} */
const plain = [
  ['51-trained', (page) => page.evaluate(() => window.scrollTo(0, 0))],
  [
    '51b-why',
    async (page) => {
      await page.locator('#stage').getByRole('button', { name: 'Why?' }).click();
      await page.locator('.why-picture').first().waitFor();
    },
  ],
  ['52-use-it', dialog('outputs')],
  ['53-keep-it', dialog('projects')],
  ['54-elsewhere', dialog('export')],
  ['55-exam', dialog('exam')],
  ['56-help', dialog('about')],
  ['57-lesson', dialog('lesson')],
  ['58-cards', dialog('cards')],
  ['59-keys', dialog('keys')],
  ['60-settings', dialog('training')],
  ['61-answer', dialog('answer')],
  ['62-inside', dialog('inside')],
  ['62b-map', dialog('map')],
  ['63-big-screen', dialog('big-screen')],
  [
    '64-while-nothing-happens',
    async (page) => {
      await page.keyboard.press('Escape');
      await page.evaluate(() => window.headstart.settings.set('measuresByItself', true));
      await page.locator('#better').scrollIntoViewIfNeeded();
      await page.mouse.click(3, 3);
      await page.waitForFunction(
        () => (document.querySelector('#better')?.textContent ?? '').trim() !== '',
        undefined,
        {
          timeout: 20_000,
        },
      );
    },
  ],
  [
    '65-measured',
    async (page) => {
      await page.waitForFunction(() => window.headstart.trainer.advice !== null, undefined, { timeout: 90_000 });
      await page.locator('#training .button-row .button').first().click();
      await untilTrained(page);
    },
  ],
  [
    '66-history',
    async (page) => {
      await page.locator('#history summary').click();
      await page.locator('#history').scrollIntoViewIfNeeded();
    },
  ],
  ['67-german', (page) => speak(page, 'de')],
  ['68-japanese', (page) => speak(page, 'ja')],
  ['69-arabic', (page) => speak(page, 'ar')],
];

/** @param {{ width: number, height: number }} viewport @param {'light' | 'dark'} colorScheme @param {string} size */
function newContext(viewport, colorScheme, size) {
  return browser.newContext({
    baseURL: process.env.HEADSTART_URL,
    viewport,
    colorScheme,
    hasTouch: size === 'phone' || size === 'side',
    locale: 'en',
    permissions: ['camera'],
  });
}

/** @param {import('@playwright/test').BrowserContext} context @param {string} suffix */
async function shootGame(context, suffix) {
  const page = await context.newPage();
  film.replace(classes[0].film);
  await openPage(page, { depth: 'plain' });
  await page.getByRole('button', { name: /Rock, paper, scissors/ }).click();
  await page.locator('#game').scrollIntoViewIfNeeded();
  await shoot(page, `70-game-${suffix}`);
  for (const [index, name] of ['Rock', 'Paper', 'Scissors'].entries()) {
    await showToCamera(page, film, classes[index].film);
    await record(page, name, 12);
  }
  await untilTrained(page);
  await page.locator('#game').getByRole('button', { name: /^Play/ }).click();
  await page.locator('.game-outcome').waitFor({ timeout: 20_000 });
  await shoot(page, `71-played-${suffix}`);
  await context.close();
}

/** @param {Page} page @param {string} name */
async function shoot(page, name) {
  await page.waitForTimeout(400); // dialogs and bars come to rest
  await page.screenshot({ path: `${folder}${name}.png` });
}

/** A page that was taught, with what it looks at. Drawn things: the pictures of others are not ours to show. */
async function shootReadme() {
  const context = await newContext(sizes.desk, 'light', 'desk');
  const page = await context.newPage();
  await openPage(page, { depth: 'plain', picturesPerSecond: 12, mirror: false });
  await page.getByRole('button', { name: 'Add a class' }).click();
  for (const [index, thing] of ['ball', 'house', 'ladder'].entries()) {
    const name = thing[0].toUpperCase() + thing.slice(1);
    const field = page.getByLabel(`Name of class ${index + 1}`, { exact: true });
    await field.fill(name);
    await field.press('Enter');
    const drawings = Array.from({ length: 24 }, (_, number) =>
      drawThing(thing, number, { widthPx: 640, heightPx: 480 }),
    );
    await showToCamera(page, film, encodeY4m(drawings, 15));
    await record(page, name, 24);
  }
  await untilTrained(page);
  await page.locator('#stage').getByRole('button', { name: 'Why?' }).click();
  await page.locator('.why-picture').first().waitFor();
  await page.evaluate(() => window.scrollTo(0, 0));
  await page.mouse.move(700, 880);
  await page.waitForTimeout(6000); // until the last note has gone
  await page.screenshot({ path: readme });
  await context.close();
}

if (onlyReadme) {
  await shootReadme();
}

for (const [size, viewport] of Object.entries(onlyReadme ? {} : sizes)) {
  for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
    const suffix = `${size}-${colorScheme}`;
    if (wanted.length > 0 && !wanted.includes(suffix)) {
      continue;
    }
    const context = await newContext(viewport, colorScheme, size);
    for (const [name, prepare] of Object.entries(before)) {
      const page = await context.newPage();
      await prepare(page);
      await page.goto('/');
      await page.waitForTimeout(1500);
      const allow = page.getByRole('button', { name: 'Allow the camera' });
      if (name === '02-camera-denied' && (await allow.isVisible())) {
        await allow.click();
      }
      await shoot(page, `${name}-${suffix}`);
      await page.close();
    }

    const child = await context.newPage();
    await openPage(child, { depth: 'plain' });
    await child.waitForFunction(() => document.documentElement.dataset.ready === 'yes');
    await shoot(child, `50-plain-${suffix}`);
    await child.getByRole('button', { name: 'Try it with example pictures' }).click();
    await child.waitForFunction(() => window.headstart.state.classes.every(({ sampleIds }) => sampleIds.length === 12));
    await untilTrained(child);
    for (const [name, reach] of plain) {
      await reach(child);
      await shoot(child, `${name}-${suffix}`);
    }
    await child.close();
    await context.close();
    await shootGame(await newContext(viewport, colorScheme, size), suffix);
    if (onlyPlain) {
      continue;
    }

    const own = await newContext(viewport, colorScheme, size);
    const page = await own.newPage();
    page.on('dialog', (dialog) => dialog.accept());
    await openPage(page, { picturesPerSecond: 12, mirror: false });
    await page.getByRole('button', { name: 'Add a class' }).click();
    for (const [index, name] of names.entries()) {
      const field = page.getByLabel(`Name of class ${index + 1}`, { exact: true });
      await field.fill(name);
      await field.press('Enter');
    }
    await page.evaluate(() => window.scrollTo(0, 0));
    await shoot(page, `04-camera-open-${suffix}`);
    for (const [index, name] of names.entries()) {
      await showToCamera(page, film, classes[index].film);
      const recording = record(page, name, 24);
      if (index === 1) {
        await page.locator('.viewfinder.is-recording').waitFor();
        await page.waitForTimeout(900);
        await shoot(page, `05-recording-${suffix}`);
      }
      await recording;
    }
    await untilTrained(page);
    await page.evaluate(() => window.scrollTo(0, 0));
    for (const [name, reach] of after) {
      await reach(page);
      await shoot(page, `${name}-${suffix}`);
    }
    await own.close();
  }
}
await browser.close();
await stopServer();
