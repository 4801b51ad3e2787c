#include "fine_tune/depthwise.h"

#include <algorithm>

#include "base/parallel.h"
#include "base/vec4.h"
#include "fine_tune/relu6.h"

namespace headstart {
namespace {

constexpr std::size_t kKernel = 3;
// A task takes 16 channels, one cache line of each place, so that no two tasks share a number.
constexpr std::size_t kChannelTile = 16;

// The taps of the window at `out` that fall inside the map, and where the first of the three would be read.
struct Taps {
  std::size_t first = 0;
  std::size_t end = kKernel;
  std::size_t origin = 0;  // index of tap 0 in the map, plus padding_before
};

Taps taps_at(const WindowSide& side, std::size_t out) {
  Taps taps;
  taps.origin = out * side.stride;
  taps.first = taps.origin < side.padding_before ? side.padding_before - taps.origin : 0;
  taps.end = std::min(kKernel, side.in + side.padding_before - taps.origin);
  return taps;
}

// One place of the output, `Width` channels (at most kChannelTile) at once.
template <std::size_t Width>
inline void forward_place(const DepthwiseShape& shape, const Taps& rows, const Taps& columns, const float* x,
                          const float* weights, const float* bias, float* y) {
  const std::size_t channels = shape.channel_count;
  const Vec4 zero = splat4(0.0F);
  const Vec4 six = splat4(6.0F);
  Vec4 sums[Width / kLanes];
  for (std::size_t i = 0; i < Width / kLanes; ++i) sums[i] = load4(bias + i * kLanes);
  for (std::size_t row = rows.first; row < rows.end; ++row) {
    const std::size_t in_row = rows.origin + row - shape.height.padding_before;
    for (std::size_t column = columns.first; column < columns.end; ++column) {
      const std::size_t in_column = columns.origin + column - shape.width.padding_before;
      const float* from = x + (in_row * shape.width.in + in_column) * channels;
      const float* weight = weights + (row * kKernel + column) * channels;
      for (std::size_t i = 0; i < Width / kLanes; ++i) {
        sums[i] = add_product4(sums[i], load4(from + i * kLanes), load4(weight + i * kLanes));
      }
    }
  }
  for (std::size_t i = 0; i < Width / kLanes; ++i) store4(y + i * kLanes, clamp4(sums[i], zero, six));
}

// The three taps of one kernel row, four channels wide.
struct TapRow {
  Vec4 weights[kKernel];
  Vec4 grad_weights[kKernel];
};

// One output place against the three taps beside each other; `Inside` says that all three lie in the map.
template <bool Inside>
inline void backward_place(TapRow& taps, const Taps& columns, const float* x, const float* grad_y,
                           float* grad_x, std::size_t channels) {
  // grad_weights[t] += grad_y x[t]; grad_x[t] += grad_y weights[t].
  const Vec4 grad = load4(grad_y);
  for (std::size_t t = 0; t < kKernel; ++t) {
    if (!Inside && (t < columns.first || t >= columns.end)) continue;
    taps.grad_weights[t] = add_product4(taps.grad_weights[t], grad, load4(x + t * channels));
    if (grad_x != nullptr) {
      float* to = grad_x + t * channels;
      store4(to, add_product4(load4(to), grad, taps.weights[t]));
    }
  }
}

// One row of the output against one row of the kernel, four channels wide. x and grad_x point at the input
// row.
void backward_row(const WindowSide& side, TapRow& taps, const float* x, const float* grad_y, float* grad_x,
                  std::size_t channels) {
  for (std::size_t out = 0; out < side.out; ++out, grad_y += channels) {
    const Taps columns = taps_at(side, out);
    // Left of the map the pointers would lie before it: step to the first tap inside.
    const std::size_t inside = columns.origin + columns.first - side.padding_before;
    const float* from = x + inside * channels;
    float* to = grad_x == nullptr ? nullptr : grad_x + inside * channels;
    if (columns.first == 0 && columns.end == kKernel) {
      backward_place<true>(taps, columns, from, grad_y, to, channels);
      continue;
    }
    TapRow shifted = taps;
    for (std::size_t t = columns.first; t < columns.end; ++t) {
      shifted.weights[t - columns.first] = taps.weights[t];
      shifted.grad_weights[t - columns.first] = taps.grad_weights[t];
    }
    const Taps moved{0, columns.end - columns.first, 0};
    backward_place<false>(shifted, moved, from, grad_y, to, channels);
    for (std::size_t t = columns.first; t < columns.end; ++t) {
      taps.grad_weights[t] = shifted.grad_weights[t - columns.first];
    }
  }
}

// One picture, four channels; pointers are at the first of them.
void backward_map(const DepthwiseShape& shape, const float* x, const float* weights, const float* grad_y,
                  float* grad_x, float* grad_weights) {
  const std::size_t channels = shape.channel_count;
  for (std::size_t kernel_row = 0; kernel_row < kKernel; ++kernel_row) {
    TapRow taps;
    for (std::size_t t = 0; t < kKernel; ++t) {
      taps.weights[t] = load4(weights + (kernel_row * kKernel + t) * channels);
      taps.grad_weights[t] = load4(grad_weights + (kernel_row * kKernel + t) * channels);
    }
    for (std::size_t out_row = 0; out_row < shape.height.out; ++out_row) {
      const Taps rows = taps_at(shape.height, out_row);
      if (kernel_row < rows.first || kernel_row >= rows.end) continue;
      const std::size_t in_row = rows.origin + kernel_row - shape.height.padding_before;
      const std::size_t offset = in_row * shape.width.in * channels;
      backward_row(shape.width, taps, x + offset, grad_y + out_row * shape.width.out * channels,
                   grad_x == nullptr ? nullptr : grad_x + offset, channels);
    }
    for (std::size_t t = 0; t < kKernel; ++t) {
      store4(grad_weights + (kernel_row * kKernel + t) * channels, taps.grad_weights[t]);
    }
  }
}

}  // namespace

WindowSide window_side(std::size_t in, std::size_t stride) {
  // TensorFlow, "same": out = ceil(in / stride), padding = what the last window reaches past the end, halved.
  WindowSide side;
  side.in = in;
  side.stride = stride;
  side.out = (in + stride - 1) / stride;
  const std::size_t reach = (side.out - 1) * stride + kKernel;
  side.padding_before = reach > in ? (reach - in) / 2 : 0;
  return side;
}

void depthwise_forward(const DepthwiseShape& shape, std::size_t picture_count, const float* x,
                       const float* weights, const float* bias, float* y, pthreadpool* pool) {
  // y[r, c] = relu6(bias + sum over taps of x[r stride + i, c stride + j] weights[i, j]), channel by channel.
  const std::size_t channels = shape.channel_count;
  const std::size_t in_size = shape.height.in * shape.width.in * channels;
  parallel_for(pool, picture_count * shape.height.out, [&](std::size_t index) {
    const std::size_t picture = index / shape.height.out;
    const Taps rows = taps_at(shape.height, index % shape.height.out);
    const float* map = x + picture * in_size;
    float* out = y + index * shape.width.out * channels;
    for (std::size_t column = 0; column < shape.width.out; ++column) {
      const Taps columns = taps_at(shape.width, column);
      float* to = out + column * channels;
      std::size_t c = 0;
      for (; c + kChannelTile <= channels; c += kChannelTile) {
        forward_place<kChannelTile>(shape, rows, columns, map + c, weights + c, bias + c, to + c);
      }
      for (; c < channels; c += kLanes) {
        forward_place<kLanes>(shape, rows, columns, map + c, weights + c, bias + c, to + c);
      }
    }
  });
}

void depthwise_backward(const DepthwiseShape& shape, std::size_t picture_count,
                        const DepthwiseBackward& operands, pthreadpool* pool) {
  // grad_weights[i, j] += sum over places of grad_z[r, c] x[r stride + i, c stride + j];
  // grad_x[r stride + i, c stride + j] += grad_z[r, c] weights[i, j].
  const std::size_t channels = shape.channel_count;
  const std::size_t in_places = shape.height.in * shape.width.in;
  const std::size_t out_places = shape.height.out * shape.width.out;
  parallel_ranges(pool, channels, kChannelTile, [&](std::size_t begin, std::size_t end) {
    Vec4 sums[kChannelTile / kLanes];
    Vec4 input_sums[kChannelTile / kLanes];
    const bool is_input_masked = operands.grad_x != nullptr && operands.grad_input_bias != nullptr;
    load_sums(operands.grad_bias, begin, end, sums);
    if (is_input_masked) load_sums(operands.grad_input_bias, begin, end, input_sums);
    for (std::size_t picture = 0; picture < picture_count; ++picture) {
      const float* x = operands.x + picture * in_places * channels;
      float* grad_x = operands.grad_x == nullptr ? nullptr : operands.grad_x + picture * in_places * channels;
      float* grad_y = operands.grad_y + picture * out_places * channels;
      relu6_backward_tile(operands.y + picture * out_places * channels, grad_y, out_places, channels, begin,
                          end, sums);
      for (std::size_t place = 0; grad_x != nullptr && place < in_places; ++place) {
        std::fill(grad_x + place * channels + begin, grad_x + place * channels + end, 0.0F);
      }
      for (std::size_t c = begin; c < end; c += kLanes) {
        backward_map(shape, x + c, operands.weights + c, grad_y + c, grad_x == nullptr ? nullptr : grad_x + c,
                     operands.grad_weights + c);
      }
      if (is_input_masked) relu6_backward_tile(x, grad_x, in_places, channels, begin, end, input_sums);
    }
    store_sums(operands.grad_bias, begin, end, sums);
    if (is_input_masked) store_sums(operands.grad_input_bias, begin, end, input_sums);
  });
}

}  // namespace headstart
