#include "base/softmax.h"

#include <algorithm>

namespace headstart {
namespace {

constexpr double kLargest = 708.0;

}  // namespace

double exponential(double x) {
  return x < -kLargest ? 0.0 : exponential_within_range(std::min(x, kLargest));
}

// x = 2^k m with m in [sqrt(1/2), sqrt(2)); ln m = 2 artanh((m - 1) / (m + 1)) by its series.
double logarithm(double x) {
  const auto bits = std::bit_cast<std::uint64_t>(x);
  auto k = static_cast<double>((bits >> 52u) & 0x7FFu) - 1023;
  double m = std::bit_cast<double>((bits & 0x000FFFFFFFFFFFFFu) | 0x3FF0000000000000u);
  if (m > 1.4142135623730951) {
    m *= 0.5;
    k += 1;
  }
  const double t = (m - 1) / (m + 1);
  const double t2 = t * t;
  double series = 1.0 / 21;
  for (int n = 19; n >= 1; n -= 2) series = series * t2 + 1.0 / n;
  return k * detail::kLn2High + (k * detail::kLn2Low + 2 * t * series);
}

void softmax(std::span<double> logits) {
  if (logits.empty()) return;
  const double largest = *std::max_element(logits.begin(), logits.end());
  double sum = 0;
  for (double& logit : logits) {
    logit = exponential_within_range(std::max(logit - largest, -kLargest));
    sum += logit;
  }
  for (double& logit : logits) logit /= sum;
}

}  // namespace headstart
