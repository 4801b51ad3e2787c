// What a person made is there again: after a reload, in every part, without looking at a picture twice.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { changedBackbone } from '../wasm/support.mjs';
import { deploy, otherVersion } from './support/deployment.mjs';
import { expect, test } from './support/fixtures.mjs';
import { cardOf, openPage, pictureCount, predictAll, record, showToCamera, untilTrained } from './support/page.mjs';
import { pictureClasses } from './support/pictures.mjs';

const classes = pictureClasses();
const settings = { picturesPerSecond: 12, head: 'logistic' };

test.use({ permissions: ['camera'] });

/** Once more, as on another day. @param {import('@playwright/test').Page} page */
async function reopen(page) {
  await page.reload();
  await page.waitForFunction(() => window.headstart?.state.engine.phase === 'ready');
  await page.waitForFunction(() => window.headstart.state.project.phase === 'open');
}

/** Everything that has to be the same. @param {import('@playwright/test').Page} page */
const whole = (page) =>
  page.evaluate(async () => {
    const { state, trainer } = window.headstart;
    const pictures = [];
    for (const { sampleIds } of state.classes) {
      for (const sampleId of sampleIds) {
        const bytes = await (await trainer.picture(sampleId)).arrayBuffer();
        const digest = await crypto.subtle.digest('SHA-256', bytes);
        pictures.push([sampleId, [...new Uint8Array(digest)].join()]);
      }
    }
    return {
      classes: state.classes.map(({ key, id, name, slot, enabled, sampleIds }) => ({
        key,
        id,
        name,
        slot,
        enabled,
        sampleIds,
      })),
      engine: trainer.classes,
      order: trainer.classes.map(({ id }) => trainer.sampleIds(id)),
      pictures,
      head: trainer.headInfo,
      report: state.report,
      settings: state.settings,
    };
  });

/** Until nothing is on its way to the disk any more. @param {import('@playwright/test').Page} page */
const untilSaved = (page) => page.evaluate(() => window.headstart.saved());

test('after a reload pictures, names, order, colours, head and report are as they were', async ({
  page,
  film,
  watch,
}) => {
  film.replace(classes[0].film);
  await openPage(page, settings);
  await record(page, 'Class 1', 12);
  await showToCamera(page, film, classes[1].film);
  await record(page, 'Class 2', 12);
  await page.getByRole('button', { name: 'Add a class' }).click();
  await page.getByLabel('Name of class 3', { exact: true }).fill('Left out');
  await page.getByLabel('Name of class 3', { exact: true }).press('Enter');
  await record(page, 'Left out', 3);
  await page.evaluate(async () => {
    const { classes, samples, state } = window.headstart;
    const [first, second, third] = state.classes.map(({ key }) => key);
    classes.rename(first, 'Katze 🐈');
    classes.setSlot(second, 7);
    classes.setEnabled(third, false);
    classes.move(third, 0);
    await samples.remove([state.classes[1].sampleIds[4]]);
    await samples.move([state.classes[0].sampleIds[1]], second);
  });
  await page.waitForFunction(() => {
    const { classes, report } = window.headstart.state;
    const taught = classes.filter(({ enabled }) => enabled).flatMap(({ sampleIds }) => sampleIds);
    return report?.sampleCount === taught.length;
  });
  await untilTrained(page);
  await untilSaved(page);
  const unseen = [...classes[0].unseen.slice(0, 3), ...classes[1].unseen.slice(0, 3)];
  const [before, answers] = [await whole(page), await predictAll(page, unseen)];
  await reopen(page);
  const after = await whole(page);
  expect(after).toEqual(before);
  expect(await predictAll(page, unseen)).toEqual(answers);
  await expect(cardOf(page, 'Katze 🐈')).toBeVisible();
  await page.waitForTimeout(1200);
  expect(await page.evaluate(() => window.headstart.state.training.phase)).toBe('idle');
  // What comes after it is learnt with the rest.
  await record(page, 'Class 2', before.classes[2].sampleIds.length + 2);
  await untilTrained(page);
  const sampleIds = (await whole(page)).pictures.map(([sampleId]) => sampleId);
  expect(sampleIds.length).toBeGreaterThanOrEqual(before.pictures.length + 2);
  expect(new Set(sampleIds).size).toBe(sampleIds.length);
  expect(watch.errors).toEqual([]);
});

test('a picture that cannot be written is told of, its card says so, and closing asks; saving them as a file helps', async ({
  page,
}) => {
  await openPage(page, settings, '&storage-fails=1');
  await record(page, 'Class 1', 3);
  await expect(page.locator('.toast').getByText('Something could not be saved.')).toBeVisible();
  await expect(cardOf(page, 'Class 1').getByText(/\d+ not saved/)).toBeVisible();
  expect(await pictureCount(page, 'Class 1')).toBeGreaterThanOrEqual(3);
  const asked = page.waitForEvent('dialog');
  const closing = page.close({ runBeforeUnload: true });
  const dialog = await asked;
  expect(dialog.type()).toBe('beforeunload');
  await dialog.dismiss();
  await closing;
  const download = page.waitForEvent('download');
  await page.locator('.toast').getByRole('button', { name: 'Save all pictures (zip)' }).click();
  await download;
});

test('with a disk that fails now and then nothing is lost: what failed is tried again', async ({ page }) => {
  await openPage(page, settings, '&storage-fails=0.4');
  await record(page, 'Class 1', 8);
  await page.waitForFunction(() => window.headstart.state.project.unsavedCount === 0, undefined, { timeout: 40_000 });
  const before = await page.evaluate(() => window.headstart.state.classes.map(({ sampleIds }) => sampleIds));
  page.on('dialog', (question) => question.accept());
  await page.goto('/?debug');
  await page.waitForFunction(() => window.headstart?.state.project.phase === 'open');
  expect(await page.evaluate(() => window.headstart.state.classes.map(({ sampleIds }) => sampleIds))).toEqual(before);
});

test('projects are made, named, copied, deleted and brought back; each keeps its own', async ({ page }) => {
  await openPage(page, settings);
  await record(page, 'Class 1', 3);
  const count = await pictureCount(page, 'Class 1');
  await page.getByRole('button', { name: /^Keep it/ }).click();
  const dialog = page.getByRole('dialog', { name: 'Projects' });
  const rows = dialog.getByRole('listitem');
  await expect(rows).toHaveCount(1);
  await expect(rows.getByText(`${count} pictures`)).toBeVisible();
  await expect(dialog.getByText(/All projects take/)).toBeVisible();
  await rows.getByLabel('Name of the project').fill('Tiere');
  await rows.getByLabel('Name of the project').press('Tab');
  await expect.poll(() => page.evaluate(() => window.headstart.state.project.list?.[0].name)).toBe('Tiere');
  await dialog.getByRole('button', { name: /^Make a copy/ }).click();
  await expect(rows).toHaveCount(2);
  await dialog.getByRole('button', { name: 'New project' }).click();
  await page.waitForFunction(() => window.headstart?.state.project.name === 'My project');
  await page.waitForFunction(() => window.headstart.state.project.phase === 'open');
  expect(await pictureCount(page, 'Class 1')).toBe(0);
  await page.getByRole('button', { name: /^Keep it/ }).click();
  await expect(rows).toHaveCount(3);
  await dialog.getByRole('button', { name: 'Delete: Tiere', exact: true }).click();
  await expect(dialog.getByText(/Deleted\. It can come back/)).toBeVisible();
  await dialog.getByRole('button', { name: 'Bring back' }).click();
  await expect(dialog.getByText(/Deleted\. It can come back/)).toHaveCount(0);
  const copy = rows.filter({ has: page.getByRole('button', { name: 'Delete: Tiere (copy)' }) });
  await copy.getByRole('button', { name: 'Open', exact: true }).click();
  await page.waitForFunction(() => window.headstart?.state.project.name === 'Tiere (copy)');
  await expect.poll(() => pictureCount(page, 'Class 1')).toBe(count);
});

test('a second tab with the same project says so; it takes a copy, or takes over', async ({ page, context }) => {
  test.setTimeout(120_000);
  await openPage(page, settings);
  await record(page, 'Class 1', 3);
  const count = await pictureCount(page, 'Class 1');
  const other = await context.newPage();
  await other.goto('/?debug');
  const question = other.getByRole('alert').filter({ hasText: 'is open in another tab' });
  await expect(question).toBeVisible();
  await question.getByRole('button', { name: 'Open a copy' }).click();
  await other.waitForFunction(() => window.headstart.state.project.phase === 'open');
  await expect.poll(() => pictureCount(other, 'Class 1')).toBe(count);
  expect(await other.evaluate(() => window.headstart.state.project.name)).toBe('My project (copy)');
  await other.close();
  const third = await context.newPage();
  const mine = await page.evaluate(() => window.headstart.state.project.id);
  await third.addInitScript((id) => sessionStorage.setItem('headstart.project', id), mine);
  await third.goto('/?debug');
  await third.getByRole('button', { name: 'Go on here' }).click();
  await third.waitForFunction(() => window.headstart.state.project.phase === 'open');
  await expect.poll(() => pictureCount(third, 'Class 1')).toBe(count);
  await page.bringToFront();
  await expect(page.getByText('Another tab goes on')).toBeVisible();
  expect(await page.evaluate(() => window.headstart.state.project.phase)).toBe('taken');
});

test('where a new version looks with another network, it looks and learns again, and calls nothing damaged', async ({
  page,
  film,
}) => {
  test.setTimeout(90_000);
  const version = await otherVersion('before');
  writeFileSync(join(version.folder, 'lib/backbones/builtin.safetensors'), changedBackbone({ inputSize: 96 }));
  const host = await deploy();
  host.serve(version.folder);
  film.replace(classes[0].film);
  await page.goto(`${host.url}?debug`);
  await page.waitForFunction(() => window.headstart?.state.engine.phase === 'ready');
  await record(page, 'Class 1', 6);
  await showToCamera(page, film, classes[1].film);
  await record(page, 'Class 2', 6);
  await untilTrained(page);
  await untilSaved(page);
  const before = await whole(page);
  expect(before.head.inputSize).toBe('96');
  host.serve(version.next);
  await reopen(page);
  await expect(page.locator('.toast').getByText('Another network looks at your pictures now')).toBeVisible();
  await expect(page.locator('.toast').getByText('damaged')).toHaveCount(0);
  await untilTrained(page);
  const after = await whole(page);
  expect(after.pictures).toEqual(before.pictures);
  expect(after.head.inputSize).toBe('128');
  await host.close();
  version.remove();
});
