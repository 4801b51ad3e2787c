// Builds the library into dist/lib, a package: headstart.js for pages with engine-worker.js, headstart.node.js for Node, each in
// one file with a fixed name, beside the wasm files and the backbones, since all of them find each other by import.meta.url.
// Rolldown leaves that alone; vite, whose bundler it is, would rewrite it for a page.

import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';
import { variants } from '../wasm/toolchain/variants.mjs';
import { buildOneFile, ONE_FILE } from './one-file.build.mjs';

const web = fileURLToPath(new URL('.', import.meta.url));

const doors = [
  ['index.js', 'headstart.js'],
  ['node/index.js', 'headstart.node.js'],
  ['client/projects.js', 'headstart-projects.js'],
  ['worker/engine-worker.js', 'engine-worker.js'],
];

/** Comes when a project leaves or is opened. While bundling a bare name, since a path would be taken from the source's folder. */
const PROJECTS = 'headstart-projects';

/**
 * What differs from the sources: the worker lies beside the library, and each file that is loaded by address is named in a way
 * that bundlers know (`new URL('./file', import.meta.url)`), so that they bring it along and put its new name there.
 * @param {string[]} assets
 */
const besideEachOther = (assets) => ({
  name: 'beside-each-other',
  /** @param {string} code @param {string} id */
  transform(code, id) {
    const door = "new URL(/* @vite-ignore */ './', import.meta.url).href";
    if (id.endsWith('/engine/index.js') && !code.includes(door)) {
      throw new Error(`expected ${door} in ${id}`);
    }
    const addresses = assets.map((name) => `'${name}': new URL('./${name}', import.meta.url).href`).join(', ');
    const named = id.endsWith('/engine/index.js') ? code.replace(door, () => `{ ${addresses} }`) : code;
    return named
      .replaceAll('../worker/engine-worker.js', './engine-worker.js')
      .replaceAll("import('./projects.js')", `import('${PROJECTS}')`);
  },
});

/**
 * Gives the projects' file its place, and marks the one import of an address that is known only when it runs: webpack would
 * look for it. Said after everything else, since minifying takes comments away, though not all of them.
 * @param {string} file
 */
function leaveImportsToTheBrowser(file) {
  const code = readFileSync(file, 'utf8').replaceAll(/(["'`])headstart-projects\1/g, '"./headstart-projects.js"');
  const marked = code.replace(
    /\bimport\(\s*(?:\/\*.*?\*\/\s*)*(?=[A-Za-z_$])/g,
    'import(/*webpackIgnore:true*//*@vite-ignore*/',
  );
  writeFileSync(file, marked);
}

/**
 * Emscripten's script of a threaded build starts itself again in each thread, by its own name beside the page's: that is
 * neither there where a bundler renamed it nor allowed where it comes from another origin. And it waits at its top level, which
 * minifiers that take it for a classic script refuse.
 * @param {string} file
 */
function startThreadsAnywhere(file) {
  const name = basename(file);
  const code = readFileSync(file, 'utf8');
  const starts = code.replace(`new Worker(new URL("${name}",import.meta.url),`, 'new Worker(threadScript(),');
  const [body, start, ...rest] = starts.split(/^var isPthread = .*$/m);
  if (starts === code || start === undefined || rest.length > 0) {
    throw new Error(`expected a script that starts itself in threads, as this Emscripten writes it: ${file}`);
  }
  writeFileSync(file, `${body}${THREAD_START}`);
}

const THREAD_START = `function threadScript() {
  if (!globalThis.location || new URL(import.meta.url).origin === globalThis.location.origin) return new URL(import.meta.url);
  return URL.createObjectURL(new Blob(["import " + JSON.stringify(import.meta.url)], { type: "text/javascript" }));
}
if (globalThis.self?.name?.startsWith("em-pthread")) createHeadstart();
else if (typeof globalThis.process?.versions?.node == "string") {
  import("worker_threads").then(({ workerData }) => workerData === "em-pthread" && createHeadstart());
}
`;

/** For whoever takes the folder as a package. */
const manifest = {
  name: 'headstart',
  version: JSON.parse(readFileSync(join(web, '../package.json'), 'utf8')).version,
  license: 'Apache-2.0',
  type: 'module',
  types: './headstart.d.ts',
  exports: {
    '.': { types: './headstart.d.ts', node: './headstart.node.js', default: './headstart.js' },
    './*': './*',
  },
};

/** @param {string} [outDir] */
export async function buildLibrary(outDir = join(web, '../dist/lib')) {
  rmSync(outDir, { recursive: true, force: true });
  mkdirSync(join(outDir, 'wasm'), { recursive: true });

  const built = variants.flatMap(({ variant, preset }) =>
    ['js', 'wasm', 'writers.wasm']
      .map((ending) => ({
        name: `wasm/${variant}.${ending}`,
        file: join(web, '../build', preset, `${variant}.${ending}`),
      }))
      .filter(({ file }) => existsSync(file)),
  );
  const assets = [...built.map(({ name }) => name), 'backbones/builtin.safetensors', ONE_FILE];
  for (const [entry, file] of doors) {
    await build({
      input: join(web, 'src/engine', entry),
      external: [PROJECTS],
      platform: 'neutral',
      plugins: [besideEachOther(assets)],
      resolve: { mainFields: ['module', 'main'], conditionNames: ['import', 'default'] },
      output: { file: join(outDir, file), format: 'es', minify: true, codeSplitting: false },
      logLevel: 'warn',
    });
    leaveImportsToTheBrowser(join(outDir, file));
  }

  writeFileSync(join(outDir, ONE_FILE), await buildOneFile());
  for (const { name, file } of built) {
    cpSync(file, join(outDir, name));
    if (name.endsWith('-threads.js')) {
      startThreadsAnywhere(join(outDir, name));
    }
  }
  writeFileSync(join(outDir, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  writeFileSync(join(outDir, 'headstart.d.ts'), publishedTypes());
  if (existsSync(join(web, 'public/backbones'))) {
    cpSync(join(web, 'public/backbones'), join(outDir, 'backbones'), { recursive: true });
  }
}

/** The types in one file: who copies it elsewhere has all of them. */
function publishedTypes() {
  /** @param {string} name */
  const read = (name) => readFileSync(join(web, 'src/engine', name), 'utf8').replace(/^import type [^;]*;\n+/gm, '');
  return ['basics', 'export', 'keeping', 'training'].reduce((types, part) => {
    const more = read(`headstart-${part}.d.ts`).replace(/^(\/\/.*\n)+\n*/, '');
    return types.replace(`export type * from './headstart-${part}.d.ts';\n`, () => more);
  }, read('headstart.d.ts'));
}
