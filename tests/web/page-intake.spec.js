// Pictures that come as files, as the page takes them: chosen, dropped on a card, in folders, pasted, many at once.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from './support/fixtures.mjs';
import { cardOf, openPage, pictureCount } from './support/page.mjs';
import { pictureClasses } from './support/pictures.mjs';

const classes = pictureClasses();
const settings = { trainsByItself: false };

/** Files for a file field. @param {number} index @param {number} count */
function filesOf(index, count) {
  return Array.from({ length: count }, (_, at) => ({
    name: `picture-${at}.jpg`,
    mimeType: 'image/jpeg',
    buffer: classes[index].unseen[at % classes[index].unseen.length],
  }));
}

/**
 * Drops or pastes files on an element, as the browser would hand them over.
 *
 * @param {import('@playwright/test').Locator} target
 * @param {'drop' | 'paste'} way
 * @param {Buffer[]} pictures
 */
function hand(target, way, pictures) {
  return target.evaluate(
    (element, [kind, base64s]) => {
      const transfer = new DataTransfer();
      for (const [index, base64] of base64s.entries()) {
        const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
        transfer.items.add(new File([bytes], `handed-${index}.jpg`, { type: 'image/jpeg' }));
      }
      const options = { bubbles: true, cancelable: true };
      element.dispatchEvent(
        kind === 'drop'
          ? new DragEvent('drop', { ...options, dataTransfer: transfer })
          : new ClipboardEvent('paste', { ...options, clipboardData: transfer }),
      );
    },
    /** @type {['drop' | 'paste', string[]]} */ ([way, pictures.map((picture) => picture.toString('base64'))]),
  );
}

/**
 * Drops as the browser itself does, with its own list of types, files and folders.
 *
 * @param {import('@playwright/test').Page} page
 * @param {import('@playwright/test').Locator} target
 * @param {{ files?: string[], items?: { mimeType: string, data: string }[] }} what
 */
async function dropOn(page, target, { files = [], items = [] }) {
  await target.scrollIntoViewIfNeeded();
  const box = /** @type {{ x: number, y: number, width: number, height: number }} */ (await target.boundingBox());
  const cdp = await page.context().newCDPSession(page);
  const event = {
    x: box.x + box.width / 2,
    y: box.y + box.height / 2,
    data: { items, files, dragOperationsMask: 1 },
  };
  for (const type of /** @type {const} */ (['dragEnter', 'dragOver', 'drop'])) {
    await cdp.send('Input.dispatchDragEvent', { type, ...event });
  }
  await cdp.detach();
}

/** Class folders on the disk, as a person has them. @returns {string} The folder they lie in. */
function classFolders() {
  const folder = test.info().outputPath('gestures');
  for (const [name, index, count] of /** @type {const} */ ([
    ['wave', 0, 4],
    ['point', 1, 3],
  ])) {
    mkdirSync(join(folder, name), { recursive: true });
    for (let at = 0; at < count; at += 1) {
      writeFileSync(join(folder, name, `${at}.jpg`), classes[index].unseen[at]);
    }
  }
  return folder;
}

/** Names and numbers of pictures. @param {import('@playwright/test').Page} page */
const countsByName = (page) =>
  page.evaluate(() =>
    Object.fromEntries(window.headstart.state.classes.map(({ name, sampleIds }) => [name, sampleIds.length])),
  );

test.beforeEach(async ({ page }) => {
  await openPage(page, settings);
});

test('chosen files go to their card', async ({ page }) => {
  await page.getByLabel('Add picture files to Class 2').setInputFiles(filesOf(0, 5));
  await expect.poll(() => pictureCount(page, 'Class 2')).toBe(5);
  await expect(page.getByRole('status')).toHaveText('5 pictures added.');
});

test('files dropped on a card go there, and one undo takes all of them back', async ({ page }) => {
  await hand(cardOf(page, 'Class 1'), 'drop', classes[0].unseen.slice(0, 4));
  await expect.poll(() => pictureCount(page, 'Class 1')).toBe(4);
  await page.waitForFunction(() => !window.headstart.state.intake);
  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  await expect.poll(() => pictureCount(page, 'Class 1')).toBe(0);
});

test('a picture dropped on the camera square is judged, not learnt', async ({ page }) => {
  await hand(page.locator('.viewfinder'), 'drop', classes[0].unseen.slice(0, 1));
  await expect(page.getByAltText('The picture it is looking at')).toBeVisible();
  expect(await pictureCount(page, 'Class 1')).toBe(0);
});

test('a folder of class folders that is dropped becomes these classes, in place of the untouched ones', async ({
  page,
}) => {
  await dropOn(page, page.getByRole('button', { name: 'Add a class' }), { files: [classFolders()] });
  await expect.poll(() => countsByName(page)).toEqual({ wave: 4, point: 3 });
  await page.waitForFunction(() => !window.headstart.state.intake);
  await expect(cardOf(page, 'wave').locator('.strip-cell img').first()).toHaveJSProperty('complete', true);
});

test('folders chosen in the menu become classes too, and one folder dropped on a card fills that card', async ({
  page,
}) => {
  const folder = classFolders();
  await dropOn(page, cardOf(page, 'Class 2').locator('.strip-empty'), { files: [join(folder, 'point')] });
  await expect.poll(() => pictureCount(page, 'Class 2')).toBe(3);
  await page.waitForFunction(() => !window.headstart.state.intake);
  await cardOf(page, 'Class 2').locator('summary').click();
  await cardOf(page, 'Class 2').locator('input[webkitdirectory]').setInputFiles(folder);
  // Class 1, which nobody touched, makes room; Class 2 has pictures and stays.
  await expect.poll(() => countsByName(page)).toEqual({ 'Class 2': 3, wave: 4, point: 3 });
});

test('a picture dragged here from another page is taken; one that its site keeps for itself is listed', async ({
  page,
}) => {
  await page.route('**/from-elsewhere/hand.jpg', (route) =>
    route.fulfill({ contentType: 'image/jpeg', body: classes[0].unseen[0] }),
  );
  const address = new URL('/from-elsewhere/hand.jpg', process.env.HEADSTART_URL).href;
  const picturesOf = cardOf(page, 'Class 1').locator('.class-pictures');
  await dropOn(page, picturesOf, {
    items: [
      { mimeType: 'text/uri-list', data: 'http://elsewhere.test/page-around-it' },
      { mimeType: 'text/html', data: `<a href="http://elsewhere.test/"><img src="${address}"></a>` },
    ],
  });
  await expect.poll(() => pictureCount(page, 'Class 1')).toBe(1);
  await page.waitForFunction(() => !window.headstart.state.intake);
  await dropOn(page, picturesOf, { items: [{ mimeType: 'text/uri-list', data: 'http://elsewhere.test/dog.jpg' }] });
  await expect(page.locator('.unreadable li')).toHaveText(/dog\.jpg: the other page does not hand it over/);
  expect(await pictureCount(page, 'Class 1')).toBe(1);
});

test('several pictures dropped on the camera square are judged one after the other', async ({ page }) => {
  for (const index of [0, 1]) {
    await page.getByLabel(`Add picture files to Class ${index + 1}`).setInputFiles(filesOf(index, 8));
    await expect.poll(() => pictureCount(page, `Class ${index + 1}`)).toBe(8);
    await page.waitForFunction(() => !window.headstart.state.intake);
  }
  const folder = test.info().outputPath('to-judge');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'a.jpg'), classes[0].unseen[0]);
  writeFileSync(join(folder, 'b.txt'), 'not a picture');
  writeFileSync(join(folder, 'c.jpg'), classes[1].unseen[0]);
  const files = ['a.jpg', 'b.txt', 'c.jpg'].map((name) => join(folder, name));
  await dropOn(page, page.locator('.viewfinder'), { files });
  const stage = page.locator('.viewfinder');
  await expect(stage.getByText('1 of 3')).toBeVisible();
  await expect(page.locator('.winner-name')).toHaveText('Class 1');
  const shown = () => page.getByAltText('The picture it is looking at').getAttribute('src');
  const first = await shown();
  await expect(stage.getByRole('button', { name: 'Previous picture' })).toBeDisabled();
  await stage.getByRole('button', { name: 'Next picture' }).click();
  // What cannot be read is told by name and leaves the row.
  await expect(page.locator('.unreadable li')).toHaveText(/b\.txt: not a picture/);
  await expect(stage.getByText('2 of 2')).toBeVisible();
  await expect(page.locator('.winner-name')).toHaveText('Class 2');
  expect(await shown()).not.toBe(first);
  await expect(stage.getByRole('button', { name: 'Next picture' })).toBeDisabled();
  await stage.getByRole('button', { name: 'Previous picture' }).click();
  await expect(stage.getByText('1 of 2')).toBeVisible();
  await expect(page.locator('.winner-name')).toHaveText('Class 1');
  expect(await pictureCount(page, 'Class 1')).toBe(8);
  await stage.getByRole('button', { name: 'Back to the camera' }).click();
  await expect(page.locator('video.viewfinder-video')).toBeVisible();
});

test('a picture is pasted into the card that has the focus', async ({ page }) => {
  const button = cardOf(page, 'Class 2').getByRole('button', { name: 'Take one picture' });
  await button.focus();
  await hand(button, 'paste', classes[0].unseen.slice(0, 1));
  await expect.poll(() => pictureCount(page, 'Class 2')).toBe(1);
});

test('what cannot be read is listed by name with the reason, and the rest is taken', async ({ page }) => {
  const heic = Buffer.from('\0\0\0\x18ftypheic\0\0\0\0heicmif1', 'latin1');
  await page
    .getByLabel('Add picture files to Class 1')
    .setInputFiles([
      ...filesOf(0, 2),
      { name: 'IMG_0042.HEIC', mimeType: 'image/heic', buffer: heic },
      { name: 'torn.jpg', mimeType: 'image/jpeg', buffer: classes[0].unseen[0].subarray(0, 40) },
      { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('dear diary') },
    ]);
  await expect.poll(() => pictureCount(page, 'Class 1')).toBe(2);
  const list = page.locator('.unreadable li');
  await expect(list).toHaveCount(3);
  await expect(list.nth(0)).toHaveText(/IMG_0042\.HEIC: HEIC/);
  await expect(list.nth(2)).toHaveText(/notes\.txt: not a picture/);
  await page.locator('.toast').getByRole('button', { name: 'Dismiss' }).click();
  await expect(list).toHaveCount(0);
});

test('hundreds of files show how far they are, and can be stopped without losing what is there', async ({ page }) => {
  await page.getByLabel('Add picture files to Class 1').setInputFiles(filesOf(0, 300));
  const toast = page.locator('.toast', { hasText: 'Reading pictures' });
  await expect(toast).toContainText('of 300');
  await expect.poll(() => pictureCount(page, 'Class 1')).toBeGreaterThan(3);
  await toast.getByRole('button', { name: 'Stop' }).click();
  await expect(toast).toHaveCount(0);
  const count = await pictureCount(page, 'Class 1');
  expect(count).toBeLessThan(300);
  await page.waitForTimeout(300);
  expect(await pictureCount(page, 'Class 1')).toBe(count);
});
