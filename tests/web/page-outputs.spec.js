// An answer that does something: it speaks, sounds, fills the big screen, and reaches other pages and a board.

import { expectNoSeriousFindings } from './support/axe.mjs';
import { expect, test } from './support/fixtures.mjs';
import { openPage, showToCamera, teachTwo } from './support/page.mjs';
import { pictureClasses } from './support/pictures.mjs';

const SETTINGS = { burstCount: 10, countdownSeconds: 0, threshold: 0.5, knownThreshold: 0 };

/** What a page cannot be heard doing: it is written down on its way to the device. @param {import('@playwright/test').Page} page */
async function listen(page) {
  await page.addInitScript(() => {
    const heard = /** @type {any} */ (window).heard ?? { words: [], sounds: 0, lines: [] };
    Object.assign(window, { heard });
    speechSynthesis.getVoices = () => [];
    speechSynthesis.speak = (utterance) => heard.words.push(`${utterance.lang}: ${utterance.text}`);
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (...when) {
      heard.sounds += 1;
      return start.apply(this, when);
    };
    // The streams of a real port, but for the cable.
    const port = {
      readable: null,
      writable: /** @type {WritableStream | null} */ (null),
      async open() {
        port.writable = new WritableStream({
          write: (chunk) => void heard.lines.push(new TextDecoder().decode(chunk)),
        });
      },
      async close() {},
    };
    Object.defineProperty(navigator, 'serial', { value: { requestPort: async () => port }, configurable: true });
  });
}

test('three presses from a trained page to a class that speaks, sounds and shows', async ({ page, film, watch }) => {
  test.setTimeout(180_000);
  await listen(page);
  await openPage(page, SETTINGS);
  await teachTwo(page, film);

  await page.getByRole('button', { name: /^Use it make/ }).click();
  const dialog = page.getByRole('dialog', { name: 'Make it do something' });
  await expect(dialog).toBeVisible();
  await dialog.getByRole('textbox', { name: 'Words to say for Class 1' }).fill('Hello fist');
  await dialog.getByRole('combobox', { name: 'Sound for Class 1' }).selectOption('chime');
  await dialog.getByRole('combobox', { name: 'What to show for Class 1' }).fill('✊');
  await dialog.getByRole('textbox', { name: 'Words to say for Class 2' }).fill('Hello hand');
  await dialog.getByRole('textbox', { name: 'Words to say for Class 2' }).blur();
  await expectNoSeriousFindings(page, 'outputs');
  await dialog.getByRole('button', { name: 'A board on a cable (USB)' }).click();
  await dialog.getByRole('button', { name: 'Other pages in this browser' }).click();
  await page.evaluate(() => {
    const { heard } = /** @type {any} */ (window);
    heard.messages = [];
    new BroadcastChannel('headstart').onmessage = ({ data }) => heard.messages.push(data);
  });
  await dialog.getByRole('button', { name: 'Close' }).click();

  const heard = () => page.evaluate(() => /** @type {any} */ (window).heard);
  await showToCamera(page, film, pictureClasses()[0].film);
  await expect.poll(async () => (await heard()).words).toContain('en: Hello fist');
  expect((await heard()).sounds).toBeGreaterThan(0);
  await expect.poll(async () => (await heard()).lines.at(-1)).toMatch(/^Class 1,[01]\.\d\d\n$/);
  await expect
    .poll(async () => (await heard()).messages.at(-1))
    .toMatchObject({ type: 'headstart-answer', version: 1, label: 'Class 1', known: true });

  await page.getByRole('button', { name: /^Use it make/ }).click();
  await dialog.getByRole('button', { name: 'Show it on the big screen' }).click();
  const screen = page.getByRole('dialog', { name: 'Show it on the big screen' });
  await expect(screen.locator('.big-screen-shown')).toHaveText('✊');
  await expect(screen.locator('.big-screen-name')).toContainText('Class 1');
  const letters = await screen
    .locator('.big-screen-shown')
    .evaluate((element) => Number.parseFloat(getComputedStyle(element).fontSize));
  expect(letters, 'the last row of a room reads it').toBeGreaterThan(200);
  await expectNoSeriousFindings(page, 'outputs');
  await page.screenshot({ path: test.info().outputPath('big-screen.png') });
  await screen.getByRole('button', { name: 'Close' }).click();
  await expect(screen).toBeHidden();

  await page.keyboard.press('Control+z');
  await page.getByRole('button', { name: /^Use it make/ }).click();
  await expect(dialog.getByRole('textbox', { name: 'Words to say for Class 2' })).toHaveValue('');
  expect(watch.errors).toEqual([]);
});
