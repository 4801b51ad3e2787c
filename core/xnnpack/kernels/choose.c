// Which kernels XNNPACK runs, where we know better. Upstream's tables are compiled with their functions
// renamed to upstream_…, and all of XNNPACK calls the ones here instead. Upstream fills a table once, under a
// lock, and returns the same one ever after; writing the same values into it again does no harm.
#include "dwconv_3x3.h"
#include "dwconv_5x5.h"
#include "qs8_dwconv.h"
#include "qs8_gemm.h"
#include "xnnpack/config.h"
#include "xnnpack/gemm.h"
#include "xnnpack/igemm.h"
#include "xnnpack/microfnptr.h"
#include "xnnpack/pack.h"

const struct xnn_dwconv_config* upstream_xnn_init_f32_dwconv_config(void);
const struct xnn_gemm_config* upstream_xnn_init_f32_gemm_config(void);
const struct xnn_dwconv_config* upstream_xnn_init_qs8_qc8w_dwconv_config(void);
const struct xnn_gemm_config* upstream_xnn_init_qs8_qc8w_gemm_config(void);

const struct xnn_dwconv_config* xnn_init_f32_dwconv_config(void) {
  enum { kNineTaps = 2, kTwentyFiveTaps = 3 };  // the places of kernels with up to that many
  struct xnn_dwconv_config* table = (struct xnn_dwconv_config*)upstream_xnn_init_f32_dwconv_config();
  if (table == NULL) return NULL;
  table[kNineTaps].minmax.unipass = (xnn_dwconv_unipass_ukernel_fn)headstart_dwconv_3x3_minmax;
  table[kNineTaps].linear.unipass = (xnn_dwconv_unipass_ukernel_fn)headstart_dwconv_3x3;
  table[kNineTaps].channel_tile = 4;
  table[kNineTaps].channel_subtile = 4;
  table[kNineTaps].channel_round = 1;
  table[kTwentyFiveTaps].minmax.unipass = (xnn_dwconv_unipass_ukernel_fn)headstart_dwconv_5x5_minmax;
  table[kTwentyFiveTaps].linear.unipass = (xnn_dwconv_unipass_ukernel_fn)headstart_dwconv_5x5_minmax;
  table[kTwentyFiveTaps].channel_tile = 4;
  table[kTwentyFiveTaps].channel_subtile = 4;
  table[kTwentyFiveTaps].channel_round = 1;
  return table;
}

static void set_gemm(struct gemm_fused_ukernels* kernels, size_t row_count, xnn_gemm_ukernel_fn gemm,
                     xnn_igemm_ukernel_fn igemm) {
  kernels->gemm[row_count - 1] = xnn_init_hmp_gemm_ukernel(gemm);
  kernels->igemm[row_count - 1] = xnn_init_hmp_igemm_ukernel(igemm);
}

const struct xnn_gemm_config* xnn_init_f32_gemm_config(void) {
  struct xnn_gemm_config* table = (struct xnn_gemm_config*)upstream_xnn_init_f32_gemm_config();
#if !defined(__wasm_relaxed_simd__)
  // On x86 with few cores upstream takes kernels that load four inputs and spread each by a shuffle, thought
  // for processors without AVX. Loading each spread is 1.2 times as fast wherever there is AVX.
  const struct xnn_hardware_config* hardware = xnn_init_hardware_config();
  if (table == NULL || hardware == NULL || !hardware->is_x86) return table;
  set_gemm(&table->linear, 1, (xnn_gemm_ukernel_fn)xnn_f32_gemm_ukernel_1x8__wasmsimd_loadsplat,
           (xnn_igemm_ukernel_fn)xnn_f32_igemm_ukernel_1x8__wasmsimd_loadsplat);
  set_gemm(&table->linear, 4, (xnn_gemm_ukernel_fn)xnn_f32_gemm_ukernel_4x8__wasmsimd_loadsplat,
           (xnn_igemm_ukernel_fn)xnn_f32_igemm_ukernel_4x8__wasmsimd_loadsplat);
  set_gemm(&table->minmax, 1, (xnn_gemm_ukernel_fn)xnn_f32_gemm_minmax_ukernel_1x8__wasmsimd_x86_loadsplat,
           (xnn_igemm_ukernel_fn)xnn_f32_igemm_minmax_ukernel_1x8__wasmsimd_x86_loadsplat);
  set_gemm(&table->minmax, 4, (xnn_gemm_ukernel_fn)xnn_f32_gemm_minmax_ukernel_4x8__wasmsimd_x86_loadsplat,
           (xnn_igemm_ukernel_fn)xnn_f32_igemm_minmax_ukernel_4x8__wasmsimd_x86_loadsplat);
#endif
  return table;
}

// Upstream's int8 kernels stay where there is no dot product of bytes.
const struct xnn_dwconv_config* xnn_init_qs8_qc8w_dwconv_config(void) {
  struct xnn_dwconv_config* table = (struct xnn_dwconv_config*)upstream_xnn_init_qs8_qc8w_dwconv_config();
#if defined(__wasm_relaxed_simd__)
  enum { kNineTaps = 1, kTwentyFiveTaps = 2 };  // the places of kernels with up to that many
  const struct xnn_hardware_config* hardware = xnn_init_hardware_config();
  if (table == NULL || hardware == NULL || !(hardware->use_wasm_sdot || hardware->use_wasm_usdot))
    return table;
  const bool is_signed = hardware->use_wasm_sdot;
  table[kNineTaps].minmax.unipass =
      (xnn_dwconv_unipass_ukernel_fn)(is_signed ? headstart_qs8_dwconv_3x3_sdot
                                                : headstart_qs8_dwconv_3x3_usdot);
  table[kTwentyFiveTaps].minmax.unipass =
      (xnn_dwconv_unipass_ukernel_fn)(is_signed ? headstart_qs8_dwconv_5x5_sdot
                                                : headstart_qs8_dwconv_5x5_usdot);
  for (int taps = kNineTaps; taps <= kTwentyFiveTaps; ++taps) {
    table[taps].channel_tile = 8;
    table[taps].channel_subtile = 8;
    table[taps].channel_round = 1;
  }
#endif
  return table;
}

const struct xnn_gemm_config* xnn_init_qs8_qc8w_gemm_config(void) {
  struct xnn_gemm_config* table = (struct xnn_gemm_config*)upstream_xnn_init_qs8_qc8w_gemm_config();
#if defined(__wasm_relaxed_simd__)
  const struct xnn_hardware_config* hardware = xnn_init_hardware_config();
  if (table == NULL || hardware == NULL || !(hardware->use_wasm_sdot || hardware->use_wasm_usdot))
    return table;
  if (hardware->use_wasm_sdot) {
    set_gemm(&table->minmax, 1, (xnn_gemm_ukernel_fn)headstart_qs8_gemm_1x8_sdot,
             (xnn_igemm_ukernel_fn)headstart_qs8_igemm_1x8_sdot);
    set_gemm(&table->minmax, kQs8GemmRows, (xnn_gemm_ukernel_fn)headstart_qs8_gemm_5x8_sdot,
             (xnn_igemm_ukernel_fn)headstart_qs8_igemm_5x8_sdot);
    table->pack_weights_and_biases = (xnn_pack_weights_and_biases_fn)xnn_pack_qs8_weights_and_biases;
    table->packed_stride_weights_and_biases =
        (xnn_packed_stride_weights_and_biases_fn)xnn_packed_stride_qs8_weights_and_biases;
    table->pack_gemm_gio = (xnn_packw_gemm_gio_ukernel_fn)xnn_pack_qs8_gemm_gio_w;
    table->pack_gemm_goi = (xnn_packw_gemm_goi_ukernel_fn)xnn_pack_qs8_gemm_goi_w;
    table->pack_igemm_goki = (xnn_pack_conv_goki_w_fn)xnn_pack_qs8_conv_goki_w;
    table->pack_igemm_kgo = (xnn_pack_conv_kgo_w_fn)xnn_pack_qs8_conv_kgo_w;
    table->pack_deconv_goki = (xnn_pack_deconv_goki_w_fn)xnn_pack_qs8_deconv_goki_w;
  } else {
    set_gemm(&table->minmax, 1, (xnn_gemm_ukernel_fn)headstart_qs8_gemm_1x8_usdot,
             (xnn_igemm_ukernel_fn)headstart_qs8_igemm_1x8_usdot);
    set_gemm(&table->minmax, kQs8GemmRows, (xnn_gemm_ukernel_fn)headstart_qs8_gemm_5x8_usdot,
             (xnn_igemm_ukernel_fn)headstart_qs8_igemm_5x8_usdot);
    table->pack_weights_and_biases = NULL;  // XNNPACK then takes pack_gemm_…
    table->packed_stride_weights_and_biases = NULL;
    table->pack_gemm_gio = (xnn_packw_gemm_gio_ukernel_fn)xnn_pack_qs8_to_qu8_gemm_gio_w;
    table->pack_gemm_goi = (xnn_packw_gemm_goi_ukernel_fn)xnn_pack_qs8_to_qu8_gemm_goi_w;
    table->pack_igemm_goki = (xnn_pack_conv_goki_w_fn)xnn_pack_qs8_to_qu8_conv_goki_w;
    table->pack_igemm_kgo = (xnn_pack_conv_kgo_w_fn)xnn_pack_qs8_to_qu8_conv_kgo_w;
    table->pack_deconv_goki = (xnn_pack_deconv_goki_w_fn)xnn_pack_qs8_to_qu8_deconv_goki_w;
  }
  // Upstream's kernels for other counts of rows are for weights packed otherwise.
  for (int row_count = 2; row_count < kQs8GemmRows; ++row_count) {
    set_gemm(&table->minmax, row_count, NULL, NULL);
  }
  table->mr = kQs8GemmRows;
  table->nr = 8;
  table->log2_kr = 2;
  table->log2_sr = 0;
#endif
  return table;
}
