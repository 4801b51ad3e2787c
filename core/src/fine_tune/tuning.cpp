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
  total_units = pictures.size() * (cut ? 2 : 1) +
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
  if (probing || phase == Phase::kDone || stop_requested) return {};
  std::size_t end = std::min(order.size(), cursor + network.piece_size());
  if (phase == Phase::kTrain) {
    end = std::min(end, (cursor / options.batch_size + 1) * options.batch_size);
  }
  return std::span(order).subspan(cursor, end - cursor);
}

Result<FineTuneProgress> FineTuner::State::step() {
  Status status;
  if (phase == Phase::kDone) return progress();
  if (stop_requested) {
    if (best_weights.empty() && !head_in_use.has_value()) {
      return Error{ErrorCode::kCancelled, "fine-tuning was stopped before there was a result"};
    }
    finish();
  } else if (phase == Phase::kProbe || phase == Phase::kBaselineProbe) {
    status = probe_slice();
  } else {
    status = run_piece();
  }
  if (!status.ok()) return status.error();
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
      return Error{ErrorCode::kBadArgument,
                   "the map of view " + std::to_string(view) + " was asked for and is not there yet"};
    }
  }
  load_piece(piece);
  done_units += piece.size() * (phase == Phase::kTrain ? 3 : 1);
  Status status;
  if (phase == Phase::kSurvey) {
    survey_piece(piece.size());
  } else {
    status = network.forward(piece.size());
    if (!status.ok()) return status;
    if (phase == Phase::kTrain) {
      status = train_piece(piece);
      if (!status.ok()) return status;
    } else {
      const bool embedding = phase == Phase::kEmbed;
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
    default:
      return {};
  }
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
  if (!status.ok() || cursor + piece.size() < batch_end) return status;
  const double factor = fine_tune::learning_rate_factor(step_index, step_count, options.warm_up_fraction);
  stepper->step(network.parameters(), factor, network.pool());
  ++step_index;
  return {};
}

void FineTuner::State::end_epoch() {
  FineTuneEpoch epoch;
  epoch.train_loss = epoch_loss / static_cast<double>(step_count / options.epoch_count * options.batch_size);
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
              : phase == Phase::kTrain || phase == Phase::kEvaluate      ? FineTuneStage::kTuning
              : phase == Phase::kProbe || phase == Phase::kBaselineProbe ? FineTuneStage::kLinearProbe
                                                                         : FineTuneStage::kCollecting;
  now.fraction = now.done ? 1.0 : 0.999 * static_cast<double>(done_units) / static_cast<double>(total_units);
  now.epoch = report.epochs.size();
  now.epoch_count = options.epoch_count;
  if (now.done) return now;
  const std::size_t piece = network.piece_size();
  const std::size_t batch_pieces = (options.batch_size + piece - 1) / piece;
  const std::size_t epochs_to_evaluate = options.epoch_count - report.epochs.size();
  now.step_count_ahead = (step_count - step_index) * batch_pieces +
                         epochs_to_evaluate * ((held_out_classes.size() + piece - 1) / piece);
  if (now.stage == FineTuneStage::kCollecting) {
    now.step_count_ahead += (order.size() - cursor + piece - 1) / piece;
  }
  return now;
}

}  // namespace headstart
