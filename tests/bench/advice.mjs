// Advice: on few pictures, what the recommended way of training reaches on all the others, beside every candidate.

import { basename } from 'node:path';
import { withPackedPictures } from './native-pictures.mjs';
import { fraction, mean, printTable, progress } from './tables.mjs';

const kShots = [5, 10, 20];

/** @typedef {{ accuracies: Record<string, number>, recommended: string }} Draw */

/** @param {{ folders: string[], backbones: { name: string, file: string }[], seeds: number }} job */
export async function measureAdvice({ folders, backbones, seeds }) {
  /** @type {{ folder: string, backbone: string, shots: number, draws: Draw[] }[]} */
  const results = [];
  for (const folder of folders) {
    await withPackedPictures(folder, Math.max(...kShots) + 1, async (measure) => {
      for (const { name, file } of backbones) {
        progress(`  advice with ${name}`);
        for (const { per_class: shots, draws } of await measure('bench_advice', file, seeds, ...kShots)) {
          results.push({ folder: basename(folder), backbone: name, shots, draws });
        }
      }
      progress('');
    });
  }
  printTable(
    `The recommended way of training without fine-tuning, mean of ${seeds} draws, tested on all other pictures`,
    ['pictures', 'backbone', 'per class', 'recommended', 'best in hindsight', 'behind it', 'head alone', 'chosen'],
    results.map(({ folder, backbone, shots, draws }) => {
      const reached = mean(draws.map(({ recommended, accuracies }) => accuracies[recommended]));
      // The one candidate that is best on average: the best of each draw would be luck.
      const names = Object.keys(draws[0].accuracies);
      const best = Math.max(...names.map((strategy) => mean(draws.map(({ accuracies }) => accuracies[strategy]))));
      return [
        folder,
        backbone,
        shots,
        fraction(reached),
        fraction(best),
        `${(100 * (best - reached)).toFixed(1)} points`,
        fraction(mean(draws.map(({ accuracies }) => accuracies.head))),
        [...new Set(draws.map(({ recommended }) => recommended))].join(', '),
      ];
    }),
  );
  return results;
}
