// Whether a picture is known to the head in use: the judge, fitted to the pictures that are there.
#include <algorithm>
#include <iterator>
#include <unordered_set>
#include <utility>

#include "session/state.h"

namespace headstart {

std::optional<std::uint32_t> TrainedHead::row_of(ClassId class_id) const {
  const auto found = std::ranges::find(class_ids, class_id);
  if (found == class_ids.end()) return std::nullopt;
  return static_cast<std::uint32_t>(found - class_ids.begin());
}

Status TrainedHead::judge_by(std::span<const float> rows, std::vector<FeatureBlock> blocks,
                             std::span<const std::uint32_t> class_indices, const ComputePool& pool) {
  std::vector<std::size_t> map_sizes;
  for (const FeatureBlock& block : blocks) map_sizes.push_back(block.count);
  if (blocks.empty()) map_sizes.push_back(head.feature_count);
  const KnownSamples samples{rows, map_sizes, class_indices, head.class_count()};
  Result<KnownJudge> fitted = KnownJudge::fit(samples, {}, pool);
  if (!fitted) return fitted.error();
  judge.emplace(std::move(fitted).value());
  judged_blocks = std::move(blocks);
  return {};
}

Status TrainedHead::judge_by(const KnownEvidence& evidence, std::span<const FeatureBlock> blocks,
                             const ComputePool& pool) {
  judged_blocks.clear();
  if (!evidence.features.empty()) {
    Result<std::vector<FeatureBlock>> selected = select_features(blocks, evidence.features);
    if (!selected) return selected.error();
    judged_blocks = std::move(selected).value();
  }
  Result<KnownJudge> restored = KnownJudge::restore(evidence, {}, pool);
  if (!restored) return restored.error();
  judge.emplace(std::move(restored).value());
  return {};
}

std::optional<KnownEvidence> TrainedHead::evidence(std::span<const std::uint8_t> is_counted) const {
  if (!judge) return std::nullopt;
  std::optional<KnownEvidence> evidence = judge->evidence();
  if (!evidence) return evidence;
  for (const FeatureBlock& block : judged_blocks) evidence->features.push_back(block.map);
  std::vector<std::uint32_t> places(is_counted.size());
  std::uint32_t next = 0;
  for (const std::uint8_t wanted : {std::uint8_t{1}, std::uint8_t{0}}) {
    for (std::size_t i = 0; i < is_counted.size(); ++i) {
      if (is_counted[i] == wanted) places[i] = next++;
    }
  }
  for (std::uint32_t& index : evidence->class_indices) index = places[index];
  return evidence;
}

// A head from a file without a judge is judged by the pictures that are there, as far as the backbone's
// features tell.
Status Session::State::judge_from_store(TrainedHead& trained) {
  if (trained.reader->has_own_network()) return {};
  const TrainingSetView samples = store.training_set();
  Result<std::vector<FeatureBlock>> blocks = select_features(samples.blocks, known_features(samples.blocks));
  if (!blocks) return blocks.error();
  const std::size_t width = feature_count_of(blocks.value());
  std::vector<float> rows;
  std::vector<std::uint32_t> class_indices;
  for (std::size_t i = 0; i < samples.sample_ids.size(); ++i) {
    const auto own = trained.row_of(samples.class_ids[samples.class_indices[i]]);
    if (!own) continue;
    class_indices.push_back(*own);
    rows.resize(class_indices.size() * width);
    gather_features(samples.embeddings.subspan(i * samples.feature_count, samples.feature_count),
                    blocks.value(), std::span(rows).last(width));
  }
  return trained.judge_by(rows, std::move(blocks).value(), class_indices, pool);
}

std::vector<SampleId> Session::samples_to_judge_by() const {
  std::vector<SampleId> missing;
  const auto& trained = state_->trained_head;
  if (!trained || !trained->reader->has_own_network() || trained->judge) return missing;
  const std::unordered_set<SampleId> done(trained->judged_ids.begin(), trained->judged_ids.end());
  for (const ClassId class_id : trained->class_ids) {
    const Result<std::vector<SampleId>> ids = state_->store.samples_of(class_id);
    if (!ids) continue;  // a class that is gone
    std::ranges::copy_if(ids.value(), std::back_inserter(missing),
                         [&](SampleId id) { return !done.contains(id); });
  }
  return missing;
}

Status Session::add_to_judge(SampleId id, const FrameView& picture) {
  State& state = *state_;
  if (!state.trained_head) return not_trained("there is no trained head yet");
  TrainedHead& trained = *state.trained_head;
  const std::size_t width = trained.head.feature_count;
  std::vector<float> features(width);
  if (const Status read = trained.reader->read(state.backbone, picture, {}, features); !read) return read;
  trained.judged_ids.push_back(id);
  trained.judged_rows.insert(trained.judged_rows.end(), features.begin(), features.end());
  if (!samples_to_judge_by().empty()) return {};

  std::vector<float> rows;
  std::vector<std::uint32_t> class_indices;
  for (std::size_t i = 0; i < trained.judged_ids.size(); ++i) {
    const Result<ClassId> class_id = state.store.class_of(trained.judged_ids[i]);
    const auto own = class_id ? trained.row_of(class_id.value()) : std::nullopt;
    if (!own) continue;  // it was removed meanwhile
    class_indices.push_back(*own);
    const auto values = std::span(trained.judged_rows).subspan(i * width, width);
    rows.insert(rows.end(), values.begin(), values.end());
  }
  trained.judged_ids = {};
  trained.judged_rows = {};
  state.stages.clear();  // what its own layers tell apart can be said now
  return trained.judge_by(rows, {}, class_indices, state.pool);
}

}  // namespace headstart
