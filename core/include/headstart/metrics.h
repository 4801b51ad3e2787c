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
  double recall = 0;     // of those of this class, the part that was found; 0 where there is none
};

struct Metrics {
  std::size_t sample_count = 0;
  double accuracy = 0;
  double accuracy_low = 0;  // 95 % Wilson score interval (Wilson 1927)
  double accuracy_high = 0;
  double balanced_accuracy = 0;          // mean recall of the classes that have samples
  double log_loss = 0;                   // mean -ln p(true class), natural logarithm
  double calibration_error = 0;          // expected calibration error, 10 equal-width bins (Guo et al. 2017)
  std::vector<ClassMetrics> per_class;   // [class_count]
  std::vector<std::uint32_t> confusion;  // [class_count (true), class_count (predicted)]
};

// `logits` [sample_count, class_count] against `class_indices` [sample_count], each below class_count. Among
// equal logits the first class counts as predicted. Without samples everything is 0.
[[nodiscard]] Metrics measure(std::span<const float> logits, std::span<const std::uint32_t> class_indices,
                              std::size_t class_count);

// The temperature T in 1/1024…1024 that minimises the class-balanced log loss of softmax(logits / T) (Guo et
// al. 2017, "On Calibration of Modern Neural Networks"). The targets are not quite 0 and 1 but 1 - 1/(n + 2)
// for the true class and the rest shared by the others (Platt 1999, "Probabilistic Outputs for Support Vector
// Machines"): n samples that were all told right do not prove that none ever will be told wrong, and without
// this T would then be 0. 1 without samples.
[[nodiscard]] double fit_temperature(std::span<const float> logits,
                                     std::span<const std::uint32_t> class_indices, std::size_t class_count);

}  // namespace headstart
