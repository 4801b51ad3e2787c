// Films that come as files: their frames are pictures to learn from, and to be judged.

import { encodeInPage } from './support/files.mjs';
import { filmFile, filmOf, silentSound } from './support/films.mjs';
import { expect, test } from './support/fixtures.mjs';
import { cardOf, openPage, pictureCount, untilTrained } from './support/page.mjs';
import { pictureClasses } from './support/pictures.mjs';
import { read } from './support/read-in-page.mjs';

const RED = '220,20,20';
const BLUE = '20,20,220';
const isRed = ([red, , blue]) => red > 150 && blue < 100;
const isBlue = ([red, , blue]) => blue > 150 && red < 100;

for (const kind of /** @type {const} */ (['webm', 'mp4'])) {
  test(`a film (${kind}) gives five pictures a second, in the class of its folder`, async ({ bare }) => {
    const { taken, unreadable } = await read(bare, [
      { path: 'things/cat/clip.film', bytes: filmFile(kind, [RED, BLUE], 1) },
      { path: 'things/dog/picture.jpg', bytes: await encodeInPage(bare, 64, 48) },
    ]);
    expect(unreadable).toEqual([]);
    const frames = taken.filter(({ className }) => className === 'cat');
    expect(frames).toHaveLength(10);
    expect(frames[0]).toMatchObject({ width: 640, height: 480, name: 'clip.film 0.1 s' });
    expect(frames.map(({ left }) => (isRed(left) ? 'red' : isBlue(left) ? 'blue' : left))).toEqual([
      ...Array(5).fill('red'),
      ...Array(5).fill('blue'),
    ]);
    expect(taken.filter(({ className }) => className === 'dog')).toHaveLength(1);
  });
}

test('of a long film the pictures lie further apart', async ({ bare }) => {
  const base64 = filmFile('webm', [RED, BLUE], 40, 2).toString('base64');
  const names = await bare.evaluate(async (text) => {
    const { collectFiles, listPictures } = await import('/modules/src/intake/intake.js');
    const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    const { sources } = await listPictures(await collectFiles([new File([bytes], 'long.webm')]));
    return sources.map(({ name }) => name);
  }, base64);
  expect(names).toHaveLength(300);
  expect(names.at(-1)).toEqual(expect.stringMatching(/^long\.webm 79\.\d s$/));
});

test('a film that cannot be shown is listed once with the reason, and the rest is taken', async ({ bare }) => {
  const { taken, unreadable } = await read(bare, [
    { path: 'cut.webm', bytes: filmFile('webm', [RED], 1).subarray(0, 200) },
    { path: 'old.mp4', bytes: filmFile('old.mp4', [RED], 1) },
    { path: 'old.avi', bytes: Buffer.concat([Buffer.from('RIFF\0\0\0\0AVI LIST'), Buffer.alloc(400)]) },
    { path: 'good.jpg', bytes: await encodeInPage(bare, 64, 48) },
  ]);
  expect(unreadable.map(({ name, reason }) => [name, reason])).toEqual([
    ['cut.webm', 'unsupported'],
    ['old.mp4', 'unsupported'],
    ['old.avi', 'unsupported'],
  ]);
  expect(taken.map(({ name }) => name)).toEqual(['good.jpg']);
});

test('a film teaches a class, and another one is looked through, picture by picture', async ({ page, watch }) => {
  await openPage(page, { knownThreshold: 0, threshold: 0 });
  const [one, other] = pictureClasses().map(({ film }) => film);
  /** Of signs of a hand, as a camera saw them. @param {Buffer[]} films @param {number} seconds */
  const fileOf = (films, seconds) => ({
    name: 'clip.mp4',
    mimeType: 'video/mp4',
    buffer: filmOf(films, seconds),
  });
  await cardOf(page, 'Class 1')
    .locator('input[type=file]')
    .setInputFiles([fileOf([one], 2), { name: 'song.webm', mimeType: 'video/webm', buffer: silentSound() }]);
  await expect.poll(() => pictureCount(page, 'Class 1')).toBe(10);
  await expect(page.getByText('song.webm')).toBeVisible();
  await cardOf(page, 'Class 2')
    .locator('input[type=file]')
    .setInputFiles(fileOf([other], 2));
  await expect.poll(() => pictureCount(page, 'Class 2')).toBe(10);
  await untilTrained(page);
  await page.locator('.live-tools input[type=file]').setInputFiles(fileOf([other, one], 1));
  await expect(page.locator('.winner-name')).toHaveText('Class 2');
  for (let number = 2; number <= 10; number += 1) {
    await page.getByRole('button', { name: 'Next picture' }).click();
    await expect(page.getByText(`${number} of 10`)).toBeVisible();
  }
  await expect(page.locator('.winner-name')).toHaveText('Class 1');
  expect(watch.errors).toEqual([]);
});
