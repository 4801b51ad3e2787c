// Layers that are matrix products: the 1x1 convolution and the stem's 3x3 convolution, forwards and
// backwards.
#pragma once

#include <cstddef>

#include "base/matrix_product.h"
#include "fine_tune/depthwise.h"
#include "headstart/buffer.h"
#include "headstart/status.h"
#include "network/network.h"

namespace headstart {

// Room that layers borrow while they compute; nothing in it outlives a call. One for the whole network.
struct Workspace {
  MatrixProduct linear;  // both read their factors along the rows, which is how XNNPACK packs fastest
  MatrixProduct relu6;
  pthreadpool* pool = nullptr;
  PaddedBuffer<float> left;     // a factor, transposed
  PaddedBuffer<float> right;    // the other factor, transposed
  PaddedBuffer<float> weights;  // weights transposed, or a gradient before it is added
  PaddedBuffer<float> columns;  // the stem's windows laid out in rows

  [[nodiscard]] std::size_t memory_bytes() const;
};

// How much of each a network needs; see Workspace.
struct WorkspaceSize {
  std::size_t left = 0;
  std::size_t right = 0;
  std::size_t weights = 0;
  std::size_t columns = 0;
};
Result<Workspace> make_workspace(const ComputePool& pool, const WorkspaceSize& size);

// y = activation(x · weightsᵀ + bias), linear or ReLU6: a 1x1 convolution over row_count places, or a linear
// layer over row_count pictures.
struct PointwiseShape {
  std::size_t row_count = 0;
  std::size_t in_count = 0;
  std::size_t out_count = 0;
};
Status pointwise_forward(Workspace& workspace, const PointwiseShape& shape, Activation activation,
                         const float* x,        // [row_count, in_count]
                         const float* weights,  // [out_count, in_count]
                         const float* bias,     // [out_count]
                         float* y);             // [row_count, out_count]

// What happens to a gradient that is there already: a batch in several pieces adds its pieces up.
enum class Accumulate : std::uint8_t { kReplace, kAdd };

// grad_weights [out_count, in_count], of the layer before its activation.
Status pointwise_grad_weights(Workspace& workspace, const PointwiseShape& shape, const float* x,
                              const float* grad_y,  // [row_count, out_count]
                              float* grad_weights, Accumulate accumulate);

// grad_x [row_count, in_count].
Status pointwise_grad_x(Workspace& workspace, const PointwiseShape& shape, const float* weights,
                        const float* grad_y, float* grad_x);

// A 3x3 convolution over [height.in, width.in, in_count] maps, as a product over its windows.
struct WindowedShape {
  WindowSide height;
  WindowSide width;
  std::size_t in_count = 0;
  std::size_t out_count = 0;

  [[nodiscard]] PointwiseShape product(std::size_t picture_count) const {
    return {picture_count * height.out * width.out, 9 * in_count, out_count};
  }
};
Status windowed_forward(Workspace& workspace, const WindowedShape& shape, std::size_t picture_count,
                        Activation activation,
                        const float* x,        // [picture_count, height.in, width.in, in_count]
                        const float* weights,  // [out_count, 3, 3, in_count]
                        const float* bias,     // [out_count]
                        float* y);             // [picture_count, height.out, width.out, out_count]
Status windowed_grad_weights(Workspace& workspace, const WindowedShape& shape, std::size_t picture_count,
                             const float* x, const float* grad_y, float* grad_weights, Accumulate accumulate);
// Needed only where something trained lies before it; the stem is the first layer.
Status windowed_grad_x(Workspace& workspace, const WindowedShape& shape, std::size_t picture_count,
                       const float* weights, const float* grad_y, float* grad_x);

}  // namespace headstart
