#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "base/cholesky.h"
#include "base/dot.h"
#include "base/random.h"

using namespace headstart;

namespace {

std::vector<float> numbers(std::size_t count, Random& random) {
  std::vector<float> values(count);
  for (float& value : values) value = static_cast<float>(random.truncated_normal());
  return values;
}

}  // namespace

TEST_CASE("a dot product is the sum of the products, whatever the length") {
  Random random(5);
  for (std::size_t count = 0; count < 70; ++count) {
    const std::vector<float> a = numbers(count, random);
    const std::vector<float> b = numbers(count, random);
    double expected = 0;
    double size = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const double product = static_cast<double>(a[i]) * static_cast<double>(b[i]);
      expected += product;
      size += std::abs(product);
    }
    CAPTURE(count);
    CHECK(std::abs(static_cast<double>(dot(a.data(), b.data(), count)) - expected) <= 1e-6 * size);
    const std::vector<double> wide_a(a.begin(), a.end());
    const std::vector<double> wide_b(b.begin(), b.end());
    CHECK(dot(wide_a.data(), wide_b.data(), count) == doctest::Approx(expected).epsilon(1e-13));
  }
}

TEST_CASE("long dot products lose no more than short ones") {
  const std::vector<float> a(100000, 1.0F / 3.0F);
  const double third = static_cast<double>(1.0F / 3.0F);
  CHECK(long_dot(a.data(), a.data(), a.size()) == doctest::Approx(100000 * third * third).epsilon(1e-6));
}

TEST_CASE("what the factor solves, the matrix with its ridge gives back") {
  constexpr std::size_t kSize = 37;
  constexpr float kRidge = 0.5F;
  Random random(7);
  const std::vector<float> rows = numbers(kSize * 20, random);  // of rank 20: without the ridge there is none
  std::vector<float> matrix(kSize * kSize);
  for (std::size_t i = 0; i < kSize; ++i) {
    for (std::size_t j = 0; j < kSize; ++j) {
      matrix[i * kSize + j] = dot(rows.data() + i * 20, rows.data() + j * 20, 20);
    }
  }
  std::vector<float> factor = matrix;
  for (std::size_t i = 0; i < kSize; ++i) factorise_row(factor.data(), kSize, i, kRidge);
  const std::vector<float> right = numbers(kSize, random);
  std::vector<float> solution = right;
  solve_lower(factor.data(), kSize, solution.data());
  solve_upper(factor.data(), kSize, solution.data());
  for (std::size_t i = 0; i < kSize; ++i) {
    const float back = dot(matrix.data() + i * kSize, solution.data(), kSize) + kRidge * solution[i];
    CHECK(std::abs(back - right[i]) < 1e-3F);
  }
}
