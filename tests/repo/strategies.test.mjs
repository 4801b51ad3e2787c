// Which ways to train there are is said once, in core's table: code elsewhere asks it and knows none by name.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matching, read } from './tree.mjs';

const TABLE = 'core/src/session/strategies.cpp';
/** Where a name may stand besides: the words of enumerations, types, and what people read. */
const ALLOWED = [
  TABLE,
  'core/src/session/names.cpp',
  'web/src/engine/headstart-basics.d.ts',
  'web/src/engine/headstart-training.d.ts',
  'web/src/engine/worker/session.d.ts',
  'core/tools/headstart/workshop.h', // what the command line does when nothing is said
];
const TEXTS = 'web/src/texts/';
const NAME =
  /^(?:head-views|earlier-cut|cut-after-.*|joined-layers(?:-views)?|new-layers-after-.*|last-block|last-.*-blocks|last-convolution|whole-network|blocks\.\d+)$/;

/** @param {string} code */
function withoutComments(code) {
  return code.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|\s)\/\/.*$/gm, '');
}

/** @param {string} code */
const namesIn = (code) =>
  [...withoutComments(code).matchAll(/(['"`])([^'"`\n]{4,40})\1/g)]
    .map(([, , text]) => text)
    .filter((text) => NAME.test(text));

test('no code outside the table of strategies knows one by its name', () => {
  const found = matching(/^(?:core\/(?:src|include|tools\/headstart)|wasm\/src|web\/src)\/.*\.(?:js|ts|cpp|h)$/)
    .filter((path) => !ALLOWED.includes(path) && !path.startsWith(TEXTS))
    .flatMap((path) => namesIn(read(path)).map((name) => `${path}: ${name}`));
  assert.deepEqual(found, []);
});

test('the table itself is seen, so that the rule above looks for what there is', () => {
  const names = namesIn(read(TABLE));
  for (const name of ['earlier-cut', 'joined-layers', 'joined-layers-views', 'last-block', 'whole-network']) {
    assert.ok(names.includes(name), name);
  }
});
