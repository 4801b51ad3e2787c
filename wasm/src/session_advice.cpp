// Session's advice: what the candidates' runs measured, and what core makes of it.
#include <algorithm>
#include <utility>

#include "session.h"

namespace headstart::wasm {

using emscripten::val;

namespace {

Error no_advice() {
  return {ErrorCode::kCancelled, "the pictures changed while they were being measured: ask for advice again"};
}

CandidateResult candidate_of(const TrainingRun& run) {
  const TrainReport& report = run.trainer.report();
  CandidateResult candidate;
  candidate.rows = report.held_out_rows;
  for (std::size_t k = 0; k < report.held_out_rows.size(); ++k) {
    const bool right = report.held_out_predictions[k] == run.class_indices[report.held_out_rows[k]];
    candidate.right.push_back(right ? 1 : 0);
    candidate.log_losses.push_back(static_cast<float>(report.held_out_log_losses[k]));
  }
  return candidate;
}

CandidateResult candidate_of(const TrainingRun& run, const TuningRun& tuning) {
  const FineTuneReport& report = tuning.tuner.report();
  const std::size_t class_count = run.trainer.report().class_ids.size();
  CandidateResult candidate;
  for (std::size_t k = 0; k < report.held_out_views.size(); ++k) {
    const std::uint32_t row = tuning.views[report.held_out_views[k]].row;
    const std::uint32_t truth[] = {run.class_indices[row]};
    const std::span<const float> logits =
        std::span(report.held_out_logits).subspan(k * class_count, class_count);
    candidate.rows.push_back(row);
    candidate.right.push_back(report.held_out_predictions[k] == truth[0] ? 1 : 0);
    candidate.log_losses.push_back(static_cast<float>(measure(logits, truth, class_count).log_loss));
  }
  return candidate;
}

val reason_value(const Reason& given) {
  val reason = val::object();
  reason.set("code", std::string(reason_code_name(given.code)));
  reason.set("first", given.first);
  reason.set("second", given.second);
  return reason;
}

val data_value(std::span<const DataAdvice> advice) {
  val list = val::array();
  for (std::size_t i = 0; i < advice.size(); ++i) {
    val entry = val::object();
    entry.set("kind", std::string(advice_kind_name(advice[i].kind)));
    entry.set("classIds", id_array<ClassId>(advice[i].class_ids));
    entry.set("sampleIds", id_array<SampleId>(advice[i].sample_ids));
    entry.set("value", advice[i].value);
    list.set(i, entry);
  }
  return list;
}

CaseEvidence case_evidence(const AdviceRun& advice, const TrainingSetView& samples) {
  std::vector<std::size_t> counts(samples.class_ids.size());
  for (const std::uint32_t index : samples.class_indices) ++counts[index];
  std::ranges::sort(counts);
  const auto candidate = [&](const std::optional<std::size_t>& position) {
    return position ? &advice.candidates[*position] : nullptr;
  };
  return {.median_class_count = counts.empty() ? 0 : counts[counts.size() / 2],
          .last = candidate(advice.last),
          .earlier = candidate(advice.earlier),
          .joined = candidate(advice.joined)};
}

}  // namespace

DoneOutcome Session::adviceBegin() {
  if (!store_)
    return failure<DoneOutcome>({ErrorCode::kInternal, "a backbone must be at work before there is advice"});
  advice_.emplace();
  advice_->revision = store_->revision();
  return done_outcome({});
}

CandidateOutcome Session::add_candidate(CandidateResult candidate, double trained_weight_count) {
  const CandidateScore score = score_candidate(candidate);
  val value = val::object();
  value.set("accuracy", score.accuracy);
  value.set("standardError", score.standard_error);
  value.set("logLoss", score.log_loss);
  value.set("heldOutCount", static_cast<double>(candidate.rows.size()));
  value.set("trainedWeightCount", trained_weight_count);
  advice_->candidates.push_back(std::move(candidate));
  return outcome<CandidateOutcome>(std::move(value));
}

CandidateOutcome Session::adviceAdd(const std::string& strategy, std::uint32_t simplicity) {
  if (!advice_ || advice_->revision != store_->revision()) return failure<CandidateOutcome>(no_advice());
  if (!run_) return failure<CandidateOutcome>({ErrorCode::kInternal, "no training run is done"});
  const TrainReport& report = run_->trainer.report();
  if (!report.measured) return failure<CandidateOutcome>({ErrorCode::kTooFewSamples, report.why_not});
  const std::size_t position = advice_->candidates.size();
  advice_->usual = position;
  if (strategy == "head") {
    advice_->last = position;
    advice_->held_out_rows = report.held_out_rows;
    advice_->held_out_predictions = report.held_out_predictions;
    advice_->held_out_probabilities = report.held_out_probabilities;
  } else if (report.features.size() == 1 && report.features.front() != "last") {
    advice_->earlier = position;
  } else if (report.features.size() > 1 && report.view_count == 0) {
    advice_->joined = position;
  }
  CandidateResult candidate = candidate_of(*run_);
  candidate.strategy = strategy;
  candidate.simplicity = simplicity;
  const double weight_count = weight_count_of(run_->trainer.head());
  run_.reset();
  return add_candidate(std::move(candidate), weight_count);
}

CandidateOutcome Session::adviceAddTuned(const std::string& strategy, std::uint32_t simplicity) {
  if (!advice_ || advice_->revision != store_->revision()) return failure<CandidateOutcome>(no_advice());
  if (!run_ || !tuning_) return failure<CandidateOutcome>({ErrorCode::kInternal, "no fine-tuning is done"});
  CandidateResult candidate = candidate_of(*run_, *tuning_);
  candidate.strategy = strategy;
  candidate.simplicity = simplicity;
  const auto weight_count = static_cast<double>(tuning_->tuner.report().trained_weight_count);
  tuneCancel();
  return add_candidate(std::move(candidate), weight_count);
}

NumberOutcome Session::adviceTransfer(const std::string& map) {
  if (!advice_ || advice_->revision != store_->revision()) return failure<NumberOutcome>(no_advice());
  const TrainingSetView samples = store_->training_set();
  const Result<std::vector<FeatureBlock>> blocks = select_features(samples.blocks, {map});
  if (!blocks) return failure<NumberOutcome>(blocks.error());
  const std::size_t width = feature_count_of(blocks.value());
  const std::size_t count = samples.sample_ids.size();
  std::vector<float> rows(count * width);
  for (std::size_t i = 0; i < count; ++i) {
    gather_features(samples.embeddings.subspan(i * samples.feature_count, samples.feature_count),
                    blocks.value(), std::span(rows).subspan(i * width, width));
  }
  return outcome<NumberOutcome>(val(log_me(rows, width, samples.class_indices, samples.class_ids.size())));
}

DoneOutcome Session::adviceAddBorder(std::uint32_t sample_id, const FrameDescription& frame) {
  if (!advice_ || advice_->revision != store_->revision()) return failure<DoneOutcome>(no_advice());
  const TrainingSetView samples = store_->training_set();
  const auto found = std::ranges::find(samples.sample_ids, SampleId{sample_id});
  if (found == samples.sample_ids.end()) return failure<DoneOutcome>(no_advice());
  if (const Status made = make_view_picture(frame, std::nullopt); !made) return done_outcome(made);
  const std::size_t width = backbone_->info().embedding_dim;
  advice_->borders.resize(samples.sample_ids.size() * width);
  const auto row = static_cast<std::size_t>(found - samples.sample_ids.begin());
  const Status embedded =
      backbone_->embed(view_picture(frame), {}, std::span(advice_->borders).subspan(row * width, width));
  if (embedded) ++advice_->border_count;
  return done_outcome(embedded);
}

std::vector<float> Session::last_layer_of(std::span<const float> rows, std::size_t row_count) const {
  const std::size_t width = backbone_->info().embedding_dim;
  const std::size_t row_width = store_->feature_count();
  std::vector<float> last(row_count * width);
  for (std::size_t i = 0; i < row_count; ++i) {
    const std::span<const float> row = rows.subspan(i * row_width, row_width).last(width);
    std::ranges::copy(row, last.begin() + static_cast<std::ptrdiff_t>(i * width));
  }
  return last;
}

// The evidence's spans point into itself and into the store: it is to be used at once.
std::unique_ptr<AdviceEvidence> Session::advice_evidence() {
  auto evidence = std::make_unique<AdviceEvidence>();
  TrainingSetView samples = store_->training_set();
  const std::size_t count = samples.sample_ids.size();
  evidence->embeddings = last_layer_of(samples.embeddings, count);
  if (samples.view_count > 0) {
    const std::size_t width = backbone_->info().embedding_dim;
    for (const std::span<const float> rows : samples.views) {
      const std::span<const float> mirrored = rows.first(samples.feature_count).last(width);
      evidence->mirrored.insert(evidence->mirrored.end(), mirrored.begin(), mirrored.end());
    }
  }
  samples.embeddings = evidence->embeddings;
  samples.feature_count = backbone_->info().embedding_dim;
  samples.blocks = {};
  samples.view_count = 0;
  samples.views = {};
  evidence->data.samples = samples;
  evidence->data.mirrored = evidence->mirrored;
  if (advice_) {
    evidence->data.held_out_rows = advice_->held_out_rows;
    evidence->data.held_out_predictions = advice_->held_out_predictions;
    evidence->data.held_out_probabilities = advice_->held_out_probabilities;
    if (advice_->border_count == count) evidence->data.borders = advice_->borders;
  }
  return evidence;
}

AdviceOutcome Session::adviceFinish() {
  if (!advice_ || advice_->revision != store_->revision()) return failure<AdviceOutcome>(no_advice());
  if (advice_->candidates.empty())
    return failure<AdviceOutcome>({ErrorCode::kTooFewSamples, "no way to train could be measured"});
  const std::unique_ptr<AdviceEvidence> evidence = advice_evidence();
  const Recommendation recommendation = recommend(advice_->candidates, advice_->usual);
  const Result<std::vector<DataAdvice>> data = data_advice(evidence->data, *pool_);
  if (!data) return failure<AdviceOutcome>(data.error());
  const Result<MirrorVerdict> mirror = judge_mirror(evidence->data, *pool_);
  if (!mirror) return failure<AdviceOutcome>(mirror.error());
  const DataCase data_case = judge_case(case_evidence(*advice_, evidence->data.samples));
  val value = val::object();
  value.set("recommended", advice_->candidates[recommendation.recommended].strategy);
  value.set("reason", reason_value(recommendation.reason));
  value.set("case", std::string(data_case_name(data_case)));
  value.set("data", data_value(data.value()));
  value.set("mirror", std::string(mirror_verdict_name(mirror.value())));
  advice_.reset();
  return outcome<AdviceOutcome>(std::move(value));
}

TextOutcome Session::mirrorVerdict() {
  if (!store_) return failure<TextOutcome>({ErrorCode::kInternal, "there are no pictures yet"});
  const std::unique_ptr<AdviceEvidence> evidence = advice_evidence();
  const Result<MirrorVerdict> mirror = judge_mirror(evidence->data, *pool_);
  if (!mirror) return failure<TextOutcome>(mirror.error());
  return outcome<TextOutcome>(val(std::string(mirror_verdict_name(mirror.value()))));
}

}  // namespace headstart::wasm
