// The first minute: the page says what it is, its steps light up, and who has nothing to show can begin all the same.

import { expectNoSeriousFindings } from './support/axe.mjs';
import { expect, test } from './support/fixtures.mjs';
import { cardOf, openPage, pictureCount, untilTrained } from './support/page.mjs';

test('example pictures teach three things without a network, and the steps light up', async ({ page, watch }) => {
  test.setTimeout(120_000);
  await openPage(page);
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
  await openPage(page);
  await page.getByRole('button', { name: /Rock, paper, scissors/ }).click();
  for (const name of ['Rock', 'Paper', 'Scissors']) {
    await expect(cardOf(page, name)).toBeVisible();
  }
  const shown = await page.evaluate(() => window.headstart.state.classes.map(({ actions }) => actions.show));
  expect(shown).toEqual(['✊', '✋', '✌️']);
  await expect(page.locator('.class-card')).toHaveCount(3);
});
