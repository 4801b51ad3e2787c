// Matrix products on XNNPACK's kernels and threads.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "base/output_range.h"
#include "headstart/buffer.h"
#include "headstart/compute.h"
#include "headstart/status.h"

struct xnn_operator;

namespace headstart {

// How the right-hand matrix lies in memory.
enum class RightLayout : std::uint8_t {
  kColumnsByInner,  // [column_count, inner_count]: the product is left * right^T
  kInnerByColumns,  // [inner_count, column_count]: the product is left * right
};

// Multiplies float matrices: out = left * right + bias, accumulated in float. XNNPACK packs the right-hand
// matrix anew on each call, so it should be the smaller one. Keeps its packing space between calls: use one
// object per place that multiplies. Operands need kReadablePaddingBytes of readable memory behind them
// (PaddedBuffer).
class MatrixProduct {
 public:
  static Result<MatrixProduct> create(RightLayout layout, const ComputePool& pool, OutputRange range = {});

  MatrixProduct(MatrixProduct&&) noexcept = default;
  MatrixProduct& operator=(MatrixProduct&&) noexcept = default;

  // left  [row_count, inner_count], its rows left_stride floats apart
  // right [column_count, inner_count] or [inner_count, column_count], packed tightly
  // bias  [column_count], or null
  // out   [row_count, column_count], its rows out_stride floats apart
  struct Operands {
    const float* left = nullptr;
    const float* right = nullptr;
    const float* bias = nullptr;
    float* out = nullptr;
    std::size_t row_count = 0;
    std::size_t inner_count = 0;
    std::size_t column_count = 0;
    std::size_t left_stride = 0;  // 0 means inner_count
    std::size_t out_stride = 0;   // 0 means column_count
  };
  Status run(const Operands& operands);

  [[nodiscard]] std::size_t memory_bytes() const { return packed_.size_bytes(); }

 private:
  struct Delete {
    void operator()(xnn_operator* product) const;
  };
  MatrixProduct(xnn_operator* product, pthreadpool* threads) : operator_(product), threads_(threads) {}

  std::unique_ptr<xnn_operator, Delete> operator_;
  PaddedBuffer<float> packed_;
  pthreadpool* threads_;
};

}  // namespace headstart
