// Four floats at once: WebAssembly SIMD, SSE2, NEON, or plain C++ where there is none of them.
#pragma once

#include <cstddef>

#if defined(__wasm_simd128__)
#include <wasm_simd128.h>
#elif defined(__SSE2__)
#include <emmintrin.h>
#elif defined(__ARM_NEON)
#include <arm_neon.h>
#else
#include <cmath>
#endif

namespace headstart {

inline constexpr std::size_t kLanes = 4;

#if defined(__wasm_simd128__)
using Vec4 = v128_t;
inline Vec4 load4(const float* from) {
  return wasm_v128_load(from);
}
inline void store4(float* to, Vec4 a) {
  wasm_v128_store(to, a);
}
inline Vec4 splat4(float a) {
  return wasm_f32x4_splat(a);
}
inline Vec4 add4(Vec4 a, Vec4 b) {
  return wasm_f32x4_add(a, b);
}
inline Vec4 sub4(Vec4 a, Vec4 b) {
  return wasm_f32x4_sub(a, b);
}
inline Vec4 mul4(Vec4 a, Vec4 b) {
  return wasm_f32x4_mul(a, b);
}
inline Vec4 div4(Vec4 a, Vec4 b) {
  return wasm_f32x4_div(a, b);
}
inline Vec4 sqrt4(Vec4 a) {
  return wasm_f32x4_sqrt(a);
}
inline Vec4 clamp4(Vec4 a, Vec4 low, Vec4 high) {
  return wasm_f32x4_pmin(high, wasm_f32x4_pmax(low, a));
}
// `value` in the lanes where low < a < high, else zero.
inline Vec4 where_between4(Vec4 a, Vec4 low, Vec4 high, Vec4 value) {
  return wasm_v128_and(value, wasm_v128_and(wasm_f32x4_gt(a, low), wasm_f32x4_lt(a, high)));
}
inline void transpose4(Vec4& a, Vec4& b, Vec4& c, Vec4& d) {
  const Vec4 ab_low = wasm_i32x4_shuffle(a, b, 0, 4, 1, 5);
  const Vec4 ab_high = wasm_i32x4_shuffle(a, b, 2, 6, 3, 7);
  const Vec4 cd_low = wasm_i32x4_shuffle(c, d, 0, 4, 1, 5);
  const Vec4 cd_high = wasm_i32x4_shuffle(c, d, 2, 6, 3, 7);
  a = wasm_i64x2_shuffle(ab_low, cd_low, 0, 2);
  b = wasm_i64x2_shuffle(ab_low, cd_low, 1, 3);
  c = wasm_i64x2_shuffle(ab_high, cd_high, 0, 2);
  d = wasm_i64x2_shuffle(ab_high, cd_high, 1, 3);
}
#elif defined(__SSE2__)
using Vec4 = __m128;
inline Vec4 load4(const float* from) {
  return _mm_loadu_ps(from);
}
inline void store4(float* to, Vec4 a) {
  _mm_storeu_ps(to, a);
}
inline Vec4 splat4(float a) {
  return _mm_set1_ps(a);
}
inline Vec4 add4(Vec4 a, Vec4 b) {
  return _mm_add_ps(a, b);
}
inline Vec4 sub4(Vec4 a, Vec4 b) {
  return _mm_sub_ps(a, b);
}
inline Vec4 mul4(Vec4 a, Vec4 b) {
  return _mm_mul_ps(a, b);
}
inline Vec4 div4(Vec4 a, Vec4 b) {
  return _mm_div_ps(a, b);
}
inline Vec4 sqrt4(Vec4 a) {
  return _mm_sqrt_ps(a);
}
inline Vec4 clamp4(Vec4 a, Vec4 low, Vec4 high) {
  return _mm_min_ps(high, _mm_max_ps(low, a));
}
inline Vec4 where_between4(Vec4 a, Vec4 low, Vec4 high, Vec4 value) {
  return _mm_and_ps(value, _mm_and_ps(_mm_cmpgt_ps(a, low), _mm_cmplt_ps(a, high)));
}
inline void transpose4(Vec4& a, Vec4& b, Vec4& c, Vec4& d) {
  const Vec4 ab_low = _mm_unpacklo_ps(a, b);
  const Vec4 ab_high = _mm_unpackhi_ps(a, b);
  const Vec4 cd_low = _mm_unpacklo_ps(c, d);
  const Vec4 cd_high = _mm_unpackhi_ps(c, d);
  a = _mm_movelh_ps(ab_low, cd_low);
  b = _mm_movehl_ps(cd_low, ab_low);
  c = _mm_movelh_ps(ab_high, cd_high);
  d = _mm_movehl_ps(cd_high, ab_high);
}
#elif defined(__ARM_NEON)
using Vec4 = float32x4_t;
inline Vec4 load4(const float* from) {
  return vld1q_f32(from);
}
inline void store4(float* to, Vec4 a) {
  vst1q_f32(to, a);
}
inline Vec4 splat4(float a) {
  return vdupq_n_f32(a);
}
inline Vec4 add4(Vec4 a, Vec4 b) {
  return vaddq_f32(a, b);
}
inline Vec4 sub4(Vec4 a, Vec4 b) {
  return vsubq_f32(a, b);
}
inline Vec4 mul4(Vec4 a, Vec4 b) {
  return vmulq_f32(a, b);
}
inline Vec4 div4(Vec4 a, Vec4 b) {
  return vdivq_f32(a, b);
}
inline Vec4 sqrt4(Vec4 a) {
  return vsqrtq_f32(a);
}
inline Vec4 clamp4(Vec4 a, Vec4 low, Vec4 high) {
  return vminq_f32(high, vmaxq_f32(low, a));
}
inline Vec4 where_between4(Vec4 a, Vec4 low, Vec4 high, Vec4 value) {
  const uint32x4_t inside = vandq_u32(vcgtq_f32(a, low), vcltq_f32(a, high));
  return vreinterpretq_f32_u32(vandq_u32(vreinterpretq_u32_f32(value), inside));
}
inline void transpose4(Vec4& a, Vec4& b, Vec4& c, Vec4& d) {
  const float32x4x2_t ab = vtrnq_f32(a, b);
  const float32x4x2_t cd = vtrnq_f32(c, d);
  a = vcombine_f32(vget_low_f32(ab.val[0]), vget_low_f32(cd.val[0]));
  b = vcombine_f32(vget_low_f32(ab.val[1]), vget_low_f32(cd.val[1]));
  c = vcombine_f32(vget_high_f32(ab.val[0]), vget_high_f32(cd.val[0]));
  d = vcombine_f32(vget_high_f32(ab.val[1]), vget_high_f32(cd.val[1]));
}
#else
struct Vec4 {
  float lane[kLanes];
};
template <typename Operation>
inline Vec4 lanewise(Operation operation) {
  return {{operation(0), operation(1), operation(2), operation(3)}};
}
inline Vec4 load4(const float* from) {
  return {{from[0], from[1], from[2], from[3]}};
}
inline void store4(float* to, Vec4 a) {
  for (std::size_t i = 0; i < kLanes; ++i) to[i] = a.lane[i];
}
inline Vec4 splat4(float a) {
  return {{a, a, a, a}};
}
inline Vec4 add4(Vec4 a, Vec4 b) {
  return lanewise([&](int i) { return a.lane[i] + b.lane[i]; });
}
inline Vec4 sub4(Vec4 a, Vec4 b) {
  return lanewise([&](int i) { return a.lane[i] - b.lane[i]; });
}
inline Vec4 mul4(Vec4 a, Vec4 b) {
  return lanewise([&](int i) { return a.lane[i] * b.lane[i]; });
}
inline Vec4 div4(Vec4 a, Vec4 b) {
  return lanewise([&](int i) { return a.lane[i] / b.lane[i]; });
}
inline Vec4 sqrt4(Vec4 a) {
  return lanewise([&](int i) { return std::sqrt(a.lane[i]); });
}
inline Vec4 clamp4(Vec4 a, Vec4 low, Vec4 high) {
  return lanewise([&](int i) {
    const float raised = a.lane[i] > low.lane[i] ? a.lane[i] : low.lane[i];
    return raised < high.lane[i] ? raised : high.lane[i];
  });
}
inline Vec4 where_between4(Vec4 a, Vec4 low, Vec4 high, Vec4 value) {
  return lanewise(
      [&](int i) { return a.lane[i] > low.lane[i] && a.lane[i] < high.lane[i] ? value.lane[i] : 0.0F; });
}
inline void transpose4(Vec4& a, Vec4& b, Vec4& c, Vec4& d) {
  const Vec4 rows[kLanes] = {a, b, c, d};
  Vec4* columns[kLanes] = {&a, &b, &c, &d};
  for (std::size_t i = 0; i < kLanes; ++i) {
    for (std::size_t j = 0; j < kLanes; ++j) columns[i]->lane[j] = rows[j].lane[i];
  }
}
#endif

// sum + a * b, rounded twice.
inline Vec4 add_product4(Vec4 sum, Vec4 a, Vec4 b) {
  return add4(sum, mul4(a, b));
}

}  // namespace headstart
