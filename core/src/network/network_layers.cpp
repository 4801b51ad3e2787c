#include "headstart/network_layers.h"

#include "network/network.h"

namespace headstart {

std::vector<NetworkLayer> network_layers(const Network& network) {
  std::vector<NetworkLayer> layers;
  for (const Block& block : network.blocks) {
    const MapShape& map = network.map_of(block);
    NetworkLayer drawn;
    drawn.name = block.name;
    drawn.side = map.height;
    drawn.channel_count = map.channel_count;
    drawn.stride = (network.input_size_px + map.height / 2) / map.height;
    for (std::size_t i = block.begin; i < block.end; ++i) {
      const Layer& layer = network.layers[i];
      if (layer.weights) drawn.weight_count += layer.weights->values.size() + layer.biases->values.size();
    }
    layers.push_back(std::move(drawn));
  }
  return layers;
}

}  // namespace headstart
