// Matrix products for training, through XNNPACK: all three of a layer's products have the form a · bᵀ.
#pragma once

#include <cstddef>
#include <memory>

#include "headstart/buffer.h"
#include "headstart/compute.h"
#include "headstart/status.h"

struct xnn_operator;

namespace headstart::fine_tune {

enum class Activation : std::uint8_t { kNone, kRelu6 };

// out = activation(a · bᵀ + bias). Both factors are read along their rows, which is the order XNNPACK packs
// fastest; the caller transposes what lies the other way.
struct Product {
  const float* a = nullptr;     // [row_count, depth]
  const float* b = nullptr;     // [column_count, depth]
  const float* bias = nullptr;  // [column_count], or null
  float* out = nullptr;         // [row_count, column_count]
  std::size_t row_count = 0;
  std::size_t column_count = 0;
  std::size_t depth = 0;
  Activation activation = Activation::kNone;
};

// Runs products of any shape, one after another, on the pool. It keeps one workspace, which grows to the
// largest product asked for. Every pointer lies in a PaddedBuffer. The pool must outlive it.
class Products {
 public:
  static Result<Products> create(const ComputePool& pool);

  // Fails with out-of-memory, or internal where XNNPACK refuses.
  Status run(const Product& product);

  [[nodiscard]] std::size_t memory_bytes() const { return workspace_.size_bytes(); }
  [[nodiscard]] pthreadpool* pool() const { return pool_; }

 private:
  struct Delete {
    void operator()(xnn_operator* op) const;
  };
  using Operator = std::unique_ptr<xnn_operator, Delete>;

  Products() = default;

  pthreadpool* pool_ = nullptr;
  Operator linear_;
  Operator relu6_;
  PaddedBuffer<char> workspace_;
};

// out [column_count, row_count] = in [row_count, column_count]ᵀ.
void transpose(const float* in, std::size_t row_count, std::size_t column_count, float* out,
               pthreadpool* pool);

}  // namespace headstart::fine_tune
