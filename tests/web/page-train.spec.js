// Training, the report, the live answer and its settings, another backbone: as the page shows them.

import { changedBackbone, published } from '../wasm/support.mjs';
import { expect, test } from './support/fixtures.mjs';
import { cardOf, newDeskPage, openPage, pictureCount, record, showToCamera, untilTrained } from './support/page.mjs';
import { pictureClasses } from './support/pictures.mjs';

// Recorded once, looked at from many sides.
test.describe.configure({ mode: 'serial' });

const settings = { picturesPerSecond: 20, mirror: false };
const classes = pictureClasses();
/** Where the published one is not at hand, the built-in one stands in under its name. */
const OTHER = 'mobilenet_v2_0.35_224';

/** @type {import('@playwright/test').Page} */
let page;

test.beforeAll(async ({ browser }) => {
  page = await newDeskPage(browser);
  if (!published(`${OTHER}.f16.safetensors`)) {
    const body = Buffer.from(changedBackbone({ name: OTHER }));
    await page.route('**/backbones/at-hand.json', (route) => route.fulfill({ json: [`${OTHER}.f16.safetensors`] }));
    await page.route(`**/backbones/${OTHER}.*`, (route) =>
      route.fulfill({ contentType: 'application/octet-stream', body }),
    );
  }
});

test.afterAll(async () => {
  await page?.context().close();
});

/** @param {() => unknown} read */
const report = () => page.evaluate(() => window.headstart.state.report);

test('a training begins by itself after the last picture, and one sentence says how good it is', async ({ film }) => {
  await openPage(page, settings);
  await expect(page.getByText('Show it two things')).toBeVisible();
  await showToCamera(page, film, classes[0].film);
  await record(page, 'Class 1', 15);
  await showToCamera(page, film, classes[1].film);
  await record(page, 'Class 2', 15);
  await untilTrained(page);
  await expect(page.locator('.verdict')).toHaveText(/of 20 new pictures would be right|Nearly all new pictures/);
  await expect(page.locator('.pip')).toHaveCount(20);
});

test('all numbers are there: accuracy with its uncertainty, calibration, settings and seed', async () => {
  await page.getByText('All numbers').click();
  const facts = page.locator('.report .facts');
  await expect(facts).toContainText(/Accuracy.*95% sure/s);
  await expect(facts).toContainText('Are its percentages true?');
  await expect(facts).toContainText(/Seed\s*1/);
  await expect(facts).toContainText('Linear discriminant');
  await expect(facts).toContainText(/Way\s*A new head, all else frozen/);
});

test('the numbers go on paper, light and without buttons', async () => {
  await page.evaluate(() => {
    window.print = () => {
      document.body.dataset.printed = 'yes';
    };
  });
  await page.getByRole('button', { name: 'Print, or save as PDF' }).click();
  await expect(page.locator('body')).toHaveAttribute('data-printed', 'yes');
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'light');
  await expect(page.locator('.only-printed')).toContainText(String(new Date().getFullYear()));
  for (const seen of ['.verdict', '.confusion', '.report .facts', '.class-card >> nth=1']) {
    await expect(page.locator(seen)).toBeVisible();
  }
  await expect(page.locator('#stage')).toBeHidden();
  const panels = await page
    .locator('#training, #report, .class-card')
    .evaluateAll((all) => all.map((each) => each.getBoundingClientRect().toJSON()));
  panels.sort((a, b) => a.top - b.top);
  expect(new Set(panels.map(({ left }) => left)).size, 'one column').toBe(1);
  expect(panels.every(({ top }, at) => at === 0 || top >= panels[at - 1].bottom)).toBe(true);
  const dot = await page.locator('.pip').first().boundingBox();
  expect(dot?.width).toBeLessThan(40);
  await expect(page.locator('button:visible:not(.cell, .strip-cell button, picture-strip button)')).toHaveCount(0);
  const pages = (await page.pdf()).toString('latin1').match(/\/Type\s*\/Page\b/g) ?? [];
  expect(pages.length).toBeGreaterThan(0);
  expect(pages.length).toBeLessThanOrEqual(3);
  await page.emulateMedia({ media: null, colorScheme: null });
});

test('the calibration diagram shows what the calibration error says', async () => {
  // Some pictures in the wrong class, so that there is something to be wrong about.
  await page.evaluate(async () => {
    const { state, samples } = window.headstart;
    await samples.copy(state.classes[0].sampleIds.slice(0, 4), state.classes[1].key);
    await samples.copy(state.classes[1].sampleIds.slice(0, 4), state.classes[0].key);
  });
  await untilTrained(page);
  const { calibrationError, sampleCount } = await report();
  const plot = page.locator('.reliability-plot');
  await expect(plot.locator('.plot-dot').nth(1)).toBeVisible();
  const dots = await plot
    .locator('.plot-dot')
    .evaluateAll((circles) =>
      circles.map((circle) => ({ x: Number(circle.getAttribute('cx')), y: Number(circle.getAttribute('cy')) })),
    );
  const line = /** @type {string} */ (await plot.locator('.plot-ideal').getAttribute('d'));
  const [left, bottom, right, top] = [...line.matchAll(/-?[\d.]+/g)].map(([number]) => Number(number));
  const rows = await page.locator('.reliability tbody tr').evaluateAll((all) =>
    all.map((row) => ({
      count: Number(row.cells[1].textContent),
      right: Number.parseFloat(row.cells[2].textContent ?? '') / 100,
    })),
  );
  expect(rows).toHaveLength(dots.length);
  expect(rows.reduce((sum, { count }) => sum + count, 0)).toBe(sampleCount);
  let error = 0;
  for (const [index, { count, right: said }] of rows.reverse().entries()) {
    const confidence = (dots[index].x - left) / (right - left);
    const accuracy = (bottom - dots[index].y) / (bottom - top);
    expect(accuracy).toBeCloseTo(said, 1);
    error += (count / sampleCount) * Math.abs(accuracy - confidence);
  }
  expect(calibrationError).toBeGreaterThan(0);
  expect(error).toBeCloseTo(calibrationError, 3);
  const stated = `off by ${Math.round(1000 * calibrationError) / 10}`;
  await expect(page.locator('.report .facts')).toContainText(stated);
  await page.keyboard.press('Control+z');
  await page.keyboard.press('Control+z');
  await expect.poll(() => page.evaluate(() => window.headstart.state.history.undo)).toBe(2);
  await untilTrained(page);
});

test('a cell of the confusion matrix opens the pictures behind it', async () => {
  const { confusion } = await report();
  const count = confusion[0][0];
  await page.getByRole('button', { name: `${count} pictures of Class 1 were called Class 1` }).click();
  const viewer = page.getByRole('dialog', { name: 'Class 1, recognised' });
  await expect(viewer.getByRole('button', { name: `Picture 1 of ${count}` })).toBeVisible();
  await viewer.getByRole('button', { name: 'Close' }).click();
});

test('the answer follows the camera, pauses, and goes on', async ({ film }) => {
  await expect(page.locator('.winner-name')).toHaveText('Class 2');
  await page.getByRole('button', { name: 'Pause' }).click();
  await showToCamera(page, film, classes[0].film);
  await expect(page.locator('.viewfinder-badge')).toHaveText(/Paused/);
  await page.getByRole('button', { name: 'Go on' }).click();
  await expect(page.locator('.winner-name')).toHaveText('Class 1');
});

test('a picture file is judged like the camera’s', async () => {
  const [picture] = classes[1].unseen;
  await page
    .locator('.live-tools input[type=file]')
    .setInputFiles({ name: 'unseen.jpg', mimeType: 'image/jpeg', buffer: picture });
  await expect(page.getByAltText('The picture it is looking at')).toBeVisible();
  await expect(page.locator('.winner-name')).toHaveText('Class 2');
  await page.getByRole('button', { name: 'Back to the camera' }).click();
  await expect(page.locator('.winner-name')).toHaveText('Class 1');
  expect(await pictureCount(page, 'Class 2')).toBeLessThan(60);
});

test('no answer counts below the threshold that was set', async () => {
  await page.getByRole('button', { name: 'Answer settings' }).click();
  const drawer = page.getByRole('dialog', { name: 'Answer settings' });
  await drawer.getByLabel(/How sure it must be/).fill('0.99');
  await expect(drawer.getByText('changed')).toBeVisible();
  await page.evaluate(() => {
    // A frame that nobody taught it: its percentages stay below.
    window.headstart.state.settings.threshold = 1;
  });
  await expect(page.locator('.winner-name')).toHaveText('Not sure');
  await drawer.getByRole('button', { name: 'Back to defaults' }).click();
  await page.evaluate(() => {
    window.headstart.state.settings.threshold = 0.6;
  });
  await drawer.getByRole('button', { name: 'Close' }).click();
  await expect(page.locator('.winner-name')).toHaveText('Class 1');
});

test('frames per second and milliseconds are shown on request', async () => {
  await page.getByRole('button', { name: 'Answer settings' }).click();
  await page.getByLabel('Show frames per second and milliseconds').check();
  await page.keyboard.press('Escape');
  await expect(page.locator('.live-numbers')).toContainText(/backbone\s*[\d.]+ ms/);
  await expect(page.locator('.live-numbers')).toContainText(/answers per second\s*[1-9]/);
});

test('another head, seed and number of parts make a new head by themselves, and defaults bring the old one', async () => {
  const before = await report();
  await page.getByRole('button', { name: 'Training settings' }).click();
  const drawer = page.getByRole('dialog', { name: 'Training settings' });
  await drawer.getByLabel(/Nearest mean/).check();
  await drawer.getByRole('spinbutton', { name: /Seed/ }).fill('7');
  await drawer.getByRole('spinbutton', { name: /Seed/ }).press('Tab');
  await expect.poll(async () => (await report()).head).toBe('nearest-mean');
  await expect.poll(async () => (await report()).seed).toBe(7);
  await drawer.getByRole('spinbutton', { name: /Seed/ }).fill('-3');
  await drawer.getByRole('spinbutton', { name: /Seed/ }).press('Tab');
  await expect(drawer.getByRole('spinbutton', { name: /Seed/ })).toHaveValue('7');
  await drawer.getByRole('button', { name: 'Back to defaults' }).click();
  await drawer.getByRole('button', { name: 'Close' }).click();
  await untilTrained(page);
  await expect.poll(async () => (await report()).head).toBe('discriminant');
  await expect.poll(async () => (await report()).seed).toBe(1);
  await untilTrained(page);
  expect((await report()).accuracy).toBe(before.accuracy);
});

test('a training can be stopped, and the head before it goes on answering', async () => {
  await page.getByRole('button', { name: 'Training settings' }).click();
  // It takes a blink of an eye: pressed in the frame in which the button appears.
  const stopped = page.evaluate(
    (label) =>
      new Promise((resolve) => {
        const look = () => {
          const buttons = [...document.querySelectorAll('#training button')];
          const stop = buttons.find((button) => button.textContent?.trim() === label);
          if (stop) {
            stop.click();
            resolve(true);
          } else {
            requestAnimationFrame(look);
          }
        };
        look();
      }),
    'Stop',
  );
  await page.getByLabel(/Small neural network/).check();
  await stopped;
  await page.waitForFunction(() => window.headstart.state.training.phase === 'idle');
  expect((await report()).head).toBe('discriminant');
  await page.getByRole('button', { name: 'Back to defaults' }).click();
  await page.keyboard.press('Escape');
  await untilTrained(page);
});

test('a class that is renamed keeps the head, and bars and head follow', async () => {
  const name = page.getByLabel('Name of class 1', { exact: true });
  await name.fill('fist');
  await name.press('Enter');
  await expect(page.locator('.bar-name').first()).toHaveText('fist');
  await expect(page.locator('.winner-name')).toHaveText('fist');
  const head = await page.evaluate(() => window.headstart.trainer.headInfo);
  expect(head.stale).toBe(false);
  expect(head.classes[0].name).toBe('fist');
  await expect(cardOf(page, 'fist')).toBeVisible();
});

test('a class that is left out takes part in nothing until it is taken in again', async ({ film }) => {
  await page.getByRole('button', { name: 'Add a class' }).click();
  await expect(page.getByLabel('Name of class 3', { exact: true })).toBeFocused();
  await showToCamera(page, film, classes[2].film);
  await record(page, 'Class 3', 15);
  await untilTrained(page);
  await expect(page.locator('.bar')).toHaveCount(3);
  await cardOf(page, 'Class 3').locator('summary').click();
  await cardOf(page, 'Class 3').getByRole('button', { name: 'Leave out of training' }).click();
  await expect(page.locator('.bar')).toHaveCount(2);
  // The page takes the change up with its next frame and trains a moment later.
  await expect.poll(async () => (await report()).perClass.map(({ name }) => name)).toEqual(['fist', 'Class 2']);
  await untilTrained(page);
});

test('the backbone chooser tells size, cost, licence and measured speed', async () => {
  await page.getByRole('button', { name: 'About and help' }).click();
  await page.getByRole('button', { name: 'Backbone' }).click();
  const drawer = page.getByRole('dialog', { name: 'Backbone' });
  const builtIn = drawer.locator('.choice', { hasText: /^\s*Built in(?!,)/ });
  await expect(builtIn).toContainText(/kB|MB/);
  await expect(builtIn).toContainText('million multiplications');
  await expect(builtIn).toContainText('Apache-2.0');
  await drawer.getByRole('button', { name: 'Measure the speed here' }).click();
  await expect(builtIn).toContainText(/[\d.]+ ms per picture on this device/, { timeout: 60_000 });
  await drawer.getByRole('button', { name: 'Measure the speed here' }).waitFor({ timeout: 60_000 });
});

test('another backbone looks at all pictures anew, and none is lost; a stop leaves everything as it was', async () => {
  const drawer = page.getByRole('dialog', { name: 'Backbone' });
  const other = drawer.locator('.choice', { has: page.locator('strong', { hasText: OTHER }) });
  await expect(other.locator('input')).toBeEnabled();
  const counts = () => page.evaluate(() => window.headstart.state.classes.map(({ sampleIds }) => sampleIds.length));
  const before = await counts();
  await other.click();
  await drawer.getByRole('button', { name: 'Stop' }).click();
  await page.waitForFunction(() => window.headstart.state.backbones.change === null);
  expect(await page.evaluate(() => window.headstart.trainer.backbone.name)).toMatch(/^headstart_/);
  await expect(drawer.locator('.choice', { hasText: /^\s*Built in(?!,)/ }).locator('input')).toBeChecked();
  await other.click();
  await page.waitForFunction(() => window.headstart.state.backbones.change === null, undefined, { timeout: 60_000 });
  expect(await page.evaluate(() => window.headstart.trainer.backbone.name)).toBe(OTHER);
  expect(await counts()).toEqual(before);
  await page.keyboard.press('Escape');
  await untilTrained(page);
  expect((await report()).backbone).toBe(OTHER);
});
