// An answer does something only when it is steady and known: not while it flickers, and not for what was never taught.

import { expect, test } from './support/fixtures.mjs';
import { flickering, plainFilm } from './support/flicker.mjs';
import { linesOf, listen } from './support/listen.mjs';
import { openPage, showToCamera, teachTwo } from './support/page.mjs';
import { pictureClasses } from './support/pictures.mjs';

/** The thresholds are the page's own; it waits a little longer, since a busy machine sees fewer pictures a second. */
const SETTINGS = { depth: 'plain', burstCount: 10, countdownSeconds: 0, steadyMs: 800 };
const WATCHED_MS = 3500;

test('nothing is said, sounded or sent while the answer flickers or nothing is known; once it is steady, everything', async ({
  page,
  film,
  watch,
}) => {
  test.setTimeout(180_000);
  const [first, second] = pictureClasses();
  await listen(page);
  await openPage(page, SETTINGS);
  await teachTwo(page, film);
  // Nobody has to see it act while it is made to: a lens that is covered is neither.
  await showToCamera(page, film, plainFilm(8));
  await expect(page.locator('#stage .winner')).toHaveText(/None of these|Not sure/);
  await page.getByRole('button', { name: /^Use it make/ }).click();
  const dialog = page.getByRole('dialog', { name: 'Make it do something' });
  await dialog.getByRole('button', { name: 'Say the names aloud' }).click();
  for (const name of ['Class 1', 'Class 2']) {
    await dialog.getByRole('combobox', { name: `Sound for ${name}` }).selectOption('pop');
  }
  await dialog.getByRole('button', { name: 'A board on a cable (USB)' }).click();
  await dialog.getByRole('button', { name: 'Close' }).click();
  const heard = () => page.evaluate(() => /** @type {any} */ (window).heard);
  /** Which classes the live answers of the next seconds put first, before they are steadied. */
  const leadersDuring = (/** @type {number} */ ms) =>
    page.evaluate(
      (wanted) =>
        new Promise((resolve) => {
          /** @type {Record<string, number>} */
          const counts = {};
          let last = null;
          const end = performance.now() + wanted;
          const look = () => {
            const { ranked } = window.headstart.state.live;
            if (ranked !== last) {
              last = ranked;
              const { name } = window.headstart.state.classes.find(({ id }) => id === ranked[0]?.classId) ?? {
                name: '',
              };
              counts[name] = (counts[name] ?? 0) + 1;
            }
            return performance.now() < end ? requestAnimationFrame(look) : resolve(counts);
          };
          look();
        }),
      ms,
    );

  await page.waitForTimeout(1200);
  expect(await heard(), 'what it does not know does nothing').toEqual({ words: [], sounds: 0 });
  const unknown = await linesOf(page);
  expect(unknown.length).toBeGreaterThan(3);
  expect([...new Set(unknown)], 'the board hears that there is no answer').toEqual([',0.00']);

  await showToCamera(page, film, flickering(first.film, second.film));
  const sentBefore = (await linesOf(page)).length;
  const leaders = await leadersDuring(WATCHED_MS);
  expect(leaders['Class 1'], `it does flicker: ${JSON.stringify(leaders)}`).toBeGreaterThan(5);
  expect(leaders['Class 2']).toBeGreaterThan(5);
  expect(await heard(), 'a flickering answer does nothing').toEqual({ words: [], sounds: 0 });
  expect([...new Set((await linesOf(page)).slice(sentBefore))]).toEqual([',0.00']);

  await showToCamera(page, film, second.film);
  await expect.poll(async () => (await heard()).words).toEqual(['en: Class 2']);
  expect((await heard()).sounds).toBeGreaterThan(0);
  await expect.poll(async () => (await linesOf(page)).at(-1)).toMatch(/^Class 2,[01]\.\d\d$/);
  await page.waitForTimeout(1200);
  expect((await heard()).words, 'it starts once').toEqual(['en: Class 2']);

  // Pulled out in the middle of a line, the cable is told about, and the answer goes on.
  await page.evaluate(() => /** @type {any} */ (window).board.pull(3));
  await expect(page.locator('#notices')).toContainText('The cable was pulled out, or the board stopped.');
  await page.getByRole('button', { name: /^Use it make/ }).click();
  await expect(dialog.getByRole('button', { name: 'A board on a cable (USB)' })).toHaveAttribute(
    'aria-pressed',
    'false',
  );
  expect(watch.errors).toEqual([]);
});
