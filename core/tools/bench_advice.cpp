// What the recommended way of training reaches on pictures of a person's own that nobody trained on, beside
// every candidate: what npm run bench shows.
//
//   bench_advice BACKBONE PICTURES SEED_COUNT PER_CLASS …
//
// PICTURES as tools/pictures.h reads them. For each PER_CLASS and seed, that many pictures of each class are
// drawn, the heads that the library's advice measures are cross-validated on them and one is recommended; all
// are tested on all other pictures. Prints one line of JSON.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "headstart/headstart.h"
#include "pictures.h"

namespace {

using namespace headstart;
using namespace headstart::tools;

// The features of every picture and of its views, embedded once for all draws.
struct Rows {
  std::vector<FeatureBlock> blocks;
  std::size_t width = 0;
  std::size_t view_count = 0;
  std::vector<float> values;  // [picture_count, 1 + view_count, width]

  [[nodiscard]] std::span<const float> of(std::uint32_t picture) const {
    return std::span(values).subspan(picture * (1 + view_count) * width, width);
  }
  [[nodiscard]] std::span<const float> views_of(std::uint32_t picture) const {
    return std::span(values).subspan((picture * (1 + view_count) + 1) * width, view_count * width);
  }
};

Rows embed_all(std::span<const std::uint8_t> file, const Pictures& pictures, const ComputePool& pool) {
  Watcher watcher(file, pictures, {}, pool);
  const auto blocks = watcher.backbone().feature_blocks();
  Rows rows;
  rows.blocks.assign(blocks.begin(), blocks.end());
  rows.width = watcher.backbone().feature_count();
  rows.view_count = views().size();
  std::vector<float> row(rows.width);
  for (std::uint32_t picture = 0; picture < pictures.frames.size(); ++picture) {
    for (std::size_t view = 0; view <= rows.view_count; ++view) {
      watcher.look(picture, view);
      watcher.backbone().features(0, row);
      rows.values.insert(rows.values.end(), row.begin(), row.end());
    }
  }
  return rows;
}

// The maps that a head reads, the mean of both looks where it looks twice.
std::vector<float> as_read(const Rows& rows, std::uint32_t picture, const Head& head) {
  const auto selected = need(select_features(rows.blocks, head.features));
  std::vector<float> features(head.feature_count);
  gather_features(rows.of(picture), selected, features);
  if (head.second_look == SecondLook::kNo) return features;
  std::vector<float> mirrored(head.feature_count);
  gather_features(rows.views_of(picture).first(rows.width), selected, mirrored);
  for (std::size_t i = 0; i < features.size(); ++i) features[i] = 0.5F * (features[i] + mirrored[i]);
  return features;
}

double accuracy_of(const Head& head, const Rows& rows, const Pictures& pictures,
                   std::span<const std::uint32_t> test) {
  std::vector<float> logits(head.class_count());
  std::size_t right = 0;
  for (const std::uint32_t picture : test) {
    need(head_logits(head, as_read(rows, picture, head), logits));
    const auto best = std::max_element(logits.begin(), logits.end()) - logits.begin();
    right += static_cast<std::uint32_t>(best) == pictures.classes[picture] ? 1 : 0;
  }
  return static_cast<double>(right) / static_cast<double>(std::max<std::size_t>(test.size(), 1));
}

// The last layer's numbers of full rows [count, width].
std::vector<float> last_of(std::span<const float> full, const Rows& rows) {
  const FeatureBlock& last = rows.blocks.back();
  std::vector<float> result;
  for (std::size_t at = 0; at < full.size(); at += rows.width) {
    const auto own = full.subspan(at + last.offset, last.count);
    result.insert(result.end(), own.begin(), own.end());
  }
  return result;
}

bool mirror_harms(TrainingSetView samples, const Rows& rows, const ComputePool& pool) {
  const std::vector<float> own = last_of(samples.embeddings, rows);
  std::vector<float> mirrored;
  for (const std::span<const float> of_sample : samples.views) {
    const std::vector<float> row = last_of(of_sample.first(rows.width), rows);
    mirrored.insert(mirrored.end(), row.begin(), row.end());
  }
  samples.embeddings = own;
  samples.feature_count = rows.blocks.back().count;
  samples.blocks = {};
  DataEvidence evidence;
  evidence.samples = samples;
  evidence.mirrored = mirrored;
  return need(judge_mirror(evidence, pool)) == MirrorVerdict::kHarms;
}

struct Candidate {
  std::string strategy;
  TrainOptions options;
};

// The heads that advice measures; what trains layers too would take too long here.
std::vector<Candidate> candidates_for(const Rows& rows, bool without_mirror, std::uint64_t seed) {
  std::vector<Candidate> candidates;
  for (const Strategy& strategy : strategies(rows.blocks)) {
    if (strategy.is_measured && !strategy.tuning)
      candidates.push_back({strategy.name, train_options(strategy, seed, without_mirror)});
  }
  return candidates;
}

CandidateResult result_of(const TrainReport& report, std::span<const std::uint32_t> classes,
                          const std::string& strategy, std::size_t simplicity) {
  CandidateResult result{strategy, simplicity, report.held_out_rows, {}, {}};
  for (std::size_t k = 0; k < report.held_out_rows.size(); ++k) {
    result.right.push_back(report.held_out_predictions[k] == classes[report.held_out_rows[k]] ? 1 : 0);
    result.log_losses.push_back(static_cast<float>(report.held_out_log_losses[k]));
  }
  return result;
}

void measure_draw(const Rows& rows, const Pictures& pictures, std::size_t per_class, std::uint64_t seed,
                  const ComputePool& pool) {
  const Draw drawn = draw(pictures, per_class, pictures.classes.size(), seed);
  SampleStore store(rows.blocks);
  std::vector<ClassId> ids;
  for (std::size_t c = 0; c < pictures.class_count; ++c) ids.push_back(store.add_class(std::to_string(c)));
  for (const std::uint32_t picture : drawn.train) {
    const SampleId id = need(store.add_sample(ids[pictures.classes[picture]], rows.of(picture)));
    need(store.set_views(id, rows.views_of(picture)));
  }
  const TrainingSetView samples = store.training_set();
  const bool without_mirror = mirror_harms(samples, rows, pool);
  std::vector<CandidateResult> results;
  std::printf("{\"seed\":%llu,\"mirror_harms\":%s,\"accuracies\":{", static_cast<unsigned long long>(seed),
              without_mirror ? "true" : "false");
  for (const Candidate& candidate : candidates_for(rows, without_mirror, seed)) {
    Trainer trainer = need(Trainer::start(samples, store.classes(), candidate.options, pool));
    while (!need(trainer.step()).done) continue;
    results.push_back(result_of(trainer.report(), samples.class_indices, candidate.strategy, results.size()));
    std::printf("%s\"%s\":%.4f", results.size() > 1 ? "," : "", candidate.strategy.c_str(),
                accuracy_of(trainer.head(), rows, pictures, drawn.test));
  }
  const Recommendation chosen = recommend(results, results.size() - 1);
  std::printf("},\"recommended\":\"%s\",\"reason\":\"%s\"}", results[chosen.recommended].strategy.c_str(),
              name_of(chosen.reason.code));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 5) fail("usage: bench_advice BACKBONE PICTURES SEED_COUNT PER_CLASS …");
  const std::vector<std::uint8_t> file = read_file(argv[1]);
  const Pictures pictures = read_pictures(argv[2]);
  const std::uint64_t seed_count = std::strtoull(argv[3], nullptr, 10);
  auto pool = ComputePool::create(2);
  const ComputePool threads = pool ? std::move(pool).value() : need(ComputePool::create(1));
  const Rows rows = embed_all(file, pictures, threads);
  std::printf("[");
  for (int at = 4; at < argc; ++at) {
    const std::size_t per_class = std::strtoull(argv[at], nullptr, 10);
    std::printf("%s{\"per_class\":%zu,\"draws\":[", at > 4 ? "," : "", per_class);
    for (std::uint64_t seed = 1; seed <= seed_count; ++seed) {
      if (seed > 1) std::printf(",");
      measure_draw(rows, pictures, per_class, seed, threads);
    }
    std::printf("]}");
    std::fflush(stdout);
  }
  std::printf("]\n");
  return 0;
}
