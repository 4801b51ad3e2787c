// The nearest-class-mean head's formulas (headstart/trainer.h states them).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "training/training_rows.h"

namespace headstart {

struct LinearHead {
  std::vector<float> weights;  // [class_count, feature_count]
  std::vector<float> biases;   // [class_count]
  double sharpness = 0;
};

// `rows` [row_count, feature_count], `class_indices` [row_count]; rows with `is_training` 0 are passed over.
// Row r is of sample r % sample_count: a sample is judged without any of its rows. Every class needs a
// training row.
[[nodiscard]] LinearHead fit_nearest_mean(const StridedRows& rows, std::size_t sample_count,
                                          std::span<const std::uint32_t> class_indices,
                                          std::size_t class_count, std::span<const std::uint8_t> is_training);

// Of several maps each is scaled by one number, so that all have the same mean squared distance from their
// mean over the rows; over one map the factor is 1. [feature_count]
[[nodiscard]] std::vector<float> map_scales(const StridedRows& rows, std::span<const std::size_t> map_sizes,
                                            std::size_t row_count);

}  // namespace headstart
