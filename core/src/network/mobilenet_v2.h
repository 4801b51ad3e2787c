// MobileNetV2 (Sandler et al. 2018, "Inverted Residuals and Linear Bottlenecks", table 2) at any width.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "backbone/graph_builder.h"
#include "headstart/backbone.h"

namespace headstart {

// One bottleneck: 1x1 expand + ReLU6 (where it widens), 3x3 depthwise + ReLU6, 1x1 project, plus its input
// where that fits.
struct Bottleneck {
  std::size_t input_channels = 0;
  std::size_t expanded_channels = 0;
  std::size_t output_channels = 0;
  std::size_t stride = 1;

  [[nodiscard]] bool expands() const { return expanded_channels != input_channels; }
  [[nodiscard]] bool has_shortcut() const { return stride == 1 && input_channels == output_channels; }
};

struct MobileNetV2 {
  std::size_t stem_channels = 0;
  std::array<Bottleneck, 17> blocks{};
  std::size_t last_channels = 0;  // the embedding's length
};

// One tensor that a file of this network must have.
struct TensorSpec {
  std::string name;
  std::vector<std::size_t> shape;
};

// The table at a width multiplier above 0. Channel counts are rounded to multiples of 8 as the authors' code
// does; the last layer keeps its 1280 channels below width 1.
[[nodiscard]] MobileNetV2 mobilenet_v2(double width_multiplier);

// Every tensor of the network in the order of its layers: 104 of them.
[[nodiscard]] std::vector<TensorSpec> tensors_of(const MobileNetV2& network);

// "blocks.0" … "blocks.16" and "last": the maps that can be asked for.
[[nodiscard]] std::vector<std::string> map_names_of(const MobileNetV2& network);

// The means of these maps, one behind the other.
[[nodiscard]] std::vector<FeatureBlock> feature_blocks_of(const MobileNetV2& network);

// What the graph is built from. `layer` gives the weights of "stem", "blocks.3.expand" …; `map_id` the
// external id of a map that is wanted, or none; `mean_id` that of the mean of a map.
struct MobileNetV2Graph {
  std::size_t input_size_px = 224;
  std::uint32_t input_id = 0;
  std::string end_map = "last";  // the network ends here
  std::function<LayerWeights(const std::string& layer)> layer;
  std::function<ExternalId(std::string_view map)> map_id;
  std::function<std::uint32_t(std::string_view map)> mean_id;
  std::function<void(std::string_view map, const GraphMap&)> on_map;  // told of every map that has a name
};

// Adds the network to `graph`: input [input_size_px, input_size_px, 3] to the mean [channel_count] of each
// map.
void add_mobilenet_v2(GraphBuilder& graph, const MobileNetV2& network, const MobileNetV2Graph& parts);

}  // namespace headstart
