// The order of things: which phase follows which, and what a piece of work is in each.
#include "fine_tune/tuning.h"

#include <algorithm>
#include <utility>

#include "fine_tune/loss.h"
#include "fine_tune/rng.h"

namespace headstart {

using fine_tune::Accumulate;
using fine_tune::Picture;

void FineTuner::State::begin() {
  class_weights = fine_tune::balanced_class_weights(pictures, labels.size());
  std::size_t train_view_count = 0;
  for (const Picture& picture : pictures) {
    if (picture.held_out) {
      held_out_classes.push_back(picture.class_index);
      report.held_out_views.push_back(picture.views.front());
    } else {
      train_view_count += picture.views.size();
    }
  }
  report.border = network.plan().border;
  report.held_out_picture_count = held_out_classes.size();
  report.train_picture_count = pictures.size() - held_out_classes.size();
  report.frozen_weight_count = network.plan().frozen_weight_count;
  report.view_multiply_adds = network.plan().train_multiply_adds();
  for (const fine_tune::Parameter& parameter : network.plan().parameters) {
    report.trained_weight_count += parameter.element_count();
  }
  const std::size_t batches = (train_view_count + options.batch_size - 1) / options.batch_size;
  step_count = batches * options.epoch_count;
  const bool cut = options.part == TrainedPart::kCut;
  total_units = pictures.size() * (cut ? 3 : 2) +
                options.epoch_count * (3 * train_view_count + held_out_classes.size());
  channel_sums.assign(network.plan().border_shape().channel_count, 0.0);
  channel_squares = channel_sums;
  set_order(cut ? Phase::kSurvey : Phase::kEmbed, first_views(false));
}

void FineTuner::State::set_order(Phase next, std::vector<std::uint32_t> views_in_order) {
  phase = next;
  order = std::move(views_in_order);
  cursor = 0;
  collected.clear();
}

std::vector<std::uint32_t> FineTuner::State::first_views(bool held_out_only) const {
  std::vector<std::uint32_t> firsts;
  for (const Picture& picture : pictures) {
    if (picture.held_out || !held_out_only) firsts.push_back(picture.views.front());
  }
  return firsts;
}

std::span<const std::uint32_t> FineTuner::State::next_piece() const {
  const bool probing = phase == Phase::kProbe || phase == Phase::kBaselineProbe;
  const bool stopping = stop_requested && phase != Phase::kEmbedFinal;
  if (probing || phase == Phase::kDone || stopping) return {};
  std::size_t end = std::min(order.size(), cursor + network.piece_size());
  if (phase == Phase::kTrain) {
    end = std::min(end, (cursor / options.batch_size + 1) * options.batch_size);
  }
  return std::span(order).subspan(cursor, end - cursor);
}

Result<FineTuneProgress> FineTuner::State::step() {
  Status status;
  if (phase == Phase::kDone) return progress();
  if (stop_requested && phase != Phase::kEmbedFinal) {
    if (best_weights.empty() && !head_in_use.has_value()) {
      return Error{ErrorCode::kCancelled, "fine-tuning was stopped before there was a result"};
    }
    finish();
  } else if (phase == Phase::kProbe || phase == Phase::kBaselineProbe) {
    status = probe_slice();
  } else {
    status = run_piece();
  }
  if (!status) return status.error();
  return progress();
}

void FineTuner::State::load_piece(std::span<const std::uint32_t> piece) {
  for (std::size_t i = 0; i < piece.size(); ++i) cache.read(piece[i], network.input(i));
  cache.forget_passing();
}

Status FineTuner::State::run_piece() {
  const std::span<const std::uint32_t> piece = next_piece();
  for (const std::uint32_t view : piece) {
    if (!cache.has(view)) {
      return bad_argument("the map of view " + std::to_string(view) + " was asked for and is not there yet");
    }
  }
  load_piece(piece);
  done_units += piece.size() * (phase == Phase::kTrain ? 3 : 1);
  Status status;
  if (phase == Phase::kSurvey) {
    survey_piece(piece.size());
  } else {
    status = network.forward(piece.size());
    if (!status) return status;
    if (phase == Phase::kTrain) {
      status = train_piece(piece);
      if (!status) return status;
    } else {
      const bool embedding = phase == Phase::kEmbed || phase == Phase::kEmbedFinal;
      const std::size_t width = embedding ? network.plan().feature_count() : labels.size();
      const std::span<const float> rows = embedding ? network.features() : network.logits();
      collected.insert(collected.end(), rows.begin(),
                       rows.begin() + static_cast<std::ptrdiff_t>(piece.size() * width));
    }
  }
  cursor += piece.size();
  return cursor < order.size() ? Status() : end_of_order();
}

Status FineTuner::State::end_of_order() {
  switch (phase) {
    case Phase::kSurvey:
      return end_survey();
    case Phase::kEmbed:
      return start_probe(Phase::kProbe, collected, network.plan().feature_count());
    case Phase::kTrain:
      set_order(Phase::kEvaluate, first_views(true));
      return {};
    case Phase::kEvaluate:
      end_epoch();
      return {};
    case Phase::kEmbedFinal:
      finish_embedding();
      return {};
    default:
      return {};
  }
}

Status FineTuner::State::trial_step() {
  const std::size_t count = std::min(network.piece_size(), options.batch_size);
  for (std::size_t i = 0; i < count; ++i) std::ranges::fill(network.input(i), 0.0F);
  Status status = network.forward(count);
  if (!status) return status;
  const std::size_t logit_count = count * labels.size();
  const std::vector<std::uint32_t> classes(count);
  static_cast<void>(fine_tune::cross_entropy(network.logits().first(logit_count), classes, class_weights,
                                             1.0F, network.grad_logits().first(logit_count)));
  // A batch that is half done has gradients that must not be lost.
  const bool between_pieces = phase == Phase::kTrain && cursor % options.batch_size != 0;
  return between_pieces ? Status() : network.backward(count, Accumulate::kReplace);
}

void FineTuner::State::begin_epoch() {
  std::vector<std::uint32_t> shuffled;
  for (const Picture& picture : pictures) {
    if (!picture.held_out) shuffled.insert(shuffled.end(), picture.views.begin(), picture.views.end());
  }
  fine_tune::Rng rng(options.seed, 0x65706F6368 + report.epochs.size());
  rng.shuffle(shuffled);
  epoch_loss = 0;
  set_order(Phase::kTrain, std::move(shuffled));
}

Status FineTuner::State::train_piece(std::span<const std::uint32_t> piece) {
  const std::size_t batch_begin = cursor / options.batch_size * options.batch_size;
  const std::size_t batch_end = std::min(order.size(), batch_begin + options.batch_size);
  std::vector<std::uint32_t> class_indices;
  for (const std::uint32_t view : piece) class_indices.push_back(views[view].class_index);
  const std::size_t logit_count = piece.size() * labels.size();
  epoch_loss += fine_tune::cross_entropy(network.logits().first(logit_count), class_indices, class_weights,
                                         1.0F / static_cast<float>(batch_end - batch_begin),
                                         network.grad_logits().first(logit_count));
  const Status status =
      network.backward(piece.size(), cursor == batch_begin ? Accumulate::kReplace : Accumulate::kAdd);
  if (!status || cursor + piece.size() < batch_end) return status;
  const double factor = fine_tune::learning_rate_factor(step_index, step_count, options.warm_up_fraction);
  stepper->step(network.parameters(), factor, network.pool());
  ++step_index;
  return {};
}

void FineTuner::State::end_epoch() {
  FineTuneEpoch epoch;
  const std::size_t steps_per_epoch = step_count / options.epoch_count;
  epoch.train_loss = epoch_loss / static_cast<double>(steps_per_epoch * options.batch_size);
  epoch.held_out_loss = held_out_loss(collected);
  epoch.held_out_accuracy = measure(collected, held_out_classes, labels.size()).accuracy;
  report.epochs.push_back(epoch);
  if (epoch.held_out_loss < best_loss) {
    best_loss = epoch.held_out_loss;
    best_weights = fine_tune::take_snapshot(network.parameters());
    best_logits = collected;
    report.best_epoch = report.epochs.size();
  }
  // While the rate is high the loss may well rise before it falls: patience begins at half-way.
  const std::size_t since = std::max(report.best_epoch, options.epoch_count / 2);
  const bool stale = report.epochs.size() >= since + options.patience_epochs;
  report.stopped_early = stale && report.epochs.size() < options.epoch_count;
  if (stale || report.epochs.size() == options.epoch_count) {
    finish();
  } else {
    begin_epoch();
  }
}

double FineTuner::State::held_out_loss(std::span<const float> logits) const {
  // At its best temperature, which the result gets too: a network that has learnt its pictures by heart is
  // too sure of itself long before it is wrong more often.
  const double temperature = fit_temperature(logits, held_out_classes, labels.size());
  std::vector<float> tempered(logits.begin(), logits.end());
  for (float& logit : tempered) logit = static_cast<float>(static_cast<double>(logit) / temperature);
  // Every class counts the same: the mean over classes of the mean over its pictures.
  std::vector<double> counts(labels.size());
  for (const std::uint32_t index : held_out_classes) ++counts[index];
  std::vector<float> weights;
  for (const double count : counts) {
    weights.push_back(static_cast<float>(1.0 / (count * static_cast<double>(labels.size()))));
  }
  return fine_tune::cross_entropy(tempered, held_out_classes, weights, 0.0F, {});
}

FineTuneProgress FineTuner::State::progress() const {
  FineTuneProgress now;
  now.done = phase == Phase::kDone;
  now.stage = now.done                                                   ? FineTuneStage::kDone
              : phase == Phase::kEmbedFinal                              ? FineTuneStage::kEmbedding
              : phase == Phase::kTrain || phase == Phase::kEvaluate      ? FineTuneStage::kTuning
              : phase == Phase::kProbe || phase == Phase::kBaselineProbe ? FineTuneStage::kLinearProbe
                                                                         : FineTuneStage::kCollecting;
  now.epoch = report.epochs.size();
  now.epoch_count = options.epoch_count;
  now.latest = start_epoch;
  if (!report.epochs.empty()) now.latest = report.epochs.back();
  // An early stop leaves out epochs, not the last pass.
  const std::size_t at_least =
      now.stage == FineTuneStage::kEmbedding ? total_units - pictures.size() + cursor : 0;
  now.fraction = now.done ? 1.0
                          : 0.999 * static_cast<double>(std::max(done_units, at_least)) /
                                static_cast<double>(total_units);
  if (!now.done) count_ahead(now);
  return now;
}

void FineTuner::State::count_ahead(FineTuneProgress& now) const {
  const std::size_t piece = network.piece_size();
  const auto pieces = [&](std::size_t count) { return (count + piece - 1) / piece; };
  const std::size_t left = pieces(order.size() - cursor);
  if (now.stage == FineTuneStage::kEmbedding) {
    now.step_count_ahead = left;
    return;
  }
  const std::size_t epochs_to_evaluate = options.epoch_count - report.epochs.size();
  now.train_step_count_ahead = (step_count - step_index) * pieces(options.batch_size);
  now.step_count_ahead = now.train_step_count_ahead + epochs_to_evaluate * pieces(held_out_classes.size()) +
                         pieces(pictures.size());
  if (now.stage == FineTuneStage::kCollecting) now.step_count_ahead += left;
}

}  // namespace headstart
