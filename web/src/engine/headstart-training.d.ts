// What training takes and reports: the ways to train, their reports, and the advice that is measured. The library's types are
// one file where they are published (web/library.build.mjs puts this one into headstart.d.ts).

import type {
  BorderName,
  ClassId,
  FeatureName,
  HeadKind,
  LongAction,
  MapName,
  SampleId,
  StrategyName,
} from './headstart-basics.d.ts';

/** One way to train, as the backbone in use offers it. */
export interface Strategy {
  name: StrategyName;
  /** Another name for the same: 'earlier-cut', 'new-layers', or ''. */
  shortName: StrategyName | '';
  head: HeadKind;
  /** `train` takes another `head` with it. */
  freeHead: boolean;
  /** The maps that the head reads; where layers are trained, those that the head before it reads. */
  features: FeatureName[];
  /** The head learns from changed copies of each picture. */
  views: boolean;
  secondLook: boolean;
  /** The last map of the network that stays as it is; 'last' where all of it does. */
  border: BorderName;
  /** What is trained besides the head; 'cut': new layers in the place of those behind the border. */
  trains: 'last-convolution' | 'last-blocks' | 'whole-network' | 'cut' | null;
  /** Where nothing was measured yet: what to begin with in this case. */
  suits: Advice['case'] | null;
}

/** A fine-tuning after one of its rounds: what `train({ resume })` goes on from, in another session too. */
export interface TuningRound {
  /** What is being trained; for 'recommended' the strategy that it turned out to be. `resume` takes it with the same options. */
  strategy: StrategyName;
  /** Finished epochs, of so many. */
  epoch: number;
  epochCount: number;
  /** Of this epoch: the mean loss in training, and loss and accuracy on the held-out pictures. */
  trainLoss: number;
  heldOutLoss: number;
  heldOutAccuracy: number;
  /** Weights, the optimiser's moments and the best so far (safetensors, `tuning/1`). */
  file: Uint8Array;
}

export interface TrainOptions extends LongAction {
  /** Default 'head'. 'recommended' runs `advise` first where it has not run on these pictures (60 s at most). */
  strategy?: StrategyName;
  /**
   * Default 'discriminant': shrunk linear discriminant analysis on features whose length is divided out (on the last layer, of
   * their square roots; Hu et al. 2021). 'logistic': multinomial logistic regression on the features as they are, the default
   * where `l2` is given. 'mlp' is Teachable Machine's recipe. With a `strategy` other than 'head' it can only be left out, but
   * for one that trains layers: when they are trained a discriminant is fitted to what they make of the pictures, unless the
   * linear head that was trained with them is surer of the pictures held out; 'logistic' takes that head in any case.
   */
  head?: HeadKind;
  /**
   * Where a strategy learns from views: whether mirrored ones are among them. Left out: unless they do harm, as measured on
   * these pictures.
   */
  mirrorViews?: boolean;
  /** Where a strategy learns from mirrored views: whether `predict` looks twice. Left out: as the strategy says. */
  secondLook?: boolean;
  /** A whole number, 0 to 2^53 - 1. Default 1. The same samples and seed give the same head. */
  seed?: number;
  /** Strength of the L2 penalty. Left out: chosen by cross-validation. Only 'logistic'. */
  l2?: number;
  /** With `foldCount` 1: what the logits are divided by, as an earlier report's `temperature` found it. */
  temperature?: number;
  /** Parts of the cross-validation, 2 to 20. Default 5; fewer where a class has fewer pictures. 1: one fit, nothing measured. */
  foldCount?: number;
  /**
   * Only 'mlp': units of the hidden layer (100), passes (50), samples per step (16), step length (0.001). Fine-tuning takes
   * `epochCount` (6), `batchSize` (16) and `learningRate` (0.02, relative to the size of each tensor's weights) too.
   */
  hiddenCount?: number;
  epochCount?: number;
  batchSize?: number;
  learningRate?: number;
  /** Called after each finished epoch of a fine-tuning. Whoever stores `file` can go on from there after a crash. */
  onRound?: (round: TuningRound) => void;
  /**
   * The `file` of a round, with the options that its training was begun with: the fine-tuning goes on behind that epoch and
   * ends as it would have ended then, to the bit where the variant is the same. 'bad-file' where pictures, classes, backbone
   * or options are others, or the file is damaged.
   */
  resume?: Uint8Array | ArrayBuffer;
}

export interface ClassReport {
  classId: ClassId;
  name: string;
  sampleCount: number;
  /** Of the pictures called this class, the part that was. */
  precision: number;
  /** Of the pictures of this class, the part that was found. */
  recall: number;
}

/** One picture that was judged by a fit which had not seen it. */
export interface HeldOutSample {
  sampleId: SampleId;
  classId: ClassId;
  predictedClassId: ClassId;
  /** That the fit gave to the picture's own class. */
  probability: number;
  /** That the fit gave to the class that it took the picture for. */
  confidence: number;
}

/** What fine-tuning brought, measured on pictures that were held out of it. */
export interface FineTuneReport {
  /** false: fine-tuning did not help, and the head alone was kept. */
  betterThanHead: boolean;
  /** The head alone, fitted without the held-out pictures. */
  headAlone: { accuracy: number; logLoss: number };
  /** The best epoch. It was chosen by these pictures, so it is a little hopeful. */
  fineTuned: { accuracy: number; logLoss: number };
  epochs: { trainLoss: number; heldOutLoss: number; heldOutAccuracy: number }[];
  /** Counted from 1; 0: the start, nothing but the head was changed. */
  bestEpoch: number;
  /** As planned; `epochs` are those that were run. */
  epochCount: number;
  stoppedEarly: boolean;
  heldOutCount: number;
  trainCount: number;
}

export interface TrainReport {
  /** What was trained; for 'recommended', 'earlier-cut' and 'new-layers' the strategy that they turned out to be. */
  strategy: StrategyName;
  /** The last frozen map: 'last' where only a head was trained on the whole network, 'input' where nothing is frozen. */
  border: BorderName;
  /** The maps that the head reads, joined in this order. */
  features: FeatureName[];
  /** Views of each picture that it was trained on, besides the picture itself. */
  viewCount: number;
  /** `predict` takes the mean of the picture's features and its mirrored copy's. */
  secondLook: boolean;
  /** Weights that were trained (the head's among them), and weights in use that stayed as they were. */
  trainedWeightCount: number;
  frozenWeightCount: number;
  /** null where the head alone was trained. */
  fineTuning: FineTuneReport | null;
  head: HeadKind;
  seed: number;
  /** false with too few pictures to hold any out; `whyNotMeasured` then says so, and the numbers below are NaN. */
  measured: boolean;
  whyNotMeasured: string;
  accuracy: number;
  /** 95 % interval (Wilson 1927). */
  accuracyLow: number;
  accuracyHigh: number;
  /** Mean of the classes' recalls. */
  balancedAccuracy: number;
  /** Mean -ln p(true class). */
  logLoss: number;
  /** Expected calibration error, 10 bins (Guo et al. 2017). */
  calibrationError: number;
  /** In the order of `confusion`. */
  perClass: ClassReport[];
  /** confusion[true][predicted], in pictures, in the order of `perClass`. */
  confusion: number[][];
  heldOut: HeldOutSample[];
  foldCount: number;
  l2: number;
  /** What the cross-validation tried; the one with the least `calibratedLogLoss` was taken. */
  l2Candidates: { l2: number; logLoss: number; calibratedLogLoss: number; accuracy: number }[];
  /** Enabled classes without pictures: not in the head. */
  leftOut: ClassId[];
  temperature: number;
  /** Evaluations of the loss and its gradient, all fits together. */
  evaluationCount: number;
  sampleCount: number;
  backbone: string;
  elapsedMs: number;
}

/** What a training run would take, from a step that was measured. */
export interface TrainEstimate {
  strategy: StrategyName;
  elapsedMs: number;
  /** WebAssembly memory on top of what is in use. */
  memoryBytes: number;
  trainedWeightCount: number;
  frozenWeightCount: number;
}

/** One way to train, measured on the person's own pictures. */
export interface AdviceCandidate {
  strategy: StrategyName;
  /** On pictures that were held out of the fits that judged them. */
  accuracy: number;
  /** Of the accuracy. */
  standardError: number;
  /** Mean -ln p(true class). */
  logLoss: number;
  /** What training it took, the measuring included; without embedding pictures or views. */
  elapsedMs: number;
  features: FeatureName[];
  viewCount: number;
  trainedWeightCount: number;
}

/** Why a recommendation is what it is, with the numbers that belong in a sentence about it. */
export type AdviceReason =
  /** Nothing is clearly better than joined layers with views, whose accuracy this is. */
  | { code: 'usual'; accuracy: number }
  /** Clearly better than the usual way: the log losses of both, on the pictures that both were judged on. */
  | { code: 'clearly-better'; logLoss: number; usualLogLoss: number }
  /** So few pictures could be held out; the usual way is taken. */
  | { code: 'too-few-to-compare'; heldOutCount: number };

/** Something about the pictures that would be worth a look. */
export interface DataAdvice {
  kind: 'too-few' | 'near-duplicates' | 'confused' | 'label-doubt' | 'background' | 'mirror-matters';
  classIds?: ClassId[];
  sampleIds?: SampleId[];
  value?: number;
}

export interface Advice {
  candidates: AdviceCandidate[];
  /** Joined layers with views, the usual way, unless its log loss is clearly above the best one's: then the simplest that is
   * not. Clearly: by more than 1.5 standard errors of the difference, picture by picture. */
  recommended: StrategyName;
  reasons: AdviceReason[];
  /** Few or many pictures; close to or far from what the backbone knows. */
  case: 'few-close' | 'few-far' | 'many-close' | 'many-far';
  transfer: {
    /** LogME (You et al. 2021) of the last layer's features for these classes: higher transfers better. */
    logMe: number;
    [measure: string]: number;
  };
  data: DataAdvice[];
  /** Whether mirrored pictures help: where left and right matter they harm. */
  mirror: 'helps' | 'harms' | 'unclear';
  elapsedMs: number;
}

/** One layer of the network as a drawing shows it: the first convolution, each block, the last convolution. */
export interface NetworkLayer {
  name: 'stem' | MapName;
  /** Of its map, in places. */
  side: number;
  channels: number;
  weightCount: number;
  /** Pixels of the picture from one place of its map to the next. */
  stride: number;
}

/** Some channels of one map of the network, as a picture makes them. */
export interface FeatureMaps {
  /** 'cut': what the convolution at the end of a cut makes. */
  map: MapName;
  /** Whether training changed this layer, or one before it: not the backbone's, but what the head in use brings. */
  isOwn: boolean;
  width: number;
  height: number;
  /** The most telling first. */
  channels: {
    channel: number;
    /** How well its mean tells the classes apart on the pictures that are there (Fisher's ratio). */
    ratio: number;
    /** The class in whose pictures it is strongest; null where there are no two classes. */
    classId: ClassId | null;
    /** [height * width] 0 where it is weakest in this picture, 255 where it is strongest. */
    values: Uint8Array;
  }[];
}

/** All pictures of the enabled classes in a plane: what the network takes for alike lies together. */
export interface PictureMap {
  /**
   * 'discriminants': along what tells the classes apart, each picture where a discriminant puts it that was fitted without
   * it. 'principal': along what differs most, where there are no two classes to tell apart.
   */
  axes: 'discriminants' | 'principal';
  /** By ascending ids. `x` and `y` lie around 0, at a distance of 1 in the quadratic mean. */
  pictures: {
    sampleId: SampleId;
    classId: ClassId;
    x: number;
    y: number;
    /** An earlier picture of its class that shows almost the same; null where there is none. */
    twinOf: SampleId | null;
  }[];
}
