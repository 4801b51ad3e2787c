// Pictures to judge: clouds of features on two joined maps.
#pragma once

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "headstart/known.h"
#include "support/split_mix.h"

namespace headstart::test {

inline constexpr std::size_t kFeatureCount = 24;
inline constexpr std::size_t kMapSizes[] = {8, 16};

inline ComputePool pool_of(std::size_t threads) {
  auto pool = ComputePool::create(threads);
  REQUIRE(pool.ok());
  return std::move(pool).value();
}

// Clouds around random centres: class c's pictures are centre c and some noise.
class Clouds {
 public:
  Clouds(std::size_t class_count, std::size_t per_class, double noise = 0.35) : rng_(5, 1), noise_(noise) {
    for (std::size_t c = 0; c < 12; ++c) {
      std::vector<double> centre;
      for (std::size_t j = 0; j < kFeatureCount; ++j) centre.push_back(1 + normal());
      centres_.push_back(centre);
    }
    samples_.class_count = class_count;
    for (std::size_t i = 0; i < class_count * per_class; ++i) {
      const auto c = static_cast<std::uint32_t>(i % class_count);
      const std::vector<float> row = picture(c);
      features_.insert(features_.end(), row.begin(), row.end());
      classes_.push_back(c);
    }
  }

  [[nodiscard]] KnownSamples samples() const {
    KnownSamples samples = samples_;
    samples.features = features_;
    samples.map_sizes = kMapSizes;
    samples.class_indices = classes_;
    return samples;
  }

  std::vector<float> picture(std::size_t c) {
    std::vector<float> row;
    for (const double centre : centres_[c]) row.push_back(static_cast<float>(centre + noise_ * normal()));
    return row;
  }

 private:
  // Nearly normal: the sum of twelve uniform numbers (Irwin-Hall).
  double normal() {
    double sum = -6;
    for (int i = 0; i < 12; ++i) sum += rng_.uniform();
    return sum;
  }

  SplitMix rng_;
  double noise_;
  std::vector<std::vector<double>> centres_;
  KnownSamples samples_;
  std::vector<float> features_;
  std::vector<std::uint32_t> classes_;
};

}  // namespace headstart::test
