// Few-shot accuracy of the ways to train on networks alone and together, beside Teachable Machine's recipe: the same draws for
// all, core's own tool.

import { basename } from 'node:path';
import { withPackedPictures } from './native-pictures.mjs';
import { fraction, printTable, progress } from './tables.mjs';

const kShots = [5, 10, 20];
/** Its network and its head: dense 100, dense softmax, 50 epochs. */
const kRecipe = { network: 'mobilenet_v2_0.35_224', way: 'head:mlp' };

/**
 * @param {{ folders: string[], networks: import('./places.mjs').Lookers[], seeds: number, ways: string[] }} job
 */
export async function measureWays({ folders, networks, seeds, ways }) {
  const results = [];
  for (const folder of folders) {
    const rows = await withPackedPictures(folder, Math.max(...kShots) + 1, async (measure) => {
      const measured = [];
      for (const { name, files, shares } of networks) {
        const wanted = name === kRecipe.network ? [...ways, kRecipe.way] : ways;
        progress(`  ${basename(folder)}: ${name}`);
        const told = files.map((file, i) => (shares ? `${file}*${shares[i]}` : file)).join(',');
        const { cells } = await measure('bench_ways', told, seeds, kShots.join(','), ...wanted);
        for (const way of wanted) {
          measured.push({ name, way, cells: cells.filter((/** @type {{ way: string }} */ cell) => cell.way === way) });
        }
      }
      progress('');
      return measured;
    });
    results.push({ folder: basename(folder), rows });
    printTable(
      `Right on ${basename(folder)}, ${seeds} draws`,
      ['network', 'way', ...kShots.map((shots) => `${shots} per class`)],
      rows.map(({ name, way, cells }) => [
        name,
        way === kRecipe.way ? 'Teachable Machine’s recipe' : way,
        ...cells.map((/** @type {{ accuracy: number }} */ { accuracy }) => fraction(accuracy)),
      ]),
    );
  }
  return results;
}
