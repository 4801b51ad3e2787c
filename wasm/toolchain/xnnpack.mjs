// Compiles XNNPACK into the cache, in parts that variants share.

import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { cacheDir, recipeFiles, recipeHash, repository, sourcesDir } from './cache.mjs';
import { firstDifference, recordInventory } from './inventory.mjs';
import { run } from './process.mjs';

/**
 * @param {string} part native, shared, relaxed, or base-<variant>
 * @param {import('./tools.mjs').Tools} tools
 */
function partDir(part, tools) {
  const compiler = part !== 'native' && tools.emcc ? `-emcc${tools.emcc}` : '';
  return join(cacheDir, `xnnpack-${recipeHash()}${compiler}`, part);
}

/**
 * @param {string} part
 * @param {import('./tools.mjs').Tools} tools
 */
export function hasXnnpack(part, tools) {
  const dir = partDir(part, tools);
  const complete = join(dir, 'complete');
  return existsSync(complete) && firstDifference(complete, librariesIn(dir)) === null;
}

/** What the linker takes of a part. @param {string} dir */
function librariesIn(dir) {
  return readdirSync(dir)
    .filter((name) => name.endsWith('.a'))
    .map((name) => join(dir, name));
}

/** @param {string} part */
export function titleOf(part) {
  const titles = /** @type {Record<string, string>} */ ({
    native: 'XNNPACK for native tests',
    shared: 'XNNPACK, kernels for all variants',
    relaxed: 'XNNPACK, relaxed SIMD kernels',
  });
  return titles[part] ?? `XNNPACK, variant ${part.replace('base-', '')}`;
}

/**
 * @param {string} part
 * @param {import('./tools.mjs').Tools} tools
 * @param {(detail: string) => void} onProgress
 */
export async function compileXnnpack(part, tools, onProgress) {
  const buildDir = partDir(part, tools);
  const [kind, ...variant] = part.split('-');
  const recipe = copyRecipe(buildDir);
  const settings = {
    CMAKE_BUILD_TYPE: 'Release',
    CMAKE_TOOLCHAIN_FILE: join(recipe, 'wasm/toolchain', kind === 'native' ? 'native.cmake' : 'emscripten.cmake'),
    HEADSTART_SOURCES: sourcesDir,
    HEADSTART_XNNPACK_PART: kind === 'native' ? 'all' : kind,
    HEADSTART_VARIANT: variant.join('-'),
  };
  const definitions = Object.entries(settings).map(([name, value]) => `-D${name}=${value}`);
  // Ninja goes by dates, so it would believe a library whose bytes were changed.
  for (const library of existsSync(buildDir) ? librariesIn(buildDir) : []) {
    rmSync(library);
  }
  onProgress('configuring');
  await run('cmake', ['-S', join(recipe, 'core/xnnpack'), '-B', buildDir, '-G', 'Ninja', ...definitions]);
  await runNinja(buildDir, [], onProgress);
  recordInventory(join(buildDir, 'complete'), librariesIn(buildDir));
}

/**
 * The build files lie beside the objects, so that the cache does not depend on where a checkout is.
 *
 * @param {string} buildDir
 */
function copyRecipe(buildDir) {
  const target = join(buildDir, '../recipe');
  if (!existsSync(target)) {
    const part = `${target}.part`;
    rmSync(part, { recursive: true, force: true });
    for (const file of recipeFiles()) {
      mkdirSync(join(part, file, '..'), { recursive: true });
      cpSync(join(repository, file), join(part, file));
    }
    renameSync(part, target);
  }
  return target;
}

/**
 * @param {string} buildDir
 * @param {string[]} targets
 * @param {(detail: string) => void} onProgress
 */
export async function runNinja(buildDir, targets, onProgress) {
  const jobs = Math.max(availableParallelism(), 1);
  await run('ninja', ['-C', buildDir, '-j', String(jobs), ...targets], {
    env: { NINJA_STATUS: '%f of %t steps|' },
    isNoise: (line) => {
      const status = line.match(/^(\d+ of \d+ steps)\|/);
      if (status) {
        onProgress(status[1]);
      }
      return status !== null;
    },
  });
}
