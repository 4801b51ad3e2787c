// Pictures that show almost the same.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace headstart {

// Similarity (as Neighbours has it) from which on two pictures show almost the same.
inline constexpr float kAlmostTheSame = 0.97F;

// For each row of `features` [row_count, feature_count] an earlier one of the same class that shows almost
// the same and has no such one itself, else its own number.
[[nodiscard]] std::vector<std::uint32_t> near_twins(std::span<const float> features,
                                                    std::size_t feature_count,
                                                    std::span<const std::uint32_t> class_indices,
                                                    std::size_t class_count);

}  // namespace headstart
