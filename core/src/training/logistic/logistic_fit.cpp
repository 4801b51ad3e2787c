#include "training/logistic/logistic_fit.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <optional>
#include <utility>

#include "base/softmax.h"

namespace headstart {
namespace {

constexpr std::size_t kBlock = 256;  // samples at a time, so that a block's logits stay in the nearest cache

// v_i = 1 / (class_count n) over the classes that have training samples.
std::vector<double> balanced_weights(const LogisticFit::Problem& problem) {
  std::vector<double> counts(problem.class_count, 0.0);
  for (std::size_t i = 0; i < problem.class_indices.size(); ++i) {
    if (problem.is_training[i] != 0) counts[problem.class_indices[i]] += 1;
  }
  double present_count = 0;
  for (const double count : counts) present_count += count > 0 ? 1 : 0;
  std::vector<double> weights(problem.class_indices.size(), 0.0);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (problem.is_training[i] != 0) weights[i] = 1 / (present_count * counts[problem.class_indices[i]]);
  }
  return weights;
}

// [row_count, stride] columns first… to [class_count, row_count].
void take_columns(std::span<const float> product, std::size_t first, std::size_t stride,
                  std::size_t class_count, std::span<double> out) {
  const std::size_t row_count = product.size() / stride;
  for (std::size_t c = 0; c < class_count; ++c) {
    const float* column = product.data() + first + c;
    double* target = out.data() + c * row_count;
    for (std::size_t i = 0; i < row_count; ++i) target[i] = static_cast<double>(column[i * stride]);
  }
}

}  // namespace

class LogisticFit::Line final : public LineFunction {
 public:
  explicit Line(LogisticFit& fit) : fit_(fit) {}
  LineValue at(double step) override { return fit_.evaluate(step); }

 private:
  LogisticFit& fit_;
};

// The Hessian's block of each class with itself is sum_i v_i p_ic (1 - p_ic) x~_i x~_iᵀ + l2. Taken as if the
// factors before the samples were the same for all, and those between classes nothing, it is quickly
// inverted; what that leaves out is for the memory of the last steps.
class LogisticFit::Curvature final : public RoughInverse {
 public:
  explicit Curvature(const LogisticFit& fit) : fit_(fit) {
    const std::size_t n = fit.design_->row_count();
    for (std::size_t c = 0; c < fit.class_count_; ++c) {
      const double* residuals = fit.residuals_.data() + c * n;
      double sum = 0;
      // The residual is v (p - onehot), so that |r| (1 - |r| / v) = v p (1 - p).
      for (std::size_t i = 0; i < n; ++i) {
        const double weight = fit.sample_weights_[i];
        const double residual = std::abs(residuals[i]);
        if (weight > 0) sum += residual * (1 - residual / weight);
      }
      weights_.push_back(std::max(sum, kLeast));
    }
  }

  void apply(std::span<float> values) const override {
    const std::size_t size = fit_.design_->coordinate_count();
    for (std::size_t c = 0; c < fit_.class_count_; ++c) {
      fit_.design_->directions().solve(weights_[c], fit_.l2_, values.subspan(c * size, size));
      values[fit_.coordinate_size() + c] /= static_cast<float>(weights_[c]);
    }
  }

 private:
  // Where all samples are answered with certainty nothing bends any more.
  static constexpr double kLeast = 1e-6;

  const LogisticFit& fit_;
  std::vector<double> weights_;  // [class_count]: sum_i v_i p_ic (1 - p_ic)
};

LogisticFit::LogisticFit(const Problem& problem, double l2, std::size_t pair_count)
    : design_(problem.design),
      class_indices_(problem.class_indices),
      class_count_(problem.class_count),
      sample_weights_(balanced_weights(problem)),
      l2_(l2),
      lbfgs_(pair_count) {
  const std::size_t logit_count = class_count_ * design_->row_count();
  point_.values.assign(coordinate_size() + class_count_, 0.0);
  logits_.assign(logit_count, 0.0);
  direction_logits_.assign(logit_count, 0.0);
  residuals_.assign(logit_count, 0.0);
  block_.assign((class_count_ + 2) * kBlock, 0.0);
  if (in_samples()) {
    point_.dual.assign(point_.values.size(), 0.0);
    gradient_.dual.assign(point_.values.size(), 0.0);
  }
  gradient_.values.assign(point_.values.size(), 0.0);
  start_at(std::move(point_.values), std::move(logits_));
}

void LogisticFit::start_at(std::vector<double> point, std::vector<double> logits) {
  point_.values = std::move(point);
  logits_ = std::move(logits);
  if (in_samples()) {
    point_.dual = logits_;
    point_.dual.insert(point_.dual.end(), point_.values.end() - static_cast<std::ptrdiff_t>(class_count_),
                       point_.values.end());
  }
  lbfgs_.forget();
  direction_ = nullptr;
  gradient_is_fresh_ = false;
  here_ = evaluate(0);
}

void LogisticFit::set_l2(double l2) {
  const double increase = l2 - l2_;
  l2_ = l2;
  lbfgs_.add_curvature(increase, class_count_);
  for (std::size_t k = 0; k < coordinate_size(); ++k) {
    gradient_.values[k] += increase * point_.values[k];
    if (in_samples()) gradient_.dual[k] += increase * point_.dual[k];
  }
  direction_ = nullptr;
  here_.value = data_loss_ + 0.5 * l2_ * penalty_product(point_, point_);
}

double LogisticFit::penalty_product(const DualVector& left, const DualVector& right) const {
  const std::vector<double>& other = in_samples() ? right.dual : right.values;
  double sum = 0;
  for (std::size_t k = 0; k < coordinate_size(); ++k) sum += left.values[k] * other[k];
  return sum;
}

void LogisticFit::set_gradient(std::span<const float> product, std::size_t first, std::size_t stride) {
  const std::size_t size = coordinate_size();
  if (in_samples()) {
    std::copy(residuals_.begin(), residuals_.end(), gradient_.values.begin());
    take_columns(product, first, stride, class_count_, gradient_.dual);
  } else {
    take_columns(product, first, stride, class_count_, gradient_.values);
  }
  for (std::size_t k = 0; k < size; ++k) gradient_.values[k] += l2_ * point_.values[k];
  if (in_samples()) {
    for (std::size_t k = 0; k < size; ++k) gradient_.dual[k] += l2_ * point_.dual[k];
  }
  const std::size_t n = design_->row_count();
  for (std::size_t c = 0; c < class_count_; ++c) {
    double sum = 0;
    for (std::size_t i = 0; i < n; ++i) sum += residuals_[c * n + i];
    gradient_.values[size + c] = sum;
    if (in_samples()) gradient_.dual[size + c] = sum;
  }
  gradient_is_fresh_ = true;
}

double LogisticFit::plan() {
  assert(gradient_is_fresh_);
  std::optional<Curvature> curvature;
  if (is_preconditioned()) curvature.emplace(*this);
  const RoughInverse* rough = curvature ? &*curvature : nullptr;
  direction_ = &lbfgs_.plan(gradient_, rough);
  here_.slope = inner(gradient_, *direction_);
  if (!(here_.slope < 0) && lbfgs_.remembers()) {  // rounding has spoilt the memory
    lbfgs_.forget();
    direction_ = &lbfgs_.plan(gradient_, rough);
    here_.slope = inner(gradient_, *direction_);
  }
  if (in_samples()) {
    std::copy_n(direction_->dual.begin(), direction_logits_.size(), direction_logits_.begin());
  }
  return -0.5 * here_.slope;
}

std::span<const double> LogisticFit::direction() const {
  return std::span(direction_->values).first(coordinate_size());
}

void LogisticFit::set_direction_logits(std::span<const float> product, std::size_t first,
                                       std::size_t stride) {
  take_columns(product, first, stride, class_count_, direction_logits_);
}

bool LogisticFit::walk() {
  assert(direction_ != nullptr);
  if (!(here_.slope < 0)) return false;
  point_square_ = penalty_product(point_, point_);
  point_direction_ = penalty_product(point_, *direction_);
  direction_square_ = penalty_product(*direction_, *direction_);
  // Rounding makes the two factors of |w|^2 drift apart by a millionth; taken afresh, the value at the start
  // and those along the line still differ by the line alone.
  here_.value = data_loss_ + 0.5 * l2_ * point_square_;
  Line line(*this);
  // Trials cost no product here, so the line search may be exact enough to save rounds.
  const LineOptions options{.curvature = 0.3};
  // Without memory the direction is -gradient: then the length that the loss's curvature along it asks for,
  // by the bound 1/2 on the curvature of -ln softmax (Boehning 1992), is safe; expansion does the rest.
  const double first_step = lbfgs_.remembers() || is_preconditioned() ? 1.0 : 1.0 / (0.5 + l2_);
  const LineResult result = search_line(line, here_, first_step, options);
  const double step = result.found ? result.step : 0.0;
  if (result.last_step != step || !result.found) evaluate(step);
  if (!result.found) {
    direction_ = nullptr;
    return false;
  }
  here_ = result.at;
  add_scaled(point_, step, *direction_);
  for (std::size_t k = 0; k < logits_.size(); ++k) logits_[k] += step * direction_logits_[k];
  lbfgs_.moved(step);
  gradient_is_fresh_ = false;
  return true;
}

// Sets the residuals at point + step * direction, too.
LineValue LogisticFit::evaluate(double step) {
  ++evaluation_count_;
  LineValue sum;
  for (std::size_t begin = 0; begin < design_->row_count(); begin += kBlock) {
    const LineValue part = evaluate_block(step, begin, std::min(kBlock, design_->row_count() - begin));
    sum.value += part.value;
    sum.slope += part.slope;
  }
  data_loss_ = sum.value;
  if (direction_ != nullptr) {
    sum.value += 0.5 * l2_ * (point_square_ + 2 * step * point_direction_ + step * step * direction_square_);
    sum.slope += l2_ * (point_direction_ + step * direction_square_);
  } else {
    sum.value += 0.5 * l2_ * penalty_product(point_, point_);
  }
  return sum;
}

LineValue LogisticFit::evaluate_block(double step, std::size_t begin, std::size_t count) {
  const std::size_t n = design_->row_count();
  double* largest = block_.data() + class_count_ * kBlock;
  double* sum = largest + kBlock;
  const std::size_t bias_at = coordinate_size();
  std::fill_n(largest, count, -1e300);
  std::fill_n(sum, count, 0.0);
  for (std::size_t c = 0; c < class_count_; ++c) {
    const double bias_step = direction_ == nullptr ? 0.0 : step * direction_->values[bias_at + c];
    const double bias = point_.values[bias_at + c] + bias_step;
    const double* from = logits_.data() + c * n + begin;
    const double* along = direction_logits_.data() + c * n + begin;
    double* z = block_.data() + c * kBlock;
    for (std::size_t i = 0; i < count; ++i) {
      z[i] = from[i] + step * along[i] + bias;
      largest[i] = std::max(largest[i], z[i]);
    }
  }
  LineValue result;
  for (std::size_t i = 0; i < count; ++i) {
    const double truth = block_[class_indices_[begin + i] * kBlock + i];
    result.value += sample_weights_[begin + i] * (largest[i] - truth);
  }
  for (std::size_t c = 0; c < class_count_; ++c) {
    double* z = block_.data() + c * kBlock;
    for (std::size_t i = 0; i < count; ++i) {
      z[i] = exponential_within_range(std::max(z[i] - largest[i], -700.0));
      sum[i] += z[i];
    }
  }
  for (std::size_t i = 0; i < count; ++i) {
    result.value += sample_weights_[begin + i] * logarithm(sum[i]);
    sum[i] = sample_weights_[begin + i] / sum[i];
  }
  for (std::size_t c = 0; c < class_count_; ++c) {
    const double* z = block_.data() + c * kBlock;
    double* r = residuals_.data() + c * n + begin;
    for (std::size_t i = 0; i < count; ++i) r[i] = z[i] * sum[i];
  }
  for (std::size_t i = 0; i < count; ++i) {
    residuals_[class_indices_[begin + i] * n + begin + i] -= sample_weights_[begin + i];
  }
  if (direction_ == nullptr) return result;
  for (std::size_t c = 0; c < class_count_; ++c) {
    const double bias_direction = direction_->values[bias_at + c];
    const double* along = direction_logits_.data() + c * n + begin;
    const double* r = residuals_.data() + c * n + begin;
    for (std::size_t i = 0; i < count; ++i) result.slope += r[i] * (along[i] + bias_direction);
  }
  return result;
}

std::span<const double> LogisticFit::coordinates() const {
  return std::span(point_.values).first(coordinate_size());
}

std::span<const double> LogisticFit::biases() const {
  return std::span(point_.values).last(class_count_);
}

double LogisticFit::logit(std::size_t sample_index, std::size_t class_index) const {
  return logits_[class_index * design_->row_count() + sample_index] + biases()[class_index];
}

}  // namespace headstart
