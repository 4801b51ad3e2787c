// Archives as people have them, and files that do not behave, as the page takes them.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { zipOf } from './support/files.mjs';
import { expect, test } from './support/fixtures.mjs';
import { openPage, pictureCount } from './support/page.mjs';
import { pictureClasses, sharedFolder } from './support/pictures.mjs';

const settings = { trainsByItself: false };
const picture = pictureClasses()[0].unseen[0];

/** Names and numbers of pictures. @param {import('@playwright/test').Page} page */
const countsByName = (page) =>
  page.evaluate(() =>
    Object.fromEntries(window.headstart.state.classes.map(({ name, sampleIds }) => [name, sampleIds.length])),
  );

/** @param {import('@playwright/test').Page} page @param {string} name @param {Buffer} buffer @param {number} [card] */
const choose = (page, name, buffer, card = 1) =>
  page
    .getByLabel(`Add picture files to Class ${card}`)
    .setInputFiles({ name, mimeType: 'application/octet-stream', buffer });

/** @param {string[]} names */
const archiveOf = (names) => zipOf(names.map((name) => ({ name, content: picture })));

test.beforeEach(async ({ page }) => {
  await openPage(page, settings);
});

test('an archive on a card asks once, and its own classes come', async ({ page }) => {
  await choose(page, 'three.tm', archiveOf(['A-!-0.jpg', 'A-!-1.jpg', 'B-!-0.jpg', 'C-!-0.jpg']));
  const question = page.getByRole('dialog', { name: /classes of its own: A, B, C/ });
  await question.getByRole('button', { name: 'Into classes of their own' }).click();
  await expect.poll(() => countsByName(page)).toEqual({ A: 2, B: 1, C: 1 });
});

test('an archive on a card goes into that card where that is wanted, and nowhere where the question is left', async ({
  page,
}) => {
  const archive = archiveOf(['a/1.jpg', 'b/1.jpg']);
  await choose(page, 'set.zip', archive, 2);
  await page.getByRole('button', { name: 'All into “Class 2”' }).click();
  await expect.poll(() => countsByName(page)).toEqual({ 'Class 1': 0, 'Class 2': 2 });
  await page.waitForFunction(() => !window.headstart.state.intake);
  await choose(page, 'set.zip', archive, 1);
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.press('Escape');
  await page.waitForTimeout(300);
  expect(await countsByName(page)).toEqual({ 'Class 1': 0, 'Class 2': 2 });
});

test('names that were guessed are shown, and can be read in another way', async ({ page }) => {
  const names = ['\x8epfel', 'M\x94hren'].flatMap((name) => [`${name}/1.jpg`, `${name}/2.jpg`]);
  const archive = zipOf(names.map((name) => ({ name: Buffer.from(name, 'latin1'), content: picture, flags: 0 })));
  await choose(page, 'old.zip', archive);
  await page.getByRole('button', { name: 'Into classes of their own' }).click();
  await expect.poll(() => countsByName(page)).toEqual({ Äpfel: 2, Möhren: 2 });
  await page
    .locator('.toast', { hasText: 'Read as: Äpfel, Möhren' })
    .getByRole('button', { name: 'Not right?' })
    .click();
  const dialog = page.getByRole('dialog', { name: 'How the names are written' });
  await expect(dialog.getByRole('radio').first()).toBeChecked();
  const other = dialog.getByRole('radio').nth(1);
  const wanted = await dialog.locator('.choice strong').nth(1).textContent();
  await other.check();
  await expect.poll(async () => Object.keys(await countsByName(page)).join(', ')).toBe(wanted);
});

test('an archive dropped on the camera is judged, picture by picture', async ({ page }) => {
  await page.locator('.viewfinder').evaluate(
    (element, base64) => {
      const transfer = new DataTransfer();
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      transfer.items.add(new File([bytes], 'set.zip'));
      element.dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: transfer }));
    },
    archiveOf(['a/1.jpg', 'b/1.jpg']).toString('base64'),
  );
  await expect(page.locator('.viewfinder').getByText('1 of 2')).toBeVisible();
  await expect(page.getByAltText('The picture it is looking at')).toHaveJSProperty('complete', true);
  expect(await pictureCount(page, 'Class 1')).toBe(0);
});

test('once the page is there it needs no network, for any file and any language', async ({ page, context, watch }) => {
  await page.waitForFunction(() => document.documentElement.dataset.ready === 'yes');
  watch.requests.length = 0;
  await context.setOffline(true);
  await choose(page, 'three.tm', archiveOf(['A-!-0.jpg', 'B-!-0.jpg']));
  await page.getByRole('button', { name: 'Into classes of their own' }).click();
  await expect.poll(() => countsByName(page)).toEqual({ A: 1, B: 1 });
  for (const language of ['de', 'es', 'fr', 'tr', 'ja', 'ar', 'en']) {
    await page.locator('.language-select').selectOption(language);
    await expect(page.locator('html')).toHaveAttribute('lang', language);
  }
  expect(watch.requests).toEqual([]);
});

test('a drop with many pictures of another page asks first, and only what is seen counts', async ({ page, watch }) => {
  const hidden = ['hidden', 'width="1" height="1"', 'style="display:none"', 'style="opacity:0"'];
  const html = Array.from({ length: 300 }, (_, index) => {
    const how = index < 8 ? '' : hidden[index % hidden.length];
    return `<img src="http://elsewhere.test/${index}.jpg" ${how}>`;
  }).join('');
  await page
    .locator('.class-card')
    .first()
    .evaluate((element, content) => {
      const transfer = new DataTransfer();
      transfer.setData('text/html', content);
      element.dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: transfer }));
    }, html);
  const question = page.getByRole('dialog', { name: /names 8 pictures on elsewhere\.test/ });
  await question.getByRole('button', { name: 'No', exact: true }).click();
  await page.waitForTimeout(300);
  expect(watch.requests.filter((address) => address.includes('elsewhere'))).toEqual([]);
});

const archives = join(sharedFolder, 'cases', 'archives');
for (const [name, classes] of Object.entries({
  'three_classes.tm': ['Class 1', 'Class 2', 'Class 3'],
  'japanese_cp932.zip': ['グー', 'チョキ', 'パー'],
  'zip64_end_ffff.zip': ['cat', 'dog'],
  project: ['Class 1', 'Class 2'],
})) {
  test(`${name}, made by another program, comes in as what it is`, async ({ page }) => {
    test.skip(!existsSync(archives), 'made for this purpose; where they are not, the other tests make their own');
    await choose(page, name, readFileSync(join(archives, name)));
    await page.getByRole('button', { name: 'Into classes of their own' }).click();
    await expect.poll(() => countsByName(page)).toEqual(Object.fromEntries(classes.map((each) => [each, 4])));
  });
}
