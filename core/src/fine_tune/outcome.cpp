// What comes out of a fine-tuning run: the head alone, or the weights that were best and their head, the one
// that descended with them or one that is fitted to what they make of the pictures.
#include <utility>

#include "fine_tune/tuning.h"

namespace headstart {
namespace {

// softmax(logits / temperature), folded into the numbers that logits are made of.
void fold_temperature(std::vector<float>& values, double temperature) {
  for (float& value : values) value = static_cast<float>(static_cast<double>(value) / temperature);
}

// Right more often, or as often and surer of it.
bool is_better(const Metrics& tuned, const Metrics& head_alone) {
  if (tuned.accuracy != head_alone.accuracy) return tuned.accuracy > head_alone.accuracy;
  return tuned.log_loss < head_alone.log_loss;
}

}  // namespace

void FineTuner::State::finish() {
  tuned.part = task.options.part;
  tuned.border = report.border;
  report.epochs.assign(epochs.done().begin(), epochs.done().end());
  report.best_epoch = epochs.best_epoch();
  report.stopped_early = epochs.stopped_early();
  if (!epochs.best_weights().empty()) {
    restore_snapshot(network.parameters(), epochs.best_weights());
    report.temperature = held_out_.temperature(epochs.best_logits());
    report.held_out_logits.assign(epochs.best_logits().begin(), epochs.best_logits().end());
    fold_temperature(report.held_out_logits, report.temperature);
    report.fine_tuned = held_out_.metrics(report.held_out_logits);
  }
  // A refit says by itself whether the layers are worth keeping.
  const bool is_worth_a_look = refits() || is_better(report.fine_tuned, report.head_alone);
  if (report.best_epoch > 0 && is_worth_a_look) {
    set_order(Phase::kEmbedFinal, views_to_fit());
  } else {
    static_cast<void>(settle());  // nothing is fitted then
  }
}

Status FineTuner::State::settle() {
  report.better_than_head = report.best_epoch > 0 && is_better(report.fine_tuned, report.head_alone);
  if (report.better_than_head && report.head == HeadKind::kDiscriminant) return start_refit(Phase::kRefitAll);
  if (report.better_than_head) {
    keep_tuned();
  } else {
    keep_head_alone();
  }
  return {};
}

Status FineTuner::State::start_refit(Phase next) {
  const std::size_t width = network.plan().feature_count();
  const std::size_t view_count = final_rows_.size() / (task.pictures.size() * width) - 1;
  Result<Probe> started = Probe::start(
      {final_rows_, width, view_count, task.head_blocks}, task.pictures, task.labels,
      {.head = HeadKind::kDiscriminant, .with_held_out = next == Phase::kRefitAll, .seed = task.options.seed},
      pool);
  if (!started) return started.error();
  probe_.emplace(std::move(started).value());
  set_order(next, {});
  return {};
}

Status FineTuner::State::end_refit() {
  if (phase_ == Phase::kRefitAll) {
    keep_layers(probe_->head());
    return {};
  }
  std::vector<float> logits = probe_->held_out_logits();
  if (!held_out_.is_surer(report.held_out_logits, logits)) {
    report.head = HeadKind::kDiscriminant;
    report.temperature = held_out_.temperature(logits);
    fold_temperature(logits, report.temperature);
    report.held_out_logits = std::move(logits);
    report.fine_tuned = held_out_.metrics(report.held_out_logits);
  }
  return settle();
}

void FineTuner::State::keep_head_alone() {
  report.head = HeadKind::kLogistic;
  report.fine_tuned = report.head_alone;
  report.held_out_logits = head_alone_.logits;
  tuned.head = task.head_in_use ? *task.head_in_use : head_alone_.head;
  end();
}

void FineTuner::State::keep_tuned() {
  const std::span<const Parameter> parameters = network.parameters();
  const std::size_t first = network.plan().head_weights();
  std::vector<Head> heads(network.plan().head_count(), head_alone_.head);
  for (std::size_t i = 0; i < heads.size(); ++i) {
    const std::span<const float> weights = parameters[first + 2 * i].elements();
    const std::span<const float> biases = parameters[first + 2 * i + 1].elements();
    heads[i].feature_count = network.plan().feature_count(i);
    heads[i].weights.assign(weights.begin(), weights.end());
    heads[i].biases.assign(biases.begin(), biases.end());
  }
  keep_layers(mean_of_heads(heads));
}

void FineTuner::State::keep_layers(Head head) {
  const std::span<const Parameter> parameters = network.parameters();
  for (const Parameter& parameter : parameters.first(network.plan().head_weights())) {
    const std::span<const float> values = parameter.elements();
    tuned.tensors.push_back({parameter.name, parameter.shape, {values.begin(), values.end()}});
  }
  tuned.head = std::move(head);
  fold_temperature(tuned.head.weights, report.temperature);
  fold_temperature(tuned.head.biases, report.temperature);
  const std::size_t width = network.plan().feature_count();
  const std::size_t stride = final_rows_.size() / task.pictures.size();
  for (std::size_t at = 0; at < final_rows_.size(); at += stride) {
    const std::span<const float> row = std::span(final_rows_).subspan(at, width);
    embeddings.insert(embeddings.end(), row.begin(), row.end());
  }
  end();
}

void FineTuner::State::end() {
  report.held_out_predictions = held_out_.predictions(report.held_out_logits);
  final_rows_ = {};
  probe_.reset();
  set_order(Phase::kDone, {});
}

}  // namespace headstart
