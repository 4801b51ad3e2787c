#include <algorithm>
#include <cmath>

#include "base/softmax.h"
#include "headstart/metrics.h"

namespace headstart {
namespace {

constexpr double kLeastInverse = 1.0 / 1024;
constexpr double kMostInverse = 1024;
constexpr int kMostSteps = 100;

// What calibration is fitted to.
struct Calibration {
  std::span<const float> logits;
  std::span<const std::uint32_t> class_indices;
  std::size_t class_count;
  std::vector<double> class_weights;  // 1 / (number of samples of the class)
  double doubt;                       // 1 / (n + 2)
};

struct Derivatives {
  double first = 0;
  double second = 0;
};

// Of loss(b) = sum_i w_i (log sum_c exp(b z_ic) - b sum_c t_ic z_ic) by b = 1 / T: with p = softmax(b z),
// loss' = sum_i w_i (E_p[z_i] - E_t[z_i]) and loss'' = sum_i w_i Var_p[z_i] >= 0, so the loss is convex in b.
Derivatives derivatives_at(const Calibration& task, double inverse_temperature, std::vector<double>& row) {
  Derivatives sum;
  const double doubt_each = task.doubt / static_cast<double>(task.class_count - 1);
  for (std::size_t i = 0; i < task.class_indices.size(); ++i) {
    const auto logits = task.logits.subspan(i * task.class_count, task.class_count);
    const std::size_t truth = task.class_indices[i];
    for (std::size_t c = 0; c < row.size(); ++c)
      row[c] = inverse_temperature * static_cast<double>(logits[c]);
    softmax(row);
    double mean = 0;
    double mean_square = 0;
    double logit_sum = 0;
    // Relative to the true class, so that a large common offset does not cancel badly.
    const double origin = static_cast<double>(logits[truth]);
    for (std::size_t c = 0; c < row.size(); ++c) {
      const double z = static_cast<double>(logits[c]) - origin;
      mean += row[c] * z;
      mean_square += row[c] * z * z;
      logit_sum += z;
    }
    const double weight = task.class_weights[truth];
    sum.first += weight * (mean - doubt_each * logit_sum);
    sum.second += weight * std::max(0.0, mean_square - mean * mean);
  }
  return sum;
}

}  // namespace

double fit_temperature(std::span<const float> logits, std::span<const std::uint32_t> class_indices,
                       std::size_t class_count) {
  if (class_indices.empty() || class_count < 2) return 1;
  Calibration task{.logits = logits,
                   .class_indices = class_indices,
                   .class_count = class_count,
                   .class_weights = std::vector<double>(class_count, 0.0),
                   .doubt = 1.0 / (static_cast<double>(class_indices.size()) + 2)};
  for (const std::uint32_t index : class_indices) task.class_weights[index] += 1;
  for (double& weight : task.class_weights) weight = weight > 0 ? 1 / weight : 0;

  // Newton's method, with bisection (in the logarithm) whenever it would leave the bracket.
  std::vector<double> row(class_count);
  double low = kLeastInverse;
  double high = kMostInverse;
  double inverse = 1;
  for (int step = 0; step < kMostSteps; ++step) {
    const Derivatives slope = derivatives_at(task, inverse, row);
    if (slope.first > 0) high = inverse;
    if (slope.first < 0) low = inverse;
    if (slope.first == 0) break;
    double next = slope.second > 0 ? inverse - slope.first / slope.second : 0;
    if (next <= low || next >= high) next = std::sqrt(low * high);
    if (std::abs(next - inverse) <= 1e-7 * inverse) break;
    inverse = next;
  }
  return 1 / inverse;
}

}  // namespace headstart
