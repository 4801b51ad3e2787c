// Which kernels XNNPACK runs, where we know better. Upstream's tables are compiled with their functions
// renamed to upstream_…, and all of XNNPACK calls the ones here instead. Upstream fills a table once, under a
// lock, and returns the same one ever after; writing the same values into it again does no harm.
#include "dwconv_3x3.h"
#include "dwconv_5x5.h"
#include "xnnpack/config.h"
#include "xnnpack/gemm.h"
#include "xnnpack/igemm.h"
#include "xnnpack/microfnptr.h"

const struct xnn_dwconv_config* upstream_xnn_init_f32_dwconv_config(void);
const struct xnn_gemm_config* upstream_xnn_init_f32_gemm_config(void);

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

#if !defined(__wasm_relaxed_simd__)
static void set_gemm(struct gemm_fused_ukernels* kernels, size_t row_count, xnn_gemm_ukernel_fn gemm,
                     xnn_igemm_ukernel_fn igemm) {
  kernels->gemm[row_count - 1] = xnn_init_hmp_gemm_ukernel(gemm);
  kernels->igemm[row_count - 1] = xnn_init_hmp_igemm_ukernel(igemm);
}
#endif

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
