// In front: the one thing that would help most, and what came of it.

import { expectNoSeriousFindings } from './support/axe.mjs';
import { expect, test } from './support/fixtures.mjs';
import { cardOf, openPage, pictureCount, showToCamera, takeBursts, untilTrained } from './support/page.mjs';
import { pictureClasses } from './support/pictures.mjs';

test('what would help most stands in front with a button, and the number before stays beside the new one', async ({
  page,
  film,
  watch,
}) => {
  test.setTimeout(240_000);
  const [first, second] = pictureClasses();
  await openPage(page, { depth: 'plain', burstCount: 10, countdownSeconds: 0, knownThreshold: 0 });
  await showToCamera(page, film, first.film);
  await takeBursts(page, ['Class 1']);
  await showToCamera(page, film, second.film);
  for (const count of [1, 2]) {
    await cardOf(page, 'Class 2').getByRole('button', { name: 'Take one picture' }).click();
    await expect.poll(() => pictureCount(page, 'Class 2')).toBe(count);
  }
  await untilTrained(page);

  const panel = page.locator('#training');
  await panel.getByRole('button', { name: 'Record more of Class 2' }).click();
  await expect.poll(() => pictureCount(page, 'Class 2')).toBe(12);
  await untilTrained(page);
  await expect(panel.locator('.better')).toContainText(/Before: about \d+ of 20\./);
  await expectNoSeriousFindings(page, 'better');
  await page.screenshot({ path: test.info().outputPath('better.png') });

  await panel.getByRole('button', { name: 'Find a better way to learn' }).click();
  await page.waitForFunction(() => window.headstart.trainer.advice !== null, undefined, { timeout: 150_000 });
  await expect(panel.getByRole('button', { name: 'Find a better way to learn' })).toHaveCount(0);
  await page.screenshot({ path: test.info().outputPath('measured.png') });
  const way = panel.getByRole('button', { name: 'Learn this way' });
  if ((await way.count()) > 0) {
    await expect(panel.locator('.better')).toContainText(/about \d+ of 20 instead of \d+/);
    await way.click();
    const wanted = await page.evaluate(() => window.headstart.trainer.advice?.recommended);
    await expect
      .poll(() => page.evaluate(() => window.headstart.state.report?.strategy), { timeout: 60_000 })
      .toBe(wanted);
  }
  expect(watch.errors).toEqual([]);
});
