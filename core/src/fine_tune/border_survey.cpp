#include "fine_tune/border_survey.h"

#include <algorithm>
#include <cmath>

namespace headstart {

void BorderSurvey::add(std::span<const float> map, bool is_held_out) {
  std::vector<double> sums(shape_.channel_count);
  std::vector<double> squares(shape_.channel_count);
  for (std::size_t i = 0; i < map.size(); ++i) {
    const double value = static_cast<double>(map[i]);
    sums[i % shape_.channel_count] += value;
    squares[i % shape_.channel_count] += value * value;
  }
  for (std::size_t c = 0; c < shape_.channel_count; ++c) {
    means_.push_back(static_cast<float>(sums[c] / static_cast<double>(shape_.place_count())));
    if (is_held_out) continue;
    sums_[c] += sums[c];
    squares_[c] += squares[c];
  }
  training_map_count_ += is_held_out ? 0 : 1;
}

void BorderSurvey::standardise(Parameter& weights, Parameter& biases) const {
  // weights · (x - mean) / deviation = (weights / deviation) · x - sum of weights mean / deviation.
  const double place_count = static_cast<double>(shape_.place_count() * training_map_count_);
  std::vector<float> scaled_weights(weights.elements().begin(), weights.elements().end());
  std::vector<double> shifts(biases.element_count());
  for (std::size_t i = 0; i < scaled_weights.size(); ++i) {
    const std::size_t c = i % shape_.channel_count;
    const double mean = sums_[c] / place_count;
    const double variance = std::max(0.0, squares_[c] / place_count - mean * mean);
    const double scaled = static_cast<double>(scaled_weights[i]) / std::sqrt(variance + 1e-6);
    scaled_weights[i] = static_cast<float>(scaled);
    shifts[i / shape_.channel_count] -= scaled * mean;
  }
  restart_parameter(weights, scaled_weights);
  restart_parameter(biases, std::vector<float>(shifts.begin(), shifts.end()));
}

}  // namespace headstart
