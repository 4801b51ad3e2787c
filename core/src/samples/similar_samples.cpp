#include "samples/similar_samples.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>

#include "base/dot.h"

namespace headstart {
namespace {

// The last map comes last in a row.
const float* embedding_of(const TrainingSetView& samples, std::size_t row, std::size_t dim) {
  return samples.embeddings.data() + (row + 1) * samples.feature_count - dim;
}

}  // namespace

void SimilarSamples::refresh(const TrainingSetView& samples, std::size_t dim) {
  const std::size_t count = samples.sample_ids.size();
  std::vector<double> sums(dim);
  for (std::size_t row = 0; row < count; ++row) {
    const float* values = embedding_of(samples, row, dim);
    for (std::size_t k = 0; k < dim; ++k) sums[k] += static_cast<double>(values[k]);
  }
  origin_.resize(dim);
  for (std::size_t k = 0; k < dim; ++k)
    origin_[k] = static_cast<float>(sums[k] / static_cast<double>(std::max<std::size_t>(count, 1)));
  lengths_.resize(count);
  std::vector<float> centred(dim);
  for (std::size_t row = 0; row < count; ++row) {
    const float* values = embedding_of(samples, row, dim);
    for (std::size_t k = 0; k < dim; ++k) centred[k] = values[k] - origin_[k];
    lengths_[row] = static_cast<float>(std::sqrt(long_dot(centred.data(), centred.data(), dim)));
  }
}

std::vector<SimilarSample> SimilarSamples::nearest(SampleStore& store, std::span<const float> embedding,
                                                   std::size_t count) {
  const TrainingSetView samples = store.training_set();
  const std::size_t dim = embedding.size();
  assert(dim <= samples.feature_count);
  if (origin_.size() != dim || revision_ != store.revision() ||
      lengths_.size() != samples.sample_ids.size()) {
    refresh(samples, dim);
    revision_ = store.revision();
  }
  std::vector<float> query(dim);
  for (std::size_t k = 0; k < dim; ++k) query[k] = embedding[k] - origin_[k];
  const double length = std::sqrt(long_dot(query.data(), query.data(), dim));
  // (row - origin) · query, without a copy of the row.
  const double at_origin = long_dot(origin_.data(), query.data(), dim);
  std::vector<SimilarSample> found(samples.sample_ids.size());
  for (std::size_t row = 0; row < found.size(); ++row) {
    const double product = long_dot(embedding_of(samples, row, dim), query.data(), dim) - at_origin;
    const double lengths = length * static_cast<double>(lengths_[row]);
    const double cosine = lengths > 0 ? std::clamp(product / lengths, -1.0, 1.0) : 0;
    found[row] = {samples.sample_ids[row], samples.class_ids[samples.class_indices[row]],
                  static_cast<float>(cosine)};
  }
  const std::size_t kept = std::min(count, found.size());
  std::ranges::partial_sort(found, found.begin() + static_cast<std::ptrdiff_t>(kept),
                            [](const SimilarSample& a, const SimilarSample& b) {
                              return a.similarity != b.similarity ? a.similarity > b.similarity : a.id < b.id;
                            });
  found.resize(kept);
  return found;
}

}  // namespace headstart
