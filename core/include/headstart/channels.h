// Which of a map's channels tell a person's classes apart: those worth looking at.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace headstart {

struct TellingChannel {
  std::uint32_t channel = 0;
  double ratio = 0;               // Fisher's: variance between the classes' means over that within classes
  std::uint32_t class_index = 0;  // where its mean is largest
};

// At most `count` channels with the largest ratio (Fisher 1936), the largest first. `features` [row_count,
// channel_count] are the channels' means over the places of each picture's map. Whatever shows the same as a
// channel before it (a correlation above 0.9 over the pictures) comes only where there is nothing else, what
// never changes not at all. With fewer than two classes the channels that differ most between pictures.
[[nodiscard]] std::vector<TellingChannel> telling_channels(std::span<const float> features,
                                                           std::size_t channel_count,
                                                           std::span<const std::uint32_t> class_indices,
                                                           std::size_t class_count, std::size_t count);

}  // namespace headstart
