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

val number_array(std::span<const double> values) {
  val result = val::array();
  for (std::size_t i = 0; i < values.size(); ++i) result.set(i, values[i]);
  return result;
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

val metrics_value(const Metrics& metrics, const RunRows& rows) {
  val value = val::object();
  value.set("sampleCount", static_cast<double>(metrics.sample_count));
  value.set("accuracy", metrics.accuracy);
  value.set("accuracyLow", metrics.accuracy_low);
  value.set("accuracyHigh", metrics.accuracy_high);
  value.set("balancedAccuracy", metrics.balanced_accuracy);
  value.set("loss", metrics.log_loss);
  value.set("calibrationError", metrics.calibration_error);
  val per_class = val::array();
  for (std::size_t i = 0; i < metrics.per_class.size() && i < rows.class_ids.size(); ++i) {
    val entry = val::object();
    entry.set("classId", static_cast<std::uint32_t>(rows.class_ids[i]));
    entry.set("sampleCount", static_cast<double>(metrics.per_class[i].sample_count));
    entry.set("precision", metrics.per_class[i].precision);
    entry.set("recall", metrics.per_class[i].recall);
    per_class.set(i, entry);
  }
  value.set("perClass", per_class);
  value.set("confusion", copied_array<std::uint32_t>(metrics.confusion));
  return value;
}

}  // namespace

val report_value(const TrainReport& report, const RunRows& rows) {
  val value = val::object();
  value.set("head", std::string(head_kind_name(report.head)));
  value.set("seed", static_cast<double>(report.seed));
  value.set("measured", report.measured);
  value.set("whyNotMeasured", report.why_not);
  value.set("metrics", metrics_value(report.metrics, rows));
  value.set("sampleCount", static_cast<double>(rows.sample_ids.size()));
  std::vector<std::uint32_t> class_ids(rows.class_ids.size());
  for (std::size_t i = 0; i < class_ids.size(); ++i)
    class_ids[i] = static_cast<std::uint32_t>(rows.class_ids[i]);
  value.set("classIds", copied_array<std::uint32_t>(class_ids));

  const std::size_t held_out_count =
      std::min(report.held_out_rows.size(), report.held_out_predictions.size());
  std::vector<std::uint32_t> sample_ids(held_out_count);
  std::vector<std::uint32_t> true_indices(held_out_count);
  for (std::size_t i = 0; i < held_out_count; ++i) {
    sample_ids[i] = static_cast<std::uint32_t>(rows.sample_ids[report.held_out_rows[i]]);
    true_indices[i] = rows.class_indices[report.held_out_rows[i]];
  }
  value.set("heldOutSampleIds", copied_array<std::uint32_t>(sample_ids));
  value.set("heldOutClassIndices", copied_array<std::uint32_t>(true_indices));
  value.set("heldOutPredictions",
            copied_array<std::uint32_t>(std::span(report.held_out_predictions).first(held_out_count)));

  value.set("folds", static_cast<double>(report.fold_count));
  value.set("l2", report.l2);
  val candidates = val::array();
  for (std::size_t i = 0; i < report.l2_candidates.size(); ++i) {
    val candidate = val::object();
    candidate.set("l2", report.l2_candidates[i].l2);
    candidate.set("loss", report.l2_candidates[i].log_loss);
    candidate.set("accuracy", report.l2_candidates[i].accuracy);
    candidates.set(i, candidate);
  }
  value.set("l2Candidates", candidates);
  value.set("temperature", report.temperature);
  value.set("evaluationCount", static_cast<double>(report.evaluation_count));
  return value;
}

}  // namespace headstart::wasm
