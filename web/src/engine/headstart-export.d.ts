// What leaves for other programs, and what comes back.

import type { ClassId, LongAction, Pixels } from './headstart-basics.d.ts';
import type { KeptHead } from './headstart-keeping.d.ts';

/**
 * - `tfjs`: a zip of model.json, weights.bin and metadata.json, as Teachable Machine writes them
 * - `onnx`: float32, opset 9; takes bytes 0 to 255, [N, 3, side, side]
 * - `tflite`, `tflite-float16`: with metadata and labels; float32 at both ends
 * - `tflite-int8`: the layers in 8-bit numbers, fitted to the pictures that are here; float32 at both ends, less than half the size
 * - `c-array`: the same with 8-bit numbers at both ends, as a C header for microcontrollers; states flash and memory
 * - `html`: one page that runs from the disk without a network: engine, backbone, head and names inside
 * - `head`: the head file, as `exportHead` gives it
 * - `head-1`: for programs that read no file newer than `head/1`. A head that transforms its features, as a discriminant does, is
 *   in no such file: the best linear head without a transform is trained beside it, on the pictures that are here. Refused for
 *   a discriminant that reads layers trained with it
 * - `project`: a zip of everything that is here, for `importProject`
 * - `teachable-machine-project`: the pictures as a `.tm` file; in browsers only
 */
export type ExportFormat =
  | 'tfjs'
  | 'onnx'
  | 'tflite'
  | 'tflite-float16'
  | 'tflite-int8'
  | 'c-array'
  | 'html'
  | 'head'
  | 'head-1'
  | 'project'
  | 'teachable-machine-project';

/** A format that cannot hold what was learnt, and the layer or the head for which it cannot. */
export interface RefusedFormat {
  format: ExportFormat;
  reason: string;
}

export interface ExportOptions extends LongAction {
  format: ExportFormat;
  /**
   * `tfjs` only: the side of the pictures that the model takes, in pixels. Left out: 224, which every program takes that
   * takes such files; a smaller network then resamples inside. The network's own side makes it exact. Give it squares
   * of that side: libraries that shrink pictures themselves leave pixels out, which moves a probability by .03 in the mean.
   */
  pictureSize?: number;
  /** Of the model; left out: the backbone's name. */
  title?: string;
  /** ISO 8601; left out: now. */
  date?: string | Date;
  /** `project` only: what a page wants to find again in `importProject`'s answer; anything that JSON can hold. */
  page?: unknown;
  /** `html` only: when its page names a class. Left out: always. */
  answer?: OneFileSettings;
  /** `tflite-int8`, `c-array`, and `head-1` where another head has to be trained: told before the file comes. */
  onMeasured?: (loss: ExportLoss) => void;
}

/**
 * What the file changes: with 8-bit numbers on up to 200 of the pictures that are here, with another head on those that were held
 * out of both.
 */
export interface ExportLoss {
  pictureCount: number;
  /** Of a probability. */
  meanDifference: number;
  largestDifference: number;
  /** Answers that led by 0.2 and have changed. */
  lostCount: number;
  /** Pictures whose class is known; how many of them were right before, and how many are now. */
  knownCount: number;
  rightBeforeCount: number;
  rightAfterCount: number;
}

export interface OneFileSettings {
  /** A class is named from this probability on, 0 to 1. */
  threshold?: number;
  /** "None of these" below this `known`, 0 to 1. */
  knownThreshold?: number;
}

export interface ImportOptions extends LongAction {
  /**
   * Reads a picture's file. Left out: the browser does; in Node, which cannot, PNG alone is read and the others are listed as
   * unreadable.
   */
  decodePicture?: (bytes: Uint8Array) => Pixels | Promise<Pixels>;
}

export interface ImportedProject {
  /** What it was: a project of this program, of Teachable Machine, of GenAI-FI, or folders of pictures. */
  kind: 'headstart' | 'teachable-machine' | 'genai' | 'pictures';
  /** The classes that came, in their order. */
  classIds: ClassId[];
  sampleCount: number;
  /** A trained head came along and is in use; one of another network, or a damaged one, is left out. */
  hasHead: boolean;
  /** The head that was left out because another network is in use: once its own is, `keeping.takeUpHead` takes it. */
  waiting: { backbone: { name: string; inputSize: number }; head: KeptHead } | null;
  /** What a page kept with it (`project` only), as it was given. */
  page: unknown;
  /** Files that could not be read as pictures. */
  unreadable: string[];
}
