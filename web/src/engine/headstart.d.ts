// Headstart: teach a program to tell pictures apart, in a browser or in Node 20 or later, without sending one anywhere.
//
// Every failure is a `HeadstartError`, an `Error` with a `code`. Class operations happen at once and throw; everything
// else returns a promise and rejects.

import type {
  BorderName,
  ClassId,
  FeatureName,
  HeadKind,
  LongAction,
  NetworkSource,
  Pixels,
  Precision,
  SampleId,
  StrategyName,
} from './headstart-basics.d.ts';
import type { ExportOptions, ImportedProject, ImportOptions, RefusedFormat } from './headstart-export.d.ts';
import type { Keeping } from './headstart-keeping.d.ts';
import type {
  Advice,
  FeatureMaps,
  NetworkLayer,
  PictureMap,
  Strategy,
  TrainEstimate,
  TrainOptions,
  TrainReport,
} from './headstart-training.d.ts';

export type * from './headstart-basics.d.ts';
export type * from './headstart-export.d.ts';
export type * from './headstart-keeping.d.ts';
export type * from './headstart-training.d.ts';

/** What went wrong, in one word that a program can branch on. */
export type ErrorCode =
  /** A value that the caller chose is outside what the call takes. */
  | 'bad-argument'
  /** Bytes that are not what they claim to be, or that belong to something else (a head of another backbone). */
  | 'bad-file'
  /** A well-formed file of a format version that this program does not know. */
  | 'bad-version'
  /** The pictures recorded so far do not allow it yet. */
  | 'too-few-samples'
  /** A head is needed first. */
  | 'not-trained'
  /** The caller asked for the work to stop, or a newer call took its place. */
  | 'cancelled'
  /** Something outside this program is missing: the network, the camera, a file. */
  | 'unavailable'
  /** The platform or the picture format cannot do it. */
  | 'unsupported'
  | 'out-of-memory'
  /** A mistake of this library. */
  | 'internal';

export class HeadstartError extends Error {
  constructor(code: ErrorCode, message: string);
  readonly name: 'HeadstartError';
  readonly code: ErrorCode;
}

/** The builds of the engine. `threads` ones need a page that is cross-origin isolated, or Node. */
export type VariantName = 'simd' | 'relaxed-simd' | 'simd-threads' | 'relaxed-simd-threads';

/** Anything that shows a picture. Only `Pixels` in Node, where the platform has no decoder. */
export type Picture =
  | Pixels
  | ImageData
  | ImageBitmap
  | VideoFrame
  | HTMLVideoElement
  | HTMLImageElement
  | HTMLCanvasElement
  | OffscreenCanvas
  /** An encoded file: JPEG, PNG, WebP, whatever the browser shows. Its EXIF orientation counts. */
  | Blob;

/** A part of a picture, in its own pixels. */
export interface CropRectangle {
  left: number;
  top: number;
  width: number;
  height: number;
}

export interface PictureOptions {
  /** Left out: the largest square in the middle. */
  crop?: CropRectangle;
  /** Swaps left and right, as in a mirror. Default false. */
  mirror?: boolean;
}

export interface TrainerOptions extends LongAction {
  /**
   * The network that looks: a backbone .safetensors or any image network's .tflite, as bytes or where it lies. Left out: the
   * built-in one. Two to four of them look together, at one picture of one size: small ones that differ see more than one
   * large one.
   */
  backbone?: NetworkSource | readonly NetworkSource[];
  /** 224, 192, 160, 128 or 96 px. Left out: what the backbone was trained for. */
  inputSize?: number;
  /** Left out: 'float32'. `unsupported` with 'int8' where no network's file is in bytes. */
  precision?: Precision;
  /** Left out or 'auto': the fastest that runs here; with threads only where a probe shows that they pay. */
  variant?: VariantName | 'auto';
  /** Left out or 'auto': what the processor has, at most 4. */
  threads?: number | 'auto';
  /** The folder of the wasm files and of the built-in backbone. Left out: where this module lies. */
  libraryUrl?: URL | string;
  /**
   * Called when the engine is gone (its memory ran out, it crashed, its worker was killed), at once even if nobody waits for
   * an answer: time to call `recover`.
   */
  onFailure?: (error: HeadstartError) => void;
}

export interface ClassInfo {
  id: ClassId;
  name: string;
  sampleCount: number;
  /** A disabled class keeps its pictures and takes part in nothing. */
  enabled: boolean;
}

export interface BackboneInfo {
  /** As a head file names it: `mobilenet_v2_0.35_224`; of several at once all names, with a + between. */
  name: string;
  architecture: string;
  widthMultiplier: string;
  /** What it runs at here, in pixels. */
  inputSize: number;
  /** What it was trained for. */
  nativeInputSize: number;
  precision: Precision;
  /** Its file is in bytes: 'int8' can run it. */
  isQuantised: boolean;
  embeddingDim: number;
  /** Its file does not say what black and white become for it: `pixelRange` does, where somebody knows. */
  pixelsAreGuessed: boolean;
  parameterCount: number;
  source: string;
  license: string;
  /** Of the file, hexadecimal; of several all, with a + between. */
  sha256: string;
}

export interface RankedClass {
  classId: ClassId;
  name: string;
  /** 0 to 1; all of them sum to 1. */
  probability: number;
}

export interface Prediction {
  /** Most probable first. */
  ranked: RankedClass[];
  /**
   * Whether it is one of the enabled classes at all, 0 to 1, judged by where the trained pictures lie among all that the
   * backbone sees. 0.5 is where 95 % of the person's own pictures lie above. 1 where it cannot be judged: with fewer than three
   * pictures of a class or ten in all, or a head from a file without pictures to compare with.
   */
  known: number;
  /** The kind of head that answered; 'nearest-mean' too when nothing is trained yet. */
  head: HeadKind;
  /** Whether that head was trained, or stands in (class means) because none is. */
  trained: boolean;
  /** Pictures or classes changed after the head was trained. */
  stale: boolean;
  timings: PredictionTimings;
}

export interface PredictionTimings {
  /** Getting the pixels from the platform. */
  readMs: number;
  /** Crop, resize, normalise and the backbone. */
  embedMs: number;
  headMs: number;
}

export interface AttentionOptions {
  /** Which class is asked about; left out: the most probable one. */
  class?: ClassId;
  /**
   * The network looks at the picture twice as large as well, for a map of twice as many places across; it costs some four
   * passes more. Default false; without effect on heads that bring layers of their own and networks of 160 px or more.
   */
  finer?: boolean;
  /** How many samples that look like the picture are wanted, 0 (the default) to 100. */
  similarCount?: number;
}

export interface Attention {
  classId: ClassId;
  /** The places of the picture's square (what `crop` and `mirror` make of it), row by row. */
  width: number;
  height: number;
  /**
   * [height * width] How much each place speaks for the class rather than for the classes on the average. Together with
   * `bias`, which no place accounts for, they sum to `logit`: how far the class's logit lies above the mean of all (with
   * `finer`, of the larger picture).
   */
  values: Float32Array;
  logit: number;
  bias: number;
  /** Of enabled classes, most alike first; 1 is the same picture, 0 no likeness. */
  similar: { sampleId: SampleId; classId: ClassId; similarity: number }[];
  prediction: Prediction;
}

export interface HeadInfo {
  kind: HeadKind;
  /** How it was trained; null where a file does not say. */
  strategy: StrategyName | null;
  /** The last frozen map, what the head reads, and whether `predict` looks at the mirrored picture too. */
  border: BorderName;
  features: FeatureName[];
  secondLook: boolean;
  /** In row order. Names follow renameClass; removed and disabled classes are left out of every answer and of the file. */
  classes: { classId: ClassId; name: string }[];
  backbone: string;
  seed: string;
  featureCount: number;
  /** Units of the hidden layer; 0 for a linear head. */
  hiddenCount: number;
  /** It came from a file. */
  imported: boolean;
  /** Pictures or classes changed after it was trained. */
  stale: boolean;
}

export interface TrainerStats {
  variant: VariantName;
  threads: number;
  classCount: number;
  sampleCount: number;
  /** Of the WebAssembly memory, which never shrinks. */
  wasmBytes: number;
  backboneBytes: number;
  /** Features of the pictures and what belongs to them, those of their views included. */
  storeBytes: number;
  /** Of `storeBytes`: the features of views, made in idle time up to 1,000 pictures. */
  viewBytes: number;
  /** Pictures whose views are there. */
  viewedSampleCount: number;
  /** Of the trained head: the layers that it brings, and what judges whether a picture is known. */
  headBytes: number;
  /** Compressed pictures, outside WebAssembly. */
  pictureBytes: number;
  /** JavaScript values that C++ holds; flat over any number of pictures. */
  handleCount: number;
  /** How pictures are kept: 'jpeg' by the platform, 'png' where the platform falsifies canvas pixels, 'pixels' in Node. */
  pictureFormat: 'jpeg' | 'png' | 'pixels';
  /** The browser alters what a canvas reads (protection against fingerprinting). */
  canvasFalsified: boolean;
}

export interface Trainer {
  /** The classes in order: a copy, made anew with each reading. */
  readonly classes: ClassInfo[];
  readonly backbone: BackboneInfo;
  /** The head that `train` or `importHead` made; null before that. */
  readonly headInfo: HeadInfo | null;
  /** From the picture to the embedding. */
  readonly network: NetworkLayer[];
  /** The ways to train that this backbone offers, the simplest first. */
  readonly strategies: Strategy[];
  /** What `advise` found; null before it, and when pictures or classes have changed since. */
  readonly advice: Advice | null;
  readonly variant: VariantName;
  readonly threads: number;
  /** The engine ran out of memory or crashed. Pictures can still be read; `recover` starts it again. */
  readonly failed: boolean;
  /** For programs that store their trainer and take it up again. */
  readonly keeping: Keeping;

  /** Names need not differ; they must not be blank. */
  addClass(name: string): ClassId;
  /** A trained head follows: no new training. */
  renameClass(classId: ClassId, name: string): void;
  /** With its pictures; `restoreClass` undoes it. A trained head no longer answers with it. */
  removeClass(classId: ClassId): void;
  /** Undoes removeClass: same place, same ids. Only the last 20 removals can be undone. */
  restoreClass(classId: ClassId): Promise<void>;
  setClassEnabled(classId: ClassId, enabled: boolean): void;
  /** `index`: its new position among the classes. */
  moveClass(classId: ClassId, index: number): void;

  /** Keeps the picture (as a compressed square) and its embedding. Calls may overlap; they are taken in order. */
  addSample(classId: ClassId, picture: Picture, options?: PictureOptions): Promise<SampleId>;
  /** In the order in which they were added. */
  sampleIds(classId: ClassId): SampleId[];
  /** What addSample kept, as a picture file. */
  picture(sampleId: SampleId): Promise<Blob>;
  /** [embeddingDim], of the backbone's last layer, whatever the head reads. */
  sampleEmbedding(sampleId: SampleId): Promise<Float32Array>;
  removeSample(sampleId: SampleId): Promise<void>;
  removeSamples(sampleIds: SampleId[]): Promise<void>;
  /** Undoes removeSamples, wholly or in part: same ids. Only the last 20 removals can be undone. */
  restoreSamples(sampleIds: SampleId[]): Promise<void>;
  moveSample(sampleId: SampleId, classId: ClassId): Promise<void>;
  moveSamples(sampleIds: SampleId[], classId: ClassId): Promise<void>;
  /** New samples with the same pictures, in the order given. */
  copySamples(sampleIds: SampleId[], classId: ClassId): Promise<SampleId[]>;
  /** Forgets what could be undone. */
  emptyBin(): Promise<void>;

  /**
   * Fits a new head, and with a fine-tuning `strategy` the last layers too, to all pictures of the enabled classes; the old
   * one answers until it is done. Waits for pictures that are on their way. A second call stops the first, which rejects
   * with `cancelled`. Fine-tuning needs two classes and four pictures of each (`too-few-samples`).
   */
  train(options?: TrainOptions): Promise<TrainReport>;
  /** Ends a fine-tuning that is under way with the best so far: its `train` resolves. Nothing happens without one. */
  finishTraining(): Promise<void>;
  /** The training that is under way holds still until `resumeTraining`; predictions and pictures go on. */
  pauseTraining(): Promise<void>;
  resumeTraining(): Promise<void>;
  /** What `train` with that strategy would take, from a measured step; changes nothing. */
  estimateTraining(options?: { strategy?: StrategyName; signal?: AbortSignal }): Promise<TrainEstimate>;
  /**
   * Measures the ways to train on the pictures that are there and recommends one; the head stays as it is. `budgetMs`
   * (default 60,000): no candidate is begun that would not fit in it any more.
   */
  advise(options?: LongAction & { budgetMs?: number; seed?: number }): Promise<Advice>;

  /**
   * The picture as a sample would keep it: a small square file (JPEG, or PNG where the platform has no encoder that can be
   * trusted). `predict` and `addSample` read the same pixels from it every time, also in another visit.
   */
  capture(picture: Picture, options?: PictureOptions): Promise<Blob>;
  /** Before training it answers from class means, as soon as two enabled classes have pictures; else `not-trained`. */
  predict(picture: Picture, options?: PictureOptions): Promise<Prediction>;
  /**
   * Where in the picture the answer comes from (class activation mapping), and the samples that are most like it. About as
   * fast as `predict`, whose answer it brings along. The first call makes the network ready a second time.
   */
  attention(picture: Picture, options?: PictureOptions & AttentionOptions): Promise<Attention>;
  /**
   * What the network makes of a picture on its way, with the layers that the head in use changed: of the last map of each
   * size some channels (`channelCount` 1 to 32, default 4), those that tell the classes apart best. The first call makes
   * the network ready a second time, with a head that brings layers of its own once more.
   */
  featureMaps(picture: Picture, options?: PictureOptions & { channelCount?: number }): Promise<FeatureMaps[]>;
  /** Where the pictures of the enabled classes lie on a map of all, after the changes that were asked for before. */
  pictureMap(): Promise<PictureMap>;
  /**
   * What the head in use reads: softmax(head.weight · vector + head.bias) is what `predict` ranks, of the transformed vector
   * where its file (`head/2`) says a transform. [embeddingDim]
   * of the backbone's last layer before there is a head and with every head of strategy 'head'; other strategies' heads read
   * joined maps, an earlier one, or the fine-tuned network's last layer, [featureCount] of `headInfo`. `features` names maps
   * of the backbone to have those joined instead, whatever the head is: `['last']` always gives [embeddingDim].
   */
  embed(picture: Picture, options?: PictureOptions & { features?: FeatureName[] }): Promise<Float32Array>;

  /** The trained head as a file. `date`: ISO 8601; left out: now. */
  exportHead(options?: { date?: string | Date }): Promise<Uint8Array>;
  /** What was learnt as a file for other programs. */
  exportModel(options: ExportOptions): Promise<Uint8Array>;
  /** Which formats cannot hold it: `exportModel` would fail with `unsupported`. */
  refusedFormats(): Promise<RefusedFormat[]>;
  /**
   * Reads a zip: a project of this program, of Teachable Machine (`.tm`) or GenAI-FI, or folders of pictures. Its classes
   * come behind those that are there. `bad-file` where it is none of these.
   */
  importProject(bytes: Uint8Array | ArrayBuffer, options?: ImportOptions): Promise<ImportedProject>;
  /** Replaces the head. A class of the head goes to the trainer's class of that name, or becomes a new class. */
  importHead(bytes: Uint8Array | ArrayBuffer): Promise<HeadInfo>;

  /**
   * Changes the backbone and embeds all pictures anew. The old one answers until all is done; a stop or a failure
   * leaves everything as it was. The trained head goes: it read the old embeddings.
   */
  setBackbone(
    backbone: NetworkSource | readonly NetworkSource[] | undefined,
    options?: LongAction & { inputSize?: number; precision?: Precision },
  ): Promise<BackboneInfo>;

  stats(): Promise<TrainerStats>;
  /**
   * Starts a new engine after a crash: pictures with their features, ids, classes and the head stay, and nothing is fetched.
   * Whatever is called meanwhile waits for the new engine. A second call joins the first.
   */
  recover(options?: LongAction): Promise<void>;
  /** Frees everything. Whatever still runs rejects with `cancelled`; calls after it with `bad-argument`. */
  dispose(): Promise<void>;
}

export function createTrainer(options?: TrainerOptions): Promise<Trainer>;

/** Which builds of the engine can run here, fastest first; empty without WebAssembly SIMD. */
export function runnableVariants(): Promise<VariantName[]>;
