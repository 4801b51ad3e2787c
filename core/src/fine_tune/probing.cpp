// Before training: what the features say by themselves. After it: what came out.
#include <algorithm>
#include <cmath>
#include <utility>

#include "fine_tune/tuning.h"

namespace headstart {

using fine_tune::FeatureTable;
using fine_tune::Parameter;
using fine_tune::Picture;
using fine_tune::Probe;

void FineTuner::State::survey_piece(std::size_t count) {
  const MapShape& shape = network.plan().border_shape();
  for (std::size_t i = 0; i < count; ++i) {
    const std::span<const float> map = network.input(i);
    std::vector<double> sums(shape.channel_count);
    std::vector<double> squares(shape.channel_count);
    for (std::size_t j = 0; j < map.size(); ++j) {
      const double value = static_cast<double>(map[j]);
      sums[j % shape.channel_count] += value;
      squares[j % shape.channel_count] += value * value;
    }
    const bool held_out = pictures[cursor + i].held_out;
    for (std::size_t c = 0; c < shape.channel_count; ++c) {
      collected.push_back(static_cast<float>(sums[c] / static_cast<double>(shape.place_count())));
      if (held_out) continue;
      channel_sums[c] += sums[c];
      channel_squares[c] += squares[c];
    }
  }
}

Status FineTuner::State::end_survey() {
  // The new layer reads standardised channels; the scaling is folded into it:
  // weights · (x - mean) / deviation = (weights / deviation) · x - sum of weights mean / deviation.
  const MapShape& shape = network.plan().border_shape();
  const double place_count = static_cast<double>(shape.place_count() * report.train_picture_count);
  const std::span<Parameter> parameters = network.parameters();
  std::vector<float> weights(parameters[0].elements().begin(), parameters[0].elements().end());
  std::vector<double> biases(parameters[1].element_count());
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const std::size_t c = i % shape.channel_count;
    const double mean = channel_sums[c] / place_count;
    const double variance = std::max(0.0, channel_squares[c] / place_count - mean * mean);
    const double scaled = static_cast<double>(weights[i]) / std::sqrt(variance + 1e-6);
    weights[i] = static_cast<float>(scaled);
    biases[i / shape.channel_count] -= scaled * mean;
  }
  fine_tune::restart_parameter(parameters[0], weights);
  fine_tune::restart_parameter(parameters[1], std::vector<float>(biases.begin(), biases.end()));
  return start_probe(Phase::kBaselineProbe, collected, shape.channel_count);
}

Status FineTuner::State::start_probe(Phase next, std::span<const float> features, std::size_t feature_count) {
  FeatureTable table;
  table.feature_count = feature_count;
  probe_held_out.clear();
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    const std::span<const float> row = features.subspan(i * feature_count, feature_count);
    std::vector<float>& side = pictures[i].held_out ? probe_held_out : table.features;
    side.insert(side.end(), row.begin(), row.end());
    if (!pictures[i].held_out) table.class_indices.push_back(pictures[i].class_index);
  }
  Result<Probe> started = Probe::start(table, labels, options.seed, pool);
  if (!started) return started.error();
  probe.emplace(std::move(started).value());
  set_order(next, {});
  return {};
}

Status FineTuner::State::probe_slice() {
  const Result<bool> done = probe->step();
  if (!done) return done.error();
  if (done.value()) end_probe();
  return {};
}

void FineTuner::State::end_probe() {
  const Head head = probe->head();
  probe.reset();
  const std::vector<float> logits = fine_tune::linear_logits(head, probe_held_out);
  probe_held_out = {};
  const bool cut = options.part == TrainedPart::kCut;
  if (phase == Phase::kBaselineProbe || !cut) {
    baseline = head;
    report.head_alone = measure(logits, held_out_classes, labels.size());
    head_alone_logits = logits;
    start_epoch = {0, held_out_loss(logits), report.head_alone.accuracy};
  }
  if (phase == Phase::kBaselineProbe) {
    set_order(Phase::kEmbed, first_views(false));
    return;
  }
  const std::span<Parameter> parameters = network.parameters();
  const std::size_t first = network.plan().head_weights();
  fine_tune::restart_parameter(parameters[first], head.weights);
  fine_tune::restart_parameter(parameters[first + 1], head.biases);
  stepper.emplace(options, parameters);
  best_weights = fine_tune::take_snapshot(parameters);
  best_logits = logits;
  best_loss = held_out_loss(logits);
  begin_epoch();
}

namespace {

// softmax(logits / temperature), folded into the head.
void fold_temperature(Head& head, double temperature) {
  for (float& weight : head.weights) weight = static_cast<float>(static_cast<double>(weight) / temperature);
  for (float& bias : head.biases) bias = static_cast<float>(static_cast<double>(bias) / temperature);
}

std::vector<std::uint32_t> predictions(std::span<const float> logits, std::size_t class_count) {
  std::vector<std::uint32_t> classes;
  for (std::size_t i = 0; i < logits.size(); i += class_count) {
    const auto begin = logits.begin() + static_cast<std::ptrdiff_t>(i);
    const auto end = begin + static_cast<std::ptrdiff_t>(class_count);
    classes.push_back(static_cast<std::uint32_t>(std::max_element(begin, end) - begin));
  }
  return classes;
}

}  // namespace

void FineTuner::State::finish() {
  tuned.part = options.part;
  tuned.border = report.border;
  if (!best_weights.empty()) {
    fine_tune::restore_snapshot(network.parameters(), best_weights);
    report.temperature = fit_temperature(best_logits, held_out_classes, labels.size());
    for (float& logit : best_logits) {
      logit = static_cast<float>(static_cast<double>(logit) / report.temperature);
    }
    report.fine_tuned = measure(best_logits, held_out_classes, labels.size());
    // Right more often, or as often and surer of it.
    const bool as_good = report.fine_tuned.accuracy == report.head_alone.accuracy &&
                         report.fine_tuned.log_loss < report.head_alone.log_loss;
    report.better_than_head =
        report.best_epoch > 0 && (report.fine_tuned.accuracy > report.head_alone.accuracy || as_good);
  }
  if (!report.better_than_head) {
    report.fine_tuned = report.head_alone;
    report.held_out_logits = head_alone_logits;
    report.held_out_predictions = predictions(head_alone_logits, labels.size());
    tuned.head = head_in_use.has_value() ? *head_in_use : baseline;
    set_order(Phase::kDone, {});
    return;
  }
  report.held_out_logits = best_logits;
  report.held_out_predictions = predictions(best_logits, labels.size());
  const std::span<const Parameter> parameters = network.parameters();
  const std::size_t first = network.plan().head_weights();
  for (const Parameter& parameter : parameters.first(first)) {
    const std::span<const float> values = parameter.elements();
    tuned.tensors.push_back({parameter.name, parameter.shape, {values.begin(), values.end()}});
  }
  tuned.head = baseline;
  tuned.head.feature_count = network.plan().feature_count();
  tuned.head.weights.assign(parameters[first].elements().begin(), parameters[first].elements().end());
  tuned.head.biases.assign(parameters[first + 1].elements().begin(), parameters[first + 1].elements().end());
  fold_temperature(tuned.head, report.temperature);
  set_order(Phase::kEmbedFinal, first_views(false));
}

void FineTuner::State::finish_embedding() {
  embeddings = std::move(collected);
  set_order(Phase::kDone, {});
}

}  // namespace headstart
