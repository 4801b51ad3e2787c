// Which pictures look like which: cosine similarity of centred features (CL2N, Wang et al. 2019).
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/matrix_product.h"
#include "headstart/buffer.h"
#include "headstart/compute.h"
#include "headstart/status.h"

namespace headstart {

// Rows brought to a common origin and to length 1, ready to be compared with others by one product.
class Neighbours {
 public:
  // Copies `features` [row_count, feature_count] less their mean, each brought to length 1. The pool must
  // outlive it. out-of-memory.
  static Result<Neighbours> create(std::span<const float> features, std::size_t feature_count,
                                   const ComputePool& pool);

  [[nodiscard]] std::size_t row_count() const { return row_count_; }
  [[nodiscard]] std::size_t memory_bytes() const;

  // Cosine similarities -1…1 of every row to a picture's `features` [feature_count] (length asserted):
  // [row_count], valid until the next call.
  Result<std::span<const float>> to(std::span<const float> features);

  // … to rows begin…begin + count - 1 of this table (count at most kBlockRows): [row_count, count], valid
  // until the next call.
  Result<std::span<const float>> to_rows(std::size_t begin, std::size_t count);

  // … to `count` (at most kBlockRows and row_count) other pictures' features [count, feature_count], which
  // are centred in the same way: [row_count, count].
  Result<std::span<const float>> to_others(std::span<const float> features, std::size_t count);

  static constexpr std::size_t kBlockRows = 128;

 private:
  Neighbours(MatrixProduct product, std::size_t feature_count)
      : product_(std::move(product)), feature_count_(feature_count) {}
  void standardise(std::span<const float> from, std::span<float> to) const;
  Result<std::span<const float>> similarities(std::size_t count);

  MatrixProduct product_;
  std::size_t feature_count_ = 0;
  std::size_t row_count_ = 0;
  std::vector<float> origin_;     // [feature_count]
  PaddedBuffer<float> rows_;      // [row_count, feature_count]
  PaddedBuffer<float> queries_;   // [kBlockRows, feature_count]
  PaddedBuffer<float> products_;  // [row_count, kBlockRows]
};

}  // namespace headstart
