// MobileNetV2 (Sandler et al. 2018, "Inverted Residuals and Linear Bottlenecks", table 2) at any width.
#pragma once

#include <cstddef>

#include "network/network.h"

namespace headstart {

// The table at a width multiplier above 0, without weights. Channel counts are rounded to multiples of 8 as
// the authors' code does; the last layer keeps its 1280 channels below width 1. Blocks are "stem", "blocks.0"
// to "blocks.16" and "last"; a bottleneck's layers are "expand" (where it widens), "depthwise", "project" and
// "add" (where its input fits). The input size must leave a map of one place or more: any from 1 on does.
[[nodiscard]] Network mobilenet_v2(double width_multiplier, std::size_t input_size_px);

}  // namespace headstart
