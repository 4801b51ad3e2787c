// Exponentials and softmax in double precision, the same bits on every machine.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

namespace headstart {

// e^x to about 2e-15 relative; 0 below -708, and x is taken as 708 above that.
[[nodiscard]] double exponential(double x);

// Natural logarithm of x > 0 to about 1e-15.
[[nodiscard]] double logarithm(double x);

namespace detail {

inline constexpr double kLog2E = 1.4426950408889634;
// ln 2 in two pieces, the first with trailing zeros, so that k * kLn2High is exact.
inline constexpr double kLn2High = 6.93147180369123816490e-01;
inline constexpr double kLn2Low = 1.90821492927058770002e-10;
// Adding and subtracting 1.5 * 2^52 rounds to the nearest whole number, whose bits are then the low bits.
inline constexpr double kRound = 0x1.8p52;

}  // namespace detail

// e^x for |x| <= 708, without branches, so that loops over it vectorise: x = k ln 2 + r with |r| <= ln 2 / 2,
// then e^x = 2^k e^r; e^r by its Taylor series to r^12 / 12!, whose remainder is below 2e-16.
inline double exponential_within_range(double x) {
  const double shifted = x * detail::kLog2E + detail::kRound;
  const double k = shifted - detail::kRound;
  const double r = (x - k * detail::kLn2High) - k * detail::kLn2Low;
  double series = 1.0 / 479001600.0;
  series = series * r + 1.0 / 39916800.0;
  series = series * r + 1.0 / 3628800.0;
  series = series * r + 1.0 / 362880.0;
  series = series * r + 1.0 / 40320.0;
  series = series * r + 1.0 / 5040.0;
  series = series * r + 1.0 / 720.0;
  series = series * r + 1.0 / 120.0;
  series = series * r + 1.0 / 24.0;
  series = series * r + 1.0 / 6.0;
  series = series * r + 0.5;
  series = series * r + 1.0;
  series = series * r + 1.0;
  const std::uint64_t exponent = (std::bit_cast<std::uint64_t>(shifted) + 1023u) << 52u;
  return series * std::bit_cast<double>(exponent);
}

// What a probability counts as at least when its logarithm is taken.
inline constexpr double kLeastProbability = 1e-15;

// softmax of one row of logits, in place: exp(z_c - max) / sum (LogSumExp with the maximum taken out).
void softmax(std::span<double> logits);

}  // namespace headstart
