// int8 depthwise convolution with 3x3 taps for relaxed SIMD, in place of XNNPACK's kernel of nine taps.
//
// XNNPACK's kernel widens and multiplies each input by each weight. This one interleaves the three rows of a
// column, so that one dot product sums the column's taps of four channels (the fourth weight is zero), and
// neighbouring pixels share the columns that both see.
#include <stdbool.h>

#include "qs8_dwconv.h"
#include "qs8_parts.h"

enum {
  kTaps = 9,
  kRows = 3,
  kColumns = 3,
  kPairPixels = 2,    // output pixels that are computed together
  kBlockPixels = 32,  // output pixels whose inputs are looked up once for all channels
};

// Eight channels.
struct Channels {
  struct Eight bias, scales, weights[kColumns];
};

INLINE struct Eight interleave_column(const int8_t* const* rows, size_t channel) {
  const v128_t last = wasm_v128_load64_zero(rows[2] + channel);
  return interleave(wasm_v128_load64_zero(rows[0] + channel), wasm_v128_load64_zero(rows[1] + channel), last,
                    last);
}

// Weights [8 bias][9 taps][8][8 scales].
INLINE struct Channels load_channels(const bool flips, const int8_t* weights) {
  struct Channels channels;
  channels.bias = load_eight(weights);
  weights += sizeof(struct Eight);
  struct Eight weights64 = {{wasm_i32x4_const_splat(0), wasm_i32x4_const_splat(0)}};
  UNROLLED for (size_t column = 0; column < kColumns; ++column) {
    const v128_t first = wasm_v128_load64_zero(weights + (column * kRows + 0) * kQs8Tile);
    const v128_t second = wasm_v128_load64_zero(weights + (column * kRows + 1) * kQs8Tile);
    const v128_t third = wasm_v128_load64_zero(weights + (column * kRows + 2) * kQs8Tile);
    channels.weights[column] = interleave(first, second, third, wasm_i8x16_const_splat(0));
    if (flips) weights64 = add_weights(channels.weights[column], weights64);
  }
  if (flips) channels.bias = offset_bias(channels.bias, weights64);
  channels.scales = load_eight(weights + kTaps * kQs8Tile);
  return channels;
}

INLINE v128_t convolve_pixel(const struct Channels* channels, const struct Eight* columns,
                             struct Requantization to) {
  struct Eight sums = channels->bias;
  UNROLLED for (size_t column = 0; column < kColumns; ++column) {
    sums = dot_add_eight(channels->weights[column], columns[column], sums);
  }
  return requantize(sums, channels->scales, to);
}

// `stride` columns are new for each pixel; with 3 nothing is shared. inputs [pixel_count * stride + 3 -
// stride][3].
INLINE void convolve_row(const bool flips, const size_t stride, const struct Channels* channels,
                         const int8_t* const* inputs, size_t channel, size_t pixel_count, int8_t* output,
                         size_t output_stride, size_t lane_count, const struct Requantization* stored) {
  const size_t shared = kColumns - stride;
  struct Eight columns[kColumns * kPairPixels];
  UNROLLED for (size_t column = 0; column < shared; ++column) {
    columns[column] = interleave_column(inputs + column * kRows, channel);
    if (flips) columns[column] = flip_signs(columns[column], sign_mask());
  }
  for (; pixel_count >= kPairPixels; pixel_count -= kPairPixels) {
    UNROLLED for (size_t column = shared; column < kColumns + stride; ++column) {
      columns[column] = interleave_column(inputs + column * kRows, channel);
      if (flips) columns[column] = flip_signs(columns[column], sign_mask());
    }
    inputs += kPairPixels * stride * kRows;
    const v128_t first = convolve_pixel(channels, columns, *stored);
    const v128_t bytes = narrow(first, convolve_pixel(channels, columns + stride, *stored), *stored);
    store_bytes(output, bytes, lane_count);
    store_bytes(output + output_stride, wasm_i64x2_shuffle(bytes, bytes, 1, 1), lane_count);
    output += kPairPixels * output_stride;
    UNROLLED for (size_t column = 0; column < shared; ++column) {
      columns[column] = columns[column + kPairPixels * stride];
    }
  }
  if (pixel_count == 0) return;
  UNROLLED for (size_t column = shared; column < kColumns; ++column) {
    columns[column] = interleave_column(inputs + column * kRows, channel);
    if (flips) columns[column] = flip_signs(columns[column], sign_mask());
  }
  const v128_t last = convolve_pixel(channels, columns, *stored);
  store_bytes(output, narrow(last, last, *stored), lane_count);
}

// Where the inputs of `pixel_count` pixels lie, [pixel_count * stride + 3 - stride][3].
INLINE void look_up(const size_t stride, const int8_t** input, size_t input_stride, size_t pixel_count,
                    size_t input_offset, const int8_t* zero, const int8_t** found) {
  for (size_t pixel = 0; pixel < pixel_count; ++pixel) {
    // The last pixel's shared columns are nobody's to look up but its own.
    const size_t count = pixel + 1 < pixel_count ? stride * kRows : kTaps;
    for (size_t i = 0; i < count; ++i) *found++ = input[i] == zero ? zero : input[i] + input_offset;
    input = (const int8_t**)((char*)input + input_stride);
  }
}

INLINE void convolve(const bool flips, const size_t stride, size_t channel_count, size_t output_width,
                     const int8_t** input, const int8_t* weights, int8_t* output, size_t input_stride,
                     size_t output_stride, size_t input_offset, const int8_t* zero,
                     struct Requantization to) {
  const int8_t* inputs[kBlockPixels * kTaps];
  while (output_width != 0) {
    const size_t pixel_count = output_width < kBlockPixels ? output_width : kBlockPixels;
    output_width -= pixel_count;
    look_up(stride, input, input_stride, pixel_count, input_offset, zero, inputs);
    input = (const int8_t**)((char*)input + pixel_count * input_stride);
    const int8_t* next_weights = weights;
    for (size_t channel = 0; channel < channel_count; channel += kQs8Tile) {
      const struct Channels channels = load_channels(flips, next_weights);
      next_weights += 2 * sizeof(struct Eight) + kTaps * kQs8Tile;
      const size_t left = channel_count - channel;
      if (left >= kQs8Tile) {
        convolve_row(flips, stride, &channels, inputs, channel, pixel_count, output + channel, output_stride,
                     kQs8Tile, &to);
      } else {
        convolve_row(flips, stride, &channels, inputs, channel, pixel_count, output + channel, output_stride,
                     left, &to);
      }
    }
    output += pixel_count * output_stride;
  }
}

// XNNPACK lays the pointers out by columns, and neighbouring pixels share those of the columns that they
// share.
#define DEFINE_KERNEL(name, flips)                                                                         \
  HEADSTART_QS8_DWCONV(name) {                                                                             \
    const struct Requantization to = requantization(params);                                               \
    const size_t stride_bytes = (size_t)input_stride, output_stride = channel_count + output_increment;    \
    if (stride_bytes == 1 * kRows * sizeof(void*)) {                                                       \
      convolve(flips, 1, channel_count, output_width, input, (const int8_t*)weights, output, stride_bytes, \
               output_stride, input_offset, zero, to);                                                     \
    } else if (stride_bytes == 2 * kRows * sizeof(void*)) {                                                \
      convolve(flips, 2, channel_count, output_width, input, (const int8_t*)weights, output, stride_bytes, \
               output_stride, input_offset, zero, to);                                                     \
    } else {                                                                                               \
      convolve(flips, 3, channel_count, output_width, input, (const int8_t*)weights, output, stride_bytes, \
               output_stride, input_offset, zero, to);                                                     \
    }                                                                                                      \
  }

DEFINE_KERNEL(3x3_sdot, false)
DEFINE_KERNEL(3x3_usdot, true)
