// Configures and builds the presets of CMakePresets.json.

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDir, repository, withLock } from './cache.mjs';
import { run } from './process.mjs';
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
