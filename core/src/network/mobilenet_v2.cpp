#include "network/mobilenet_v2.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <string>
#include <utility>

namespace headstart {
namespace {

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

class TableReader {
 public:
  // Adds a layer to the block that is being made; its input is the map made last.
  Layer& add_layer(const std::string& name, LayerKind kind) {
    Layer layer;
    layer.name = name;
    layer.kind = kind;
    layer.inputs = {last_map_};
    last_map_ = name;
    network.layers.push_back(std::move(layer));
    return network.layers.back();
  }

  void add_convolution(const std::string& name, std::size_t channel_count, Activation activation) {
    Layer& layer = add_layer(name, LayerKind::kConvolution);
    layer.output.channel_count = channel_count;
    layer.activation = activation;
  }

  void add_bottleneck(const std::string& name, std::size_t expansion, std::size_t channel_count,
                      std::size_t stride) {
    const std::size_t input_channels = channels_;
    const std::string input = last_map_;
    if (expansion > 1) {
      add_convolution(name + ".expand", input_channels * expansion, Activation::kRelu6);
    }
    Layer& depthwise = add_layer(name + ".depthwise", LayerKind::kDepthwiseConvolution);
    depthwise.kernel_height = depthwise.kernel_width = 3;
    depthwise.stride = stride;
    depthwise.activation = Activation::kRelu6;
    add_convolution(name + ".project", channel_count, Activation::kLinear);
    if (stride == 1 && input_channels == channel_count) {
      Layer& add = add_layer(name + ".add", LayerKind::kAdd);
      add.inputs = {input, name + ".project"};
    }
    end_block(name, /*is_tapped=*/true, channel_count);
  }

  void end_block(const std::string& name, bool is_tapped, std::size_t channel_count) {
    const std::size_t begin = network.blocks.empty() ? 0 : network.blocks.back().end;
    network.blocks.push_back({name, begin, network.layers.size(), is_tapped});
    channels_ = channel_count;
  }

  Network network;

 private:
  std::string last_map_{kNetworkInput};
  std::size_t channels_ = 0;  // of the map made last
};

}  // namespace

Network mobilenet_v2(double width_multiplier, std::size_t input_size_px) {
  TableReader reader;
  const std::size_t stem_channels = scaled_channels(kStemChannels, width_multiplier);
  reader.add_convolution("stem", stem_channels, Activation::kRelu6);
  Layer& stem = reader.network.layers.back();
  stem.kernel_height = stem.kernel_width = 3;
  stem.stride = 2;
  reader.end_block("stem", /*is_tapped=*/false, stem_channels);
  std::size_t index = 0;
  for (const TableRow& row : kTable) {
    for (std::size_t repeat = 0; repeat < row.repeats; ++repeat) {
      reader.add_bottleneck("blocks." + std::to_string(index++), row.expansion,
                            scaled_channels(row.channels, width_multiplier), repeat == 0 ? row.stride : 1);
    }
  }
  const std::size_t last_channels = scaled_channels(kLastChannels, std::max(1.0, width_multiplier));
  reader.add_convolution("last", last_channels, Activation::kRelu6);
  reader.end_block("last", /*is_tapped=*/true, last_channels);

  Network network = std::move(reader.network);
  network.architecture = "mobilenet_v2";
  [[maybe_unused]] const Status fitted = fit_network(network, input_size_px);
  assert(fitted);
  return network;
}

}  // namespace headstart
