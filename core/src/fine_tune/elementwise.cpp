#include "fine_tune/elementwise.h"

#include "base/parallel.h"
#include "base/vec4.h"
#include "fine_tune/relu6.h"

namespace headstart {
namespace {

// A task takes 16 channels of every row, one cache line: no two tasks share a sum.
constexpr std::size_t kChannelTile = 16;
constexpr std::size_t kRangeSize = 16384;

}  // namespace

void relu6_bias_backward(const float* y, float* grad, std::size_t row_count, std::size_t channel_count,
                         float* grad_bias, pthreadpool* pool) {
  parallel_ranges(pool, channel_count, kChannelTile, [&](std::size_t begin, std::size_t end) {
    Vec4 sums[kChannelTile / kLanes];
    load_sums(grad_bias, begin, end, sums);
    relu6_backward_tile(y, grad, row_count, channel_count, begin, end, sums);
    store_sums(grad_bias, begin, end, sums);
  });
}

void bias_backward(const float* grad, std::size_t row_count, std::size_t channel_count, float* grad_bias,
                   pthreadpool* pool) {
  // grad_bias += sum over rows of grad.
  parallel_ranges(pool, channel_count, kChannelTile, [&](std::size_t begin, std::size_t end) {
    Vec4 sums[kChannelTile / kLanes];
    load_sums(grad_bias, begin, end, sums);
    for (std::size_t row = 0; row < row_count; ++row) {
      const float* from = grad + row * channel_count;
      for (std::size_t c = begin, i = 0; c < end; c += kLanes, ++i) sums[i] = add4(sums[i], load4(from + c));
    }
    store_sums(grad_bias, begin, end, sums);
  });
}

void add_to(float* sum, const float* addend, std::size_t count, pthreadpool* pool) {
  parallel_ranges(pool, count, kRangeSize, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; i += kLanes) {
      store4(sum + i, add4(load4(sum + i), load4(addend + i)));
    }
  });
}

void mean_pool(const float* x, std::size_t picture_count, std::size_t place_count, std::size_t channel_count,
               float* y, pthreadpool* pool) {
  // y[c] = sum over places of x[place, c] / place_count.
  const Vec4 share = splat4(1.0F / static_cast<float>(place_count));
  parallel_for(pool, picture_count, [&](std::size_t picture) {
    const float* map = x + picture * place_count * channel_count;
    float* mean = y + picture * channel_count;
    for (std::size_t c = 0; c < channel_count; c += kLanes) {
      Vec4 sum = splat4(0.0F);
      for (std::size_t place = 0; place < place_count; ++place) {
        sum = add4(sum, load4(map + place * channel_count + c));
      }
      store4(mean + c, mul4(sum, share));
    }
  });
}

void mean_pool_backward(const float* grad_y, std::size_t picture_count, std::size_t place_count,
                        std::size_t channel_count, float* grad_x, pthreadpool* pool) {
  // grad_x[place, c] = grad_y[c] / place_count.
  const Vec4 share = splat4(1.0F / static_cast<float>(place_count));
  parallel_for(pool, picture_count * place_count, [&](std::size_t row) {
    const float* from = grad_y + row / place_count * channel_count;
    float* to = grad_x + row * channel_count;
    for (std::size_t c = 0; c < channel_count; c += kLanes) store4(to + c, mul4(load4(from + c), share));
  });
}

}  // namespace headstart
