// Storing a trainer's state and restoring it: classes and samples under their old identities, embeddings without
// looking at a picture twice, the head as it was.

import type { ClassId, SampleId, StrategyName } from './headstart-basics.d.ts';

export interface KeptSample {
  sampleId: SampleId;
  classId: ClassId;
  /** As `picture(sampleId)` gave it. */
  picture: Blob;
}

export interface KeptHead {
  /** A head file, see `exportHead`. */
  file: Uint8Array;
  /** The class of each row; undefined where it is gone. */
  classIds: (ClassId | undefined)[];
  strategy: StrategyName | null;
  /** Pictures or classes changed after it was trained. */
  stale: boolean;
  /** It came from a file. */
  imported: boolean;
}

export interface Keeping {
  /** The head in use; null where there is none. */
  readonly head: KeptHead | null;
  /**
   * What the backbone saw in each sample, [sample_count, feature_count]. It belongs to the backbone in use at its input size.
   * `sampleIds`: those that are still there, in this order.
   */
  rows(sampleIds: SampleId[]): Promise<{ sampleIds: SampleId[]; rows: Float32Array }>;
  /** Adds classes under identities that are not in use. New samples get identities beyond `lastSampleId`. */
  takeUpClasses(
    classes: { id: ClassId; name: string; enabled: boolean }[],
    options?: { lastSampleId?: SampleId },
  ): void;
  /**
   * Adds samples under identities that are not in use, with the rows that the same backbone gave (left out: it looks at them
   * again). Resolves to those whose pictures cannot be read: they are not there.
   */
  takeUpSamples(samples: KeptSample[], rows?: Float32Array | null): Promise<SampleId[]>;
  /** The backbone that a head file was trained on, whatever is in use here. bad-file, bad-version. */
  backboneOf(file: Uint8Array): Promise<{ name: string; inputSize: number }>;
  /** Puts a head to work again. */
  takeUpHead(head: KeptHead): Promise<void>;
}
