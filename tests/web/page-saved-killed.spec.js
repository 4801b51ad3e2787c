// The browser is killed in the middle of anything. HEADSTART_KILL_ROUNDS=100 kills it a hundred times.

import { expect, test } from '@playwright/test';
import config from './playwright.config.js';
import { newProfile } from './support/killable.mjs';

const ROUNDS = Number(process.env.HEADSTART_KILL_ROUNDS ?? 12);
const SECONDS_A_ROUND = 40;
// A copy of the page at every step of the test would cost more than the page does with a thousand pictures.
test.use({ trace: 'off' });

const executable = config.use?.launchOptions?.executablePath ?? '/usr/bin/chromium';

/**
 * What the person did, as far as the page had said so before it died. `tried` was under way, and may or may not have come
 * to pass.
 *
 * @typedef {{ kept: Map<number, string>, triedToRemove: Set<number>, removed: Set<number>, names: Map<number, Set<string>>, classGoing: number[], drawn: Set<string> }} Journal
 */

/**
 * Works without a pause, and says what it does before it does it and when it is done. It waits until each word is heard:
 * what the browser said as it died would be lost otherwise, though what it did may be on disk.
 */
async function workOn() {
  const { state, classes, samples, training, recording, undo, saved } = window.headstart;
  /** @param {number} limit */
  const below = (limit) => Math.floor(Math.random() * limit);
  /** @param {string} word @param {...unknown} values */
  const say = (word, ...values) => /** @type {any} */ (window).heard(word, ...values);
  /** @param {Blob} blob */
  const digest = async (blob) =>
    [...new Uint8Array(await crypto.subtle.digest('SHA-256', await blob.arrayBuffer())).slice(0, 8)].join();
  const canvas = new OffscreenCanvas(640, 480);
  const brush = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext('2d'));

  async function takePicture() {
    for (let stroke = 0; stroke < 40; stroke += 1) {
      brush.fillStyle = `hsl(${below(360)} 80% ${below(100)}%)`;
      brush.fillRect(below(600), below(440), 10 + below(200), 10 + below(200));
    }
    const card = state.classes[below(state.classes.length)];
    const sampleId = await samples.add(card.key, canvas);
    if (sampleId !== null) {
      await say('kept', sampleId, await digest(await window.headstart.trainer.picture(sampleId)));
    }
  }
  async function removeOne() {
    const { sampleIds } = state.classes[below(state.classes.length)];
    const sampleId = sampleIds[below(sampleIds.length)];
    if (sampleId !== undefined) {
      await say('remove', sampleId);
      await samples.remove([sampleId]);
      if (below(2) === 0) {
        await undo.undo();
      } else {
        await saved();
        await say('removed', sampleId);
      }
    }
  }
  async function rename() {
    const { key, name: before } = state.classes[below(state.classes.length)];
    const name = `name ${below(1e6)}`;
    await say('rename', key, before);
    await say('rename', key, name);
    classes.rename(key, name);
    await saved();
    await say('renamed', key, name);
  }
  /** With the camera, as with a button held. */
  async function record() {
    const { key } = state.classes[below(state.classes.length)];
    const before = new Set(state.classes.flatMap(({ sampleIds }) => sampleIds));
    recording.start(key);
    await new Promise((resolve) => setTimeout(resolve, below(600)));
    await recording.stop();
    const card = state.classes.find((each) => each.key === key);
    for (const sampleId of card?.sampleIds.filter((id) => !before.has(id)) ?? []) {
      const picture = await window.headstart.trainer.picture(sampleId).catch(() => null);
      if (picture) {
        await say('recorded', sampleId, await digest(picture));
      }
    }
  }
  async function moveOne() {
    const [from, to] = [state.classes[below(state.classes.length)], state.classes[below(state.classes.length)]];
    const sampleId = from.sampleIds[below(from.sampleIds.length)];
    if (sampleId !== undefined && from !== to) {
      await samples.move([sampleId], to.key);
    }
  }
  async function removeClassAndUndo() {
    const card = state.classes[below(state.classes.length)];
    if (card.sampleIds.length > 0 && state.recording?.classKey !== card.key) {
      await Promise.all(card.sampleIds.map((sampleId) => say('remove', sampleId)));
      await say('remove-class', card.key, [...card.sampleIds]);
      await classes.remove(card.key);
      await undo.undo();
      await saved();
      await say('class-back');
    }
  }
  /** Of the head, or, now and then, of layers, whose rounds are written while it goes on. */
  const train = () => {
    training.choose(below(3) === 0 ? 'last-block' : 'head');
    void training.train();
  };
  if (state.classes.length < 3) {
    classes.add();
  }
  for (;;) {
    const ways = [takePicture, takePicture, takePicture, record, removeOne, rename, train, moveOne, removeClassAndUndo];
    const way = ways[below(ways.length)];
    // What undoes must not take back what the other one does.
    const isAlone = way === removeClassAndUndo || way === record;
    await Promise.all([way(), isAlone ? null : takePicture()]);
  }
}

/** @param {import('@playwright/test').Page} page @param {Journal} journal */
async function listen(page, journal) {
  await page.exposeFunction(
    'heard',
    (/** @type {string} */ word, /** @type {any} */ first, /** @type {any} */ second) => {
      if (word === 'kept') {
        journal.kept.set(first, second);
        journal.drawn.add(second);
      } else if (word === 'recorded') {
        journal.kept.set(first, second); // a camera may well show the same twice
      } else if (word === 'remove') {
        journal.triedToRemove.add(first);
        journal.removed.delete(first);
      } else if (word === 'removed') {
        journal.removed.add(first);
      } else if (word === 'rename') {
        journal.names.set(first, (journal.names.get(first) ?? new Set()).add(second));
      } else if (word === 'remove-class') {
        journal.names.delete(first); // should it not come back, its number may be given to another one
        journal.classGoing = second;
      } else if (word === 'class-back') {
        journal.classGoing = [];
      } else if (word === 'renamed') {
        journal.names.set(first, new Set([second]));
      }
    },
  );
}

/** @param {import('@playwright/test').Page} page @param {string} url */
async function open(page, url) {
  await page.goto(`${url}/?debug${process.env.HEADSTART_TEST_QUERY ?? ''}`);
  await page.waitForFunction(() => window.headstart?.state.project.phase === 'open', undefined, { timeout: 30_000 });
  await page.waitForFunction(() => window.headstart.state.engine.phase === 'ready');
}

/** @param {import('@playwright/test').Page} page @param {number[]} [known] Need not be decoded once more: their bytes are compared. */
const look = (page, known = []) =>
  page.evaluate(async (seen) => {
    const isKnown = new Set(seen);
    const { state, trainer } = window.headstart;
    const pictures = [];
    for (const { key, sampleIds } of state.classes) {
      for (const sampleId of sampleIds) {
        const blob = await trainer.picture(sampleId);
        if (!isKnown.has(sampleId)) {
          (await createImageBitmap(blob)).close();
        }
        const hash = await crypto.subtle.digest('SHA-256', await blob.arrayBuffer());
        pictures.push({ key, sampleId, digest: [...new Uint8Array(hash).slice(0, 8)].join() });
      }
    }
    return {
      pictures,
      names: state.classes.map(({ key, name }) => ({ key, name })),
      engineCount: trainer.classes.reduce((sum, { sampleCount }) => sum + sampleCount, 0),
      hasHead: trainer.headInfo !== null,
      hasReport: state.report !== null,
      errors: state.notices.filter(({ kind }) => kind === 'error').map(({ text, detail }) => `${text} ${detail ?? ''}`),
    };
  }, known);

test(`killed ${ROUNDS} times in the middle of anything: no picture that was acknowledged is lost, none is there twice`, async () => {
  test.setTimeout(ROUNDS * SECONDS_A_ROUND * 1000);
  const url = /** @type {string} */ (process.env.HEADSTART_URL);
  const profile = newProfile(executable);
  /** @type {Journal} */
  const journal = {
    kept: new Map(),
    triedToRemove: new Set(),
    removed: new Set(),
    names: new Map(),
    classGoing: [],
    drawn: new Set(),
  };
  let workedRounds = 0;
  /** @type {number[]} */
  let seen = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const { page, kill } = await profile.start();
    await open(page, url);
    const found = await look(page, seen);
    const there = new Map(found.pictures.map(({ sampleId, digest }) => [sampleId, digest]));
    seen = [...there.keys()];
    expect(there.size, 'none twice').toBe(found.pictures.length);
    const drawn = [...there.values()].filter((digest) => journal.drawn.has(digest));
    expect(new Set(drawn).size, 'none twice under two names').toBe(drawn.length);
    expect(found.engineCount).toBe(found.pictures.length);
    for (const [sampleId, digest] of journal.kept) {
      if (!journal.triedToRemove.has(sampleId)) {
        expect(there.get(sampleId), `picture ${sampleId} after round ${round}`).toBe(digest);
      }
    }
    // A class that was going, or coming back, has all of its pictures or none.
    const left = journal.classGoing.filter((sampleId) => there.has(sampleId)).length;
    expect([0, journal.classGoing.length], 'no half class').toContain(left);
    journal.classGoing = [];
    for (const sampleId of journal.removed) {
      expect(there.has(sampleId), `picture ${sampleId} was deleted`).toBe(false);
    }
    for (const { key, name } of found.names) {
      const possible = journal.names.get(key);
      if (possible) {
        expect([...possible], `the name of class ${key}`).toContain(name);
      }
    }
    if (found.hasHead) {
      expect(found.hasReport).toBe(true);
    }
    expect(found.errors).toEqual([]);
    await listen(page, journal);
    const before = journal.kept.size;
    void page.evaluate(workOn).catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 400 + Math.random() * 2200));
    await kill();
    workedRounds += Number(journal.kept.size > before);
    if (round % 10 === 9) {
      console.log(
        `killed ${round + 1} times; ${journal.kept.size} pictures were acknowledged, ${there.size} were there`,
      );
    }
  }
  expect(workedRounds).toBeGreaterThan(ROUNDS / 2);
  profile.remove();
});

test('a page whose renderer crashed in the middle of recording has every picture that was acknowledged', async () => {
  test.setTimeout(90_000);
  const url = /** @type {string} */ (process.env.HEADSTART_URL);
  const profile = newProfile(executable);
  /** @type {Journal} */
  const journal = {
    kept: new Map(),
    triedToRemove: new Set(),
    removed: new Set(),
    names: new Map(),
    classGoing: [],
    drawn: new Set(),
  };
  const { page, context, kill } = await profile.start();
  await open(page, url);
  await listen(page, journal);
  void page.evaluate(workOn).catch(() => {});
  await expect.poll(() => journal.kept.size, { timeout: 30_000 }).toBeGreaterThan(10);
  // The call to go there may never be answered, and until the crash the page holds its project.
  const crashed = page.waitForEvent('crash', { timeout: 30_000 });
  void page.goto('chrome://crash').catch(() => {});
  await crashed;
  const next = await context.newPage();
  await open(next, url);
  const found = await look(next);
  const there = new Map(found.pictures.map(({ sampleId, digest }) => [sampleId, digest]));
  for (const [sampleId, digest] of journal.kept) {
    if (!journal.triedToRemove.has(sampleId)) {
      expect(there.get(sampleId)).toBe(digest);
    }
  }
  expect(found.errors).toEqual([]);
  await kill();
  profile.remove();
});
