// Advice: on few pictures, what the recommended way of training reaches on all the others, beside every candidate.

import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';
import { decodePicture, readClassFolders, seededRandom, shuffled } from './pictures.mjs';
import { library } from './places.mjs';
import { fraction, mean, printTable, progress } from './tables.mjs';

const kShots = [5, 10, 20];
// Every candidate answers these: enough to tell a point apart over all draws.
const kMostTestedPerClass = 40;

/** The part of the test pictures that the present head is right about. */
async function testAccuracy(trainer, tested) {
  let right = 0;
  for (const { picture, classId } of tested) {
    const { ranked } = await trainer.predict(picture);
    if (ranked[0].classId === classId) right += 1;
  }
  return right / tested.length;
}

/** One draw: advise on it, then train every candidate and test it. */
async function tryCandidates(trainer, classes, { shots, seed }) {
  const random = seededRandom(seed);
  const tested = [];
  const classIds = [];
  for (const { name, pictures } of classes) {
    const classId = trainer.addClass(name);
    classIds.push(classId);
    const draw = shuffled(pictures, random);
    for (const picture of draw.slice(0, shots)) await trainer.addSample(classId, picture);
    for (const picture of draw.slice(shots, shots + kMostTestedPerClass)) tested.push({ picture, classId });
  }
  const { candidates, recommended } = await trainer.advise({ seed });
  const accuracies = {};
  for (const { strategy } of candidates) {
    await trainer.train({ strategy, seed });
    accuracies[strategy] = await testAccuracy(trainer, tested);
  }
  for (const classId of classIds) trainer.removeClass(classId);
  await trainer.emptyBin();
  return { recommended, accuracies };
}

/** @param {{ folders: string[], backbones: { name: string, file: string }[], seeds: number }} job */
export async function measureAdvice({ folders, backbones, seeds }) {
  const { createTrainer } = await import(pathToFileURL(`${library}/headstart.js`).href);
  const results = [];
  for (const folder of folders) {
    const classes = readClassFolders(folder)
      .filter(({ files }) => files.length > Math.max(...kShots))
      .map(({ name, files }) => ({ name, pictures: files.map(decodePicture) }));
    for (const { name, file } of backbones) {
      const trainer = await createTrainer({ backbone: new Uint8Array(readFileSync(file)) });
      for (const shots of kShots) {
        const draws = [];
        for (let seed = 1; seed <= seeds; seed += 1) {
          progress(`  advice with ${name}, ${shots} per class, draw ${seed} of ${seeds}`);
          draws.push(await tryCandidates(trainer, classes, { shots, seed }));
        }
        progress('');
        results.push({ folder: basename(folder), backbone: name, shots, draws });
      }
      await trainer.dispose();
    }
  }
  printTable(
    `The recommended way of training, mean of ${seeds} draws, tested on up to ${kMostTestedPerClass} other pictures per class`,
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
