// npm run bench: measures, prints tables, and writes them into RESULTS.md beside this file, every number into
// bench-results/bench.json.
//
//   npm run bench                                  everything
//   npm run bench -- speed frames training sizes   only these parts
//   npm run bench -- advice unknown fine-tune      on folders of pictures: recommendations, "none of these", fine-tuning
//   npm run bench -- operators                     where the time of networks of other families goes
//   npm run bench -- --pictures FOLDER             few-shot accuracy on a folder of class folders (may be repeated)
//   npm run bench -- --backbone NAME|FILE          only this backbone (may be repeated)
//   npm run bench -- ways --way joined-layers-views ways to train, on networks alone and together
//   npm run bench -- --seeds 5 --rounds 40 --no-peer

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { measureAccuracy } from './accuracy.mjs';
import { measureAdvice } from './advice.mjs';
import { measureFineTuning } from './fine-tune.mjs';
import { measureFrames } from './frames.mjs';
import { measureOperators } from './operators.mjs';
import {
  defaultPictures,
  backbones as knownBackbones,
  library,
  repository,
  tflites,
  togetherAndAlone,
} from './places.mjs';
import { writeResults } from './results.mjs';
import { measureSizes } from './sizes.mjs';
import { measureSpeed } from './speed.mjs';
import { takePrinted } from './tables.mjs';
import { measureTraining } from './training.mjs';
import { measureUnknown } from './unknown.mjs';
import { measureWays } from './ways.mjs';

const kParts = [
  'sizes',
  'frames',
  'speed',
  'operators',
  'training',
  'accuracy',
  'ways',
  'advice',
  'unknown',
  'fine-tune',
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    pictures: { type: 'string', multiple: true },
    backbone: { type: 'string', multiple: true },
    seeds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '40' },
    head: { type: 'string', multiple: true, default: ['discriminant', 'logistic', 'mlp'] },
    way: { type: 'string', multiple: true, default: ['head', 'head:logistic', 'joined-layers'] },
    'no-peer': { type: 'boolean', default: false },
  },
});

const unknown = positionals.find((part) => !kParts.includes(part));
if (unknown) {
  throw new Error(`expected one of ${kParts.join(', ')}, got '${unknown}'`);
}
if (!existsSync(join(library, 'headstart.js'))) {
  throw new Error('dist/lib is not there yet: npm run build makes it');
}

const wanted = positionals.length > 0 ? positionals : values.pictures ? ['accuracy'] : kParts;
const backbones = values.backbone
  ? values.backbone.map((each) =>
      existsSync(each)
        ? { name: basename(each).replace(/\.(safetensors|tflite)$/, ''), file: each }
        : (knownBackbones().find(({ name }) => name === each) ?? fail(`there is no backbone '${each}' at hand`)),
    )
  : knownBackbones();

/** @param {string} message @returns {never} */
function fail(message) {
  throw new Error(message);
}

const rounds = Number(values.rounds);
const onPictures = () => ({ folders: values.pictures ?? defaultPictures(), backbones, seeds: Number(values.seeds) });
/** @type {Record<string, () => Promise<unknown> | unknown>} */
const parts = {
  sizes: measureSizes,
  frames: () => measureFrames({ backbones, repeats: 3, rounds }),
  speed: () =>
    measureSpeed({
      backbones: values.backbone ? backbones : [...backbones, ...tflites()],
      rounds,
      withPeer: !values['no-peer'],
    }),
  operators: () => measureOperators({ backbones: values.backbone ? backbones : tflites(), repeats: 3, rounds }),
  training: () =>
    measureTraining({
      backbone: new Uint8Array(readFileSync(backbones[0].file)),
      rounds: 5,
      variants: ['simd', 'simd-threads'],
      withPeer: !values['no-peer'],
    }),
  accuracy: () =>
    measureAccuracy({
      folders: values.pictures ?? defaultPictures(),
      backbones,
      seeds: Number(values.seeds),
      heads: values.head,
    }),
  ways: () =>
    measureWays({
      folders: values.pictures ?? defaultPictures(),
      networks: togetherAndAlone(),
      seeds: Number(values.seeds),
      ways: values.way,
    }),
  advice: () => measureAdvice(onPictures()),
  unknown: () => measureUnknown(onPictures()),
  'fine-tune': () => measureFineTuning(onPictures()),
};

const results = { date: new Date().toISOString(), node: process.version, results: {} };
for (const part of wanted) {
  results.results[part] = await parts[part]();
  writeResults(part, takePrinted());
}
const folder = join(repository, 'bench-results');
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'bench.json'), `${JSON.stringify(results, null, 2)}\n`);
console.log('\nwritten: tests/bench/RESULTS.md, bench-results/bench.json');
process.exit(0);
