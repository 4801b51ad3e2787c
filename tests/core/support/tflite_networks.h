// A small network as .tflite, of random weights.
#pragma once

#include <cstdint>
#include <vector>

#include "support/tflite_builder.h"

namespace headstart::test {

inline constexpr std::int8_t kRelu = 1;
inline constexpr std::int8_t kRelu6 = 3;

// relu6(x + 3) / 6, as exporters write it out.
inline std::int32_t hard_sigmoid(TfliteBuilder& builder, std::int32_t input) {
  const auto shape = builder.shape(input);
  const std::int32_t three = builder.constant({}, TfliteBuilder::kFloat32, std::vector<float>{3});
  const std::int32_t sixth = builder.constant({}, TfliteBuilder::kFloat32, std::vector<float>{1.0F / 6});
  const std::int32_t raised =
      builder.add(TfliteBuilder::kAdd, {input, three}, shape, Flat().number<std::int8_t>(0, kRelu6));
  return builder.add(TfliteBuilder::kMultiply, {raised, sixth}, shape);
}

// MobileNetV3's bottleneck with squeeze-and-excite.
inline std::int32_t add_v3_block(TfliteBuilder& builder, std::int32_t input, std::int32_t stride) {
  const std::int32_t channels = builder.shape(input)[3];
  std::int32_t map = builder.convolution(input, 4 * channels);
  map = builder.add(TfliteBuilder::kHardSwish, {map}, builder.shape(map));
  map = builder.depthwise(map, 5, stride, 0);
  map = builder.add(TfliteBuilder::kHardSwish, {map}, builder.shape(map));
  std::int32_t gate = builder.mean(map);
  gate = builder.convolution(gate, channels, 1, 1, kRelu);
  gate = hard_sigmoid(builder, builder.convolution(gate, 4 * channels));
  map = builder.add(TfliteBuilder::kMultiply, {map, gate}, builder.shape(map));
  map = builder.convolution(map, channels);
  return stride == 1 ? builder.add(TfliteBuilder::kAdd, {input, map}, builder.shape(map)) : map;
}

inline TfliteBuilder v3_network(std::int32_t side_px = 32, std::uint64_t seed = 1) {
  TfliteBuilder builder(side_px, seed);
  std::int32_t map = builder.convolution(builder.input(), 8, 3, 2);
  map = builder.add(TfliteBuilder::kHardSwish, {map}, builder.shape(map));
  map = add_v3_block(builder, map, 2);
  map = add_v3_block(builder, map, 1);
  map = builder.convolution(map, 24);
  map = builder.add(TfliteBuilder::kHardSwish, {map}, builder.shape(map));
  builder.classifier(map, 5);
  return builder;
}

}  // namespace headstart::test
