// The walk of screen-reader.md, walked: what Chromium tells a screen reader at each press is what is written there.

import { readFileSync } from 'node:fs';
import { expect, test } from './support/fixtures.mjs';
import { openPage } from './support/page.mjs';

const text = readFileSync(new URL('./screen-reader.md', import.meta.url), 'utf8');

/** Roles as screen readers say them. @type {Record<string, string>} */
const ROLES = {
  combobox: 'combo box',
  textbox: 'edit',
  checkbox: 'check box',
  radio: 'radio button',
  spinbutton: 'spin button',
  DisclosureTriangle: 'disclosure triangle',
  DisclosureTriangleGrouped: 'disclosure triangle',
};
const WITH_VALUE = ['combobox', 'textbox', 'spinbutton'];

/** @typedef {{ press: string, heard: string }} Row */
/** @typedef {{ role?: { value: string }, name?: { value: string }, value?: { value: unknown }, properties?: { name: string, value: { value: unknown } }[] }} AxNode */

/** The rows of the table under a heading. @param {string} heading @returns {Row[]} */
function rowsOf(heading) {
  const section = text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  const rows = [...section.matchAll(/^\| (.+?) \| (.+?) \|$/gm)].map(([, press, heard]) => ({ press, heard }));
  return rows.filter(({ press }) => press !== 'press' && press !== '---');
}

/** `…` is anything. @param {string} heard */
function pattern(heard) {
  const parts = heard.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`);
}

/** Name, role, state or value, as a screen reader says them. @param {AxNode} node */
function said({ role, name, value, properties = [] }) {
  const property = (/** @type {string} */ wanted) => properties.find((each) => each.name === wanted)?.value.value;
  const kind = String(role?.value);
  const parts = [name?.value, property('pressed') === undefined ? (ROLES[kind] ?? kind) : 'toggle button'];
  for (const [state, no, yes] of [
    ['pressed', 'not pressed', 'pressed'],
    ['checked', 'not checked', 'checked'],
  ]) {
    if (property(state) !== undefined) {
      parts.push(String(property(state)) === 'true' ? yes : no);
    }
  }
  if (property('expanded') !== undefined && kind.startsWith('Disclosure')) {
    parts.push(property('expanded') ? 'expanded' : 'collapsed');
  }
  if (property('level') !== undefined) {
    parts[1] = `${kind} ${property('level')}`;
  }
  if (WITH_VALUE.includes(kind)) {
    parts.push(String(value?.value ?? ''));
  }
  return parts.filter(Boolean).join(', ');
}

/** What has the focus. @param {import('@playwright/test').CDPSession} cdp */
async function focused(cdp) {
  const { result } = await cdp.send('Runtime.evaluate', { expression: 'document.activeElement' });
  const { nodes } = await cdp.send('Accessibility.getPartialAXTree', {
    objectId: result.objectId,
    fetchRelatives: false,
  });
  return said(/** @type {AxNode} */ (nodes[0]));
}

/** Everything of a role on the page, from top to bottom. @param {import('@playwright/test').CDPSession} cdp @param {string} role */
async function allOf(cdp, role) {
  const { nodes } = await cdp.send('Accessibility.getFullAXTree');
  const byId = new Map(nodes.map((node) => [node.nodeId, node]));
  /** @type {string[]} */
  const found = [];
  const visit = (/** @type {(typeof nodes)[number] | undefined} */ node) => {
    if (!node) {
      return;
    }
    if (!node.ignored && node.role?.value === role) {
      found.push(said(/** @type {AxNode} */ (node)));
    }
    for (const id of node.childIds ?? []) {
      visit(byId.get(id));
    }
  };
  visit(nodes[0]);
  return found;
}

/** Keeps what the live region says, one sentence after the other. @param {import('@playwright/test').Page} page */
const listen = (page) =>
  page.addInitScript(() => {
    const sentences = /** @type {string[]} */ ([]);
    Object.assign(window, { sentences });
    document.addEventListener('DOMContentLoaded', () => {
      new MutationObserver(() => {
        const now = document.getElementById('live-region')?.textContent?.trim() ?? '';
        if (now) {
          sentences.push(now);
        }
      }).observe(/** @type {HTMLElement} */ (document.getElementById('notices')), {
        childList: true,
        characterData: true,
        subtree: true,
      });
    });
  });

test('the walk from the loaded page to what is taken home is heard as it is written', async ({ page }) => {
  test.setTimeout(120_000);
  await listen(page);
  await openPage(page, { trainsByItself: false, countdownSeconds: 0, burstCount: 10, mirror: true });
  await expect(page.locator('video.viewfinder-video')).toBeVisible();
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Accessibility.enable');
  /** How many sentences the live region had said when the key was pressed. */
  let heardBefore = 0;
  const sentences = () => page.evaluate((from) => window.sentences.slice(from), heardBefore);

  /** @param {string} heading */
  async function walk(heading) {
    const rows = rowsOf(heading);
    expect(rows.length, heading).toBeGreaterThan(10);
    for (const { press, heard } of rows) {
      const where = `${heading}: ${press} → ${heard}`;
      if (press.startsWith('(')) {
        await expect.poll(sentences, where).toContainEqual(expect.stringMatching(pattern(heard)));
        continue;
      }
      heardBefore = await page.evaluate(() => window.sentences.length);
      await page.keyboard.press(press);
      await expect.poll(() => focused(cdp), where).toMatch(pattern(heard));
    }
  }

  expect(rowsOf('From the loaded page')[0].press).toMatch(/^\(/);
  await walk('From the loaded page');
  await expect(page.getByRole('button', { name: 'Undo', exact: true })).toBeDisabled();
  await walk('Pictures');
  await walk('What it learnt');

  for (const [heading, role] of [
    ['By headings', 'heading'],
    ['By tables', 'table'],
  ]) {
    const written = rowsOf(heading).map(({ heard }) => heard);
    expect(written.length).toBeGreaterThan(2);
    await expect
      .poll(() => allOf(cdp, role), heading)
      .toEqual(written.map((heard) => expect.stringMatching(pattern(heard))));
  }

  for (const { press, heard } of rowsOf('Taken home')) {
    heardBefore = await page.evaluate(() => window.sentences.length);
    const download = page.waitForEvent('download');
    for (const name of press.split(', then ')) {
      await page.getByRole('button', { name, exact: true }).focus();
      await page.keyboard.press('Enter');
    }
    await download;
    await expect.poll(sentences, press).toContain(heard);
    await page.keyboard.press('Escape');
  }
});

test('the same sentence twice is said twice', async ({ page }) => {
  await listen(page);
  await openPage(page, { trainsByItself: false });
  await expect(page.locator('video.viewfinder-video')).toBeVisible();
  for (const key of ['p', 'p', 'p']) {
    await page.keyboard.press(key);
  }
  const paused = () => page.evaluate(() => window.sentences.filter((each) => /paused/.test(each)).length);
  await expect.poll(paused).toBe(2);
  await page.getByRole('button', { name: 'Add a class' }).click();
  for (const name of ['one', 'two']) {
    const field = page.getByLabel('Name of class 3', { exact: true });
    await field.fill(name);
    await field.press('Enter');
  }
  await page.keyboard.press('Control+z');
  await page.keyboard.press('Control+z');
  await expect.poll(() => page.evaluate(() => window.sentences.filter((each) => each === 'Undone.').length)).toBe(2);
});
