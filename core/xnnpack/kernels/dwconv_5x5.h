// Of the type xnn_f32_dwconv_minmax_unipass_ukernel_fn, channel tile 4, primary tile 25.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "xnnpack/microparams.h"

// output [output_width][channel_count], each pixel's channels `output_increment` bytes after the end of the
// last ones; input: 25 pointers per pixel, one column of 5 after the other, pixels `input_stride` bytes
// apart; those other than `zero` are `input_offset` bytes before the input. May read 12 bytes past the last
// channel. Clamps to params.
void headstart_dwconv_5x5_minmax(size_t channel_count, size_t output_width, const float** input,
                                 const float* weights, float* output, intptr_t input_stride,
                                 size_t output_increment, size_t input_offset, const float* zero,
                                 const union xnn_f32_minmax_params* params);
