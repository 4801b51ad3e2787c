/**
 * Beside the answer: what was wrong is put right.
 */

import { expectNoSeriousFindings } from './support/axe.mjs';
import { expect, test } from './support/fixtures.mjs';
import { openPage, pictureCount, showToCamera, takeBursts, untilTrained } from './support/page.mjs';
import { pictureClasses } from './support/pictures.mjs';

const SETTINGS = { burstCount: 10, countdownSeconds: 0, threshold: 0.5, knownThreshold: 0, steadyMs: 0 };

/** @param {import('@playwright/test').Page} page @param {any} film @param {number} count */
async function teach(page, film, count) {
  for (const [index, { film: content }] of pictureClasses().slice(0, count).entries()) {
    await showToCamera(page, film, content);
    await takeBursts(page, [`Class ${index + 1}`]);
  }
  await untilTrained(page);
}

test('one press puts a wrong answer right, and undo takes it back', async ({ page, film, watch }) => {
  test.setTimeout(180_000);
  await openPage(page, SETTINGS);
  await teach(page, film, 2);
  const panel = page.locator('#live-panel');
  await expect(panel.locator('.winner')).toContainText('Class 2');
  await panel.getByRole('button', { name: 'No, it is Class 1' }).click();
  await expect(page.locator('#notices')).toContainText('This picture is Class 1 from now on.');
  await expect.poll(() => pictureCount(page, 'Class 1')).toBe(11);
  await page.locator('#notices').getByRole('button', { name: 'Undo' }).click();
  await expect.poll(() => pictureCount(page, 'Class 1')).toBe(10);

  // Among three it is asked, with the picture that was wrong before one's eyes.
  await page.getByRole('button', { name: 'Add a class' }).click();
  await showToCamera(page, film, pictureClasses()[2].film);
  await takeBursts(page, ['Class 3']);
  await untilTrained(page);
  await expect(panel.locator('.winner')).toContainText('Class 3');
  await panel.getByRole('button', { name: 'That was wrong' }).click();
  const dialog = page.getByRole('dialog', { name: 'What is it really?' });
  await expect(dialog.getByRole('img', { name: 'The picture that the answer was about' })).toBeVisible();
  await expectNoSeriousFindings(page, 'correction');
  await page.screenshot({ path: test.info().outputPath('correction.png') });
  await dialog.getByRole('button', { name: 'Class 2' }).click();
  await expect(dialog).toBeHidden();
  await expect.poll(() => pictureCount(page, 'Class 2')).toBe(11);
  await page.keyboard.press('Control+z');
  await expect.poll(() => pictureCount(page, 'Class 2')).toBe(10);

  // What was tried as a file is put right as well.
  const [{ unseen }] = pictureClasses();
  await panel
    .getByLabel('Try a picture')
    .setInputFiles([{ name: 'unseen.jpg', mimeType: 'image/jpeg', buffer: unseen[0] }]);
  await expect(panel.locator('.winner')).toContainText('Class');
  await panel.getByRole('button', { name: 'That was wrong' }).click();
  await dialog.getByRole('button', { name: 'Class 1' }).click();
  await expect.poll(() => pictureCount(page, 'Class 1')).toBe(11);
  await page.screenshot({ path: test.info().outputPath('panel.png') });
  expect(watch.errors).toEqual([]);
});
