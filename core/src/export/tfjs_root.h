// Scales, square roots and lengths in TensorFlow.js, whose layers (1.3.1) have none of these.
#pragma once

#include "export/exported_model.h"
#include "export/tfjs_topology.h"

namespace headstart {

// Channel by channel, `factors` and `offsets` [channels]. Not folded into the convolution behind it: its
// padding is zero after the scaling.
[[nodiscard]] TfjsNode tfjs_scaled(TfjsTopology& topology, const Step& step, const char* suffix,
                                   const TfjsNode& input, std::span<const float> factors,
                                   std::span<const float> offsets);

// Of each number of a vector from 0 to 1e3, to 6e-5 of itself from 1e-6 up: the chords between 512 points.
// All are on the same side of the root, so that most of the difference goes with the length that is divided
// out.
[[nodiscard]] TfjsNode tfjs_square_root(TfjsTopology& topology, const Step& step, const TfjsNode& input);

// A vector divided by its length.
[[nodiscard]] TfjsNode tfjs_normalised(TfjsTopology& topology, const Step& step, const TfjsNode& input);

}  // namespace headstart
