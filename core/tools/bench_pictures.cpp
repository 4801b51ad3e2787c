// What fine-tuning and the judge of unknown pictures reach on pictures of a person's own: what npm run bench
// shows.
//
//   bench_pictures fine-tune BACKBONE PICTURES PER_CLASS SEED
//                            [BLOCKS=3] [TEST_PER_CLASS=all] [EPOCHS=12] [VIEWS=0]
//   bench_pictures unknown BACKBONE PICTURES PER_CLASS SEED_COUNT [KNOWN_CLASSES=7]
//
// PICTURES, little-endian: picture_count, class_count (u32 each), then per picture class_index, width_px,
// height_px (u32 each) and RGBA bytes. BLOCKS 0 is the last convolution, 17 the whole network. VIEWS is how
// many of views() each picture is trained with besides itself. Prints one line of JSON.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "headstart/headstart.h"
#include "pictures.h"
#include "tuning.h"

namespace {

using namespace headstart;
using namespace headstart::tools;

double now_s() {
  const auto since = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double>(since).count();
}

Trainer trained(const std::vector<float>& features, std::size_t feature_count,
                const std::vector<std::uint32_t>& classes, std::size_t class_count, std::uint64_t seed,
                const ComputePool& pool) {
  SampleStore store(feature_count);
  std::vector<ClassId> ids;
  for (std::size_t c = 0; c < class_count; ++c) ids.push_back(store.add_class(std::to_string(c)));
  for (std::size_t i = 0; i < classes.size(); ++i) {
    need(store.add_sample(ids.at(classes[i]), std::span(features).subspan(i * feature_count, feature_count)));
  }
  TrainOptions options;
  options.seed = seed;
  Trainer trainer = need(Trainer::start(store.training_set(), store.classes(), options, pool));
  while (!need(trainer.step()).done) continue;
  return trainer;
}

std::vector<float> logits_of(const Head& head, std::span<const float> features) {
  std::vector<float> logits(head.class_count());
  need(head_logits(head, features, logits));
  return logits;
}

double accuracy_of(const Head& head, Watcher& watcher, const Pictures& pictures,
                   std::span<const std::uint32_t> test) {
  std::size_t right = 0;
  for (const std::uint32_t picture : test) {
    watcher.look(picture, 0);
    const std::vector<float> logits = logits_of(head, watcher.backbone().embedding(0));
    const auto best = std::max_element(logits.begin(), logits.end()) - logits.begin();
    right += static_cast<std::uint32_t>(best) == pictures.classes[picture] ? 1 : 0;
  }
  return static_cast<double>(right) / static_cast<double>(std::max<std::size_t>(test.size(), 1));
}

struct FineTuneJob {
  std::size_t per_class = 60;
  std::uint64_t seed = 1;
  std::size_t block_count = 3;
  std::size_t test_per_class = static_cast<std::size_t>(-1) / 2;
  std::size_t epoch_count = 12;
  std::size_t view_count = 0;
};

FineTuneOptions options_of(const FineTuneJob& job) {
  FineTuneOptions options;
  options.head = HeadKind::kDiscriminant;  // as strategies have it
  options.block_count = job.block_count;
  options.epoch_count = job.epoch_count;
  options.seed = job.seed;
  if (job.block_count == 0) options.part = TrainedPart::kLastConvolution;
  if (job.block_count == 17) options.part = TrainedPart::kWholeNetwork;
  return options;
}

int fine_tune(const std::vector<std::uint8_t>& file, const Pictures& pictures, const FineTuneJob& job,
              const ComputePool& pool) {
  const Draw drawn = draw(pictures, job.per_class, job.test_per_class, job.seed);
  Watcher plain(file, pictures, {}, pool);
  const std::size_t feature_count = plain.backbone().info().embedding_dim;
  std::vector<float> features;
  std::vector<std::uint32_t> classes;
  for (const std::uint32_t picture : drawn.train) {
    plain.look(picture, 0);
    const auto embedding = plain.backbone().embedding(0);
    features.insert(features.end(), embedding.begin(), embedding.end());
    classes.push_back(pictures.classes[picture]);
  }
  const Trainer head_alone = trained(features, feature_count, classes, pictures.class_count, job.seed, pool);
  const double head_accuracy = accuracy_of(head_alone.head(), plain, pictures, drawn.test);

  const double begin = now_s();
  const FineTuner tuner =
      tune(file, pictures, drawn, options_of(job), job.view_count, head_alone.head(), pool);
  const double elapsed_s = now_s() - begin;
  const FineTuned& tuned = tuner.result();
  double tuned_accuracy = head_accuracy;
  if (!tuned.tensors.empty()) {
    Watcher changed(changed_network(file, tuned, pool), pictures);
    tuned_accuracy = accuracy_of(tuned.head, changed, pictures, drawn.test);
  }
  const FineTuneReport& report = tuner.report();
  std::printf(
      "{\"border\":\"%s\",\"train_count\":%zu,\"test_count\":%zu,\"head_accuracy\":%.4f,\"tuned_accuracy\":%."
      "4f,"
      "\"held_out_head\":%.4f,\"held_out_tuned\":%.4f,\"better_than_head\":%s,\"best_epoch\":%zu,"
      "\"epoch_count\":%zu,\"elapsed_s\":%.1f,\"memory_bytes\":%zu}\n",
      report.border.c_str(), drawn.train.size(), drawn.test.size(), head_accuracy, tuned_accuracy,
      report.head_alone.accuracy, report.fine_tuned.accuracy, report.better_than_head ? "true" : "false",
      report.best_epoch, report.epochs.size(), elapsed_s, tuner.memory_bytes());
  return 0;
}

// The chance that a known picture scores above an unknown one (Mann & Whitney 1947).
double area_under_curve(const std::vector<double>& known, const std::vector<double>& unknown) {
  std::vector<double> sorted = unknown;
  std::sort(sorted.begin(), sorted.end());
  double sum = 0;
  for (const double value : known) {
    const auto [low, high] = std::equal_range(sorted.begin(), sorted.end(), value);
    sum += static_cast<double>(low - sorted.begin()) + 0.5 * static_cast<double>(high - low);
  }
  return sum / static_cast<double>(std::max<std::size_t>(known.size() * unknown.size(), 1));
}

// The ways of telling that are shown side by side; the last is the one that predict uses.
enum Method : std::size_t { kLargestProbability, kEnergy, kNeighbours, kJudge, kMethodCount };

struct Scores {
  std::vector<double> known[kMethodCount];
  std::vector<double> unknown[kMethodCount];
};

// Mean cosine similarity to the three nearest rows, all less the rows' mean (CL2N, Wang et al. 2019).
class NearestRows {
 public:
  NearestRows(std::span<const float> rows, std::size_t width) : mean_(width), width_(width) {
    const std::size_t row_count = rows.size() / width;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      mean_[i % width] += static_cast<double>(rows[i]) / static_cast<double>(row_count);
    }
    for (std::size_t i = 0; i < rows.size(); i += width) rows_.push_back(centred(rows.subspan(i, width)));
  }

  [[nodiscard]] double nearness(std::span<const float> features) const {
    const std::vector<double> query = centred(features);
    std::vector<double> similarities;
    for (const std::vector<double>& row : rows_) {
      similarities.push_back(std::inner_product(query.begin(), query.end(), row.begin(), 0.0));
    }
    std::partial_sort(similarities.begin(), similarities.begin() + 3, similarities.end(), std::greater<>());
    return similarities[0] + similarities[1] + similarities[2];
  }

 private:
  [[nodiscard]] std::vector<double> centred(std::span<const float> row) const {
    std::vector<double> values(width_);
    double square = 1e-30;
    for (std::size_t j = 0; j < width_; ++j) {
      values[j] = static_cast<double>(row[j]) - mean_[j];
      square += values[j] * values[j];
    }
    for (double& value : values) value /= std::sqrt(square);
    return values;
  }

  std::vector<double> mean_;
  std::size_t width_;
  std::vector<std::vector<double>> rows_;
};

double largest_probability(std::vector<float> logits, double& energy) {
  const auto largest = static_cast<double>(*std::max_element(logits.begin(), logits.end()));
  double sum = 0;
  for (const float logit : logits) sum += std::exp(static_cast<double>(logit) - largest);
  energy = largest + std::log(sum);
  return 1 / sum;
}

// One split: some classes known, the others not; every picture that was not trained on is judged.
Scores judge_split(const Pictures& pictures, const std::vector<float>& features,
                   const std::vector<std::size_t>& map_sizes, std::size_t per_class, std::size_t known_count,
                   std::uint64_t seed, const ComputePool& pool) {
  const std::size_t feature_count = std::accumulate(map_sizes.begin(), map_sizes.end(), std::size_t{0});
  std::vector<std::uint32_t> order;
  for (std::uint32_t c = 0; c < pictures.class_count; ++c) order.push_back(c);
  Random random(seed + 1000);
  shuffle(order, random);
  std::vector<std::uint32_t> position(pictures.class_count);
  for (std::uint32_t i = 0; i < order.size(); ++i) position[order[i]] = i;
  const Draw drawn = draw(pictures, per_class, pictures.classes.size(), seed);
  const auto row = [&](std::uint32_t picture) {
    return std::span(features).subspan(picture * feature_count, feature_count);
  };
  std::vector<float> rows;
  std::vector<std::uint32_t> classes;
  for (const std::uint32_t picture : drawn.train) {
    if (position[pictures.classes[picture]] >= known_count) continue;
    rows.insert(rows.end(), row(picture).begin(), row(picture).end());
    classes.push_back(position[pictures.classes[picture]]);
  }
  const Trainer trainer = trained(rows, feature_count, classes, known_count, seed, pool);
  const NearestRows neighbours(rows, feature_count);
  KnownJudge judge = need(KnownJudge::fit({rows, map_sizes, classes, known_count}, {}, pool));
  Scores scores;
  for (const std::uint32_t picture : drawn.test) {
    const bool known = position[pictures.classes[picture]] < known_count;
    auto& side = known ? scores.known : scores.unknown;
    const std::vector<float> logits = logits_of(trainer.head(), row(picture));
    double energy = 0;
    side[kLargestProbability].push_back(largest_probability(logits, energy));
    side[kEnergy].push_back(energy);
    side[kNeighbours].push_back(neighbours.nearness(row(picture)));
    side[kJudge].push_back(need(judge.known(row(picture))));
  }
  return scores;
}

int unknown(const std::vector<std::uint8_t>& file, const Pictures& pictures, std::size_t per_class,
            std::uint64_t seed_count, std::size_t known_count, const ComputePool& pool) {
  Watcher watcher(file, pictures, {}, pool);
  const auto blocks = watcher.backbone().feature_blocks();
  const auto selected = need(select_features(blocks, known_features(blocks)));
  const std::size_t last_count = watcher.backbone().info().embedding_dim;
  const std::size_t joined_count = feature_count_of(selected);
  std::vector<std::size_t> map_sizes;
  for (const FeatureBlock& block : selected) map_sizes.push_back(block.count);
  std::vector<float> last;
  std::vector<float> joined(pictures.frames.size() * joined_count);
  std::vector<float> all(watcher.backbone().feature_count());
  for (std::uint32_t i = 0; i < pictures.frames.size(); ++i) {
    watcher.look(i, 0);
    watcher.backbone().features(0, all);
    gather_features(all, selected, std::span(joined).subspan(i * joined_count, joined_count));
    const auto embedding = watcher.backbone().embedding(0);
    last.insert(last.end(), embedding.begin(), embedding.end());
  }
  const char* names[kMethodCount] = {"largest_probability", "energy", "neighbours", "judge"};
  for (const bool is_joined : {false, true}) {
    const std::vector<float>& features = is_joined ? joined : last;
    const std::vector<std::size_t> sizes = is_joined ? map_sizes : std::vector{last_count};
    std::vector<double> areas(kMethodCount);
    double kept = 0;
    double passed = 0;
    for (std::uint64_t seed = 1; seed <= seed_count; ++seed) {
      const Scores scores = judge_split(pictures, features, sizes, per_class, known_count, seed, pool);
      const auto part = [](const std::vector<double>& values) {
        const auto count =
            std::count_if(values.begin(), values.end(), [](double value) { return value >= 0.5; });
        return static_cast<double>(count) / static_cast<double>(std::max<std::size_t>(values.size(), 1));
      };
      for (std::size_t method = 0; method < kMethodCount; ++method) {
        areas[method] += area_under_curve(scores.known[method], scores.unknown[method]);
      }
      kept += part(scores.known[kJudge]);
      passed += part(scores.unknown[kJudge]);
    }
    const auto n = static_cast<double>(seed_count);
    std::printf("%s\"%s\":{", is_joined ? "," : "{", is_joined ? "joined" : "last");
    for (std::size_t method = 0; method < kMethodCount; ++method) {
      std::printf("\"%s\":%.4f,", names[method], areas[method] / n);
    }
    std::printf("\"kept_known\":%.4f,\"passed_unknown\":%.4f}", kept / n, passed / n);
  }
  std::printf("}\n");
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 6) fail("usage: bench_pictures fine-tune|unknown BACKBONE PICTURES PER_CLASS SEED …");
  const std::string mode = argv[1];
  const std::vector<std::uint8_t> file = read_file(argv[2]);
  const Pictures pictures = read_pictures(argv[3]);
  const auto number = [&](int at, std::size_t otherwise) {
    return argc > at ? static_cast<std::size_t>(std::strtoull(argv[at], nullptr, 10)) : otherwise;
  };
  auto pool = ComputePool::create(2);
  const ComputePool threads = pool ? std::move(pool).value() : need(ComputePool::create(1));
  if (mode == "unknown") return unknown(file, pictures, number(4, 20), number(5, 5), number(6, 7), threads);
  if (mode != "fine-tune") fail("expected fine-tune or unknown, got " + mode);
  FineTuneJob job;
  job.per_class = number(4, job.per_class);
  job.seed = number(5, job.seed);
  job.block_count = number(6, job.block_count);
  job.test_per_class = number(7, job.test_per_class);
  job.epoch_count = number(8, job.epoch_count);
  job.view_count = std::min(number(9, job.view_count), views().size());
  return fine_tune(file, pictures, job, threads);
}
