// Depthwise 3x3 convolution with ReLU6, forwards and backwards: one filter per channel, padding as
// TensorFlow's "same".
#pragma once

#include <pthreadpool.h>

#include <cstddef>

namespace headstart {

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

struct DepthwiseBackward {
  const float* x = nullptr;        // as forwards
  const float* weights = nullptr;  // as forwards
  const float* y = nullptr;        // as it came out forwards
  float* grad_y = nullptr;         // as y; becomes the gradient before ReLU6
  float* grad_x = nullptr;         // as x, overwritten; null when nobody asks for it
  float* grad_weights = nullptr;   // [3, 3, channel_count], added to
  float* grad_bias = nullptr;      // [channel_count], added to
  // Where x came out of a ReLU6 itself: grad_x goes through it too, and its column sums, the gradient of the
  // bias before it [channel_count], are added to this. Null: grad_x is that of x.
  float* grad_input_bias = nullptr;
};
// Backwards through the convolution and the ReLU6 behind it, and in front of it where that is asked for: all
// three while a few channels of a picture are at hand, since each by itself would wait for memory.
void depthwise_backward(const DepthwiseShape& shape, std::size_t picture_count,
                        const DepthwiseBackward& operands, pthreadpool* pool);

}  // namespace headstart
