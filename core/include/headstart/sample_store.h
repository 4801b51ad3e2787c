// The classes a person named and the embeddings of the pictures recorded for them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "headstart/buffer.h"
#include "headstart/features.h"
#include "headstart/status.h"

namespace headstart {

// Identities are types of their own, the caller's or given out here, never 0 and never used for two things.
enum class ClassId : std::uint32_t {};
enum class SampleId : std::uint32_t {};

struct ClassInfo {
  ClassId id{};
  std::string name;
  std::size_t sample_count = 0;
  bool enabled = true;  // a disabled class keeps its samples and is left out of training
};

// A sample that looks like a picture.
struct SimilarSample {
  SampleId id{};
  ClassId class_id{};
  float similarity = 0;  // -1…1
};

// Everything the trainer needs, laid out for it: row i is one sample, rows in the order of the sample ids,
// whatever was removed or moved before. Valid until the store changes or training_set() is called again.
struct TrainingSetView {
  std::span<const float> embeddings;              // [sample_count, feature_count], row-major
  std::span<const std::uint32_t> class_indices;   // [sample_count], positions in class_ids
  std::span<const SampleId> sample_ids;           // [sample_count], ascending
  std::size_t feature_count = 0;                  // of a full row
  std::span<const FeatureBlock> blocks;           // what a row is made of; none: the embedding, "last"
  std::size_t view_count = 0;                     // 0 unless every sample here has its views
  std::span<const std::span<const float>> views;  // [sample_count], each [view_count, feature_count]
  std::vector<ClassId> class_ids;                 // enabled classes that have samples, in the store's order
};

// Keeps the features of every sample as one row of one block of memory, and those of its views, where they
// are known, in a block of their own that never moves. Adding is amortised O(feature_count), removing a
// sample O(feature_count), removing a class O(sample_count + its samples * feature_count).
class SampleStore {
 public:
  explicit SampleStore(std::size_t feature_count);         // rows of one map, "last"
  explicit SampleStore(std::vector<FeatureBlock> blocks);  // rows as Backbone::features gives them

  // Names may repeat and may be empty: a person may type what they like. Under an identity of the caller's,
  // that of a removed class brings it back for a head that knew it; else under the next free one.
  // bad-argument for 0 and for one that is in use.
  Status add_class(ClassId id, std::string name);
  ClassId add_class(std::string name);
  Status rename_class(ClassId id, std::string name);
  Status remove_class(ClassId id);  // with its samples, which can come back one by one
  Status set_class_enabled(ClassId id, bool enabled);
  Status move_class(ClassId id, std::size_t class_index);  // reorders

  // Copies `embedding` [feature_count]. A wrong length, or a value that is not finite, is bad-argument; fails
  // with out-of-memory too, leaving the store as it was. Identities as for classes.
  Status add_sample(SampleId id, ClassId class_id, std::span<const float> embedding);
  Result<SampleId> add_sample(ClassId class_id, std::span<const float> embedding);
  // A removed sample's features and views are kept until it comes back or is forgotten.
  Status remove_sample(SampleId id);
  [[nodiscard]] bool can_restore(SampleId id) const { return bin_.contains(id); }
  Status restore_sample(SampleId id, ClassId class_id);
  void forget_sample(SampleId id);
  Status move_sample(SampleId id, ClassId class_id);
  [[nodiscard]] Result<ClassId> class_of(SampleId id) const;
  // Valid until the store changes or training_set() is called.
  [[nodiscard]] Result<std::span<const float>> sample(SampleId id) const;

  // The samples of a class by ascending id.
  [[nodiscard]] Result<std::vector<SampleId>> samples_of(ClassId id) const;

  // The features of changed copies of a sample's picture (mirrored, cropped …), in an order that is the same
  // for all samples: `rows` [view_count, feature_count], copied. Every sample has as many views as the first
  // that got some (bad-argument otherwise). They go with the sample.
  Status set_views(SampleId id, std::span<const float> rows);
  // [view_count, feature_count], empty while they are missing. Valid until the sample goes or its views are
  // set anew.
  [[nodiscard]] Result<std::span<const float>> views_of(SampleId id) const;
  // Samples of enabled classes that have no views yet, ascending.
  [[nodiscard]] std::vector<SampleId> missing_views() const;
  [[nodiscard]] std::size_t view_count() const { return view_count_; }  // 0 before the first set_views
  [[nodiscard]] std::size_t view_bytes() const;  // what all views of samples that are here take

  [[nodiscard]] std::vector<ClassInfo> classes() const;
  [[nodiscard]] std::size_t sample_count() const { return samples_.size(); }
  [[nodiscard]] std::size_t feature_count() const { return feature_count_; }
  [[nodiscard]] std::span<const FeatureBlock> blocks() const { return blocks_; }
  [[nodiscard]] std::size_t memory_bytes() const;  // what the store holds, views, bin and spare room included
  // Grows with every change but those of views, which no class mean depends on.
  [[nodiscard]] std::uint64_t revision() const { return revision_; }

  // Brings the rows into the order of their ids first, in place, where changes have disturbed it.
  TrainingSetView training_set();

 private:
  struct Class {
    ClassId id{};
    std::string name;
    bool enabled = true;
    std::size_t sample_count = 0;
  };
  struct Sample {
    SampleId id{};
    ClassId class_id{};
    PaddedBuffer<float> views = {};  // [view_count, feature_count], or nothing
  };

  // A sample that can come back.
  struct Removed {
    std::vector<float> row;
    PaddedBuffer<float> views = {};
  };

  [[nodiscard]] Class* find_class(ClassId id);
  [[nodiscard]] const Class* find_class(ClassId id) const;
  [[nodiscard]] Result<std::size_t> row_of(SampleId id) const;
  [[nodiscard]] Status check_embedding(std::span<const float> embedding) const;
  Status make_room(std::size_t row_count);
  [[nodiscard]] std::span<float> row(std::size_t index);
  void bin_row(std::size_t index);
  void sort_rows(std::span<const std::uint8_t> included);

  std::size_t feature_count_;
  std::vector<FeatureBlock> blocks_;
  std::size_t view_count_ = 0;
  std::vector<Class> classes_;
  std::vector<Sample> samples_;  // [sample_count], row i of rows_
  std::unordered_map<SampleId, std::uint32_t> row_of_;
  std::unordered_map<SampleId, Removed> bin_;
  PaddedBuffer<float> rows_;  // [capacity, feature_count]
  std::vector<std::uint32_t> class_indices_;
  std::vector<SampleId> sample_ids_;
  std::vector<std::span<const float>> view_spans_;
  std::uint32_t last_class_id_ = 0;
  std::uint32_t last_sample_id_ = 0;
  std::uint64_t revision_ = 0;
};

}  // namespace headstart
