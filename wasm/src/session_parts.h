// What Session keeps between calls: runs that are under way, and heads.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "headstart/headstart.h"
#include "values.h"

namespace headstart::wasm {

// Views of one sample, as far as they are embedded.
struct PendingViews {
  std::optional<SampleId> sample;
  std::uint32_t done = 0;
  std::vector<float> rows;  // [view_count, feature_count]
};

struct TrainingRun {
  Trainer trainer;
  TrainSettings settings;
  std::vector<std::uint32_t> class_indices;  // [sample_count], as the training set was
  std::vector<SampleId> sample_ids;          // [sample_count]
  std::vector<float> rows;                   // [sample_count, features to judge by], see known_features()
};

// One view of one sample that fine-tuning trains on: the picture itself or a changed copy.
struct TunedView {
  std::uint32_t row = 0;  // of the training set
  std::optional<std::uint32_t> view_index;
};

struct TuningRun {
  std::optional<Backbone> frozen;  // up to the border; none where nothing is frozen
  FineTuner tuner;
  std::vector<TunedView> views;
  TuneSettings settings;
};

struct AdviceRun {
  std::uint64_t revision = 0;  // of the store
  std::vector<CandidateResult> candidates;
  // Positions of the heads on the last layer, on an earlier block and on joined layers, and of the usual way.
  std::optional<std::size_t> last;
  std::optional<std::size_t> earlier;
  std::optional<std::size_t> joined;
  std::size_t usual = 0;
  // Of the head on the last layer: what data advice looks at.
  std::vector<std::uint32_t> held_out_rows;
  std::vector<std::uint32_t> held_out_predictions;
  std::vector<float> held_out_probabilities;
  std::vector<float> borders;  // [sample_count, embedding_dim]
  std::size_t border_count = 0;
};

// What data advice looks at, with the memory that its spans point to.
struct AdviceEvidence {
  std::vector<float> embeddings;  // [sample_count, embedding_dim]
  std::vector<float> mirrored;    // the same of the mirrored pictures, or nothing
  DataEvidence data;
};

struct TrainedHead {
  Head head;  // without its tensors
  std::vector<ChangedTensor> tensors;
  HeadKind kind = HeadKind::kLogistic;
  std::vector<ClassId> class_ids;  // [class_count], the class of each row
  std::optional<HeadReader> reader;
  std::optional<KnownJudge> judge;          // none: everything counts as known
  std::vector<FeatureBlock> judged_blocks;  // of the backbone's row; none: what the head reads is judged

  // Towards a judge: what a head with layers of its own reads of these samples [judged_ids, feature_count].
  std::vector<SampleId> judged_ids;
  std::vector<float> judged_rows;

  // The row of a class; none where it is not one of the head's.
  [[nodiscard]] std::optional<std::uint32_t> row_of(ClassId class_id) const;

  // `rows` [sample_count, features of `blocks`, else head.feature_count].
  Status judge_by(std::span<const float> rows, std::vector<FeatureBlock> blocks,
                  std::span<const std::uint32_t> class_indices, const ComputePool& pool);
};

// What answers now: the trained head without the rows of removed and disabled classes, or the class means.
struct AnsweringHead {
  Head head;
  HeadKind kind = HeadKind::kNearestMean;
  std::vector<std::uint32_t> class_ids;
  std::vector<std::uint8_t> is_counted;  // [classes of the trained head], 0 where a class is out now
  std::optional<HeadReader> reader;      // of the class means; a trained head has its own
  bool trained = false;
  std::uint64_t revision = 0;  // of the store, when this was made
};

}  // namespace headstart::wasm
