// The classes a person named and the embeddings of the pictures recorded for them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "headstart/status.h"

namespace headstart {

// Identities are types of their own, never reused within a store.
enum class ClassId : std::uint32_t {};
enum class SampleId : std::uint32_t {};

struct ClassInfo {
  ClassId id{};
  std::string name;
  std::size_t sample_count = 0;
  bool enabled = true;  // a disabled class keeps its samples and is left out of training
};

// Everything the trainer needs, laid out for it: row i is one sample. Valid until the store changes.
struct TrainingSetView {
  std::span<const float> embeddings;             // [sample_count, feature_count], row-major
  std::span<const std::uint32_t> class_indices;  // [sample_count], positions in class_ids
  std::span<const SampleId> sample_ids;          // [sample_count]
  std::size_t feature_count = 0;
  std::vector<ClassId> class_ids;                // enabled classes that have samples, in the store's order
};

class SampleStore {
 public:
  explicit SampleStore(std::size_t feature_count);

  ClassId add_class(std::string name);
  Status rename_class(ClassId id, std::string name);
  Status remove_class(ClassId id);                       // with its samples
  Status set_class_enabled(ClassId id, bool enabled);
  Status move_class(ClassId id, std::size_t class_index);  // reorders

  // Copies `embedding` [feature_count]. A wrong length, or a value that is not finite, is bad-argument.
  Result<SampleId> add_sample(ClassId class_id, std::span<const float> embedding);
  Status remove_sample(SampleId id);
  Status move_sample(SampleId id, ClassId class_id);
  Result<std::span<const float>> sample(SampleId id) const;  // valid until the store changes

  // The same classes and ids over another backbone: every embedding is dropped and filled again by set_embedding.
  Status set_embedding(SampleId id, std::span<const float> embedding);

  [[nodiscard]] std::vector<ClassInfo> classes() const;
  [[nodiscard]] std::size_t sample_count() const;
  [[nodiscard]] std::size_t feature_count() const;
  [[nodiscard]] std::size_t memory_bytes() const;
  [[nodiscard]] std::uint64_t revision() const;  // grows with every change

  TrainingSetView training_set() const;
};

}  // namespace headstart
