// While nothing happens the ways to learn are measured, and the best is how it learns from then on; earlier trainings stay
// to be gone back to. Three signs of a hand before the camera, as everywhere.

import { expect, test } from './support/fixtures.mjs';
import { longTasksDuring } from './support/long-tasks.mjs';
import { openPage, teachThree, untilTrained } from './support/page.mjs';

const PLAIN = { depth: 'plain', burstCount: 10, countdownSeconds: 0 };
const IDLE = { ...PLAIN, measuresByItself: true };
const SAYS_SO = 'Other ways to learn are tried while nothing happens…';

const strategy = (/** @type {import('@playwright/test').Page} */ page) =>
  page.evaluate(() => window.headstart.state.report?.strategy);

test('the measured way is taken by itself, whatever is done stops the measuring, and there is a way back', async ({
  page,
  film,
  watch,
}) => {
  test.setTimeout(240_000);
  await openPage(page, IDLE);
  await page.waitForFunction(() => document.documentElement.dataset.ready === 'yes');
  await teachThree(page, film);
  expect(await strategy(page)).toBe('head');
  const better = page.locator('#better');
  for (const stir of [
    () => page.keyboard.press('Shift'),
    () => page.mouse.click(5, 5),
    () => page.mouse.move(300, 200, { steps: 5 }),
    // A screen reader presses without a pointer.
    () => page.evaluate(() => document.body.click()),
  ]) {
    await expect(better).toContainText(SAYS_SO, { timeout: 20_000 });
    await stir();
    await expect(better).not.toContainText(SAYS_SO);
    expect(await page.evaluate(() => window.headstart.trainer.advice)).toBeNull();
  }
  const long = await longTasksDuring(page, () =>
    page.waitForFunction(() => window.headstart.trainer.advice !== null, undefined, { timeout: 90_000 }),
  );
  expect(long, 'the page never stands still').toEqual([]);
  const recommended = await page.evaluate(() => window.headstart.trainer.advice?.recommended);
  expect(recommended).not.toBe('head');
  await expect(better).toContainText('Next time it learns like this');
  await page.getByRole('button', { name: 'Train again' }).click();
  await expect.poll(() => strategy(page), { timeout: 60_000 }).toBe(recommended);
  await expect(better).toContainText('It learns like this now');

  await better.getByRole('button', { name: 'Learn as before' }).click();
  await expect.poll(() => strategy(page), { timeout: 60_000 }).toBe('head');
  await expect(better.getByRole('button', { name: 'Learn as before' })).toHaveCount(0);
  await page.getByRole('button', { name: 'Train again' }).click();
  await untilTrained(page);
  expect(await strategy(page), 'who has said how it is to learn is asked no more').toBe('head');

  // Four trainings, each with what changed; the first one with the measured way comes back, and goes again by undo.
  const history = page.locator('#history');
  await history.getByText('How it got better').click();
  const entries = history.locator('.past-training');
  await expect(entries).not.toHaveCount(0);
  await expect(entries.last()).toContainText('The first training.');
  await expect(entries.filter({ hasText: 'Way: Use several layers' })).toHaveCount(1);
  await page.evaluate(() => window.headstart.saved());
  await page.reload();
  await page.waitForFunction(
    () => window.headstart?.state.project.phase === 'open' && window.headstart.state.engine.head,
  );
  await history.getByText('How it got better').click();
  const old = entries.filter({ hasText: 'Way: Use several layers' }).first();
  await old.getByRole('button', { name: /^Go back to the training of/ }).click();
  await expect.poll(() => strategy(page)).toBe(recommended);
  await expect.poll(() => page.evaluate(() => window.headstart.trainer.headInfo?.strategy)).toBe(recommended);
  await expect(old).toContainText('In use');
  expect(await page.evaluate(() => window.headstart.trainer.headInfo?.stale)).toBe(false);
  await page.keyboard.press('Control+z');
  await expect.poll(() => strategy(page)).toBe('head');
  expect(watch.errors).toEqual([]);
});

test('before and after stand in the dots: what can be won, then what was won', async ({ page, film }) => {
  await openPage(page, PLAIN);
  await teachThree(page, film);
  // What is measured depends on the pictures; here another way is made to be four of twenty better.
  await page.evaluate(() => {
    const { trainer, state, training } = window.headstart;
    Object.assign(state.report, { accuracy: 0.7, accuracyLow: 0.7 });
    for (const each of state.report.perClass) {
      each.recall = 0.95;
    }
    const candidate = (/** @type {string} */ name, /** @type {number} */ accuracy) => ({
      strategy: name,
      accuracy,
      standardError: 0,
      logLoss: 1,
      elapsedMs: 1,
      features: ['last'],
      viewCount: 0,
      trainedWeightCount: 1,
    });
    trainer.advise = async () => ({
      candidates: [candidate('head', 0.7), candidate('joined-layers', 0.9)],
      recommended: 'joined-layers',
      reasons: [],
      case: 'few-close',
      transfer: {},
      data: [],
      mirror: 'unknown',
      elapsedMs: 1,
    });
    void training;
  });
  await page.getByRole('button', { name: 'Find a better way to learn' }).click();
  await expect(page.locator('#better')).toContainText('Use several layers: about 18 of 20 instead of 14, as measured.');
  await expect(page.locator('.pip.is-right')).toHaveCount(14);
  await expect(page.locator('.pip.is-to-win')).toHaveCount(4);
  await page.getByRole('button', { name: 'Learn this way' }).click();
  await untilTrained(page);
  await expect.poll(() => strategy(page)).toBe('joined-layers');
  await expect(page.locator('#better')).toContainText('Before: about 14 of 20.');
  await expect(page.locator('.pip.is-to-win')).toHaveCount(0);
  expect(await page.locator('.pip.is-won').count()).toBeGreaterThan(2);
});

test('each kind of advice has its words and its button in front', async ({ page, film }) => {
  await openPage(page, PLAIN);
  await teachThree(page, film);
  const [first, second, third] = await page.evaluate(() =>
    window.headstart.state.classes.map(({ id, name, sampleIds }) => ({ id, name, sampleIds })),
  );
  const better = page.locator('#better');
  /** @param {Record<string, unknown>} data */
  const measured = async (data) => {
    await page.evaluate((found) => {
      const { trainer, state } = window.headstart;
      for (const each of state.report.perClass) {
        each.recall = 0.99;
      }
      trainer.advise = async () => ({
        candidates: [],
        recommended: 'head',
        reasons: [],
        case: 'few-close',
        transfer: {},
        data: [found],
        mirror: 'unknown',
        elapsedMs: 1,
      });
    }, data);
    await page.evaluate(() => window.headstart.openDialog('inside'));
    await page.getByRole('button', { name: /Find out|Measure again/ }).click();
    await page.keyboard.press('Escape');
  };
  await measured({ kind: 'background', classIds: [], sampleIds: [], value: 0.9 });
  await expect(better).toContainText('The background alone is enough for 90% of the answers');
  await expect(better.getByRole('button', { name: /^Record more of/ })).toBeVisible();
  await measured({
    kind: 'near-duplicates',
    classIds: [second.id],
    sampleIds: second.sampleIds.slice(0, 7),
    value: 0.6,
  });
  await expect(better).toContainText(`7 pictures of “${second.name}” show almost the same`);
  await better.getByRole('button', { name: 'Look at the pictures' }).click();
  await expect(page.locator('dialog.viewer')).toBeVisible();
  await page.keyboard.press('Escape');
  await measured({ kind: 'label-doubt', classIds: [first.id, third.id], sampleIds: [first.sampleIds[0]], value: 0.93 });
  await expect(better).toContainText(`This picture of “${first.name}” looks like “${third.name}”`);
  await expect(better.getByRole('button', { name: 'Look at the pictures' })).toBeVisible();

  // Missed most, and one class with far fewer pictures: both are the report's own.
  await page.evaluate(() => {
    window.headstart.state.report.perClass[1].recall = 0.5;
  });
  await measured({ kind: 'background', classIds: [], sampleIds: [], value: 0.9 });
  await page.evaluate(() => {
    window.headstart.state.report.perClass[1].recall = 0.5;
    window.headstart.settings.set('language', 'de');
    window.headstart.settings.set('language', 'en');
  });
  await expect(better.getByRole('button', { name: `Record more of ${second.name}` })).toBeVisible();
  await expect(page.locator('#training')).toContainText(`“${second.name}” is missed most often`);
});
