#include "fine_tune/window.h"

#include <algorithm>
#include <cmath>

#include "base/parallel.h"
#include "base/vec4.h"

namespace headstart {
namespace {

// A task takes 16 channels, one cache line of each place, so that no two tasks share a number.
constexpr std::size_t kChannelTile = 16;
constexpr std::size_t kRangeSize = 16384;

// Calls visit(input place, output place, tap) for all of one picture's that meet inside the map.
template <typename Visit>
void for_each_tap(const DepthwiseWindow& window, const Visit& visit) {
  for (std::size_t y = 0; y < window.out.height; ++y) {
    for (std::size_t ky = 0; ky < window.kernel_height; ++ky) {
      const std::size_t row = y * window.stride + ky;
      if (row < window.top || row - window.top >= window.in.height) continue;
      for (std::size_t x = 0; x < window.out.width; ++x) {
        for (std::size_t kx = 0; kx < window.kernel_width; ++kx) {
          const std::size_t column = x * window.stride + kx;
          if (column < window.left || column - window.left >= window.in.width) continue;
          visit((row - window.top) * window.in.width + column - window.left, y * window.out.width + x,
                ky * window.kernel_width + kx);
        }
      }
    }
  }
}

float value_of(Activation activation, float x) {
  const auto sigmoid = [&] { return 1.0F / (1.0F + std::exp(-x)); };
  switch (activation) {
    case Activation::kRelu:
      return std::max(x, 0.0F);
    case Activation::kRelu6:
      return std::clamp(x, 0.0F, 6.0F);
    case Activation::kHardSwish:
      return x * std::clamp(x + 3.0F, 0.0F, 6.0F) * (1.0F / 6.0F);
    case Activation::kHardSigmoid:
      return std::clamp(x + 3.0F, 0.0F, 6.0F) * (1.0F / 6.0F);
    case Activation::kSigmoid:
      return sigmoid();
    case Activation::kSwish:
      return x * sigmoid();
    case Activation::kLinear:
      return x;
  }
  return x;
}

float slope_of(Activation activation, float x) {
  const auto sigmoid = [&] { return 1.0F / (1.0F + std::exp(-x)); };
  switch (activation) {
    case Activation::kRelu:
      return x > 0 ? 1.0F : 0.0F;
    case Activation::kRelu6:
      return x > 0 && x < 6 ? 1.0F : 0.0F;
    case Activation::kHardSwish:
      // d/dx x (x + 3) / 6 = (2x + 3) / 6 between -3 and 3.
      return x <= -3 ? 0.0F : x >= 3 ? 1.0F : (2 * x + 3) * (1.0F / 6.0F);
    case Activation::kHardSigmoid:
      return x > -3 && x < 3 ? 1.0F / 6.0F : 0.0F;
    case Activation::kSigmoid:
      return sigmoid() * (1 - sigmoid());
    case Activation::kSwish:
      // d/dx x s(x) = s + x s (1 - s).
      return sigmoid() * (1 + x * (1 - sigmoid()));
    case Activation::kLinear:
      return 1;
  }
  return 1;
}

}  // namespace

void depthwise_window_forward(const DepthwiseWindow& window, std::size_t picture_count, const float* x,
                              const float* weights, const float* bias, float* y, pthreadpool* pool) {
  const std::size_t channels = window.in.channel_count;
  parallel_ranges(pool, channels, kChannelTile, [&](std::size_t begin, std::size_t end) {
    for (std::size_t picture = 0; picture < picture_count; ++picture) {
      const float* from = x + picture * window.in.size();
      float* to = y + picture * window.out.size();
      for (std::size_t place = 0; place < window.out.place_count(); ++place) {
        std::copy(bias + begin, bias + end, to + place * channels + begin);
      }
      for_each_tap(window, [&](std::size_t in, std::size_t out, std::size_t tap) {
        for (std::size_t c = begin; c < end; c += kLanes) {
          float* sum = to + out * channels + c;
          store4(sum, add_product4(load4(sum), load4(from + in * channels + c),
                                   load4(weights + tap * channels + c)));
        }
      });
    }
  });
}

void depthwise_window_backward(const DepthwiseWindow& window, std::size_t picture_count, const float* x,
                               const float* weights, const float* grad_y, float* grad_x, float* grad_weights,
                               float* grad_bias, pthreadpool* pool) {
  // grad_weights[tap] += x[in] grad_y[out], grad_x[in] += weights[tap] grad_y[out], grad_bias += grad_y[out].
  const std::size_t channels = window.in.channel_count;
  parallel_ranges(pool, channels, kChannelTile, [&](std::size_t begin, std::size_t end) {
    for (std::size_t picture = 0; picture < picture_count; ++picture) {
      const float* from = x + picture * window.in.size();
      const float* grad = grad_y + picture * window.out.size();
      float* to = grad_x == nullptr ? nullptr : grad_x + picture * window.in.size();
      for (std::size_t place = 0; to != nullptr && place < window.in.place_count(); ++place) {
        std::fill(to + place * channels + begin, to + place * channels + end, 0.0F);
      }
      for (std::size_t place = 0; place < window.out.place_count(); ++place) {
        for (std::size_t c = begin; c < end; ++c) grad_bias[c] += grad[place * channels + c];
      }
      for_each_tap(window, [&](std::size_t in, std::size_t out, std::size_t tap) {
        for (std::size_t c = begin; c < end; c += kLanes) {
          const Vec4 g = load4(grad + out * channels + c);
          float* sum = grad_weights + tap * channels + c;
          store4(sum, add_product4(load4(sum), load4(from + in * channels + c), g));
          if (to == nullptr) continue;
          float* back = to + in * channels + c;
          store4(back, add_product4(load4(back), load4(weights + tap * channels + c), g));
        }
      });
    }
  });
}

void activate_forward(Activation activation, const float* x, std::size_t count, float* y, pthreadpool* pool) {
  parallel_ranges(pool, count, kRangeSize, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) y[i] = value_of(activation, x[i]);
  });
}

void activate_backward(Activation activation, const float* x, const float* grad_y, std::size_t count,
                       float* grad_x, pthreadpool* pool) {
  parallel_ranges(pool, count, kRangeSize, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) grad_x[i] = grad_y[i] * slope_of(activation, x[i]);
  });
}

void gate_forward(const float* x, const float* gate, std::size_t picture_count, std::size_t place_count,
                  std::size_t channel_count, float* y, pthreadpool* pool) {
  parallel_for(pool, picture_count * place_count, [&](std::size_t row) {
    const float* by = gate + row / place_count * channel_count;
    for (std::size_t c = 0; c < channel_count; c += kLanes) {
      store4(y + row * channel_count + c, mul4(load4(x + row * channel_count + c), load4(by + c)));
    }
  });
}

void gate_backward_gate(const float* x, const float* grad_y, std::size_t picture_count,
                        std::size_t place_count, std::size_t channel_count, float* grad_gate,
                        pthreadpool* pool) {
  parallel_for(pool, picture_count, [&](std::size_t picture) {
    for (std::size_t c = 0; c < channel_count; c += kLanes) {
      Vec4 sum = splat4(0.0F);
      for (std::size_t place = 0; place < place_count; ++place) {
        const std::size_t at = (picture * place_count + place) * channel_count + c;
        sum = add_product4(sum, load4(x + at), load4(grad_y + at));
      }
      store4(grad_gate + picture * channel_count + c, sum);
    }
  });
}

}  // namespace headstart
