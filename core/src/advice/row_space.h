// The span of some pictures' features, in which whatever is fitted to these pictures can be computed.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/matrix_product.h"
#include "headstart/buffer.h"
#include "headstart/compute.h"
#include "headstart/head.h"
#include "headstart/status.h"
#include "training/standardisation.h"

namespace headstart {

// Pictures as coordinates in the span, and how much of each lies outside it.
struct SpanCoordinates {
  std::vector<float> values;  // [row_count, size]
  std::vector<double> rests;  // [row_count]: squared length of what lies outside, never negative
};

class RowSpace {
 public:
  static constexpr std::size_t kMostDimensions = kMostKnownDimensions;
  static constexpr std::size_t kBlockRows = 128;

  // Divides each map of `features` [row_count, sum of map_sizes] by its length, scales map by map and takes
  // an orthonormal basis of rows evenly chosen from them, by modified Gram-Schmidt with pivoting (Golub & Van
  // Loan 2013, section 5.2.8); what the rows before leave less than a hundred thousandth of is rounding and
  // left out. All that it consists of is rounded to what a file holds. The pool must outlive the space.
  // out-of-memory.
  static Result<RowSpace> create(std::span<const float> features, std::span<const std::size_t> map_sizes,
                                 const ComputePool& pool);

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t feature_count() const { return standardisation_.means.size(); }
  [[nodiscard]] std::size_t memory_bytes() const;

  // The same space again, from its parts (lengths asserted): answers are the same to the bit.
  static Result<RowSpace> restore(const KnownEvidence& parts, const ComputePool& pool);
  void describe(KnownEvidence& parts) const;

  // The coordinates of `features` [row_count, feature_count] (length asserted). Keeps its space between
  // calls: no allocation for a single row once `out` has been used.
  Status locate(std::span<const float> features, SpanCoordinates& out);

 private:
  explicit RowSpace(MatrixProduct product) : product_(std::move(product)) {}
  static Result<RowSpace> make(std::span<const std::size_t> map_sizes, Standardisation standardisation,
                               const ComputePool& pool);
  void scale(std::span<const float> features, std::span<float> row) const;
  void choose_basis(std::span<const float> features);

  MatrixProduct product_;
  std::vector<std::size_t> map_sizes_;
  Standardisation standardisation_;
  std::size_t size_ = 0;
  PaddedBuffer<float> basis_;     // [size, feature_count], orthonormal rows
  PaddedBuffer<float> rows_;      // [kBlockRows, feature_count], scaled
  PaddedBuffer<float> products_;  // [size, kBlockRows]
};

}  // namespace headstart
