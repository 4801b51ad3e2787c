#include "advice/row_space.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>
#include <utility>

#include "base/dot.h"
#include "files/float16.h"
#include "head/transform.h"

namespace headstart {
namespace {

constexpr double kLeastShare = 1e-5;
// Of a picture's squared length: what rounding the basis to float16 leaves of one that lies in the span.
constexpr double kRounding = 1e-3;

double square_of(std::span<const float> row) {
  return static_cast<double>(dot(row.data(), row.data(), row.size()));
}

// Rows brought one by one to what those chosen before leave of them.
class Orthogonalisation {
 public:
  Orthogonalisation(std::vector<float> rows, std::size_t width) : rows_(std::move(rows)), width_(width) {
    for (std::size_t i = 0; i < rows_.size() / width_; ++i) left_.push_back(square_of(row(i)));
    most_ = *std::max_element(left_.begin(), left_.end());
  }

  // The next basis vector, or nothing when only rounding is left.
  std::span<const float> next() {
    const auto pivot = static_cast<std::size_t>(std::max_element(left_.begin(), left_.end()) - left_.begin());
    if (!(left_[pivot] > kLeastShare * most_)) return {};
    const std::span<float> chosen = row(pivot);
    const auto scale = static_cast<float>(1 / std::sqrt(square_of(chosen)));
    for (float& value : chosen) value *= scale;
    left_[pivot] = 0;
    for (std::size_t i = 0; i < left_.size(); ++i) {
      if (!(left_[i] > kLeastShare * most_)) continue;
      const std::span<float> other = row(i);
      const float along = dot(other.data(), chosen.data(), width_);
      for (std::size_t j = 0; j < width_; ++j) other[j] -= along * chosen[j];
      left_[i] -= static_cast<double>(along) * static_cast<double>(along);
    }
    return chosen;
  }

 private:
  std::span<float> row(std::size_t index) { return std::span(rows_).subspan(index * width_, width_); }

  std::vector<float> rows_;
  std::size_t width_;
  std::vector<double> left_;  // squared lengths
  double most_ = 0;
};

}  // namespace

Result<RowSpace> RowSpace::make(std::span<const std::size_t> map_sizes, Standardisation standardisation,
                                const ComputePool& pool) {
  Result<MatrixProduct> product = MatrixProduct::create(RightLayout::kColumnsByInner, pool);
  if (!product) return product.error();
  RowSpace space(std::move(product).value());
  space.map_sizes_.assign(map_sizes.begin(), map_sizes.end());
  space.standardisation_ = std::move(standardisation);
  const std::size_t width = space.feature_count();
  for (const auto& [buffer, size] : {std::pair{&space.basis_, kMostDimensions * width},
                                     {&space.rows_, kBlockRows * width},
                                     {&space.products_, kMostDimensions * kBlockRows}}) {
    Result<PaddedBuffer<float>> made = PaddedBuffer<float>::create(size);
    if (!made) return made.error();
    *buffer = std::move(made).value();
  }
  return space;
}

Result<RowSpace> RowSpace::create(std::span<const float> features, std::span<const std::size_t> map_sizes,
                                  const ComputePool& pool) {
  std::vector<float> rows(features.begin(), features.end());
  const std::size_t row_width = std::accumulate(map_sizes.begin(), map_sizes.end(), std::size_t{0});
  for (std::size_t at = 0; at < rows.size(); at += row_width)
    transform_features(FeatureTransform::kLength, map_sizes, std::span(rows).subspan(at, row_width));
  Standardisation standardisation = standardisation_of(rows, map_sizes, Scaling::kByMap);
  for (std::vector<double>* values : {&standardisation.means, &standardisation.scales}) {
    for (double& value : *values) value = static_cast<double>(static_cast<float>(value));
  }
  Result<RowSpace> space = make(map_sizes, std::move(standardisation), pool);
  if (space) space.value().choose_basis(features);
  return space;
}

Result<RowSpace> RowSpace::restore(const KnownEvidence& parts, const ComputePool& pool) {
  const std::size_t size = parts.basis.size() / parts.feature_count();
  assert(size <= kMostDimensions && size * parts.feature_count() == parts.basis.size());
  Standardisation standardisation{{parts.means.begin(), parts.means.end()},
                                  {parts.scales.begin(), parts.scales.end()}};
  Result<RowSpace> space = make(parts.map_sizes, std::move(standardisation), pool);
  if (!space) return space;
  space.value().size_ = size;
  std::ranges::copy(parts.basis, space.value().basis_.data());
  return space;
}

void RowSpace::describe(KnownEvidence& parts) const {
  parts.map_sizes = map_sizes_;
  parts.means.assign(standardisation_.means.begin(), standardisation_.means.end());
  parts.scales.assign(standardisation_.scales.begin(), standardisation_.scales.end());
  parts.basis.assign(basis_.data(), basis_.data() + size_ * feature_count());
}

void RowSpace::scale(std::span<const float> features, std::span<float> row) const {
  std::ranges::copy(features, row.begin());
  transform_features(FeatureTransform::kLength, map_sizes_, row);
  standardise(row, standardisation_, row);
}

void RowSpace::choose_basis(std::span<const float> features) {
  const std::size_t width = feature_count();
  const std::size_t count = features.size() / width;
  const std::size_t chosen_count = std::min(count, kMostDimensions);
  std::vector<float> chosen(chosen_count * width);
  for (std::size_t i = 0; i < chosen_count; ++i) {
    scale(features.subspan(i * count / chosen_count * width, width),
          std::span(chosen).subspan(i * width, width));
  }
  Orthogonalisation rows(std::move(chosen), width);
  while (size_ < chosen_count) {
    const std::span<const float> vector = rows.next();
    if (vector.empty()) break;
    std::transform(vector.begin(), vector.end(), basis_.data() + size_ * width,
                   [](float value) { return float_from_half(half_from_float(value)); });
    ++size_;
  }
}

Status RowSpace::locate(std::span<const float> features, SpanCoordinates& out) {
  const std::size_t width = feature_count();
  const std::size_t count = features.size() / width;
  assert(features.size() == count * width);
  out.values.resize(count * size_);
  out.rests.resize(count);
  for (std::size_t begin = 0; begin < count; begin += kBlockRows) {
    const std::size_t block = std::min(kBlockRows, count - begin);
    for (std::size_t i = 0; i < block; ++i) {
      const std::span<float> row = rows_.span().subspan(i * width, width);
      scale(features.subspan((begin + i) * width, width), row);
      out.rests[begin + i] = square_of(row);
    }
    if (size_ == 0) continue;
    const Status multiplied = product_.run({.left = basis_.data(),
                                            .right = rows_.data(),
                                            .out = products_.data(),
                                            .row_count = size_,
                                            .inner_count = width,
                                            .column_count = block});
    if (!multiplied) return multiplied;
    for (std::size_t i = 0; i < block; ++i) {
      const std::span<float> values = std::span(out.values).subspan((begin + i) * size_, size_);
      for (std::size_t k = 0; k < size_; ++k) values[k] = products_.data()[k * block + i];
      const double rest = out.rests[begin + i] - square_of(values);
      out.rests[begin + i] = rest > kRounding * out.rests[begin + i] ? rest : 0.0;
    }
  }
  return {};
}

std::size_t RowSpace::memory_bytes() const {
  return (basis_.size() + rows_.size() + products_.size()) * sizeof(float) +
         (standardisation_.means.size() + standardisation_.scales.size()) * sizeof(double);
}

}  // namespace headstart
