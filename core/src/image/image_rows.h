// The two passes of the resampling, one row at a time (image_filter.h has the formulas).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "image/image_filter.h"

namespace headstart {

// A row between the passes: 7 fractional bits, RGBA, pixels in twos with their channels interleaved
// (r0 r1 g0 g1 b0 b1 a0 a1), as the horizontal pass multiplies them: [ceil(width / 2), 4, 2].
inline constexpr std::size_t kChannelCount = 4;

// Vertical pass: `rows` holds two row pointers for each of `pairs`, each row with `width_px` RGBA pixels.
// Writes `out`, which has room for an even number of pixels.
void blend_rows(std::span<const std::uint8_t* const> rows, std::span<const WeightPair> pairs,
                std::size_t width_px, std::int16_t* out);

// Horizontal pass: one output pixel for each index of `columns`, from left to right, or right to left when
// mirrored. `row` is readable up to the last weight of every output pixel.
enum class Direction : std::uint8_t { kLeftToRight, kRightToLeft };

// To normalised RGB: `out` [columns, 3].
void blend_columns_to_floats(const std::int16_t* row, const FilterAxis& columns, Direction direction,
                             float scale, float offset, std::span<float> out);

// To RGBA bytes with alpha 255: `out` [columns, 4].
void blend_columns_to_bytes(const std::int16_t* row, const FilterAxis& columns, Direction direction,
                            std::span<std::uint8_t> out);

}  // namespace headstart
