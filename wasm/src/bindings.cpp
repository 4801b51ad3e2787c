// Registrations only: what JavaScript sees of Session, and the TypeScript of every value that crosses.
#include <emscripten/bind.h>

#include "session.h"

namespace headstart::wasm {
namespace {

EMSCRIPTEN_BINDINGS(headstart) {
  using emscripten::class_;
  using emscripten::register_type;
  using emscripten::value_object;

  register_type<DoneOutcome>("{ code: string, message: string, value: undefined }");
  register_type<NumberOutcome>("{ code: string, message: string, value: number }");
  register_type<BytesOutcome>("{ code: string, message: string, value: Uint8Array }");
  register_type<VectorOutcome>("{ code: string, message: string, value: Float32Array }");
  register_type<BackboneOutcome>(
      "{ code: string, message: string, value: { name: string, architecture: string, widthMultiplier: "
      "string, "
      "inputSize: number, nativeInputSize: number, embeddingDim: number, parameterCount: number, source: "
      "string, "
      "license: string, sha256: string, memoryBytes: number, layers: { name: string, side: number, channels: "
      "number, weightCount: number, stride: number }[] } }");
  register_type<RankingOutcome>(
      "{ code: string, message: string, value: { classIds: Uint32Array, probabilities: Float32Array, known: "
      "number, kind: string, trained: boolean } }");
  register_type<ProgressOutcome>(
      "{ code: string, message: string, value: { fraction: number, done: boolean } }");
  register_type<ReportOutcome>(
      "{ code: string, message: string, value: { head: string, seed: number, measured: boolean, "
      "whyNotMeasured: string, "
      "metrics: { sampleCount: number, accuracy: number, accuracyLow: number, accuracyHigh: number, "
      "balancedAccuracy: number, loss: number, calibrationError: number, perClass: { classId: number, "
      "sampleCount: number, precision: number, recall: number }[], confusion: Uint32Array }, sampleCount: "
      "number, "
      "classIds: Uint32Array, leftOut: Uint32Array, heldOutSampleIds: Uint32Array, heldOutClassIndices: "
      "Uint32Array, heldOutPredictions: Uint32Array, heldOutProbabilities: Float32Array, "
      "heldOutConfidences: Float32Array, folds: number, l2: number, "
      "l2Candidates: { l2: number, loss: number, calibratedLoss: number, accuracy: number }[], temperature: "
      "number, "
      "evaluationCount: number, features: string[], viewCount: number, secondLook: boolean, "
      "trainedWeightCount: "
      "number, fineTuning?: { betterThanHead: boolean, headAlone: { accuracy: number, loss: number }, "
      "fineTuned: "
      "{ accuracy: number, loss: number }, epochs: { trainLoss: number, heldOutLoss: number, "
      "heldOutAccuracy: "
      "number }[], bestEpoch: number, stoppedEarly: boolean, heldOutCount: number, trainCount: number } } }");
  register_type<HeadOutcome>(
      "{ code: string, message: string, value: { kind: string, labels: string[], classIds: Uint32Array, "
      "backbone: string, inputSize: string, seed: string, date: string, featureCount: number, hiddenCount: "
      "number, features: string[], secondLook: boolean, border: string, bringsLayers: boolean } }");
  register_type<ClassList>("{ id: number, name: string, sampleCount: number, enabled: boolean }[]");
  register_type<ClassIdList>("number[]");
  register_type<NameList>("string[]");
  register_type<MemoryReport>(
      "{ wasmBytes: number, backboneBytes: number, storeBytes: number, viewBytes: number, headBytes: number, "
      "inputBytes: number, sampleCount: number }");
  register_type<IdArray>("Uint32Array");
  register_type<TextOutcome>("{ code: string, message: string, value: string }");
  register_type<TuneStartOutcome>(
      "{ code: string, message: string, value: { border: string, viewCount: number, trainedWeightCount: "
      "number, "
      "frozenWeightCount: number, frozenPassCount: number, trainStepCount: number, forwardStepCount: number, "
      "epochCount: number, "
      "memoryBytes: number } }");
  register_type<TuneProgressOutcome>(
      "{ code: string, message: string, value: { stage: string, fraction: number, done: boolean, epoch: "
      "number, "
      "epochCount: number, trainLoss: number, heldOutLoss: number, heldOutAccuracy: number, trainStepsAhead: "
      "number, stepsAhead: number } }");
  register_type<WantedViews>("{ views: Uint32Array, sampleIds: Uint32Array }");
  register_type<CandidateOutcome>(
      "{ code: string, message: string, value: { accuracy: number, standardError: number, logLoss: number, "
      "heldOutCount: number, trainedWeightCount: number } }");
  register_type<AdviceOutcome>(
      "{ code: string, message: string, value: { recommended: string, reason: { code: string, first: number, "
      "second: number }, case: string, data: { kind: string, classIds: Uint32Array, sampleIds: Uint32Array, "
      "value: number }[], mirror: string } }");

  value_object<FrameDescription>("FrameDescription")
      .field("width", &FrameDescription::width_px)
      .field("height", &FrameDescription::height_px)
      .field("stride", &FrameDescription::stride_bytes)
      .field("mirror", &FrameDescription::mirror)
      .field("cropLeft", &FrameDescription::crop_left_px)
      .field("cropTop", &FrameDescription::crop_top_px)
      .field("cropWidth", &FrameDescription::crop_width_px)
      .field("cropHeight", &FrameDescription::crop_height_px);
  value_object<TrainSettings>("TrainSettings")
      .field("head", &TrainSettings::head)
      .field("seed", &TrainSettings::seed)
      .field("l2", &TrainSettings::l2)
      .field("temperature", &TrainSettings::temperature)
      .field("folds", &TrainSettings::folds)
      .field("hidden", &TrainSettings::hidden)
      .field("epochs", &TrainSettings::epochs)
      .field("batchSize", &TrainSettings::batch_size)
      .field("learningRate", &TrainSettings::learning_rate)
      .field("views", &TrainSettings::views)
      .field("secondLook", &TrainSettings::second_look);
  value_object<TuneSettings>("TuneSettings")
      .field("part", &TuneSettings::part)
      .field("blockCount", &TuneSettings::block_count)
      .field("cutBlock", &TuneSettings::cut_block)
      .field("seed", &TuneSettings::seed)
      .field("epochs", &TuneSettings::epochs)
      .field("batchSize", &TuneSettings::batch_size)
      .field("learningRate", &TuneSettings::learning_rate)
      .field("views", &TuneSettings::views);

  class_<Session>("Session")
      .constructor<>()
      .function("start", &Session::start)
      .function("inputView", &Session::inputView)
      .function("loadBackbone", &Session::loadBackbone)
      .function("embed", &Session::embed)
      .function("embedMaps", &Session::embedMaps)
      .function("embedRow", &Session::embedRow)
      .function("makePicture", &Session::makePicture)
      .function("addClass", &Session::addClass)
      .function("renameClass", &Session::renameClass)
      .function("removeClass", &Session::removeClass)
      .function("setClassEnabled", &Session::setClassEnabled)
      .function("moveClass", &Session::moveClass)
      .function("classes", &Session::classes)
      .function("addSample", &Session::addSample)
      .function("addRow", &Session::addRow)
      .function("copySample", &Session::copySample)
      .function("removeSample", &Session::removeSample)
      .function("moveSample", &Session::moveSample)
      .function("sampleEmbedding", &Session::sampleEmbedding)
      .function("sampleRow", &Session::sampleRow)
      .function("viewCount", &Session::viewCount)
      .function("samplesWithoutViews", &Session::samplesWithoutViews)
      .function("addView", &Session::addView)
      .function("trainBegin", &Session::trainBegin)
      .function("trainStep", &Session::trainStep)
      .function("trainFinish", &Session::trainFinish)
      .function("trainCancel", &Session::trainCancel)
      .function("tuneBegin", &Session::tuneBegin)
      .function("tuneWanted", &Session::tuneWanted)
      .function("tuneSupply", &Session::tuneSupply)
      .function("tuneTrial", &Session::tuneTrial)
      .function("tuneStep", &Session::tuneStep)
      .function("tuneStop", &Session::tuneStop)
      .function("tuneFinish", &Session::tuneFinish)
      .function("tuneCancel", &Session::tuneCancel)
      .function("adviceBegin", &Session::adviceBegin)
      .function("adviceAdd", &Session::adviceAdd)
      .function("adviceAddTuned", &Session::adviceAddTuned)
      .function("adviceTransfer", &Session::adviceTransfer)
      .function("adviceAddBorder", &Session::adviceAddBorder)
      .function("adviceFinish", &Session::adviceFinish)
      .function("mirrorVerdict", &Session::mirrorVerdict)
      .function("embedForRanking", &Session::embedForRanking)
      .function("rank", &Session::rank)
      .function("headInfo", &Session::headInfo)
      .function("exportHead", &Session::exportHead)
      .function("readHead", &Session::readHead)
      .function("adoptHead", &Session::adoptHead)
      .function("samplesToJudgeBy", &Session::samplesToJudgeBy)
      .function("addToJudge", &Session::addToJudge)
      .function("memory", &Session::memory);
}

}  // namespace
}  // namespace headstart::wasm
