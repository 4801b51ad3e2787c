// What the consumers get: one trained head of each kind, and what the page says to a handful of pictures.

import { changedBackbone, drawPicture, newTrainer, published, randomNumbers, viewsDone } from '../wasm/support.mjs';

/** @typedef {import('../../web/src/engine/headstart.d.ts').Trainer} Trainer */
/** @typedef {{ data: Uint8ClampedArray, width: number, height: number }} Picture */
/** @typedef {{ name: string, trainer: Trainer, labels: string[], size: number }} Learnt */

/** Of the pictures that are learnt from, and their sides. */
const LEARNT_HEIGHT = 120;

/** A name of each kind that could go wrong: quotes, other scripts, mark-up. */
export const labels = ['stripes', 'ドット "2"', '<gradient> & co'];

/**
 * So much noise that no answer is certain.
 *
 * @param {number} kind
 * @param {number} number
 * @param {number} [width]
 * @param {number} [height]
 * @param {number} [share] What is left of the picture.
 */
export function faintPicture(kind, number, width = 160, height = 120, share = 0.24) {
  const picture = drawPicture([0, 1, 3][kind], number, width, height);
  const random = randomNumbers(number * 31 + kind + 5);
  picture.data.forEach((value, i) => {
    if (i % 4 < 3) {
      picture.data[i] = share * value + (1 - share) * 255 * random();
    }
  });
  return picture;
}

/** @type {Record<string, import('../../web/src/engine/headstart-training.d.ts').TrainOptions>} */
const kinds = {
  head: { head: 'logistic' },
  discriminant: { head: 'discriminant' },
  joined: { strategy: 'joined-layers-views' },
  mlp: { head: 'mlp', epochCount: 20 },
  tuned: { strategy: 'last-3-blocks' },
  cut: { strategy: 'new-layers-after-12', head: 'logistic' },
  two: { strategy: 'joined-layers' },
  /** The last block of each of two networks. */
  twoTuned: { strategy: 'last-block' },
  /** At the size that the built-in network is used at. */
  usual: { strategy: 'joined-layers-views' },
};

/** With gates and curved activations. */
const gatedFile = published('tflite/mobilenet_v3_small_224.hybrid.tflite');

/**
 * Two networks at once: published ones of two families at a small size, or two that want their pixels differently.
 *
 * @returns {Promise<import('../../web/src/engine/headstart.d.ts').TrainerOptions>}
 */
async function twoNetworks() {
  const other = published('mobilenet_v2_0.35_224.f16.safetensors');
  if (gatedFile && other) {
    return { backbone: [gatedFile, other], inputSize: 96 };
  }
  const { trainer } = await learn('head');
  const file = await trainer.exportModel({ format: 'tflite' });
  return { backbone: [changedBackbone({ inputSize: 96 }), { file, pixelRange: [-2, 1] }], inputSize: 96 };
}

export const headKinds = Object.keys(kinds);

/** Whether there is a network with gates and curved activations. */
export const hasGated = Boolean(gatedFile);

/** And those that 8-bit numbers find harder. */
export const kindsFor8Bits = hasGated ? [...headKinds, 'gated'] : headKinds;

/** @param {string} kind @returns {Promise<import('../../web/src/engine/headstart.d.ts').TrainerOptions>} */
async function optionsOf(kind) {
  if (kind.startsWith('two')) {
    return twoNetworks();
  }
  if (kind === 'large') {
    return { inputSize: 224 }; // for a program that takes nothing else
  }
  // Small pictures, so that it is quick.
  return kind === 'usual' ? {} : { inputSize: 96, ...(kind === 'gated' && { backbone: gatedFile }) };
}

/** @type {Map<string, Promise<Learnt>>} */
const learnt = new Map();

/** Trained once, whoever asks. @param {string} kind @returns {Promise<Learnt>} */
export function learn(kind) {
  if (!learnt.has(kind)) {
    learnt.set(kind, teachKind(kind));
  }
  return /** @type {Promise<Learnt>} */ (learnt.get(kind));
}

/**
 * Which pictures are held out decides whether fine-tuning gains anything, and without a gain the head of before answers: seeds
 * are tried until what was changed is part of the answer.
 *
 * @param {Trainer} trainer
 * @param {import('../../web/src/engine/headstart-training.d.ts').TrainOptions} options
 */
async function train(trainer, options) {
  for (let seed = 3; seed < 15; seed++) {
    const { fineTuning } = await trainer.train({ seed, ...options });
    if (!fineTuning || fineTuning.betterThanHead) {
      return;
    }
  }
  throw new Error(`expected ${options.strategy} to gain with one of twelve seeds`);
}

/** @param {string} kind */
async function teachKind(kind) {
  const trainer = await newTrainer(await optionsOf(kind));
  for (const [at, label] of labels.entries()) {
    const classId = trainer.addClass(label);
    for (let number = 0; number < 16; number++) {
      await trainer.addSample(classId, faintPicture(at, number));
    }
  }
  if (kinds[kind]?.strategy === 'joined-layers-views') {
    await viewsDone(trainer);
  }
  await train(trainer, kinds[kind] ?? {});
  return { name: kind, trainer, labels, size: trainer.backbone.inputSize };
}

/** What could go wrong with what was learnt before a writer gets it, done on purpose to the head's file. */
export const wrongHeads = {
  /** @param {any} header */
  'labels in another order': ({ __metadata__: metadata }) => {
    metadata.labels = JSON.stringify(JSON.parse(metadata.labels).reverse());
  },
  /** @param {any} header @param {Buffer} data */
  'the temperature missing': (header, data) => {
    for (const name of ['head.weight', 'head.bias']) {
      const [begin, end] = header[name].data_offsets;
      for (let at = begin; at < end; at += 4) {
        data.writeFloatLE(1.2 * data.readFloatLE(at), at);
      }
    }
  },
};

/** The file of a head that went wrong. @param {Learnt} learnt @param {keyof typeof wrongHeads} fault @param {import('../../web/src/engine/headstart-export.d.ts').ExportFormat} format */
export async function exportWrong({ trainer, size: inputSize }, fault, format) {
  const file = Buffer.from(await trainer.exportHead());
  const headerEnd = 8 + Number(file.readBigUInt64LE());
  const header = JSON.parse(file.toString('utf8', 8, headerEnd));
  const data = file.subarray(headerEnd);
  wrongHeads[fault](header, data);
  const text = Buffer.from(JSON.stringify(header));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(text.length));
  const other = await newTrainer({ inputSize });
  try {
    await other.importHead(new Uint8Array(Buffer.concat([size, text, data])));
    return await other.exportModel({ format });
  } finally {
    await other.dispose();
  }
}

export async function forgetAll() {
  for (const made of learnt.values()) {
    await (await made).trainer.dispose();
  }
  learnt.clear();
}

/** Which need no resampling. @param {number} size @returns {Picture[]} */
export function picturesOfSide(size) {
  return Array.from({ length: 6 }, (_, number) => faintPicture(number % 3, 50 + number, size, size));
}

/** As large as Teachable Machine's library makes every picture: of these its canvas resizes nothing. @returns {Picture[]} */
export function picturesOf224() {
  return [0, 1, 3, 0, 1].map((kind, at) => drawPicture(kind, 70 + at, 224, 224));
}

const SHAPES = /** @type {const} */ ([
  [300, 300],
  [640, 480],
  [480, 640],
  [1280, 720],
  [200, 150],
]);

/** Each pixel as a square of pixels. @param {Picture} picture @param {number} times */
function enlarged({ data, width, height }, times) {
  const out = new Uint8ClampedArray(data.length * times * times);
  for (let i = 0; i < out.length; i += 4) {
    const [x, y] = [(i / 4) % (width * times), Math.floor(i / 4 / (width * times))];
    const from = 4 * (Math.floor(y / times) * width + Math.floor(x / times));
    out.set(data.subarray(from, from + 4), i);
  }
  return { data: out, width: width * times, height: height * times };
}

/** Drawn once. */
let things = /** @type {Picture[] | undefined} */ (undefined);

/** What was learnt, through cameras of many shapes: numbers in 8 bits are fitted to what was learnt. @returns {Picture[]} */
export function learntThingsOfManyShapes() {
  things ??= SHAPES.flatMap(([width, height], at) => {
    const times = Math.round(Math.min(width, height) / LEARNT_HEIGHT);
    const sides = /** @type {const} */ ([Math.round(width / times), Math.round(height / times)]);
    return [0, 1, 2].map((kind) => enlarged(faintPicture(kind, 600 + at, ...sides, 0.3), times));
  });
  return things;
}

/** Drawn once. */
let shaped = /** @type {Picture[] | undefined} */ (undefined);

/** As cameras and folders have them; noise would show nothing but how two programs resample noise. @returns {Picture[]} */
export function picturesOfManyShapes() {
  shaped ??= SHAPES.map(([width, height], at) => drawPicture([0, 1, 3, 0, 1][at], 70 + at, width, height));
  return shaped;
}

/** What the page says, in the order of the labels. @param {Learnt} learnt @param {Picture} picture */
export async function pageSays({ trainer, labels: names }, picture) {
  const { ranked } = await trainer.predict(picture);
  return names.map((label) => ranked.find(({ name }) => name === label)?.probability ?? Number.NaN);
}

/** Answers that come with their names, in the order of the labels. @param {[string, number][][]} answers */
export const byLabel = (answers) =>
  answers.map((row) => labels.map((name) => Number(row.find(([label]) => label === name)?.[1] ?? Number.NaN)));

/** @param {number[]} expected @param {number[]} got */
export function difference(expected, got) {
  if (expected.length !== got.length) {
    return 1;
  }
  return Math.max(...expected.map((value, i) => (Number.isFinite(got[i]) ? Math.abs(value - got[i]) : 1)));
}

/** Over all answers: the mean difference, the largest, and how many clear answers became others. @param {number[][]} expected @param {number[][]} got */
export function compare(expected, got) {
  const differences = expected.flatMap((row, i) =>
    row.map((value, at) => Math.abs(value - (got[i][at] ?? Number.NaN))),
  );
  const lost = expected.filter((row, i) => {
    const [first, second] = row.toSorted((a, b) => b - a);
    return first - second >= 0.2 && row.indexOf(first) !== got[i].indexOf(Math.max(...got[i]));
  });
  return {
    largest: Math.max(...expected.map((row, i) => difference(row, got[i]))),
    mean: differences.reduce((sum, value) => sum + value, 0) / differences.length,
    lost: lost.length,
  };
}
