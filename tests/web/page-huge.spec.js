// Many times what a lesson needs: 40 classes, as many pictures as HEADSTART_HUGE says (20000 is the most that is promised):
// taken in, saved, reopened, scrolled, trained. Beyond HEADSTART_HUGE_TAKEN the pictures on the disk are multiplied there, since
// a browser that draws without a graphics card takes most of an hour for 20,000.

import { expect, test } from '@playwright/test';
import config from './playwright.config.js';
import { newProfile } from './support/killable.mjs';
import { expectSmooth } from './support/long-tasks.mjs';

const PICTURES = Number(process.env.HEADSTART_HUGE ?? 800);
const TAKEN = Math.min(PICTURES, Number(process.env.HEADSTART_HUGE_TAKEN ?? 1200));
const CLASS_COUNT = 40;
const executable = config.use?.launchOptions?.executablePath ?? '/usr/bin/chromium';

// A copy of the page at every step of the test would cost more than the page does.
test.use({ trace: 'off' });

/** @typedef {import('@playwright/test').Page} Page */

/** @param {Page} page @param {number} limitMs */
async function open(page, limitMs) {
  await page.goto(`${process.env.HEADSTART_URL}/?debug`);
  await page.waitForFunction(() => window.headstart?.state.project.phase === 'open', undefined, { timeout: limitMs });
  await page.waitForFunction(() => window.headstart.state.engine.phase === 'ready');
}

/** @param {Page} page */
const counts = (page) => page.evaluate(() => window.headstart.state.classes.map(({ sampleIds }) => sampleIds.length));

/** Pictures that differ, taken in as quickly as the engine looks at them. */
async function takeIn([total, classCount]) {
  const { state, samples, classes, saved } = window.headstart;
  while (state.classes.length < classCount) {
    classes.add();
  }
  let next = 0;
  const take = async () => {
    const canvas = new OffscreenCanvas(240, 240);
    const brush = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext('2d'));
    for (let number = next++; number < total; number = next++) {
      const kind = number % classCount;
      brush.fillStyle = `hsl(${kind * 9} 70% ${30 + (number % 7) * 4}%)`;
      brush.fillRect(0, 0, 240, 240);
      brush.fillStyle = `hsl(${(number * 31) % 360} 60% 60%)`;
      brush.fillRect((number * 13) % 200, (number * 7) % 200, 20 + (kind % 8) * 15, 20 + (kind >> 3) * 25);
      await samples.add(state.classes[kind].key, canvas);
    }
  };
  await Promise.all([take(), take(), take(), take()]);
  await saved();
}

/** What was taken in once more under other numbers, until there are so many. @param {number} total */
async function multiply(total) {
  const { state } = window.headstart;
  /** @param {any} request @returns {Promise<any>} */
  const done = (request) =>
    new Promise((resolve) => Object.assign(request, { onsuccess: () => resolve(request.result) }));
  const database = await done(indexedDB.open('headstart'));
  const { id } = state.project;
  const all = IDBKeyRange.bound([id], [id, []]);
  const names = ['places', 'pictures', 'rows'];
  const reading = database.transaction(names);
  const [placeKeys, places, pictures, rowKeys, rows] = await Promise.all([
    done(reading.objectStore('places').getAllKeys(all)),
    done(reading.objectStore('places').getAll(all)),
    done(reading.objectStore('pictures').getAll(all)),
    done(reading.objectStore('rows').getAllKeys(all)),
    done(reading.objectStore('rows').getAll(all)),
  ]);
  let next = Math.max(...placeKeys.map((/** @type {any[]} */ key) => key[1])) + 1;
  for (let count = places.length; count < total; ) {
    const writing = database.transaction(names, 'readwrite');
    for (let at = 0; at < places.length && count < total; at += 1, count += 1, next += 1) {
      writing.objectStore('places').put({ ...places[at], sampleId: next, order: next }, [id, next]);
      writing.objectStore('pictures').put({ ...pictures[at], sampleId: next }, [id, next]);
      writing.objectStore('rows').put({ ...rows[at], sampleId: next }, [id, rowKeys[at][1], next]);
    }
    await new Promise((resolve) => {
      writing.oncomplete = resolve;
    });
  }
  database.close();
}

test(`${PICTURES} pictures in ${CLASS_COUNT} classes are taken in, saved, reopened, scrolled and trained`, async () => {
  test.setTimeout(180_000 + PICTURES * 400);
  const limitMs = 60_000 + PICTURES * 20;
  const profile = newProfile(executable);
  const { page, context, memory, written, kill } = await profile.start();
  await page.addInitScript(() => localStorage.setItem('headstart.settings', '{"trainsByItself":false}'));
  await open(page, limitMs);
  const empty = memory();
  const writtenEmpty = written();
  const startedAt = performance.now();
  await page.evaluate(takeIn, [TAKEN, CLASS_COUNT]);
  const takenMs = performance.now() - startedAt;
  expect((await counts(page)).reduce((sum, count) => sum + count, 0)).toBe(TAKEN);
  await page.waitForFunction(() => window.headstart.unsavedRows() === 0, undefined, { timeout: limitMs });
  const writtenEach = (written() - writtenEmpty) / TAKEN;
  if (PICTURES > TAKEN) {
    await page.evaluate(multiply, PICTURES);
    await page.reload();
    await open(page, limitMs);
    expect((await counts(page)).reduce((sum, count) => sum + count, 0)).toBe(PICTURES);
  }
  const trainedAt = performance.now();
  await page.evaluate(() => window.headstart.training.train());
  const trainedMs = performance.now() - trainedAt;
  const accuracy = await page.evaluate(() => window.headstart.state.report?.accuracy);
  expect(accuracy).toBeGreaterThan(0.5);
  await page.evaluate(() => window.headstart.saved());
  const full = memory();
  const before = await page.evaluate(() =>
    window.headstart.state.classes.map(({ name, sampleIds }) => [name, sampleIds]),
  );

  await page.reload();
  await open(page, limitMs);
  const openedMs = await page.evaluate(async () => {
    const { ranked } = await window.headstart.trainer.predict(document.createElement('canvas'));
    return ranked.length > 0 ? performance.now() : Number.NaN;
  });
  expect(
    await page.evaluate(() => window.headstart.state.classes.map(({ name, sampleIds }) => [name, sampleIds])),
  ).toEqual(before);
  expect(await page.evaluate(() => window.headstart.state.project.viewed)).toBe(0);
  expect(await page.evaluate(() => window.headstart.trainer.headInfo?.stale)).toBe(false);

  await expectSmooth(page, 'scrolling', async () => {
    const strip = page.locator('picture-strip').first();
    for (let step = 1; step <= 40; step += 1) {
      await strip.evaluate((element, part) => {
        element.scrollLeft = part * (element.scrollWidth - element.clientWidth);
        const { scrollingElement } = document;
        scrollingElement?.scrollTo(0, part * scrollingElement.scrollHeight);
      }, step / 40);
      await page.waitForTimeout(20);
    }
  });
  expect(await page.locator('.strip-cell').count()).toBeLessThan(CLASS_COUNT * 25);

  // Everything still answers to the person: a picture more, a class renamed, one picture deleted and back.
  await page.evaluate(async () => {
    const { state, samples, classes, undo, saved } = window.headstart;
    await samples.add(state.classes[3].key, new ImageData(64, 64));
    classes.rename(state.classes[4].key, 'another name');
    await samples.remove([state.classes[5].sampleIds[1]]);
    await undo.undo();
    await saved();
  });
  expect((await counts(page)).reduce((sum, count) => sum + count, 0)).toBe(PICTURES + 1);
  const cdp = await context.newCDPSession(page);
  await cdp.send('HeapProfiler.collectGarbage');
  const { usedSize } = await cdp.send('Runtime.getHeapUsage');
  const { pictureBytes, wasmBytes } = await page.evaluate(() => window.headstart.trainer.stats());
  const mb = (/** @type {number} */ bytes) => Math.round(bytes / 1e6);
  console.log(
    `${PICTURES} pictures: taken in and saved in ${(takenMs / 1000).toFixed(1)} s (${TAKEN} of them, ${(takenMs / TAKEN).toFixed(1)} ms and ${Math.round(writtenEach / 1000)} kB written each), ` +
      `trained in ${(trainedMs / 1000).toFixed(1)} s, back and answering after ${(openedMs / 1000).toFixed(1)} s; page heap ` +
      `${mb(usedSize)} MB, engine ${mb(wasmBytes)} MB, pictures ${mb(pictureBytes)} MB; the page's process ${empty.renderers} MB ` +
      `empty, ${full.renderers} MB full, ${memory().renderers} MB reopened; the whole browser ${memory().all} MB`,
  );
  // A picture and its row are 8 kB or so, and the browser's database writes what it keeps a few times over.
  expect(writtenEach).toBeLessThan(400e3);
  // What the page itself keeps of a picture is a number and where it lies.
  expect(usedSize).toBeLessThan(25e6 + PICTURES * 3000);
  await kill();
  profile.remove();
});
