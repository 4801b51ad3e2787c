// What lies between the products beside ReLU6: depthwise windows of any size, gates, and the activations of
// MobileNetV3, forwards and backwards. Channel counts are multiples of four.
#pragma once

#include <pthreadpool.h>

#include <cstddef>

#include "network/network.h"

namespace headstart {

// A depthwise convolution without activation on maps [height, width, channel_count].
struct DepthwiseWindow {
  MapShape in;
  MapShape out;
  std::size_t kernel_height = 3;
  std::size_t kernel_width = 3;
  std::size_t stride = 1;
  std::size_t top = 0;  // rows of zeros before the map
  std::size_t left = 0;
};

// y = x * weights + bias; weights [kernel_height, kernel_width, channel_count].
void depthwise_window_forward(const DepthwiseWindow& window, std::size_t picture_count, const float* x,
                              const float* weights, const float* bias, float* y, pthreadpool* pool);

// grad_weights and grad_bias are added to; grad_x is overwritten, or null when nobody asks for it.
void depthwise_window_backward(const DepthwiseWindow& window, std::size_t picture_count, const float* x,
                               const float* weights, const float* grad_y, float* grad_x, float* grad_weights,
                               float* grad_bias, pthreadpool* pool);

// y = activation(x), and grad_x = grad_y * activation'(x); all [count]. At corners the slope is that of the
// side where it is zero.
void activate_forward(Activation activation, const float* x, std::size_t count, float* y, pthreadpool* pool);
void activate_backward(Activation activation, const float* x, const float* grad_y, std::size_t count,
                       float* grad_x, pthreadpool* pool);

// y = x * gate, x and y [picture_count, place_count, channel_count], gate [picture_count, channel_count].
void gate_forward(const float* x, const float* gate, std::size_t picture_count, std::size_t place_count,
                  std::size_t channel_count, float* y, pthreadpool* pool);
// grad_gate = sum over places of grad_y * x.
void gate_backward_gate(const float* x, const float* grad_y, std::size_t picture_count,
                        std::size_t place_count, std::size_t channel_count, float* grad_gate,
                        pthreadpool* pool);

}  // namespace headstart
