// How often ways of training are right on pictures of a person's own, as they would be used: with views where
// the way has them, looking twice where it does.
//
//   bench_ways [int8:]BACKBONE[,BACKBONE…] PICTURES SEED_COUNT PER_CLASS[,PER_CLASS…] WAY…
//
// PICTURES as bench_pictures has them. Several BACKBONEs look at once, in bytes where "int8:" is before them.
// A WAY is a strategy's name, or "head" and a kind of head: "head:mlp". Each draw trains on PER_CLASS
// pictures of each class and is tested on all others. Prints one line of JSON: for each way and number the
// mean accuracy, what the report claimed, and the log loss.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "headstart/headstart.h"
#include "headstart/names.h"
#include "pictures.h"
#include "tuning.h"

namespace {

using namespace headstart;
using namespace headstart::tools;

std::vector<std::string> parts_of(std::string_view text) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t comma = text.find(',');
    parts.emplace_back(text.substr(0, comma));
    if (comma == std::string_view::npos) return parts;
    text.remove_prefix(comma + 1);
  }
}

std::vector<std::uint8_t> read_backbones(std::string_view text) {
  std::vector<std::vector<std::uint8_t>> files;
  std::vector<double> shares;
  for (const std::string& part : parts_of(text)) {
    const std::size_t star = part.rfind('*');
    files.push_back(read_file(part.substr(0, star).c_str()));
    shares.push_back(star == std::string::npos ? 1 : std::strtod(part.c_str() + star + 1, nullptr));
  }
  if (files.size() == 1) return std::move(files.front());
  const std::vector<std::span<const std::uint8_t>> spans(files.begin(), files.end());
  return joined_file(spans, shares);
}

Strategy way_of(std::string_view text, std::span<const FeatureBlock> blocks) {
  const std::size_t colon = text.find(':');
  Strategy strategy = need(strategy_named(blocks, text.substr(0, colon)));
  if (colon == std::string_view::npos) return strategy;
  for (const auto& [value, name] : names_of(HeadKind())) {
    if (name == text.substr(colon + 1)) strategy.head = value;
  }
  return strategy;
}

// What the backbone says of every picture, looked at once for all draws; views only where they are asked for.
class Rows {
 public:
  Rows(Watcher& watcher, std::size_t picture_count)
      : watcher_(watcher), rows_(picture_count * (1 + views().size())) {}

  // As Watcher::look counts views.
  std::span<const float> row(std::uint32_t picture, std::size_t view) {
    std::vector<float>& row = rows_[picture * (1 + views().size()) + view];
    if (row.empty()) {
      watcher_.look(picture, view);
      row.resize(watcher_.backbone().feature_count());
      watcher_.backbone().features(0, row);
    }
    return row;
  }

 private:
  Watcher& watcher_;
  std::vector<std::vector<float>> rows_;
};

struct Score {
  double accuracy = 0;
  double claimed = 0;
  double log_loss = 0;
};

void add(std::span<const float> probabilities, std::uint32_t truth, Score& score) {
  const auto best = std::ranges::max_element(probabilities) - probabilities.begin();
  score.accuracy += static_cast<std::uint32_t>(best) == truth ? 1 : 0;
  score.log_loss -= std::log(std::max(1e-12, static_cast<double>(probabilities[truth])));
}

Trainer train(Rows& rows, const Pictures& pictures, const Draw& drawn, const Strategy& way,
              std::span<const FeatureBlock> blocks, std::uint64_t seed, const ComputePool& pool) {
  SampleStore store(std::vector<FeatureBlock>(blocks.begin(), blocks.end()));
  std::vector<ClassId> ids;
  for (std::size_t c = 0; c < pictures.class_count; ++c) ids.push_back(store.add_class(std::to_string(c)));
  for (const std::uint32_t picture : drawn.train) {
    const SampleId sample = need(store.add_sample(ids[pictures.classes[picture]], rows.row(picture, 0)));
    if (!way.views) continue;
    std::vector<float> all;
    for (std::size_t view = 1; view <= views().size(); ++view) {
      const std::span<const float> row = rows.row(picture, view);
      all.insert(all.end(), row.begin(), row.end());
    }
    need(store.set_views(sample, all));
  }
  Trainer trainer = need(Trainer::start(store.training_set(), store.classes(),
                                        train_options(way, seed, /*mirror_harms=*/false), pool));
  while (!need(trainer.step()).done) continue;
  return trainer;
}

Score test(const Trainer& trainer, Rows& rows, const Pictures& pictures, const Draw& drawn,
           std::span<const FeatureBlock> blocks) {
  const Head& head = trainer.head();
  const std::vector<FeatureBlock> read = need(select_features(blocks, head.features));
  std::vector<float> features(head.feature_count);
  std::vector<float> mirrored(head.feature_count);
  std::vector<float> probabilities(head.class_count());
  Score score;
  for (const std::uint32_t picture : drawn.test) {
    gather_features(rows.row(picture, 0), read, features);
    if (head.second_look != SecondLook::kNo) {
      gather_features(rows.row(picture, 1), read, mirrored);  // the first view is the mirror image
      for (std::size_t k = 0; k < features.size(); ++k) features[k] = 0.5F * (features[k] + mirrored[k]);
    }
    need(head_probabilities(head, features, probabilities));
    add(probabilities, pictures.classes[picture], score);
  }
  const auto count = static_cast<double>(drawn.test.size());
  return {score.accuracy / count, trainer.report().metrics.accuracy, score.log_loss / count};
}

// Layers of the network trained too, with all views; the head alone where that was no better.
Score tune_and_test(const std::vector<std::uint8_t>& file, const Trainer& head_alone, Rows& rows,
                    const Pictures& pictures, const Draw& drawn, std::span<const FeatureBlock> blocks,
                    const FineTuneOptions& options, const ComputePool& pool) {
  const FineTuner tuner = tune(file, pictures, drawn, options, views().size(), head_alone.head(), pool);
  const FineTuned& tuned = tuner.result();
  if (tuned.tensors.empty()) return test(head_alone, rows, pictures, drawn, blocks);
  Watcher changed(changed_network(file, tuned, pool), pictures);
  std::vector<float> probabilities(tuned.head.class_count());
  Score score;
  for (const std::uint32_t picture : drawn.test) {
    changed.look(picture, 0);
    need(head_probabilities(tuned.head, changed.backbone().embedding(0), probabilities));
    add(probabilities, pictures.classes[picture], score);
  }
  const auto count = static_cast<double>(drawn.test.size());
  return {score.accuracy / count, tuner.report().fine_tuned.accuracy, score.log_loss / count};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 6) fail("usage: bench_ways [int8:]BACKBONE[,…] PICTURES SEED_COUNT PER_CLASS[,…] WAY…");
  const ComputePool pool = need(ComputePool::create(1));
  std::string_view backbones = argv[1];
  constexpr std::string_view kInBytes = "int8:";
  const Precision precision = backbones.starts_with(kInBytes) ? Precision::kInt8 : Precision::kFloat32;
  if (precision == Precision::kInt8) backbones.remove_prefix(kInBytes.size());
  const std::vector<std::uint8_t> file = read_backbones(backbones);
  const Pictures pictures = read_pictures(argv[2]);
  const std::uint64_t seed_count = std::strtoull(argv[3], nullptr, 10);
  Watcher watcher(file, pictures, {}, pool, precision);
  const std::span<const FeatureBlock> blocks = watcher.backbone().feature_blocks();
  Rows rows(watcher, pictures.frames.size());
  std::printf("{\"backbone\":\"%s\",\"cells\":[", watcher.backbone().info().name.c_str());
  const char* between = "";
  for (int at = 5; at < argc; ++at) {
    const Strategy way = way_of(argv[at], blocks);
    for (const std::string& number : parts_of(argv[4])) {
      const std::size_t per_class = std::strtoull(number.c_str(), nullptr, 10);
      Score mean;
      for (std::uint64_t seed = 1; seed <= seed_count; ++seed) {
        const Draw drawn = draw(pictures, per_class, pictures.frames.size(), seed);
        const Trainer trainer = train(rows, pictures, drawn, way, blocks, seed, pool);
        FineTuneOptions tuning = way.tuning.value_or(FineTuneOptions{});
        tuning.seed = seed;
        const Score score = way.tuning
                                ? tune_and_test(file, trainer, rows, pictures, drawn, blocks, tuning, pool)
                                : test(trainer, rows, pictures, drawn, blocks);
        const auto part = 1.0 / static_cast<double>(seed_count);
        mean.accuracy += part * score.accuracy;
        mean.claimed += part * score.claimed;
        mean.log_loss += part * score.log_loss;
      }
      std::printf("%s{\"way\":\"%s\",\"per_class\":%zu,\"accuracy\":%.4f,\"claimed\":%.4f,\"log_loss\":%.4f}",
                  between, argv[at], per_class, mean.accuracy, mean.claimed, mean.log_loss);
      between = ",";
      std::fflush(stdout);
    }
  }
  std::printf("]}\n");
  return 0;
}
