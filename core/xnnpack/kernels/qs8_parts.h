// What our int8 kernels for relaxed SIMD have in common: qs8 activations, qc8w weights, XNNPACK's "fp32"
// requantisation.
//
// The relaxed dot product sums four products of bytes in each 32-bit lane. The first operand is signed; the
// second is signed on ARM ("sdot") and unsigned on x86 ("usdot"), where 128 is added to the activations and
// their packed bias makes up for it.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <wasm_simd128.h>

#include "dwconv_parts.h"

// Eight columns of 32-bit sums, the kernels' tile.
enum { kQs8Tile = 8, kTileVectors = 2 };

struct Eight {
  v128_t part[kTileVectors];
};

INLINE v128_t dot_add(v128_t weights, v128_t activations, v128_t sum) {
  return wasm_i32x4_relaxed_dot_i8x16_i7x16_add(weights, activations, sum);
}

// The compiler must not know the mask, or it takes it to the scalar that is spread over a vector.
INLINE v128_t sign_mask(void) {
  static const uint64_t kMask[2] = {0x8080808080808080, 0x8080808080808080};
  const uint64_t* hidden = kMask;
  __asm__("" : "+r"(hidden));
  return wasm_v128_load(hidden);
}

// What `pointer` points to is loaded after here and not held in registers from before a loop, where sums need
// them: V8 keeps a sum in memory rather than a constant.
#define LOAD_FROM_HERE(pointer) __asm__ volatile("" : "+r"(pointer) : : "memory")

INLINE struct Eight load_eight(const void* from) {
  const struct Eight eight = {{wasm_v128_load(from), wasm_v128_load((const char*)from + sizeof(v128_t))}};
  return eight;
}

// A sum times its scale, rounded to even, is added to this number: the bits of the float then count up by one
// from these.
#define ROUNDING_FLOAT 12582912.0f
enum { kRoundingBits = 0x4B400000 };

struct Requantization {
  v128_t lowest_bits, zero_bits, highest;
};

INLINE struct Requantization requantization(const union xnn_qs8_qc8w_conv_minmax_params* params) {
  const int32_t zero_point = params->fp32_scalar.output_zero_point;
  const struct Requantization result = {
      wasm_i32x4_splat(kRoundingBits + params->fp32_scalar.output_min - zero_point),
      wasm_i32x4_splat(kRoundingBits - zero_point), wasm_i8x16_splat((int8_t)params->fp32_scalar.output_max)};
  return result;
}

// To 16 bits, with the zero point added and what is below the lowest output replaced by it.
INLINE v128_t requantize(struct Eight sums, struct Eight scales, struct Requantization to) {
  UNROLLED for (size_t i = 0; i < kTileVectors; ++i) {
    v128_t value = wasm_f32x4_mul(wasm_f32x4_convert_i32x4(sums.part[i]), scales.part[i]);
    value = wasm_f32x4_add(value, wasm_f32x4_const_splat(ROUNDING_FLOAT));
    sums.part[i] = wasm_i32x4_sub(wasm_i32x4_max(value, to.lowest_bits), to.zero_bits);
  }
  return wasm_i16x8_narrow_i32x4(sums.part[0], sums.part[1]);
}

// The first half holds one pixel's or row's eight outputs, the second another's.
INLINE v128_t narrow(v128_t first, v128_t second, struct Requantization to) {
  return wasm_i8x16_min(wasm_i8x16_narrow_i16x8(first, second), to.highest);
}

INLINE void store_bytes(int8_t* output, v128_t bytes, size_t count) {
  if (count >= kQs8Tile) {
    wasm_v128_store64_lane(output, bytes, 0);
    return;
  }
  if ((count & 4) != 0) {
    wasm_v128_store32_lane(output, bytes, 0);
    bytes = wasm_u64x2_shr(bytes, 32);
    output += 4;
  }
  if ((count & 2) != 0) {
    wasm_v128_store16_lane(output, bytes, 0);
    bytes = wasm_u64x2_shr(bytes, 16);
    output += 2;
  }
  if ((count & 1) != 0) wasm_v128_store8_lane(output, bytes, 0);
}

// Eight channels of four rows: a lane holds those of one channel.
INLINE struct Eight interleave(v128_t first, v128_t second, v128_t third, v128_t fourth) {
  const v128_t a = wasm_i8x16_shuffle(first, second, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  const v128_t b = wasm_i8x16_shuffle(third, fourth, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  const struct Eight eight = {{wasm_i16x8_shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11),
                               wasm_i16x8_shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15)}};
  return eight;
}

INLINE struct Eight flip_signs(struct Eight eight, v128_t mask) {
  UNROLLED for (size_t i = 0; i < kTileVectors; ++i) eight.part[i] = wasm_v128_xor(eight.part[i], mask);
  return eight;
}

INLINE struct Eight dot_add_eight(struct Eight weights, struct Eight activations, struct Eight sums) {
  UNROLLED for (size_t i = 0; i < kTileVectors; ++i) {
    sums.part[i] = dot_add(weights.part[i], activations.part[i], sums.part[i]);
  }
  return sums;
}

// 64 * the weights' sums are added to `sums`; 64 is the same for signed and unsigned dot products.
INLINE struct Eight add_weights(struct Eight weights, struct Eight sums) {
  const struct Eight factor = {{wasm_i8x16_const_splat(64), wasm_i8x16_const_splat(64)}};
  return dot_add_eight(weights, factor, sums);
}

// The bias of activations that 128 is added to.
INLINE struct Eight offset_bias(struct Eight bias, struct Eight weights64) {
  UNROLLED for (size_t i = 0; i < kTileVectors; ++i) {
    bias.part[i] = wasm_i32x4_sub(bias.part[i], wasm_i32x4_shl(weights64.part[i], 1));
  }
  return bias;
}
