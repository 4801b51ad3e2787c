// What is written in the page's colours can be read, in both themes (WCAG 2.2, 1.4.3 and 1.4.11).

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const css = readFileSync(new URL('../../web/src/styles/tokens.css', import.meta.url), 'utf8');

/** The colours of one block of the file. @param {RegExp} start */
function colours(start) {
  const from = css.search(start);
  const block = css.slice(from, css.indexOf('\n}', from));
  return Object.fromEntries([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, hex]) => [name, hex]));
}

const light = colours(/:root \{/);
const themes = { light, dark: { ...light, ...colours(/:root\[data-theme="dark"\] \{/) } };

/** Relative luminance as WCAG defines it. @param {string} hex */
function luminance(hex) {
  const [red, green, blue] = [1, 3, 5]
    .map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** @param {string} one @param {string} other */
function contrast(one, other) {
  const [dark, bright] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (bright + 0.05) / (dark + 0.05);
}

for (const [theme, tokens] of Object.entries(themes)) {
  /** @param {string} ink @param {string} ground @param {number} least */
  function assertReadable(ink, ground, least) {
    const found = contrast(tokens[ink], tokens[ground]);
    assert.ok(found >= least, `${ink} on ${ground} needs ${least}, has ${found.toFixed(2)}`);
  }

  test(`${theme}: text is legible on every ground`, () => {
    for (const ground of ['page', 'surface', 'sunken']) {
      assertReadable('ink', ground, 7);
      assertReadable('ink-soft', ground, 4.5);
    }
    assertReadable('ink-inverse', 'ink', 7);
    assertReadable('danger', 'surface', 4.5);
  });

  test(`${theme}: a class's number and its button are legible on its colour`, () => {
    for (let slot = 1; slot <= 8; slot += 1) {
      assertReadable(`class-${slot}-ink`, `class-${slot}`, 4.5);
    }
  });

  test(`${theme}: edges of fields, and focus, can be seen`, () => {
    for (const ground of ['page', 'surface']) {
      assertReadable('line-strong', ground, 3);
      assertReadable('focus', ground, 3);
    }
  });

  test(`${theme}: neighbouring classes differ in lightness as well as in hue`, () => {
    for (let slot = 1; slot < 8; slot += 1) {
      const found = contrast(tokens[`class-${slot}`], tokens[`class-${slot + 1}`]);
      assert.ok(found >= 1.15, `class ${slot} and ${slot + 1}: ${found.toFixed(2)}`);
    }
  });
}

test('colours stand in the tokens alone, and every style sheet lies in a layer', () => {
  const folder = new URL('../../web/src/styles/', import.meta.url);
  const sheets = readdirSync(folder).filter((name) => name.endsWith('.css'));
  assert.ok(sheets.length > 10);
  const imported = sheets
    .flatMap((name) => [...read(name).matchAll(/@import "\.\/([\w-]+\.css)" layer\(\w+\);/g)])
    .map(([, name]) => name);
  for (const name of sheets.filter((each) => each !== 'tokens.css')) {
    assert.deepEqual(read(name).match(/#[0-9a-f]{3,8}\b(?!.*\{)|\brgba?\(|\bhsla?\(/gi) ?? [], [], name);
  }
  const entrances = sheets.filter((name) => name === 'index.css' || name.endsWith('-room.css'));
  const loose = sheets.filter((name) => !imported.includes(name) && !entrances.includes(name));
  assert.deepEqual(loose, []);

  /** @param {string} name */
  function read(name) {
    return readFileSync(new URL(name, folder), 'utf8');
  }
});
