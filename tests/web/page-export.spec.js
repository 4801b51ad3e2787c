// What was learnt leaves, and a whole project comes back as it was.

import { readFileSync } from 'node:fs';
import { strFromU8, unzipSync } from 'fflate';
import { expectNoSeriousFindings } from './support/axe.mjs';
import { expect, test } from './support/fixtures.mjs';
import { openPage, startNewProject, teachTwo } from './support/page.mjs';

const SETTINGS = { burstCount: 10, countdownSeconds: 0 };

/** Saves the file for one place. @param {import('@playwright/test').Page} page @param {string} place */
async function save(page, place) {
  const dialog = page.getByRole('dialog', { name: 'Use it elsewhere' });
  const saved = page.waitForEvent('download');
  await dialog
    .getByRole('listitem')
    .filter({ has: page.getByRole('heading', { name: place, exact: true }) })
    .getByRole('button', { name: 'Save the file' })
    .click();
  const download = await saved;
  return { name: download.suggestedFilename(), path: String(await download.path()) };
}

/**
 * The names in a zip without compression, one after the other from its first byte: sizes stand in the headers, nothing is deferred.
 *
 * @param {Buffer} bytes
 */
function storedFiles(bytes) {
  const names = [];
  for (let at = 0; bytes.readUInt32LE(at) === 0x04034b50; ) {
    expect(bytes.readUInt16LE(at + 6) & 0x8).toBe(0);
    expect(bytes.readUInt16LE(at + 8)).toBe(0);
    const [size, nameSize, extraSize] = [
      bytes.readUInt32LE(at + 18),
      bytes.readUInt16LE(at + 26),
      bytes.readUInt16LE(at + 28),
    ];
    names.push(bytes.toString('utf8', at + 30, at + 30 + nameSize));
    at += 30 + nameSize + extraSize + size;
  }
  return names;
}

test('what was learnt is saved for a web page and for Python, with programs that name its classes', async ({
  page,
  film,
}) => {
  test.setTimeout(180_000);
  /** @type {string[]} */
  const writers = [];
  page.on('request', (request) => {
    if (request.url().endsWith('.writers.wasm')) {
      writers.push(request.url());
    }
  });
  await openPage(page, SETTINGS);
  await teachTwo(page, film);
  expect(writers).toEqual([]); // those come who take something along
  await page.getByRole('button', { name: 'Use it elsewhere' }).click();
  const dialog = page.getByRole('dialog', { name: 'Use it elsewhere' });
  await expect(dialog).toBeVisible();
  await expectNoSeriousFindings(page, 'export');
  await page.screenshot({ path: test.info().outputPath('export.png') });

  const web = await save(page, 'A web page');
  expect(web.name).toMatch(/-tfjs\.zip$/);
  const files = unzipSync(new Uint8Array(readFileSync(web.path)));
  expect(Object.keys(files).sort()).toEqual(['metadata.json', 'model.json', 'weights.bin']);
  const { labels, imageSize } = JSON.parse(strFromU8(files['metadata.json']));
  expect(labels).toEqual(['Class 1', 'Class 2']);
  expect(imageSize).toBe(224);
  expect(writers).toHaveLength(1);

  await dialog.getByText('A program that uses it').nth(2).click();
  await expect(dialog.locator('#export-program-python')).toContainText('LABELS = ["Class 1","Class 2"]');
  const python = await save(page, 'Python');
  expect(python.name).toMatch(/\.onnx$/);
});

test('a place whose file cannot hold the network says so before anybody presses', async ({ page, film }) => {
  test.setTimeout(120_000);
  await openPage(page, SETTINGS);
  await teachTwo(page, film);
  await page.evaluate(() => {
    // What the library says of a network with pools inside.
    /** @type {any} */ (window.headstart.trainer).refusedFormats = async () => [{ format: 'tfjs', reason: 'max_pool' }];
  });
  await page.getByRole('button', { name: 'Use it elsewhere' }).click();
  const places = page.getByRole('dialog', { name: 'Use it elsewhere' }).getByRole('listitem');
  const web = places.filter({ has: page.getByRole('heading', { name: 'A web page', exact: true }) });
  await expect(web.getByText('cannot hold the network')).toBeVisible();
  await expect(web.getByRole('button', { name: 'Save the file' })).toHaveCount(0);
  const python = places.filter({ has: page.getByRole('heading', { name: 'Python', exact: true }) });
  await expect(python.getByRole('button', { name: 'Save the file' })).toBeEnabled();
  await expectNoSeriousFindings(page, 'export');
});

test('a file that loses something can be stopped, says what it loses before it is saved, and is made anew under another name', async ({
  page,
  film,
}) => {
  test.setTimeout(180_000);
  await openPage(page, SETTINGS);
  await teachTwo(page, film);
  await page.getByRole('button', { name: 'Use it elsewhere' }).click();
  for (const [name, ending] of [
    ['A phone, small and fast', /-8bit\.tflite$/],
    ['A microcontroller', /\.h$/],
    ['The head alone, plain', /-plain\.safetensors$/],
  ]) {
    const place = page
      .getByRole('dialog', { name: 'Use it elsewhere' })
      .getByRole('listitem')
      .filter({ has: page.getByRole('heading', { name: String(name), exact: true }) });
    let saved = 0;
    page.on('download', () => saved++);
    // At once: of so few pictures it is made before a hand gets there, and a head before anybody could.
    const isStoppable = !String(ending).includes('plain');
    await place.evaluate(async (item, stops) => {
      if (!stops) {
        return;
      }
      const find = (/** @type {string} */ name) =>
        [...item.querySelectorAll('button')].find((button) => button.textContent?.trim() === name);
      find('Make the file')?.click();
      while (!find('Stop')) {
        await new Promise((resolve) => setTimeout(resolve));
      }
      find('Stop')?.click();
    }, isStoppable);
    await expect(place.getByRole('button', { name: 'Make the file' })).toBeEnabled();
    await expect(place.getByText('right, before')).toHaveCount(0);
    await place.getByRole('button', { name: 'Make the file' }).click();
    await expect(place.getByText(/Of \d+ pictures this file gets \d+ right, before \d+\./)).toBeVisible({
      timeout: 60_000,
    });
    expect(saved).toBe(0);
    await expectNoSeriousFindings(page, 'export');
    await page.screenshot({ path: test.info().outputPath(`export-${name}.png`) });
    expect((await save(page, String(name))).name).toMatch(ending);
  }
  await expect(page.getByRole('button', { name: 'Make the file' })).toHaveCount(0);
  await page.keyboard.press('Escape');
  const name = page.getByLabel('Name of class 1', { exact: true });
  await name.fill('Another name');
  await name.press('Enter');
  await page.getByRole('button', { name: 'Use it elsewhere' }).click();
  await expect(page.getByRole('button', { name: 'Make the file' })).toHaveCount(3);
});

test('pictures leave as Teachable Machine lays them out, and come back', async ({ page, film }) => {
  test.setTimeout(120_000);
  await openPage(page, SETTINGS);
  await teachTwo(page, film);
  const counts = await page.evaluate(() => window.headstart.state.classes.map(({ sampleIds }) => sampleIds.length));
  const name = page.getByLabel('Name of class 1', { exact: true });
  await name.fill('up/down?');
  await name.press('Enter');
  await page.getByRole('button', { name: 'Use it elsewhere' }).click();
  const saved = await save(page, 'Teachable Machine');
  expect(saved.name).toMatch(/\.tm$/);
  const bytes = readFileSync(saved.path);
  const expected = counts.flatMap((count, i) =>
    Array.from({ length: count }, (_, number) => `${['up_down_', 'Class 2'][i]}-!-${number}.jpg`),
  );
  expect(storedFiles(bytes)).toEqual([...expected, 'manifest.json']);
  const files = unzipSync(new Uint8Array(bytes));
  const manifest = JSON.parse(strFromU8(files['manifest.json']));
  expect(manifest).toMatchObject({ type: 'image', appdata: { trainEpochs: 50 } });
  expect(JSON.stringify(manifest)).not.toMatch(/token|upload/i);
  const sides = await page.evaluate(
    async (jpeg) => {
      const { width, height } = await createImageBitmap(new Blob([Uint8Array.from(jpeg)], { type: 'image/jpeg' }));
      return [width, height];
    },
    [...files['Class 2-!-0.jpg']],
  );
  expect(sides).toEqual([224, 224]);

  await page.keyboard.press('Escape');
  await startNewProject(page);
  await page.getByLabel('Open pictures, a project or what was learnt').setInputFiles({
    name: saved.name,
    mimeType: 'application/octet-stream',
    buffer: bytes,
  });
  await expect
    .poll(() =>
      page.evaluate(() =>
        window.headstart.state.classes
          .filter(({ sampleIds }) => sampleIds.length > 0)
          .map(({ name: label, sampleIds }) => [label, sampleIds.length]),
      ),
    )
    .toEqual([
      ['up_down_', counts[0]],
      ['Class 2', counts[1]],
    ]);
});

test('a project leaves, the page is closed, and all is back: names, order, pictures, the head, the report', async ({
  page,
  film,
}) => {
  test.setTimeout(180_000);
  await openPage(page, { ...SETTINGS, head: 'logistic' });
  await teachTwo(page, film);
  const described = () =>
    page.evaluate(async () => {
      const { state, trainer } = window.headstart;
      const pictures = [];
      for (const { name, slot, enabled, sampleIds, actions } of state.classes) {
        const sizes = [];
        for (const id of sampleIds) {
          sizes.push((await trainer.picture(id)).size);
        }
        const sound = actions?.ownSound ? [...new Uint8Array(await actions.ownSound.arrayBuffer())] : null;
        pictures.push({ name, slot, enabled, sizes, does: actions && { ...actions, ownSound: sound } });
      }
      const head = [...(await trainer.exportHead({ date: '2026-01-01' }))];
      const { accuracy, confusion, heldOut } = /** @type {any} */ (state.report);
      return { pictures, head, accuracy, confusion, heldOutCount: heldOut.length };
    });
  await page.getByRole('button', { name: /^Use it make/ }).click();
  const does = page.getByRole('dialog', { name: 'Make it do something' });
  await does.getByRole('textbox', { name: 'Words to say for Class 2' }).fill('Hello hand');
  await does.getByRole('textbox', { name: 'Words to say for Class 2' }).blur();
  await does.getByRole('button', { name: 'Close' }).click();
  await page.evaluate(() => {
    const [, card] = window.headstart.state.classes;
    const ownSound = new Blob([Uint8Array.of(1, 2, 250, 255)], { type: 'audio/wav' });
    card.actions = { .../** @type {any} */ (card.actions), sound: 'own', ownSound };
  });
  const before = await described();
  expect(before.pictures[1].does).toMatchObject({ say: 'Hello hand', ownSound: [1, 2, 250, 255] });
  await page.getByRole('button', { name: 'Use it elsewhere' }).click();
  const project = await save(page, 'Another Headstart');

  page.on('dialog', (question) => question.accept());
  await page.goto('about:blank');
  await openPage(page, SETTINGS); // this browser would train another kind of head
  // What the page itself kept of the visit before is not what is tested.
  await page.waitForFunction(() => window.headstart.state.engine.head !== null);
  await startNewProject(page);
  const classesBefore = await page.evaluate(() => window.headstart.state.classes.map(({ id }) => id));
  await page.getByLabel('Open pictures, a project or what was learnt').setInputFiles({
    name: project.name,
    mimeType: 'application/zip',
    buffer: readFileSync(project.path),
  });
  await page.waitForFunction(() => window.headstart.state.report !== null && window.headstart.state.intake === null);
  // Nothing trains another head in its place: it would wait a moment for its turn by now.
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  expect(await page.evaluate(() => window.headstart.state.training.phase)).toBe('idle');
  const after = await page.evaluate(
    (known) => window.headstart.state.classes.filter(({ id }) => !known.includes(id)).length,
    classesBefore,
  );
  expect(after).toBe(2);
  const now = await described();
  expect(now.pictures.slice(-2)).toEqual(before.pictures);
  expect(now.head).toEqual(before.head);
  expect(now.accuracy).toBe(before.accuracy);
  expect(now.confusion).toEqual(before.confusion);
  expect(now.heldOutCount).toBe(before.heldOutCount);
});
