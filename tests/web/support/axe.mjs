// What axe-core finds in a page that is serious or worse.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect } from '@playwright/test';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/**
 * @param {import('@playwright/test').Page} page
 * @param {string} state
 */
export async function expectNoSeriousFindings(page, state) {
  // Handed over by the debugger, not as a script of the page: the page's policy would forbid that, and rightly.
  if (!(await page.evaluate(() => 'axe' in window))) {
    await page.evaluate(axe);
  }
  // Colours on their way from one state to the next are neither's. (Bars move all the time.)
  const haveArrived = () =>
    document
      .getAnimations()
      .filter((animation) => /color|opacity/.test(/** @type {any} */ (animation).transitionProperty ?? ''))
      .every(({ playState }) => playState !== 'running');
  await page.waitForFunction(haveArrived, undefined, { timeout: 5000 }).catch(() => {});
  const findings = await page.evaluate(async () => {
    const { violations } = await window.axe.run(document, { resultTypes: ['violations'] });
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
  });
  expect(findings, state).toEqual([]);
}
