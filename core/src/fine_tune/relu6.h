// ReLU6 backwards on a few channels: elementwise and depthwise layers both go through it.
#pragma once

#include <cstddef>

#include "base/vec4.h"

namespace headstart {

// Through y = relu6(z), z = … + bias, for channels begin…end - 1 of row_count rows of channel_count: grad_z =
// grad_y where 0 < y < 6, else 0, in place, and its column sums are added to `sums` [(end - begin) / kLanes].
inline void relu6_backward_tile(const float* y, float* grad, std::size_t row_count, std::size_t channel_count,
                                std::size_t begin, std::size_t end, Vec4* sums) {
  const Vec4 zero = splat4(0.0F);
  const Vec4 six = splat4(6.0F);
  for (std::size_t row = 0; row < row_count; ++row) {
    const std::size_t offset = row * channel_count;
    for (std::size_t c = begin, i = 0; c < end; c += kLanes, ++i) {
      const Vec4 masked = where_between4(load4(y + offset + c), zero, six, load4(grad + offset + c));
      store4(grad + offset + c, masked);
      sums[i] = add4(sums[i], masked);
    }
  }
}

inline void load_sums(const float* from, std::size_t begin, std::size_t end, Vec4* sums) {
  for (std::size_t c = begin, i = 0; c < end; c += kLanes, ++i) sums[i] = load4(from + c);
}

inline void store_sums(float* to, std::size_t begin, std::size_t end, const Vec4* sums) {
  for (std::size_t c = begin, i = 0; c < end; c += kLanes, ++i) store4(to + c, sums[i]);
}

}  // namespace headstart
