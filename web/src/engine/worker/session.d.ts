// What Embind says about Session: emitted by the target headstart_types and written by
// wasm/toolchain/session-types.mjs. Never edited by hand.
export type FrameDescription = {
  width: number;
  height: number;
  stride: number;
  mirror: boolean;
  cropLeft: number;
  cropTop: number;
  cropWidth: number;
  cropHeight: number;
};

export type NetworkLayer = {
  name: string;
  side: number;
  channels: number;
  weightCount: number;
  stride: number;
};

export type FineTuneOptions = {
  part: 'last-convolution' | 'last-blocks' | 'whole-network' | 'cut';
  blockCount: number;
  cutBlock: number;
  head: 'logistic' | 'nearest-mean' | 'discriminant' | 'mlp';
  seed: number;
  epochCount: number;
  batchSize: number;
  learningRate: number;
  activationBudgetBytes: number;
};

export type Strategy = {
  name: string;
  shortName: string;
  head: 'logistic' | 'nearest-mean' | 'discriminant' | 'mlp';
  freeHead: boolean;
  features: string[];
  views: boolean;
  secondLook: boolean;
  tuning: FineTuneOptions | undefined;
  border: string;
  suits: 'few-close' | 'few-far' | 'many-close' | 'many-far' | undefined;
  isMeasured: boolean;
  simplicity: number;
};

export type LoadedBackbone = {
  name: string;
  architecture: string;
  widthMultiplier: string;
  inputSize: number;
  nativeInputSize: number;
  precision: 'float32' | 'int8';
  isQuantised: boolean;
  embeddingDim: number;
  pixelsAreGuessed: boolean;
  parameterCount: number;
  source: string;
  license: string;
  sha256: string;
  memoryBytes: number;
  layers: NetworkLayer[];
  strategies: Strategy[];
  scoredMaps: string[];
};

export type ClassInfo = {
  id: number;
  name: string;
  sampleCount: number;
  enabled: boolean;
};

export type MemoryReport = {
  wasmBytes: number;
  backboneBytes: number;
  storeBytes: number;
  viewBytes: number;
  headBytes: number;
  inputBytes: number;
  sampleCount: number;
};

export type TrainOptions = {
  head: 'logistic' | 'nearest-mean' | 'discriminant' | 'mlp';
  features: string[];
  views: 'none' | 'without-mirror' | 'all';
  secondLook: boolean;
  seed: number;
  l2: number | undefined;
  temperature: number | undefined;
  foldCount: number;
  hiddenCount: number;
  epochCount: number;
  batchSize: number;
  learningRate: number;
};

export type TrainProgress = {
  fraction: number;
  done: boolean;
};

export type ClassMetrics = {
  sampleCount: number;
  precision: number;
  recall: number;
};

export type Metrics = {
  sampleCount: number;
  accuracy: number;
  accuracyLow: number;
  accuracyHigh: number;
  balancedAccuracy: number;
  logLoss: number;
  calibrationError: number;
  perClass: ClassMetrics[];
  confusion: Uint32Array;
};

export type L2Candidate = {
  l2: number;
  logLoss: number;
  calibratedLogLoss: number;
  accuracy: number;
};

export type FineTuneEpoch = {
  trainLoss: number;
  heldOutLoss: number;
  heldOutAccuracy: number;
};

export type FineTuneReport = {
  betterThanHead: boolean;
  headAlone: Metrics;
  fineTuned: Metrics;
  epochs: FineTuneEpoch[];
  bestEpoch: number;
  stoppedEarly: boolean;
  heldOutPictureCount: number;
  trainPictureCount: number;
};

export type SessionReport = {
  head: 'logistic' | 'nearest-mean' | 'discriminant' | 'mlp';
  seed: number;
  classIds: Uint32Array;
  leftOut: Uint32Array;
  features: string[];
  viewCount: number;
  secondLook: boolean;
  measured: boolean;
  whyNotMeasured: string;
  metrics: Metrics;
  heldOutIds: Uint32Array;
  heldOutClassIndices: Uint32Array;
  heldOutPredictions: Uint32Array;
  heldOutProbabilities: Float32Array;
  heldOutConfidences: Float32Array;
  foldCount: number;
  l2: number;
  l2Candidates: L2Candidate[];
  temperature: number;
  evaluationCount: number;
  sampleCount: number;
  trainedWeightCount: number;
  fineTuning: FineTuneReport | undefined;
};

export type TuneEstimate = {
  border: string;
  viewCount: number;
  trainedWeightCount: number;
  frozenWeightCount: number;
  frozenPassCount: number;
  trainStepCount: number;
  forwardStepCount: number;
  epochCount: number;
  memoryBytes: number;
};

export type WantedViews = {
  views: Uint32Array;
  sampleIds: Uint32Array;
};

export type FineTuneProgress = {
  stage: 'collecting' | 'linear-probe' | 'tuning' | 'embedding' | 'done';
  fraction: number;
  done: boolean;
  epoch: number;
  epochCount: number;
  latest: FineTuneEpoch;
  trainStepCountAhead: number;
  stepCountAhead: number;
};

export type CandidateReport = {
  accuracy: number;
  standardError: number;
  logLoss: number;
  heldOutCount: number;
  trainedWeightCount: number;
};

export type Reason = {
  code: 'usual' | 'clearly-better' | 'too-few-to-compare';
  first: number;
  second: number;
};

export type DataAdvice = {
  kind: 'too-few' | 'near-duplicates' | 'confused' | 'label-doubt' | 'background' | 'mirror-matters';
  classIds: Uint32Array;
  sampleIds: Uint32Array;
  value: number;
};

export type Advice = {
  recommended: string;
  reason: Reason;
  dataCase: 'few-close' | 'few-far' | 'many-close' | 'many-far';
  data: DataAdvice[];
  mirror: 'helps' | 'harms' | 'unclear';
};

export type Ranking = {
  classIds: Uint32Array;
  probabilities: Float32Array;
  known: number;
  kind: 'logistic' | 'nearest-mean' | 'discriminant' | 'mlp';
  trained: boolean;
};

export type Attention = {
  classId: number;
  width: number;
  height: number;
  values: Float32Array;
  logit: number;
  bias: number;
};

export type SimilarSample = {
  sampleId: number;
  classId: number;
  similarity: number;
};

export type StageMaps = {
  map: string;
  isOwn: boolean;
  width: number;
  height: number;
  channels: Uint32Array;
  ratios: Float32Array;
  classIds: Uint32Array;
  values: Uint8Array;
};

export type SampleMap = {
  axes: 'discriminants' | 'principal';
  sampleIds: Uint32Array;
  classIds: Uint32Array;
  positions: Float32Array;
  twinIds: Uint32Array;
};

export type HeadInfo = {
  kind: 'logistic' | 'nearest-mean' | 'discriminant' | 'mlp';
  labels: string[];
  classIds: Uint32Array;
  backbone: string;
  inputSize: string;
  seed: string;
  date: string;
  featureCount: number;
  hiddenCount: number;
  features: string[];
  secondLook: boolean;
  border: string;
  bringsLayers: boolean;
};

export type AnswerChanges = {
  pictureCount: number;
  meanDifference: number;
  largestDifference: number;
  lostCount: number;
  knownCount: number;
  rightBeforeCount: number;
  rightAfterCount: number;
};

export type PlainHead = {
  file: Uint8Array;
  changes: AnswerChanges;
};

export type Done = {
  code: string;
  message: string;
};

export type InputViewOutcome = {
  code: string;
  message: string;
  value: Uint8Array;
};

export type NumberOutcome = {
  code: string;
  message: string;
  value: number;
};

export type FeaturesOutcome = {
  code: string;
  message: string;
  value: Float32Array;
};

export type RowOutcome = {
  code: string;
  message: string;
  value: Float32Array;
};

export type PictureOutcome = {
  code: string;
  message: string;
  value: Uint8Array;
};

export type FileOutcome = {
  code: string;
  message: string;
  value: Uint8Array;
};

export type LoadedBackboneOutcome = {
  code: string;
  message: string;
  value: LoadedBackbone;
};

export type TrainProgressOutcome = {
  code: string;
  message: string;
  value: TrainProgress;
};

export type SessionReportOutcome = {
  code: string;
  message: string;
  value: SessionReport;
};

export type TuneEstimateOutcome = {
  code: string;
  message: string;
  value: TuneEstimate;
};

export type FineTuneProgressOutcome = {
  code: string;
  message: string;
  value: FineTuneProgress;
};

export type CandidateReportOutcome = {
  code: string;
  message: string;
  value: CandidateReport;
};

export type AdviceOutcome = {
  code: string;
  message: string;
  value: Advice;
};

export type MirrorVerdictOutcome = {
  code: string;
  message: string;
  value: 'helps' | 'harms' | 'unclear';
};

export type RankingOutcome = {
  code: string;
  message: string;
  value: Ranking;
};

export type AttentionOutcome = {
  code: string;
  message: string;
  value: Attention;
};

export type StageMapsOutcome = {
  code: string;
  message: string;
  value: StageMaps[];
};

export type SampleMapOutcome = {
  code: string;
  message: string;
  value: SampleMap;
};

export type HeadInfoOutcome = {
  code: string;
  message: string;
  value: HeadInfo;
};

export type PlainHeadOutcome = {
  code: string;
  message: string;
  value: PlainHead;
};

export interface Session {
  start(threadCount: number): Done;
  inputView(byteCount: number): InputViewOutcome;
  loadBackbone(byteCount: number, inputSize: number, precision: 'float32' | 'int8'): LoadedBackboneOutcome;
  embed(frame: FrameDescription): FeaturesOutcome;
  embedMaps(frame: FrameDescription, maps: string[]): FeaturesOutcome;
  embedRow(frame: FrameDescription): RowOutcome;
  makePicture(frame: FrameDescription, size: number): PictureOutcome;
  addClass(classId: number, name: string): Done;
  renameClass(classId: number, name: string): Done;
  removeClass(classId: number): Done;
  setClassEnabled(classId: number, enabled: boolean): Done;
  moveClass(classId: number, classIndex: number): Done;
  classes(): ClassInfo[];
  addSample(sampleId: number, classId: number, frame: FrameDescription): Done;
  addRow(sampleId: number, classId: number, featureCount: number): Done;
  copySample(from: number, to: number, classId: number): Done;
  removeSample(sampleId: number): Done;
  canRestore(sampleId: number): boolean;
  restoreSample(sampleId: number, classId: number): Done;
  forgetSample(sampleId: number): void;
  moveSample(sampleId: number, classId: number): Done;
  sampleEmbedding(sampleId: number): RowOutcome;
  sampleRow(sampleId: number): RowOutcome;
  viewCount(): number;
  samplesWithoutViews(): Uint32Array;
  addView(sampleId: number, viewIndex: number, frame: FrameDescription): Done;
  trainBegin(options: TrainOptions): Done;
  trainStep(): TrainProgressOutcome;
  trainFinish(): SessionReportOutcome;
  trainCancel(): void;
  trainSetAside(): Done;
  plainHead(date: string): PlainHeadOutcome;
  tuneBegin(
    options: FineTuneOptions,
    views: 'none' | 'without-mirror' | 'all',
    byteCount: number,
    roundByteCount: number,
  ): TuneEstimateOutcome;
  tuneWanted(): WantedViews;
  tuneSupply(view: number, frame: FrameDescription): Done;
  tuneTrial(): Done;
  tuneStep(): FineTuneProgressOutcome;
  tuneRound(): FileOutcome;
  tuneStop(): void;
  tuneFinish(byteCount: number): SessionReportOutcome;
  tuneCancel(): void;
  adviceBegin(): void;
  adviceAdd(strategy: string): CandidateReportOutcome;
  adviceAddTuned(strategy: string): CandidateReportOutcome;
  adviceTransfer(map: string): NumberOutcome;
  adviceAddBorder(sampleId: number, frame: FrameDescription): Done;
  adviceFinish(): AdviceOutcome;
  mirrorVerdict(): MirrorVerdictOutcome;
  embedForRanking(frame: FrameDescription): Done;
  rank(): RankingOutcome;
  embedForAttention(frame: FrameDescription, isFiner: boolean): Done;
  attention(classId: number): AttentionOutcome;
  similarSamples(count: number): SimilarSample[];
  lookInside(frame: FrameDescription, channelCount: number): StageMapsOutcome;
  pictureMap(): SampleMapOutcome;
  headInfo(): HeadInfoOutcome;
  exportHead(date: string): FileOutcome;
  headFile(): FileOutcome;
  headFileInfo(byteCount: number): HeadInfoOutcome;
  readHead(byteCount: number): HeadInfoOutcome;
  adoptHead(classIds: Uint32Array, byteCount: number): Done;
  samplesToJudgeBy(): Uint32Array;
  addToJudge(sampleId: number, frame: FrameDescription): Done;
  memory(): MemoryReport;
  delete(): void;
}

export type ExportSettings = {
  format: string;
  pictureSize: number;
  title: string;
  date: string;
};

export interface QuantisedExport {
  open(_0: Uint8Array, _1: Uint8Array, _2: ExportSettings): Done;
  calibrate(_0: Uint8Array, _1: number, _2: number): Done;
  measure(_0: Uint8Array, _1: number, _2: number, _3: number): Done;
  report(): AnswerChanges;
  write(): { code: string; message: string; value: Uint8Array };
  delete(): void;
}

/** The rest is Emscripten's own. */
export interface EngineModule {
  Session: { new (): Session };
  exportModel(_0: Uint8Array, _1: Uint8Array, _2: ExportSettings): { code: string; message: string; value: Uint8Array };
  refusedFormats(
    _0: Uint8Array,
    _1: Uint8Array,
  ): { code: string; message: string; value: { format: string; reason: string }[] };
  QuantisedExport: {
    new (): QuantisedExport;
  };
  count_emval_handles(): number;
  PThread?: { terminateAllThreads(): void };
}
