// A fine-tuning of a small random backbone, with maps that are made up: what tests of whole runs start from.
#pragma once

#include <doctest/doctest.h>

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "headstart/fine_tuner.h"
#include "support/random_backbone.h"
#include "support/split_mix.h"

namespace headstart::test {

inline const std::vector<std::string> kLabels{"left", "right"};

inline ComputePool pool_of(std::size_t threads) {
  auto pool = ComputePool::create(threads);
  REQUIRE(pool.ok());
  return std::move(pool).value();
}

inline const std::vector<std::uint8_t>& backbone_file() {
  static const std::vector<std::uint8_t> file =
      make_random_backbone({.width_multiplier = "0.1", .input_size_px = 96});
  return file;
}

// Two classes that differ in the first channels; two views of every picture.
struct Task {
  std::vector<FineTuneView> views;
  bool by_spread = false;  // the classes differ in their contrast instead, which no mean shows

  explicit Task(std::size_t per_class = 8) {
    for (std::uint32_t picture = 0; picture < 2 * per_class; ++picture) {
      views.push_back({picture, picture % 2});
      views.push_back({picture, picture % 2});
    }
  }

  [[nodiscard]] std::vector<float> map(std::uint32_t view, std::size_t size) const {
    SplitMix rng(99, view);
    std::vector<float> values(size);
    for (std::size_t i = 0; i < size; ++i) {
      const double tilt = i % 8 < 4 ? 0.3 : 0.0;
      const double sign = views[view].class_index == 0 ? 1.0 : -1.0;
      const double noise = 2 * rng.uniform() - 1;
      values[i] = static_cast<float>(by_spread ? (2 + sign) * noise : noise + tilt * sign);
    }
    return values;
  }
};

inline FineTuneOptions quick(TrainedPart part = TrainedPart::kLastBlocks) {
  FineTuneOptions options;
  options.part = part;
  options.epoch_count = 3;
  options.cut_channel_count = 16;
  return options;
}

inline FineTuner started(const Task& task, const FineTuneOptions& options, const ComputePool& pool) {
  auto tuner = FineTuner::start(backbone_file(), 96, task.views, kLabels, options, nullptr, pool);
  if (!tuner.ok()) MESSAGE(tuner.error().message);
  REQUIRE(tuner.ok());
  return std::move(tuner).value();
}

// What a run took.
struct Steps {
  std::size_t map_count = 0;
  std::size_t train_count = 0;
  std::size_t forward_count = 0;
};

// Runs to the end, calling `between` after every step.
inline Steps run_counting(FineTuner& tuner, const Task& task, const std::function<void()>& between = [] {}) {
  const std::size_t size = tuner.border_size();
  Steps steps;
  FineTuneProgress last;
  for (;;) {
    const std::vector<std::uint32_t> wanted(tuner.wanted_views().begin(), tuner.wanted_views().end());
    for (const std::uint32_t view : wanted) REQUIRE(tuner.supply_map(view, task.map(view, size)).ok());
    steps.map_count += wanted.size();
    const auto progress = tuner.step();
    if (!progress.ok()) MESSAGE(progress.error().message);
    REQUIRE(progress.ok());
    const FineTuneProgress& now = progress.value();
    CHECK(now.fraction >= last.fraction);
    const bool trained = last.train_step_count_ahead > now.train_step_count_ahead;
    steps.train_count += trained ? 1 : 0;
    const bool fitted = last.stage == FineTuneStage::kLinearProbe ||
                        (last.stage == FineTuneStage::kEmbedding && last.step_count_ahead == 0);
    steps.forward_count += !trained && !fitted ? 1 : 0;
    last = now;
    between();
    if (now.done) return steps;
  }
}

// What was told beforehand is what it then took.
inline void check_estimate(const FineTuneEstimate& estimate, const FineTuneOptions& options,
                           const FineTuner& tuner, const Steps& steps) {
  CHECK(estimate.border == tuner.border());
  CHECK(estimate.trained_weight_count == tuner.report().trained_weight_count);
  CHECK(estimate.frozen_weight_count == tuner.report().frozen_weight_count);
  CHECK(estimate.train_step_count == steps.train_count);
  CHECK(steps.forward_count <= estimate.forward_step_count);
  CHECK(estimate.cache_bytes >= tuner.cache_bytes());
  CHECK(estimate.memory_bytes >= tuner.memory_bytes());
  CHECK(estimate.memory_bytes < 2 * tuner.memory_bytes());
  if (options.cache_budget_bytes > 0) CHECK(estimate.frozen_pass_count == steps.map_count);
}

// … and returns how many maps were asked for.
inline std::size_t run(FineTuner& tuner, const Task& task, const std::function<void()>& between = [] {}) {
  return run_counting(tuner, task, between).map_count;
}

// A new convolution on classes that differ in their contrast, better than the head alone: which pictures are
// held out decides whether that one is right on all of them by chance.
inline FineTuner gaining_by_spread(const Task& task, HeadKind head, const ComputePool& pool) {
  FineTuneOptions options = quick(TrainedPart::kCut);
  options.epoch_count = 24;
  options.patience_epochs = 24;
  options.learning_rate = 0.05;
  options.head = head;
  FineTuner tuner = started(task, options, pool);
  run(tuner, task);
  for (options.seed = 2; !tuner.report().better_than_head && options.seed <= 12; ++options.seed) {
    tuner = started(task, options, pool);
    run(tuner, task);
  }
  REQUIRE(tuner.report().better_than_head);
  return tuner;
}

}  // namespace headstart::test
