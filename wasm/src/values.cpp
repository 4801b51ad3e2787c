#include "values.h"

#include <cmath>

namespace headstart::wasm {

using emscripten::val;

const char* head_kind_name(HeadKind kind) {
  switch (kind) {
    case HeadKind::kLogistic:
      return "logistic";
    case HeadKind::kNearestMean:
      return "nearest-mean";
    case HeadKind::kDiscriminant:
      return "discriminant";
    case HeadKind::kMlp:
      return "mlp";
  }
  return "logistic";
}

Result<HeadKind> head_kind_from(const std::string& name) {
  for (const HeadKind kind :
       {HeadKind::kLogistic, HeadKind::kNearestMean, HeadKind::kDiscriminant, HeadKind::kMlp}) {
    if (name == head_kind_name(kind)) return kind;
  }
  return Error{ErrorCode::kBadArgument,
               "head must be 'logistic', 'nearest-mean', 'discriminant' or 'mlp', got '" + name + "'"};
}

PrepareOptions prepare_options(const FrameDescription& frame) {
  PrepareOptions options;
  options.mirror = frame.mirror ? Mirror::kYes : Mirror::kNo;
  if (frame.crop_width_px != 0 || frame.crop_height_px != 0) {
    options.crop =
        CropRectangle{frame.crop_left_px, frame.crop_top_px, frame.crop_width_px, frame.crop_height_px};
  }
  return options;
}

Result<ViewUse> view_use_from(const std::string& name) {
  if (name == "none") return ViewUse::kNone;
  if (name == "without-mirror") return ViewUse::kWithoutMirror;
  if (name == "all") return ViewUse::kAll;
  return Error{ErrorCode::kInternal, "views are 'none', 'without-mirror' or 'all', got '" + name + "'"};
}

Result<TrainedPart> trained_part_from(const std::string& name) {
  if (name == "last-convolution") return TrainedPart::kLastConvolution;
  if (name == "last-blocks") return TrainedPart::kLastBlocks;
  if (name == "whole-network") return TrainedPart::kWholeNetwork;
  if (name == "cut") return TrainedPart::kCut;
  return Error{ErrorCode::kInternal, "there is no part of the network called '" + name + "'"};
}

double weight_count_of(const Head& head) {
  return static_cast<double>(head.weights.size() + head.biases.size() + head.hidden_weights.size() +
                             head.hidden_biases.size());
}

float probability_of(std::span<const float> logits, std::uint32_t class_index) {
  const std::uint32_t truth[] = {class_index};
  return static_cast<float>(std::exp(-measure(logits, truth, logits.size()).log_loss));
}

DoneOutcome done_outcome(const Status& status) {
  return status ? outcome<DoneOutcome>(val::undefined()) : failure<DoneOutcome>(status.error());
}

namespace {

val layers_value(const Backbone& backbone) {
  val list = val::array();
  const std::vector<NetworkLayer> layers = network_layers(backbone.network());
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const NetworkLayer& layer = layers[i];
    val entry = val::object();
    entry.set("name", layer.name);
    entry.set("side", static_cast<double>(layer.side));
    entry.set("channels", static_cast<double>(layer.channel_count));
    entry.set("weightCount", static_cast<double>(layer.weight_count));
    entry.set("stride", static_cast<double>(layer.stride));
    list.set(i, entry);
  }
  return list;
}

}  // namespace

val backbone_value(const Backbone& backbone) {
  const BackboneInfo& info = backbone.info();
  val value = val::object();
  value.set("name", info.name);
  value.set("architecture", info.architecture);
  value.set("widthMultiplier", info.width_multiplier);
  value.set("inputSize", backbone.input_size_px());
  value.set("nativeInputSize", info.input_size_px);
  value.set("embeddingDim", static_cast<double>(info.embedding_dim));
  value.set("parameterCount", static_cast<double>(info.parameter_count));
  value.set("source", info.source);
  value.set("license", info.license);
  value.set("sha256", info.sha256);
  value.set("memoryBytes", static_cast<double>(backbone.memory_bytes()));
  value.set("layers", layers_value(backbone));
  return value;
}

namespace {

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
  value.set("classIds", id_array<ClassId>(report.class_ids));
  value.set("leftOut", id_array<ClassId>(report.left_out));
  value.set("heldOutSampleIds", id_array<SampleId>(report.held_out_ids));
  value.set("heldOutClassIndices", copied_array<std::uint32_t>(true_indices));
  value.set("heldOutPredictions", copied_array<std::uint32_t>(report.held_out_predictions));
  value.set("heldOutProbabilities", copied_array<float>(report.held_out_probabilities));
  value.set("heldOutConfidences", copied_array<float>(report.held_out_confidences));
  value.set("folds", static_cast<double>(report.fold_count));
  value.set("l2", report.l2);
  value.set("l2Candidates", candidates_value(report.l2_candidates));
  value.set("temperature", report.temperature);
  value.set("evaluationCount", static_cast<double>(report.evaluation_count));
  value.set("features", val::array(report.features));
  value.set("viewCount", static_cast<double>(report.view_count));
  value.set("secondLook", report.second_look != SecondLook::kNo);
  return value;
}

namespace {

val quality_value(const Metrics& metrics) {
  val value = val::object();
  value.set("accuracy", metrics.accuracy);
  value.set("loss", metrics.log_loss);
  return value;
}

}  // namespace

val fine_tuning_value(const FineTuneReport& report) {
  val value = val::object();
  value.set("betterThanHead", report.better_than_head);
  value.set("headAlone", quality_value(report.head_alone));
  value.set("fineTuned", quality_value(report.fine_tuned));
  val epochs = val::array();
  for (std::size_t i = 0; i < report.epochs.size(); ++i) {
    val epoch = val::object();
    epoch.set("trainLoss", report.epochs[i].train_loss);
    epoch.set("heldOutLoss", report.epochs[i].held_out_loss);
    epoch.set("heldOutAccuracy", report.epochs[i].held_out_accuracy);
    epochs.set(i, epoch);
  }
  value.set("epochs", epochs);
  value.set("bestEpoch", static_cast<double>(report.best_epoch));
  value.set("stoppedEarly", report.stopped_early);
  value.set("heldOutCount", static_cast<double>(report.held_out_picture_count));
  value.set("trainCount", static_cast<double>(report.train_picture_count));
  return value;
}

}  // namespace headstart::wasm
