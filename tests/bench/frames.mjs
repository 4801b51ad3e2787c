// A frame's way taken apart, in Node, by core's own tool: preparation, the bare XNNPACK graph, both, and the processor's peak.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repository } from './places.mjs';
import { leastAndMedian, milliseconds, printTable } from './tables.mjs';

const kBuilds = [
  { build: 'native', preset: 'native-release', file: 'core/bench_frame', threads: [1, 2] },
  { build: 'simd', preset: 'wasm-simd', file: 'core/bench_frame.cjs', threads: [1] },
  { build: 'relaxed-simd', preset: 'wasm-relaxed', file: 'core/bench_frame.cjs', threads: [1] },
  { build: 'simd-threads', preset: 'wasm-threads', file: 'core/bench_frame.cjs', threads: [1, 2] },
  { build: 'relaxed-simd-threads', preset: 'wasm-relaxed-threads', file: 'core/bench_frame.cjs', threads: [1, 2] },
];

const run = promisify(execFile);

async function timeOnce(tool, backbone, threads, rounds) {
  const parameters = [backbone, String(threads), String(rounds)];
  const [program, args] = tool.endsWith('.cjs')
    ? [process.execPath, ['--experimental-wasm-relaxed-simd', tool, ...parameters]]
    : [tool, parameters];
  const { stdout } = await run(program, args);
  return JSON.parse(stdout);
}

/** The smaller minimum and the smaller median of several runs: what disturbed one of them is left out. */
const better = (a, b) => ({
  min_ms: Math.min(a.min_ms, b.min_ms),
  median_ms: Math.min(a.median_ms, b.median_ms),
});

/**
 * @param {{ backbones: { name: string, file: string }[], repeats: number, rounds: number }} job
 * The builds take turns, `repeats` times, so that a slow minute of the machine does not hit one of them alone.
 */
export async function measureFrames({ backbones, repeats, rounds }) {
  const contestants = kBuilds
    .map((each) => ({ ...each, tool: join(repository, 'build', each.preset, each.file) }))
    .filter(({ tool }) => existsSync(tool))
    .flatMap((each) => each.threads.map((threads) => ({ ...each, threads })))
    .flatMap((each) => backbones.map((backbone) => ({ ...each, backbone })));
  const results = new Map();
  for (let repeat = 0; repeat < repeats; repeat += 1) {
    for (const { build, tool, threads, backbone } of contestants) {
      const key = `${backbone.name} ${build} ${threads}`;
      const timed = await timeOnce(tool, backbone.file, threads, rounds);
      const before = results.get(key);
      results.set(key, {
        backbone: backbone.name,
        build,
        threads,
        peakGflops: Math.max(timed.peak_gflops, before?.peakGflops ?? 0),
        prepare: before ? better(before.prepare, timed.prepare) : timed.prepare,
        graph: before ? better(before.graph, timed.graph) : timed.graph,
        together: before ? better(before.together, timed.together) : timed.together,
      });
    }
  }
  const rows = [...results.values()];
  const show = ({ min_ms, median_ms }) => milliseconds({ min: min_ms, median: median_ms });
  printTable(
    `A 640x480 frame to its embedding, in Node ${process.versions.node}, ms`,
    [
      'backbone',
      'build',
      'threads',
      ...leastAndMedian('prepare'),
      ...leastAndMedian('bare XNNPACK graph'),
      ...leastAndMedian('together'),
      'together : bare',
      'peak GFLOP/s, 1 thread',
    ],
    rows.map((row) => [
      row.backbone,
      row.build,
      row.threads,
      ...show(row.prepare),
      ...show(row.graph),
      ...show(row.together),
      (row.together.min_ms / row.graph.min_ms).toFixed(3),
      row.peakGflops.toFixed(1),
    ]),
  );
  return rows;
}
