// The words that all other types are made of: identities, kinds of head, ways to train, maps, and how far something is.

/** Identities are never used twice within a trainer; an undone removal brings the same ones back. */
export type ClassId = number;
export type SampleId = number;

export type HeadKind = 'logistic' | 'nearest-mean' | 'discriminant' | 'mlp';

/**
 * How much of the network is trained, and what the head reads. Blocks are counted from 0 (next to the picture) to 16.
 *
 * - 'nearest-mean': class means; nothing is trained.
 * - 'head': a new head on the last layer. The default.
 * - 'head-views': the same, from several views of each picture (mirrored, turned a little either way), and a second, mirrored look.
 * - 'earlier-cut', 'cut-after-N': the network ends after block N; a new head reads the mean of that block's map.
 * - 'joined-layers', 'joined-layers-views': a new head on blocks 14 and 16, mean and deviation, and the last layer side by side; with views and
 *   a second, mirrored look.
 * - 'new-layers', 'new-layers-after-N': the network ends after block N; a new 1x1 convolution and a head are trained on it
 *   from random weights.
 * - 'last-convolution', 'last-block', 'last-N-blocks' (N 2 to 16), 'whole-network': fine-tuning; the head first, then it
 *   and the last layers together, gently, then a head anew on what those have become.
 * - 'recommended': what `advise` recommends for these pictures.
 *
 * 'earlier-cut' is 'cut-after-14', 'new-layers' is 'new-layers-after-12'. The numbers are those of MobileNetV2's 17 blocks;
 * `trainer.strategies` says what the backbone in use offers. Of several networks the last blocks of each are trained, as many of
 * each; they are neither cut nor trained as a whole.
 */
export type StrategyName =
  | 'nearest-mean'
  | 'head'
  | 'head-views'
  | 'earlier-cut'
  | `cut-after-${number}`
  | 'joined-layers'
  | 'joined-layers-views'
  | 'new-layers'
  | `new-layers-after-${number}`
  | 'last-convolution'
  | 'last-block'
  | `last-${number}-blocks`
  | 'whole-network'
  | 'recommended';

/**
 * A map of the network: where it can end, or be frozen up to. 'input' is the picture, 'blocks.0' to 'blocks.16' and 'last'
 * are what the layers give, 'cut' is the new convolution of 'new-layers'. Of several networks each map bears the network's letter.
 */
export type MapName =
  | 'input'
  | `blocks.${number}`
  | 'last'
  | 'cut'
  | `${NetworkLetter}.blocks.${number}`
  | `${NetworkLetter}.last`;
export type NetworkLetter = 'a' | 'b' | 'c' | 'd';

/** Up to where the network stayed as it was: a map, or of several networks one of each: 'a.blocks.7,b.blocks.13'. */
export type BorderName = MapName | `${NetworkLetter}.blocks.${number},${string}`;

/** What is read of a map's places: their mean, under the map's own name, or how far they are from it, their standard deviation. */
export type FeatureName = MapName | `blocks.${number}:deviation` | `${NetworkLetter}.blocks.${number}:deviation`;

/**
 * A file, or a file and what is to be said of it. `pixelRange` is what black and white become, [-1, 1], [0, 1] or [0, 255] as a
 * rule: of use for a .tflite that does not say so itself, which is taken at its first layers' word otherwise, or for one that
 * wants [-1, 1]. `share`, from 0.001 to 1000, is its say beside the others in what a discriminant head makes of them. Default 1.
 */
export type NetworkSource =
  | Uint8Array
  | ArrayBuffer
  | URL
  | string
  | { file: Uint8Array | ArrayBuffer | URL | string; pixelRange?: readonly [number, number]; share?: number };

/**
 * What a network computes in. 'int8' is for a .tflite whose file is in bytes: more than twice as fast where the processor
 * multiplies bytes by itself (AVX-VNNI, ARM's dot products) and the browser has relaxed SIMD, elsewhere no faster. Each layer's
 * result is rounded to 256 steps, as the file's own maker meant it to be: with EfficientNet-Lite0 answers are right as often as
 * in 'float32', with MobileNetV3-Small they are not (tests/bench/RESULTS.md). What was trained in one can be used in the other.
 */
export type Precision = 'float32' | 'int8';

/** How far a long action has got. `stage` names what is being counted; `total` is 0 while it is unknown. */
export interface Progress {
  /**
   * 'engine' and 'backbone': bytes fetched. 'embed': pictures. 'views': pictures whose views are embedded. 'maps': pictures
   * that went through the frozen part. 'train': a fraction of 1. 'advise': candidates measured, with the part of the one
   * that is being measured.
   */
  stage: 'engine' | 'backbone' | 'embed' | 'views' | 'maps' | 'train' | 'advise' | 'export';
  done: number;
  total: number;
  /** While it fine-tunes: epochs that are finished, of so many. */
  epoch?: number;
  epochCount?: number;
  /** Of the last finished epoch: the mean loss in training, and loss and accuracy on the held-out pictures. */
  trainLoss?: number;
  heldOutLoss?: number;
  heldOutAccuracy?: number;
  /** What is left at the speed so far, if nothing stops early. Pauses do not count. */
  remainingMs?: number;
  /** 'advise': what is being measured. */
  strategy?: StrategyName;
}

export interface LongAction {
  /** Aborting it rejects with `cancelled` and leaves everything as it was before the call. */
  signal?: AbortSignal;
  onProgress?: (progress: Progress) => void;
}

/** Pixels in memory: RGBA bytes, rows from top to bottom. A view into a larger buffer is fine; it is only read. */
export interface Pixels {
  data: Uint8ClampedArray | Uint8Array;
  width: number;
  height: number;
  /** Bytes from one row to the next; left out: width * 4. */
  stride?: number;
}
