// The exam: pictures that are asked about and never learnt from.

import { expectNoSeriousFindings } from './support/axe.mjs';
import { filmOf } from './support/films.mjs';
import { expect, test } from './support/fixtures.mjs';
import { openPage, pictureCount, showToCamera, takeBursts, untilTrained } from './support/page.mjs';
import { pictureClasses } from './support/pictures.mjs';

test('an exam tells how right the answers are, and nothing of it is learnt', async ({ page, film, watch }) => {
  test.setTimeout(180_000);
  const [first, second] = pictureClasses();
  await openPage(page, { burstCount: 10, countdownSeconds: 0, knownThreshold: 0 });
  await showToCamera(page, film, first.film);
  await takeBursts(page, ['Class 1']);
  await showToCamera(page, film, second.film);
  await takeBursts(page, ['Class 2']);
  await untilTrained(page);
  const trainedOn = await page.evaluate(() => window.headstart.trainer.headInfo);

  await page.getByRole('button', { name: 'Exam: try it on new pictures' }).click();
  const dialog = page.getByRole('dialog', { name: 'Exam' });
  await expect(dialog).toContainText('No test pictures yet.');
  const files = (/** @type {{ unseen: Buffer[] }} */ { unseen }, /** @type {string} */ name) =>
    unseen.slice(0, 6).map((buffer, index) => ({ name: `${name}-${index}.jpg`, mimeType: 'image/jpeg', buffer }));
  await dialog.getByLabel('Choose test pictures of Class 1').setInputFiles(files(first, 'first'));
  // Three of them lie on purpose: what is called by its true name is wrong here.
  await dialog
    .getByLabel('Choose test pictures of Class 2')
    .setInputFiles([...files(second, 'second'), ...files(first, 'liar').slice(0, 3)]);
  await expect(dialog.locator('.exam-tile')).toHaveCount(15);
  await expect(dialog.locator('.exam-tile.is-right, .exam-tile.is-wrong')).toHaveCount(15);
  const wrongs = await dialog.locator('.exam-tile.is-wrong').count();
  expect(wrongs, 'the three that lie are found').toBeGreaterThanOrEqual(3);
  expect(wrongs, 'the others are mostly right').toBeLessThanOrEqual(6);
  await expect(dialog).toContainText(`${15 - wrongs} of 15 right`);
  const sentence = (await page.locator('#training .verdict').textContent()) ?? '';
  const promised = /About (\d+) of 20/.exec(sentence)?.[1] ?? 20;
  await expect(dialog, 'beside what cross-validation says, as it stands in front').toContainText(
    `This is how it does on new pictures. With its own it promised ${5 * Number(promised)}%.`,
  );
  await expectNoSeriousFindings(page, 'exam');

  await dialog.getByRole('button', { name: 'Record 10 test pictures of Class 2' }).click();
  await expect(dialog.locator('.exam-tile')).toHaveCount(25, { timeout: 20_000 });
  await expect(dialog.locator('.exam-tile.is-right, .exam-tile.is-wrong')).toHaveCount(25);
  await page.screenshot({ path: test.info().outputPath('exam.png') });

  // A film that was taken somewhere else, as its pictures, among files that cannot be read.
  await dialog.getByLabel('Choose test pictures of Class 1').setInputFiles([
    { name: 'another-day.mp4', mimeType: 'video/mp4', buffer: filmOf([first.film], 2) },
    { name: 'torn.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('no picture') },
  ]);
  await expect(page.locator('#notices')).toContainText('1 file could not be read: torn.jpg');

  await expect(dialog.locator('.exam-tile.is-right, .exam-tile.is-wrong')).toHaveCount(35, { timeout: 30_000 });

  expect([await pictureCount(page, 'Class 1'), await pictureCount(page, 'Class 2')]).toEqual([10, 10]);
  expect(await page.evaluate(() => window.headstart.trainer.headInfo)).toEqual(trainedOn);
  await dialog.getByRole('button', { name: 'Remove all test pictures' }).click();
  await expect(dialog.locator('.exam-tile')).toHaveCount(0);
  await dialog.getByRole('button', { name: 'Close' }).click();
  await page.keyboard.press('Control+z');
  await page.getByRole('button', { name: 'Exam: try it on new pictures' }).click();
  await expect(dialog.locator('.exam-tile')).toHaveCount(35);
  expect(watch.errors).toEqual([]);
});
