#include "backbone/pooling.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "headstart/backbone.h"

namespace headstart {

void pool_map(std::span<const float> map, std::size_t channel_count, std::span<float> pooled) {
  assert(channel_count > 0 && !map.empty() && map.size() % channel_count == 0 &&
         pooled.size() == channel_count);
  std::ranges::fill(pooled, 0.0F);
  for (std::size_t begin = 0; begin < map.size(); begin += channel_count) {
    for (std::size_t channel = 0; channel < channel_count; ++channel) pooled[channel] += map[begin + channel];
  }
  const std::size_t place_count = map.size() / channel_count;
  const float share = 1.0F / static_cast<float>(place_count);
  for (float& value : pooled) value *= share;
}

void pool_deviations(std::span<const float> map, std::span<const float> means, std::span<float> deviations) {
  const std::size_t count = means.size();
  std::ranges::fill(deviations, 0.0F);
  for (std::size_t at = 0; at < map.size(); at += count) {
    for (std::size_t k = 0; k < count; ++k) {
      const float rest = map[at + k] - means[k];
      deviations[k] += rest * rest;
    }
  }
  const float share = static_cast<float>(count) / static_cast<float>(map.size());
  for (float& deviation : deviations) deviation = std::sqrt(share * deviation);
}

}  // namespace headstart
