// The library as a package, through the bundlers that people have and in the programs beside browsers: it builds, and answers.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';
import * as esbuild from 'esbuild';
import { rollup } from 'rollup';
import * as vite from 'vite';
import webpack from 'webpack';
import { libraryFolder } from '../wasm/support.mjs';
import { serveFolders } from '../web/support/static-server.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const skip = existsSync(executablePath) ? false : 'needs Chromium';

/** What a program does with it: two classes, an answer. */
const PROGRAM = `
  import { createTrainer } from 'headstart';
  const draw = (kind, shift) => {
    const canvas = new OffscreenCanvas(640, 480);
    const context = canvas.getContext('2d');
    for (let at = shift; at < 640; at += 40) context.fillRect(kind ? at : 0, kind ? 0 : at, kind ? 20 : 640, kind ? 480 : 20);
    return canvas;
  };
  async function run() {
    const trainer = await createTrainer({ variant: 'simd' });
    const ids = [trainer.addClass('rows'), trainer.addClass('columns')];
    for (let i = 0; i < 6; i++) await trainer.addSample(ids[i % 2], draw(i % 2, i * 3));
    await trainer.train();
    return (await trainer.predict(draw(1, 31))).ranked[0].name;
  }
  run().then((answer) => { document.title = answer; }, (error) => { document.title = error.code + ': ' + error.message; });
`;

export function describeBundlers() {
  describe('through a bundler', { skip }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'headstart-bundlers-'));
    const source = join(folder, 'main.js');
    const library = join(folder, 'node_modules/headstart');
    /** @type {import('@playwright/test').Browser} */
    let browser;

    before(async () => {
      cpSync(libraryFolder, library, { recursive: true });
      writeFileSync(source, PROGRAM);
      writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
      browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
    });
    after(async () => {
      await browser?.close();
      rmSync(folder, { recursive: true });
    });

    /** @param {string} url */
    async function answerOf(url) {
      const page = await browser.newPage();
      await page.goto(url);
      await page.waitForFunction(() => document.title !== 't', undefined, { timeout: 30_000 });
      const title = await page.title();
      await page.close();
      return title;
    }

    /** @param {string} out with main.js in it */
    async function answerIn(out) {
      writeFileSync(
        join(out, 'index.html'),
        '<!doctype html><title>t</title><script type="module" src="main.js"></script>',
      );
      const server = await serveFolders({ '/': out });
      try {
        return await answerOf(`${server.url}/`);
      } finally {
        await server.close();
      }
    }

    /** As the README says for bundlers that bring no files along. @param {string} out */
    function putFilesBeside(out) {
      for (const name of ['engine-worker.js', 'wasm', 'backbones']) {
        cpSync(join(library, name), join(out, name), { recursive: true });
      }
    }

    /** @param {string} name */
    function outFolder(name) {
      const out = join(folder, name);
      mkdirSync(out);
      return out;
    }

    it('webpack brings worker, wasm and backbone along', async () => {
      const out = outFolder('webpack');
      const compiler = webpack({
        mode: 'production',
        context: folder,
        entry: source,
        output: { path: out, filename: 'main.js' },
      });
      const stats = await new Promise((resolve, reject) => {
        compiler.run((/** @type {unknown} */ error, /** @type {any} */ result) =>
          error ? reject(error) : resolve(result),
        );
      });
      const { errors, warnings } = stats.toJson({ all: false, errors: true, warnings: true });
      assert.deepEqual(errors, []);
      assert.deepEqual(
        warnings
          .map((/** @type {any} */ { message }) => message)
          .filter((/** @type {string} */ text) => !/size limit|performance/.test(text)),
        [],
      );
      assert.equal(await answerIn(out), 'columns');
    });

    it('Vite builds it as a package', async () => {
      const out = outFolder('vite');
      writeFileSync(
        join(folder, 'index.html'),
        '<!doctype html><title>t</title><script type="module" src="main.js"></script>',
      );
      await vite.build({
        root: folder,
        configFile: false,
        logLevel: 'error',
        base: './',
        build: { outDir: out, emptyOutDir: true },
      });
      const server = await serveFolders({ '/': out });
      try {
        assert.equal(await answerOf(`${server.url}/`), 'columns');
      } finally {
        await server.close();
      }
    });

    it('esbuild bundles it, with its files beside the bundle', async () => {
      const out = outFolder('esbuild');
      const result = await esbuild.build({
        entryPoints: [source],
        outdir: out,
        bundle: true,
        format: 'esm',
        logLevel: 'silent',
      });
      assert.deepEqual([result.errors, result.warnings], [[], []]);
      putFilesBeside(out);
      assert.equal(await answerIn(out), 'columns');
    });

    it('Rollup bundles it, with its files beside the bundle', async () => {
      const out = outFolder('rollup');
      const alias = {
        name: 'alias',
        resolveId: (/** @type {string} */ id) => (id === 'headstart' ? join(library, 'headstart.js') : null),
      };
      /** @type {string[]} */
      const warnings = [];
      const bundle = await rollup({
        input: source,
        plugins: [alias],
        onwarn: (/** @type {any} */ { message }) => warnings.push(message),
      });
      await bundle.write({ dir: out, format: 'es' });
      assert.deepEqual(warnings, []);
      putFilesBeside(out);
      assert.equal(await answerIn(out), 'columns');
    });

    const threaded = ['relaxed-simd-threads', 'simd-threads'].find((variant) =>
      existsSync(join(libraryFolder, `wasm/${variant}.wasm`)),
    );
    it('threads start where webpack renamed their script', {
      skip: threaded ? false : 'needs a threaded build',
    }, async () => {
      const out = outFolder('threads');
      const entry = join(folder, 'threads.js');
      writeFileSync(entry, PROGRAM.replace("{ variant: 'simd' }", '{ threads: 2 }'));
      const compiler = webpack({
        mode: 'production',
        context: folder,
        entry,
        output: { path: out, filename: 'main.js' },
      });
      await new Promise((resolve, reject) => compiler.run((error) => (error ? reject(error) : resolve(undefined))));
      assert.equal(await answerIn(out), 'columns');
    });

    it('Node takes its own door of the same package', () => {
      const script = `
      import { createTrainer } from 'headstart';
      const trainer = await createTrainer({ variant: 'simd' });
      const picture = { data: new Uint8Array(640 * 480 * 4), width: 640, height: 480 };
      console.log((await trainer.embed(picture)).length);
      await trainer.dispose();`;
      const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
        cwd: folder,
        encoding: 'utf8',
      });
      assert.ok(Number(output) > 0, output);
    });

    it('Deno learns and answers with it, from pixels', () => {
      const script = join(folder, 'deno.mjs');
      writeFileSync(
        script,
        `import { createTrainer } from 'headstart';
      const draw = (kind, shift) => {
        const data = new Uint8Array(640 * 480 * 4).fill(255);
        for (let at = 0; at < data.length; at += 4) {
          const along = kind ? (at / 4) % 640 : Math.floor(at / 2560);
          if (Math.floor((along + shift) / 20) % 2) data.fill(0, at, at + 3);
        }
        return { data, width: 640, height: 480 };
      };
      const trainer = await createTrainer({ variant: 'simd' });
      const ids = [trainer.addClass('rows'), trainer.addClass('columns')];
      for (let i = 0; i < 6; i++) await trainer.addSample(ids[i % 2], draw(i % 2, i * 3));
      await trainer.train();
      console.log((await trainer.predict(draw(1, 31))).ranked[0].name);
      await trainer.addSample(ids[0], new Blob([new Uint8Array(8)])).catch((error) => console.log(error.code));
      await trainer.dispose();`,
      );
      const deno = join(here, 'node_modules/deno/bin.cjs');
      const output = execFileSync(process.execPath, [deno, 'run', '--allow-all', '--quiet', script], {
        cwd: folder,
        encoding: 'utf8',
      });
      assert.equal(output, 'columns\nunsupported\n');
    });
  });
}
