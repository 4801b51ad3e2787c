// Fine-tuning: what it gains over the head alone on pictures that neither saw, and how fast an epoch is.

import { execFile } from 'node:child_process';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { withPackedPictures } from './native-pictures.mjs';
import { repository } from './places.mjs';
import { fraction, mean, printTable, progress } from './tables.mjs';

const kPerClass = 60;
const kBlocks = 3;
// As the library does it.
const kEpochs = 6;
const kViews = 3;
const run = promisify(execFile);

const kBuilds = {
  native: { tool: 'build/native-release/core/bench_fine_tune', threads: 2 },
  'relaxed-simd-threads': { tool: 'build/wasm-relaxed-threads/core/bench_fine_tune.cjs', threads: 2 },
  'relaxed-simd': { tool: 'build/wasm-relaxed/core/bench_fine_tune.cjs', threads: 1 },
};

/** One epoch over 500 pictures from cached maps, beside the bare matrix product. */
async function timeEpoch(backbone, build) {
  const { tool, threads } = kBuilds[build];
  const parameters = [join(repository, tool), backbone.file, String(kBlocks), String(threads), '500'];
  const { stdout } = tool.endsWith('.cjs')
    ? await run(process.execPath, ['--experimental-wasm-relaxed-simd', ...parameters])
    : await run(parameters[0], parameters.slice(1));
  return { backbone: backbone.name, build, ...JSON.parse(stdout) };
}

/** @param {{ folders: string[], backbones: { name: string, file: string }[], seeds: number }} job */
export async function measureFineTuning({ folders, backbones, seeds }) {
  const rows = [];
  for (const folder of folders) {
    await withPackedPictures(folder, kPerClass + 1, async (measure) => {
      for (const { name, file } of backbones) {
        const draws = [];
        for (let seed = 1; seed <= seeds; seed += 1) {
          progress(`  fine-tuning ${name}, draw ${seed} of ${seeds}`);
          draws.push(
            await measure('bench_pictures fine-tune', file, kPerClass, seed, kBlocks, 1_000_000, kEpochs, kViews),
          );
        }
        progress('');
        rows.push({ folder: basename(folder), backbone: name, draws });
      }
    });
  }
  printTable(
    `Fine-tuning the last ${kBlocks} blocks on ${kPerClass} pictures per class, mean of ${seeds} draws, tested on all others`,
    ['pictures', 'backbone', 'head alone', 'fine-tuned', 'error cut by', 'kept the head', 'seconds'],
    rows.map(({ folder, backbone, draws }) => {
      const head = mean(draws.map((draw) => draw.head_accuracy));
      const tuned = mean(draws.map((draw) => draw.tuned_accuracy));
      return [
        folder,
        backbone,
        fraction(head),
        fraction(tuned),
        `${((100 * (tuned - head)) / (1 - head)).toFixed(0)} %`,
        `${draws.filter((draw) => !draw.better_than_head).length} of ${draws.length}`,
        mean(draws.map((draw) => draw.elapsed_s)).toFixed(0),
      ];
    }),
  );
  const times = [];
  for (const backbone of backbones) {
    for (const build of Object.keys(kBuilds)) {
      progress(`  an epoch of ${backbone.name}, ${build}`);
      times.push(await timeEpoch(backbone, build));
    }
  }
  progress('');
  printTable(
    `One epoch over 500 pictures, last ${kBlocks} blocks at 224 px, borders cached`,
    ['backbone', 'build', 'threads', 'seconds', 'GMAC/s', 'of the matrix product', 'memory, MiB'],
    times.map((row) => [
      row.backbone,
      row.build,
      row.threads,
      row.epoch_s.toFixed(2),
      (row.multiply_adds_per_s / 1e9).toFixed(1),
      `${((100 * row.multiply_adds_per_s) / row.peak_multiply_adds_per_s).toFixed(0)} %`,
      (row.memory_bytes / 2 ** 20).toFixed(0),
    ]),
  );
  return { accuracy: rows, epochs: times };
}
