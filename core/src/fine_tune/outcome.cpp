// What comes out of a fine-tuning run: the head alone, or the weights that were best and their head.
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
    report.better_than_head = report.best_epoch > 0 && is_better(report.fine_tuned, report.head_alone);
  }
  if (report.better_than_head) {
    keep_tuned();
  } else {
    keep_head_alone();
  }
  report.held_out_predictions = held_out_.predictions(report.held_out_logits);
}

void FineTuner::State::keep_head_alone() {
  report.fine_tuned = report.head_alone;
  report.held_out_logits = head_alone_.logits;
  tuned.head = task.head_in_use ? *task.head_in_use : head_alone_.head;
  set_order(Phase::kDone, {});
}

void FineTuner::State::keep_tuned() {
  const std::span<const Parameter> parameters = network.parameters();
  const std::size_t first = network.plan().head_weights();
  for (const Parameter& parameter : parameters.first(first)) {
    const std::span<const float> values = parameter.elements();
    tuned.tensors.push_back({parameter.name, parameter.shape, {values.begin(), values.end()}});
  }
  std::vector<Head> heads(network.plan().head_count(), head_alone_.head);
  for (std::size_t i = 0; i < heads.size(); ++i) {
    const std::span<const float> weights = parameters[first + 2 * i].elements();
    const std::span<const float> biases = parameters[first + 2 * i + 1].elements();
    heads[i].feature_count = network.plan().feature_count(i);
    heads[i].weights.assign(weights.begin(), weights.end());
    heads[i].biases.assign(biases.begin(), biases.end());
  }
  tuned.head = mean_of_heads(heads);
  fold_temperature(tuned.head.weights, report.temperature);
  fold_temperature(tuned.head.biases, report.temperature);
  set_order(Phase::kEmbedFinal, first_views(false));
}

}  // namespace headstart
