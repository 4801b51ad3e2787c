// The dozen 128-bit operations that resampling needs, on WebAssembly SIMD, SSE2, or plain C++; each gives the
// same bits.
#pragma once

#include <cstdint>
#include <cstring>

#if defined(__wasm_simd128__)
#include <wasm_simd128.h>
#elif defined(__SSE2__)
#include <emmintrin.h>
#else
#include <algorithm>
#include <array>
#include <cstddef>
#endif

namespace headstart::simd {

#if defined(__wasm_simd128__)

using I16x8 = v128_t;
using I32x4 = v128_t;

inline I16x8 load_bytes(const std::uint8_t* bytes) {
  return wasm_u16x8_load8x8(bytes);
}
inline I16x8 load(const std::int16_t* values) {
  return wasm_v128_load(values);
}
inline void store(std::int16_t* out, I16x8 values) {
  wasm_v128_store(out, values);
}
inline I16x8 repeat_pair(const void* two_int16) {
  return wasm_v128_load32_splat(two_int16);
}
inline I16x8 interleave_low(I16x8 a, I16x8 b) {
  return wasm_i16x8_shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
}
inline I16x8 interleave_high(I16x8 a, I16x8 b) {
  return wasm_i16x8_shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
}
inline I16x8 interleave_halves(I16x8 a) {
  return wasm_i16x8_shuffle(a, a, 0, 4, 1, 5, 2, 6, 3, 7);
}
inline I32x4 dot(I16x8 a, I16x8 b) {
  return wasm_i32x4_dot_i16x8(a, b);
}
inline I32x4 repeat(std::int32_t value) {
  return wasm_i32x4_splat(value);
}
inline I32x4 add(I32x4 a, I32x4 b) {
  return wasm_i32x4_add(a, b);
}
template <int kBits>
I32x4 shift_right(I32x4 a) {
  return wasm_i32x4_shr(a, kBits);
}
inline I16x8 narrow(I32x4 low, I32x4 high) {
  return wasm_i16x8_narrow_i32x4(low, high);
}

// The four numbers as floats, times scale, plus offset: two roundings, never fused.
inline void store_scaled(float* out, I32x4 values, const float* scale, const float* offset) {
  const v128_t scaled = wasm_f32x4_mul(wasm_f32x4_convert_i32x4(values), wasm_v128_load32_splat(scale));
  wasm_v128_store(out, wasm_f32x4_add(scaled, wasm_v128_load32_splat(offset)));
}

// The four numbers, each 0…255, as bytes.
inline void store_bytes(std::uint8_t* out, I32x4 values) {
  const v128_t words = wasm_i16x8_narrow_i32x4(values, values);
  wasm_v128_store32_lane(out, wasm_u8x16_narrow_i16x8(words, words), 0);
}

#elif defined(__SSE2__)

using I16x8 = __m128i;
using I32x4 = __m128i;

inline I16x8 load_bytes(const std::uint8_t* bytes) {
  return _mm_unpacklo_epi8(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(bytes)), _mm_setzero_si128());
}
inline I16x8 load(const std::int16_t* values) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(values));
}
inline void store(std::int16_t* out, I16x8 values) {
  _mm_storeu_si128(reinterpret_cast<__m128i*>(out), values);
}
inline I16x8 repeat_pair(const void* two_int16) {
  std::int32_t pair = 0;
  std::memcpy(&pair, two_int16, sizeof pair);
  return _mm_set1_epi32(pair);
}
inline I16x8 interleave_low(I16x8 a, I16x8 b) {
  return _mm_unpacklo_epi16(a, b);
}
inline I16x8 interleave_high(I16x8 a, I16x8 b) {
  return _mm_unpackhi_epi16(a, b);
}
inline I16x8 interleave_halves(I16x8 a) {
  return _mm_unpacklo_epi16(a, _mm_srli_si128(a, 8));
}
inline I32x4 dot(I16x8 a, I16x8 b) {
  return _mm_madd_epi16(a, b);
}
inline I32x4 repeat(std::int32_t value) {
  return _mm_set1_epi32(value);
}
inline I32x4 add(I32x4 a, I32x4 b) {
  return _mm_add_epi32(a, b);
}
template <int kBits>
I32x4 shift_right(I32x4 a) {
  return _mm_srai_epi32(a, kBits);
}
inline I16x8 narrow(I32x4 low, I32x4 high) {
  return _mm_packs_epi32(low, high);
}

inline void store_scaled(float* out, I32x4 values, const float* scale, const float* offset) {
  const __m128 scaled = _mm_mul_ps(_mm_cvtepi32_ps(values), _mm_set1_ps(*scale));
  _mm_storeu_ps(out, _mm_add_ps(scaled, _mm_set1_ps(*offset)));
}

inline void store_bytes(std::uint8_t* out, I32x4 values) {
  const __m128i words = _mm_packs_epi32(values, values);
  const std::int32_t bytes = _mm_cvtsi128_si32(_mm_packus_epi16(words, words));
  std::memcpy(out, &bytes, sizeof bytes);
}

#else

// Loops of fixed length, for the compiler to vectorise where it can.
using I16x8 = std::array<std::int16_t, 8>;
using I32x4 = std::array<std::int32_t, 4>;

inline I16x8 load_bytes(const std::uint8_t* bytes) {
  I16x8 out{};
  for (std::size_t i = 0; i < 8; ++i) out[i] = bytes[i];
  return out;
}
inline I16x8 load(const std::int16_t* values) {
  I16x8 out{};
  std::memcpy(out.data(), values, sizeof out);
  return out;
}
inline void store(std::int16_t* out, const I16x8& values) {
  std::memcpy(out, values.data(), sizeof values);
}
inline I16x8 repeat_pair(const void* two_int16) {
  I16x8 out{};
  for (std::size_t i = 0; i < 8; i += 2) std::memcpy(&out[i], two_int16, 2 * sizeof(std::int16_t));
  return out;
}
inline I16x8 interleave_low(const I16x8& a, const I16x8& b) {
  return {a[0], b[0], a[1], b[1], a[2], b[2], a[3], b[3]};
}
inline I16x8 interleave_high(const I16x8& a, const I16x8& b) {
  return {a[4], b[4], a[5], b[5], a[6], b[6], a[7], b[7]};
}
inline I16x8 interleave_halves(const I16x8& a) {
  return {a[0], a[4], a[1], a[5], a[2], a[6], a[3], a[7]};
}
inline I32x4 dot(const I16x8& a, const I16x8& b) {
  I32x4 out{};
  for (std::size_t i = 0; i < 4; ++i) out[i] = a[2 * i] * b[2 * i] + a[2 * i + 1] * b[2 * i + 1];
  return out;
}
inline I32x4 repeat(std::int32_t value) {
  return {value, value, value, value};
}
inline I32x4 add(const I32x4& a, const I32x4& b) {
  return {a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3]};
}
template <int kBits>
I32x4 shift_right(const I32x4& a) {
  return {a[0] >> kBits, a[1] >> kBits, a[2] >> kBits, a[3] >> kBits};
}
inline I16x8 narrow(const I32x4& low, const I32x4& high) {
  I16x8 out{};
  for (std::size_t i = 0; i < 4; ++i) {
    out[i] = static_cast<std::int16_t>(std::clamp(low[i], -32768, 32767));
    out[i + 4] = static_cast<std::int16_t>(std::clamp(high[i], -32768, 32767));
  }
  return out;
}

inline void store_scaled(float* out, const I32x4& values, const float* scale, const float* offset) {
  for (std::size_t i = 0; i < 4; ++i) out[i] = static_cast<float>(values[i]) * *scale + *offset;
}

inline void store_bytes(std::uint8_t* out, const I32x4& values) {
  for (std::size_t i = 0; i < 4; ++i) out[i] = static_cast<std::uint8_t>(std::clamp(values[i], 0, 255));
}

#endif

}  // namespace headstart::simd
