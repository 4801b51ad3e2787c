// Everything that shows what it sees, at once: the page stays fluid, asks for nothing, and every window can be read by all.

import { expectNoSeriousFindings } from './support/axe.mjs';
import { expect, test } from './support/fixtures.mjs';
import { expectSmooth } from './support/long-tasks.mjs';
import { openPage, teachTwo } from './support/page.mjs';

const DIALOGS = /** @type {const} */ ([
  ...['outputs', 'big-screen', 'exam', 'map', 'inside', 'export', 'projects'],
  ...['training', 'answer', 'camera', 'about', 'keys', 'lesson', 'cards'],
]);
/** The page's parts that come when somebody opens them, writers of files among them, and what it can look with. */
const OWN_PARTS = /^\/(assets\/|lib\/wasm\/[\w-]+\.writers\.wasm$|backbones\/(catalogue|at-hand)\.json$)/;

test('with the heat map and the map of pictures on, live, nothing holds the page up and nothing is fetched', async ({
  page,
  film,
  watch,
}) => {
  test.setTimeout(240_000);
  await openPage(page, { depth: 'plain', burstCount: 10, countdownSeconds: 0, knownThreshold: 0 });
  await page.waitForFunction(() => document.documentElement.dataset.ready === 'yes');
  const atReady = watch.requests.length;
  await teachTwo(page, film);
  await page.locator('#stage').getByRole('button', { name: 'Why?' }).click();
  await expect(page.locator('.why-heat')).toBeVisible();
  const size = await page.locator('video.viewfinder-video').evaluate((video) => {
    const { videoWidth, videoHeight } = /** @type {HTMLVideoElement} */ (video);
    return [videoWidth, videoHeight];
  });
  expect(size).toEqual([640, 480]);
  await page.getByRole('button', { name: 'Open the map' }).click();
  const map = page.getByRole('dialog', { name: 'Map of your pictures' });
  const canvas = map.getByRole('application', { name: 'Map with 20 pictures' });
  await expect(canvas).toBeVisible();
  const box = await canvas.boundingBox();
  if (!box) {
    throw new Error('expected a map to move over');
  }
  /** How many times answer and heat map were painted anew. */
  const paintedDuring = async (/** @type {() => Promise<void>} */ action) => {
    await page.evaluate(() => {
      const heat = /** @type {HTMLCanvasElement} */ (document.querySelector('.why-heat')).getContext('2d');
      const paint = heat.constructor.prototype.putImageData;
      const counts = { heat: 0, answers: 0 };
      Object.assign(window, { counts });
      heat.putImageData = function (...args) {
        counts.heat += 1;
        return paint.apply(this, args);
      };
      let last = window.headstart.state.live.ranked;
      const look = () => {
        counts.answers += Number(window.headstart.state.live.ranked !== last);
        last = window.headstart.state.live.ranked;
        requestAnimationFrame(look);
      };
      look();
    });
    await action();
    return page.evaluate(() => /** @type {any} */ (window).counts);
  };
  const counts = await paintedDuring(() =>
    expectSmooth(page, 'heat map and map of pictures', async () => {
      for (let step = 0; step < 24; step += 1) {
        await page.mouse.move(
          box.x + 20 + ((step * 61) % (box.width - 40)),
          box.y + 20 + ((step * 37) % (box.height - 40)),
        );
        await page.mouse.wheel(0, step % 6 < 3 ? -120 : 120);
        await page.waitForTimeout(100);
      }
    }),
  );
  console.log(`painted while the map was moved: ${JSON.stringify(counts)}`);
  expect(counts.answers, 'the answer goes on').toBeGreaterThan(5);
  expect(counts.heat, 'and the heat map with it').toBeGreaterThan(5);
  await page.keyboard.press('Escape');

  for (const [depth, colorScheme] of /** @type {const} */ ([
    ['plain', 'light'],
    ['engineer', 'dark'],
  ])) {
    await page.evaluate((wanted) => window.headstart.settings.set('depth', wanted), depth);
    await page.emulateMedia({ colorScheme });
    // All that an engineer sees is looked at in page-accessible; here what is new.
    for (const dialog of DIALOGS.slice(0, depth === 'plain' ? DIALOGS.length : 5)) {
      await page.evaluate((name) => window.headstart.openDialog(name), dialog);
      await expect(page.locator('dialog[open]')).toHaveCount(1);
      await expectNoSeriousFindings(page, `${dialog}, ${depth}, ${colorScheme}`);
      await page.keyboard.press('Escape');
      await expect(page.locator('dialog[open]')).toHaveCount(0);
    }
  }
  const own = new URL(String(process.env.HEADSTART_URL));
  const asked = watch.requests.slice(atReady).map((address) => new URL(address));
  expect(
    asked.filter(({ origin, pathname }) => origin !== own.origin || !OWN_PARTS.test(pathname)),
    'once it is there the page asks for its own parts only',
  ).toEqual([]);
  expect(watch.errors).toEqual([]);
});
