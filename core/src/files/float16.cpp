#include "files/float16.h"

#include <bit>

namespace headstart {
namespace {

constexpr std::uint32_t kExponentShift = 13;  // 23 fraction bits of binary32 less 10 of binary16
constexpr std::uint32_t kExponentBias = 112;  // 127 less 15

}  // namespace

float float_from_half(std::uint16_t half) {
  const std::uint32_t sign = static_cast<std::uint32_t>(half & 0x8000u) << 16;
  const std::uint32_t exponent = (half >> 10) & 0x1Fu;
  const std::uint32_t fraction = half & 0x3FFu;
  if (exponent == 0x1F) return std::bit_cast<float>(sign | 0x7F800000u | (fraction << kExponentShift));
  if (exponent != 0) {
    return std::bit_cast<float>(sign | ((exponent + kExponentBias) << 23) | (fraction << kExponentShift));
  }
  // Subnormal: fraction * 2^-24, which binary32 holds as a normal number.
  const float magnitude = static_cast<float>(fraction) * 0x1p-24F;
  return std::bit_cast<float>(sign | std::bit_cast<std::uint32_t>(magnitude));
}

std::uint16_t half_from_float(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t sign = (bits >> 16) & 0x8000u;
  const std::uint32_t magnitude = bits & 0x7FFFFFFFu;
  if (magnitude > 0x7F800000u) return static_cast<std::uint16_t>(sign | 0x7E00u);   // NaN
  if (magnitude >= 0x47800000u) return static_cast<std::uint16_t>(sign | 0x7C00u);  // 2^16 and above
  std::uint32_t kept = 0;          // the result's exponent and fraction, before rounding
  std::uint32_t dropped = 0;       // what is cut off, scaled so that one half is 0x80000000
  if (magnitude >= 0x38800000u) {  // 2^-14 and above: normal
    kept = (magnitude - (kExponentBias << 23)) >> kExponentShift;
    dropped = magnitude << (32 - kExponentShift);
  } else if (magnitude >= 0x33000000u) {                  // 2^-25 and above: rounds to a subnormal
    const std::uint32_t shift = 126 - (magnitude >> 23);  // 14 … 24
    const std::uint32_t significand = (magnitude & 0x7FFFFFu) | 0x800000u;
    kept = significand >> shift;
    dropped = significand << (32 - shift);
  }
  const bool round_up = dropped > 0x80000000u || (dropped == 0x80000000u && (kept & 1u) != 0);
  return static_cast<std::uint16_t>(sign | (kept + (round_up ? 1u : 0u)));  // a carry runs into the exponent
}

}  // namespace headstart
