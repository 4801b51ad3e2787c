#include "headstart/metrics.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/softmax.h"

namespace headstart {
namespace {

constexpr std::size_t kBinCount = 10;

struct Bin {
  double confidence_sum = 0;
  double right_sum = 0;
};

// Wilson 1927; z is the 97.5 % quantile of the normal distribution.
void set_wilson_interval(Metrics& metrics) {
  constexpr double z = 1.959963984540054;
  const auto n = static_cast<double>(metrics.sample_count);
  const double p = metrics.accuracy;
  const double centre = (p + z * z / (2 * n)) / (1 + z * z / n);
  const double half = z / (1 + z * z / n) * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
  metrics.accuracy_low = std::max(0.0, centre - half);
  metrics.accuracy_high = std::min(1.0, centre + half);
}

void set_class_metrics(Metrics& metrics, std::size_t class_count) {
  metrics.per_class.resize(class_count);
  double recall_sum = 0;
  std::size_t present_count = 0;
  for (std::size_t c = 0; c < class_count; ++c) {
    std::size_t called = 0;
    std::size_t present = 0;
    for (std::size_t other = 0; other < class_count; ++other) {
      called += metrics.confusion[other * class_count + c];
      present += metrics.confusion[c * class_count + other];
    }
    const double found = metrics.confusion[c * class_count + c];
    ClassMetrics& own = metrics.per_class[c];
    own.sample_count = present;
    own.precision = called == 0 ? 0 : found / static_cast<double>(called);
    own.recall = present == 0 ? 0 : found / static_cast<double>(present);
    recall_sum += own.recall;
    present_count += present == 0 ? 0 : 1;
  }
  metrics.balanced_accuracy = present_count == 0 ? 0 : recall_sum / static_cast<double>(present_count);
}

}  // namespace

Metrics measure(std::span<const float> logits, std::span<const std::uint32_t> class_indices,
                std::size_t class_count) {
  Metrics metrics;
  metrics.sample_count = class_indices.size();
  metrics.confusion.assign(class_count * class_count, 0);
  if (metrics.sample_count == 0) {
    metrics.per_class.resize(class_count);
    return metrics;
  }
  std::array<Bin, kBinCount> bins{};
  std::vector<double> row(class_count);
  std::size_t right_count = 0;
  for (std::size_t i = 0; i < class_indices.size(); ++i) {
    const auto source = logits.subspan(i * class_count, class_count);
    std::copy(source.begin(), source.end(), row.begin());
    softmax(row);
    const std::size_t truth = class_indices[i];
    const auto predicted = static_cast<std::size_t>(std::max_element(row.begin(), row.end()) - row.begin());
    const bool right = predicted == truth;
    right_count += right ? 1 : 0;
    ++metrics.confusion[truth * class_count + predicted];
    // A probability of 0 would make one picture outweigh all others.
    metrics.log_loss -= logarithm(std::max(row[truth], kLeastProbability));
    const double confidence = row[predicted];
    const auto bin = std::min(kBinCount - 1, static_cast<std::size_t>(confidence * kBinCount));
    bins[bin].confidence_sum += confidence;
    bins[bin].right_sum += right ? 1 : 0;
  }
  const auto n = static_cast<double>(metrics.sample_count);
  metrics.accuracy = static_cast<double>(right_count) / n;
  metrics.log_loss /= n;
  for (const Bin& bin : bins) metrics.calibration_error += std::abs(bin.confidence_sum - bin.right_sum) / n;
  set_wilson_interval(metrics);
  set_class_metrics(metrics, class_count);
  return metrics;
}

}  // namespace headstart
