// The first minute: the page says what it is, its steps light up, and who has nothing to show can begin all the same.

import { expectNoSeriousFindings } from './support/axe.mjs';
import { expect, test } from './support/fixtures.mjs';
import { cardOf, openPage, pictureCount, untilTrained } from './support/page.mjs';

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

test('the game names three classes and gives each its sign', async ({ page }) => {
  await openPage(page, { depth: 'plain' });
  await page.getByRole('button', { name: /Rock, paper, scissors/ }).click();
  for (const name of ['Rock', 'Paper', 'Scissors']) {
    await expect(cardOf(page, name)).toBeVisible();
  }
  const shown = await page.evaluate(() => window.headstart.state.classes.map(({ actions }) => actions.show));
  expect(shown).toEqual(['✊', '✋', '✌️']);
  await expect(page.locator('.class-card')).toHaveCount(3);
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
