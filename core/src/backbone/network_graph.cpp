#include "backbone/network_graph.h"

#include <algorithm>
#include <deque>
#include <unordered_map>
#include <utility>
#include <vector>

#include "backbone/activation_range.h"

namespace headstart {
namespace {

GraphBuilder::Window window_of(const Layer& layer) {
  return {layer.kernel_height, layer.kernel_width, layer.stride, layer.padding, layer.activation};
}

LayerWeights weights_of(const Layer& layer) {
  return {layer.weights->values, layer.biases->values};
}

GraphMap add_layer(GraphBuilder& graph, const Layer& layer, std::span<const GraphMap> inputs,
                   ExternalId external_id) {
  const GraphBuilder::Window window = window_of(layer);
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

// A map as it is needed: its numbers, its bytes, or both, each made once.
class Map {
 public:
  Map(const GraphMap& made, const std::optional<MapScale>& scale) : scale_(scale) {
    (made.scale ? bytes_ : floats_) = made;
  }

  [[nodiscard]] const std::optional<MapScale>& scale() const { return scale_; }

  const GraphMap& floats(GraphBuilder& graph, ExternalId external_id = {}) {
    if (!floats_) floats_ = graph.dequantise(*bytes_, external_id);
    return *floats_;
  }
  const GraphMap& bytes(GraphBuilder& graph) {
    if (!bytes_) bytes_ = graph.quantise(*floats_, *scale_);
    return *bytes_;
  }

 private:
  std::optional<GraphMap> floats_;
  std::optional<GraphMap> bytes_;
  std::optional<MapScale> scale_;  // none: it cannot be bytes
};

// What XNNPACK multiplies sums by must be neither too small nor too large for it.
bool is_fit_for_bytes(double factor) {
  constexpr double kLeast = 1.0 / (1ULL << 32U);
  constexpr double kMost = 256;
  return factor >= kLeast && factor < kMost;
}

// Whether the layer can be computed in bytes, its inputs being there in them.
bool can_be_bytes(const Layer& layer, const Quantisation& quantised, std::span<Map* const> inputs) {
  if (!is_clamp(layer.activation)) return false;
  if (!std::ranges::all_of(inputs, [](const Map* map) { return map->scale().has_value(); })) return false;
  const double output = static_cast<double>(quantised.output.scale);
  if (layer.kind == LayerKind::kAdd) {
    constexpr double kLeast = 1.0 / 1024;  // XNNPACK's bounds for a sum
    return std::ranges::all_of(inputs, [&](const Map* map) {
      const double factor = static_cast<double>(map->scale()->scale) / output;
      return factor >= kLeast && is_fit_for_bytes(factor);
    });
  }
  const bool is_convolution = layer.kind == LayerKind::kConvolution && layer.groups == 1;
  if (!is_convolution && layer.kind != LayerKind::kDepthwiseConvolution) return false;
  const double input = static_cast<double>(inputs[0]->scale()->scale);
  return std::ranges::all_of(quantised.weight_scales, [&](float scale) {
    return is_fit_for_bytes(static_cast<double>(scale) * input / output);
  });
}

GraphMap add_layer_of_bytes(GraphBuilder& graph, const Layer& layer, const Quantisation& quantised,
                            std::span<Map* const> inputs) {
  if (layer.kind == LayerKind::kAdd) {
    return graph.add_bytes(inputs[0]->bytes(graph), inputs[1]->bytes(graph), layer.activation,
                           quantised.output);
  }
  GraphBuilder::Window window = window_of(layer);
  window.scale = quantised.output;
  LayerWeights weights = weights_of(layer);
  weights.scales = quantised.weight_scales;
  const GraphMap& input = inputs[0]->bytes(graph);
  return layer.kind == LayerKind::kConvolution
             ? graph.convolution(input, window, layer.output.channel_count, layer.groups, weights)
             : graph.depthwise(input, window, weights);
}

}  // namespace

void add_network(GraphBuilder& graph, const Network& network, const NetworkGraph& parts) {
  constexpr std::size_t kImageChannels = 3;
  const GraphMap picture =
      graph.input(parts.input_id, network.input_size_px, network.input_size_px, kImageChannels);
  // Networks side by side may write the picture in bytes of different scales.
  std::deque<std::pair<std::optional<MapScale>, Map>> pictures;
  const auto picture_in = [&](const std::optional<MapScale>& scale) {
    auto found = std::ranges::find(pictures, scale, &std::pair<std::optional<MapScale>, Map>::first);
    if (found == pictures.end()) found = pictures.emplace(pictures.end(), scale, Map(picture, scale));
    return &found->second;
  };
  std::unordered_map<std::string_view, Map> maps;
  std::vector<Map*> inputs;
  std::vector<GraphMap> numbers;
  for (const Block& block : network.blocks) {
    for (std::size_t i = block.begin; i < block.end; ++i) {
      const Layer& layer = network.layers[i];
      const bool is_asked = parts.precision == Precision::kInt8 && layer.quantisation;
      const Quantisation* quantised = is_asked ? &*layer.quantisation : nullptr;
      const auto scale = quantised != nullptr ? std::optional(quantised->output) : std::nullopt;
      const auto picture_scale = quantised != nullptr ? quantised->picture : std::nullopt;
      inputs.clear();
      for (const std::string& name : layer.inputs) {
        inputs.push_back(name == kNetworkInput ? picture_in(picture_scale) : &maps.at(name));
      }
      const bool is_last = i + 1 == block.end && block.is_tapped;
      const ExternalId external_id = is_last ? parts.map_id(block.name) : std::nullopt;
      if (quantised != nullptr && can_be_bytes(layer, *quantised, inputs)) {
        const GraphMap bytes = add_layer_of_bytes(graph, layer, *quantised, inputs);
        Map& map = maps.emplace(layer.name, Map(bytes, scale)).first->second;
        if (external_id) map.floats(graph, external_id);
        continue;
      }
      numbers.clear();
      for (Map* input : inputs) numbers.push_back(input->floats(graph));
      maps.emplace(layer.name, Map(add_layer(graph, layer, numbers, external_id), scale));
    }
    if (!block.is_tapped) continue;
    graph.mean(maps.at(network.layers[block.end - 1].name).floats(graph), parts.mean_id(block.name));
  }
}

}  // namespace headstart
