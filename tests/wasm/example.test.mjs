// The script of the README: ten lines that train on folders of pictures.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import jpeg from 'jpeg-js';
import { drawPicture, libraryFolder, readSafetensors } from './support.mjs';

describe('the example', () => {
  it('trains on class folders of JPEG files and writes the head', () => {
    const folder = mkdtempSync(join(tmpdir(), 'headstart-example-'));
    try {
      for (const [kind, name] of ['dots', 'stripes'].entries()) {
        mkdirSync(join(folder, 'pictures', name), { recursive: true });
        for (let number = 0; number < 5; number++) {
          const { data } = jpeg.encode(drawPicture(1 - kind, number), 90);
          writeFileSync(join(folder, 'pictures', name, `${number}.jpg`), data);
        }
      }
      const head = join(folder, 'head.safetensors');
      const script = fileURLToPath(new URL('example-folders.mjs', import.meta.url));
      // The library under test, which need not be the one in dist/.
      const text = readFileSync(script, 'utf8').replace(
        '../../dist/lib/headstart.node.js',
        join(libraryFolder, 'headstart.node.js'),
      );
      const copy = fileURLToPath(new URL(`.example-${process.pid}.mjs`, import.meta.url));
      writeFileSync(copy, text);
      try {
        const output = execFileSync(process.execPath, [copy, join(folder, 'pictures'), head], {
          encoding: 'utf8',
        });
        assert.match(output, /100\.0 % right/);
      } finally {
        rmSync(copy);
      }
      const { metadata } = readSafetensors(new Uint8Array(readFileSync(head)));
      assert.deepEqual(JSON.parse(metadata.labels), ['dots', 'stripes']);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
