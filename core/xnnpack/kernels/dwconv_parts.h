// What our depthwise kernels for WebAssembly have in common.
#pragma once

#include <stddef.h>
#include <wasm_simd128.h>

#include "xnnpack/microparams.h"

#define INLINE static inline __attribute__((always_inline))
#define UNROLLED _Pragma("clang loop unroll(full)")
#define ROLLED _Pragma("clang loop unroll(disable)")

enum { kLanes = 4 };

INLINE v128_t multiply_add(v128_t a, v128_t b, v128_t sum) {
#if defined(__wasm_relaxed_simd__)
  return wasm_f32x4_relaxed_madd(a, b, sum);
#else
  return wasm_f32x4_add(wasm_f32x4_mul(a, b), sum);
#endif
}

INLINE v128_t clamp(v128_t value, const union xnn_f32_minmax_params* params) {
  const v128_t lowest = wasm_v128_load32_splat(&params->scalar.min);
  const v128_t highest = wasm_v128_load32_splat(&params->scalar.max);
  return wasm_f32x4_pmin(wasm_f32x4_pmax(value, lowest), highest);
}

INLINE void store(float* output, v128_t value, size_t lane_count) {
  if (lane_count == kLanes) {
    wasm_v128_store(output, value);
    return;
  }
  if ((lane_count & 2) != 0) {
    wasm_v128_store64_lane(output, value, 0);
    value = wasm_i64x2_shuffle(value, value, 1, 1);
    output += 2;
  }
  if ((lane_count & 1) != 0) wasm_v128_store32_lane(output, value, 0);
}
