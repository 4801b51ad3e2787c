#include "fine_tune/probe.h"

#include <algorithm>
#include <utility>

#include "headstart/sample_store.h"

namespace headstart {

Result<Probe> Probe::start(std::span<const float> features, std::size_t feature_count,
                           std::span<const SplitPicture> pictures, std::span<const std::string> labels,
                           std::uint64_t seed, const ComputePool& pool) {
  std::vector<float> learnt_from;
  std::vector<float> held_out;
  std::vector<std::uint32_t> class_indices;
  std::vector<SampleId> sample_ids;
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    const std::span<const float> row = features.subspan(i * feature_count, feature_count);
    std::vector<float>& side = pictures[i].held_out ? held_out : learnt_from;
    side.insert(side.end(), row.begin(), row.end());
    if (pictures[i].held_out) continue;
    sample_ids.push_back(SampleId{static_cast<std::uint32_t>(class_indices.size())});
    class_indices.push_back(pictures[i].class_index);
  }
  TrainingSetView set;
  set.embeddings = learnt_from;
  set.class_indices = class_indices;
  set.sample_ids = sample_ids;
  set.feature_count = feature_count;
  std::vector<ClassInfo> classes;
  for (std::size_t c = 0; c < labels.size(); ++c) {
    set.class_ids.push_back(ClassId{static_cast<std::uint32_t>(c)});
    ClassInfo info;
    info.id = set.class_ids.back();
    info.name = labels[c];
    for (const std::uint32_t index : class_indices) info.sample_count += index == c ? 1 : 0;
    classes.push_back(std::move(info));
  }
  TrainOptions options;
  options.seed = seed;
  Result<Trainer> trainer = Trainer::start(set, classes, options, pool);
  if (!trainer) return trainer.error();
  return Probe(std::move(trainer).value(), std::move(held_out));
}

Result<bool> Probe::step() {
  const Result<TrainProgress> progress = trainer_.step();
  if (!progress) return progress.error();
  return progress.value().done;
}

std::vector<float> Probe::held_out_logits() const {
  const std::size_t feature_count = head().feature_count;
  std::vector<float> logits;
  logits.reserve(held_out_.size() / feature_count * head().class_count());
  for (std::size_t at = 0; at < held_out_.size(); at += feature_count) {
    for (std::size_t c = 0; c < head().class_count(); ++c) {
      // In double, so that the order of the sum does not show.
      double sum = static_cast<double>(head().biases[c]);
      for (std::size_t i = 0; i < feature_count; ++i) {
        sum += static_cast<double>(head().weights[c * feature_count + i]) *
               static_cast<double>(held_out_[at + i]);
      }
      logits.push_back(static_cast<float>(sum));
    }
  }
  return logits;
}

Head mean_of_heads(std::span<const Head> heads) {
  Head mean = heads.front();
  if (heads.size() == 1) return mean;
  const float share = 1.0F / static_cast<float>(heads.size());
  mean.feature_count = 0;
  mean.weights.clear();
  std::ranges::fill(mean.biases, 0.0F);
  for (const Head& head : heads) mean.feature_count += head.feature_count;
  for (std::size_t c = 0; c < mean.biases.size(); ++c) {
    for (const Head& head : heads) {
      mean.biases[c] += share * head.biases[c];
      const auto row = std::span(head.weights).subspan(c * head.feature_count, head.feature_count);
      for (const float weight : row) mean.weights.push_back(share * weight);
    }
  }
  return mean;
}

}  // namespace headstart
