#include "fine_tune/tuning.h"

#include <algorithm>
#include <utility>

namespace headstart {
namespace {

std::vector<std::uint32_t> held_out_classes(std::span<const SplitPicture> pictures) {
  std::vector<std::uint32_t> classes;
  for (const SplitPicture& picture : pictures) {
    if (picture.held_out) classes.push_back(picture.class_index);
  }
  return classes;
}

}  // namespace

FineTuner::State::State(FineTuneTask the_task, TrainedNetwork the_network, const ComputePool& the_pool)
    : task(std::move(the_task)),
      network(std::move(the_network)),
      cache(task.views.size(), network.plan().border_size(), task.options.cache_budget_bytes),
      pool(the_pool),
      epochs(task.options, task.pictures, task.labels.size()),
      held_out_(held_out_classes(task.pictures), task.labels.size()) {
  fill_report();
  final_view_count_ = views_to_fit().size();
  total_units_ = task.pictures.size() * (is_cut() ? 2 : 1) + final_view_count_ +
                 task.options.epoch_count * (3 * epochs.view_count() + held_out_.count());
  if (is_cut()) survey_.emplace(network.plan().borders.front().shape);
  set_order(is_cut() ? Phase::kSurvey : Phase::kEmbed, first_views(false));
}

void FineTuner::State::fill_report() {
  report.held_out_views = first_views(true);
  report.border = network.plan().border();
  report.held_out_picture_count = held_out_.count();
  report.train_picture_count = task.pictures.size() - held_out_.count();
  report.frozen_weight_count = network.plan().frozen_weight_count;
  report.view_multiply_adds = network.plan().train_multiply_adds();
  for (const Parameter& parameter : network.plan().parameters) {
    report.trained_weight_count += parameter.element_count();
  }
}

void FineTuner::State::set_order(Phase next, std::vector<std::uint32_t> views_in_order) {
  phase_ = next;
  order_ = std::move(views_in_order);
  cursor_ = 0;
  collected_.clear();
}

std::vector<std::uint32_t> FineTuner::State::first_views(bool held_out_only) const {
  std::vector<std::uint32_t> firsts;
  for (const SplitPicture& picture : task.pictures) {
    if (picture.held_out || !held_out_only) firsts.push_back(picture.views.front());
  }
  return firsts;
}

std::vector<std::uint32_t> FineTuner::State::views_to_fit() const {
  return final_views(task.pictures, most_final_views(task.options, network.plan()));
}

bool FineTuner::State::is_probing() const {
  return phase_ == Phase::kProbe || phase_ == Phase::kBaselineProbe || phase_ == Phase::kRefit ||
         phase_ == Phase::kRefitAll;
}

bool FineTuner::State::is_after_training() const {
  return phase_ == Phase::kEmbedFinal || phase_ == Phase::kRefit || phase_ == Phase::kRefitAll;
}

std::span<const std::uint32_t> FineTuner::State::next_piece() const {
  const bool stopping = stop_requested && !is_after_training();
  if (is_probing() || phase_ == Phase::kDone || stopping) return {};
  std::size_t end = std::min(order_.size(), cursor_ + network.piece_size());
  if (phase_ == Phase::kTrain) {
    end = std::min(end, (cursor_ / task.options.batch_size + 1) * task.options.batch_size);
  }
  return std::span(order_).subspan(cursor_, end - cursor_);
}

Result<FineTuneProgress> FineTuner::State::step() {
  Status status;
  if (phase_ == Phase::kDone) return progress();
  if (stop_requested && !is_after_training()) {
    if (epochs.best_weights().empty() && !task.head_in_use) {
      return cancelled("fine-tuning was stopped before there was a result");
    }
    finish();
  } else if (is_probing()) {
    status = probe_slice();
  } else {
    status = run_piece();
  }
  if (!status) return status.error();
  return progress();
}

Status FineTuner::State::run_piece() {
  const std::span<const std::uint32_t> piece = next_piece();
  for (const std::uint32_t view : piece) {
    if (!cache.has(view)) {
      return bad_argument("the map of view " + std::to_string(view) + " was asked for and is not there yet");
    }
  }
  for (std::size_t i = 0; i < piece.size(); ++i) {
    std::size_t offset = 0;
    for (std::size_t border = 0; border < network.plan().borders.size(); ++border) {
      const std::span<float> input = network.input(i, border);
      cache.read(piece[i], offset, input);
      offset += input.size();
    }
  }
  cache.forget_passing();
  done_units_ += piece.size() * (phase_ == Phase::kTrain ? 3 : 1);
  if (phase_ == Phase::kSurvey) {
    for (std::size_t i = 0; i < piece.size(); ++i) {
      survey_->add(network.input(i), task.pictures[cursor_ + i].held_out);
    }
  } else {
    const Status status = run_network(piece);
    if (!status) return status;
  }
  cursor_ += piece.size();
  return cursor_ < order_.size() ? Status() : end_of_order();
}

Status FineTuner::State::run_network(std::span<const std::uint32_t> piece) {
  const Status status = network.forward(piece.size());
  if (!status) return status;
  if (phase_ == Phase::kTrain) return learn(piece);
  const FineTunePlan& plan = network.plan();
  if (phase_ == Phase::kEmbed || phase_ == Phase::kEmbedFinal) {
    for (std::size_t i = 0; i < piece.size(); ++i) {
      for (std::size_t head = 0; head < plan.head_count(); ++head) {
        const std::size_t width = plan.feature_count(head);
        const std::span<const float> row = network.features(head).subspan(i * width, width);
        collected_.insert(collected_.end(), row.begin(), row.end());
      }
    }
    return {};
  }
  for (std::size_t i = 0; i < piece.size() * plan.class_count; ++i) {
    float sum = 0;
    for (std::size_t head = 0; head < plan.head_count(); ++head) sum += network.logits(head)[i];
    collected_.push_back(sum / static_cast<float>(plan.head_count()));
  }
  return {};
}

Status FineTuner::State::learn(std::span<const std::uint32_t> piece) {
  const std::size_t batch_size = task.options.batch_size;
  const std::size_t batch_begin = cursor_ / batch_size * batch_size;
  const std::size_t batch_end = std::min(order_.size(), batch_begin + batch_size);
  std::vector<std::uint32_t> classes;
  for (const std::uint32_t view : piece) classes.push_back(task.views[view].class_index);
  return epochs.learn(network, {.classes = classes,
                                .batch_size = batch_end - batch_begin,
                                .is_first = cursor_ == batch_begin,
                                .is_last = cursor_ + piece.size() == batch_end});
}

Status FineTuner::State::end_of_order() {
  switch (phase_) {
    case Phase::kSurvey:
      survey_->standardise(network.parameters()[0], network.parameters()[1]);
      return start_probe(Phase::kBaselineProbe, survey_->means(),
                         network.plan().borders.front().shape.channel_count);
    case Phase::kEmbed:
      probed_rows_ = std::move(collected_);
      return probe_next_head();
    case Phase::kTrain:
      set_order(Phase::kEvaluate, first_views(true));
      return {};
    case Phase::kEvaluate:
      end_epoch();
      return {};
    case Phase::kEmbedFinal:
      final_rows_ = std::move(collected_);
      if (refits()) return start_refit(Phase::kRefit);
      return settle();
    default:
      return {};
  }
}

Status FineTuner::State::trial_step() {
  const std::size_t count = std::min(network.piece_size(), task.options.batch_size);
  for (std::size_t border = 0; border < network.plan().borders.size(); ++border) {
    for (std::size_t i = 0; i < count; ++i) std::ranges::fill(network.input(i, border), 0.0F);
  }
  Status status = network.forward(count);
  if (!status) return status;
  static_cast<void>(epochs.lay_gradient(network, std::vector<std::uint32_t>(count), count));
  // A batch that is half done has gradients that must not be lost.
  const bool between_pieces = phase_ == Phase::kTrain && cursor_ % task.options.batch_size != 0;
  return between_pieces ? Status() : network.backward(count, Accumulate::kReplace);
}

Status FineTuner::State::start_probe(Phase next, std::span<const float> features, std::size_t feature_count) {
  ProbeOptions options;
  options.seed = task.options.seed;
  Result<Probe> started = Probe::start({features, feature_count}, task.pictures, task.labels, options, pool);
  if (!started) return started.error();
  probe_.emplace(std::move(started).value());
  survey_.reset();
  set_order(next, {});
  return {};
}

Status FineTuner::State::probe_slice() {
  const Result<bool> done = probe_->step();
  if (!done) return done.error();
  return done.value() ? end_probe() : Status();
}

// The features of each network by itself.
Status FineTuner::State::probe_next_head() {
  const FineTunePlan& plan = network.plan();
  if (plan.head_count() == 1) return start_probe(Phase::kProbe, probed_rows_, plan.feature_count());
  std::size_t begin = 0;
  for (std::size_t head = 0; head < probed_.size(); ++head) begin += plan.feature_count(head);
  const std::size_t count = plan.feature_count(probed_.size());
  std::vector<float> own;
  for (std::size_t at = begin; at < probed_rows_.size(); at += plan.feature_count()) {
    const std::span<const float> row = std::span(probed_rows_).subspan(at, count);
    own.insert(own.end(), row.begin(), row.end());
  }
  return start_probe(Phase::kProbe, own, count);
}

Status FineTuner::State::end_probe() {
  if (is_after_training()) return end_refit();
  const bool is_baseline = phase_ == Phase::kBaselineProbe;
  probed_.push_back(probe_->head());
  std::vector<float> logits = probe_->held_out_logits();
  probe_.reset();
  const std::size_t head_count = is_baseline ? 1 : network.plan().head_count();
  probed_logits_.resize(logits.size());
  for (std::size_t i = 0; i < logits.size(); ++i) logits[i] = (probed_logits_[i] += logits[i]);
  if (probed_.size() < head_count) return probe_next_head();
  for (float& logit : logits) logit /= static_cast<float>(head_count);
  probed_rows_ = {};
  probed_logits_.clear();
  const std::vector<Head> heads = std::exchange(probed_, {});
  if (is_baseline || !is_cut()) {
    report.head_alone = held_out_.metrics(logits);
    head_alone_ = {mean_of_heads(heads), logits, {0, held_out_.loss(logits), report.head_alone.accuracy}};
  }
  if (is_baseline) {
    set_order(Phase::kEmbed, first_views(false));
    return {};
  }
  const std::span<Parameter> parameters = network.parameters();
  for (std::size_t i = 0; i < heads.size(); ++i) {
    const std::size_t at = network.plan().head_weights(i);
    restart_parameter(parameters[at], heads[i].weights);
    restart_parameter(parameters[at + 1], heads[i].biases);
  }
  epochs.start(parameters, logits, held_out_);
  set_order(Phase::kTrain, epochs.begin_epoch());
  return {};
}

void FineTuner::State::end_epoch() {
  epochs.end_epoch(network.parameters(), collected_, held_out_);
  go_on_or_finish();
}

void FineTuner::State::go_on_or_finish() {
  if (epochs.is_over()) {
    finish();
  } else {
    set_order(Phase::kTrain, epochs.begin_epoch());
  }
}

FineTuneProgress FineTuner::State::progress() const {
  FineTuneProgress now;
  now.done = phase_ == Phase::kDone;
  now.stage = now.done                                                     ? FineTuneStage::kDone
              : is_after_training()                                        ? FineTuneStage::kEmbedding
              : phase_ == Phase::kTrain || phase_ == Phase::kEvaluate      ? FineTuneStage::kTuning
              : phase_ == Phase::kProbe || phase_ == Phase::kBaselineProbe ? FineTuneStage::kLinearProbe
                                                                           : FineTuneStage::kCollecting;
  now.epoch = epochs.done().size();
  now.epoch_count = task.options.epoch_count;
  now.latest = epochs.done().empty() ? head_alone_.epoch : epochs.done().back();
  // An early stop leaves out epochs, not the last pass.
  const std::size_t ahead = phase_ == Phase::kEmbedFinal ? order_.size() - cursor_ : 0;
  const std::size_t at_least = now.stage == FineTuneStage::kEmbedding ? total_units_ - ahead : 0;
  now.fraction = now.done ? 1.0
                          : 0.999 * static_cast<double>(std::max(done_units_, at_least)) /
                                static_cast<double>(total_units_);
  if (!now.done) count_ahead(now);
  return now;
}

void FineTuner::State::count_ahead(FineTuneProgress& now) const {
  const std::size_t piece = network.piece_size();
  const auto pieces = [&](std::size_t count) { return (count + piece - 1) / piece; };
  const std::size_t left = pieces(order_.size() - cursor_);
  if (now.stage == FineTuneStage::kEmbedding) {
    now.step_count_ahead = left;
    return;
  }
  const std::size_t epochs_to_evaluate = task.options.epoch_count - epochs.done().size();
  now.train_step_count_ahead = epochs.step_count_ahead() * pieces(task.options.batch_size);
  now.step_count_ahead =
      now.train_step_count_ahead + epochs_to_evaluate * pieces(held_out_.count()) + pieces(final_view_count_);
  if (now.stage == FineTuneStage::kCollecting) now.step_count_ahead += left;
}

std::size_t FineTuner::State::memory_bytes() const {
  const std::size_t snapshots = epochs.best_weights().size() + collected_.size() + probed_rows_.size() +
                                final_rows_.size() + embeddings.size();
  return cache.bytes() + network.memory_bytes() + snapshots * sizeof(float);
}

}  // namespace headstart
