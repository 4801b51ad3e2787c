#include "fine_tune/optimiser.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/parallel.h"
#include "base/vec4.h"

namespace headstart {
namespace {

constexpr double kBeta1 = 0.9;
constexpr double kBeta2 = 0.999;
constexpr double kEpsilon = 1e-8;
constexpr double kMomentum = 0.9;
// Tensors that start at zero (a new layer's biases) need a step of some length.
constexpr double kLeastScale = 1e-2;
constexpr std::size_t kRangeSize = 16384;

double root_mean_square(std::span<const float> values) {
  double sum = 0;
  for (const float value : values) sum += static_cast<double>(value) * static_cast<double>(value);
  return values.empty() ? 0 : std::sqrt(sum / static_cast<double>(values.size()));
}

struct AdamStep {
  float rate;               // learning rate of this tensor, bias correction of the first moment in it
  float second_correction;  // 1 / (1 - beta2^t)
  float pull;               // towards the start
};

void adam_range(Parameter& parameter, std::size_t begin, std::size_t end, const AdamStep& step) {
  // m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g²;
  // w -= rate m / (sqrt(v correction) + epsilon) + pull (w - start).
  const Vec4 beta1 = splat4(static_cast<float>(kBeta1));
  const Vec4 rest1 = splat4(static_cast<float>(1 - kBeta1));
  const Vec4 beta2 = splat4(static_cast<float>(kBeta2));
  const Vec4 rest2 = splat4(static_cast<float>(1 - kBeta2));
  const Vec4 epsilon = splat4(static_cast<float>(kEpsilon));
  const Vec4 rate = splat4(step.rate);
  const Vec4 correction = splat4(step.second_correction);
  const Vec4 pull = splat4(step.pull);
  for (std::size_t i = begin; i < end; i += kLanes) {
    const Vec4 grad = load4(parameter.grad.data() + i);
    const Vec4 weights = load4(parameter.values.data() + i);
    const Vec4 m = add4(mul4(beta1, load4(parameter.first_moment.data() + i)), mul4(rest1, grad));
    const Vec4 v =
        add4(mul4(beta2, load4(parameter.second_moment.data() + i)), mul4(rest2, mul4(grad, grad)));
    store4(parameter.first_moment.data() + i, m);
    store4(parameter.second_moment.data() + i, v);
    const Vec4 adaptive = div4(mul4(rate, m), add4(sqrt4(mul4(v, correction)), epsilon));
    const Vec4 back = mul4(pull, sub4(weights, load4(parameter.start.data() + i)));
    store4(parameter.values.data() + i, sub4(weights, add4(adaptive, back)));
  }
}

void momentum_range(Parameter& parameter, std::size_t begin, std::size_t end, float rate, float pull) {
  // w -= rate m + pull (w - start).
  const Vec4 rates = splat4(rate);
  const Vec4 pulls = splat4(pull);
  for (std::size_t i = begin; i < end; i += kLanes) {
    const Vec4 weights = load4(parameter.values.data() + i);
    const Vec4 back = mul4(pulls, sub4(weights, load4(parameter.start.data() + i)));
    const Vec4 move = add_product4(back, rates, load4(parameter.first_moment.data() + i));
    store4(parameter.values.data() + i, sub4(weights, move));
  }
}

// m = momentum m + g.
void accumulate_momentum(Parameter& parameter) {
  const Vec4 momentum = splat4(static_cast<float>(kMomentum));
  for (std::size_t i = 0; i < parameter.padded_count(); i += kLanes) {
    float* m = parameter.first_moment.data() + i;
    store4(m, add_product4(load4(parameter.grad.data() + i), momentum, load4(m)));
  }
}

}  // namespace

double learning_rate_factor(std::size_t step, std::size_t step_count, double warm_up_fraction) {
  const double total = static_cast<double>(std::max<std::size_t>(step_count, 1));
  const double warm_up = std::max(1.0, total * warm_up_fraction);
  const double at = static_cast<double>(step);
  if (at < warm_up) return (at + 1) / warm_up;
  const double along = (at - warm_up) / std::max(1.0, total - warm_up);
  return 0.5 * (1 + std::cos(std::numbers::pi * std::min(1.0, along)));
}

Stepper::Stepper(const FineTuneOptions& options, std::span<const Parameter> parameters) : options_(options) {
  for (const Parameter& parameter : parameters) {
    const double size = std::max(kLeastScale, root_mean_square(parameter.elements()));
    scales_.push_back(size * std::pow(options.depth_decay, static_cast<double>(parameter.depth)));
  }
}

void Stepper::skip(std::size_t step_count) {
  // One by one, as step() multiplies: a power would round differently.
  for (std::size_t i = 0; i < step_count; ++i) {
    first_power_ *= kBeta1;
    second_power_ *= kBeta2;
  }
}

void Stepper::step(std::span<Parameter> parameters, double factor, pthreadpool* pool) {
  first_power_ *= kBeta1;
  second_power_ *= kBeta2;
  const double rate = options_.learning_rate * factor;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    Parameter& parameter = parameters[i];
    const double pull =
        rate * options_.pull_to_start * std::pow(options_.depth_decay, static_cast<double>(parameter.depth));
    if (options_.optimiser == Optimiser::kAdamW) {
      const AdamStep step{static_cast<float>(rate * scales_[i] / (1 - first_power_)),
                          static_cast<float>(1 / (1 - second_power_)), static_cast<float>(pull)};
      parallel_ranges(pool, parameter.padded_count(), kRangeSize,
                      [&](std::size_t begin, std::size_t end) { adam_range(parameter, begin, end, step); });
      continue;
    }
    // The step is as long as the rate says, whatever the gradient's size (LARS, You et al. 2017).
    accumulate_momentum(parameter);
    const double size = root_mean_square(parameter.first_moment.span().first(parameter.element_count()));
    const double length = size > 0 ? rate * scales_[i] / size : 0;
    parallel_ranges(pool, parameter.padded_count(), kRangeSize, [&](std::size_t begin, std::size_t end) {
      momentum_range(parameter, begin, end, static_cast<float>(length), static_cast<float>(pull));
    });
  }
}

}  // namespace headstart
