#include "base/matrix_product.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/random.h"

using namespace headstart;

namespace {

PaddedBuffer<float> random_matrix(std::size_t size, Random& random) {
  PaddedBuffer<float> matrix = PaddedBuffer<float>::create(size).value();
  for (float& value : matrix.span()) value = static_cast<float>(random.uniform() - 0.5);
  return matrix;
}

// The largest difference to a plain product in double precision.
double largest_error(RightLayout layout, std::size_t rows, std::size_t inner, std::size_t columns,
                     std::size_t thread_count) {
  Random random(rows + 31 * inner + 977 * columns);
  const Result<ComputePool> pool = ComputePool::create(thread_count);
  if (!pool) return 0;  // WebAssembly without threads
  Result<MatrixProduct> product = MatrixProduct::create(layout, pool.value());
  REQUIRE(product.ok());
  const std::size_t left_stride = inner + 3;
  const std::size_t out_stride = columns + 2;
  const PaddedBuffer<float> left = random_matrix(rows * left_stride, random);
  const PaddedBuffer<float> right = random_matrix(inner * columns, random);
  PaddedBuffer<float> out = random_matrix(rows * out_stride, random);
  REQUIRE(product.value()
              .run({.left = left.data(),
                    .right = right.data(),
                    .out = out.data(),
                    .row_count = rows,
                    .inner_count = inner,
                    .column_count = columns,
                    .left_stride = left_stride,
                    .out_stride = out_stride})
              .ok());
  double largest = 0;
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < columns; ++j) {
      double sum = 0;
      for (std::size_t k = 0; k < inner; ++k) {
        const std::size_t at = layout == RightLayout::kInnerByColumns ? k * columns + j : j * inner + k;
        sum += static_cast<double>(left.data()[i * left_stride + k]) * static_cast<double>(right.data()[at]);
      }
      largest = std::max(largest, std::abs(sum - static_cast<double>(out.data()[i * out_stride + j])));
    }
  }
  return largest;
}

}  // namespace

TEST_CASE("a matrix product agrees with its definition for shapes that fill no tile") {
  for (const RightLayout layout : {RightLayout::kColumnsByInner, RightLayout::kInnerByColumns}) {
    for (const std::size_t thread_count : {std::size_t{1}, std::size_t{2}}) {
      CHECK(largest_error(layout, 1, 1, 1, thread_count) < 1e-6);
      CHECK(largest_error(layout, 7, 13, 5, thread_count) < 1e-5);
      CHECK(largest_error(layout, 33, 129, 17, thread_count) < 1e-5);
      CHECK(largest_error(layout, 100, 16, 131, thread_count) < 1e-5);
      CHECK(largest_error(layout, 3, 1280, 64, thread_count) < 5e-5);
    }
  }
}

TEST_CASE("a bias is added to every row, and what lies outside the range is cut") {
  const Result<ComputePool> pool = ComputePool::create(1);
  Result<MatrixProduct> product =
      MatrixProduct::create(RightLayout::kColumnsByInner, pool.value(), {.lowest = 0, .highest = 6});
  REQUIRE(product.ok());
  PaddedBuffer<float> left = PaddedBuffer<float>::create(2).value();
  PaddedBuffer<float> right = PaddedBuffer<float>::create(3).value();
  PaddedBuffer<float> bias = PaddedBuffer<float>::create(3).value();
  PaddedBuffer<float> out = PaddedBuffer<float>::create(6).value();
  std::ranges::copy(std::vector<float>{1, 2}, left.data());
  std::ranges::copy(std::vector<float>{-2, 1, 4}, right.data());
  std::ranges::copy(std::vector<float>{1, 0.5F, -0.5F}, bias.data());
  REQUIRE(product.value()
              .run({.left = left.data(),
                    .right = right.data(),
                    .bias = bias.data(),
                    .out = out.data(),
                    .row_count = 2,
                    .inner_count = 1,
                    .column_count = 3})
              .ok());
  const std::vector<float> made(out.data(), out.data() + 6);
  CHECK(made == std::vector<float>{0, 1.5F, 3.5F, 0, 2.5F, 6});
}

TEST_CASE("a matrix product without rows does nothing") {
  const Result<ComputePool> pool = ComputePool::create(1);
  Result<MatrixProduct> product = MatrixProduct::create(RightLayout::kColumnsByInner, pool.value());
  CHECK(product.value().run({}).ok());
}
