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
}

export interface Session {
  start(threadCount: number): Outcome<undefined>;
  inputView(byteCount: number): Outcome<Uint8Array>;
  loadBackbone(byteCount: number, inputSize: number, maxBatchSize: number, maps: string[]): Outcome<SessionBackbone>;
  embed(frame: FrameDescription): Outcome<Float32Array>;
  makePicture(frame: FrameDescription, size: number): Outcome<Uint8Array>;
  addClass(name: string): number;
  renameClass(classId: number, name: string): Outcome<undefined>;
  removeClass(classId: number): Outcome<undefined>;
  setClassEnabled(classId: number, enabled: boolean): Outcome<undefined>;
  moveClass(classId: number, index: number): Outcome<undefined>;
  classes(): { id: number; name: string; sampleCount: number; enabled: boolean }[];
  addSample(classId: number, frame: FrameDescription): Outcome<number>;
  addEmbedding(classId: number, featureCount: number): Outcome<number>;
  copySample(sampleId: number, classId: number): Outcome<number>;
  removeSample(sampleId: number): Outcome<undefined>;
  moveSample(sampleId: number, classId: number): Outcome<undefined>;
  sampleEmbedding(sampleId: number): Outcome<Float32Array>;
  trainBegin(settings: TrainSettings): Outcome<undefined>;
  trainStep(): Outcome<{ fraction: number; done: boolean }>;
  trainFinish(): Outcome<SessionReport>;
  trainCancel(): void;
  embedForRanking(frame: FrameDescription): Outcome<undefined>;
  rank(): Outcome<{ classIds: Uint32Array; probabilities: Float32Array; kind: string; trained: boolean }>;
  headInfo(): Outcome<SessionHead>;
  exportHead(date: string): Outcome<Uint8Array>;
  readHead(byteCount: number): Outcome<SessionHead>;
  adoptHead(classIds: number[]): Outcome<undefined>;
  memory(): { wasmBytes: number; backboneBytes: number; storeBytes: number; inputBytes: number; sampleCount: number };
  delete(): void;
}

export interface EngineModule {
  Session: { new (): Session };
  count_emval_handles(): number;
  PThread?: { terminateAllThreads(): void };
}
