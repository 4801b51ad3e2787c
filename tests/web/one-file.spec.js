// The one file that runs anywhere: opened from the disk in a browser without a network, it says what the page says.

import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { PARTS } from '../../web/src/engine/shared/one-file-parts.js';
import { drawThing } from '../pictures/draw.mjs';
import { encodePng } from '../pictures/encode.mjs';
import { expectNoSeriousFindings } from './support/axe.mjs';
import { expect, test } from './support/fixtures.mjs';
import { openPage, showToCamera, takeBursts, untilTrained } from './support/page.mjs';
import { pictureClasses } from './support/pictures.mjs';

const SETTINGS = { burstCount: 10, countdownSeconds: 0 };
/** It could end the script that it lies in. */
const SHARP_NAME = '</script><b>two';

/** A copy of the file whose head is surer than it was taught to be. @param {string} path */
function withoutTemperature(path) {
  const changed = readFileSync(path, 'utf8').replace(
    new RegExp(`(id="${PARTS.head}"[^>]*>)([^<]+)`),
    (_, start, text) => {
      const file = gunzipSync(Buffer.from(text, 'base64'));
      const begin = 8 + Number(file.readBigUInt64LE());
      const header = JSON.parse(file.toString('utf8', 8, begin));
      for (const name of ['head.weight', 'head.bias']) {
        const [first, end] = header[name].data_offsets;
        for (let at = begin + first; at < begin + end; at += 4) {
          file.writeFloatLE(1.2 * file.readFloatLE(at), at);
        }
      }
      return start + gzipSync(file).toString('base64');
    },
  );
  const other = path.replace('.html', '-wrong.html');
  writeFileSync(other, changed);
  return other;
}

test('one file, opened from the disk and offline, says of every picture and of the camera what the page says', async ({
  page,
  film,
  browser,
}) => {
  test.setTimeout(240_000);
  const [first, second] = pictureClasses();
  await openPage(page, SETTINGS);
  await showToCamera(page, film, first.film);
  await takeBursts(page, ['Class 1']);
  await showToCamera(page, film, second.film);
  await takeBursts(page, ['Class 2']);
  await untilTrained(page);
  await page.evaluate((name) => {
    const { trainer } = window.headstart;
    trainer.renameClass(trainer.classes[1].id, name);
  }, SHARP_NAME);

  await page.getByRole('button', { name: 'Use it elsewhere' }).click();
  const dialog = page.getByRole('dialog', { name: 'Use it elsewhere' });
  const saved = page.waitForEvent('download');
  await dialog
    .getByRole('listitem')
    .filter({ has: page.getByRole('heading', { name: 'One file for everything', exact: true }) })
    .getByRole('button', { name: 'Save the file' })
    .click();
  const download = await saved;
  expect(download.suggestedFilename()).toMatch(/\.html$/);
  const path = test.info().outputPath('one.html');
  await download.saveAs(path);

  const pictures = [
    ...first.unseen.slice(0, 3),
    ...second.unseen.slice(0, 3),
    encodePng(drawThing('ball', 3, { widthPx: 1280, heightPx: 720 })),
    encodePng(drawThing('house', 4, { widthPx: 480, heightPx: 640 })),
  ];
  const said = await page.evaluate(
    async (texts) => {
      const { trainer } = window.headstart;
      const rows = [];
      for (const text of texts) {
        const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
        const { ranked, known } = await trainer.predict(new Blob([bytes]));
        const isKnown = known >= window.headstart.state.settings.knownThreshold;
        const row = trainer.classes.map(({ id }) => ranked.find(({ classId }) => classId === id)?.probability ?? -1);
        rows.push({ row, isKnown });
      }
      return rows;
    },
    pictures.map((picture) => picture.toString('base64')),
  );
  const expected = said.map(({ row }) => row);
  expect(Math.abs(expected[0][0] - expected[3][0])).toBeGreaterThan(0.2);
  // Neither a ball nor a house was taught, and what was is known.
  expect(said.filter(({ isKnown }) => isKnown).length).toBeGreaterThan(2);
  expect(said.slice(-2).filter(({ isKnown }) => isKnown).length).toBeLessThan(2);

  const context = await browser.newContext({ offline: true, viewport: { width: 640, height: 900 } });
  const alone = await context.newPage();
  /** @type {string[]} */
  const requests = [];
  context.on('request', (request) => requests.push(request.url()));
  /** @type {string[]} */
  const errors = [];
  alone.on('pageerror', (error) => errors.push(String(error)));
  alone.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  const address = pathToFileURL(path).href;
  await alone.goto(address);
  await expect(alone.getByRole('button', { name: 'Camera on' })).toBeVisible({ timeout: 30_000 });
  await expect(alone.locator('#classes .name')).toHaveText(['Class 1', SHARP_NAME]);

  for (const [i, picture] of pictures.entries()) {
    await alone.locator('#file').setInputFiles({ name: `${i}.png`, mimeType: 'image/png', buffer: picture });
    await expect
      .poll(async () => {
        const parts = await alone
          .locator('#classes meter')
          .evaluateAll((meters) => meters.map((meter) => /** @type {HTMLMeterElement} */ (meter).value));
        return Math.max(...parts.map((part, row) => Math.abs(part - expected[i][row])));
      })
      .toBeLessThan(1e-4);
    if (!said[i].isKnown) {
      await expect(alone.locator('#answer')).toHaveText('None of these');
    } else {
      await expect(alone.locator('#answer')).not.toHaveText('None of these');
    }
  }
  await expectNoSeriousFindings(alone, 'one-file');
  await alone.screenshot({ path: test.info().outputPath('one-file-picture.png') });

  await alone
    .locator('#file')
    .setInputFiles({ name: 'no.png', mimeType: 'image/png', buffer: Buffer.from('no picture') });
  await expect(alone.getByRole('alert')).toHaveText('This file cannot be read as a picture.');

  await alone.getByRole('button', { name: 'Camera on' }).click();
  await expect(alone.locator('#answer')).toHaveText(SHARP_NAME); // the film shows the second thing still
  await alone.screenshot({ path: test.info().outputPath('one-file-camera.png') });
  await alone.getByRole('button', { name: 'Camera off' }).click();
  await expect(alone.getByRole('button', { name: 'Camera on' })).toBeVisible();

  // What the test before would say of a file with a wrong head in it.
  const leads = expected.map((row) => Math.abs(row[0] - row[1]));
  const unsure = leads.indexOf(Math.min(...leads));
  const cold = await context.newPage();
  const wrongAddress = pathToFileURL(withoutTemperature(path)).href;
  await cold.goto(wrongAddress);
  await expect(cold.getByRole('button', { name: 'Camera on' })).toBeVisible({ timeout: 30_000 });
  await cold.locator('#file').setInputFiles({ name: '0.png', mimeType: 'image/png', buffer: pictures[unsure] });
  const meters = cold.locator('#classes meter');
  const parts = () => meters.evaluateAll((all) => all.map((each) => /** @type {HTMLMeterElement} */ (each).value));
  await expect.poll(async () => (await parts()).reduce((sum, part) => sum + part, 0)).toBeGreaterThan(0.9);
  const wrong = (await parts()).map((part, row) => Math.abs(part - expected[unsure][row]));
  expect(Math.max(...wrong), `of ${expected[unsure]}`).toBeGreaterThan(1e-3);

  expect(errors).toEqual([]);
  expect(requests.filter((url) => !/^(blob|data):/.test(url) && url !== address && url !== wrongAddress)).toEqual([]);
  await context.close();
});
