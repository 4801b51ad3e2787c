// The inner product of two rows of numbers.
#pragma once

#include <algorithm>
#include <cstddef>

#include "base/vec4.h"

namespace headstart {

// Several sums side by side, in the same order everywhere: one alone would wait for itself, and in single
// precision the rounding is that of a sixteenth of the numbers.
inline float dot(const float* a, const float* b, std::size_t count) {
  Vec4 sums[4] = {splat4(0), splat4(0), splat4(0), splat4(0)};
  std::size_t i = 0;
  for (; i + 4 * kLanes <= count; i += 4 * kLanes) {
    sums[0] = add_product4(sums[0], load4(a + i), load4(b + i));
    sums[1] = add_product4(sums[1], load4(a + i + kLanes), load4(b + i + kLanes));
    sums[2] = add_product4(sums[2], load4(a + i + 2 * kLanes), load4(b + i + 2 * kLanes));
    sums[3] = add_product4(sums[3], load4(a + i + 3 * kLanes), load4(b + i + 3 * kLanes));
  }
  for (; i + kLanes <= count; i += kLanes) sums[0] = add_product4(sums[0], load4(a + i), load4(b + i));
  float lanes[kLanes];
  store4(lanes, add4(add4(sums[0], sums[1]), add4(sums[2], sums[3])));
  float sum = (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
  for (; i < count; ++i) sum += a[i] * b[i];
  return sum;
}

inline double dot(const double* a, const double* b, std::size_t count) {
  double sums[4] = {};
  std::size_t i = 0;
  for (; i + 4 <= count; i += 4) {
    for (std::size_t lane = 0; lane < 4; ++lane) sums[lane] += a[i + lane] * b[i + lane];
  }
  for (; i < count; ++i) sums[0] += a[i] * b[i];
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

// Short runs in single precision, the runs in double: nearly as exact as the numbers themselves.
inline double long_dot(const float* a, const float* b, std::size_t count) {
  constexpr std::size_t kRun = 256;
  double sum = 0;
  for (std::size_t begin = 0; begin < count; begin += kRun) {
    sum += static_cast<double>(dot(a + begin, b + begin, std::min(kRun, count - begin)));
  }
  return sum;
}

}  // namespace headstart
