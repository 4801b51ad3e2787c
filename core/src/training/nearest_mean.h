// The nearest-class-mean head's formulas (headstart/trainer.h states them).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace headstart {

struct LinearHead {
  std::vector<float> weights;  // [class_count, feature_count]
  std::vector<float> biases;   // [class_count]
  double sharpness = 0;
};

// `embeddings` [sample_count, feature_count], `class_indices` [sample_count]; rows with `is_training` 0 are
// passed over. Every class needs a training row.
[[nodiscard]] LinearHead fit_nearest_mean(std::span<const float> embeddings, std::size_t feature_count,
                                          std::span<const std::uint32_t> class_indices,
                                          std::size_t class_count, std::span<const std::uint8_t> is_training);

}  // namespace headstart
