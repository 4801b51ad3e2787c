// A fine-tuning that is cut short, by a reload or by a kill of the whole browser, goes on behind its last finished round and
// ends as if nothing had been.

import config from './playwright.config.js';
import { expect, test } from './support/fixtures.mjs';
import { newProfile } from './support/killable.mjs';

const executable = config.use?.launchOptions?.executablePath ?? '/usr/bin/chromium';

test.use({ trace: 'off' });

/** @typedef {import('@playwright/test').Page} Page */

/** @param {Page} page */
async function open(page) {
  await page.goto(`${process.env.HEADSTART_URL}/?debug${process.env.HEADSTART_TEST_QUERY ?? ''}`);
  await page.waitForFunction(() => window.headstart?.state.project.phase === 'open');
  await page.waitForFunction(() => window.headstart.state.engine.phase === 'ready');
}

/** Two classes of pictures that are drawn, the same each time, and hard enough that a round does not end it. @param {Page} page */
const teach = (page) =>
  page.evaluate(async () => {
    const { state, samples, saved } = window.headstart;
    state.settings.trainsByItself = false;
    let seed = 7;
    const random = () => {
      seed = (seed * 1664525 + 1013904223) % 4294967296;
      return seed / 4294967296;
    };
    for (const [kind, { key }] of state.classes.entries()) {
      for (let number = 0; number < 10; number += 1) {
        const image = new ImageData(224, 224);
        const slope = kind === 0 ? 1 : 2;
        for (let at = 0; at < image.data.length; at += 4) {
          const [x, y] = [(at / 4) % 224, Math.floor(at / 896)];
          image.data.fill(((x + slope * y + number * 9) % 40 < 20 ? 150 : 90) + random() * 60, at, at + 3);
          image.data[at + 3] = 255;
        }
        await samples.add(key, image);
      }
    }
    await saved();
  });

/**
 * A tuning, begun or gone on with, held up as soon as so many rounds are over, and how many of its six those are then: on a
 * busy machine a quick round more is over before it holds.
 * @param {Page} page @param {number} rounds
 */
const tuneUntil = (page, rounds) =>
  page.evaluate(async (wanted) => {
    const { state, training, saved } = window.headstart;
    if (state.training.round) {
      void training.goOn();
    } else {
      training.choose('last-block');
      void training.train();
    }
    while ((state.training.round?.epoch ?? 0) < wanted) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    training.togglePause();
    let done = -1;
    // Held up for longer than a round takes.
    while (done !== state.training.round?.epoch) {
      done = state.training.round?.epoch ?? 0;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    await saved();
    return done;
  }, rounds);

/** A tuning until it is over. @param {Page} page */
const tune = (page) =>
  page.evaluate(async () => {
    const { training, saved } = window.headstart;
    training.choose('last-block');
    await training.train();
    await saved();
  });

/** What came of it, without what only a clock knows. @param {Page} page */
const outcome = (page) =>
  page.evaluate(async () => {
    const { state, trainer } = window.headstart;
    const { elapsedMs, ...report } = /** @type {any} */ (state.report);
    const bytes = await trainer.exportHead({ date: '2026-01-01' });
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
    return { report, rounds: state.tuning?.epochs, head: [...digest].join() };
  });

/** @param {Page} page */
const offer = (page) => page.locator('#tuning .tuning-interrupted');

/** @param {Page} page @param {string} name */
async function goOn(page, name) {
  await offer(page).getByRole('button', { name }).click();
  await page.waitForFunction(
    () => window.headstart.state.report?.strategy === 'last-block' && window.headstart.state.training.phase === 'idle',
    undefined,
    { timeout: 60_000 },
  );
}

test('a tuning goes on behind its last round after a reload and after a kill, and ends as one that was let run', async () => {
  test.setTimeout(180_000);
  const profile = newProfile(executable);
  let { page, kill } = await profile.start();
  await open(page);
  await teach(page);
  const first = await tuneUntil(page, 1);
  await page.reload();
  await open(page);
  await expect(offer(page)).toContainText(`A training was cut short after round ${first} of 6.`);
  await expect(
    offer(page).getByRole('button', { name: `Go on with the training (round ${first + 1} of 6)` }),
  ).toBeVisible();
  const second = await tuneUntil(page, first + 1);
  expect(second).toBeLessThan(6);
  await kill();
  ({ page, kill } = await profile.start());
  await open(page);
  await goOn(page, `Go on with the training (round ${second + 1} of 6)`);
  await expect(offer(page)).toBeHidden();
  const resumed = await outcome(page);
  expect(resumed.report.fineTuning.epochs).toHaveLength(6);
  expect(resumed.rounds).toEqual(resumed.report.fineTuning.epochs);
  await page.evaluate(() => window.headstart.saved());

  // The same once more without a break.
  await tune(page);
  expect(resumed).toEqual(await outcome(page));
  await page.reload();
  await open(page);
  expect(await page.evaluate(() => window.headstart.state.report?.strategy)).toBe('last-block');
  expect(await page.evaluate(() => window.headstart.state.training.round)).toBeNull();
  await kill();
  profile.remove();
});

test('a tuning whose pictures have changed says why it cannot go on, and can when the change is undone', async ({
  page,
}) => {
  await open(page);
  await teach(page);
  await tuneUntil(page, 1);
  await page.reload();
  await open(page);
  await page.evaluate(() => window.headstart.samples.remove([window.headstart.state.classes[0].sampleIds[3]]));
  await expect(offer(page)).toContainText('It cannot go on: pictures or classes have changed since.');
  await expect(offer(page).getByRole('button', { name: /Go on/ })).toBeHidden();
  await page.evaluate(() => window.headstart.undo.undo());
  await expect(offer(page).getByRole('button', { name: /Go on/ })).toBeVisible();

  // Left: it does not come back.
  await offer(page).getByRole('button', { name: 'Leave it' }).click();
  await expect(offer(page)).toBeHidden();
  await page.evaluate(() => window.headstart.saved());
  await page.reload();
  await open(page);
  await expect(offer(page)).toBeHidden();
});

test('a round that was damaged on the disk is named, and the pictures are there', async ({ page }) => {
  await open(page);
  await teach(page);
  await tuneUntil(page, 1);
  await page.evaluate(async () => {
    /** @type {IDBDatabase} */
    const database = await new Promise((resolve) => {
      const opening = indexedDB.open('headstart');
      opening.onsuccess = () => resolve(opening.result);
    });
    const store = database.transaction('heads', 'readwrite').objectStore('heads');
    const key = [window.headstart.state.project.id, 'round'];
    await new Promise((resolve) => {
      const reading = store.get(key);
      reading.onsuccess = () => {
        reading.result.file[5000] ^= 1;
        store.put(reading.result, key).onsuccess = resolve;
      };
    });
    database.close();
  });
  await page.reload();
  await open(page);
  await expect(page.locator('.toast').getByText('a training that was cut short (it can begin again)')).toBeVisible();
  await expect(offer(page)).toBeHidden();
  expect(await page.evaluate(() => window.headstart.state.classes.map(({ sampleIds }) => sampleIds.length))).toEqual([
    10, 10,
  ]);
});
