#include "advice/class_scatter.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "base/cholesky.h"

namespace headstart {
namespace {

constexpr double kMarginShare = 0.1;
constexpr double kRidge = 10;

double trace_of(const std::vector<double>& matrix, std::size_t size) {
  double trace = 0;
  for (std::size_t i = 0; i < size; ++i) trace += matrix[i * size + i];
  return trace;
}

}  // namespace

std::vector<float> factorised(const std::vector<double>& matrix, std::size_t size, double ridge) {
  std::vector<float> factor(matrix.begin(), matrix.end());
  for (std::size_t i = 0; i < size; ++i) factorise_row(factor.data(), size, i, static_cast<float>(ridge));
  return factor;
}

ScatterSums::ScatterSums(std::size_t dimension_count, std::size_t class_count)
    : squares(dimension_count * dimension_count),
      class_sums(class_count * dimension_count),
      class_sizes(class_count) {}

void ScatterSums::add(std::span<const float> coordinates, double outside, std::size_t class_index) {
  const std::size_t size = coordinates.size();
  for (std::size_t i = 0; i < size; ++i) {
    double* row = squares.data() + i * size;
    const auto value = static_cast<double>(coordinates[i]);
    for (std::size_t j = 0; j <= i; ++j) row[j] += value * static_cast<double>(coordinates[j]);
    class_sums[class_index * size + i] += value;
  }
  class_sizes[class_index] += 1;
  rest += outside;
  count += 1;
}

void ScatterSums::combine(const ScatterSums& others, double sign) {
  const auto combined = [sign](double own, double other) { return own + sign * other; };
  for (const auto& [values, more] : {std::pair{&squares, &others.squares},
                                     {&class_sums, &others.class_sums},
                                     {&class_sizes, &others.class_sizes}}) {
    std::transform(values->begin(), values->end(), more->begin(), values->begin(), combined);
  }
  rest = combined(rest, others.rest);
  count = combined(count, others.count);
}

ClassMoments class_moments(const ScatterSums& sums, std::size_t feature_count) {
  const std::size_t class_count = sums.class_sizes.size();
  const std::size_t size = class_count == 0 ? 0 : sums.class_sums.size() / class_count;
  ClassMoments moments;
  moments.mean.resize(size);
  moments.means = sums.class_sums;
  for (std::size_t i = 0; i < moments.means.size(); ++i) {
    moments.mean[i % size] += moments.means[i] / sums.count;
    moments.means[i] /= sums.class_sizes[i / size];
  }
  for (std::size_t i = 0; i < moments.means.size(); ++i) moments.means[i] -= moments.mean[i % size];
  moments.total = sums.squares;
  for (std::size_t i = 0; i < size; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      moments.total[i * size + j] =
          moments.total[i * size + j] / sums.count - moments.mean[i] * moments.mean[j];
    }
  }
  moments.within = moments.total;
  for (std::size_t c = 0; c < class_count; ++c) {
    const double share = sums.class_sizes[c] / sums.count;
    const double* own = moments.means.data() + c * size;
    for (std::size_t i = 0; i < size; ++i) {
      for (std::size_t j = 0; j <= i; ++j) moments.within[i * size + j] -= share * own[i] * own[j];
    }
  }
  const double outside = std::max(0.0, sums.rest) / sums.count;
  const auto d = static_cast<double>(feature_count);
  moments.mean_within = (trace_of(moments.within, size) + outside) / d;
  moments.mean_total = (trace_of(moments.total, size) + outside) / d;
  return moments;
}

std::optional<ClassScatter> ClassScatter::create(const ScatterSums& sums, std::size_t feature_count) {
  if (std::any_of(sums.class_sizes.begin(), sums.class_sizes.end(), [](double n) { return n < 1; }))
    return {};
  const ClassMoments moments = class_moments(sums, feature_count);
  if (!moments.classes_vary()) return {};
  ClassScatter model;
  model.class_count_ = sums.class_sizes.size();
  model.dimension_count_ = moments.mean.size();
  const std::size_t size = model.dimension_count_;
  model.mean_.assign(moments.mean.begin(), moments.mean.end());
  model.means_within_.assign(moments.means.begin(), moments.means.end());
  model.within_ = factorised(moments.within, size, kRidge * moments.mean_within);
  model.total_ = factorised(moments.total, size, kRidge * moments.mean_total);
  for (std::size_t c = 0; c < model.class_count_; ++c) {
    solve_lower(model.within_.data(), size, model.means_within_.data() + c * size);
  }
  model.rest_weight_ = (1 / moments.mean_total - 1 / moments.mean_within) / kRidge;
  model.scratch_.resize(2 * size);
  return model;
}

double ClassScatter::nearness(std::span<const float> coordinates, double rest,
                              std::span<const std::uint8_t> is_counted) {
  const std::size_t size = dimension_count_;
  float* in_within = scratch_.data();
  float* in_total = scratch_.data() + size;
  for (std::size_t i = 0; i < size; ++i) in_within[i] = in_total[i] = coordinates[i] - mean_[i];
  solve_lower(within_.data(), size, in_within);
  solve_lower(total_.data(), size, in_total);
  constexpr double kFar = std::numeric_limits<double>::infinity();
  double nearest = kFar;  // of the classes that count
  double next = kFar;     // of all others
  for (std::size_t c = 0; c < class_count_; ++c) {
    const float* mean = means_within_.data() + c * size;
    double distance = 0;
    for (std::size_t i = 0; i < size; ++i) {
      const auto apart = static_cast<double>(in_within[i] - mean[i]);
      distance += apart * apart;
    }
    const bool counts = is_counted.empty() || is_counted[c] != 0;
    if (counts && distance < nearest) std::swap(distance, nearest);
    next = std::min(next, distance);
  }
  const auto from_all = static_cast<double>(dot(in_total, in_total, size));
  const double margin = next < kFar ? next - nearest : 0;
  return from_all + rest * rest_weight_ - nearest + kMarginShare * margin;
}

std::size_t ClassScatter::memory_bytes() const {
  return (within_.size() + total_.size() + mean_.size() + means_within_.size() + scratch_.size()) *
         sizeof(float);
}

}  // namespace headstart
