// Few-shot accuracy on folders of class folders: train on 5, 10 or 20 pictures per class, test on all the others.

import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readHead } from './head.mjs';
import { decodePicture, readClassFolders, seededRandom, shuffled } from './pictures.mjs';
import { library } from './places.mjs';
import { fraction, mean, printTable, progress } from './tables.mjs';
import { untrainedLike } from './untrained.mjs';

const kShots = [5, 10, 20];
// What the others are compared with: the published network of the built-in one's size.
const kReference = 'mobilenet_v2_0.35_96';

/**
 * All pictures embedded once. They wait in classes that are switched off, from where each draw copies what it trains on.
 */
async function embedPictures(trainer, classes) {
  const pools = [];
  for (const { name, files } of classes) {
    const pool = trainer.addClass(`all ${name}`);
    trainer.setClassEnabled(pool, false);
    const samples = [];
    for (const file of files) {
      const sampleId = await trainer.addSample(pool, decodePicture(file));
      samples.push({ sampleId, embedding: await trainer.sampleEmbedding(sampleId) });
      progress(`  ${name}: ${samples.length} of ${files.length} pictures embedded`);
    }
    pools.push({ name, samples });
  }
  progress('');
  return pools;
}

/** One cell of the table: one draw of pictures, one training, tested on the rest. */
async function trainAndTest(trainer, pools, { shots, seed, head }) {
  const random = seededRandom(seed);
  const draws = pools.map(({ samples }) => shuffled(samples, random));
  const classIds = [];
  for (const [index, draw] of draws.entries()) {
    const classId = trainer.addClass(pools[index].name);
    classIds.push(classId);
    await trainer.copySamples(
      draw.slice(0, shots).map(({ sampleId }) => sampleId),
      classId,
    );
  }
  const report = await trainer.train({ head, seed });
  const { labels, logits } = readHead(await trainer.exportHead());
  let right = 0;
  let count = 0;
  let loss = 0;
  draws.forEach((draw, index) => {
    for (const { embedding } of draw.slice(shots)) {
      const values = logits(embedding);
      const best = values.indexOf(Math.max(...values));
      const most = values[best];
      const logSum = Math.log(values.reduce((sum, value) => sum + Math.exp(value - most), 0)) + most;
      if (labels[best] === pools[index].name) {
        right += 1;
      }
      loss += logSum - values[labels.indexOf(pools[index].name)];
      count += 1;
    }
  });
  for (const classId of classIds) {
    trainer.removeClass(classId);
  }
  await trainer.emptyBin();
  return { accuracy: right / count, loss: loss / count, promised: report.accuracy };
}

/**
 * The mean over the cells of each one's part of the reference's accuracy with the same head, or empty without it.
 */
function partOfReference(rows, { head, cells }) {
  const reference = rows.find((row) => row.backbone === kReference && row.head === head);
  if (!reference) {
    return '';
  }
  const parts = cells.map(({ accuracy }, index) => accuracy / reference.cells[index].accuracy);
  return `${(100 * mean(parts)).toFixed(0)} %`;
}

/**
 * @param {{ folders: string[], backbones: { name: string, file: string }[], seeds: number, heads: string[] }} job
 */
export async function measureAccuracy({ folders, backbones, seeds, heads }) {
  const { createTrainer } = await import(pathToFileURL(`${library}/headstart.node.js`).href);
  const files = backbones.map(({ name, file }) => ({ name, bytes: new Uint8Array(readFileSync(file)) }));
  files.push({ name: `untrained, shape of ${files[0].name}`, bytes: untrainedLike(files[0].bytes) });
  const results = [];
  for (const folder of folders) {
    const classes = readClassFolders(folder).filter(({ files }) => files.length > Math.min(...kShots));
    const rows = [];
    for (const { name, bytes } of files) {
      const trainer = await createTrainer({ backbone: bytes });
      const pools = await embedPictures(trainer, classes);
      for (const head of heads) {
        const cells = [];
        for (const shots of kShots) {
          const usable = pools.filter(({ samples }) => samples.length > shots);
          const draws = [];
          for (let seed = 1; seed <= seeds; seed += 1) {
            progress(`  ${name}, ${head}, ${shots} per class, draw ${seed} of ${seeds}`);
            draws.push(await trainAndTest(trainer, usable, { shots, seed, head }));
          }
          const pick = (key) => mean(draws.map((draw) => draw[key]));
          cells.push({ shots, accuracy: pick('accuracy'), loss: pick('loss'), promised: pick('promised') });
        }
        progress('');
        rows.push({ folder: basename(folder), backbone: name, head, cells });
      }
      await trainer.dispose();
    }
    results.push(...rows);
    printTable(
      `Accuracy on ${basename(folder)} (${classes.length} classes), ${kShots.join(' / ')} pictures per class, mean of ${seeds} draws`,
      ['backbone', 'head', 'accuracy', 'as promised by the report', 'log loss', `of ${kReference}`],
      rows.map(({ backbone, head, cells }) => [
        backbone,
        head,
        cells.map((cell) => fraction(cell.accuracy)).join(' / '),
        cells.map((cell) => fraction(cell.promised)).join(' / '),
        cells.map((cell) => cell.loss.toFixed(2)).join(' / '),
        partOfReference(rows, { head, cells }),
      ]),
    );
  }
  return results;
}
