// The part of GraphBuilder that computes in bytes.
#include <xnnpack.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "backbone/activation_range.h"
#include "backbone/graph_builder.h"

namespace headstart {
namespace {

constexpr std::uint32_t kNoFlags = 0;

}  // namespace

// The bytes that stand for the weights, each channel's by its own scale.
std::uint32_t GraphBuilder::define_quantised(std::span<const std::size_t> shape,
                                             std::size_t channel_dimension, const LayerWeights& weights) {
  std::uint32_t id = 0;
  auto made = PaddedBuffer<std::int8_t>::create(weights.weights.size());
  auto scales = PaddedBuffer<float>::create(weights.scales.size());
  if (status_ && !made) status_ = made.error();
  if (status_ && !scales) status_ = scales.error();
  if (!status_) return id;
  const std::size_t channels = weights.scales.size();
  const std::size_t inner = channel_dimension == 0 ? weights.weights.size() / channels : 1;
  for (std::size_t i = 0; i < weights.weights.size(); ++i) {
    const float byte = std::round(weights.weights[i] / weights.scales[i / inner % channels]);
    made.value().span()[i] = static_cast<std::int8_t>(std::clamp(byte, -128.0F, 127.0F));
  }
  std::ranges::copy(weights.scales, scales.value().span().begin());
  packed_bytes_ += 2 * made.value().size_bytes();
  keep(xnn_define_channelwise_quantized_tensor_value(
           subgraph_.get(), xnn_datatype_qcint8, scales.value().data(), shape.size(), channel_dimension,
           shape.data(), made.value().data(), XNN_INVALID_VALUE_ID, kNoFlags, &id),
       "weights in bytes");
  constants_.weights.push_back(std::move(made).value());
  constants_.scales.push_back(std::move(scales).value());
  return id;
}

// Of a map of bytes in units of the sums that they begin: the input's scale times the weights'.
std::uint32_t GraphBuilder::define_biases(const GraphMap& input, const LayerWeights& weights) {
  std::uint32_t id = 0;
  const std::array shape = {weights.biases.size()};
  if (!input.scale) return define_static(shape, weights.biases);
  auto made = PaddedBuffer<std::int32_t>::create(shape[0]);
  auto scales = PaddedBuffer<float>::create(shape[0]);
  if (status_ && !made) status_ = made.error();
  if (status_ && !scales) status_ = scales.error();
  if (!status_) return id;
  constexpr double kMost = 1 << 30;
  for (std::size_t i = 0; i < shape[0]; ++i) {
    const float scale = input.scale->scale * weights.scales[i];
    const double whole = std::round(static_cast<double>(weights.biases[i]) / static_cast<double>(scale));
    scales.value().span()[i] = scale;
    made.value().span()[i] = static_cast<std::int32_t>(std::clamp(whole, -kMost, kMost));
  }
  packed_bytes_ += 2 * made.value().size_bytes();
  keep(xnn_define_channelwise_quantized_tensor_value(
           subgraph_.get(), xnn_datatype_qcint32, scales.value().data(), shape.size(), /*channel_dim=*/0,
           shape.data(), made.value().data(), XNN_INVALID_VALUE_ID, kNoFlags, &id),
       "biases in whole numbers");
  constants_.biases.push_back(std::move(made).value());
  constants_.scales.push_back(std::move(scales).value());
  return id;
}

GraphMap GraphBuilder::add_bytes(const GraphMap& a, const GraphMap& b, Activation activation,
                                 const MapScale& scale) {
  const GraphMap sum = define_map(a.height, a.width, a.channel_count, kNoFlags, {}, scale);
  note_step(a, sum);
  if (!status_) return sum;
  keep(xnn_define_binary(subgraph_.get(), xnn_binary_add, /*params=*/nullptr, a.id, b.id, sum.id, kNoFlags),
       "an addition of bytes");
  if (activation == Activation::kLinear || !status_) return sum;
  const GraphMap clamped = define_map(a.height, a.width, a.channel_count, kNoFlags, {}, scale);
  const OutputRange range = range_of(activation);
  xnn_unary_params params;
  params.clamp = {range.lowest, range.highest};
  if (!status_) return clamped;
  keep(xnn_define_unary(subgraph_.get(), xnn_unary_clamp, &params, sum.id, clamped.id, kNoFlags),
       "an activation of bytes");
  return clamped;
}

GraphMap GraphBuilder::convert(const GraphMap& input, const GraphMap& output) {
  note_step(input, output);
  if (!status_) return output;
  keep(
      xnn_define_unary(subgraph_.get(), xnn_unary_convert, /*params=*/nullptr, input.id, output.id, kNoFlags),
      "bytes of a map");
  return output;
}

GraphMap GraphBuilder::quantise(const GraphMap& input, const MapScale& scale) {
  return convert(input, define_map(input.height, input.width, input.channel_count, kNoFlags, {}, scale));
}

GraphMap GraphBuilder::dequantise(const GraphMap& input, ExternalId external_id) {
  return convert(input, define_output(input.height, input.width, input.channel_count, external_id));
}

}  // namespace headstart
