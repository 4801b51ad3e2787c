// Registrations only: what JavaScript sees of every value that crosses.
#include <emscripten/bind.h>

#include "fields.h"
#include "session.h"
#include "session_class.h"

namespace headstart::wasm {
namespace {

using emscripten::register_optional;
using emscripten::register_type;
using emscripten::value_object;

// As the union of its words in TypeScript.
template <Word T>
void register_words() {
  static std::string type;
  for (const Named<T>& named : names_of(T{}))
    type += (type.empty() ? "'" : " | '") + std::string(named.name) + "'";
  register_type<T>(type.c_str());
}

template <typename T>
void register_outcome(const char* name) {
  value_object<Outcome<T>>(name)
      .field("code", &Outcome<T>::code)
      .field("message", &Outcome<T>::message)
      .field("value", &Outcome<T>::value);
}

void register_lists() {
  register_type<InputView>("Uint8Array");
  register_type<std::span<const float>>("Float32Array");
  register_type<std::span<const std::uint8_t>>("Uint8Array");
  register_type<std::vector<float>>("Float32Array");
  register_type<std::vector<std::uint8_t>>("Uint8Array");
  register_type<std::vector<std::uint32_t>>("Uint32Array");
  register_type<std::vector<ClassId>>("Uint32Array");
  register_type<std::vector<SampleId>>("Uint32Array");
  register_type<std::vector<std::string>>("string[]");
  register_type<std::vector<ClassInfo>>("ClassInfo[]");
  register_type<std::vector<ClassMetrics>>("ClassMetrics[]");
  register_type<std::vector<L2Candidate>>("L2Candidate[]");
  register_type<std::vector<FineTuneEpoch>>("FineTuneEpoch[]");
  register_type<std::vector<DataAdvice>>("DataAdvice[]");
  register_type<std::vector<SimilarSample>>("SimilarSample[]");
  register_type<std::vector<NetworkLayer>>("NetworkLayer[]");
  register_type<std::vector<StageMaps>>("StageMaps[]");
  register_type<std::vector<Strategy>>("Strategy[]");
  register_words<HeadKind>();
  register_words<ViewUse>();
  register_words<TrainedPart>();
  register_words<FineTuneStage>();
  register_words<ReasonCode>();
  register_words<DataCase>();
  register_words<AdviceKind>();
  register_words<MirrorVerdict>();
  register_words<Precision>();
  register_words<MapAxes>();
  register_optional<double>();
  register_optional<FineTuneReport>();
  register_optional<FineTuneOptions>();
  register_optional<DataCase>();
}

void register_pictures_and_samples() {
  value_object<FrameDescription>("FrameDescription")
      .field("width", &FrameDescription::width_px)
      .field("height", &FrameDescription::height_px)
      .field("stride", &FrameDescription::stride_bytes)
      .field("mirror", &FrameDescription::mirror)
      .field("cropLeft", &FrameDescription::crop_left_px)
      .field("cropTop", &FrameDescription::crop_top_px)
      .field("cropWidth", &FrameDescription::crop_width_px)
      .field("cropHeight", &FrameDescription::crop_height_px);
  value_object<NetworkLayer>("NetworkLayer")
      .field("name", &NetworkLayer::name)
      .field("side", &NetworkLayer::side)
      .field("channels", &NetworkLayer::channel_count)
      .field("weightCount", &NetworkLayer::weight_count)
      .field("stride", &NetworkLayer::stride);
  value_object<FineTuneOptions>("FineTuneOptions")
      .field("part", &FineTuneOptions::part)
      .field("blockCount", &FineTuneOptions::block_count)
      .field("cutBlock", &FineTuneOptions::cut_block)
      .field("head", &FineTuneOptions::head)
      .field("seed", &seed_of<FineTuneOptions>, &set_seed<FineTuneOptions>)
      .field("epochCount", &FineTuneOptions::epoch_count)
      .field("batchSize", &FineTuneOptions::batch_size)
      .field("learningRate", &FineTuneOptions::learning_rate)
      .field("activationBudgetBytes", &FineTuneOptions::activation_budget_bytes);
  value_object<Strategy>("Strategy")
      .field("name", &Strategy::name)
      .field("shortName", &Strategy::short_name)
      .field("head", &Strategy::head)
      .field("freeHead", &Strategy::free_head)
      .field("features", &Strategy::features)
      .field("views", &Strategy::views)
      .field("secondLook", &Strategy::second_look)
      .field("tuning", &Strategy::tuning)
      .field("border", &Strategy::border)
      .field("suits", &Strategy::suits)
      .field("isMeasured", &Strategy::is_measured)
      .field("simplicity", &Strategy::simplicity);
  value_object<LoadedBackbone>("LoadedBackbone")
      .field("name", &LoadedBackbone::name)
      .field("architecture", &LoadedBackbone::architecture)
      .field("widthMultiplier", &LoadedBackbone::width_multiplier)
      .field("inputSize", &LoadedBackbone::used_input_size_px)
      .field("nativeInputSize", &LoadedBackbone::input_size_px)
      .field("precision", &LoadedBackbone::precision)
      .field("isQuantised", &LoadedBackbone::is_quantised)
      .field("embeddingDim", &LoadedBackbone::embedding_dim)
      .field("pixelsAreGuessed", &LoadedBackbone::is_normalisation_guessed)
      .field("parameterCount", &LoadedBackbone::parameter_count)
      .field("source", &LoadedBackbone::source)
      .field("license", &LoadedBackbone::license)
      .field("sha256", &LoadedBackbone::sha256)
      .field("memoryBytes", &LoadedBackbone::memory_bytes)
      .field("layers", &LoadedBackbone::layers)
      .field("strategies", &LoadedBackbone::strategies)
      .field("scoredMaps", &LoadedBackbone::scored_maps);
  value_object<ClassInfo>("ClassInfo")
      .field("id", &id_of<ClassInfo>, &set_id<ClassInfo>)
      .field("name", &ClassInfo::name)
      .field("sampleCount", &ClassInfo::sample_count)
      .field("enabled", &ClassInfo::enabled);
  value_object<MemoryReport>("MemoryReport")
      .field("wasmBytes", &MemoryReport::wasm_bytes)
      .field("backboneBytes", &MemoryReport::backbone_bytes)
      .field("storeBytes", &MemoryReport::store_bytes)
      .field("viewBytes", &MemoryReport::view_bytes)
      .field("headBytes", &MemoryReport::head_bytes)
      .field("inputBytes", &MemoryReport::input_bytes)
      .field("sampleCount", &MemoryReport::sample_count);
}

void register_training() {
  value_object<TrainOptions>("TrainOptions")
      .field("head", &TrainOptions::head)
      .field("features", &TrainOptions::features)
      .field("views", &TrainOptions::views)
      .field("secondLook", &looks_twice<TrainOptions>, &set_looks_twice<TrainOptions>)
      .field("seed", &seed_of<TrainOptions>, &set_seed<TrainOptions>)
      .field("l2", &TrainOptions::l2)
      .field("temperature", &TrainOptions::temperature)
      .field("foldCount", &TrainOptions::fold_count)
      .field("hiddenCount", &TrainOptions::hidden_count)
      .field("epochCount", &TrainOptions::epoch_count)
      .field("batchSize", &TrainOptions::batch_size)
      .field("learningRate", &TrainOptions::learning_rate);
  value_object<TrainProgress>("TrainProgress")
      .field("fraction", &TrainProgress::fraction)
      .field("done", &TrainProgress::done);
  value_object<ClassMetrics>("ClassMetrics")
      .field("sampleCount", &ClassMetrics::sample_count)
      .field("precision", &ClassMetrics::precision)
      .field("recall", &ClassMetrics::recall);
  value_object<Metrics>("Metrics")
      .field("sampleCount", &Metrics::sample_count)
      .field("accuracy", &Metrics::accuracy)
      .field("accuracyLow", &Metrics::accuracy_low)
      .field("accuracyHigh", &Metrics::accuracy_high)
      .field("balancedAccuracy", &Metrics::balanced_accuracy)
      .field("logLoss", &Metrics::log_loss)
      .field("calibrationError", &Metrics::calibration_error)
      .field("perClass", &Metrics::per_class)
      .field("confusion", &Metrics::confusion);
  value_object<L2Candidate>("L2Candidate")
      .field("l2", &L2Candidate::l2)
      .field("logLoss", &L2Candidate::log_loss)
      .field("calibratedLogLoss", &L2Candidate::calibrated_log_loss)
      .field("accuracy", &L2Candidate::accuracy);
  value_object<SessionReport>("SessionReport")
      .field("head", &SessionReport::head)
      .field("seed", &seed_of<SessionReport>, &set_seed<SessionReport>)
      .field("classIds", &SessionReport::class_ids)
      .field("leftOut", &SessionReport::left_out)
      .field("features", &SessionReport::features)
      .field("viewCount", &SessionReport::view_count)
      .field("secondLook", &looks_twice<SessionReport>, &set_looks_twice<SessionReport>)
      .field("measured", &SessionReport::measured)
      .field("whyNotMeasured", &SessionReport::why_not_measured)
      .field("metrics", &SessionReport::metrics)
      .field("heldOutIds", &SessionReport::held_out_ids)
      .field("heldOutClassIndices", &SessionReport::held_out_class_indices)
      .field("heldOutPredictions", &SessionReport::held_out_predictions)
      .field("heldOutProbabilities", &SessionReport::held_out_probabilities)
      .field("heldOutConfidences", &SessionReport::held_out_confidences)
      .field("foldCount", &SessionReport::fold_count)
      .field("l2", &SessionReport::l2)
      .field("l2Candidates", &SessionReport::l2_candidates)
      .field("temperature", &SessionReport::temperature)
      .field("evaluationCount", &SessionReport::evaluation_count)
      .field("sampleCount", &SessionReport::sample_count)
      .field("trainedWeightCount", &SessionReport::trained_weight_count)
      .field("fineTuning", &SessionReport::fine_tuning);
}

void register_tuning() {
  value_object<FineTuneEpoch>("FineTuneEpoch")
      .field("trainLoss", &FineTuneEpoch::train_loss)
      .field("heldOutLoss", &FineTuneEpoch::held_out_loss)
      .field("heldOutAccuracy", &FineTuneEpoch::held_out_accuracy);
  value_object<FineTuneReport>("FineTuneReport")
      .field("betterThanHead", &FineTuneReport::better_than_head)
      .field("headAlone", &FineTuneReport::head_alone)
      .field("fineTuned", &FineTuneReport::fine_tuned)
      .field("epochs", &FineTuneReport::epochs)
      .field("bestEpoch", &FineTuneReport::best_epoch)
      .field("stoppedEarly", &FineTuneReport::stopped_early)
      .field("heldOutPictureCount", &FineTuneReport::held_out_picture_count)
      .field("trainPictureCount", &FineTuneReport::train_picture_count);
  value_object<TuneEstimate>("TuneEstimate")
      .field("border", &TuneEstimate::border)
      .field("viewCount", &TuneEstimate::view_count)
      .field("trainedWeightCount", &TuneEstimate::trained_weight_count)
      .field("frozenWeightCount", &TuneEstimate::frozen_weight_count)
      .field("frozenPassCount", &TuneEstimate::frozen_pass_count)
      .field("trainStepCount", &TuneEstimate::train_step_count)
      .field("forwardStepCount", &TuneEstimate::forward_step_count)
      .field("epochCount", &TuneEstimate::epoch_count)
      .field("memoryBytes", &TuneEstimate::memory_bytes);
  value_object<WantedViews>("WantedViews")
      .field("views", &WantedViews::views)
      .field("sampleIds", &WantedViews::sample_ids);
  value_object<FineTuneProgress>("FineTuneProgress")
      .field("stage", &FineTuneProgress::stage)
      .field("fraction", &FineTuneProgress::fraction)
      .field("done", &FineTuneProgress::done)
      .field("epoch", &FineTuneProgress::epoch)
      .field("epochCount", &FineTuneProgress::epoch_count)
      .field("latest", &FineTuneProgress::latest)
      .field("trainStepCountAhead", &FineTuneProgress::train_step_count_ahead)
      .field("stepCountAhead", &FineTuneProgress::step_count_ahead);
}

void register_advice() {
  value_object<CandidateReport>("CandidateReport")
      .field("accuracy", &CandidateReport::accuracy)
      .field("standardError", &CandidateReport::standard_error)
      .field("logLoss", &CandidateReport::log_loss)
      .field("heldOutCount", &CandidateReport::held_out_count)
      .field("trainedWeightCount", &CandidateReport::trained_weight_count);
  value_object<Reason>("Reason")
      .field("code", &Reason::code)
      .field("first", &Reason::first)
      .field("second", &Reason::second);
  value_object<DataAdvice>("DataAdvice")
      .field("kind", &DataAdvice::kind)
      .field("classIds", &DataAdvice::class_ids)
      .field("sampleIds", &DataAdvice::sample_ids)
      .field("value", &DataAdvice::value);
  value_object<Advice>("Advice")
      .field("recommended", &Advice::recommended)
      .field("reason", &Advice::reason)
      .field("dataCase", &Advice::data_case)
      .field("data", &Advice::data)
      .field("mirror", &Advice::mirror);
}

void register_heads() {
  value_object<Ranking>("Ranking")
      .field("classIds", &Ranking::class_ids)
      .field("probabilities", &Ranking::probabilities)
      .field("known", &Ranking::known)
      .field("kind", &Ranking::kind)
      .field("trained", &Ranking::trained);
  value_object<Attention>("Attention")
      .field("classId", &class_of<Attention>, &set_class<Attention>)
      .field("width", &Attention::width)
      .field("height", &Attention::height)
      .field("values", &Attention::values)
      .field("logit", &Attention::logit)
      .field("bias", &Attention::bias);
  value_object<SimilarSample>("SimilarSample")
      .field("sampleId", &id_of<SimilarSample>, &set_id<SimilarSample>)
      .field("classId", &class_of<SimilarSample>, &set_class<SimilarSample>)
      .field("similarity", &SimilarSample::similarity);
  value_object<StageMaps>("StageMaps")
      .field("map", &StageMaps::map)
      .field("isOwn", &StageMaps::is_own)
      .field("width", &StageMaps::width)
      .field("height", &StageMaps::height)
      .field("channels", &StageMaps::channels)
      .field("ratios", &StageMaps::ratios)
      .field("classIds", &StageMaps::class_ids)
      .field("values", &StageMaps::values);
  value_object<SampleMap>("SampleMap")
      .field("axes", &SampleMap::axes)
      .field("sampleIds", &SampleMap::sample_ids)
      .field("classIds", &SampleMap::class_ids)
      .field("positions", &SampleMap::positions)
      .field("twinIds", &SampleMap::twin_ids);
  value_object<HeadInfo>("HeadInfo")
      .field("kind", &HeadInfo::kind)
      .field("labels", &HeadInfo::labels)
      .field("classIds", &HeadInfo::class_ids)
      .field("backbone", &HeadInfo::backbone)
      .field("inputSize", &HeadInfo::input_size)
      .field("seed", &HeadInfo::seed)
      .field("date", &HeadInfo::date)
      .field("featureCount", &HeadInfo::feature_count)
      .field("hiddenCount", &HeadInfo::hidden_count)
      .field("features", &HeadInfo::features)
      .field("secondLook", &HeadInfo::second_look)
      .field("border", &HeadInfo::border)
      .field("bringsLayers", &HeadInfo::brings_layers);
  value_object<AnswerChanges>("AnswerChanges")
      .field("pictureCount", &AnswerChanges::picture_count)
      .field("meanDifference", &AnswerChanges::mean_difference)
      .field("largestDifference", &AnswerChanges::largest_difference)
      .field("lostCount", &AnswerChanges::lost_count)
      .field("knownCount", &AnswerChanges::known_count)
      .field("rightBeforeCount", &AnswerChanges::right_before_count)
      .field("rightAfterCount", &AnswerChanges::right_after_count);
  value_object<PlainHead>("PlainHead").field("file", &PlainHead::file).field("changes", &PlainHead::changes);
}

void register_outcomes() {
  value_object<Done>("Done").field("code", &Done::code).field("message", &Done::message);
  register_outcome<InputView>("InputViewOutcome");
  register_outcome<double>("NumberOutcome");
  register_outcome<std::vector<float>>("FeaturesOutcome");
  register_outcome<std::span<const float>>("RowOutcome");
  register_outcome<std::span<const std::uint8_t>>("PictureOutcome");
  register_outcome<std::vector<std::uint8_t>>("FileOutcome");
  register_outcome<LoadedBackbone>("LoadedBackboneOutcome");
  register_outcome<TrainProgress>("TrainProgressOutcome");
  register_outcome<SessionReport>("SessionReportOutcome");
  register_outcome<TuneEstimate>("TuneEstimateOutcome");
  register_outcome<FineTuneProgress>("FineTuneProgressOutcome");
  register_outcome<CandidateReport>("CandidateReportOutcome");
  register_outcome<Advice>("AdviceOutcome");
  register_outcome<MirrorVerdict>("MirrorVerdictOutcome");
  register_outcome<Ranking>("RankingOutcome");
  register_outcome<Attention>("AttentionOutcome");
  register_outcome<std::vector<StageMaps>>("StageMapsOutcome");
  register_outcome<SampleMap>("SampleMapOutcome");
  register_outcome<HeadInfo>("HeadInfoOutcome");
  register_outcome<PlainHead>("PlainHeadOutcome");
}

EMSCRIPTEN_BINDINGS(headstart) {
  register_lists();
  register_pictures_and_samples();
  register_training();
  register_tuning();
  register_advice();
  register_heads();
  register_outcomes();
  register_session();
}

}  // namespace
}  // namespace headstart::wasm
