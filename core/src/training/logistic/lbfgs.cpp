#include "training/logistic/lbfgs.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <utility>

#include "base/dot.h"

namespace headstart {
namespace {

template <typename Number>
void add(std::span<Number> values, Number factor, std::span<const Number> others) {
  for (std::size_t i = 0; i < values.size(); ++i) values[i] += factor * others[i];
}

void round(const std::vector<double>& from, std::vector<float>& to) {
  to.resize(from.size());
  std::transform(from.begin(), from.end(), to.begin(),
                 [](double value) { return static_cast<float>(value); });
}

void widen(const std::vector<float>& from, double factor, std::vector<double>& to) {
  to.resize(from.size());
  std::transform(from.begin(), from.end(), to.begin(),
                 [factor](float value) { return factor * static_cast<double>(value); });
}

void round_difference(const std::vector<double>& left, const std::vector<double>& right,
                      std::vector<float>& to) {
  to.resize(left.size());
  for (std::size_t i = 0; i < left.size(); ++i) to[i] = static_cast<float>(left[i] - right[i]);
}

}  // namespace

double inner(const DualVector& left, const DualVector& right) {
  const std::vector<double>& others = right.dual.empty() ? right.values : right.dual;
  return dot(left.values.data(), others.data(), left.values.size());
}

void add_scaled(DualVector& vector, double factor, const DualVector& other) {
  add<double>(vector.values, factor, other.values);
  add<double>(vector.dual, factor, other.dual);
}

double Lbfgs::inner(const Rounded& left, const Rounded& right) {
  const std::vector<float>& others = right.dual.empty() ? right.values : right.dual;
  return long_dot(left.values.data(), others.data(), left.values.size());
}

void Lbfgs::add_scaled(Rounded& vector, double factor, const Rounded& other) {
  add<float>(vector.values, static_cast<float>(factor), other.values);
  add<float>(vector.dual, static_cast<float>(factor), other.dual);
}

const DualVector& Lbfgs::plan(const DualVector& gradient, const RoughInverse* rough) {
  if (last_step_ != 0) remember(gradient);
  last_gradient_ = gradient;
  round(gradient.values, work_.values);
  round(gradient.dual, work_.dual);
  // The two loops: first back in time, then forward.
  std::vector<double> along(pairs_.size());
  for (std::size_t i = pairs_.size(); i-- > 0;) {
    along[i] = pairs_[i].inverse_curvature * inner(pairs_[i].step, work_);
    add_scaled(work_, -along[i], pairs_[i].gradient_change);
  }
  const double scale = rough != nullptr || pairs_.empty() ? 1.0 : pairs_.back().scale;
  if (rough != nullptr) rough->apply(work_.values);
  for (std::size_t i = 0; i < pairs_.size(); ++i) {
    // work_ is scaled at the end, hence the division of what is added to it.
    const double across = scale * pairs_[i].inverse_curvature * inner(pairs_[i].gradient_change, work_);
    add_scaled(work_, (along[i] - across) / scale, pairs_[i].step);
  }
  widen(work_.values, -scale, direction_.values);
  widen(work_.dual, -scale, direction_.dual);
  return direction_;
}

void Lbfgs::remember(const DualVector& gradient) {
  Pair pair;
  if (pairs_.size() == pair_count_) {
    pair = std::move(pairs_.front());  // its memory serves again
    pairs_.pop_front();
  }
  const auto times_step = [this](const std::vector<double>& from, std::vector<float>& to) {
    to.resize(from.size());
    for (std::size_t i = 0; i < from.size(); ++i) to[i] = static_cast<float>(last_step_ * from[i]);
  };
  times_step(direction_.values, pair.step.values);
  times_step(direction_.dual, pair.step.dual);
  round_difference(gradient.values, last_gradient_.values, pair.gradient_change.values);
  round_difference(gradient.dual, last_gradient_.dual, pair.gradient_change.dual);
  last_step_ = 0;
  if (measure(pair)) pairs_.push_back(std::move(pair));
}

// Without positive curvature (rounding, or a step that ended early) a pair would spoil the others.
bool Lbfgs::measure(Pair& pair) {
  const double curvature = inner(pair.step, pair.gradient_change);
  const double change = inner(pair.gradient_change, pair.gradient_change);
  if (!(change > 0) || !(curvature > std::numeric_limits<double>::epsilon() * change)) return false;
  pair.inverse_curvature = 1 / curvature;
  pair.scale = curvature / change;
  return true;
}

void Lbfgs::moved(double step) {
  last_step_ = step;
}

void Lbfgs::add_curvature(double increase, std::size_t free_count) {
  const auto penalised = [free_count](std::vector<float>& values) {
    return std::span(values).first(values.size() - std::min(free_count, values.size()));
  };
  std::erase_if(pairs_, [&](Pair& pair) {
    const auto factor = static_cast<float>(increase);
    add<float>(penalised(pair.gradient_change.values), factor, pair.step.values);
    add<float>(penalised(pair.gradient_change.dual), factor, pair.step.dual);
    return !measure(pair);
  });
  last_step_ = 0;  // the last gradient belongs to the old function
}

void Lbfgs::forget() {
  pairs_.clear();
  last_step_ = 0;
}

}  // namespace headstart
