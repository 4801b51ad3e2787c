// The first minute: the page says what it is, its steps light up, and who has nothing to show can begin all the same.

import { expectNoSeriousFindings } from './support/axe.mjs';
import { expect, test } from './support/fixtures.mjs';
import { listen } from './support/listen.mjs';
import { openPage, pictureCount, showToCamera, untilTrained } from './support/page.mjs';
import { pictureClasses } from './support/pictures.mjs';

test('example pictures teach three things without a network, and the steps light up', async ({ page, watch }) => {
  test.setTimeout(120_000);
  await openPage(page, { depth: 'plain' });
  const welcome = page.locator('#welcome');
  await expect(welcome).toContainText('Teach your browser to tell things apart. No picture leaves this device.');
  await expect(welcome.locator('[aria-current="step"]')).toContainText('Hold its coloured button');
  await expectNoSeriousFindings(page, 'welcome');
  await page.screenshot({ path: test.info().outputPath('welcome.png') });
  await page.waitForLoadState('networkidle');
  await page.context().setOffline(true);

  await welcome.getByRole('button', { name: 'Try it with example pictures' }).click();
  for (const name of ['Sun', 'Tree', 'Boat']) {
    await expect.poll(() => pictureCount(page, name), { timeout: 30_000 }).toBe(12);
  }
  await untilTrained(page);
  await expect(welcome).toBeHidden();
  const accuracy = await page.evaluate(() => window.headstart.state.report.accuracy);
  expect(accuracy, 'a sun is no boat').toBeGreaterThan(0.9);
  await page.screenshot({ path: test.info().outputPath('taught.png') });
  expect(watch.errors).toEqual([]);
});

test('rock, paper, scissors: each sign is asked for in turn, then it is played against the page', async ({
  page,
  film,
  watch,
}) => {
  test.setTimeout(180_000);
  const films = pictureClasses().map(({ film: content }) => content);
  const names = ['Rock', 'Paper', 'Scissors'];
  film.replace(films[0]);
  await listen(page);
  await openPage(page, { depth: 'plain', steadyMs: 300 });
  await page.getByRole('button', { name: /Rock, paper, scissors/ }).click();
  await expect(page.locator('.class-card')).toHaveCount(3);
  const game = page.locator('#game');
  await expect(page.locator('#welcome')).toBeHidden();
  for (const [index, name] of names.entries()) {
    await showToCamera(page, film, films[index]);
    await expect(game.locator('[aria-current="step"]')).toContainText(`hold the coloured button of “${name}”`);
    const next = page.locator('.hold.is-next');
    await expect(next).toHaveAccessibleName(`Hold to record pictures of ${name}`);
    if (index === 0) {
      await expectNoSeriousFindings(page, 'game');
      await page.screenshot({ path: test.info().outputPath('teach.png') });
    }
    await next.hover();
    await page.mouse.down();
    await expect.poll(() => pictureCount(page, name), { timeout: 60_000, intervals: [100] }).toBeGreaterThan(12);
    await page.mouse.up();
  }
  await untilTrained(page);
  await expect(page.locator('.hold.is-next')).toHaveCount(0);
  await expect(page.locator('#stage .winner')).toContainText('Scissors');
  await expect
    .poll(() => page.evaluate(() => /** @type {any} */ (window).heard.words), 'it talks back')
    .toContain('en: Scissors');

  // What the page shows is known here; it chooses before it looks.
  const play = game.getByRole('button', { name: /^Play/ });
  for (const [index, its, outcome, score] of /** @type {const} */ ([
    [2, 1, 'You win!', 'You 1, the page 0'],
    [0, 1, 'The page wins!', 'You 1, the page 1'],
    [1, 1, 'A draw!', 'You 1, the page 1'],
  ])) {
    await showToCamera(page, film, films[index]);
    await expect(page.locator('#stage .winner')).toContainText(names[index]);
    await page.evaluate((sign) => {
      Math.random = () => (sign + 0.5) / 3;
    }, its);
    await play.click();
    await expect(game.locator('.game-count')).toHaveText('3');
    await expect(game.locator('.game-outcome')).toHaveText(outcome, { timeout: 20_000 });
    await expect(game.locator('.game-hand').first()).toHaveAccessibleName(names[index]);
    await expect(game.locator('.game-hand').last()).toHaveAccessibleName('Paper');
    await expect(game).toContainText(score);
  }
  await expectNoSeriousFindings(page, 'game');
  await page.screenshot({ path: test.info().outputPath('played.png') });
  expect(watch.errors).toEqual([]);
});

test('help: a lesson in pictures, the keys, and cards that are printed alone', async ({ page }) => {
  await openPage(page, { depth: 'plain' });
  await page.getByRole('button', { name: 'About and help' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'How it works, in pictures' }).click();
  const lesson = page.getByRole('dialog', { name: 'How it works, in pictures' });
  await expect(lesson.locator('svg.drawing')).toHaveCount(4);
  for (const words of [
    'That part stays as it is',
    'Only a small new part',
    'Ten times the same picture',
    'the same table',
  ]) {
    await expect(lesson).toContainText(words);
  }
  await expectNoSeriousFindings(page, 'lesson');
  await page.screenshot({ path: test.info().outputPath('lesson.png') });
  await lesson.getByRole('button', { name: 'Close' }).click();

  await page.evaluate(() => {
    window.print = () => Object.assign(window, { printed: document.documentElement.dataset.prints });
  });
  await page.getByRole('button', { name: 'About and help' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cards for a class' }).click();
  const cards = page.getByRole('dialog', { name: 'Cards for a class' });
  await expect(cards.locator('.task-card')).toHaveCount(6);
  await expectNoSeriousFindings(page, 'cards');
  await cards.getByRole('button', { name: 'Print the cards' }).click();
  expect(await page.evaluate(() => /** @type {any} */ (window).printed)).toBe('cards');
  await page.emulateMedia({ media: 'print' });
  await expect(cards.locator('.task-card').first()).toBeVisible();
  await expect(page.locator('#training')).toBeHidden();
  await expect(page.locator('#classes')).toBeHidden();
  await page.screenshot({ path: test.info().outputPath('cards.png'), fullPage: true });
});
