#include "advice/class_scatter.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "base/cholesky.h"

namespace headstart {
namespace {

constexpr double kDiscriminantRidge = 1;
constexpr double kDistanceRidge = 10;

void factorise(std::vector<double>& matrix, std::size_t size, double ridge) {
  for (std::size_t i = 0; i < size; ++i) factorise_row(matrix.data(), size, i, ridge);
}

double trace_of(const std::vector<double>& matrix, std::size_t size) {
  double trace = 0;
  for (std::size_t i = 0; i < size; ++i) trace += matrix[i * size + i];
  return trace;
}

}  // namespace

ScatterSums::ScatterSums(std::size_t dimension_count, std::size_t class_count)
    : squares(dimension_count * dimension_count),
      class_sums(class_count * dimension_count),
      class_sizes(class_count) {}

void ScatterSums::add(std::span<const double> coordinates, double outside, std::size_t class_index) {
  const std::size_t size = coordinates.size();
  for (std::size_t i = 0; i < size; ++i) {
    double* row = squares.data() + i * size;
    for (std::size_t j = 0; j <= i; ++j) row[j] += coordinates[i] * coordinates[j];
    class_sums[class_index * size + i] += coordinates[i];
  }
  class_sizes[class_index] += 1;
  rest += outside;
  count += 1;
}

void ScatterSums::take_away(const ScatterSums& others) {
  const auto subtract = [](std::vector<double>& from, const std::vector<double>& values) {
    std::transform(from.begin(), from.end(), values.begin(), from.begin(), std::minus<>());
  };
  subtract(squares, others.squares);
  subtract(class_sums, others.class_sums);
  subtract(class_sizes, others.class_sizes);
  rest -= others.rest;
  count -= others.count;
}

std::optional<ClassScatter> ClassScatter::create(const ScatterSums& sums, std::size_t feature_count) {
  ClassScatter model;
  model.class_count_ = sums.class_sizes.size();
  model.dimension_count_ = model.class_count_ == 0 ? 0 : sums.class_sums.size() / model.class_count_;
  const std::size_t size = model.dimension_count_;
  if (std::any_of(sums.class_sizes.begin(), sums.class_sizes.end(), [](double n) { return n < 1; }))
    return {};

  std::vector<double> means = sums.class_sums;
  for (std::size_t i = 0; i < means.size(); ++i) means[i] /= sums.class_sizes[i / size];
  model.total_ = sums.squares;
  for (double& value : model.total_) value /= sums.count;
  model.within_ = model.total_;
  for (std::size_t c = 0; c < model.class_count_; ++c) {
    const double share = sums.class_sizes[c] / sums.count;
    const double* mean = means.data() + c * size;
    for (std::size_t i = 0; i < size; ++i) {
      for (std::size_t j = 0; j <= i; ++j) model.within_[i * size + j] -= share * mean[i] * mean[j];
    }
  }
  const double outside = std::max(0.0, sums.rest) / sums.count;
  const auto d = static_cast<double>(feature_count);
  const double within = (trace_of(model.within_, size) + outside) / d;
  const double total = (trace_of(model.total_, size) + outside) / d;
  if (!(within > 1e-12 * total)) return {};

  std::vector<double> narrow = model.within_;
  factorise(narrow, size, kDiscriminantRidge * within);
  model.directions_ = means;
  for (std::size_t c = 0; c < model.class_count_; ++c) {
    double* direction = model.directions_.data() + c * size;
    solve_lower(narrow.data(), size, direction);
    model.offsets_.push_back(dot(direction, direction, size));
    solve_upper(narrow.data(), size, direction);
  }
  factorise(model.within_, size, kDistanceRidge * within);
  factorise(model.total_, size, kDistanceRidge * total);
  model.means_within_ = means;
  for (std::size_t c = 0; c < model.class_count_; ++c) {
    solve_lower(model.within_.data(), size, model.means_within_.data() + c * size);
  }
  model.rest_weight_ = (1 / total - 1 / within) / kDistanceRidge;
  model.scratch_.resize(2 * size);
  return model;
}

Signs ClassScatter::judge(std::span<const double> coordinates, double rest,
                          std::span<const std::uint8_t> is_counted) {
  const std::size_t size = dimension_count_;
  double* in_within = scratch_.data();
  double* in_total = scratch_.data() + size;
  std::copy(coordinates.begin(), coordinates.end(), in_within);
  std::copy(coordinates.begin(), coordinates.end(), in_total);
  solve_lower(within_.data(), size, in_within);
  solve_lower(total_.data(), size, in_total);
  double discriminant = -std::numeric_limits<double>::infinity();
  double nearest = std::numeric_limits<double>::infinity();
  for (std::size_t c = 0; c < class_count_; ++c) {
    if (!is_counted.empty() && is_counted[c] == 0) continue;
    const double along = dot(coordinates.data(), directions_.data() + c * size, size);
    discriminant = std::max(discriminant, 2 * along - offsets_[c]);
    const double* mean = means_within_.data() + c * size;
    double distance = 0;
    for (std::size_t i = 0; i < size; ++i) distance += (in_within[i] - mean[i]) * (in_within[i] - mean[i]);
    nearest = std::min(nearest, distance);
  }
  return {discriminant, dot(in_total, in_total, size) + rest * rest_weight_ - nearest};
}

std::size_t ClassScatter::memory_bytes() const {
  return (within_.size() + total_.size() + directions_.size() + means_within_.size() + scratch_.size()) *
         sizeof(double);
}

}  // namespace headstart
