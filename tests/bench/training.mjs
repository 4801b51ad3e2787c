// How long training takes, on embeddings of the shape and size that pictures give, without the pictures.

import { pathToFileURL } from 'node:url';
import { seededRandom } from './pictures.mjs';
import { library } from './places.mjs';
import { leastAndMedian, milliseconds, printTable, summary } from './tables.mjs';
import { measureTrainingPeer } from './training-peer.mjs';

const kShapes = [
  { classCount: 3, perClass: 50 },
  { classCount: 5, perClass: 100 },
  { classCount: 10, perClass: 500 },
];

const isLarge = ({ classCount, perClass }) => classCount * perClass > 1000;

/** Pictures whose classes differ in colour, so that a head has something to learn. */
function drawPicture(random, classIndex, size) {
  const data = new Uint8ClampedArray(size * size * 4);
  const [x, y] = [random() * size, random() * size];
  for (let index = 0; index < size * size; index += 1) {
    const near = Math.hypot((index % size) - x, Math.floor(index / size) - y) < size / 4;
    data[index * 4] = near ? 40 + classIndex * 20 : random() * 255;
    data[index * 4 + 1] = near ? 240 - classIndex * 20 : random() * 200;
    data[index * 4 + 2] = 60 + 60 * (classIndex % 3);
    data[index * 4 + 3] = 255;
  }
  return { data, width: size, height: size };
}

async function addPictures(trainer, { classCount, perClass }) {
  const random = seededRandom(7);
  for (let classIndex = 0; classIndex < classCount; classIndex += 1) {
    const classId = trainer.addClass(`class ${classIndex + 1}`);
    for (let index = 0; index < perClass; index += 1) {
      await trainer.addSample(classId, drawPicture(random, classIndex, trainer.backbone.inputSize));
    }
  }
}

const kAdvised = { classCount: 10, perClass: 50 };

/** How long advice measures all heads, up to the first way that trains layers. */
async function timeAdvice(trainer) {
  const trainsLayers = new Set(trainer.strategies.filter(({ trains }) => trains).map(({ name }) => name));
  const controller = new AbortController();
  const started = performance.now();
  let ms = Number.NaN;
  const onProgress = ({ stage, strategy }) => {
    if (stage === 'advise' && trainsLayers.has(strategy) && !controller.signal.aborted) {
      ms = performance.now() - started;
      controller.abort();
    }
  };
  await trainer.advise({ seed: 1, signal: controller.signal, onProgress }).catch((error) => {
    if (error.code !== 'cancelled') {
      throw error;
    }
  });
  return ms;
}

async function measureAdviceTime(createTrainer, { backbone, rounds, variants }) {
  const rows = [];
  for (const variant of variants) {
    const trainer = await createTrainer({ backbone, variant });
    await addPictures(trainer, kAdvised);
    await timeAdvice(trainer); // embeds the views
    const times = [];
    for (let round = 0; round < rounds; round += 1) {
      times.push(await timeAdvice(trainer));
    }
    rows.push({ variant, threads: trainer.threads, ...kAdvised, advice: summary(times) });
    await trainer.dispose();
  }
  printTable(
    'Advice, all heads measured, their views embedded before, ms',
    ['variant', 'threads', 'samples', ...leastAndMedian('advice')],
    rows.map((row) => [row.variant, row.threads, `${row.classCount} x ${row.perClass}`, ...milliseconds(row.advice)]),
  );
  return rows;
}

/**
 * @param {{ backbone: Uint8Array, rounds: number, variants: string[], withPeer: boolean }} job `backbone`: any with the
 *   width to be measured
 */
export async function measureTraining({ backbone, rounds, variants, withPeer }) {
  const { createTrainer } = await import(pathToFileURL(`${library}/headstart.node.js`).href);
  const results = [];
  for (const variant of variants) {
    for (const { classCount, perClass } of kShapes) {
      const trainer = await createTrainer({ backbone, variant });
      await addPictures(trainer, { classCount, perClass });
      const time = async (options, most = rounds) => {
        const times = [];
        // Thousands of samples take seconds: once is enough.
        const count = isLarge({ classCount, perClass }) ? 1 : most;
        for (let round = 0; round < count; round += 1) {
          times.push((await trainer.train(options)).elapsedMs);
        }
        return summary(times);
      };
      const usual = await time({ seed: 1 });
      const validated = await time({ seed: 1, head: 'logistic' });
      const { l2 } = await trainer.train({ seed: 1, head: 'logistic' });
      const single = await time({ seed: 1, l2 });
      // Fifty epochs of Adam take long enough to be timed once, and ten times as many pictures minutes.
      const recipe = isLarge({ classCount, perClass }) ? null : await time({ seed: 1, head: 'mlp' }, 1);
      results.push({ variant, threads: trainer.threads, classCount, perClass, usual, validated, single, recipe });
      await trainer.dispose();
    }
  }
  printTable(
    'Training at 1280 features, ms',
    [
      'variant',
      'threads',
      'samples',
      ...leastAndMedian('the usual head, cross-validated'),
      ...leastAndMedian('logistic, L2 chosen by cross-validation'),
      ...leastAndMedian('logistic, L2 given, cross-validated once'),
      "Teachable Machine's recipe, in the same engine",
    ],
    results.map((row) => [
      row.variant,
      row.threads,
      `${row.classCount} x ${row.perClass}`,
      ...milliseconds(row.usual),
      ...milliseconds(row.validated),
      ...milliseconds(row.single),
      row.recipe ? row.recipe.min.toFixed(0) : 'not timed',
    ]),
  );
  const advice = await measureAdviceTime(createTrainer, { backbone, rounds, variants });
  if (!withPeer) {
    return { engine: results, advice };
  }
  const peer = await measureTrainingPeer(kShapes.filter((shape) => !isLarge(shape)));
  printTable(
    `Teachable Machine's recipe with TensorFlow.js ${peer[0]?.version}, in Chromium, ms, once`,
    ['backend', 'samples', 'training'],
    peer.map((row) => [row.backend, `${row.classCount} x ${row.perClass}`, row.ms.toFixed(0)]),
  );
  return { engine: results, advice, peer };
}
