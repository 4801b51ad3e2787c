// Of the type xnn_qs8_qc8w_dwconv_minmax_unipass_ukernel_fn, channel tile 8, primary tile 9 and 25.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "xnnpack/microparams.h"

// output [output_width][channel_count], each pixel's channels `output_increment` bytes after the end of the
// last ones; input: 9 or 25 pointers per pixel, one column of 3 or 5 after the other, pixels `input_stride`
// bytes apart; those other than `zero` are `input_offset` bytes before the input. Weights packed by
// xnn_pack_qs8_dwconv_…, for usdot too. May read 7 bytes past the last channel. Clamps to params.
#define HEADSTART_QS8_DWCONV(name)                                                                   \
  void headstart_qs8_dwconv_##name(size_t channel_count, size_t output_width, const int8_t** input,  \
                                   const void* weights, int8_t* output, intptr_t input_stride,       \
                                   size_t output_increment, size_t input_offset, const int8_t* zero, \
                                   const union xnn_qs8_qc8w_conv_minmax_params* params)

HEADSTART_QS8_DWCONV(3x3_sdot);
HEADSTART_QS8_DWCONV(3x3_usdot);
HEADSTART_QS8_DWCONV(5x5_sdot);
HEADSTART_QS8_DWCONV(5x5_usdot);
