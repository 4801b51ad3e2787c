// What the network looks like, layer by layer: for a drawing of it, and for saying how much of it is trained.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "headstart/network.h"

namespace headstart {

// One layer as people count them: the first convolution, a block, the last convolution.
struct NetworkLayer {
  std::string name;               // "stem", "blocks.0" … "blocks.16", "last"
  std::size_t side = 0;           // of its map, in places
  std::size_t channel_count = 0;  // of its map
  std::size_t weight_count = 0;   // its weights and biases
  std::size_t stride = 0;         // pixels of the picture from one place of its map to the next
};

// The layers from the picture on, at the input size that the network is fitted to; a Backbone has one
// (Backbone::network).
[[nodiscard]] std::vector<NetworkLayer> network_layers(const Network& network);

}  // namespace headstart
