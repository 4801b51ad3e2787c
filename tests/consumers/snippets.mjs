// The programs that are shown beside a file, run as they stand: only names and side are filled in.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { unzipSync } from 'fflate';
import sharp from 'sharp';
import { fillIn } from '../../web/src/export/fill-in.js';
import { encodePng } from '../pictures/encode.mjs';
import { drawPicture } from '../wasm/support.mjs';
import {
  compare,
  difference,
  faintPicture,
  headKinds,
  learn,
  pageSays,
  picturesOfManyShapes,
  picturesOfSide,
} from './learnt.mjs';
import { hasOpenCV } from './onnx.mjs';
import { openConsumers, sendable } from './page.mjs';
import { squareOf } from './squares.mjs';

const folder = new URL('../../web/src/export/snippets/', import.meta.url);
/** @param {string} name @param {import('./learnt.mjs').Learnt} learnt */
const program = (name, { labels, size }) => fillIn(readFileSync(new URL(name, folder), 'utf8'), { labels, size });
const hasTorch = spawnSync('/usr/bin/python3', ['-c', 'import torch'], { stdio: 'ignore' }).status === 0;

/** The file of a head and what it says of itself. @param {import('./learnt.mjs').Learnt} learnt */
async function headOf({ trainer }) {
  const file = Buffer.from(await trainer.exportHead());
  const { __metadata__: metadata } = JSON.parse(file.toString('utf8', 8, 8 + Number(file.readBigUInt64LE())));
  return { file, metadata };
}

const packages = fileURLToPath(new URL('node_modules/', import.meta.url));

/** Left and right swapped. @param {import('./learnt.mjs').Picture} picture */
function mirrored({ data, width, height }) {
  const out = new Uint8ClampedArray(data.length);
  for (let i = 0; i < width * height; i++) {
    const from = i - (i % width) + width - 1 - (i % width);
    out.set(data.subarray(4 * from, 4 * from + 4), 4 * i);
  }
  return { data: out, width, height };
}

/**
 * What the program at /program/ comes to say when its camera shows one picture and nothing else.
 *
 * @param {import('./page.mjs').Consumers} consumers
 * @param {import('./learnt.mjs').Picture} picture
 * @param {string} read an expression in the page
 */
async function answerOf(consumers, picture, read) {
  const page = await consumers.browser.newPage();
  await page.addInitScript(({ width, height, base64 }) => {
    const data = Uint8ClampedArray.from(atob(base64), (letter) => letter.charCodeAt(0));
    const canvas = Object.assign(document.createElement('canvas'), { width, height });
    const context = canvas.getContext('2d');
    const show = () => context?.putImageData(new ImageData(data, width, height), 0, 0);
    navigator.mediaDevices.getUserMedia = async () => {
      setInterval(show, 50);
      return canvas.captureStream(20);
    };
  }, sendable(picture));
  // The packages as the addresses name them, without the network.
  await page.route('https://cdn.jsdelivr.net/npm/**', (route) => {
    const [, name, file] = /npm\/(.+?)@[\d.]+\/(.+)$/.exec(route.request().url()) ?? [];
    return route.fulfill({ path: join(packages, name, file), contentType: 'text/javascript' });
  });
  await page.goto(`${consumers.origin}/program/index.html`);
  await page.waitForFunction(`/%$/.test(${read})`, undefined, { timeout: 60_000 });
  // The first answer may be of a camera that was still dark.
  await page.waitForTimeout(1500);
  const answer = String(await page.evaluate(read));
  await page.close();
  return answer;
}

/** The probabilities in what a program prints. @param {string} text @param {import('./learnt.mjs').Learnt} learnt */
function rowOf(text, { labels }) {
  const rows = text.trimEnd().split('\n');
  assert.deepEqual(
    rows.map((row) => row.slice(0, row.lastIndexOf(' '))),
    labels,
  );
  return rows.map((row) => Number(row.slice(row.lastIndexOf(' ') + 1)));
}

/** What program.py prints for each picture, in one process: to load OpenCV is what takes time. @param {string} place @param {string[]} pictures */
function runPython(place, pictures) {
  const lines = [
    'import sys',
    'code = compile(open("program.py").read(), "program.py", "exec")',
    'for picture in sys.argv[1:]:',
    '    sys.argv = ["program.py", picture]',
    '    exec(code, {"__name__": "__main__"})',
    '    print("\\f", end="")',
  ];
  const options = /** @type {const} */ ({ cwd: place, encoding: 'utf8' });
  const text = execFileSync('/usr/bin/python3', ['-c', lines.join('\n'), ...pictures], options);
  return text.split('\f').slice(0, -1);
}

export function describeSnippets() {
  describe('the programs that are shown', () => {
    it('for Python say what the page says, pictures of every shape cut as the page does', {
      skip: hasOpenCV ? false : 'needs python3-opencv',
    }, async () => {
      const place = mkdtempSync(join(tmpdir(), 'headstart-python-'));
      try {
        for (const kind of headKinds) {
          const learnt = await learn(kind);
          const exact = picturesOfSide(learnt.size).slice(0, 3);
          const pictures = [...exact, ...picturesOfManyShapes()];
          const names = pictures.map((_, i) => `picture-${i}.png`);
          pictures.forEach((picture, i) => {
            writeFileSync(join(place, names[i]), encodePng(picture));
          });
          writeFileSync(join(place, 'model.onnx'), await learnt.trainer.exportModel({ format: 'onnx' }));
          writeFileSync(join(place, 'program.py'), program('python.py', learnt));
          const got = runPython(place, names).map((text) => rowOf(text, learnt));
          const said = [];
          for (const picture of pictures) {
            said.push(await pageSays(learnt, picture));
          }
          const { largest } = compare(said.slice(0, 3), got.slice(0, 3));
          assert.ok(largest < 1e-3, `${kind}: ${largest}`); // it prints three digits
          const { mean, lost } = compare(said.slice(3), got.slice(3));
          assert.ok(mean <= 0.01, `${kind}: mean ${mean}`);
          assert.equal(lost, 0, kind);
        }
      } finally {
        rmSync(place, { recursive: true });
      }
    });

    it('cut the square with the same lines, wherever they are JavaScript for a browser', () => {
      const sketch = readFileSync(new URL('p5-sketch.js', folder), 'utf8');
      assert.ok(sketch.includes(squareOf), 'the sketch has others than the web page');
    });

    for (const [place, file, packages, read] of /** @type {const} */ ([
      ['a web page', 'web-page.html', [], "document.getElementById('answer')?.textContent"],
      ['p5', 'p5-sketch.js', ['p5/lib/p5.min.js', 'ml5/dist/ml5.min.js'], 'answer'],
    ])) {
      it(`for ${place} say of what the camera shows what the page says`, async () => {
        const learnt = await learn('head');
        const consumers = await openConsumers();
        try {
          const files = unzipSync(await learnt.trainer.exportModel({ format: 'tfjs' }));
          consumers.give('/program/model/', files);
          const scripts = [...packages.map((name) => `/node_modules/${name}`), file];
          const page = file.endsWith('.html')
            ? program(file, learnt)
            : `<!doctype html><body>${scripts.map((src) => `<script src="${src}"></script>`).join('')}`;
          consumers.give('/program/', {
            'index.html': new TextEncoder().encode(page),
            [file === 'web-page.html' ? 'none' : file]: new TextEncoder().encode(program(file, learnt)),
          });
          for (const picture of [drawPicture(1, 71, 640, 480), drawPicture(0, 73, 1280, 720)]) {
            const said = await pageSays(learnt, picture);
            const answer = await answerOf(consumers, picture, read);
            const [, label, percent] = /^(.+): (\d+) %$/.exec(answer) ?? [];
            assert.equal(label, learnt.labels[said.indexOf(Math.max(...said))], answer);
            // The camera's film and the canvas change a picture a little.
            assert.ok(Math.abs(Number(percent) / 100 - Math.max(...said)) < 0.1, `${answer} against ${said}`);
          }
        } finally {
          await consumers.close();
        }
      });
    }

    it('for Node say what the page says, pictures of every shape cut as the page does', async () => {
      const learnt = await learn('head');
      const place = mkdtempSync(join(tmpdir(), 'headstart-node-'));
      try {
        symlinkSync(packages, join(place, 'node_modules'));
        writeFileSync(join(place, 'model.onnx'), await learnt.trainer.exportModel({ format: 'onnx' }));
        writeFileSync(join(place, 'node.mjs'), program('node.mjs', learnt));
        const [said, got] = [[], []].map((list) => /** @type {number[][]} */ (list));
        for (const picture of [...picturesOfSide(learnt.size).slice(0, 2), ...picturesOfManyShapes()]) {
          writeFileSync(join(place, 'picture.png'), encodePng(picture));
          const text = execFileSync(process.execPath, ['node.mjs', 'picture.png'], { cwd: place, encoding: 'utf8' });
          got.push(rowOf(text, learnt));
          said.push(await pageSays(learnt, picture));
        }
        const exact = compare(said.slice(0, 2), got.slice(0, 2));
        assert.ok(exact.largest < 1e-3, String(exact.largest)); // it prints three digits
        const { mean, lost } = compare(said, got);
        assert.ok(mean <= 0.01, `mean ${mean}`);
        assert.equal(lost, 0);
      } finally {
        rmSync(place, { recursive: true });
      }
    });

    it('for Node and Python take photographs that a telephone held sideways, and grey ones', async () => {
      const learnt = await learn('head');
      const place = mkdtempSync(join(tmpdir(), 'headstart-photograph-'));
      const picture = drawPicture(0, 71, 640, 480); // stripes, which lie when it is on its side
      try {
        symlinkSync(packages, join(place, 'node_modules'));
        writeFileSync(join(place, 'model.onnx'), await learnt.trainer.exportModel({ format: 'onnx' }));
        writeFileSync(join(place, 'node.mjs'), program('node.mjs', learnt));
        writeFileSync(join(place, 'program.py'), program('python.py', learnt));
        const lying = sharp(encodePng(picture)).rotate(-90).jpeg({ quality: 100, chromaSubsampling: '4:4:4' });
        writeFileSync(join(place, 'sideways.jpg'), await lying.withMetadata({ orientation: 6 }).toBuffer());
        const grey = { ...picture, data: picture.data.map((_, i) => picture.data[i % 4 < 3 ? i - (i % 4) : i]) };
        writeFileSync(join(place, 'grey.png'), await sharp(encodePng(grey)).toColourspace('b-w').png().toBuffer());
        for (const [name, shown] of /** @type {const} */ ([
          ['sideways.jpg', picture],
          ['grey.png', grey],
        ])) {
          const said = await pageSays(learnt, shown);
          const node = execFileSync(process.execPath, ['node.mjs', name], { cwd: place, encoding: 'utf8' });
          const texts = hasOpenCV ? [node, ...runPython(place, [name])] : [node];
          for (const text of texts) {
            assert.ok(difference(said, rowOf(text, learnt)) < 0.05, `${name}: ${text} against ${said}`);
          }
        }
      } finally {
        rmSync(place, { recursive: true });
      }
    });

    it('for NumPy tell none of these as the page does, from the head alone', {
      skip: hasOpenCV ? false : 'needs python3-numpy',
    }, async () => {
      const place = mkdtempSync(join(tmpdir(), 'headstart-numpy-'));
      try {
        for (const name of ['head.py', 'none_of_these.py']) {
          writeFileSync(join(place, name), readFileSync(new URL(name, folder)));
        }
        for (const kind of ['head', 'joined', 'tuned']) {
          const learnt = await learn(kind);
          const { trainer, size } = learnt;
          const { file, metadata } = await headOf(learnt);
          const maps = metadata.known_features ? { features: JSON.parse(metadata.known_features) } : {};
          // Such as were taught, and others.
          const pictures = [0, 1, 2, 3, 4, 5].map((number) => faintPicture(number % 3, 30 + number));
          pictures.push(...picturesOfSide(size).slice(0, 2), ...picturesOfManyShapes());
          const [said, rows] = [[], []].map((list) => /** @type {any[]} */ (list));
          for (const picture of pictures) {
            said.push((await trainer.predict(picture)).known);
            rows.push([...(await trainer.embed(picture, maps))]);
          }
          writeFileSync(join(place, 'head.safetensors'), file);
          writeFileSync(join(place, 'rows.json'), JSON.stringify(rows));
          const lines = 'import json, none_of_these as n; judge = n.Judge("head.safetensors")';
          const ask = 'print(json.dumps([judge.known(row) for row in json.load(open("rows.json"))]))';
          const text = execFileSync('/usr/bin/python3', ['-c', `${lines}; ${ask}`], { cwd: place, encoding: 'utf8' });
          const got = JSON.parse(text);
          assert.ok(Math.min(...said) < 0.5 && Math.max(...said) > 0.5, `${kind}: ${said}`);
          assert.ok(difference(said, got) < 1e-2, `${kind}: ${said} against ${got}`);
        }
      } finally {
        rmSync(place, { recursive: true });
      }
    });

    it('for PyTorch say what the page says, from the head alone', {
      skip: hasTorch ? false : 'needs python3-torch',
    }, async () => {
      const place = mkdtempSync(join(tmpdir(), 'headstart-torch-'));
      try {
        writeFileSync(join(place, 'head_torch.py'), readFileSync(new URL('head_torch.py', folder)));
        for (const kind of ['head', 'joined', 'tuned', 'discriminant', 'mlp']) {
          const learnt = await learn(kind);
          const { file, metadata } = await headOf(learnt);
          const maps = metadata.features ? { features: JSON.parse(metadata.features) } : {};
          const [said, rows] = [[], []].map((list) => /** @type {number[][]} */ (list));
          for (const picture of [...picturesOfSide(learnt.size), ...picturesOfManyShapes()]) {
            said.push(await pageSays(learnt, picture));
            const looks = metadata.second_look ? [picture, mirrored(picture)] : [picture];
            const seen = [];
            for (const look of looks) {
              seen.push(await learnt.trainer.embed(look, maps));
            }
            rows.push(Array.from(seen[0], (_, i) => seen.reduce((sum, row) => sum + row[i], 0) / seen.length));
          }
          writeFileSync(join(place, 'head.safetensors'), file);
          writeFileSync(join(place, 'rows.json'), JSON.stringify(rows));
          const lines = 'import json, torch, head_torch; head = head_torch.Head("head.safetensors")';
          const ask = 'print(json.dumps([head.labels, head(torch.tensor(json.load(open("rows.json")))).tolist()]))';
          const text = execFileSync('/usr/bin/python3', ['-c', `${lines}; ${ask}`], { cwd: place, encoding: 'utf8' });
          const [names, got] = JSON.parse(text);
          assert.deepEqual(names, learnt.labels);
          const { largest } = compare(said, got);
          assert.ok(largest < 1e-4, `${kind}: ${largest}`);
        }
      } finally {
        rmSync(place, { recursive: true });
      }
    });

    it('for a board compile against what a board has, with the header that was saved', async () => {
      const learnt = await learn('head');
      const place = mkdtempSync(join(tmpdir(), 'headstart-board-'));
      try {
        writeFileSync(join(place, 'model.h'), await learnt.trainer.exportModel({ format: 'c-array' }));
        writeFileSync(join(place, 'board.cpp'), program('board.ino', learnt));
        const boards = fileURLToPath(new URL('board/', import.meta.url));
        const flags = ['-std=c++17', '-Wall', '-Wextra', '-Werror', '-fsyntax-only', `-I${boards}`, 'board.cpp'];
        execFileSync('g++', flags, { cwd: place, stdio: 'pipe' });
      } finally {
        rmSync(place, { recursive: true });
      }
    });

    it('for a phone is Python, and with the one for a board says that nobody here ran it', async () => {
      const learnt = await learn('head');
      const phone = program('phone.py', learnt);
      execFileSync('/usr/bin/python3', ['-c', 'import ast, sys; ast.parse(sys.stdin.read())'], { input: phone });
      assert.match(phone, /Not run by Headstart's own tests/);
      assert.match(program('board.ino', learnt), /not run on a board/);
    });
  });
}
