#include "fine_tune/epochs.h"

#include <algorithm>
#include <utility>

#include "base/random.h"
#include "fine_tune/loss.h"

namespace headstart {

Epochs::Epochs(const FineTuneOptions& options, std::span<const SplitPicture> pictures,
               std::size_t class_count)
    : options_(options), class_weights_(balanced_class_weights(pictures, class_count)) {
  for (const SplitPicture& picture : pictures) {
    if (!picture.held_out) views_.insert(views_.end(), picture.views.begin(), picture.views.end());
  }
  step_count_ = (views_.size() + options.batch_size - 1) / options.batch_size * options.epoch_count;
}

void Epochs::start(std::span<const Parameter> parameters, std::span<const float> logits,
                   const HeldOut& held_out) {
  stepper_.emplace(options_, parameters);
  best_weights_ = take_snapshot(parameters);
  best_logits_.assign(logits.begin(), logits.end());
  best_loss_ = held_out.loss(logits);
}

void Epochs::take_up(Finished finished, const HeldOut& held_out) {
  done_ = std::move(finished.done);
  step_index_ = steps_per_epoch() * done_.size();
  stepper_->skip(step_index_);
  best_epoch_ = finished.best_epoch;
  best_weights_ = std::move(finished.best_weights);
  best_logits_ = std::move(finished.best_logits);
  best_loss_ = held_out.loss(best_logits_);
  stopped_early_ = is_stale() && done_.size() < options_.epoch_count;
}

std::vector<std::uint32_t> Epochs::begin_epoch() {
  constexpr std::uint64_t kStream = 0x65706F6368;  // "epoch"
  Random random(options_.seed, kStream + done_.size());
  std::vector<std::uint32_t> order = views_;
  shuffle(order, random);
  epoch_loss_ = 0;
  return order;
}

double Epochs::lay_gradient(TrainedNetwork& network, std::span<const std::uint32_t> classes,
                            std::size_t batch_size) const {
  const std::size_t logit_count = classes.size() * class_weights_.size();
  const std::size_t head_count = network.plan().head_count();
  double loss = 0;
  for (std::size_t head = 0; head < head_count; ++head) {
    loss +=
        cross_entropy(network.logits(head).first(logit_count), classes, class_weights_,
                      1.0F / static_cast<float>(batch_size), network.grad_logits(head).first(logit_count));
  }
  return loss / static_cast<double>(head_count);
}

Status Epochs::learn(TrainedNetwork& network, const Piece& piece) {
  epoch_loss_ += lay_gradient(network, piece.classes, piece.batch_size);
  const Status status =
      network.backward(piece.classes.size(), piece.is_first ? Accumulate::kReplace : Accumulate::kAdd);
  if (!status || !piece.is_last) return status;
  const double factor = learning_rate_factor(step_index_, step_count_, options_.warm_up_fraction);
  stepper_->step(network.parameters(), factor, network.pool());
  ++step_index_;
  return {};
}

void Epochs::end_epoch(std::span<const Parameter> parameters, std::span<const float> logits,
                       const HeldOut& held_out) {
  FineTuneEpoch epoch;
  epoch.train_loss = epoch_loss_ / static_cast<double>(steps_per_epoch() * options_.batch_size);
  epoch.held_out_loss = held_out.loss(logits);
  epoch.held_out_accuracy = held_out.metrics(logits).accuracy;
  done_.push_back(epoch);
  if (epoch.held_out_loss < best_loss_) {
    best_loss_ = epoch.held_out_loss;
    best_weights_ = take_snapshot(parameters);
    best_logits_.assign(logits.begin(), logits.end());
    best_epoch_ = done_.size();
  }
  stopped_early_ = is_stale() && done_.size() < options_.epoch_count;
}

bool Epochs::is_stale() const {
  // While the rate is high the loss may well rise before it falls: patience begins at half-way.
  const std::size_t since = std::max(best_epoch_, options_.epoch_count / 2);
  return done_.size() >= since + options_.patience_epochs;
}

}  // namespace headstart
