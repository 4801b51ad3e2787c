// The tensors of MobileNetV2 at any width (Sandler et al. 2018, table 2), under the names of our backbone files.

/** Expansion, channels, repetitions and first stride of each stage. */
const STAGES = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
];

/**
 * One convolution: its weights and its bias.
 *
 * @typedef {object} Layer
 * @property {string} name Of its tensors: `name.weight`, `name.bias`.
 * @property {boolean} isDepthwise
 * @property {number[]} shape Of the weights: [out, rows, columns, in], depthwise [rows, columns, channels].
 */

/**
 * All convolutions in the order in which a picture passes through them.
 *
 * @param {number} widthMultiplier
 * @returns {Layer[]}
 */
export function layersOf(widthMultiplier) {
  /** @type {Layer[]} */
  const layers = [];
  /** @type {(name: string, ...shape: number[]) => void} */
  const add = (name, ...shape) => {
    layers.push({ name, isDepthwise: shape.length === 3, shape });
  };
  let channels = divisible(32 * widthMultiplier);
  add('stem', channels, 3, 3, 3);
  let block = 0;
  for (const [expansion, stageChannels, repetitions] of STAGES) {
    for (let repetition = 0; repetition < repetitions; repetition += 1) {
      const expanded = channels * expansion;
      if (expansion > 1) {
        add(`blocks.${block}.expand`, expanded, 1, 1, channels);
      }
      add(`blocks.${block}.depthwise`, 3, 3, expanded);
      channels = divisible(stageChannels * widthMultiplier);
      add(`blocks.${block}.project`, channels, 1, 1, expanded);
      block += 1;
    }
  }
  add('last', 1280, 1, 1, channels);
  return layers;
}

/** The stride of every block, as the file states it. */
export function blockStrides() {
  return STAGES.flatMap(([, , repetitions, stride]) =>
    Array.from({ length: repetitions }, (_, index) => (index === 0 ? stride : 1)),
  );
}

/** Channels are a multiple of 8, never reduced by more than a tenth. @param {number} channels */
function divisible(channels) {
  const rounded = Math.max(8, Math.floor((channels + 4) / 8) * 8);
  return rounded < 0.9 * channels ? rounded + 8 : rounded;
}

/** @param {number[]} shape */
export const sizeOf = (shape) => shape.reduce((product, length) => product * length, 1);
