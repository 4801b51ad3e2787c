// Session's advice: what the candidates' runs measured, and what comes of it.
#include <algorithm>
#include <utility>

#include "headstart/metrics.h"
#include "headstart/strategies.h"
#include "session/state.h"

namespace headstart {
namespace {

Error no_advice() {
  return cancelled("the pictures changed while they were being measured: ask for advice again");
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

bool Session::State::advice_is_current() const {
  return advice && advice->revision == store.revision();
}

void Session::advice_begin() {
  state_->advice.emplace();
  state_->advice->revision = state_->store.revision();
}

CandidateReport Session::State::add_candidate(CandidateResult candidate, std::size_t trained_weight_count) {
  const CandidateReport report{score_candidate(candidate), candidate.rows.size(), trained_weight_count};
  advice->candidates.push_back(std::move(candidate));
  return report;
}

Result<CandidateReport> Session::advice_add(const std::string& name) {
  State& state = *state_;
  if (!state.advice_is_current()) return no_advice();
  if (!state.run) return internal_error("no training run is done");
  const TrainReport& report = state.run->trainer.report();
  if (!report.measured) return too_few_samples(report.why_not_measured);
  const Result<Strategy> strategy = strategy_named(state.backbone.feature_blocks(), name);
  if (!strategy) return strategy.error();
  AdviceRun& advice = *state.advice;
  const std::size_t position = advice.candidates.size();
  advice.usual = position;
  const bool reads_last = report.features == named_maps(state.backbone.feature_blocks(), {"last"});
  if (strategy.value().free_head) {
    advice.last = position;
    advice.held_out_rows = report.held_out_rows;
    advice.held_out_predictions = report.held_out_predictions;
    advice.held_out_probabilities = report.held_out_probabilities;
  } else if (report.features.size() == 1 && !reads_last) {
    advice.earlier = position;
  } else if (report.features.size() > 1 && report.view_count == 0) {
    advice.joined = position;
  }
  CandidateResult candidate = candidate_of(*state.run);
  candidate.strategy = strategy.value().name;
  candidate.simplicity = strategy.value().simplicity;
  const std::size_t weight_count = weight_count_of(state.run->trainer.head());
  train_cancel();
  return state.add_candidate(std::move(candidate), weight_count);
}

Result<CandidateReport> Session::advice_add_tuned(const std::string& name) {
  State& state = *state_;
  if (!state.advice_is_current()) return no_advice();
  if (!state.run || !state.tuning) return internal_error("no fine-tuning is done");
  const Result<Strategy> strategy = strategy_named(state.backbone.feature_blocks(), name);
  if (!strategy) return strategy.error();
  CandidateResult candidate = candidate_of(*state.run, *state.tuning);
  candidate.strategy = strategy.value().name;
  candidate.simplicity = strategy.value().simplicity;
  const std::size_t weight_count = state.tuning->tuner.report().trained_weight_count;
  tune_cancel();
  return state.add_candidate(std::move(candidate), weight_count);
}

Result<double> Session::advice_transfer(const std::string& map) {
  State& state = *state_;
  if (!state.advice_is_current()) return no_advice();
  const TrainingSetView samples = state.store.training_set();
  const Result<std::vector<FeatureBlock>> blocks = select_features(samples.blocks, {map});
  if (!blocks) return blocks.error();
  return log_me(gather_rows(samples, blocks.value()), feature_count_of(blocks.value()), samples.class_indices,
                samples.class_ids.size());
}

Status Session::advice_add_border(SampleId id, const FrameView& picture) {
  State& state = *state_;
  if (!state.advice_is_current()) return no_advice();
  const TrainingSetView samples = state.store.training_set();
  const auto found = std::ranges::find(samples.sample_ids, id);
  if (found == samples.sample_ids.end()) return no_advice();
  if (const Status made = state.make_view_picture(picture, std::nullopt); !made) return made;
  const std::size_t width = state.backbone.info().embedding_dim;
  std::vector<float>& borders = state.advice->borders;
  borders.resize(samples.sample_ids.size() * width);
  const auto row = static_cast<std::size_t>(found - samples.sample_ids.begin());
  const Status embedded =
      state.backbone.embed(state.view_frame(picture), {}, std::span(borders).subspan(row * width, width));
  if (embedded) ++state.advice->border_count;
  return embedded;
}

std::vector<float> Session::State::last_layer_of(std::span<const float> rows, std::size_t row_count) const {
  const std::size_t width = backbone.info().embedding_dim;
  const std::size_t row_width = store.feature_count();
  std::vector<float> last(row_count * width);
  for (std::size_t i = 0; i < row_count; ++i) {
    const std::span<const float> own = rows.subspan(i * row_width, row_width).last(width);
    std::ranges::copy(own, last.begin() + static_cast<std::ptrdiff_t>(i * width));
  }
  return last;
}

// The evidence's spans point into itself and into the store: it is to be used at once.
std::unique_ptr<AdviceEvidence> Session::State::advice_evidence() {
  auto evidence = std::make_unique<AdviceEvidence>();
  TrainingSetView samples = store.training_set();
  const std::size_t count = samples.sample_ids.size();
  const std::size_t width = backbone.info().embedding_dim;
  evidence->embeddings = last_layer_of(samples.embeddings, count);
  if (samples.view_count > 0) {
    for (const std::span<const float> rows : samples.views) {
      const std::span<const float> mirrored = rows.first(samples.feature_count).last(width);
      evidence->mirrored.insert(evidence->mirrored.end(), mirrored.begin(), mirrored.end());
    }
  }
  samples.embeddings = evidence->embeddings;
  samples.feature_count = width;
  samples.blocks = {};
  samples.view_count = 0;
  samples.views = {};
  evidence->data.samples = samples;
  evidence->data.mirrored = evidence->mirrored;
  if (advice) {
    evidence->data.held_out_rows = advice->held_out_rows;
    evidence->data.held_out_predictions = advice->held_out_predictions;
    evidence->data.held_out_probabilities = advice->held_out_probabilities;
    if (advice->border_count == count) evidence->data.borders = advice->borders;
  }
  return evidence;
}

Result<Advice> Session::advice_finish() {
  State& state = *state_;
  if (!state.advice_is_current()) return no_advice();
  if (state.advice->candidates.empty()) return too_few_samples("no way to train could be measured");
  const std::unique_ptr<AdviceEvidence> evidence = state.advice_evidence();
  const Recommendation recommendation = recommend(state.advice->candidates, state.advice->usual);
  Result<std::vector<DataAdvice>> data = data_advice(evidence->data, state.pool);
  if (!data) return data.error();
  const Result<MirrorVerdict> mirror = judge_mirror(evidence->data, state.pool);
  if (!mirror) return mirror.error();
  Advice advice{.recommended = state.advice->candidates[recommendation.recommended].strategy,
                .reason = recommendation.reason,
                .data_case = judge_case(case_evidence(*state.advice, evidence->data.samples)),
                .data = std::move(data).value(),
                .mirror = mirror.value()};
  state.advice.reset();
  return advice;
}

Result<MirrorVerdict> Session::mirror_verdict() {
  return judge_mirror(state_->advice_evidence()->data, state_->pool);
}

}  // namespace headstart
