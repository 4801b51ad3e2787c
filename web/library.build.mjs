/**
 * Builds the library into dist/lib: headstart.js and engine-worker.js, each in one file with a fixed name, beside the wasm
 * files and the backbones, since all of them find each other by import.meta.url. Rolldown leaves that alone; vite, whose
 * bundler it is, would rewrite it for a page.
 */

import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';
import { variants } from '../wasm/toolchain/variants.mjs';

const web = fileURLToPath(new URL('.', import.meta.url));

/** In the sources the worker has a folder of its own; built, it lies beside the library. */
const besideEachOther = {
  name: 'beside-each-other',
  /** @param {string} code */
  transform: (code) => code.replaceAll('../worker/engine-worker.js', './engine-worker.js'),
};

/** @param {string} [outDir] */
export async function buildLibrary(outDir = join(web, '../dist/lib')) {
  rmSync(outDir, { recursive: true, force: true });
  mkdirSync(join(outDir, 'wasm'), { recursive: true });

  for (const [entry, file] of [
    ['index.js', 'headstart.js'],
    ['worker/engine-worker.js', 'engine-worker.js'],
  ]) {
    await build({
      input: join(web, 'src/engine', entry),
      external: /^node:/,
      platform: 'neutral',
      plugins: [besideEachOther],
      resolve: { mainFields: ['module', 'main'], conditionNames: ['import', 'default'] },
      output: { file: join(outDir, file), format: 'es', minify: true, codeSplitting: false },
      logLevel: 'warn',
    });
  }

  for (const { variant, preset } of variants) {
    for (const ending of ['js', 'wasm']) {
      const file = join(web, '../build', preset, `${variant}.${ending}`);
      if (existsSync(file)) {
        cpSync(file, join(outDir, 'wasm', `${variant}.${ending}`));
      }
    }
  }
  writeFileSync(join(outDir, 'headstart.d.ts'), publishedTypes());
  if (existsSync(join(web, 'public/backbones'))) {
    cpSync(join(web, 'public/backbones'), join(outDir, 'backbones'), { recursive: true });
  }
}

/** The types in one file: who copies it elsewhere has all of them. */
function publishedTypes() {
  /** @param {string} name */
  const read = (name) => readFileSync(join(web, 'src/engine', name), 'utf8').replace(/^import type [^;]*;\n+/gm, '');
  return ['keeping', 'training'].reduce((types, part) => {
    const more = read(`headstart-${part}.d.ts`).replace(/^\/\*\*[\s\S]*?\*\/\n/, '');
    return types.replace(`export type * from './headstart-${part}.d.ts';\n`, () => more);
  }, read('headstart.d.ts'));
}
