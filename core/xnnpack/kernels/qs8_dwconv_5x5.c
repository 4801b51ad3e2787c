// int8 depthwise convolution with 5x5 taps for relaxed SIMD, in place of XNNPACK's kernel of 25 taps.
//
// Four rows of a column are interleaved, so that one dot product sums four taps of four channels; of the
// fifth row four neighbouring columns. A window's five columns of that row lie in two such quartets, with a
// zero weight where a quartet reaches past the window. So there are seven dot products for 25 taps, and up to
// four pixels share what is interleaved.
#include <stdbool.h>

#include "qs8_dwconv.h"
#include "qs8_parts.h"

enum {
  kTaps = 25,
  kRows = 5,
  kColumns = 5,
  kQuartet = 4,
  kGroupPixels = 4,   // output pixels that are computed together
  kBlockPixels = 32,  // output pixels whose inputs are looked up once for all channels
};

// Eight channels: the upper four rows by columns, and the fifth row for windows that begin at each place of a
// quartet, in that and the next.
struct Channels {
  struct Eight bias, scales, upper[kColumns], lowest[kQuartet][2];
};

INLINE v128_t load_channel_bytes(const int8_t* from) {
  return wasm_v128_load64_zero(from);
}

// Weights [8 bias][25 taps][8][8 scales].
INLINE void load_channels(const bool flips, const int8_t* weights, struct Channels* channels) {
  channels->bias = load_eight(weights);
  weights += sizeof(struct Eight);
  struct Eight weights64 = {{wasm_i32x4_const_splat(0), wasm_i32x4_const_splat(0)}};
  UNROLLED for (size_t column = 0; column < kColumns; ++column) {
    const int8_t* const taps = weights + column * kRows * kQs8Tile;
    channels->upper[column] =
        interleave(load_channel_bytes(taps), load_channel_bytes(taps + kQs8Tile),
                   load_channel_bytes(taps + 2 * kQs8Tile), load_channel_bytes(taps + 3 * kQs8Tile));
    if (flips) weights64 = add_weights(channels->upper[column], weights64);
  }
  v128_t row[kColumns];
  UNROLLED for (size_t column = 0; column < kColumns; ++column) {
    row[column] = load_channel_bytes(weights + (column * kRows + kRows - 1) * kQs8Tile);
  }
  const v128_t none = wasm_i8x16_const_splat(0);
  const struct Eight first = interleave(row[0], row[1], row[2], row[3]);
  const struct Eight second = interleave(row[4], none, none, none);
  if (flips) channels->bias = offset_bias(channels->bias, add_weights(first, add_weights(second, weights64)));
  UNROLLED for (size_t start = 0; start < kQuartet; ++start) {
    UNROLLED for (size_t i = 0; i < kTileVectors; ++i) {
      channels->lowest[start][0].part[i] = wasm_i32x4_shl(first.part[i], 8 * start);
      const v128_t next = wasm_i32x4_shl(second.part[i], 8 * start);
      channels->lowest[start][1].part[i] =
          start == 0 ? next : wasm_v128_or(next, wasm_u32x4_shr(first.part[i], 32 - 8 * start));
    }
  }
  channels->scales = load_eight(weights + kTaps * kQs8Tile);
}

// `pixel_count` pixels, neighbours `stride` columns apart. inputs [(pixel_count - 1) * stride + 5][5].
INLINE void convolve_pixels(const bool flips, const size_t stride, const size_t pixel_count,
                            const int8_t* const* inputs, size_t channel, const struct Channels* channels,
                            int8_t* output, size_t output_stride, size_t lane_count,
                            const struct Requantization* stored) {
  const size_t column_count = (pixel_count - 1) * stride + kColumns;
  struct Eight sums[kGroupPixels];
  UNROLLED for (size_t pixel = 0; pixel < pixel_count; ++pixel) sums[pixel] = channels->bias;
  UNROLLED for (size_t column = 0; column < column_count; ++column) {
    const int8_t* const* rows = inputs + column * kRows;
    struct Eight upper =
        interleave(load_channel_bytes(rows[0] + channel), load_channel_bytes(rows[1] + channel),
                   load_channel_bytes(rows[2] + channel), load_channel_bytes(rows[3] + channel));
    if (flips) upper = flip_signs(upper, sign_mask());
    UNROLLED for (size_t pixel = 0; pixel < pixel_count; ++pixel) {
      const size_t first = pixel * stride;
      if (column < first || column - first >= kColumns) continue;
      sums[pixel] = dot_add_eight(channels->upper[column - first], upper, sums[pixel]);
    }
  }
  UNROLLED for (size_t quartet = 0; quartet * kQuartet < column_count; ++quartet) {
    v128_t row[kQuartet];
    UNROLLED for (size_t i = 0; i < kQuartet; ++i) {
      const size_t column = quartet * kQuartet + i;
      if (column < column_count) {
        row[i] = load_channel_bytes(inputs[column * kRows + kRows - 1] + channel);
      } else {
        row[i] = row[0];  // their weights are zero
      }
    }
    struct Eight lowest = interleave(row[0], row[1], row[2], row[3]);
    if (flips) lowest = flip_signs(lowest, sign_mask());
    UNROLLED for (size_t pixel = 0; pixel < pixel_count; ++pixel) {
      const size_t first = pixel * stride / kQuartet, start = pixel * stride % kQuartet;
      if (quartet != first && quartet != first + 1) continue;
      sums[pixel] = dot_add_eight(channels->lowest[start][quartet - first], lowest, sums[pixel]);
    }
  }
  const struct Eight scales = channels->scales;
  const struct Requantization to = *stored;
  UNROLLED for (size_t pixel = 0; pixel < pixel_count; pixel += 2) {
    const v128_t first = requantize(sums[pixel], scales, to);
    const bool is_pair = pixel + 1 < pixel_count;
    const v128_t bytes = narrow(first, is_pair ? requantize(sums[pixel + 1], scales, to) : first, to);
    store_bytes(output + pixel * output_stride, bytes, lane_count);
    if (!is_pair) break;
    store_bytes(output + (pixel + 1) * output_stride, wasm_i64x2_shuffle(bytes, bytes, 1, 1), lane_count);
  }
}

// A block of a row. With 1 or 2 columns from pixel to pixel the inputs of neighbours are shared, else
// (`stride` 0) each pixel has its own; their pointers are `pointer_stride` apart.
INLINE void convolve_block(const bool flips, const size_t stride, const int8_t* const* inputs,
                           size_t pointer_stride, size_t pixel_count, size_t channel_count,
                           const int8_t* weights, int8_t* output, size_t output_stride,
                           struct Requantization to) {
  for (size_t channel = 0; channel < channel_count; channel += kQs8Tile) {
    struct Channels channels;
    load_channels(flips, weights, &channels);
    const struct Channels* in_memory = &channels;
    __asm__("" : "+r"(in_memory) : : "memory");  // twenty weights are not for registers
    weights += 2 * sizeof(struct Eight) + kTaps * kQs8Tile;
    const size_t left = channel_count - channel;
    const size_t lane_count = left < kQs8Tile ? left : kQs8Tile;
    int8_t* const first = output + channel;
    size_t pixel = 0;
    if (stride != 0 && pixel_count >= kGroupPixels) {
      while (pixel < pixel_count) {
        // The last group begins early rather than being short: what it computes again comes out the same.
        if (pixel > pixel_count - kGroupPixels) pixel = pixel_count - kGroupPixels;
        convolve_pixels(flips, stride, kGroupPixels, inputs + pixel * pointer_stride, channel, in_memory,
                        first + pixel * output_stride, output_stride, lane_count, &to);
        pixel += kGroupPixels;
      }
    }
    for (; pixel < pixel_count; ++pixel) {
      convolve_pixels(flips, 1, 1, inputs + pixel * pointer_stride, channel, in_memory,
                      first + pixel * output_stride, output_stride, lane_count, &to);
    }
  }
}

INLINE void convolve(const bool flips, size_t channel_count, size_t output_width, const int8_t** input,
                     const int8_t* weights, int8_t* output, size_t input_stride, size_t output_stride,
                     size_t input_offset, const int8_t* zero, struct Requantization to) {
  const int8_t* inputs[kBlockPixels * kTaps];
  const size_t pointer_stride = input_stride / sizeof(void*);
  while (output_width != 0) {
    size_t pixel_count = output_width < kBlockPixels ? output_width : kBlockPixels;
    // What is left then is a group at least.
    const size_t left = output_width - pixel_count;
    if (left != 0 && left < kGroupPixels) pixel_count -= kGroupPixels;
    output_width -= pixel_count;
    // The pixels' pointers overlap as their windows do, so each is looked up once.
    const size_t pointer_count = (pixel_count - 1) * pointer_stride + kTaps;
    for (size_t i = 0; i < pointer_count; ++i) {
      inputs[i] = input[i] == zero ? zero : input[i] + input_offset;
    }
    if (pointer_stride == 1 * kRows) {
      convolve_block(flips, 1, inputs, pointer_stride, pixel_count, channel_count, weights, output,
                     output_stride, to);
    } else if (pointer_stride == 2 * kRows) {
      convolve_block(flips, 2, inputs, pointer_stride, pixel_count, channel_count, weights, output,
                     output_stride, to);
    } else {
      convolve_block(flips, 0, inputs, pointer_stride, pixel_count, channel_count, weights, output,
                     output_stride, to);
    }
    input = (const int8_t**)((char*)input + pixel_count * input_stride);
    output += pixel_count * output_stride;
  }
}

#define DEFINE_KERNEL(name, flips)                                                       \
  HEADSTART_QS8_DWCONV(name) {                                                           \
    convolve(flips, channel_count, output_width, input, (const int8_t*)weights, output,  \
             (size_t)input_stride, channel_count + output_increment, input_offset, zero, \
             requantization(params));                                                    \
  }

DEFINE_KERNEL(5x5_sdot, false)
DEFINE_KERNEL(5x5_usdot, true)
