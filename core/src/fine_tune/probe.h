// The linear probe: a logistic head on the network's features before anything in it has moved. Fine-tuning
// starts from it (LP-FT, Kumar et al. 2022) and is measured against it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "headstart/compute.h"
#include "headstart/head.h"
#include "headstart/status.h"
#include "headstart/trainer.h"

namespace headstart::fine_tune {

// Features of some pictures, row by row.
struct FeatureTable {
  std::size_t feature_count = 0;
  std::vector<float> features;               // [row_count, feature_count]
  std::vector<std::uint32_t> class_indices;  // [row_count]
};

class Probe {
 public:
  // `table` is copied. The pool must outlive the probe.
  static Result<Probe> start(const FeatureTable& table, std::span<const std::string> labels,
                             std::uint64_t seed, const ComputePool& pool);

  // One slice of work; true when the head is there.
  Result<bool> step();

  [[nodiscard]] const Head& head() const { return trainer_.head(); }

 private:
  explicit Probe(Trainer trainer) : trainer_(std::move(trainer)) {}

  Trainer trainer_;
};

// logits [row_count, class_count] of a linear head on features [row_count, feature_count].
[[nodiscard]] std::vector<float> linear_logits(const Head& head, std::span<const float> features);

}  // namespace headstart::fine_tune
