#include "backbone/network_graph.h"

#include <unordered_map>
#include <vector>

namespace headstart {
namespace {

LayerWeights weights_of(const Layer& layer) {
  return {layer.weights->values, layer.biases->values};
}

GraphMap add_layer(GraphBuilder& graph, const Layer& layer, std::span<const GraphMap> inputs,
                   ExternalId external_id) {
  const GraphBuilder::Window window = {layer.kernel_height, layer.kernel_width, layer.stride, layer.padding,
                                       layer.activation};
  switch (layer.kind) {
    case LayerKind::kConvolution:
      return graph.convolution(inputs[0], window, layer.output.channel_count, layer.groups, weights_of(layer),
                               external_id);
    case LayerKind::kDepthwiseConvolution:
      return graph.depthwise(inputs[0], window, weights_of(layer), external_id);
    case LayerKind::kAdd:
      return graph.add(inputs[0], inputs[1], layer.activation, external_id);
    case LayerKind::kMultiply:
      return graph.multiply(inputs[0], inputs[1], layer.activation, external_id);
    case LayerKind::kScale:
      return graph.scale(inputs[0], weights_of(layer), layer.activation, external_id);
    case LayerKind::kGlobalAveragePool:
      return graph.global_average_pool(inputs[0], external_id);
    case LayerKind::kAveragePool:
      return graph.average_pool(inputs[0], window, external_id);
    case LayerKind::kMaxPool:
      return graph.max_pool(inputs[0], window, external_id);
    case LayerKind::kActivation:
      return graph.activate(inputs[0], layer.activation, external_id);
    case LayerKind::kConcatenate:
      return graph.concatenate(inputs, external_id);
  }
  return inputs[0];
}

}  // namespace

void add_network(GraphBuilder& graph, const Network& network, const NetworkGraph& parts) {
  constexpr std::size_t kImageChannels = 3;
  std::unordered_map<std::string_view, GraphMap> maps;
  maps.emplace(kNetworkInput,
               graph.input(parts.input_id, network.input_size_px, network.input_size_px, kImageChannels));
  std::vector<GraphMap> inputs;
  for (const Block& block : network.blocks) {
    for (std::size_t i = block.begin; i < block.end; ++i) {
      const Layer& layer = network.layers[i];
      inputs.clear();
      for (const std::string& name : layer.inputs) inputs.push_back(maps.at(name));
      const bool is_last = i + 1 == block.end && block.is_tapped;
      const ExternalId external_id = is_last ? parts.map_id(block.name) : std::nullopt;
      maps.emplace(layer.name, add_layer(graph, layer, inputs, external_id));
    }
    if (block.is_tapped) graph.mean(maps.at(network.layers[block.end - 1].name), parts.mean_id(block.name));
  }
}

}  // namespace headstart
