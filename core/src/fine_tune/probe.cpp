#include "fine_tune/probe.h"

#include <algorithm>
#include <utility>

#include "headstart/sample_store.h"

namespace headstart {

Result<Probe> Probe::start(const ProbeRows& rows, std::span<const SplitPicture> pictures,
                           std::span<const std::string> labels, const ProbeOptions& options,
                           const ComputePool& pool) {
  std::vector<float> learnt_from;
  std::vector<std::span<const float>> views;
  std::vector<float> held_out;
  std::vector<std::uint32_t> class_indices;
  std::vector<SampleId> sample_ids;
  const std::size_t width = rows.feature_count;
  const std::size_t stride = width * (1 + rows.view_count);
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    const std::span<const float> picture = rows.features.subspan(i * stride, stride);
    const std::span<const float> row = picture.first(width);
    if (pictures[i].held_out) held_out.insert(held_out.end(), row.begin(), row.end());
    if (pictures[i].held_out && !options.with_held_out) continue;
    learnt_from.insert(learnt_from.end(), row.begin(), row.end());
    views.push_back(picture.subspan(width));
    sample_ids.push_back(SampleId{static_cast<std::uint32_t>(class_indices.size())});
    class_indices.push_back(pictures[i].class_index);
  }
  TrainingSetView set;
  set.embeddings = learnt_from;
  set.class_indices = class_indices;
  set.sample_ids = sample_ids;
  set.feature_count = width;
  set.blocks = rows.blocks;
  set.view_count = rows.view_count;
  set.views = views;
  std::vector<ClassInfo> classes;
  for (std::size_t c = 0; c < labels.size(); ++c) {
    set.class_ids.push_back(ClassId{static_cast<std::uint32_t>(c)});
    ClassInfo info;
    info.id = set.class_ids.back();
    info.name = labels[c];
    for (const std::uint32_t index : class_indices) info.sample_count += index == c ? 1 : 0;
    classes.push_back(std::move(info));
  }
  TrainOptions training;
  training.head = options.head;
  if (rows.view_count > 0) training.views = ViewUse::kAll;
  if (!rows.blocks.empty()) {
    training.features.clear();
    for (const FeatureBlock& block : rows.blocks) training.features.push_back(block.map);
  }
  training.seed = options.seed;
  Result<Trainer> trainer = Trainer::start(set, classes, training, pool);
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
  const std::size_t class_count = head().class_count();
  std::vector<float> logits(held_out_.size() / feature_count * class_count);
  for (std::size_t i = 0; i * feature_count < held_out_.size(); ++i) {
    // The lengths are the head's own.
    static_cast<void>(head_logits(head(), std::span(held_out_).subspan(i * feature_count, feature_count),
                                  std::span(logits).subspan(i * class_count, class_count)));
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
