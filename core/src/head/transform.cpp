#include "head/transform.h"

#include <algorithm>
#include <cmath>

namespace headstart {
namespace {

// As the exported models have it: nothing is divided by less.
constexpr double kLeastLength = 1e-6;

void normalise(std::span<float> map) {
  double sum = 0;
  for (const float value : map) sum += static_cast<double>(value) * static_cast<double>(value);
  const auto length = static_cast<float>(std::max(std::sqrt(sum), kLeastLength));
  for (float& value : map) value /= length;
}

}  // namespace

void transform_features(FeatureTransform transform, std::span<const std::size_t> map_sizes,
                        std::span<float> features) {
  if (transform == FeatureTransform::kNone) return;
  if (transform == FeatureTransform::kRoot) {
    for (float& value : features) value = std::sqrt(std::max(value, 0.0F));
  }
  std::size_t begin = 0;
  for (const std::size_t size : map_sizes) {
    normalise(features.subspan(begin, size));
    begin += size;
  }
}

}  // namespace headstart
