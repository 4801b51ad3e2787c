/**
 * Pictures that come as files, as the page takes them: chosen, dropped on a card, in folders, pasted, many at once.
 */

import { expect, test } from './support/fixtures.mjs';
import { cardOf, openPage, pictureCount } from './support/page.mjs';
import { pictureClasses } from './support/pictures.mjs';

test.skip(!process.env.HEADSTART_BUILT, 'there is no built page: npm run build');

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
  await expect(page.getByAltText('The picture that is being judged')).toBeVisible();
  expect(await pictureCount(page, 'Class 1')).toBe(0);
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
  await page.locator('.toast').getByRole('button', { name: 'Close' }).click();
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
