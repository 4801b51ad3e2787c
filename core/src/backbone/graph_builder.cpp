#include "backbone/graph_builder.h"

#include <xnnpack.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <limits>
#include <string>
#include <utility>

namespace headstart {
namespace {

constexpr std::uint32_t kNoFlags = 0;

struct OutputRange {
  float lowest;
  float highest;
};

OutputRange range_of(Activation activation) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  return activation == Activation::kRelu6 ? OutputRange{0.0F, 6.0F} : OutputRange{-kInfinity, kInfinity};
}

Status status_of(xnn_status code, const char* what) {
  switch (code) {
    case xnn_status_success:
      return {};
    case xnn_status_out_of_memory:
      return Error{ErrorCode::kOutOfMemory,
                   std::string("there is not enough memory for the network (") + what + ")"};
    case xnn_status_unsupported_hardware:
      return Error{ErrorCode::kUnsupported,
                   "this processor lacks the vector instructions that the network engine needs"};
    default:
      return Error{ErrorCode::kInternal, std::string("the network engine refused ") + what + " (status " +
                                             std::to_string(code) + ")"};
  }
}

// TensorFlow's SAME padding in one direction.
struct Padding {
  std::uint32_t before = 0;
  std::uint32_t after = 0;
  std::size_t output_size = 0;
};

Padding same_padding(std::size_t input_size, std::size_t kernel_size, std::size_t stride) {
  Padding padding;
  padding.output_size = (input_size + stride - 1) / stride;
  const std::size_t covered = (padding.output_size - 1) * stride + kernel_size;
  const std::size_t missing = covered > input_size ? covered - input_size : 0;
  padding.before = static_cast<std::uint32_t>(missing / 2);
  padding.after = static_cast<std::uint32_t>(missing - missing / 2);
  return padding;
}

}  // namespace

void GraphRuntime::Delete::operator()(xnn_runtime* runtime) const {
  xnn_delete_runtime(runtime);
}

Status GraphRuntime::set_up(std::size_t batch_size, std::span<const ExternalBuffer> buffers) {
  const std::array<std::size_t, 4> shape = {batch_size, input_.height, input_.width, input_.channel_count};
  xnn_status code = xnn_reshape_external_value(runtime_.get(), input_.id, shape.size(), shape.data());
  if (code == xnn_status_success) code = xnn_reshape_runtime(runtime_.get());
  if (code != xnn_status_success) return status_of(code, "a batch of frames");
  std::vector<xnn_external_value> values;
  values.reserve(buffers.size());
  for (const ExternalBuffer& buffer : buffers) values.push_back({buffer.id, buffer.data});
  return status_of(xnn_setup_runtime_v2(runtime_.get(), values.size(), values.data()),
                   "its input and output memory");
}

Status GraphRuntime::run() {
  return status_of(xnn_invoke_runtime(runtime_.get()), "to run");
}

void GraphBuilder::Delete::operator()(xnn_subgraph* subgraph) const {
  xnn_delete_subgraph(subgraph);
}

GraphBuilder::GraphBuilder(std::uint32_t external_count) {
  xnn_subgraph_t subgraph = nullptr;
  keep(xnn_create_subgraph(external_count, kNoFlags, &subgraph), "a graph");
  subgraph_.reset(subgraph);
}

void GraphBuilder::keep(int xnn_status_code, const char* what) {
  if (status_) status_ = status_of(static_cast<xnn_status>(xnn_status_code), what);
}

GraphMap GraphBuilder::define_map(std::size_t height, std::size_t width, std::size_t channel_count,
                                  std::uint32_t flags, ExternalId external_id) {
  GraphMap map{0, height, width, channel_count};
  if (!status_) return map;
  const std::array<std::size_t, 4> shape = {1, height, width, channel_count};
  keep(xnn_define_tensor_value(subgraph_.get(), xnn_datatype_fp32, shape.size(), shape.data(), nullptr,
                               external_id.value_or(XNN_INVALID_VALUE_ID), flags, &map.id),
       "a map");
  return map;
}

GraphMap GraphBuilder::define_output(std::size_t height, std::size_t width, std::size_t channel_count,
                                     ExternalId external_id) {
  const std::uint32_t flags = external_id ? XNN_VALUE_FLAG_EXTERNAL_OUTPUT : kNoFlags;
  return define_map(height, width, channel_count, flags, external_id);
}

std::uint32_t GraphBuilder::define_static(std::span<const std::size_t> shape, std::span<const float> values) {
  std::uint32_t id = 0;
  if (!status_) return id;
  packed_bytes_ += values.size_bytes();
  keep(xnn_define_tensor_value(subgraph_.get(), xnn_datatype_fp32, shape.size(), shape.data(), values.data(),
                               XNN_INVALID_VALUE_ID, kNoFlags, &id),
       "weights");
  return id;
}

void GraphBuilder::note_step(const GraphMap& input, const GraphMap& output) {
  working_bytes_ = std::max(working_bytes_, (input.element_count() + output.element_count()) * sizeof(float));
}

GraphMap GraphBuilder::input(std::uint32_t external_id, std::size_t height, std::size_t width,
                             std::size_t channel_count) {
  input_ = define_map(height, width, channel_count, XNN_VALUE_FLAG_EXTERNAL_INPUT, external_id);
  return input_;
}

GraphMap GraphBuilder::convolution(const GraphMap& input, const Convolution& layer,
                                   const LayerWeights& weights, ExternalId external_id) {
  assert(weights.weights.size() ==
         layer.channel_count * layer.kernel_size * layer.kernel_size * input.channel_count);
  assert(weights.biases.size() == layer.channel_count);
  const Padding rows = same_padding(input.height, layer.kernel_size, layer.stride);
  const Padding columns = same_padding(input.width, layer.kernel_size, layer.stride);
  const GraphMap output =
      define_output(rows.output_size, columns.output_size, layer.channel_count, external_id);
  const std::uint32_t filter_id = define_static(
      std::array{layer.channel_count, layer.kernel_size, layer.kernel_size, input.channel_count},
      weights.weights);
  const std::uint32_t bias_id = define_static(std::array{layer.channel_count}, weights.biases);
  note_step(input, output);
  if (!status_) return output;
  const auto kernel_size = static_cast<std::uint32_t>(layer.kernel_size);
  const auto stride = static_cast<std::uint32_t>(layer.stride);
  const OutputRange range = range_of(layer.activation);
  keep(xnn_define_convolution_2d(subgraph_.get(), rows.before, columns.after, rows.after, columns.before,
                                 kernel_size, kernel_size, stride, stride, /*dilation_height=*/1,
                                 /*dilation_width=*/1, /*groups=*/1, input.channel_count, layer.channel_count,
                                 range.lowest, range.highest, input.id, filter_id, bias_id, output.id,
                                 kNoFlags),
       "a convolution");
  return output;
}

GraphMap GraphBuilder::depthwise(const GraphMap& input, const Depthwise& layer, const LayerWeights& weights,
                                 ExternalId external_id) {
  assert(weights.weights.size() == layer.kernel_size * layer.kernel_size * input.channel_count);
  assert(weights.biases.size() == input.channel_count);
  const Padding rows = same_padding(input.height, layer.kernel_size, layer.stride);
  const Padding columns = same_padding(input.width, layer.kernel_size, layer.stride);
  const GraphMap output =
      define_output(rows.output_size, columns.output_size, input.channel_count, external_id);
  const std::uint32_t filter_id = define_static(
      std::array{std::size_t{1}, layer.kernel_size, layer.kernel_size, input.channel_count}, weights.weights);
  const std::uint32_t bias_id = define_static(std::array{input.channel_count}, weights.biases);
  note_step(input, output);
  if (!status_) return output;
  const auto kernel_size = static_cast<std::uint32_t>(layer.kernel_size);
  const auto stride = static_cast<std::uint32_t>(layer.stride);
  const OutputRange range = range_of(layer.activation);
  keep(xnn_define_depthwise_convolution_2d(
           subgraph_.get(), rows.before, columns.after, rows.after, columns.before, kernel_size, kernel_size,
           stride, stride, /*dilation_height=*/1,
           /*dilation_width=*/1, /*depth_multiplier=*/1, input.channel_count, range.lowest, range.highest,
           input.id, filter_id, bias_id, output.id, kNoFlags),
       "a depthwise convolution");
  return output;
}

GraphMap GraphBuilder::add(const GraphMap& a, const GraphMap& b, ExternalId external_id) {
  assert(a.height == b.height && a.width == b.width && a.channel_count == b.channel_count);
  const GraphMap output = define_output(a.height, a.width, a.channel_count, external_id);
  note_step(a, output);
  if (!status_) return output;
  keep(
      xnn_define_binary(subgraph_.get(), xnn_binary_add, /*params=*/nullptr, a.id, b.id, output.id, kNoFlags),
      "an addition");
  return output;
}

void GraphBuilder::mean(const GraphMap& input, std::uint32_t external_id) {
  if (!status_) return;
  std::uint32_t output_id = 0;
  const std::array<std::size_t, 2> shape = {1, input.channel_count};
  keep(xnn_define_tensor_value(subgraph_.get(), xnn_datatype_fp32, shape.size(), shape.data(), nullptr,
                               external_id, XNN_VALUE_FLAG_EXTERNAL_OUTPUT, &output_id),
       "a vector");
  if (!status_) return;
  constexpr std::array<std::int64_t, 2> kHeightAndWidth = {1, 2};
  keep(xnn_define_static_reduce_v2(subgraph_.get(), xnn_reduce_mean, kHeightAndWidth.size(),
                                   kHeightAndWidth.data(), input.id, output_id, kNoFlags),
       "a mean");
}

Result<GraphRuntime> GraphBuilder::finish(const ComputePool& pool) {
  if (!status_) return status_.error();
  xnn_runtime_t runtime = nullptr;
  // Between frames the workers sleep instead of spinning: the page needs the cores for the camera and for
  // itself.
  const Status created = status_of(
      xnn_create_runtime_v2(subgraph_.get(), pool.handle(), XNN_FLAG_YIELD_WORKERS, &runtime), "the network");
  if (!created) return created.error();
  GraphRuntime result;
  result.runtime_.reset(runtime);
  result.input_ = input_;
  return result;
}

}  // namespace headstart
