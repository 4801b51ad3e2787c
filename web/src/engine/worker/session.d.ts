// What Embind says about Session (tests/wasm compares this file with --emit-tsd's).
interface Outcome<T> {
  code: string;
  message: string;
  value: T;
}

export interface FrameDescription {
  width: number;
  height: number;
  stride: number;
  mirror: boolean;
  cropLeft: number;
  cropTop: number;
  cropWidth: number;
  cropHeight: number;
}

export interface TrainSettings {
  head: string;
  seed: number;
  l2: number;
  temperature: number;
  folds: number;
  hidden: number;
  epochs: number;
  batchSize: number;
  learningRate: number;
  views: string;
  secondLook: boolean;
}

export interface TuneSettings {
  part: string;
  blockCount: number;
  cutBlock: number;
  seed: number;
  epochs: number;
  batchSize: number;
  learningRate: number;
  views: string;
}

export interface SessionBackbone {
  name: string;
  architecture: string;
  widthMultiplier: string;
  inputSize: number;
  nativeInputSize: number;
  embeddingDim: number;
  parameterCount: number;
  source: string;
  license: string;
  sha256: string;
  memoryBytes: number;
  layers: { name: string; side: number; channels: number; weightCount: number; stride: number }[];
}

export interface SessionReport {
  head: string;
  seed: number;
  measured: boolean;
  whyNotMeasured: string;
  metrics: {
    sampleCount: number;
    accuracy: number;
    accuracyLow: number;
    accuracyHigh: number;
    balancedAccuracy: number;
    loss: number;
    calibrationError: number;
    perClass: { classId: number; sampleCount: number; precision: number; recall: number }[];
    confusion: Uint32Array;
  };
  sampleCount: number;
  classIds: Uint32Array;
  leftOut: Uint32Array;
  heldOutSampleIds: Uint32Array;
  heldOutClassIndices: Uint32Array;
  heldOutPredictions: Uint32Array;
  heldOutProbabilities: Float32Array;
  heldOutConfidences: Float32Array;
  folds: number;
  l2: number;
  l2Candidates: { l2: number; loss: number; calibratedLoss: number; accuracy: number }[];
  temperature: number;
  evaluationCount: number;
  features: string[];
  viewCount: number;
  secondLook: boolean;
  trainedWeightCount: number;
  fineTuning?: {
    betterThanHead: boolean;
    headAlone: { accuracy: number; loss: number };
    fineTuned: { accuracy: number; loss: number };
    epochs: { trainLoss: number; heldOutLoss: number; heldOutAccuracy: number }[];
    bestEpoch: number;
    stoppedEarly: boolean;
    heldOutCount: number;
    trainCount: number;
  };
}

export interface SessionHead {
  kind: string;
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
}

export interface SessionEstimate {
  border: string;
  viewCount: number;
  trainedWeightCount: number;
  frozenWeightCount: number;
  frozenPassCount: number;
  trainStepCount: number;
  forwardStepCount: number;
  epochCount: number;
  memoryBytes: number;
}

export interface SessionTuneProgress {
  stage: string;
  fraction: number;
  done: boolean;
  epoch: number;
  epochCount: number;
  trainLoss: number;
  heldOutLoss: number;
  heldOutAccuracy: number;
  trainStepsAhead: number;
  stepsAhead: number;
}

export interface SessionCandidate {
  accuracy: number;
  standardError: number;
  logLoss: number;
  heldOutCount: number;
  trainedWeightCount: number;
}

export interface SessionAdvice {
  recommended: string;
  reason: { code: string; first: number; second: number };
  case: string;
  data: { kind: string; classIds: Uint32Array; sampleIds: Uint32Array; value: number }[];
  mirror: string;
}

export interface Session {
  start(threadCount: number): Outcome<undefined>;
  inputView(byteCount: number): Outcome<Uint8Array>;
  loadBackbone(byteCount: number, inputSize: number): Outcome<SessionBackbone>;
  embed(frame: FrameDescription): Outcome<Float32Array>;
  embedMaps(frame: FrameDescription, maps: string[]): Outcome<Float32Array>;
  embedRow(frame: FrameDescription): Outcome<Float32Array>;
  makePicture(frame: FrameDescription, size: number): Outcome<Uint8Array>;
  addClass(name: string): number;
  renameClass(classId: number, name: string): Outcome<undefined>;
  removeClass(classId: number): Outcome<undefined>;
  setClassEnabled(classId: number, enabled: boolean): Outcome<undefined>;
  moveClass(classId: number, index: number): Outcome<undefined>;
  classes(): { id: number; name: string; sampleCount: number; enabled: boolean }[];
  addSample(classId: number, frame: FrameDescription): Outcome<number>;
  addRow(classId: number, featureCount: number): Outcome<number>;
  copySample(sampleId: number, classId: number): Outcome<number>;
  removeSample(sampleId: number): Outcome<undefined>;
  moveSample(sampleId: number, classId: number): Outcome<undefined>;
  sampleEmbedding(sampleId: number): Outcome<Float32Array>;
  sampleRow(sampleId: number): Outcome<Float32Array>;
  viewCount(): number;
  samplesWithoutViews(): Uint32Array;
  addView(sampleId: number, viewIndex: number, frame: FrameDescription): Outcome<undefined>;
  trainBegin(settings: TrainSettings, maps: string[]): Outcome<undefined>;
  trainStep(): Outcome<{ fraction: number; done: boolean }>;
  trainFinish(): Outcome<SessionReport>;
  trainCancel(): void;
  tuneBegin(settings: TuneSettings, fileByteCount: number): Outcome<SessionEstimate>;
  tuneWanted(): { views: Uint32Array; sampleIds: Uint32Array };
  tuneSupply(view: number, frame: FrameDescription): Outcome<undefined>;
  tuneTrial(): Outcome<undefined>;
  tuneStep(): Outcome<SessionTuneProgress>;
  tuneStop(): void;
  tuneFinish(fileByteCount: number): Outcome<SessionReport>;
  tuneCancel(): void;
  adviceBegin(): Outcome<undefined>;
  adviceAdd(strategy: string, simplicity: number): Outcome<SessionCandidate>;
  adviceAddTuned(strategy: string, simplicity: number): Outcome<SessionCandidate>;
  adviceTransfer(map: string): Outcome<number>;
  adviceAddBorder(sampleId: number, frame: FrameDescription): Outcome<undefined>;
  adviceFinish(): Outcome<SessionAdvice>;
  mirrorVerdict(): Outcome<string>;
  embedForRanking(frame: FrameDescription): Outcome<undefined>;
  rank(): Outcome<{
    classIds: Uint32Array;
    probabilities: Float32Array;
    known: number;
    kind: string;
    trained: boolean;
  }>;
  headInfo(): Outcome<SessionHead>;
  exportHead(date: string): Outcome<Uint8Array>;
  readHead(byteCount: number): Outcome<SessionHead>;
  adoptHead(classIds: number[], fileByteCount: number): Outcome<undefined>;
  samplesToJudgeBy(): Uint32Array;
  addToJudge(sampleId: number, frame: FrameDescription): Outcome<undefined>;
  memory(): {
    wasmBytes: number;
    backboneBytes: number;
    storeBytes: number;
    viewBytes: number;
    headBytes: number;
    inputBytes: number;
    sampleCount: number;
  };
  delete(): void;
}

export interface EngineModule {
  Session: { new (): Session };
  count_emval_handles(): number;
  PThread?: { terminateAllThreads(): void };
}
