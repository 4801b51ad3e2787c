// npm test: the same set-up as npm start, then every test. `npm test -- core wasm` runs only these parts.

import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { repository } from './cache.mjs';
import { buildDirOf, buildPreset, distStep, moduleStep } from './modules.mjs';
import { hasNpmPackages, provideNpmPackages } from './npm.mjs';
import { ProcessError, run } from './process.mjs';
import { runCommand, setUp } from './setup.mjs';
import { variants } from './variants.mjs';

/**
 * @typedef {object} Suite
 * @property {string} name
 * @property {(quietly?: (line: string) => void) => Promise<unknown>} work Prints as it goes, or tells its lines.
 * @property {boolean} [alone] It times something, or fills the machine itself: nothing else runs beside it.
 */

const variantNames = variants.map(({ variant }) => variant);
const relaxed = '--experimental-wasm-relaxed-simd';

/**
 * Core's own tests run in Node with neither of the two choices that make a variant, and with both; the other two
 * combinations of the same sources are met by the library's tests and the page's.
 */
const variantsWithCoreTests = variants.filter(({ variant }) => ['simd', 'relaxed-simd-threads'].includes(variant));

/**
 * What each part needs built, what it alone needs built besides, and its suites.
 *
 * @type {Record<string, { steps: import('./setup.mjs').Step[], own?: import('./setup.mjs').Step[], suites: Suite[] }>}
 */
const parts = {
  core: {
    steps: ['native-debug', 'native-asan'].map((preset) => presetStep(preset, `Tests of core, ${preset}`)),
    suites: [
      { name: 'core, native', work: ctest('native-debug') },
      { name: 'command line', work: nodeTest('tests/command-line') },
      { name: 'core and fuzz corpus, sanitizers', work: ctest('native-asan') },
    ],
  },
  wasm: {
    steps: [
      ...variants.map(({ variant, preset }) =>
        variantsWithCoreTests.some((tested) => tested.variant === variant)
          ? presetStep(preset, `Module and tests of core, variant ${variant}`)
          : moduleStep(variant),
      ),
      {
        title: "Types of the module's bindings",
        isDone: () => false,
        work: (onProgress) => buildPreset(variants[0].preset, ['headstart_types'], onProgress),
      },
      distStep(),
    ],
    suites: [
      ...variantsWithCoreTests.map(({ variant, preset }) => ({
        name: `core in Node, ${variant}`,
        work: ctest(preset),
      })),
      { name: 'library in Node', work: nodeTest('tests/wasm'), alone: true },
    ],
  },
  web: {
    steps: [...variantNames.map(moduleStep), distStep()],
    suites: [
      { name: 'modules of the page', work: nodeTest('tests/web') },
      { name: 'page in Chromium', work: playwright, alone: true },
    ],
  },
  consumers: {
    steps: [...variantNames.map(moduleStep), distStep(), consumersStep()],
    suites: [{ name: 'exported files where they go', work: nodeTest('tests/consumers') }],
  },
  repo: {
    // The budgets look at everything that is built, and at what the writers of files cost.
    steps: [...variantNames.map(moduleStep), distStep()],
    own: [
      {
        title: 'Module without the writers of files',
        isDone: () => false,
        work: (onProgress) => buildPreset(variants[0].preset, ['headstart_without_writers'], onProgress),
      },
    ],
    suites: [
      { name: 'set-up', work: nodeTest('tests/toolchain') },
      { name: 'repository', work: nodeTest('tests/repo', { HEADSTART_ALL_BUILT: '1' }) },
    ],
  },
};

/**
 * @param {string} preset
 * @param {string} title
 * @returns {import('./setup.mjs').Step}
 */
function presetStep(preset, title) {
  return { title, isDone: () => false, work: (onProgress) => buildPreset(preset, [], onProgress) };
}

/**
 * The programs that load exported files: hundreds of megabytes, which nothing but their own tests needs.
 *
 * @returns {import('./setup.mjs').Step}
 */
function consumersStep() {
  const folder = join(repository, 'tests/consumers');
  return {
    title: 'Programs that load exported files',
    isDone: () => hasNpmPackages(folder),
    work: () => provideNpmPackages(folder),
  };
}

/** @param {string} preset @returns {Suite['work']} */
function ctest(preset) {
  const parameters = ['--test-dir', buildDirOf(preset), '--output-on-failure', '--no-tests=error'];
  return (quietly) => run('ctest', parameters, { show: !quietly, onLine: quietly });
}

/** @param {string} folder @param {NodeJS.ProcessEnv} [env] @returns {Suite['work']} */
function nodeTest(folder, env = {}) {
  return async (quietly) => {
    const files = testFiles(folder);
    if (files.length === 0) {
      throw new ProcessError(`there are no tests in ${folder}`);
    }
    const parameters = [relaxed, '--test', '--test-reporter=spec', ...files];
    await run(process.execPath, parameters, { show: !quietly, onLine: quietly, env });
  };
}

/** @param {string} folder */
function testFiles(folder) {
  const path = join(repository, folder);
  return !existsSync(path)
    ? []
    : readdirSync(path, { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.test.mjs') && !name.includes('node_modules'))
        .map((name) => join(path, name))
        .sort();
}

async function playwright() {
  const chromium = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
  if (!chromium.some((path) => path && existsSync(path))) {
    throw new ProcessError(
      'The tests of the page need Chromium: install it (Debian: apt-get install chromium) or name one in CHROMIUM.',
    );
  }
  const cli = join(repository, 'node_modules/@playwright/test/cli.js');
  await run(process.execPath, [cli, 'test', '--config', 'tests/web/playwright.config.js'], { show: true });
}

/** @typedef {{ name: string, seconds: string, error: Error | null }} Outcome */

/**
 * @param {Suite} suite
 * @param {boolean} beside Whether others run beside it: its lines are then printed together, when it has ended.
 * @returns {Promise<Outcome>}
 */
async function runSuite({ name, work }, beside) {
  /** @type {string[]} */
  const lines = [];
  const startedAt = performance.now();
  if (!beside) {
    console.log(`\n== ${name} ==`);
  }
  const error = await work(beside ? (line) => lines.push(line) : undefined).then(
    () => null,
    (reason) => reason,
  );
  if (beside) {
    console.log([`\n== ${name} ==`, ...lines].join('\n'));
  }
  return { name, seconds: ((performance.now() - startedAt) / 1000).toFixed(1), error };
}

/**
 * First those that may run side by side, as many as there are processors; then the others, one after another.
 *
 * @param {Suite[]} suites
 */
async function runSuites(suites) {
  /** @type {Outcome[]} */
  const results = [];
  const waiting = suites.filter(({ alone }) => !alone);
  const lanes = Math.min(availableParallelism(), waiting.length);
  const lane = async () => {
    for (let suite = waiting.shift(); suite; suite = waiting.shift()) {
      results.push(await runSuite(suite, lanes > 1));
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  for (const suite of suites.filter(({ alone }) => alone)) {
    results.push(await runSuite(suite, false));
  }
  console.log('\n== summary ==');
  for (const { name, seconds, error } of results) {
    console.log(
      `${error ? 'FAILED' : 'passed'}  ${name} (${seconds} s)${error ? `: ${error.message.split('\n')[0]}` : ''}`,
    );
  }
  const failed = results.filter(({ error }) => error);
  // Once more at the very end: a log that keeps only its last lines must still say what failed.
  for (const { name, error } of failed) {
    console.log(`\n== failed: ${name} ==\n${error?.message}`);
  }
  return failed.length > 0 ? 1 : 0;
}

runCommand(import.meta.url, async (parameters) => {
  const unknown = parameters.find((name) => !parts[name]);
  if (unknown) {
    throw new ProcessError(`expected some of ${Object.keys(parts).join(', ')}, got '${unknown}'`);
  }
  const names = parameters.length > 0 ? parameters : Object.keys(parts);
  const needsModules = names.some((name) => name !== 'core');
  // Two parts may want the same step, under different names the same build.
  const steps = names.flatMap((name) => {
    const others = { web: ['wasm'], repo: ['wasm', 'web'] }[name] ?? [];
    const { steps: shared, own = [] } = parts[name];
    return others.some((other) => names.includes(other)) ? own : [...shared, ...own];
  });
  await setUp({
    native: names.includes('core'),
    variantNames: needsModules ? variantNames : [],
    more: steps,
  });
  return runSuites(names.flatMap((name) => parts[name].suites));
});
