// What is taken of a map's places besides the mean that pool_map() takes.
#pragma once

#include <span>

namespace headstart {

// How far the places of `map` [place_count, channel_count] are from `means` [channel_count]: the standard
// deviation of each channel. In two passes, since a square less a square would be rounding where a channel
// hardly moves.
void pool_deviations(std::span<const float> map, std::span<const float> means, std::span<float> deviations);

}  // namespace headstart
