// What goes number by number between the products: ReLU6 and bias backwards, residual sums, mean pooling.
// Channel counts are multiples of four, as everywhere in this folder.
#pragma once

#include <pthreadpool.h>

#include <cstddef>

namespace headstart {

// Backwards through y = relu6(z), z = … + bias: masks `grad` in place and adds its column sums to
// `grad_bias`. At the corners (y = 0 or 6) the slope counts as zero.
void relu6_bias_backward(const float* y,  // [row_count, channel_count], after the activation
                         float* grad,     // [row_count, channel_count], of y; becomes that of z
                         std::size_t row_count, std::size_t channel_count,
                         float* grad_bias,  // [channel_count]
                         pthreadpool* pool);

// The same without an activation: only the column sums.
void bias_backward(const float* grad,  // [row_count, channel_count]
                   std::size_t row_count, std::size_t channel_count,
                   float* grad_bias,  // [channel_count]
                   pthreadpool* pool);

// sum += addend, both [count], count a multiple of four.
void add_to(float* sum, const float* addend, std::size_t count, pthreadpool* pool);

// Mean over each picture's places: x [picture_count, place_count, channel_count] to
// y [picture_count, channel_count].
void mean_pool(const float* x, std::size_t picture_count, std::size_t place_count, std::size_t channel_count,
               float* y, pthreadpool* pool);

// Backwards through mean_pool: every place gets its share of grad_y [picture_count, channel_count];
// grad_x [picture_count, place_count, channel_count] is overwritten.
void mean_pool_backward(const float* grad_y, std::size_t picture_count, std::size_t place_count,
                        std::size_t channel_count, float* grad_x, pthreadpool* pool);

}  // namespace headstart
