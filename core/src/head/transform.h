// What happens to features before a head's weights meet them.
#pragma once

#include <cstddef>
#include <span>

#include "headstart/head.h"

namespace headstart {

// In place, over `features` [sum of map_sizes], of which each map has `map_sizes` numbers. Afterwards every
// map has the length 1; a map of zeros stays one.
void transform_features(FeatureTransform transform, std::span<const std::size_t> map_sizes,
                        std::span<float> features);

}  // namespace headstart
