#include "values.h"

namespace headstart::wasm {

using emscripten::val;

const char* head_kind_name(HeadKind kind) {
  switch (kind) {
    case HeadKind::kLogistic:
      return "logistic";
    case HeadKind::kNearestMean:
      return "nearest-mean";
    case HeadKind::kMlp:
      return "mlp";
  }
  return "logistic";
}

Result<HeadKind> head_kind_from(const std::string& name) {
  for (const HeadKind kind : {HeadKind::kLogistic, HeadKind::kNearestMean, HeadKind::kMlp}) {
    if (name == head_kind_name(kind)) return kind;
  }
  return Error{ErrorCode::kBadArgument,
               "head must be 'logistic', 'nearest-mean' or 'mlp', got '" + name + "'"};
}

DoneOutcome done_outcome(const Status& status) {
  return status ? outcome<DoneOutcome>(val::undefined()) : failure<DoneOutcome>(status.error());
}

val backbone_value(const BackboneInfo& info, std::int32_t input_size_px, std::size_t memory_bytes) {
  val value = val::object();
  value.set("name", info.name);
  value.set("architecture", info.architecture);
  value.set("widthMultiplier", info.width_multiplier);
  value.set("inputSize", input_size_px);
  value.set("nativeInputSize", info.input_size_px);
  value.set("embeddingDim", static_cast<double>(info.embedding_dim));
  value.set("parameterCount", static_cast<double>(info.parameter_count));
  value.set("source", info.source);
  value.set("license", info.license);
  value.set("sha256", info.sha256);
  value.set("memoryBytes", static_cast<double>(memory_bytes));
  return value;
}

namespace {

template <typename Id>
val id_array(const std::vector<Id>& ids) {
  std::vector<std::uint32_t> numbers(ids.size());
  for (std::size_t i = 0; i < ids.size(); ++i) numbers[i] = static_cast<std::uint32_t>(ids[i]);
  return copied_array<std::uint32_t>(numbers);
}

val metrics_value(const Metrics& metrics, const std::vector<ClassId>& class_ids) {
  val value = val::object();
  value.set("sampleCount", static_cast<double>(metrics.sample_count));
  value.set("accuracy", metrics.accuracy);
  value.set("accuracyLow", metrics.accuracy_low);
  value.set("accuracyHigh", metrics.accuracy_high);
  value.set("balancedAccuracy", metrics.balanced_accuracy);
  value.set("loss", metrics.log_loss);
  value.set("calibrationError", metrics.calibration_error);
  val per_class = val::array();
  for (std::size_t i = 0; i < metrics.per_class.size() && i < class_ids.size(); ++i) {
    val entry = val::object();
    entry.set("classId", static_cast<std::uint32_t>(class_ids[i]));
    entry.set("sampleCount", static_cast<double>(metrics.per_class[i].sample_count));
    entry.set("precision", metrics.per_class[i].precision);
    entry.set("recall", metrics.per_class[i].recall);
    per_class.set(i, entry);
  }
  value.set("perClass", per_class);
  value.set("confusion", copied_array<std::uint32_t>(metrics.confusion));
  return value;
}

val candidates_value(const std::vector<L2Candidate>& candidates) {
  val list = val::array();
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    val candidate = val::object();
    candidate.set("l2", candidates[i].l2);
    candidate.set("loss", candidates[i].log_loss);
    candidate.set("calibratedLoss", candidates[i].calibrated_log_loss);
    candidate.set("accuracy", candidates[i].accuracy);
    list.set(i, candidate);
  }
  return list;
}

}  // namespace

val report_value(const TrainReport& report, std::span<const std::uint32_t> class_indices) {
  std::vector<std::uint32_t> true_indices;
  for (const std::uint32_t row : report.held_out_rows) true_indices.push_back(class_indices[row]);
  val value = val::object();
  value.set("head", std::string(head_kind_name(report.head)));
  value.set("seed", static_cast<double>(report.seed));
  value.set("measured", report.measured);
  value.set("whyNotMeasured", report.why_not);
  value.set("metrics", metrics_value(report.metrics, report.class_ids));
  value.set("sampleCount", static_cast<double>(class_indices.size()));
  value.set("classIds", id_array(report.class_ids));
  value.set("leftOut", id_array(report.left_out));
  value.set("heldOutSampleIds", id_array(report.held_out_ids));
  value.set("heldOutClassIndices", copied_array<std::uint32_t>(true_indices));
  value.set("heldOutPredictions", copied_array<std::uint32_t>(report.held_out_predictions));
  value.set("heldOutProbabilities", copied_array<float>(report.held_out_probabilities));
  value.set("heldOutConfidences", copied_array<float>(report.held_out_confidences));
  value.set("folds", static_cast<double>(report.fold_count));
  value.set("l2", report.l2);
  value.set("l2Candidates", candidates_value(report.l2_candidates));
  value.set("temperature", report.temperature);
  value.set("evaluationCount", static_cast<double>(report.evaluation_count));
  return value;
}

}  // namespace headstart::wasm
