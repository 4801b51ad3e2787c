// What crosses the seam: plain descriptions in, plain JavaScript values out.
#pragma once

#include <emscripten/val.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "headstart/headstart.h"

namespace headstart::wasm {

// The shapes of the values below, as TypeScript sees them, stand in bindings.cpp. A `…Outcome` is { code,
// message, value }: `code` is empty on success; otherwise it is one of the ten words of status.h and `value`
// is undefined.
EMSCRIPTEN_DECLARE_VAL_TYPE(DoneOutcome)
EMSCRIPTEN_DECLARE_VAL_TYPE(NumberOutcome)
EMSCRIPTEN_DECLARE_VAL_TYPE(BytesOutcome)
EMSCRIPTEN_DECLARE_VAL_TYPE(VectorOutcome)
EMSCRIPTEN_DECLARE_VAL_TYPE(BackboneOutcome)
EMSCRIPTEN_DECLARE_VAL_TYPE(RankingOutcome)
EMSCRIPTEN_DECLARE_VAL_TYPE(ProgressOutcome)
EMSCRIPTEN_DECLARE_VAL_TYPE(ReportOutcome)
EMSCRIPTEN_DECLARE_VAL_TYPE(HeadOutcome)
EMSCRIPTEN_DECLARE_VAL_TYPE(ClassList)
EMSCRIPTEN_DECLARE_VAL_TYPE(ClassIdList)
EMSCRIPTEN_DECLARE_VAL_TYPE(NameList)
EMSCRIPTEN_DECLARE_VAL_TYPE(MemoryReport)
EMSCRIPTEN_DECLARE_VAL_TYPE(IdArray)
EMSCRIPTEN_DECLARE_VAL_TYPE(TextOutcome)
EMSCRIPTEN_DECLARE_VAL_TYPE(TuneStartOutcome)
EMSCRIPTEN_DECLARE_VAL_TYPE(TuneProgressOutcome)
EMSCRIPTEN_DECLARE_VAL_TYPE(WantedViews)
EMSCRIPTEN_DECLARE_VAL_TYPE(CandidateOutcome)
EMSCRIPTEN_DECLARE_VAL_TYPE(AdviceOutcome)

// The picture that lies in the input, and the part of it that counts.
struct FrameDescription {
  std::int32_t width_px = 0;
  std::int32_t height_px = 0;
  std::int32_t stride_bytes = 0;
  bool mirror = false;
  std::int32_t crop_left_px = 0;
  std::int32_t crop_top_px = 0;
  std::int32_t crop_width_px = 0;  // 0: the largest square in the middle
  std::int32_t crop_height_px = 0;
};

// TrainOptions in types that JavaScript has. A seed is a whole number below 2^53; `l2` and `temperature` are
// NaN where they are to be found.
struct TrainSettings {
  std::string head;
  double seed = 1;
  double l2 = 0;
  double temperature = 0;
  std::uint32_t folds = 5;
  std::uint32_t hidden = 100;
  std::uint32_t epochs = 50;
  std::uint32_t batch_size = 16;
  double learning_rate = 1e-3;
  std::string views = "none";  // 'none', 'without-mirror', 'all'
  bool second_look = false;
};

// FineTuneOptions in types that JavaScript has; NaN and 0 stand for core's own choice.
struct TuneSettings {
  std::string part;               // 'last-convolution', 'last-blocks', 'whole-network', 'cut'
  std::uint32_t block_count = 1;  // of 'last-blocks'
  std::uint32_t cut_block = 0;    // of 'cut'
  double seed = 1;
  std::uint32_t epochs = 0;
  std::uint32_t batch_size = 0;
  double learning_rate = 0;
  std::string views = "none";
};

const char* head_kind_name(HeadKind kind);
Result<HeadKind> head_kind_from(const std::string& name);
Result<ViewUse> view_use_from(const std::string& name);
Result<TrainedPart> trained_part_from(const std::string& name);

// A copy that outlives the wasm memory's growth.
template <typename T>
emscripten::val copied_array(std::span<const T> values) {
  return emscripten::val(emscripten::typed_memory_view(values.size(), values.data()))
      .template call<emscripten::val>("slice");
}

template <typename Outcome>
Outcome outcome(emscripten::val value) {
  emscripten::val result = emscripten::val::object();
  result.set("code", std::string());
  result.set("message", std::string());
  result.set("value", std::move(value));
  return Outcome(std::move(result));
}

template <typename Outcome>
Outcome failure(const Error& error) {
  emscripten::val result = emscripten::val::object();
  result.set("code", std::string(error_code_name(error.code)));
  result.set("message", error.message);
  result.set("value", emscripten::val::undefined());
  return Outcome(std::move(result));
}

DoneOutcome done_outcome(const Status& status);

PrepareOptions prepare_options(const FrameDescription& frame);

emscripten::val backbone_value(const Backbone& backbone);

// Ids and indices as a Uint32Array.
template <typename Id>
emscripten::val id_array(std::span<const Id> ids) {
  std::vector<std::uint32_t> numbers(ids.size());
  for (std::size_t i = 0; i < ids.size(); ++i) numbers[i] = static_cast<std::uint32_t>(ids[i]);
  return copied_array<std::uint32_t>(numbers);
}

// `class_indices` [sample_count]: the classes that the training set of the run had, which the store may no
// longer say.
emscripten::val report_value(const TrainReport& report, std::span<const std::uint32_t> class_indices);

// Weights and biases of a head, as a number for JavaScript.
double weight_count_of(const Head& head);

// Of one class, under `logits` [class_count].
float probability_of(std::span<const float> logits, std::uint32_t class_index);

emscripten::val fine_tuning_value(const FineTuneReport& report);

}  // namespace headstart::wasm
