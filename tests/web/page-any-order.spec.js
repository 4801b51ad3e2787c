// Whatever is pressed, typed, undone and shown, in whatever order: the page stays whole.

import { expect, test } from './support/fixtures.mjs';
import { openPage } from './support/page.mjs';
import { pictureClasses } from './support/pictures.mjs';

const STEPS = 120;
const PRESSABLE = ['button:visible:enabled', 'summary:visible', 'input:is([type=checkbox], [type=radio]):visible'];
/** What opens a window of the system, changes the words, or begins another project. */
const LEFT_OUT = /save|download|csv|language|project/i;

/** Numerical Recipes' generator: the same order each time. @param {number} seed */
function seededBelow(seed) {
  let state = seed;
  return (/** @type {number} */ limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

for (const seed of [17, 2026]) {
  test(`after ${STEPS} steps in an order of chance (${seed}) page and engine have the same pictures, and nothing failed`, async ({
    page,
    film,
  }) => {
    test.setTimeout(240_000);
    const below = seededBelow(seed);
    /** @template T @param {readonly T[]} all */
    const oneOf = (all) => all[below(all.length)];
    /** @type {string[]} */
    const steps = [];
    /** @type {string[]} */
    const failures = [];
    const fail = (/** @type {string} */ what) => failures.push(`${what}, after ${steps.slice(-6).join(', ')}`);
    page.on('pageerror', (error) => fail(String(error)));
    page.on('console', (message) => message.type() === 'error' && fail(message.text()));
    page.on('dialog', (question) => question.accept());
    /** What was about to be pressed may be gone by then; nothing else may go wrong, and that not often. @type {string[]} */
    const forgiven = [];
    const forgive = (/** @type {Error} */ error) => {
      forgiven.push(`${steps.at(-1)}: ${error.message.split('\n')[0]}`);
      if (!/Timeout \d+ms exceeded|not attached|not visible|outside of the viewport/.test(error.message)) {
        fail(error.message);
      }
    };

    const openWindow = page.locator('dialog[open]').last();
    const hasWindow = async () => (await openWindow.count()) > 0;

    async function press() {
      const place = (await hasWindow()) ? openWindow : page.locator('body');
      const all = await place.locator(PRESSABLE.join(', ')).all();
      const one = oneOf(all);
      const name = (await one?.getAttribute('aria-label')) ?? (await one?.textContent()) ?? '';
      if (one && !LEFT_OUT.test(name)) {
        steps.push(`press "${name.trim().slice(0, 40)}"`);
        await one.click({ force: true });
      }
    }

    async function rename() {
      const names = await page.locator('.class-name:visible').all();
      if (names.length > 0 && !(await hasWindow())) {
        steps.push('rename');
        await oneOf(names).fill(`name ${below(100)}`);
        await page.keyboard.press('Enter');
      }
    }

    async function show() {
      steps.push('show something else');
      film.replace(oneOf(pictureClasses()).film);
    }

    async function strike() {
      const keys = oneOf(['Control+z', 'Control+z', 'Control+Shift+z', '1', '2', 'n', 'p', 't', 'm', 'Escape']);
      steps.push(keys);
      await page.keyboard.press(keys);
    }

    const ways = [press, press, press, press, rename, show, strike, strike, strike];
    await openPage(page, { picturesPerSecond: 10, countdownSeconds: 0, burstCount: 6 });
    // What was about to be pressed may be gone by then.
    page.setDefaultTimeout(1500);
    for (let step = 0; step < STEPS && failures.length === 0; ++step) {
      await oneOf(ways)().catch((error) => forgive(error));
      if (below(4) === 0) {
        await page.waitForTimeout(below(400));
      }
    }
    expect(failures).toEqual([]);
    expect(steps.length).toBeGreaterThan(STEPS / 2);
    expect(forgiven.length, forgiven.join('\n')).toBeLessThan(STEPS / 10);

    for (let window = 0; window < 4; ++window) {
      await page.keyboard.press('Escape');
    }
    const held = () =>
      page.evaluate(() => {
        const { state, trainer } = window.headstart;
        return {
          isAtRest: state.recording === null && state.engine.phase === 'ready',
          errors: state.notices.filter(({ kind }) => kind === 'error').map(({ text, detail }) => [text, detail]),
          page: state.classes.map(({ name, sampleIds, enabled }) => ({ name, enabled, count: sampleIds.length })),
          engine: trainer.classes.map(({ name, sampleCount, enabled }) => ({ name, enabled, count: sampleCount })),
        };
      });
    await expect.poll(async () => (await held()).isAtRest, { timeout: 60_000 }).toBe(true);
    await expect
      .poll(async () => {
        const { page: shown, engine } = await held();
        return JSON.stringify(shown) === JSON.stringify(engine) ? 'the same' : { shown, engine };
      })
      .toBe('the same');
    expect((await held()).errors).toEqual([]);
    expect(failures).toEqual([]);
  });
}
