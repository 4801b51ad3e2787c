// A network on its way from somebody's file to ours: operators as they came, then tidied, then named.
#pragma once

#include <string>
#include <vector>

#include "headstart/image.h"
#include "headstart/status.h"
#include "network/network.h"

namespace headstart {

struct DraftLayer {
  Layer layer;  // without tensors; its name is any that no other has
  std::vector<float> weights;
  std::vector<float> biases;
};

struct Draft {
  std::vector<DraftLayer> layers;  // the last is the embedding's map, and all others lead to it
  Normalisation normalisation;
};

// Says the same with fewer layers: an activation is done by the layer before it, a scale of channels is
// multiplied into the weights before it or into the picture's normalisation, and what exporters take apart
// (hard-swish, hard-sigmoid, swish) is put together again.
void tidy(Draft& draft);

// Finds the blocks, names them and the layers in them, and leaves both in `network`, without tensors. A block
// ends where a single map goes on: behind an addition or a convolution without activation, or, in a network
// that has neither, behind each convolution. unsupported where there are more than 999.
Status name_blocks(Draft& draft, Network& network);

}  // namespace headstart
