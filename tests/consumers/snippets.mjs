// The programs that are shown beside a file, run as they stand: only names and side are filled in.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { unzipSync } from 'fflate';
import { fillIn } from '../../web/src/export/fill-in.js';
import { encodePng } from '../pictures/encode.mjs';
import { compare, learn, pageSays, picturesOfManyShapes, picturesOfSide } from './learnt.mjs';
import { hasOpenCV } from './onnx.mjs';
import { openConsumers } from './page.mjs';

const folder = new URL('../../web/src/export/snippets/', import.meta.url);
/** @param {string} name @param {import('./learnt.mjs').Learnt} learnt */
const program = (name, { labels, size }) => fillIn(readFileSync(new URL(name, folder), 'utf8'), { labels, size });
const packages = fileURLToPath(new URL('node_modules/', import.meta.url));

export function describeSnippets() {
  describe('the programs that are shown', () => {
    it('for Python say what the page says, pictures of every shape cut as the page does', {
      skip: hasOpenCV ? false : 'needs python3-opencv',
    }, async () => {
      const learnt = await learn('head');
      const place = mkdtempSync(join(tmpdir(), 'headstart-python-'));
      try {
        writeFileSync(join(place, 'model.onnx'), await learnt.trainer.exportModel({ format: 'onnx' }));
        writeFileSync(join(place, 'program.py'), program('python.py', learnt));
        const [exact, resampled] = [picturesOfSide(learnt.size).slice(0, 3), picturesOfManyShapes()].map((pictures) =>
          pictures.map((picture) => {
            writeFileSync(join(place, 'picture.png'), encodePng(picture));
            const text = execFileSync('/usr/bin/python3', ['program.py', 'picture.png'], {
              cwd: place,
              encoding: 'utf8',
            });
            const rows = text.trimEnd().split('\n');
            assert.deepEqual(
              rows.map((row) => row.slice(0, row.lastIndexOf(' '))),
              learnt.labels,
            );
            return rows.map((row) => Number(row.slice(row.lastIndexOf(' ') + 1)));
          }),
        );
        const said = [];
        for (const picture of picturesOfSide(learnt.size).slice(0, 3)) {
          said.push(await pageSays(learnt, picture));
        }
        const { largest } = compare(said, exact);
        assert.ok(largest < 1e-3, String(largest)); // it prints three digits
        const saidOfAll = [];
        for (const picture of picturesOfManyShapes()) {
          saidOfAll.push(await pageSays(learnt, picture));
        }
        const { mean, lost } = compare(saidOfAll, resampled);
        assert.ok(mean <= 0.01, `mean ${mean}`);
        assert.equal(lost, 0);
      } finally {
        rmSync(place, { recursive: true });
      }
    });

    it('for a web page name a class of what the camera shows', async () => {
      const learnt = await learn('head');
      const consumers = await openConsumers();
      try {
        const files = unzipSync(await learnt.trainer.exportModel({ format: 'tfjs' }));
        consumers.give('/program/model/', files);
        consumers.give('/program/', { 'index.html': new TextEncoder().encode(program('web-page.html', learnt)) });
        const page = await consumers.browser.newPage();
        // The packages as the addresses name them, without the network.
        await page.route('https://cdn.jsdelivr.net/npm/**', (route) => {
          const [, name, file] = /npm\/(.+?)@[\d.]+\/(.+)$/.exec(route.request().url()) ?? [];
          return route.fulfill({ path: join(packages, name, file), contentType: 'text/javascript' });
        });
        await page.goto(`${consumers.origin}/program/index.html`);
        await page.waitForFunction(() => document.getElementById('answer')?.textContent !== '', undefined, {
          timeout: 60_000,
        });
        const answer = await page.textContent('#answer');
        assert.match(String(answer), / \d+ %$/);
        assert.ok(learnt.labels.includes(String(answer).replace(/: \d+ %$/, '')), String(answer));
        await page.close();
      } finally {
        await consumers.close();
      }
    });
  });
}
