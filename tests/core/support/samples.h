// Samples to train on: Gaussian-like clouds around random centres, the same on every machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/random.h"
#include "headstart/sample_store.h"
#include "headstart/trainer.h"

namespace headstart::test {

struct Clouds {
  std::size_t class_count = 3;
  std::size_t samples_per_class = 20;
  std::size_t feature_count = 32;
  double spread = 1;  // of a cloud; the centres are about 1.2 apart in each feature
  std::uint64_t seed = 1;
};

// [class_count, feature_count]
inline std::vector<double> cloud_centres(const Clouds& clouds) {
  Random random(clouds.seed);
  std::vector<double> centres(clouds.class_count * clouds.feature_count);
  for (double& value : centres) value = random.truncated_normal();
  return centres;
}

// One more sample of a cloud; `random` decides which.
inline std::vector<float> draw_sample(const Clouds& clouds, const std::vector<double>& centres,
                                      std::size_t class_index, Random& random) {
  std::vector<float> sample(clouds.feature_count);
  for (std::size_t j = 0; j < sample.size(); ++j) {
    const double centre = centres[class_index * clouds.feature_count + j];
    sample[j] = static_cast<float>(3 + centre + clouds.spread * random.truncated_normal());
  }
  return sample;
}

inline SampleStore cloud_store(const Clouds& clouds) {
  SampleStore store(clouds.feature_count);
  const std::vector<double> centres = cloud_centres(clouds);
  Random random(clouds.seed + 1);
  for (std::size_t c = 0; c < clouds.class_count; ++c) {
    const ClassId id = store.add_class("class " + std::to_string(c));
    for (std::size_t i = 0; i < clouds.samples_per_class; ++i) {
      (void)store.add_sample(id, draw_sample(clouds, centres, c, random));
    }
  }
  return store;
}

// Runs to the end; an error ends it too.
inline Result<Trainer> train(SampleStore& store, const TrainOptions& options, const ComputePool& pool) {
  Result<Trainer> trainer = Trainer::start(store.training_set(), store.classes(), options, pool);
  if (!trainer) return trainer;
  for (;;) {
    const Result<TrainProgress> progress = trainer.value().step();
    if (!progress) return progress.error();
    if (progress.value().done) return trainer;
  }
}

// How many of `count` fresh samples per class a head gets right, as a part of all.
inline double fresh_accuracy(const Head& head, const Clouds& clouds, std::size_t count = 50) {
  const std::vector<double> centres = cloud_centres(clouds);
  Random random(clouds.seed + 1000);
  std::size_t right = 0;
  std::vector<float> logits(clouds.class_count);
  for (std::size_t c = 0; c < clouds.class_count; ++c) {
    for (std::size_t i = 0; i < count; ++i) {
      if (!head_logits(head, draw_sample(clouds, centres, c, random), logits)) return -1;
      std::size_t best = 0;
      for (std::size_t k = 1; k < logits.size(); ++k) best = logits[k] > logits[best] ? k : best;
      right += best == c ? 1 : 0;
    }
  }
  return static_cast<double>(right) / static_cast<double>(count * clouds.class_count);
}

}  // namespace headstart::test
