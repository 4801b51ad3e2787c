#include "base/matrix_product.h"

#include <xnnpack.h>

#include <algorithm>
#include <string>
#include <utility>

namespace headstart {
namespace {

Error failure(const char* stage, xnn_status status) {
  if (status == xnn_status_out_of_memory) {
    return out_of_memory("there is not enough memory for a matrix product");
  }
  return internal_error(std::string("a matrix product failed to ") + stage + ", status " +
                        std::to_string(status));
}

}  // namespace

void MatrixProduct::Delete::operator()(xnn_operator* product) const {
  xnn_delete_operator(product);
}

Result<MatrixProduct> MatrixProduct::create(RightLayout layout, const ComputePool& pool, OutputRange range) {
  const std::uint32_t flags = layout == RightLayout::kInnerByColumns ? XNN_FLAG_TRANSPOSE_WEIGHTS : 0;
  xnn_operator_t product = nullptr;
  const xnn_status status =
      xnn_create_dynamic_fully_connected_nc_f32(range.lowest, range.highest, flags, &product);
  if (status != xnn_status_success) return failure("start", status);
  return MatrixProduct(product, pool.handle());
}

Status MatrixProduct::run(const Operands& operands) {
  if (operands.row_count == 0 || operands.column_count == 0) return {};
  const std::size_t left_stride = std::max(operands.left_stride, operands.inner_count);
  const std::size_t out_stride = std::max(operands.out_stride, operands.column_count);
  std::size_t packed_bytes = 0;
  std::size_t alignment = 0;
  xnn_status status = xnn_reshape_dynamic_fully_connected_nc_f32(
      operator_.get(), operands.row_count, operands.inner_count, operands.column_count, left_stride,
      out_stride, &packed_bytes, &alignment, threads_);
  if (status != xnn_status_success) return failure("take its shape", status);
  if (packed_.size_bytes() < packed_bytes) {
    Result<PaddedBuffer<float>> grown = PaddedBuffer<float>::create((packed_bytes + 3) / sizeof(float));
    if (!grown) return grown.error();
    packed_ = std::move(grown).value();
  }
  status = xnn_setup_dynamic_fully_connected_nc_f32(operator_.get(), packed_.data(), operands.left,
                                                    operands.right, operands.bias, operands.out);
  if (status != xnn_status_success) return failure("take its operands", status);
  status = xnn_run_operator(operator_.get(), threads_);
  if (status != xnn_status_success) return failure("run", status);
  return {};
}

}  // namespace headstart
