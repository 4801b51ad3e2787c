#include "backbone/graph_builder.h"

#include <xnnpack.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <string>
#include <utility>

#include "backbone/activation_range.h"
#include "headstart/buffer.h"

namespace headstart {
namespace {

constexpr std::uint32_t kNoFlags = 0;

// An activation with a pass of its own leaves the operator before it linear and inside.
OutputRange fused_range(Activation activation) {
  return range_of(is_clamp(activation) ? activation : Activation::kLinear);
}
ExternalId fused_id(Activation activation, ExternalId external_id) {
  return is_clamp(activation) ? external_id : std::nullopt;
}

// Single numbers for XNNPACK, which may read past their end.
template <int kNumerator, int kDenominator>
std::span<const float> number() {
  alignas(kBufferAlignmentBytes) static constexpr std::array<float, 1 + kReadablePaddingBytes / sizeof(float)>
      kValues = {static_cast<float>(kNumerator) / kDenominator};
  return std::span(kValues).first(1);
}

Status status_of(xnn_status code, const char* what) {
  switch (code) {
    case xnn_status_success:
      return {};
    case xnn_status_out_of_memory:
      return out_of_memory(std::string("there is not enough memory for the network (") + what + ")");
    case xnn_status_unsupported_hardware:
      return unsupported("this processor lacks the vector instructions that the network engine needs");
    default:
      return internal_error(std::string("the network engine refused ") + what + " (status " +
                            std::to_string(code) + ")");
  }
}

// A window's padding on a map, as XNNPACK counts.
struct WindowPadding {
  std::uint32_t top;
  std::uint32_t right;
  std::uint32_t bottom;
  std::uint32_t left;
  std::size_t height;
  std::size_t width;
};

WindowPadding padding_of(const GraphMap& input, const GraphBuilder::Window& window) {
  const Padding& padding = window.padding;
  const PaddedSide rows =
      pad_side(padding.kind, input.height, window.kernel_height, window.stride, padding.top, padding.bottom);
  const PaddedSide columns =
      pad_side(padding.kind, input.width, window.kernel_width, window.stride, padding.left, padding.right);
  return {static_cast<std::uint32_t>(rows.before),
          static_cast<std::uint32_t>(columns.after),
          static_cast<std::uint32_t>(rows.after),
          static_cast<std::uint32_t>(columns.before),
          rows.output,
          columns.output};
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
                                  std::uint32_t flags, ExternalId external_id,
                                  const std::optional<MapScale>& scale) {
  GraphMap map{0, height, width, channel_count, scale};
  if (!status_) return map;
  const std::array<std::size_t, 4> shape = {1, height, width, channel_count};
  if (scale) {
    assert(!external_id);
    keep(xnn_define_quantized_tensor_value(subgraph_.get(), xnn_datatype_qint8, scale->zero_point,
                                           scale->scale, shape.size(), shape.data(), nullptr,
                                           XNN_INVALID_VALUE_ID, flags, &map.id),
         "a map of bytes");
    return map;
  }
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
  const auto size = [](const GraphMap& map) { return map.element_count() * (map.scale ? 1 : sizeof(float)); };
  working_bytes_ = std::max(working_bytes_, size(input) + size(output));
}

GraphMap GraphBuilder::input(std::uint32_t external_id, std::size_t height, std::size_t width,
                             std::size_t channel_count) {
  input_ = define_map(height, width, channel_count, XNN_VALUE_FLAG_EXTERNAL_INPUT, external_id);
  return input_;
}

std::uint32_t GraphBuilder::define_number(std::span<const float> number) {
  return define_static(std::array<std::size_t, 4>{1, 1, 1, 1}, number);
}

GraphMap GraphBuilder::define_window_output(const GraphMap& input, const Window& window,
                                            std::size_t channel_count, ExternalId external_id) {
  const WindowPadding padding = padding_of(input, window);
  const GraphMap output =
      input.scale ? define_map(padding.height, padding.width, channel_count, kNoFlags, {}, window.scale)
                  : define_output(padding.height, padding.width, channel_count,
                                  fused_id(window.activation, external_id));
  note_step(input, output);
  return output;
}

GraphMap GraphBuilder::convolution(const GraphMap& input, const Window& window, std::size_t channel_count,
                                   std::size_t groups, const LayerWeights& weights, ExternalId external_id) {
  const std::size_t group_inputs = input.channel_count / groups;
  assert(weights.weights.size() == channel_count * window.kernel_height * window.kernel_width * group_inputs);
  assert(weights.biases.size() == channel_count);
  const GraphMap output = define_window_output(input, window, channel_count, external_id);
  const std::array shape = {channel_count, window.kernel_height, window.kernel_width, group_inputs};
  const std::uint32_t filter_id =
      input.scale ? define_quantised(shape, 0, weights) : define_static(shape, weights.weights);
  const std::uint32_t bias_id = define_biases(input, weights);
  if (!status_) return output;
  const WindowPadding padding = padding_of(input, window);
  const auto stride = static_cast<std::uint32_t>(window.stride);
  const OutputRange range = fused_range(window.activation);
  keep(xnn_define_convolution_2d(
           subgraph_.get(), padding.top, padding.right, padding.bottom, padding.left,
           static_cast<std::uint32_t>(window.kernel_height), static_cast<std::uint32_t>(window.kernel_width),
           stride, stride, /*dilation_height=*/1, /*dilation_width=*/1, static_cast<std::uint32_t>(groups),
           group_inputs, channel_count / groups, range.lowest, range.highest, input.id, filter_id, bias_id,
           output.id, kNoFlags),
       "a convolution");
  return is_clamp(window.activation) ? output : activate(output, window.activation, external_id);
}

GraphMap GraphBuilder::depthwise(const GraphMap& input, const Window& window, const LayerWeights& weights,
                                 ExternalId external_id) {
  assert(weights.weights.size() == window.kernel_height * window.kernel_width * input.channel_count);
  assert(weights.biases.size() == input.channel_count);
  const GraphMap output = define_window_output(input, window, input.channel_count, external_id);
  const std::array shape = {std::size_t{1}, window.kernel_height, window.kernel_width, input.channel_count};
  const std::uint32_t filter_id = input.scale ? define_quantised(shape, shape.size() - 1, weights)
                                              : define_static(shape, weights.weights);
  const std::uint32_t bias_id = define_biases(input, weights);
  if (!status_) return output;
  const WindowPadding padding = padding_of(input, window);
  const auto stride = static_cast<std::uint32_t>(window.stride);
  const OutputRange range = fused_range(window.activation);
  keep(xnn_define_depthwise_convolution_2d(subgraph_.get(), padding.top, padding.right, padding.bottom,
                                           padding.left, static_cast<std::uint32_t>(window.kernel_height),
                                           static_cast<std::uint32_t>(window.kernel_width), stride, stride,
                                           /*dilation_height=*/1, /*dilation_width=*/1,
                                           /*depth_multiplier=*/1, input.channel_count, range.lowest,
                                           range.highest, input.id, filter_id, bias_id, output.id, kNoFlags),
       "a depthwise convolution");
  return is_clamp(window.activation) ? output : activate(output, window.activation, external_id);
}

GraphMap GraphBuilder::average_pool(const GraphMap& input, const Window& window, ExternalId external_id) {
  const GraphMap output = define_window_output(input, window, input.channel_count, external_id);
  if (!status_) return output;
  const WindowPadding padding = padding_of(input, window);
  const auto stride = static_cast<std::uint32_t>(window.stride);
  const OutputRange range = fused_range(window.activation);
  keep(xnn_define_average_pooling_2d(subgraph_.get(), padding.top, padding.right, padding.bottom,
                                     padding.left, static_cast<std::uint32_t>(window.kernel_height),
                                     static_cast<std::uint32_t>(window.kernel_width), stride, stride,
                                     range.lowest, range.highest, input.id, output.id, kNoFlags),
       "an average pool");
  return is_clamp(window.activation) ? output : activate(output, window.activation, external_id);
}

GraphMap GraphBuilder::max_pool(const GraphMap& input, const Window& window, ExternalId external_id) {
  const GraphMap output = define_window_output(input, window, input.channel_count, external_id);
  if (!status_) return output;
  const WindowPadding padding = padding_of(input, window);
  const auto stride = static_cast<std::uint32_t>(window.stride);
  const OutputRange range = fused_range(window.activation);
  keep(xnn_define_max_pooling_2d(subgraph_.get(), padding.top, padding.right, padding.bottom, padding.left,
                                 static_cast<std::uint32_t>(window.kernel_height),
                                 static_cast<std::uint32_t>(window.kernel_width), stride, stride,
                                 /*dilation_height=*/1, /*dilation_width=*/1, range.lowest, range.highest,
                                 input.id, output.id, kNoFlags),
       "a max pool");
  return is_clamp(window.activation) ? output : activate(output, window.activation, external_id);
}

GraphMap GraphBuilder::binary(int xnn_operator, const GraphMap& a, std::uint32_t b_id,
                              ExternalId external_id) {
  const GraphMap output = define_output(a.height, a.width, a.channel_count, external_id);
  note_step(a, output);
  if (!status_) return output;
  keep(xnn_define_binary(subgraph_.get(), static_cast<xnn_binary_operator>(xnn_operator), /*params=*/nullptr,
                         a.id, b_id, output.id, kNoFlags),
       xnn_operator == xnn_binary_add ? "an addition" : "a multiplication");
  return output;
}

GraphMap GraphBuilder::unary(int xnn_operator, const GraphMap& input, ExternalId external_id) {
  const GraphMap output = define_output(input.height, input.width, input.channel_count, external_id);
  note_step(input, output);
  if (!status_) return output;
  keep(xnn_define_unary(subgraph_.get(), static_cast<xnn_unary_operator>(xnn_operator), /*params=*/nullptr,
                        input.id, output.id, kNoFlags),
       "an activation");
  return output;
}

GraphMap GraphBuilder::clamp(const GraphMap& input, float lowest, float highest, ExternalId external_id) {
  const GraphMap output = define_output(input.height, input.width, input.channel_count, external_id);
  note_step(input, output);
  if (!status_) return output;
  xnn_unary_params params;
  params.clamp = {lowest, highest};
  keep(xnn_define_unary(subgraph_.get(), xnn_unary_clamp, &params, input.id, output.id, kNoFlags),
       "an activation");
  return output;
}

GraphMap GraphBuilder::activate(const GraphMap& input, Activation activation, ExternalId external_id) {
  switch (activation) {
    case Activation::kHardSwish:
      return unary(xnn_unary_hardswish, input, external_id);
    case Activation::kSigmoid:
      return unary(xnn_unary_sigmoid, input, external_id);
    case Activation::kSwish:
      return binary(xnn_binary_multiply, input, unary(xnn_unary_sigmoid, input, {}).id, external_id);
    case Activation::kHardSigmoid: {
      const GraphMap raised = binary(xnn_binary_add, input, define_number(number<3, 1>()), {});
      return binary(xnn_binary_multiply, clamp(raised, 0.0F, 6.0F, {}), define_number(number<1, 6>()),
                    external_id);
    }
    default:
      return clamp(input, range_of(activation).lowest, range_of(activation).highest, external_id);
  }
}

GraphMap GraphBuilder::add(const GraphMap& a, const GraphMap& b, Activation activation,
                           ExternalId external_id) {
  if (activation == Activation::kLinear) return binary(xnn_binary_add, a, b.id, external_id);
  return activate(binary(xnn_binary_add, a, b.id, {}), activation, external_id);
}

GraphMap GraphBuilder::multiply(const GraphMap& a, const GraphMap& b, Activation activation,
                                ExternalId external_id) {
  if (activation == Activation::kLinear) return binary(xnn_binary_multiply, a, b.id, external_id);
  return activate(binary(xnn_binary_multiply, a, b.id, {}), activation, external_id);
}

GraphMap GraphBuilder::scale(const GraphMap& input, const LayerWeights& weights, Activation activation,
                             ExternalId external_id) {
  // One number for all channels goes over the map in one stretch, where a row of few would begin anew at
  // every place.
  const auto is_same = [](std::span<const float> values) {
    return std::ranges::all_of(values, [&](float value) { return value == values[0]; });
  };
  const bool is_even = is_same(weights.weights) && is_same(weights.biases);
  const std::size_t count = is_even ? 1 : input.channel_count;
  const std::array<std::size_t, 4> shape = {1, 1, 1, count};
  const GraphMap scaled =
      binary(xnn_binary_multiply, input, define_static(shape, weights.weights.first(count)), {});
  const std::uint32_t offset_id = define_static(shape, weights.biases.first(count));
  if (activation == Activation::kLinear) return binary(xnn_binary_add, scaled, offset_id, external_id);
  return activate(binary(xnn_binary_add, scaled, offset_id, {}), activation, external_id);
}

GraphMap GraphBuilder::concatenate(std::span<const GraphMap> maps, ExternalId external_id) {
  assert(maps.size() >= 2 && maps.size() <= 4);
  std::size_t channel_count = 0;
  for (const GraphMap& map : maps) channel_count += map.channel_count;
  const GraphMap output = define_output(maps[0].height, maps[0].width, channel_count, external_id);
  note_step(output, output);
  if (!status_) return output;
  constexpr std::int32_t kChannels = 3;
  xnn_subgraph* graph = subgraph_.get();
  if (maps.size() == 2) {
    keep(xnn_define_concatenate2(graph, kChannels, maps[0].id, maps[1].id, output.id, kNoFlags), "a joint");
  } else if (maps.size() == 3) {
    keep(xnn_define_concatenate3(graph, kChannels, maps[0].id, maps[1].id, maps[2].id, output.id, kNoFlags),
         "a joint");
  } else {
    keep(xnn_define_concatenate4(graph, kChannels, maps[0].id, maps[1].id, maps[2].id, maps[3].id, output.id,
                                 kNoFlags),
         "a joint");
  }
  return output;
}

GraphMap GraphBuilder::global_average_pool(const GraphMap& input, ExternalId external_id) {
  const GraphMap output = define_output(1, 1, input.channel_count, external_id);
  note_step(input, output);
  if (!status_) return output;
  constexpr std::array<std::int64_t, 2> kHeightAndWidth = {1, 2};
  keep(xnn_define_static_reduce_v2(subgraph_.get(), xnn_reduce_mean, kHeightAndWidth.size(),
                                   kHeightAndWidth.data(), input.id, output.id, XNN_FLAG_KEEP_DIMS),
       "a mean");
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

Result<GraphRuntime> GraphBuilder::finish(const ComputePool& pool, OperatorTiming timing) {
  if (!status_) return status_.error();
  xnn_runtime_t runtime = nullptr;
  // Between frames the workers sleep instead of spinning: the page needs the cores for the camera and for
  // itself.
  const std::uint32_t flags =
      XNN_FLAG_YIELD_WORKERS | (timing == OperatorTiming::kOn ? XNN_FLAG_BASIC_PROFILING : kNoFlags);
  const Status created =
      status_of(xnn_create_runtime_v2(subgraph_.get(), pool.handle(), flags, &runtime), "the network");
  if (!created) return created.error();
  GraphRuntime result;
  result.runtime_.reset(runtime);
  result.constants_ = std::move(constants_);
  result.input_ = input_;
  return result;
}

}  // namespace headstart
