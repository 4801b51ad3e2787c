// Depthwise convolution with 5x5 taps for WebAssembly, in place of XNNPACK's kernel of 25 taps.
//
// XNNPACK's kernel loads 25 inputs and 25 weights for every output pixel. Twenty-five weights do not stay in
// registers; those of one row do, and serve four output pixels, which see most inputs of the row together:
// 13 loads for 20 multiply-adds where there were 40.
#include "dwconv_5x5.h"

#include "dwconv_parts.h"

enum {
  kTaps = 25,
  kRows = 5,
  kColumns = 5,
  kGroupPixels = 4,   // output pixels that are computed together
  kBlockPixels = 16,  // output pixels whose inputs are looked up once for all channels
};

// Four channels of `pixel_count` pixels, neighbours `stride` columns apart. inputs [(pixel_count - 1) *
// stride + 5][5]; weights [1 bias + 25 taps][4], the taps as the inputs: [column][row].
INLINE void convolve_pixels(const size_t stride, const size_t pixel_count, const float* const* inputs,
                            size_t channel_bytes, const float* weights, float* output,
                            size_t output_stride_bytes, size_t lane_count,
                            const union xnn_f32_minmax_params* params) {
  v128_t sums[kGroupPixels];
  const v128_t bias = wasm_v128_load(weights);
  UNROLLED for (size_t pixel = 0; pixel < pixel_count; ++pixel) sums[pixel] = bias;
  weights += kLanes;
  ROLLED for (size_t row = 0; row < kRows; ++row) {
    v128_t row_weights[kColumns];
    UNROLLED for (size_t column = 0; column < kColumns; ++column) {
      row_weights[column] = wasm_v128_load(weights + (column * kRows + row) * kLanes);
    }
    UNROLLED for (size_t column = 0; column < (pixel_count - 1) * stride + kColumns; ++column) {
      const v128_t input = wasm_v128_load((const char*)inputs[column * kRows + row] + channel_bytes);
      UNROLLED for (size_t pixel = 0; pixel < pixel_count; ++pixel) {
        const size_t first = pixel * stride;
        if (column < first || column - first >= kColumns) continue;
        sums[pixel] = multiply_add(input, row_weights[column - first], sums[pixel]);
      }
    }
  }
  UNROLLED for (size_t pixel = 0; pixel < pixel_count; ++pixel) {
    store((float*)((char*)output + pixel * output_stride_bytes), clamp(sums[pixel], params), lane_count);
  }
}

// A block of a row. With 1 or 2 columns from pixel to pixel the inputs of neighbours are shared, else
// (`stride` 0) each pixel has its own; their pointers are `pointer_stride` apart.
INLINE void convolve_block(const size_t stride, const float* const* inputs, size_t pointer_stride,
                           size_t pixel_count, size_t channel_count, const float* weights, float* output,
                           size_t output_stride_bytes, const union xnn_f32_minmax_params* params) {
  for (size_t channel = 0; channel < channel_count; channel += kLanes) {
    const size_t left = channel_count - channel;
    const size_t lane_count = left < kLanes ? left : kLanes;
    const size_t channel_bytes = channel * sizeof(float);
    float* const first = output + channel;
    size_t pixel = 0;
    if (stride != 0 && pixel_count >= kGroupPixels) {
      while (pixel < pixel_count) {
        // The last group begins early rather than being short: what it computes again comes out the same.
        if (pixel > pixel_count - kGroupPixels) pixel = pixel_count - kGroupPixels;
        convolve_pixels(stride, kGroupPixels, inputs + pixel * pointer_stride, channel_bytes, weights,
                        (float*)((char*)first + pixel * output_stride_bytes), output_stride_bytes, lane_count,
                        params);
        pixel += kGroupPixels;
      }
    }
    for (; pixel < pixel_count; ++pixel) {
      convolve_pixels(1, 1, inputs + pixel * pointer_stride, channel_bytes, weights,
                      (float*)((char*)first + pixel * output_stride_bytes), output_stride_bytes, lane_count,
                      params);
    }
    weights += kLanes * (1 + kTaps);
  }
}

void headstart_dwconv_5x5_minmax(size_t channel_count, size_t output_width, const float** input,
                                 const float* weights, float* output, intptr_t input_stride,
                                 size_t output_increment, size_t input_offset, const float* zero,
                                 const union xnn_f32_minmax_params* params) {
  const float* inputs[kBlockPixels * kTaps];
  const size_t pointer_stride = (size_t)input_stride / sizeof(void*);
  const size_t output_stride_bytes = channel_count * sizeof(float) + output_increment;
  while (output_width != 0) {
    size_t pixel_count = output_width < kBlockPixels ? output_width : kBlockPixels;
    // What is left then is a group at least.
    const size_t left = output_width - pixel_count;
    if (left != 0 && left < kGroupPixels) pixel_count -= kGroupPixels;
    output_width -= pixel_count;
    // The pixels' pointers overlap as their windows do, so each is looked up once.
    const size_t pointer_count = (pixel_count - 1) * pointer_stride + kTaps;
    for (size_t i = 0; i < pointer_count; ++i) {
      const float* row = input[i];
      inputs[i] = row == zero ? row : (const float*)((const char*)row + input_offset);
    }
    if (pointer_stride == 1 * kRows) {
      convolve_block(1, inputs, pointer_stride, pixel_count, channel_count, weights, output,
                     output_stride_bytes, params);
    } else if (pointer_stride == 2 * kRows) {
      convolve_block(2, inputs, pointer_stride, pixel_count, channel_count, weights, output,
                     output_stride_bytes, params);
    } else {
      convolve_block(0, inputs, pointer_stride, pixel_count, channel_count, weights, output,
                     output_stride_bytes, params);
    }
    input = (const float**)((char*)input + pixel_count * (size_t)input_stride);
    output = (float*)((char*)output + pixel_count * output_stride_bytes);
  }
}
