// Depthwise 3x3 convolution with ReLU6, forwards and backwards: one filter per channel, padding as
// TensorFlow's "same".
#pragma once

#include <pthreadpool.h>

#include <cstddef>

namespace headstart::fine_tune {

// Where a 3x3 window lies along one side of a map: TensorFlow's "same" padding, the odd place after the end.
struct WindowSide {
  std::size_t in = 0;
  std::size_t out = 0;
  std::size_t stride = 1;
  std::size_t padding_before = 0;
};
WindowSide window_side(std::size_t in, std::size_t stride);

// Maps [height, width, channel_count]; channel_count is a multiple of four.
struct DepthwiseShape {
  WindowSide height;
  WindowSide width;
  std::size_t channel_count = 0;
};

// y = relu6(x * weights + bias).
void depthwise_forward(const DepthwiseShape& shape, std::size_t picture_count,
                       const float* x,        // [picture_count, height.in, width.in, channel_count]
                       const float* weights,  // [3, 3, channel_count]
                       const float* bias,     // [channel_count]
                       float* y,              // [picture_count, height.out, width.out, channel_count]
                       pthreadpool* pool);

// Backwards through the convolution alone; the caller has taken the gradient through ReLU6.
void depthwise_backward(const DepthwiseShape& shape, std::size_t picture_count, const float* x,
                        const float* weights,
                        const float* grad_y,  // [picture_count, height.out, width.out, channel_count]
                        float* grad_x,        // as x, overwritten; null when nobody asks for it
                        float* grad_weights,  // [3, 3, channel_count], added to
                        pthreadpool* pool);

}  // namespace headstart::fine_tune
