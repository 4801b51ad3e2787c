// How long training takes: bench_training [--threads N] [--mlp], prints JSON. The embeddings are made up,
// like those of a ReLU network in that most features are small and many are zero, and overlap enough for
// about 90 % accuracy.
#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "headstart/headstart.h"

namespace {

using namespace headstart;

constexpr std::size_t kFeatureCount = 1280;
constexpr int kRepeatCount = 7;

struct Case {
  const char* name;
  std::size_t class_count;
  std::size_t samples_per_class;
};
constexpr Case kCases[] = {{"3x50", 3, 50}, {"5x100", 5, 100}, {"10x500", 10, 500}};

// A few dozen hidden causes, as pictures have: the spectrum of the samples falls off like that of real
// embeddings.
SampleStore make_samples(const Case& shape) {
  constexpr std::size_t kCauseCount = 60;
  Random random(1);
  std::vector<double> mixing(kFeatureCount * kCauseCount);
  for (double& value : mixing) value = random.truncated_normal();
  std::vector<double> centres(shape.class_count * kCauseCount);
  for (double& value : centres) value = random.truncated_normal();
  SampleStore store(kFeatureCount);
  std::vector<float> sample(kFeatureCount);
  for (std::size_t c = 0; c < shape.class_count; ++c) {
    const ClassId id = store.add_class("class");
    for (std::size_t i = 0; i < shape.samples_per_class; ++i) {
      double causes[kCauseCount];
      for (std::size_t k = 0; k < kCauseCount; ++k) {
        const double strength = 1.0 / (1.0 + 0.1 * static_cast<double>(k));
        causes[k] = strength * (0.45 * centres[c * kCauseCount + k] + random.truncated_normal());
      }
      for (std::size_t j = 0; j < kFeatureCount; ++j) {
        double value = 0.8 * random.truncated_normal() - 0.5;
        for (std::size_t k = 0; k < kCauseCount; ++k) value += 0.35 * mixing[j * kCauseCount + k] * causes[k];
        sample[j] = static_cast<float>(std::clamp(value, 0.0, 6.0));
      }
      (void)store.add_sample(id, sample);
    }
  }
  return store;
}

struct Timing {
  double least_ms = 1e300;
  double median_ms = 0;
  double longest_step_ms = 0;  // the least over the repetitions of each one's longest
  TrainReport report;
};

double now_ms() {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

Timing time_training(SampleStore& store, const TrainOptions& options, const ComputePool& pool,
                     int repeat_count) {
  Timing timing;
  timing.longest_step_ms = 1e300;
  std::vector<double> all;
  for (int repeat = 0; repeat < repeat_count; ++repeat) {
    const double start = now_ms();
    Result<Trainer> trainer = Trainer::start(store.training_set(), store.classes(), options, pool);
    double longest = now_ms() - start;
    for (bool done = !trainer; !done;) {
      const double before = now_ms();
      const Result<TrainProgress> progress = trainer.value().step();
      longest = std::max(longest, now_ms() - before);
      done = !progress || progress.value().done;
    }
    all.push_back(now_ms() - start);
    timing.longest_step_ms = std::min(timing.longest_step_ms, longest);
    if (trainer) timing.report = trainer.value().report();
  }
  std::sort(all.begin(), all.end());
  timing.least_ms = all.front();
  timing.median_ms = all[all.size() / 2];
  return timing;
}

void print(const Case& shape, const char* what, const Timing& timing, bool first) {
  std::printf(
      "%s\n    {\"samples\": \"%s\", \"what\": \"%s\", \"least_ms\": %.2f, \"median_ms\": %.2f, "
      "\"longest_step_ms\": %.2f, "
      "\"accuracy\": %.4f, \"l2\": %.3g, \"strengths_tried\": %zu, \"evaluations\": %zu}",
      first ? "" : ",", shape.name, what, timing.least_ms, timing.median_ms, timing.longest_step_ms,
      timing.report.metrics.accuracy, timing.report.l2, timing.report.l2_candidates.size(),
      timing.report.evaluation_count);
}

}  // namespace

int main(int argc, char** argv) {
  std::size_t thread_count = 1;
  bool with_mlp = false;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--mlp") with_mlp = true;
    if (argument == "--threads" && i + 1 < argc) {
      std::from_chars(argv[i + 1], argv[i + 1] + std::strlen(argv[i + 1]), thread_count);
    }
  }
  const Result<ComputePool> pool = ComputePool::create(thread_count);
  if (!pool) {
    std::fprintf(stderr, "%s\n", pool.error().message.c_str());
    return 1;
  }
  std::printf("{\n  \"feature_count\": %zu, \"thread_count\": %zu, \"results\": [", kFeatureCount,
              thread_count);
  bool first = true;
  for (const Case& shape : kCases) {
    SampleStore store = make_samples(shape);
    const int repeat_count = shape.class_count * shape.samples_per_class > 1000 ? 2 : kRepeatCount;
    const Timing validated = time_training(store, {}, pool.value(), repeat_count);
    print(shape, "logistic, cross-validated", validated, first);
    first = false;
    const TrainOptions single{
        .l2 = validated.report.l2, .temperature = validated.report.temperature, .fold_count = 0};
    print(shape, "logistic, one fit", time_training(store, single, pool.value(), repeat_count), false);
    print(shape, "nearest mean",
          time_training(store, {.head = HeadKind::kNearestMean}, pool.value(), repeat_count), false);
    if (with_mlp) print(shape, "mlp", time_training(store, {.head = HeadKind::kMlp}, pool.value(), 1), false);
  }
  std::printf("\n  ]\n}\n");
  return 0;
}
