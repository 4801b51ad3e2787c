#include "training/logistic/leading_directions.h"

#include <algorithm>
#include <cmath>

#include "base/dot.h"
#include "base/random.h"
#include "base/tridiagonal.h"

namespace headstart {
namespace {

// Each costs as much in a product as a class of a fold does.
constexpr std::size_t kCount = 64;
constexpr std::size_t kProductCount = 2;
constexpr std::uint64_t kSeed = 1;

void add_scaled(float* values, float factor, const float* others, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) values[i] += factor * others[i];
}

}  // namespace

LeadingDirections::LeadingDirections(std::size_t feature_count)
    : feature_count_(feature_count), vectors_(kCount * feature_count) {
  Random random(kSeed);
  for (float& value : vectors_) value = static_cast<float>(random.truncated_normal());
}

std::size_t LeadingDirections::count() const {
  return feature_count_ == 0 ? 0 : vectors_.size() / feature_count_;
}

bool LeadingDirections::improve(std::span<const float> product, std::size_t row_count, double total) {
  const std::size_t size = count();
  const float share = 1 / static_cast<float>(row_count);
  std::vector<float> multiplied(vectors_.size());  // [size, feature_count]: G times each vector
  for (std::size_t j = 0; j < feature_count_; ++j) {
    for (std::size_t k = 0; k < size; ++k) multiplied[k * feature_count_ + j] = share * product[j * size + k];
  }
  if (++product_count_ < kProductCount) {
    vectors_ = std::move(multiplied);
    make_orthonormal();
    return false;
  }
  // The eigenvectors of G within the span: those of vectors G vectorsᵀ, turned back.
  std::vector<double> within(size * size);
  for (std::size_t a = 0; a < size; ++a) {
    for (std::size_t b = 0; b <= a; ++b) {
      const float* left = vectors_.data() + a * feature_count_;
      within[a * size + b] = long_dot(left, multiplied.data() + b * feature_count_, feature_count_);
      within[b * size + a] = within[a * size + b];
    }
  }
  std::vector<double> turned(size * size, 0.0);  // row k: how much of vector k each eigenvector has
  for (std::size_t k = 0; k < size; ++k) turned[k * size + k] = 1;
  eigenvalues_.assign(size, 0.0);
  if (!diagonalise(within, size, eigenvalues_, turned, size)) {
    eigenvalues_.clear();
    return true;
  }
  std::fill(multiplied.begin(), multiplied.end(), 0.0F);
  double sum = 0;
  for (std::size_t e = 0; e < size; ++e) {
    for (std::size_t k = 0; k < size; ++k) {
      add_scaled(multiplied.data() + e * feature_count_, static_cast<float>(turned[k * size + e]),
                 vectors_.data() + k * feature_count_, feature_count_);
    }
    eigenvalues_[e] = std::max(0.0, eigenvalues_[e]);
    sum += eigenvalues_[e];
  }
  vectors_ = std::move(multiplied);
  tail_ = std::max(0.0, total - sum) / static_cast<double>(feature_count_ - size);
  return true;
}

// Gram and Schmidt, twice, since once is not enough in single precision. A vector that lies among those
// before it becomes zero and counts for nothing.
void LeadingDirections::make_orthonormal() {
  for (std::size_t k = 0; k < count(); ++k) {
    float* vector = vectors_.data() + k * feature_count_;
    const double before = std::sqrt(long_dot(vector, vector, feature_count_));
    for (int round = 0; round < 2; ++round) {
      for (std::size_t other = 0; other < k; ++other) {
        const float* earlier = vectors_.data() + other * feature_count_;
        const double shared = long_dot(vector, earlier, feature_count_);
        add_scaled(vector, -static_cast<float>(shared), earlier, feature_count_);
      }
    }
    const double length = std::sqrt(long_dot(vector, vector, feature_count_));
    const float scale = length > 1e-4 * before ? static_cast<float>(1 / length) : 0.0F;
    for (std::size_t j = 0; j < feature_count_; ++j) vector[j] *= scale;
  }
}

void LeadingDirections::solve(double weight, double ridge, std::span<float> values) const {
  const double outside = 1 / (weight * tail_ + ridge);
  std::vector<float> shares(eigenvalues_.size());
  for (std::size_t e = 0; e < shares.size(); ++e) {
    const double along = long_dot(vectors_.data() + e * feature_count_, values.data(), feature_count_);
    shares[e] = static_cast<float>(along * (1 / (weight * eigenvalues_[e] + ridge) - outside));
  }
  for (float& value : values) value *= static_cast<float>(outside);
  for (std::size_t e = 0; e < shares.size(); ++e) {
    add_scaled(values.data(), shares[e], vectors_.data() + e * feature_count_, feature_count_);
  }
}

}  // namespace headstart
