#include "fine_tune/probe.h"

#include <utility>

#include "headstart/sample_store.h"

namespace headstart::fine_tune {

Result<Probe> Probe::start(const FeatureTable& table, std::span<const std::string> labels, std::uint64_t seed,
                           const ComputePool& pool) {
  std::vector<SampleId> sample_ids;
  for (std::size_t row = 0; row < table.class_indices.size(); ++row) {
    sample_ids.push_back(SampleId{static_cast<std::uint32_t>(row)});
  }
  TrainingSetView set;
  set.embeddings = table.features;
  set.class_indices = table.class_indices;
  set.sample_ids = sample_ids;
  set.feature_count = table.feature_count;
  std::vector<ClassInfo> classes;
  for (std::size_t c = 0; c < labels.size(); ++c) {
    set.class_ids.push_back(ClassId{static_cast<std::uint32_t>(c)});
    ClassInfo info;
    info.id = set.class_ids.back();
    info.name = labels[c];
    for (const std::uint32_t index : table.class_indices) info.sample_count += index == c ? 1 : 0;
    classes.push_back(std::move(info));
  }
  TrainOptions options;
  options.seed = seed;
  Result<Trainer> trainer = Trainer::start(set, classes, options, pool);
  if (!trainer) return trainer.error();
  return Probe(std::move(trainer).value());
}

Result<bool> Probe::step() {
  const Result<TrainProgress> progress = trainer_.step();
  if (!progress) return progress.error();
  return progress.value().done;
}

std::vector<float> linear_logits(const Head& head, std::span<const float> features) {
  const std::size_t feature_count = head.feature_count;
  const std::size_t row_count = feature_count == 0 ? 0 : features.size() / feature_count;
  std::vector<float> logits;
  logits.reserve(row_count * head.class_count());
  for (std::size_t row = 0; row < row_count; ++row) {
    for (std::size_t c = 0; c < head.class_count(); ++c) {
      // In double, so that the order of the sum does not show.
      double sum = static_cast<double>(head.biases[c]);
      for (std::size_t i = 0; i < feature_count; ++i) {
        sum += static_cast<double>(head.weights[c * feature_count + i]) *
               static_cast<double>(features[row * feature_count + i]);
      }
      logits.push_back(static_cast<float>(sum));
    }
  }
  return logits;
}

}  // namespace headstart::fine_tune
