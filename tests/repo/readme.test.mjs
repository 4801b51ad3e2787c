// The README keeps what it promises: its code is tested code, its links lead somewhere, and it stays short.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { read, repository } from './tree.mjs';

const MOST_WORDS = 700;
const readme = read('README.md');
const blocks = [...readme.matchAll(/```(\w*)\n([\s\S]*?)```/g)];

test("the README's code is the example that the tests run", () => {
  const code = blocks.find(([, language]) => language === 'js')?.[2];
  const example = read('tests/wasm/example-folders.mjs').replace(/^\/\/.*\n\n/, '');
  assert.equal(code, example.replace('../../dist/lib/', './dist/lib/'));
});

test('every command that the README names is one of package.json', () => {
  const { scripts } = JSON.parse(read('package.json'));
  const named = [...readme.matchAll(/npm (?:run )?(start|test|build|bench|check|setup|backbones|screenshots)\b/g)];
  assert.ok(named.length > 0);
  assert.deepEqual(
    named.map(([, name]) => name).filter((name) => !scripts[name]),
    [],
  );
});

test('links within the repository lead to files', () => {
  for (const file of ['README.md', 'CONTRIBUTING.md']) {
    const links = [...read(file).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, path]) => path);
    assert.deepEqual(
      links.filter((path) => !existsSync(join(repository, path))),
      [],
      file,
    );
  }
});

test(`the README is read in three minutes: at most ${MOST_WORDS} words besides its code`, () => {
  const words = readme
    .replace(/```[\s\S]*?```/g, '')
    .split(/\s+/)
    .filter((word) => /\w/.test(word));
  assert.ok(words.length <= MOST_WORDS, `${words.length} words`);
});
