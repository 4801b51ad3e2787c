#include "image/image_rows.h"

#include <array>
#include <cstring>

#include "image/image_simd.h"

namespace headstart {
namespace {

constexpr int kRowBits = 7;                           // fractional bits kept between the passes
constexpr int kRowShift = kWeightBits - kRowBits;     // 7
constexpr int kColumnShift = kWeightBits + kRowBits;  // 21
constexpr std::int32_t kRowRounding = 1 << (kRowShift - 1);
constexpr std::int32_t kColumnRounding = 1 << (kColumnShift - 1);
constexpr std::size_t kBlockPixels = 4;  // of the vertical pass
constexpr int kAnyPairCount = 0;

// A pair count known to the compiler keeps the row pointers and weights in registers.
template <int kPairCount>
std::size_t blend_row_blocks(std::span<const std::uint8_t* const> rows, std::span<const WeightPair> pairs,
                             std::size_t width_px, std::int16_t* out) {
  const std::size_t pair_count = kPairCount == kAnyPairCount ? pairs.size() : std::size_t{kPairCount};
  const simd::I32x4 rounding = simd::repeat(kRowRounding);
  const std::uint8_t* const* const row = rows.data();
  const WeightPair* const weights = pairs.data();
  std::size_t x = 0;
  for (; x + kBlockPixels <= width_px; x += kBlockPixels) {
    std::array<simd::I32x4, kBlockPixels> sums = {rounding, rounding, rounding, rounding};
    for (std::size_t pair = 0; pair < pair_count; ++pair) {
      const simd::I16x8 weight = simd::repeat_pair(&weights[pair]);
      for (std::size_t half = 0; half < 2; ++half) {  // two pixels each
        const std::size_t offset = (x + 2 * half) * kChannelCount;
        const simd::I16x8 first = simd::load_bytes(row[2 * pair] + offset);
        const simd::I16x8 second = simd::load_bytes(row[2 * pair + 1] + offset);
        sums[2 * half] = simd::add(sums[2 * half], simd::dot(simd::interleave_low(first, second), weight));
        sums[2 * half + 1] =
            simd::add(sums[2 * half + 1], simd::dot(simd::interleave_high(first, second), weight));
      }
    }
    for (std::size_t half = 0; half < 2; ++half) {
      const simd::I16x8 two_pixels = simd::narrow(simd::shift_right<kRowShift>(sums[2 * half]),
                                                  simd::shift_right<kRowShift>(sums[2 * half + 1]));
      simd::store(out + (x + 2 * half) * kChannelCount, simd::interleave_halves(two_pixels));
    }
  }
  return x;
}

// The last pixels of a row whose width is no multiple of a block.
void blend_row_rest(std::span<const std::uint8_t* const> rows, std::span<const WeightPair> pairs,
                    std::size_t begin_px, std::size_t width_px, std::int16_t* out) {
  for (std::size_t x = begin_px; x < width_px; ++x) {
    for (std::size_t channel = 0; channel < kChannelCount; ++channel) {
      const std::size_t offset = x * kChannelCount + channel;
      std::int32_t sum = kRowRounding;
      for (std::size_t pair = 0; pair < pairs.size(); ++pair) {
        sum += pairs[pair].first * rows[2 * pair][offset] + pairs[pair].second * rows[2 * pair + 1][offset];
      }
      out[(x / 2) * 2 * kChannelCount + 2 * channel + x % 2] = static_cast<std::int16_t>(sum >> kRowShift);
    }
  }
}

// RGBA sums of one output pixel, each 0…255.
template <int kPairCount>
simd::I32x4 blend_pixel(const std::int16_t* row, const FilterAxis& columns, std::size_t column) {
  const std::size_t pair_count = kPairCount == kAnyPairCount ? columns.pair_count : std::size_t{kPairCount};
  const WeightPair* const weights = columns.pairs.data() + column * pair_count;
  const std::int16_t* const pixels =
      row + static_cast<std::size_t>(columns.first_indices.data()[column]) * kChannelCount;
  simd::I32x4 sum = simd::repeat(kColumnRounding);
  for (std::size_t pair = 0; pair < pair_count; ++pair) {
    const simd::I16x8 two_pixels = simd::load(pixels + pair * 2 * kChannelCount);
    sum = simd::add(sum, simd::dot(two_pixels, simd::repeat_pair(&weights[pair])));
  }
  return simd::shift_right<kColumnShift>(sum);
}

std::size_t column_of(std::size_t output_index, std::size_t count, Direction direction) {
  return direction == Direction::kLeftToRight ? output_index : count - 1 - output_index;
}

template <int kPairCount>
void columns_to_floats(const std::int16_t* row, const FilterAxis& columns, Direction direction, float scale,
                       float offset, std::span<float> out) {
  const std::size_t count = columns.first_indices.size();
  std::size_t x = 0;
  // Four floats are stored where three are meant; the next pixel overwrites the fourth.
  for (; x + 1 < count; ++x) {
    const simd::I32x4 pixel = blend_pixel<kPairCount>(row, columns, column_of(x, count, direction));
    simd::store_scaled(out.data() + 3 * x, pixel, &scale, &offset);
  }
  std::array<float, 4> last{};
  simd::store_scaled(last.data(), blend_pixel<kPairCount>(row, columns, column_of(x, count, direction)),
                     &scale, &offset);
  std::memcpy(out.data() + 3 * x, last.data(), 3 * sizeof(float));
}

template <int kPairCount>
void columns_to_bytes(const std::int16_t* row, const FilterAxis& columns, Direction direction,
                      std::span<std::uint8_t> out) {
  const std::size_t count = columns.first_indices.size();
  for (std::size_t x = 0; x < count; ++x) {
    const simd::I32x4 pixel = blend_pixel<kPairCount>(row, columns, column_of(x, count, direction));
    simd::store_bytes(out.data() + kChannelCount * x, pixel);
    out[kChannelCount * x + 3] = 255;
  }
}

}  // namespace

void blend_rows(std::span<const std::uint8_t* const> rows, std::span<const WeightPair> pairs,
                std::size_t width_px, std::int16_t* out) {
  std::size_t done_px = 0;
  switch (pairs.size()) {
    case 1:
      done_px = blend_row_blocks<1>(rows, pairs, width_px, out);
      break;
    case 2:
      done_px = blend_row_blocks<2>(rows, pairs, width_px, out);
      break;
    case 3:
      done_px = blend_row_blocks<3>(rows, pairs, width_px, out);
      break;
    default:
      done_px = blend_row_blocks<kAnyPairCount>(rows, pairs, width_px, out);
      break;
  }
  blend_row_rest(rows, pairs, done_px, width_px, out);
}

void blend_columns_to_floats(const std::int16_t* row, const FilterAxis& columns, Direction direction,
                             float scale, float offset, std::span<float> out) {
  switch (columns.pair_count) {
    case 1:
      return columns_to_floats<1>(row, columns, direction, scale, offset, out);
    case 2:
      return columns_to_floats<2>(row, columns, direction, scale, offset, out);
    case 3:
      return columns_to_floats<3>(row, columns, direction, scale, offset, out);
    default:
      return columns_to_floats<kAnyPairCount>(row, columns, direction, scale, offset, out);
  }
}

void blend_columns_to_bytes(const std::int16_t* row, const FilterAxis& columns, Direction direction,
                            std::span<std::uint8_t> out) {
  switch (columns.pair_count) {
    case 1:
      return columns_to_bytes<1>(row, columns, direction, out);
    case 2:
      return columns_to_bytes<2>(row, columns, direction, out);
    case 3:
      return columns_to_bytes<3>(row, columns, direction, out);
    default:
      return columns_to_bytes<kAnyPairCount>(row, columns, direction, out);
  }
}

}  // namespace headstart
