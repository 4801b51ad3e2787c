// How fast fine-tuning is, against the matrix product alone: one epoch over 500 pictures from cached maps.
//
//   bench_fine_tune BACKBONE.safetensors [BLOCKS=3] [THREADS=2] [PICTURES=500]
//
// BLOCKS 0 is the last convolution, 17 the whole network. The maps are random: the time does not depend on
// them. Prints one line of JSON.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "base/matrix_product.h"
#include "headstart/fine_tuner.h"
#include "tool.h"

using namespace headstart;
using namespace headstart::tools;

namespace {

constexpr std::uint32_t kClassCount = 5;
constexpr int kRepeats = 30;

double now_s() {
  const auto since = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double>(since).count();
}

// The best of many runs of a large square product, in multiply-adds per second.
double measure_peak(const ComputePool& pool) {
  constexpr std::size_t kSide = 1024;
  MatrixProduct product = need(MatrixProduct::create(RightLayout::kColumnsByInner, pool));
  auto a = need(PaddedBuffer<float>::create(kSide * kSide));
  auto b = need(PaddedBuffer<float>::create(kSide * kSide));
  auto out = need(PaddedBuffer<float>::create(kSide * kSide));
  double best_s = 1e9;
  for (int i = 0; i < kRepeats; ++i) {
    const double begin = now_s();
    const Status status = product.run({.left = a.data(),
                                       .right = b.data(),
                                       .out = out.data(),
                                       .row_count = kSide,
                                       .inner_count = kSide,
                                       .column_count = kSide});
    if (!status) fail(status.error().message);
    best_s = std::min(best_s, now_s() - begin);
  }
  return static_cast<double>(kSide * kSide * kSide) / best_s;
}

// Supplies what is wanted, then steps; returns the seconds of the step alone.
double timed_step(FineTuner& tuner, std::vector<float>& map, FineTuneProgress& progress) {
  const std::vector<std::uint32_t> wanted(tuner.wanted_views().begin(), tuner.wanted_views().end());
  for (const std::uint32_t view : wanted) {
    std::uint32_t state = view * 2654435761U + 1;
    for (float& value : map) {
      state = state * 1664525U + 1013904223U;
      value = static_cast<float>(state >> 8U) * 0x1p-23F - 1.0F;
    }
    const Status status = tuner.supply_map(view, map);
    if (!status) fail(status.error().message);
  }
  const double begin = now_s();
  progress = need(tuner.step());
  return now_s() - begin;
}

FineTuneOptions options_for(std::size_t block_count) {
  FineTuneOptions options;
  options.epoch_count = 3;
  options.block_count = block_count;
  if (block_count == 0) options.part = TrainedPart::kLastConvolution;
  if (block_count == 17) options.part = TrainedPart::kWholeNetwork;
  // Few are held out, so that an epoch is about the training.
  options.held_out_fraction = 0;
  return options;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) fail("bench_fine_tune BACKBONE.safetensors [BLOCKS=3] [THREADS=2] [PICTURES=500]");
  const std::vector<std::uint8_t> file = read_file(argv[1]);
  const auto number = [&](int at, std::size_t otherwise) {
    return argc > at ? static_cast<std::size_t>(std::strtoul(argv[at], nullptr, 10)) : otherwise;
  };
  const FineTuneOptions options = options_for(number(2, 3));
  const ComputePool pool = need(ComputePool::create(number(3, 2)));
  const auto picture_count = static_cast<std::uint32_t>(number(4, 500));

  std::vector<FineTuneView> views;
  for (std::uint32_t i = 0; i < picture_count + kClassCount; ++i) views.push_back({i, i % kClassCount});
  const std::vector<std::string> labels{"a", "b", "c", "d", "e"};
  FineTuner tuner = need(FineTuner::start(file, 224, views, labels, options, nullptr, pool));
  std::vector<float> map(tuner.border_size());

  std::vector<double> epoch_s(options.epoch_count);
  FineTuneProgress progress;
  while (!progress.done) {
    const std::size_t epoch = progress.epoch;
    const bool tuning = progress.stage == FineTuneStage::kTuning;
    const double step_s = timed_step(tuner, map, progress);
    if (tuning) epoch_s[epoch] += step_s;
  }
  const double best_s = *std::min_element(epoch_s.begin(), epoch_s.end());
  const double peak = measure_peak(pool);
  const FineTuneReport& report = tuner.report();
  const double work =
      static_cast<double>(report.view_multiply_adds) * static_cast<double>(report.train_picture_count);
  std::printf(
      "{\"border\":\"%s\",\"trained_weight_count\":%zu,\"frozen_weight_count\":%zu,\"threads\":%zu,"
      "\"picture_count\":%zu,\"epoch_s\":%.4f,\"multiply_adds_per_s\":%.4g,\"peak_multiply_adds_per_s\":%.4g,"
      "\"memory_bytes\":%zu,\"cache_bytes\":%zu}\n",
      report.border.c_str(), report.trained_weight_count, report.frozen_weight_count, pool.thread_count(),
      report.train_picture_count, best_s, work / best_s, peak, tuner.memory_bytes(), tuner.cache_bytes());
  return 0;
}
