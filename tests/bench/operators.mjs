// Where a network's time goes in WebAssembly, kind of operator by kind, on one thread.

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repository } from './places.mjs';
import { printTable } from './tables.mjs';

const run = promisify(execFile);
const kPresets = { simd: 'wasm-simd', 'relaxed SIMD': 'wasm-relaxed' };

/** @typedef {{ name: string, count: number, multiply_adds: number, ms: number }} Operators */

/** @param {string} preset @param {string} file @param {number} rounds @returns {Promise<Operators[]>} */
async function timeOperators(preset, file, rounds) {
  const tool = join(repository, 'build', preset, 'core/bench_operators.cjs');
  const { stdout } = await run(process.execPath, ['--experimental-wasm-relaxed-simd', tool, file, String(rounds)]);
  return JSON.parse(stdout).operators;
}

/** The builds take turns, `repeats` times, and the best of each kind counts. */
async function bestOf({ file }, repeats, rounds) {
  /** @type {Map<string, Operators & { times: Record<string, number> }>} */
  const kinds = new Map();
  for (let repeat = 0; repeat < repeats; repeat += 1) {
    for (const [build, preset] of Object.entries(kPresets)) {
      for (const operators of await timeOperators(preset, file, rounds)) {
        const kind = kinds.get(operators.name) ?? { ...operators, times: {} };
        kind.times[build] = Math.min(kind.times[build] ?? Number.POSITIVE_INFINITY, operators.ms);
        kinds.set(operators.name, kind);
      }
    }
  }
  return [...kinds.values()].sort((a, b) => b.times.simd - a.times.simd);
}

/** @param {{ backbones: { name: string, file: string }[], repeats: number, rounds: number }} job */
export async function measureOperators({ backbones, repeats, rounds }) {
  const results = [];
  for (const backbone of backbones) {
    results.push({ backbone: backbone.name, kinds: await bestOf(backbone, repeats, rounds) });
  }
  const builds = Object.keys(kPresets);
  printTable(
    `Where the time of a network goes, in Node ${process.versions.node}, one thread`,
    ['network', 'operators', 'how many', 'million multiply-adds', ...builds.map((build) => `${build}, ms`), 'share, %'],
    results.flatMap(({ backbone, kinds }) => {
      const total = kinds.reduce((sum, { times }) => sum + times.simd, 0);
      return kinds.map(({ name, count, multiply_adds, times }) => [
        backbone,
        name,
        count,
        multiply_adds > 0 ? (multiply_adds / 1e6).toFixed(1) : '',
        ...builds.map((build) => times[build].toFixed(3)),
        ((100 * times.simd) / total).toFixed(1),
      ]);
    }),
  );
  return results;
}
