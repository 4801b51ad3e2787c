// What happens in the page's state is heard by somebody, and nobody waits for what never happens.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matching, read } from './tree.mjs';

const code = matching(/^web\/src\/.*\.js$/).map(read);

/**
 * The names in quotes within the brackets of a call.
 *
 * @param {RegExp} call
 */
function namesIn(call) {
  const names = code.flatMap((text) =>
    [...text.matchAll(call)].flatMap(([, inside]) => [...inside.matchAll(/'([\w-]+)'/g)].map(([, name]) => name)),
  );
  return new Set(names);
}

const sent = namesIn(/\bchanged\(([^)]*)\)/g);
const heard = namesIn(/(?:\bwatch\(\s*|StoreEvent\[\]\} \*\/\s*const \w+ = )\[([^\]]*)\]/g);

test('every event that the state sends is watched', () => {
  assert.ok(sent.size > 20);
  assert.deepEqual(
    [...sent].filter((name) => !heard.has(name)),
    [],
  );
});

test('every event that is watched is sent; a setting sends its own', () => {
  assert.deepEqual(
    [...heard].filter((name) => !sent.has(name) && !name.endsWith('-chosen')),
    [],
  );
});
