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
      "license: string, sha256: string, memoryBytes: number } }");
  register_type<RankingOutcome>(
      "{ code: string, message: string, value: { classIds: Uint32Array, probabilities: Float32Array, kind: "
      "string, "
      "trained: boolean } }");
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
      "evaluationCount: number } }");
  register_type<HeadOutcome>(
      "{ code: string, message: string, value: { kind: string, labels: string[], classIds: Uint32Array, "
      "backbone: string, inputSize: string, seed: string, date: string, featureCount: number, hiddenCount: "
      "number } }");
  register_type<ClassList>("{ id: number, name: string, sampleCount: number, enabled: boolean }[]");
  register_type<ClassIdList>("number[]");
  register_type<NameList>("string[]");
  register_type<MemoryReport>(
      "{ wasmBytes: number, backboneBytes: number, storeBytes: number, inputBytes: number, sampleCount: "
      "number }");

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
      .field("learningRate", &TrainSettings::learning_rate);

  class_<Session>("Session")
      .constructor<>()
      .function("start", &Session::start)
      .function("inputView", &Session::inputView)
      .function("loadBackbone", &Session::loadBackbone)
      .function("embed", &Session::embed)
      .function("makePicture", &Session::makePicture)
      .function("addClass", &Session::addClass)
      .function("renameClass", &Session::renameClass)
      .function("removeClass", &Session::removeClass)
      .function("setClassEnabled", &Session::setClassEnabled)
      .function("moveClass", &Session::moveClass)
      .function("classes", &Session::classes)
      .function("addSample", &Session::addSample)
      .function("addEmbedding", &Session::addEmbedding)
      .function("copySample", &Session::copySample)
      .function("removeSample", &Session::removeSample)
      .function("moveSample", &Session::moveSample)
      .function("sampleEmbedding", &Session::sampleEmbedding)
      .function("trainBegin", &Session::trainBegin)
      .function("trainStep", &Session::trainStep)
      .function("trainFinish", &Session::trainFinish)
      .function("trainCancel", &Session::trainCancel)
      .function("embedForRanking", &Session::embedForRanking)
      .function("rank", &Session::rank)
      .function("headInfo", &Session::headInfo)
      .function("exportHead", &Session::exportHead)
      .function("readHead", &Session::readHead)
      .function("adoptHead", &Session::adoptHead)
      .function("memory", &Session::memory);
}

}  // namespace
}  // namespace headstart::wasm
