// Configures and builds the presets of CMakePresets.json, and dist/ from what they give.

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDir, repository } from './cache.mjs';
import { withLock } from './lock.mjs';
import { run } from './process.mjs';
import { findVariant } from './variants.mjs';
import { runNinja } from './xnnpack.mjs';

/** @param {string} preset */
export function buildDirOf(preset) {
  return join(repository, 'build', preset);
}

/**
 * @param {string} preset
 * @param {string[]} targets None: everything.
 * @param {(detail: string) => void} onProgress
 */
export async function buildPreset(preset, targets, onProgress) {
  const buildDir = buildDirOf(preset);
  await withLock(`${buildDir}.lock`, async () => {
    const owner = join(buildDir, 'headstart-cache.txt');
    if (!existsSync(join(buildDir, 'build.ninja')) || !existsSync(owner) || readFileSync(owner, 'utf8') !== cacheDir) {
      // Compilers of another cache cannot be exchanged in a configured folder.
      rmSync(buildDir, { recursive: true, force: true });
      onProgress('configuring');
      await run('cmake', ['--preset', preset]);
      mkdirSync(buildDir, { recursive: true });
      writeFileSync(owner, cacheDir);
    }
    await runNinja(buildDir, targets, onProgress);
  });
}

/**
 * The step that builds a variant's module.
 *
 * @param {string} name
 * @returns {import('./setup.mjs').Step}
 */
export function moduleStep(name) {
  const { variant, preset } = findVariant(name);
  return {
    title: `Headstart's module, variant ${variant}`,
    isDone: () => false,
    work: (onProgress) => buildPreset(preset, [variant], onProgress),
  };
}

/**
 * The step that puts dist/ together. Modules have to be built before.
 *
 * @returns {import('./setup.mjs').Step}
 */
export function distStep() {
  return {
    title: 'Page and library',
    isDone: () => false,
    work: async () => {
      // Only now: before the first set-up there are no npm packages.
      const { build } = await import('vite');
      const { buildLibrary } = await import('../../web/library.build.mjs');
      const { buildServiceWorker } = await import('../../web/offline.build.mjs');
      await build({ configFile: join(repository, 'web/vite.config.js'), logLevel: 'warn' });
      await buildLibrary();
      await buildServiceWorker();
    },
  };
}
