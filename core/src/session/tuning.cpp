// Session's fine-tuning runs.
#include <algorithm>
#include <bit>
#include <cmath>
#include <unordered_map>
#include <utility>

#include "headstart/metrics.h"
#include "headstart/views.h"
#include "network/border.h"
#include "network/map_name.h"
#include "network/network_file.h"
#include "session/state.h"

namespace headstart {
namespace {

Error no_tuning() {
  return internal_error("no fine-tuning is under way");
}

// The picture itself and, where they are used, its views, sample by sample.
std::vector<TunedView> views_of_samples(std::size_t sample_count, ViewUse use) {
  std::vector<TunedView> tuned;
  for (std::uint32_t row = 0; row < sample_count; ++row) {
    tuned.push_back({row, std::nullopt});
    if (use == ViewUse::kNone) continue;
    for (std::uint32_t i = 0; i < views().size(); ++i) {
      if (use == ViewUse::kAll || views()[i].mirror == Mirror::kNo) tuned.push_back({row, i});
    }
  }
  return tuned;
}

// What tells a picture from another one under the same number: FNV-1a (Fowler, Noll & Vo) over its features.
std::uint64_t check_of(std::span<const float> row) {
  std::uint64_t hash = 0xCBF29CE484222325;
  for (const float value : row) hash = (hash ^ std::bit_cast<std::uint32_t>(value)) * 0x100000001B3;
  return hash;
}

FineTuneOrigin origin_of(const TrainingRun& run, ViewUse view_use) {
  FineTuneOrigin origin;
  origin.view_use = view_use;
  origin.class_indices = run.class_indices;
  const std::size_t width = run.rows.size() / run.sample_ids.size();
  for (std::size_t i = 0; i < run.sample_ids.size(); ++i) {
    origin.sample_ids.push_back(static_cast<std::uint32_t>(run.sample_ids[i]));
    origin.checks.push_back(check_of(std::span(run.rows).subspan(i * width, width)));
  }
  return origin;
}

// bad-file unless the pictures are those that the rounds were trained on.
Status check_same_samples(const FineTuneOrigin& then, const FineTuneOrigin& now) {
  std::unordered_map<std::uint32_t, std::size_t> places;
  for (std::size_t i = 0; i < then.sample_ids.size(); ++i) places.emplace(then.sample_ids[i], i);
  std::size_t added = 0;
  std::size_t changed = 0;
  std::size_t found_count = 0;
  for (std::size_t i = 0; i < now.sample_ids.size(); ++i) {
    const auto found = places.find(now.sample_ids[i]);
    if (found == places.end()) {
      ++added;
      continue;
    }
    ++found_count;
    if (then.class_indices[found->second] != now.class_indices[i] ||
        then.checks[found->second] != now.checks[i]) {
      ++changed;
    }
  }
  const std::size_t removed = places.size() - found_count;
  if (added == 0 && changed == 0 && removed == 0 && then.sample_ids == now.sample_ids) return {};
  return bad_file("the pictures are not those that this fine-tuning was begun with: since then " +
                  std::to_string(added) + " were added, " + std::to_string(removed) + " removed and " +
                  std::to_string(changed) + " changed or moved to another class");
}

// Of one class, under `logits` [class_count].
float probability_of(std::span<const float> logits, std::uint32_t class_index) {
  const std::uint32_t truth[] = {class_index};
  return static_cast<float>(std::exp(-measure(logits, truth, logits.size()).log_loss));
}

// What a run that fine-tuned reports: that of its head, with what was measured after it.
TrainReport tuned_report(const TrainingRun& run, const TuningRun& tuning,
                         std::span<const FeatureBlock> blocks) {
  const FineTuneReport& tuned = tuning.tuner.report();
  TrainReport report = run.trainer.report();
  report.head = tuned.head;  // whatever kind it began beside
  report.metrics = tuned.fine_tuned;
  report.measured = true;
  report.temperature = tuned.temperature;
  report.features =
      tuning.tuner.result().part == TrainedPart::kCut ? FeatureSet{"cut"} : named_maps(blocks, {"last"});
  report.fold_count = 1;
  report.view_count = tuning.views.size() / run.sample_ids.size() - 1;
  report.held_out_rows.clear();
  report.held_out_ids.clear();
  report.held_out_probabilities.clear();
  report.held_out_confidences.clear();
  report.held_out_predictions = tuned.held_out_predictions;
  report.held_out_logits = tuned.held_out_logits;
  const std::size_t class_count = report.class_ids.size();
  for (std::size_t k = 0; k < tuned.held_out_views.size(); ++k) {
    const std::uint32_t row = tuning.views[tuned.held_out_views[k]].row;
    const std::span<const float> logits =
        std::span(tuned.held_out_logits).subspan(k * class_count, class_count);
    const std::uint32_t predicted = tuned.held_out_predictions[k];
    report.held_out_rows.push_back(row);
    report.held_out_ids.push_back(run.sample_ids[row]);
    report.held_out_probabilities.push_back(probability_of(logits, run.class_indices[row]));
    report.held_out_confidences.push_back(probability_of(logits, predicted));
  }
  return report;
}

}  // namespace

Status Session::State::open_frozen_part(std::span<const std::uint8_t> backbone_file) {
  if (tuning->tuner.border() == kInputBorder) return {};
  BackboneOptions options;
  options.input_size_px = backbone.input_size_px();
  options.precision = backbone.precision();
  options.maps = tuning->tuner.border_maps();
  Result<Network> network = read_network(backbone_file);
  if (!network) return network.error();
  // Nothing behind the borders is computed.
  Result<Network> trimmed = trim_network(std::move(network).value(), options.maps);
  if (!trimmed) return trimmed.error();
  Result<Backbone> frozen = Backbone::from_network(std::move(trimmed).value(), options, pool);
  if (!frozen) return frozen.error();
  tuning->frozen.emplace(std::move(frozen).value());
  return {};
}

Result<TuneEstimate> Session::tune_begin(std::span<const std::uint8_t> backbone_file,
                                         const FineTuneOptions& options, ViewUse view_use,
                                         std::span<const std::uint8_t> round_file) {
  State& state = *state_;
  state.tuning.reset();
  if (!state.run) return internal_error("a head must be trained first");
  if (!round_file.empty()) {
    const Result<FineTuneOrigin> then = read_round_origin(round_file);
    if (!then) return then.error();
    view_use = then.value().view_use;
    const Status same = check_same_samples(then.value(), origin_of(*state.run, view_use));
    if (!same) return same.error();
  }
  std::vector<TunedView> tuned_views = views_of_samples(state.run->sample_ids.size(), view_use);
  std::vector<FineTuneView> fine_tune_views;
  for (const TunedView& view : tuned_views)
    fine_tune_views.push_back({view.row, state.run->class_indices[view.row]});
  const std::int32_t side = state.backbone.input_size_px();
  const Head& head = state.run->trainer.head();
  const Result<FineTuneEstimate> estimate =
      FineTuner::estimate(backbone_file, side, fine_tune_views, head.labels, options);
  if (!estimate) return estimate.error();
  Result<FineTuner> tuner =
      FineTuner::start(backbone_file, side, fine_tune_views, head.labels, options, &head, state.pool);
  if (!tuner) return tuner.error();
  if (!round_file.empty()) {
    if (const Status taken = tuner.value().take_up(round_file); !taken) return taken.error();
  }
  state.tuning.emplace(TuningRun{std::nullopt, std::move(tuner).value(), std::move(tuned_views), options.seed,
                                 origin_of(*state.run, view_use)});
  if (const Status opened = state.open_frozen_part(backbone_file); !opened) {
    state.tuning.reset();
    return opened.error();
  }
  return TuneEstimate{estimate.value(), fine_tune_views.size(), options.epoch_count};
}

WantedViews Session::tune_wanted() {
  WantedViews wanted;
  if (!state_->tuning || !state_->run) return wanted;
  for (const std::uint32_t view : state_->tuning->tuner.wanted_views()) {
    wanted.views.push_back(view);
    wanted.sample_ids.push_back(state_->run->sample_ids[state_->tuning->views[view].row]);
  }
  return wanted;
}

Status Session::tune_supply(std::uint32_t view, const FrameView& picture) {
  State& state = *state_;
  if (!state.tuning || view >= state.tuning->views.size()) return no_tuning();
  TuningRun& tuning = *state.tuning;
  const std::optional<std::uint32_t> index = tuning.views[view].view_index;
  if (index) {
    if (const Status made = state.make_view_picture(picture, index); !made) return made;
  }
  const FrameView source = index ? state.view_frame(picture) : picture;
  Backbone& network = tuning.frozen ? *tuning.frozen : state.backbone;
  if (const Status prepared = network.prepare(source, {}, 0); !prepared) return prepared;
  if (!tuning.frozen) return tuning.tuner.supply_map(view, network.input(0));
  if (const Status ran = network.run(1); !ran) return ran;
  tuning.maps.clear();
  for (std::size_t i = 0; i < network.maps().size(); ++i) {
    const std::span<const float> map = network.map(0, i);
    tuning.maps.insert(tuning.maps.end(), map.begin(), map.end());
  }
  return tuning.tuner.supply_map(view, tuning.maps);
}

Status Session::tune_trial() {
  return state_->tuning ? state_->tuning->tuner.trial_step() : Status(no_tuning());
}

Result<FineTuneProgress> Session::tune_step() {
  if (!state_->tuning) return no_tuning();
  return state_->tuning->tuner.step();
}

Result<std::vector<std::uint8_t>> Session::tune_round() const {
  if (!state_->tuning) return no_tuning();
  return state_->tuning->tuner.round_file(state_->tuning->origin);
}

void Session::tune_stop() {
  if (state_->tuning) state_->tuning->tuner.stop();
}

Result<SessionReport> Session::tune_finish(std::span<const std::uint8_t> backbone_file) {
  State& state = *state_;
  if (!state.tuning || !state.run) return no_tuning();
  TuningRun& tuning = *state.tuning;
  const FineTuneReport tuned = tuning.tuner.report();
  if (!tuned.better_than_head) {
    Result<SessionReport> kept = train_finish();
    if (kept) kept.value().fine_tuning = tuned;
    tune_cancel();
    return kept;
  }
  TrainReport training = tuned_report(*state.run, tuning, state.backbone.feature_blocks());
  TrainedHead trained;
  trained.head = tuning.tuner.result().head;
  trained.head.tensors = tuning.tuner.result().tensors;
  trained.head.border = tuned.border;
  trained.head.features = training.features;
  trained.class_ids = training.class_ids;
  trained.kind = tuned.head;
  state.describe_head(trained.head, tuning.seed);
  const Status judged = trained.judge_by(tuning.tuner.embeddings(), {}, state.run->class_indices, state.pool);
  if (!judged) return judged.error();
  SessionReport report = state.report_of(std::move(training), tuned.trained_weight_count);
  report.fine_tuning = tuned;
  tuning.frozen.reset();  // its memory serves the network that takes over
  if (const Status ready = state.prepare_head(trained, backbone_file); !ready) return ready.error();
  state.put_to_work(std::move(trained));
  tune_cancel();
  return report;
}

void Session::tune_cancel() {
  state_->tuning.reset();
  state_->run.reset();
}

}  // namespace headstart
