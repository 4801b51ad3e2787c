// Of the types xnn_qs8_qc8w_gemm_minmax_ukernel_fn and xnn_qs8_qc8w_igemm_minmax_ukernel_fn, nr 8, kr 4,
// sr 1; mr in their names. May read 3 bytes past the end of a row of `a`. For weights packed as the names
// say: sdot by xnn_pack_qs8_…, usdot by xnn_pack_qs8_to_qu8_….
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "xnnpack/microparams.h"

#define HEADSTART_QS8_GEMM(name)                                                                    \
  void headstart_qs8_gemm_##name(size_t mr, size_t nc, size_t kc, const int8_t* a, size_t a_stride, \
                                 const void* w, int8_t* c, size_t cm_stride, size_t cn_stride,      \
                                 const union xnn_qs8_qc8w_conv_minmax_params* params)
#define HEADSTART_QS8_IGEMM(name)                                                               \
  void headstart_qs8_igemm_##name(size_t mr, size_t nc, size_t kc, size_t ks, const int8_t** a, \
                                  const void* w, int8_t* c, size_t cm_stride, size_t cn_stride, \
                                  size_t a_offset, const int8_t* zero,                          \
                                  const union xnn_qs8_qc8w_conv_minmax_params* params)

enum { kQs8GemmRows = 5 };

HEADSTART_QS8_GEMM(1x8_sdot);
HEADSTART_QS8_GEMM(5x8_sdot);
HEADSTART_QS8_GEMM(1x8_usdot);
HEADSTART_QS8_GEMM(5x8_usdot);
HEADSTART_QS8_IGEMM(1x8_sdot);
HEADSTART_QS8_IGEMM(5x8_sdot);
HEADSTART_QS8_IGEMM(1x8_usdot);
HEADSTART_QS8_IGEMM(5x8_usdot);
