// Networks that look together, and networks that a person brings: which one the page takes, and that nothing is lost by it.

import { changedBackbone, drawPicture, newTrainer, teach } from '../wasm/support.mjs';
import { expectNoSeriousFindings } from './support/axe.mjs';
import { expect, test } from './support/fixtures.mjs';
import { openPage, pictureCount, takeBursts, untilTrained } from './support/page.mjs';
import { overlapping, tooWide } from './support/reach.mjs';

/** The built-in network under three names: as quick as it, and three to whoever reads them. */
const NETWORKS = ['first', 'second', 'third'];
const entry = (/** @type {string} */ name) => ({
  name,
  file: `${name}.safetensors`,
  bytes: 0,
  sha256: null,
  inputSize: 96,
  mmac: 11,
  license: 'Apache-2.0',
  source: `the network ${name}`,
});
const CATALOGUE = {
  format: 'catalogue/1',
  tiers: [
    { name: 'fast', networks: ['first', 'second'] },
    { name: 'best', networks: NETWORKS, shares: [1, 2, 4] },
  ],
  backbones: NETWORKS.map(entry),
};

/** @param {import('@playwright/test').Page} page @param {string[]} atHand */
async function serveNetworks(page, atHand, catalogue = CATALOGUE) {
  await page.route('**/backbones/catalogue.json', (route) => route.fulfill({ json: catalogue }));
  await page.route('**/backbones/at-hand.json', (route) =>
    route.fulfill({ json: atHand.map((name) => `${name}.safetensors`) }),
  );
  for (const name of atHand) {
    const body = Buffer.from(changedBackbone({ name }));
    const headers = { 'content-type': 'application/octet-stream', 'content-length': String(body.length) };
    await page.route(`**/backbones/${name}.safetensors`, (route) =>
      route.fulfill(route.request().method() === 'HEAD' ? { headers } : { headers, body }),
    );
  }
}

/** @param {import('@playwright/test').Page} page */
const networkOf = (page) => page.evaluate(() => window.headstart.trainer.backbone.name);
/** @param {import('@playwright/test').Page} page @param {Record<string, number>} speeds */
const rememberSpeeds = (page, speeds) =>
  page.addInitScript((known) => {
    const keys = ['simd', 'relaxed-simd', 'simd-threads', 'relaxed-simd-threads'].flatMap((variant) =>
      [1, 2, 3, 4].flatMap((threads) =>
        Object.entries(known).map(([name, ms]) => [`${name} ${variant} ${threads}`, ms]),
      ),
    );
    localStorage.setItem('headstart.speeds', JSON.stringify(Object.fromEntries(keys)));
  }, speeds);

/** @param {import('@playwright/test').Page} page */
async function openDrawer(page) {
  await page.getByRole('button', { name: 'About and help' }).click();
  await page.getByRole('button', { name: 'Backbone' }).click();
  return page.getByRole('dialog', { name: 'Backbone' });
}

test('the page takes the best tier that is at hand, times it first, says so, and begins with it next time', async ({
  page,
}) => {
  await serveNetworks(page, NETWORKS);
  await openPage(page);
  await expect(page.locator('.toast', { hasText: 'In use now: Best: three networks look together' })).toBeVisible({
    timeout: 60_000,
  });
  expect(await networkOf(page)).toBe('first+second+third');
  const speeds = await page.evaluate(() => JSON.parse(localStorage.getItem('headstart.speeds') ?? '{}'));
  expect(Object.keys(speeds).map((key) => key.split(' ')[0])).toEqual(['fast', 'best']);
  await page.evaluate(() => {
    const settings = JSON.parse(localStorage.getItem('headstart.settings') ?? '{}');
    sessionStorage.setItem('kept', JSON.stringify(settings));
  });
  await page.addInitScript(() => localStorage.setItem('headstart.settings', sessionStorage.getItem('kept') ?? '{}'));
  await page.reload();
  await page.waitForFunction(() => window.headstart?.state.engine.phase === 'ready');
  expect(await networkOf(page)).toBe('first+second+third');
});

test('a tier that this device cannot look with live is not taken', async ({ page }) => {
  await serveNetworks(page, NETWORKS);
  await rememberSpeeds(page, { fast: 20, best: 90 });
  await openPage(page);
  await expect(page.locator('.toast', { hasText: 'In use now: Fast' })).toBeVisible({ timeout: 60_000 });
  expect(await networkOf(page)).toBe('first+second');
  const drawer = await openDrawer(page);
  await expect(drawer.locator('.choice', { hasText: 'Best' })).toContainText('too slow to look live here');
  await expect(drawer.locator('.choice', { hasText: 'Fast' }).locator('input')).toBeChecked();
});

test('with pictures it is offered, and every picture stays, up a tier and down', async ({ page }) => {
  await serveNetworks(page, NETWORKS);
  await rememberSpeeds(page, { fast: 20, best: 30 });
  await openPage(page, { picksNetwork: false, burstCount: 10, countdownSeconds: 0, mirror: false });
  test.setTimeout(180_000);
  await takeBursts(page, ['Class 1', 'Class 2']);
  await untilTrained(page);
  const drawer = await openDrawer(page);
  await drawer.getByRole('checkbox', { name: /Let the page pick/ }).check();
  await page.locator('.toast').getByRole('button', { name: 'Use it' }).click();
  await expect.poll(() => networkOf(page)).toBe('first+second+third');
  await drawer.locator('.choice', { hasText: 'Fast' }).click();
  await expect.poll(() => networkOf(page)).toBe('first+second');
  await expect(drawer.getByRole('checkbox', { name: /Let the page pick/ })).not.toBeChecked();
  await page.keyboard.press('Escape');
  for (const name of ['Class 1', 'Class 2']) {
    expect(await pictureCount(page, name)).toBe(10);
  }
  await untilTrained(page);
  expect(await page.evaluate(() => window.headstart.state.report?.backbone)).toBe('first+second');
});

test('the shares that a catalogue gives the networks of a tier reach the engine', async ({ page }) => {
  const tiers = [{ name: 'fast', networks: ['first', 'second'], shares: [1, 5000] }];
  await serveNetworks(page, NETWORKS, { ...CATALOGUE, tiers });
  await openPage(page, { picksNetwork: false });
  const drawer = await openDrawer(page);
  await drawer.locator('.choice', { hasText: 'Fast' }).click();
  await expect(page.locator('.toast', { hasText: 'from 0.001 to 1000, got 5000' })).toBeVisible();
  await expect(drawer.locator('.choice', { hasText: 'Built in' }).first().locator('input')).toBeChecked();
});

test('the last layers of two networks that look together are trained, as they are drawn', async ({ page }) => {
  await serveNetworks(page, NETWORKS);
  await rememberSpeeds(page, { fast: 20, best: 90 });
  await openPage(page, { burstCount: 10, countdownSeconds: 0, mirror: false });
  test.setTimeout(180_000);
  await expect.poll(() => networkOf(page), { timeout: 60_000 }).toBe('first+second');
  await takeBursts(page, ['Class 1', 'Class 2']);
  await untilTrained(page);
  await page.getByRole('button', { name: 'Pause' }).click(); // the processor is for what is tested here
  await page.getByRole('button', { name: 'Look inside the network' }).click();
  const dialog = page.getByRole('dialog', { name: 'Inside the network' });
  const border = dialog.getByRole('slider', { name: 'Border between frozen and learning layers' });
  await expect(border).toHaveAttribute('aria-valuetext', /A new head, all else frozen.*38 of 38 layers frozen/);
  await expect(dialog.locator('.net-slab.is-trained')).toHaveCount(0);
  await border.focus();
  await page.keyboard.press('ArrowLeft');
  await expect(border).toHaveAttribute('aria-valuetext', /^Tune the last layer/);
  await page.keyboard.press('ArrowLeft');
  await expect(border).toHaveAttribute('aria-valuetext', /^Tune the last block.*34 of 38 layers frozen/);
  await expect(dialog.locator('.net-slab.is-trained')).toHaveCount(4);
  await expect(dialog.locator('.net-border-too')).toHaveCount(1);
  await expect(dialog.locator('.net-ways')).toHaveCount(0); // they can neither be cut nor end in new layers
  // What their layers see is said once, and nothing lies over anything else.
  await expect(dialog.locator('.net-zone')).toHaveCount(5);
  for (const width of [1366, 768, 360]) {
    await page.setViewportSize({ width, height: 768 });
    const inside = '.net-zone > *, .net-head, .net-input, .net-slabs';
    expect(await page.evaluate(overlapping, inside), `${width} px`).toEqual([]);
    expect(await page.evaluate(tooWide), `${width} px`).toEqual([]);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  await expectNoSeriousFindings(page, 'two networks, drawn');
  await dialog.locator('.net-legend').getByText(/about/i).waitFor({ timeout: 60_000 }); // how long it will take
  await dialog.getByRole('button', { name: 'Train like this' }).click();
  await page.waitForFunction(() => window.headstart.state.report?.strategy === 'last-block', undefined, {
    timeout: 150_000,
  });
  const { fineTuning, features } = await page.evaluate(() => /** @type {any} */ (window.headstart.state.report));
  expect(fineTuning.epochs.length).toBeGreaterThan(0);
  expect(features).toEqual(['a.last', 'b.last']);
});

test('of three networks what one of them sees is shown, and whose it is chosen by name', async ({ page }) => {
  await serveNetworks(page, NETWORKS);
  await openPage(page, { picksNetwork: false });
  const drawer = await openDrawer(page);
  await drawer.locator('.choice', { hasText: 'Best' }).click();
  await expect.poll(() => networkOf(page)).toBe('first+second+third');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Look inside the network' }).click();
  const dialog = page.getByRole('dialog', { name: 'Inside the network' });
  const sees = dialog.getByRole('list', { name: 'What it sees, layer by layer' });
  const networks = dialog.getByRole('group', { name: 'Which network' }).getByRole('radio');
  await expect(networks).toHaveCount(3);
  await expect(dialog.getByRole('radio', { name: 'Network 1 first' })).toBeChecked();
  // One stop of Tab for all of them, and arrows within.
  await dialog.getByRole('button', { name: 'Close' }).focus();
  await page.keyboard.press('Tab');
  await expect(networks.first()).toBeFocused();
  const painted = () =>
    sees.locator('.layer-map').evaluateAll((maps) =>
      maps.map((map) => {
        const { width, height } = /** @type {HTMLCanvasElement} */ (map);
        const context = /** @type {HTMLCanvasElement} */ (map).getContext('2d');
        return new Set(context?.getImageData(0, 0, width, height).data).size;
      }),
    );
  for (const name of ['Network 2 second', 'Network 3 third', 'Network 1 first']) {
    await page.keyboard.press('ArrowRight');
    await expect(dialog.getByRole('radio', { name })).toBeChecked();
    // The picture that comes in, and five stages: never those of all three.
    await expect(sees.locator('.layer')).toHaveCount(1 + 5);
    await expect(sees.getByText('Finds edges and colours')).toHaveCount(1);
    await expect
      .poll(async () => (await painted()).filter((levels) => levels > 2).length, 'painted')
      .toBeGreaterThan(12);
  }
  await page.keyboard.press('Tab');
  await expect(networks.first()).not.toBeFocused();
  await page.setViewportSize({ width: 360, height: 740 });
  expect(await page.evaluate(overlapping, '.layers-networks .segment')).toEqual([]);
  expect(await page.evaluate(tooWide)).toEqual([]);
  await expectNoSeriousFindings(page, 'what three networks see');
});

test('in plain words: how carefully it looks is chosen in the settings, where there is a choice', async ({ page }) => {
  await serveNetworks(page, NETWORKS);
  await rememberSpeeds(page, { fast: 20, best: 90 });
  await openPage(page, { depth: 'plain', picksNetwork: false, burstCount: 10, countdownSeconds: 0 });
  test.setTimeout(120_000);
  await takeBursts(page, ['Class 1', 'Class 2']);
  await untilTrained(page);
  await page.locator('#training').getByRole('button', { name: 'Training settings' }).click();
  const drawer = page.getByRole('dialog', { name: 'Training settings' });
  const looks = drawer.getByRole('combobox', { name: 'How carefully it looks' });
  await expect(looks.locator('option')).toHaveText(['As suits this device', 'Quickest', 'Quick', 'Most careful']);
  await expect(looks).toHaveValue('built-in');
  await expect(drawer).not.toContainText('Backbone', { useInnerText: true });
  await expectNoSeriousFindings(page, 'how carefully it looks');
  await looks.selectOption('Most careful');
  await expect.poll(() => networkOf(page)).toBe('first+second+third');
  expect(await pictureCount(page, 'Class 2')).toBe(10);
  await looks.selectOption('As suits this device');
  await page.keyboard.press('Escape');
  await page.locator('.toast').getByRole('button', { name: 'Use it' }).click();
  await expect.poll(() => networkOf(page), 'the best that is quick enough here').toBe('first+second');
});

test('where better networks exist and are not there, the dialog says so in plain words', async ({ page, watch }) => {
  await openPage(page);
  await page.waitForFunction(() => document.documentElement.dataset.ready === 'yes');
  expect(watch.errors).toEqual([]); // the page asks for nothing that is not there
  expect(await networkOf(page)).toMatch(/^headstart_/);
  const drawer = await openDrawer(page);
  const isComplete = await page.evaluate(async () => {
    const files = await (await fetch('backbones/at-hand.json')).json();
    return files.includes('mobilenet_v3_small_224.tflite');
  });
  if (!isComplete) {
    await expect(drawer.getByText(/There are networks that are right more often/)).toBeVisible();
  }
  await page.waitForFunction(() =>
    window.headstart.state.backbones.entries.every(({ available }) => available !== null),
  );
  expect(watch.errors).toEqual([]); // nor does the dialog
});

test('a .tflite of a person’s own is used when it is dropped, asks what it does not say, and is there after a reload', async ({
  page,
}) => {
  const trainer = await newTrainer();
  await teach(trainer, 3);
  await trainer.train();
  const file = Buffer.from(await trainer.exportModel({ format: 'tflite' }));
  const expected = [...(await trainer.embed(drawPicture(1, 3, 96, 96)))];
  await trainer.dispose();
  // Without its metadata nobody knows what black and white are.
  file.write('XFLITE_METADATA', file.indexOf('TFLITE_METADATA'));
  await openPage(page);
  await page
    .locator('#keep input[type="file"]')
    .setInputFiles([{ name: 'mine.tflite', mimeType: 'application/octet-stream', buffer: file }]);
  await page.getByRole('button', { name: '−1 and 1 (most networks)' }).click({ timeout: 30_000 });
  expect(await networkOf(page)).toMatch(/^tflite_[0-9a-f]{12}_128$/);
  const { data, width, height } = drawPicture(1, 3, 96, 96);
  const seen = await page.evaluate(
    async (picture) => [
      ...(await window.headstart.trainer.embed({ ...picture, data: new Uint8ClampedArray(picture.data) })),
    ],
    { data: [...data], width, height },
  );
  expect(Math.max(...seen.map((value, i) => Math.abs(value - expected[i])))).toBeLessThan(1e-3);
  const drawer = await openDrawer(page);
  await expect(drawer.locator('.choice', { hasText: 'mine.tflite' }).locator('input')).toBeChecked();
  await page.evaluate(() => sessionStorage.setItem('kept', localStorage.getItem('headstart.settings') ?? '{}'));
  await page.addInitScript(() => localStorage.setItem('headstart.settings', sessionStorage.getItem('kept') ?? '{}'));
  await page.reload();
  await page.waitForFunction(() => window.headstart?.state.engine.phase === 'ready');
  expect(await networkOf(page)).toMatch(/^tflite_/);
});

test('a network of a person’s own in bytes can be computed in bytes, also after a reload, and in float32 again', async ({
  page,
}) => {
  const trainer = await newTrainer();
  await teach(trainer, 6);
  await trainer.train();
  const buffer = Buffer.from(await trainer.exportModel({ format: 'tflite-int8' }));
  await trainer.dispose();
  const own = { name: 'efficientnet_lite0_224.int8.tflite', mimeType: 'application/octet-stream', buffer };
  const precision = () => page.evaluate(() => window.headstart.state.engine.backbone.precision);
  const untilReady = () => page.waitForFunction(() => window.headstart?.state.engine.phase === 'ready');
  await openPage(page);
  let drawer = await openDrawer(page);
  const choice = () => drawer.getByRole('checkbox', { name: /^Count with simpler numbers/ });
  await expect(choice()).toHaveCount(0); // the built-in one has no bytes
  await drawer.getByRole('button', { name: 'Close' }).click();
  await page.locator('#keep input[type="file"]').setInputFiles([own]);
  await page.waitForFunction(() => window.headstart.state.engine.backbone.name.startsWith('tflite_'));
  expect(await precision()).toBe('float32');
  drawer = await openDrawer(page);
  await choice().check();
  await expect.poll(precision).toBe('int8');
  await drawer.getByRole('button', { name: 'Close' }).click();
  // Under the same name: the one that is kept is not lost for it.
  const broken = { ...own, buffer: Buffer.alloc(500, 1) };
  await page.locator('#keep input[type="file"]').setInputFiles([broken]);
  const refusal = page.locator('.toast', { hasText: 'This file cannot be used here' });
  await refusal.getByRole('button', { name: 'Dismiss' }).click();
  expect(await precision()).toBe('int8');
  drawer = await openDrawer(page);
  await expect(choice(), 'a file that cannot be used changes nothing').toBeChecked();
  await page.setViewportSize({ width: 360, height: 740 });
  expect(await page.evaluate(overlapping, 'dialog[open] .dialog-body > *')).toEqual([]);
  expect(await page.evaluate(tooWide)).toEqual([]);
  await page.evaluate(() => sessionStorage.setItem('kept', localStorage.getItem('headstart.settings') ?? '{}'));
  await page.addInitScript(() => localStorage.setItem('headstart.settings', sessionStorage.getItem('kept') ?? '{}'));
  await page.reload();
  await untilReady();
  expect(await precision()).toBe('int8');
  drawer = await openDrawer(page);
  await expect(choice()).toBeChecked();
  await choice().uncheck();
  await expect.poll(precision).toBe('float32');
});

test('a file that is no network is told, and leaves the one in use', async ({ page }) => {
  await openPage(page);
  await page
    .locator('#keep input[type="file"]')
    .setInputFiles([{ name: 'broken.tflite', mimeType: 'application/octet-stream', buffer: Buffer.alloc(500, 1) }]);
  await expect(page.locator('.toast', { hasText: 'This file cannot be used here' })).toBeVisible();
  expect(await networkOf(page)).toMatch(/^headstart_/);
  const drawer = await openDrawer(page);
  await expect(drawer.locator('.choice', { hasText: 'broken' })).toHaveCount(0);
});
