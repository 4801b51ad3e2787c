#include "lbfgs.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <utility>

namespace headstart {
namespace {

double dot(std::span<const double> left, std::span<const double> right) {
  // Four running sums in a fixed order: one would wait for itself, and reassociation is not the compiler's.
  double sums[4] = {0, 0, 0, 0};
  std::size_t i = 0;
  for (; i + 4 <= left.size(); i += 4) {
    for (std::size_t k = 0; k < 4; ++k) sums[k] += left[i + k] * right[i + k];
  }
  for (; i < left.size(); ++i) sums[0] += left[i] * right[i];
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

void add(std::span<double> values, double factor, std::span<const double> others) {
  for (std::size_t i = 0; i < values.size(); ++i) values[i] += factor * others[i];
}

void multiply(DualVector& vector, double factor) {
  for (double& value : vector.values) value *= factor;
  for (double& value : vector.dual) value *= factor;
}

}  // namespace

double inner(const DualVector& left, const DualVector& right) {
  return dot(left.values, right.dual.empty() ? right.values : right.dual);
}

void add_scaled(DualVector& vector, double factor, const DualVector& other) {
  add(vector.values, factor, other.values);
  add(vector.dual, factor, other.dual);
}

const DualVector& Lbfgs::plan(const DualVector& gradient) {
  if (last_step_ != 0) remember(gradient);
  last_gradient_ = gradient;
  direction_ = gradient;
  // The two loops: first back in time, then forward.
  std::vector<double> along(pairs_.size());
  for (std::size_t i = pairs_.size(); i-- > 0;) {
    along[i] = pairs_[i].inverse_curvature * inner(pairs_[i].step, direction_);
    add_scaled(direction_, -along[i], pairs_[i].gradient_change);
  }
  multiply(direction_, pairs_.empty() ? -1.0 : -pairs_.back().scale);
  for (std::size_t i = 0; i < pairs_.size(); ++i) {
    // direction_ is already negated, hence the signs.
    const double across = pairs_[i].inverse_curvature * inner(pairs_[i].gradient_change, direction_);
    add_scaled(direction_, -along[i] - across, pairs_[i].step);
  }
  return direction_;
}

void Lbfgs::remember(const DualVector& gradient) {
  Pair pair;
  if (pairs_.size() == pair_count_) {
    pair = std::move(pairs_.front());  // its memory serves again
    pairs_.pop_front();
  }
  pair.step = direction_;
  multiply(pair.step, last_step_);
  pair.gradient_change = gradient;
  add_scaled(pair.gradient_change, -1, last_gradient_);
  last_step_ = 0;
  const double curvature = inner(pair.step, pair.gradient_change);
  const double change = inner(pair.gradient_change, pair.gradient_change);
  // Without positive curvature (rounding, or a step that ended early) the pair would spoil the others.
  if (!(curvature > 0) || !(change > 0) || curvature < std::numeric_limits<double>::epsilon() * change)
    return;
  pair.inverse_curvature = 1 / curvature;
  pair.scale = curvature / change;
  pairs_.push_back(std::move(pair));
}

void Lbfgs::moved(double step) {
  last_step_ = step;
}

void Lbfgs::add_curvature(double increase, std::size_t free_count) {
  for (Pair& pair : pairs_) {
    const auto penalised = [&](std::vector<double>& values) {
      return std::span(values).first(values.size() - std::min(free_count, values.size()));
    };
    add(penalised(pair.gradient_change.values), increase, pair.step.values);
    add(penalised(pair.gradient_change.dual), increase, pair.step.dual);
    const double curvature = inner(pair.step, pair.gradient_change);
    const double change = inner(pair.gradient_change, pair.gradient_change);
    pair.inverse_curvature = 1 / curvature;
    pair.scale = curvature / change;
  }
  std::erase_if(pairs_, [](const Pair& pair) { return !(pair.inverse_curvature > 0) || !(pair.scale > 0); });
  last_step_ = 0;  // the last gradient belongs to the old function
}

void Lbfgs::forget() {
  pairs_.clear();
  last_step_ = 0;
}

}  // namespace headstart
