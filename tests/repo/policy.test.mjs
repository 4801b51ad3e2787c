// The Content-Security-Policy of the dev server is that of the built page, but for what Vite itself needs.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import config from '../../web/vite.config.js';

/** @param {unknown} text */
const directivesOf = (text) =>
  Object.fromEntries(
    String(text)
      .split('; ')
      .map((each) => [each.split(' ')[0], each.split(' ').slice(1)]),
  );

test('while developing as much is forbidden as in the built page, but for styles within it and a socket', () => {
  const { server, preview } = /** @type {any} */ (config);
  const [development, built] = [server, preview].map(({ headers }) => directivesOf(headers['Content-Security-Policy']));
  assert.deepEqual(built['default-src'], ["'none'"]);
  assert.deepEqual(built['script-src'], ["'self'", "'wasm-unsafe-eval'"]);
  /** @type {Record<string, string[]>} */
  const more = { 'style-src': ["'unsafe-inline'"], 'connect-src': ['ws:'] };
  for (const [name, sources] of Object.entries(built)) {
    assert.deepEqual(development[name], [...sources, ...(more[name] ?? [])], name);
  }
  assert.deepEqual(Object.keys(development), Object.keys(built));
});
