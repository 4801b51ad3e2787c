// Unknown objects: some classes are recorded, pictures of the others should be told from theirs. Area under the
// ROC curve, several ways of telling side by side.

import { basename } from 'node:path';
import { withPackedPictures } from './native-pictures.mjs';
import { fraction, printTable, progress } from './tables.mjs';

const kPerClass = 20;
const kKnownPart = 0.7;

/** @param {{ folders: string[], backbones: { name: string, file: string }[], seeds: number }} job */
export async function measureUnknown({ folders, backbones, seeds }) {
  const rows = [];
  for (const folder of folders) {
    await withPackedPictures(folder, kPerClass + 1, async (measure, classCount) => {
      const knownCount = Math.max(2, Math.min(classCount - 1, Math.round(kKnownPart * classCount)));
      for (const { name, file } of backbones) {
        progress(`  unknown objects with ${name}`);
        const result = await measure('bench_pictures unknown', file, kPerClass, seeds, knownCount);
        for (const features of Object.keys(result)) {
          rows.push({
            folder: basename(folder),
            backbone: name,
            knownCount,
            classCount,
            features,
            ...result[features],
          });
        }
      }
      progress('');
    });
  }
  printTable(
    `Unknown objects: area under the ROC curve, ${kPerClass} pictures per known class, mean of ${seeds} splits`,
    [
      'pictures',
      'known of',
      'backbone',
      'features',
      'largest probability',
      'energy',
      '3 nearest neighbours',
      'known (predict)',
      'own pictures kept',
      'unknown passed',
    ],
    rows.map((row) => [
      row.folder,
      `${row.knownCount} of ${row.classCount}`,
      row.backbone,
      row.features,
      ...['largest_probability', 'energy', 'neighbours', 'judge', 'kept_known', 'passed_unknown'].map((key) =>
        fraction(row[key]),
      ),
    ]),
  );
  return rows;
}
