// The resampling filter in whole numbers: which input pixels make an output pixel, and with what weight.
//
// A crop of S x S pixels becomes N x N. In units of 1/(2N) of an input pixel the centre of output pixel i
// lies at (2i+1)S, that of input pixel k at (2k+1)N, and the triangle filter (Pillow's BILINEAR, antialiased)
// reaches R = 2 max(S, N) to each side:
//
//   raw(i, k)    = max(0, R - |(2k+1)N - (2i+1)S|)                          for 0 <= k < S
//   weight(i, k) = raw(i, k) * 2^14 / sum over k of raw(i, k)               rounded down, then the largest
//   remainders (on a
//                                                                           tie the smaller k) get 1 more
//                                                                           until the sum is 2^14
//   row(i, x)    = (sum over k of weight(i, k) * pixel(k, x) + 2^6) >> 7    vertical pass, 7 fractional bits
//   remain out(i, j)    = (sum over k of weight(j, k) * row(i, k) + 2^20) >> 21    horizontal pass, 0…255
//
// Where S = N the only weight is 2^14 at k = i and the picture passes through unchanged. Everything is exact
// in 32 bits, so that any processor gives the same bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "headstart/buffer.h"
#include "headstart/status.h"

namespace headstart {

inline constexpr int kWeightBits = 14;

// Two neighbouring weights, the first one's input pixel even or odd as the table says; lies in memory as two
// int16.
struct WeightPair {
  std::int16_t first = 0;
  std::int16_t second = 0;
};

// For each output pixel: where its weights begin and what they are, in pairs, filled up with zero weights.
struct FilterAxis {
  PaddedBuffer<std::int32_t> first_indices;  // [size_px]: the input pixel of the first weight
  PaddedBuffer<WeightPair> pairs;            // [size_px, pair_count]
  std::size_t pair_count = 0;                // the same for every output pixel

  [[nodiscard]] std::span<const WeightPair> pairs_of(std::size_t output_index) const {
    return pairs.span().subspan(output_index * pair_count, pair_count);
  }
};

// Where the first weight of each output pixel may lie. Columns begin at even pixels, because rows keep pixels
// in twos.
enum class FilterStart : std::uint8_t { kAnywhere, kEven };

// The weights that turn `crop_side_px` pixels into `size_px`. Both must be from 1 to 32768. Fails with
// out-of-memory.
Result<FilterAxis> make_filter_axis(std::int32_t crop_side_px, std::int32_t size_px, FilterStart start);

}  // namespace headstart
