#include "fine_tune/convolution.h"

#include <algorithm>
#include <utility>

#include "base/parallel.h"
#include "base/transpose.h"
#include "fine_tune/elementwise.h"

namespace headstart {
namespace {

constexpr std::size_t kKernel = 3;

// Calls visit(row, tap, in_place) for every window place that lies inside the map of one picture's output
// row; the others are padding. `row` counts the columns of that output row.
template <typename Visit>
void for_each_tap(const WindowedShape& shape, std::size_t out_row, const Visit& visit) {
  for (std::size_t out_column = 0; out_column < shape.width.out; ++out_column) {
    for (std::size_t i = 0; i < kKernel; ++i) {
      const std::size_t padded_row = out_row * shape.height.stride + i;
      const std::size_t in_row = padded_row - shape.height.padding_before;
      if (padded_row < shape.height.padding_before || in_row >= shape.height.in) continue;
      for (std::size_t j = 0; j < kKernel; ++j) {
        const std::size_t padded_column = out_column * shape.width.stride + j;
        const std::size_t in_column = padded_column - shape.width.padding_before;
        if (padded_column < shape.width.padding_before || in_column >= shape.width.in) continue;
        visit(out_column, i * kKernel + j, in_row * shape.width.in + in_column);
      }
    }
  }
}

// Lays every window out as a row: columns [picture_count * height.out * width.out, 9 * in_count], zero where
// it reaches past the map.
void gather_windows(const WindowedShape& shape, std::size_t picture_count, const float* x, float* columns,
                    pthreadpool* pool) {
  const std::size_t row_size = 9 * shape.in_count;
  parallel_for(pool, picture_count * shape.height.out, [&](std::size_t index) {
    const float* map = x + index / shape.height.out * shape.height.in * shape.width.in * shape.in_count;
    float* rows = columns + index * shape.width.out * row_size;
    std::fill(rows, rows + shape.width.out * row_size, 0.0F);
    for_each_tap(shape, index % shape.height.out, [&](std::size_t row, std::size_t tap, std::size_t place) {
      std::copy_n(map + place * shape.in_count, shape.in_count, rows + row * row_size + tap * shape.in_count);
    });
  });
}

// Backwards through gather_windows: adds every row's parts to the places that they were read from.
void scatter_windows(const WindowedShape& shape, std::size_t picture_count, const float* columns,
                     float* grad_x, pthreadpool* pool) {
  const std::size_t row_size = 9 * shape.in_count;
  const std::size_t map_size = shape.height.in * shape.width.in * shape.in_count;
  parallel_for(pool, picture_count, [&](std::size_t picture) {
    float* map = grad_x + picture * map_size;
    std::fill(map, map + map_size, 0.0F);
    for (std::size_t out_row = 0; out_row < shape.height.out; ++out_row) {
      const float* rows = columns + (picture * shape.height.out + out_row) * shape.width.out * row_size;
      for_each_tap(shape, out_row, [&](std::size_t row, std::size_t tap, std::size_t place) {
        for (std::size_t c = 0; c < shape.in_count; ++c) {
          map[place * shape.in_count + c] += rows[row * row_size + tap * shape.in_count + c];
        }
      });
    }
  });
}

}  // namespace

std::size_t Workspace::memory_bytes() const {
  return linear.memory_bytes() + relu6.memory_bytes() + left.size_bytes() + right.size_bytes() +
         weights.size_bytes() + columns.size_bytes();
}

Result<Workspace> make_workspace(const ComputePool& pool, const WorkspaceSize& size) {
  Result<MatrixProduct> linear = MatrixProduct::create(RightLayout::kColumnsByInner, pool);
  if (!linear) return linear.error();
  Result<MatrixProduct> relu6 = MatrixProduct::create(RightLayout::kColumnsByInner, pool, {0, 6});
  if (!relu6) return relu6.error();
  Workspace workspace{std::move(linear).value(), std::move(relu6).value(), pool.handle(), {}, {}, {}, {}};
  const std::pair<PaddedBuffer<float>*, std::size_t> buffers[] = {{&workspace.left, size.left},
                                                                  {&workspace.right, size.right},
                                                                  {&workspace.weights, size.weights},
                                                                  {&workspace.columns, size.columns}};
  for (const auto& [buffer, count] : buffers) {
    Result<PaddedBuffer<float>> made = PaddedBuffer<float>::create(count);
    if (!made) return made.error();
    *buffer = std::move(made).value();
  }
  return workspace;
}

Status pointwise_forward(Workspace& workspace, const PointwiseShape& shape, Activation activation,
                         const float* x, const float* weights, const float* bias, float* y) {
  MatrixProduct& product = activation == Activation::kRelu6 ? workspace.relu6 : workspace.linear;
  return product.run({.left = x,
                      .right = weights,
                      .bias = bias,
                      .out = y,
                      .row_count = shape.row_count,
                      .inner_count = shape.in_count,
                      .column_count = shape.out_count});
}

Status pointwise_grad_weights(Workspace& workspace, const PointwiseShape& shape, const float* x,
                              const float* grad_y, float* grad_weights, Accumulate accumulate) {
  // grad_weights = grad_yᵀ · x.
  transpose(grad_y, shape.row_count, shape.out_count, workspace.left.data(), workspace.pool);
  transpose(x, shape.row_count, shape.in_count, workspace.right.data(), workspace.pool);
  float* out = accumulate == Accumulate::kReplace ? grad_weights : workspace.weights.data();
  const Status status = workspace.linear.run({.left = workspace.left.data(),
                                              .right = workspace.right.data(),
                                              .out = out,
                                              .row_count = shape.out_count,
                                              .inner_count = shape.row_count,
                                              .column_count = shape.in_count});
  if (!status) return status;
  if (accumulate == Accumulate::kAdd) {
    // Whole vectors: in_count or out_count is a multiple of four in every layer.
    add_to(grad_weights, out, shape.out_count * shape.in_count, workspace.pool);
  }
  return {};
}

Status pointwise_grad_x(Workspace& workspace, const PointwiseShape& shape, const float* weights,
                        const float* grad_y, float* grad_x) {
  // grad_x = grad_y · weights.
  transpose(weights, shape.out_count, shape.in_count, workspace.weights.data(), workspace.pool);
  return workspace.linear.run({.left = grad_y,
                               .right = workspace.weights.data(),
                               .out = grad_x,
                               .row_count = shape.row_count,
                               .inner_count = shape.out_count,
                               .column_count = shape.in_count});
}

Status windowed_forward(Workspace& workspace, const WindowedShape& shape, std::size_t picture_count,
                        Activation activation, const float* x, const float* weights, const float* bias,
                        float* y) {
  gather_windows(shape, picture_count, x, workspace.columns.data(), workspace.pool);
  return pointwise_forward(workspace, shape.product(picture_count), activation, workspace.columns.data(),
                           weights, bias, y);
}

Status windowed_grad_weights(Workspace& workspace, const WindowedShape& shape, std::size_t picture_count,
                             const float* x, const float* grad_y, float* grad_weights,
                             Accumulate accumulate) {
  gather_windows(shape, picture_count, x, workspace.columns.data(), workspace.pool);
  return pointwise_grad_weights(workspace, shape.product(picture_count), workspace.columns.data(), grad_y,
                                grad_weights, accumulate);
}

Status windowed_grad_x(Workspace& workspace, const WindowedShape& shape, std::size_t picture_count,
                       const float* weights, const float* grad_y, float* grad_x) {
  const Status status =
      pointwise_grad_x(workspace, shape.product(picture_count), weights, grad_y, workspace.columns.data());
  if (!status) return status;
  scatter_windows(shape, picture_count, workspace.columns.data(), grad_x, workspace.pool);
  return {};
}

}  // namespace headstart
