// What the network looks like, layer by layer: for a drawing of it, and for saying how much of it is trained.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "headstart/backbone.h"
#include "headstart/status.h"

namespace headstart {

// One layer as people count them: the first convolution, a block, the last convolution.
struct NetworkLayer {
  std::string name;               // "stem", "blocks.0" … "blocks.16", "last"
  std::size_t side = 0;           // of its map, in places
  std::size_t channel_count = 0;  // of its map
  std::size_t weight_count = 0;   // its weights and biases
  std::size_t stride = 0;         // pixels of the picture from one place of its map to the next
};

// The layers from the picture on, at this input size. internal where `info` is not of a backbone that was
// loaded.
[[nodiscard]] Result<std::vector<NetworkLayer>> network_layers(const BackboneInfo& info,
                                                               std::int32_t input_size_px);

}  // namespace headstart
