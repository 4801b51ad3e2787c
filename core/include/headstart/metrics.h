// How good a head is, in numbers that were measured on pictures it had not seen.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace headstart {

struct ClassMetrics {
  std::size_t sample_count = 0;
  double precision = 0;  // of those called this class, the part that was; 0 where none was called so
  double recall = 0;     // of those of this class, the part that was found
};

struct Metrics {
  std::size_t sample_count = 0;
  double accuracy = 0;
  double accuracy_low = 0;    // 95 % Wilson interval (Wilson 1927)
  double accuracy_high = 0;
  double balanced_accuracy = 0;
  double log_loss = 0;        // mean -ln p(true class), natural logarithm
  double calibration_error = 0;  // expected calibration error, 10 equal-width bins (Guo et al. 2017)
  std::vector<ClassMetrics> per_class;     // [class_count]
  std::vector<std::uint32_t> confusion;    // [class_count (true), class_count (predicted)]
};

// `logits` [sample_count, class_count] against `class_indices` [sample_count].
Metrics measure(std::span<const float> logits, std::span<const std::uint32_t> class_indices, std::size_t class_count);

// The temperature T > 0 that minimises the class-balanced log loss of softmax(logits / T) (Guo et al. 2017).
double fit_temperature(std::span<const float> logits, std::span<const std::uint32_t> class_indices, std::size_t class_count);

}  // namespace headstart
