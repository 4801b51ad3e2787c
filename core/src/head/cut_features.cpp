// What the head of a cut reads.
#include <algorithm>
#include <string_view>

#include "headstart/head_reader.h"

namespace headstart {
namespace {

const ChangedTensor* find_tensor(std::span<const ChangedTensor> tensors, std::string_view name) {
  const auto found = std::find_if(tensors.begin(), tensors.end(),
                                  [&](const ChangedTensor& tensor) { return tensor.name == name; });
  return found == tensors.end() ? nullptr : &*found;
}

}  // namespace

Status cut_features(std::span<const ChangedTensor> tensors, std::span<const float> map,
                    std::span<float> features) {
  const ChangedTensor* weights = find_tensor(tensors, "cut.weight");
  const ChangedTensor* biases = find_tensor(tensors, "cut.bias");
  const bool linear = weights == nullptr || biases == nullptr;
  const std::size_t channel_count =
      linear ? features.size() : weights->values.size() / std::max<std::size_t>(features.size(), 1);
  const bool fits = linear || (biases->values.size() == features.size() &&
                               weights->values.size() == channel_count * features.size());
  if (channel_count == 0 || map.empty() || map.size() % channel_count != 0 || !fits) {
    return bad_argument("expected a map of " + std::to_string(channel_count) +
                        " channels and as many features as the cut has, got " +
                        std::to_string(features.size()) + " features");
  }
  const std::size_t place_count = map.size() / channel_count;
  const float share = 1.0F / static_cast<float>(place_count);
  std::fill(features.begin(), features.end(), 0.0F);
  for (std::size_t place = 0; place < place_count; ++place) {
    const std::span<const float> x = map.subspan(place * channel_count, channel_count);
    for (std::size_t f = 0; f < features.size(); ++f) {
      if (linear) {
        features[f] += x[f] * share;
        continue;
      }
      float sum = biases->values[f];
      for (std::size_t c = 0; c < channel_count; ++c) sum += weights->values[f * channel_count + c] * x[c];
      features[f] += std::clamp(sum, 0.0F, 6.0F) * share;
    }
  }
  return {};
}

}  // namespace headstart
