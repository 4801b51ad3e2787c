#include "network/mobilenet_v2.h"

#include <algorithm>
#include <utility>

namespace headstart {
namespace {

constexpr std::size_t kImageChannels = 3;
constexpr std::size_t kStemChannels = 32;
constexpr std::size_t kLastChannels = 1280;

struct TableRow {
  std::size_t expansion;  // t
  std::size_t channels;   // c
  std::size_t repeats;    // n
  std::size_t stride;     // s, of the first repeat; 1 for the others
};

// Table 2 of the paper, the rows between the first and the last convolution.
constexpr std::array<TableRow, 7> kTable = {{
    {1, 16, 1, 1},
    {6, 24, 2, 2},
    {6, 32, 3, 2},
    {6, 64, 4, 2},
    {6, 96, 3, 1},
    {6, 160, 3, 2},
    {6, 320, 1, 1},
}};

// `_make_divisible` of the authors' code (tensorflow/models, slim/nets/mobilenet): to the nearest multiple of
// 8, never more than a tenth below.
std::size_t scaled_channels(std::size_t channels, double width_multiplier) {
  constexpr std::size_t kDivisor = 8;
  const double wanted = static_cast<double>(channels) * width_multiplier;
  const auto nearest = static_cast<std::size_t>(wanted + kDivisor / 2.0) / kDivisor * kDivisor;
  const std::size_t rounded = std::max(kDivisor, nearest);
  return static_cast<double>(rounded) < 0.9 * wanted ? rounded + kDivisor : rounded;
}

std::string block_name(std::size_t index) {
  return "blocks." + std::to_string(index);
}

GraphMap add_block(GraphBuilder& graph, const GraphMap& input, const Bottleneck& block,
                   const std::string& name, const MobileNetV2Graph& parts) {
  const ExternalId external_id = parts.map_id(name);
  GraphMap map = input;
  if (block.expands()) {
    map = graph.convolution(map, {.channel_count = block.expanded_channels, .activation = Activation::kRelu6},
                            parts.layer(name + ".expand"));
  }
  map = graph.depthwise(map, {.kernel_size = 3, .stride = block.stride, .activation = Activation::kRelu6},
                        parts.layer(name + ".depthwise"));
  const GraphBuilder::Convolution project = {.channel_count = block.output_channels};
  if (!block.has_shortcut())
    return graph.convolution(map, project, parts.layer(name + ".project"), external_id);
  map = graph.convolution(map, project, parts.layer(name + ".project"));
  return graph.add(input, map, external_id);
}

}  // namespace

MobileNetV2 mobilenet_v2(double width_multiplier) {
  MobileNetV2 network;
  network.stem_channels = scaled_channels(kStemChannels, width_multiplier);
  std::size_t channels = network.stem_channels;
  std::size_t index = 0;
  for (const TableRow& row : kTable) {
    for (std::size_t repeat = 0; repeat < row.repeats; ++repeat) {
      const std::size_t output_channels = scaled_channels(row.channels, width_multiplier);
      network.blocks[index++] = {channels, channels * row.expansion, output_channels,
                                 repeat == 0 ? row.stride : 1};
      channels = output_channels;
    }
  }
  network.last_channels = scaled_channels(kLastChannels, std::max(1.0, width_multiplier));
  return network;
}

std::vector<TensorSpec> tensors_of(const MobileNetV2& network) {
  std::vector<TensorSpec> tensors;
  const auto add_layer = [&](const std::string& name, std::vector<std::size_t> shape,
                             std::size_t bias_count) {
    tensors.push_back({name + ".weight", std::move(shape)});
    tensors.push_back({name + ".bias", {bias_count}});
  };
  add_layer("stem", {network.stem_channels, 3, 3, kImageChannels}, network.stem_channels);
  for (std::size_t index = 0; index < network.blocks.size(); ++index) {
    const Bottleneck& block = network.blocks[index];
    const std::string name = block_name(index);
    if (block.expands()) {
      add_layer(name + ".expand", {block.expanded_channels, 1, 1, block.input_channels},
                block.expanded_channels);
    }
    add_layer(name + ".depthwise", {3, 3, block.expanded_channels}, block.expanded_channels);
    add_layer(name + ".project", {block.output_channels, 1, 1, block.expanded_channels},
              block.output_channels);
  }
  add_layer("last", {network.last_channels, 1, 1, network.blocks.back().output_channels},
            network.last_channels);
  return tensors;
}

std::vector<std::string> map_names_of(const MobileNetV2& network) {
  std::vector<std::string> names;
  for (std::size_t index = 0; index < network.blocks.size(); ++index) names.push_back(block_name(index));
  names.emplace_back("last");
  return names;
}

std::vector<FeatureBlock> feature_blocks_of(const MobileNetV2& network) {
  std::vector<FeatureBlock> blocks;
  std::size_t offset = 0;
  for (const std::string& name : map_names_of(network)) {
    const std::size_t index = blocks.size();
    const std::size_t count =
        index < network.blocks.size() ? network.blocks[index].output_channels : network.last_channels;
    blocks.push_back({name, offset, count});
    offset += count;
  }
  return blocks;
}

void add_mobilenet_v2(GraphBuilder& graph, const MobileNetV2& network, const MobileNetV2Graph& parts) {
  GraphMap map = graph.input(parts.input_id, parts.input_size_px, parts.input_size_px, kImageChannels);
  map = graph.convolution(map,
                          {.kernel_size = 3,
                           .stride = 2,
                           .channel_count = network.stem_channels,
                           .activation = Activation::kRelu6},
                          parts.layer("stem"));
  const auto finish_map = [&](const std::string& name) {
    parts.on_map(name, map);
    graph.mean(map, parts.mean_id(name));
    return name == parts.end_map;
  };
  for (std::size_t index = 0; index < network.blocks.size(); ++index) {
    const std::string name = block_name(index);
    map = add_block(graph, map, network.blocks[index], name, parts);
    if (finish_map(name)) return;
  }
  map = graph.convolution(map, {.channel_count = network.last_channels, .activation = Activation::kRelu6},
                          parts.layer("last"), parts.map_id("last"));
  finish_map("last");
}

}  // namespace headstart
