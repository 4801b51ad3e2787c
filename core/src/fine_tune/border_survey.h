// What the border's channels are like, over the pictures, before a cut's new layer reads them.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "fine_tune/parameter.h"
#include "network/network.h"

namespace headstart {

class BorderSurvey {
 public:
  explicit BorderSurvey(const MapShape& shape)
      : shape_(shape), sums_(shape.channel_count), squares_(shape.channel_count) {}

  // `map` [height, width, channel_count]. Held-out pictures get their mean and count for nothing else.
  void add(std::span<const float> map, bool is_held_out);

  // Each channel's mean over the places of a map [map_count, channel_count], in the order of adding.
  [[nodiscard]] std::span<const float> means() const { return means_; }

  // Lets the new layer [out_count, channel_count], whose biases are zero, read standardised channels.
  void standardise(Parameter& weights, Parameter& biases) const;

 private:
  MapShape shape_;
  std::size_t training_map_count_ = 0;
  std::vector<double> sums_;     // [channel_count], over the places of the training pictures
  std::vector<double> squares_;  // [channel_count]
  std::vector<float> means_;
};

}  // namespace headstart
