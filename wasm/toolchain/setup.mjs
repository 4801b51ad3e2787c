// Brings everything that a build needs, once: `node wasm/toolchain/setup.mjs [native] [variant …]`.

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { cacheDir } from './cache.mjs';
import { withLock } from './lock.mjs';
import { hasNpmPackages, provideNpmPackages } from './npm.mjs';
import { ProcessError } from './process.mjs';
import { Progress } from './progress.mjs';
import { hasSources, provideSources } from './sources.mjs';
import {
  decideTools,
  hasBuildTools,
  hasEmscripten,
  provideBuildTools,
  provideEmscripten,
  sourceArchive,
} from './tools.mjs';
import { findVariant, variants } from './variants.mjs';
import { compileXnnpack, hasXnnpack, titleOf } from './xnnpack.mjs';

/**
 * @typedef {object} Step
 * @property {string} title
 * @property {() => boolean} isDone
 * @property {(onProgress: (detail: string) => void) => Promise<void>} work
 */

/**
 * Does what is not done yet, saying so. `more` are steps that follow, such as the build of a module.
 *
 * @param {{ native?: boolean, variantNames?: string[], more?: Step[] }} wanted
 */
export async function setUp({ native = false, variantNames = [], more = [] }) {
  const tools = decideTools();
  const parts = new Set(native ? ['native'] : []);
  for (const name of variantNames) {
    for (const part of findVariant(name).parts) {
      parts.add(part);
    }
  }
  /** @type {Step[]} */
  const steps = [
    downloadStep(tools, variantNames.length > 0),
    {
      title: 'Sources of XNNPACK',
      isDone: hasSources,
      work: async (onProgress) => provideSources(await sourceArchive(tools), onProgress),
    },
    ...[...parts].map((part) => ({
      title: titleOf(part),
      isDone: () => hasXnnpack(part, tools),
      work: (/** @type {(detail: string) => void} */ onProgress) => compileXnnpack(part, tools, onProgress),
    })),
  ];
  await doSteps(steps, more);
}

/**
 * What comes from elsewhere, all at the same time: some of it waits for the network and some unpacks on one core.
 *
 * @param {import('./tools.mjs').Tools} tools
 * @param {boolean} withEmscripten
 * @returns {Step}
 */
function downloadStep(tools, withEmscripten) {
  const missing = {
    npm: !hasNpmPackages(),
    tools: !hasBuildTools(tools),
    emscripten: withEmscripten && !hasEmscripten(tools),
  };
  const names = [
    missing.npm && 'npm packages',
    missing.tools && 'compiler and build tools',
    missing.emscripten && 'Emscripten',
  ];
  return {
    title: `Downloads (${names.filter(Boolean).join(', ')})`,
    isDone: () => names.every((name) => !name),
    work: async (onProgress) => {
      /** @type {Map<string, string>} */
      const details = new Map();
      const tell = (/** @type {string} */ name) => (/** @type {string} */ detail) => {
        details.set(name, detail);
        onProgress([...details].map(([each, state]) => `${each} ${state}`).join('; '));
      };
      const finish = (/** @type {string} */ name) => () => tell(name)('done');
      const npm = missing.npm ? provideNpmPackages().then(finish('npm packages')) : Promise.resolve();
      const build = missing.tools ? provideBuildTools(tools, tell('tools')).then(finish('tools')) : Promise.resolve();
      const others = Promise.all([npm, build]);
      const emscripten = missing.emscripten
        ? provideEmscripten(tools, tell('Emscripten'), others).then(finish('Emscripten'))
        : Promise.resolve();
      await Promise.all([others, emscripten]);
    },
  };
}

/**
 * @param {Step[]} steps Under the cache's lock.
 * @param {Step[]} more After it.
 */
async function doSteps(steps, more) {
  const toDo = (/** @type {Step[]} */ list) => list.filter((step) => !step.isDone());
  const progress = new Progress(toDo(steps).length + more.length);
  const doAll = async (/** @type {Step[]} */ list) => {
    for (const step of toDo(list)) {
      progress.begin(step.title);
      await step.work((detail) => progress.update(detail));
      progress.end();
    }
  };
  if (toDo(steps).length > 0) {
    await withLock(join(cacheDir, 'lock'), () => doAll(steps));
  }
  await doAll(more);
}

/**
 * Runs a command's main function; what went wrong with a program is told without a stack trace.
 *
 * @param {string} moduleUrl The command's import.meta.url.
 * @param {(parameters: string[]) => Promise<number | void>} main Its result is the exit status.
 */
export function runCommand(moduleUrl, main) {
  if (process.argv[1] && pathToFileURL(process.argv[1]).href === moduleUrl) {
    main(process.argv.slice(2)).then(
      (status) => {
        process.exitCode = status ?? 0;
      },
      (error) => {
        console.error(error instanceof ProcessError ? `\n${error.message}` : error);
        process.exitCode = 1;
      },
    );
  }
}

runCommand(import.meta.url, async (parameters) => {
  const variantNames = parameters.includes('all')
    ? variants.map(({ variant }) => variant)
    : parameters.filter((name) => name !== 'native');
  await setUp({ native: parameters.includes('native') || parameters.includes('all'), variantNames });
});
