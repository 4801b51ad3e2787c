// Which of a person's own pictures look like one: cosine similarity of centred features (CL2N, Wang et al.
// 2019), read from the store's rows where they lie.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "headstart/sample_store.h"

namespace headstart {

// Keeps what does not depend on the picture until the store changes.
class SimilarSamples {
 public:
  // The `count` samples of enabled classes that are most like the picture with this `embedding` of the last
  // map (length asserted), the likest first; fewer where there are not so many.
  std::vector<SimilarSample> nearest(SampleStore& store, std::span<const float> embedding, std::size_t count);

 private:
  void refresh(const TrainingSetView& samples, std::size_t dim);

  std::uint64_t revision_ = 0;
  std::vector<float> origin_;   // [dim], the samples' mean
  std::vector<float> lengths_;  // [sample_count], of the centred rows
};

}  // namespace headstart
