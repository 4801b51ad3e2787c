#include "training/standardisation.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>
#include <utility>

namespace headstart {

std::vector<double> scales_of(std::span<const double> variances, std::span<const std::size_t> map_sizes) {
  assert(std::accumulate(map_sizes.begin(), map_sizes.end(), std::size_t{0}) == variances.size());
  std::vector<double> scales(variances.size(), 0.0);
  std::size_t begin = 0;
  for (const std::size_t size : map_sizes) {
    double mean_variance = 0;
    for (const double variance : variances.subspan(begin, size)) {
      mean_variance += variance / static_cast<double>(size);
    }
    const auto length = static_cast<double>(size * map_sizes.size());
    for (std::size_t j = begin; j < begin + size; ++j) {
      // Below this a feature holds rounding, not information.
      if (!(variances[j] > 1e-12 * mean_variance)) continue;
      scales[j] = 1 / std::sqrt(0.5 * (variances[j] + mean_variance) * length);
    }
    begin += size;
  }
  return scales;
}

std::vector<double> even_scales_of(std::span<const double> variances,
                                   std::span<const std::size_t> map_sizes) {
  std::vector<double> scales(variances.size(), 0.0);
  std::size_t begin = 0;
  for (const std::size_t size : map_sizes) {
    double variance_sum = 0;
    for (const double variance : variances.subspan(begin, size)) variance_sum += variance;
    const double scale =
        variance_sum > 0 ? 1 / std::sqrt(variance_sum * static_cast<double>(map_sizes.size())) : 0;
    std::fill_n(scales.begin() + static_cast<std::ptrdiff_t>(begin), size, scale);
    begin += size;
  }
  return scales;
}

Standardisation standardisation_of(std::span<const float> rows, std::span<const std::size_t> map_sizes,
                                   Scaling scaling) {
  const std::size_t width = std::accumulate(map_sizes.begin(), map_sizes.end(), std::size_t{0});
  const std::size_t row_count = rows.size() / width;
  const auto count = static_cast<double>(row_count);
  std::vector<double> means(width, 0.0);
  std::vector<double> variances(width, 0.0);
  for (std::size_t at = 0; at < rows.size(); at += width) {
    for (std::size_t j = 0; j < width; ++j) means[j] += static_cast<double>(rows[at + j]) / count;
  }
  for (std::size_t at = 0; at < rows.size(); at += width) {
    for (std::size_t j = 0; j < width; ++j) {
      const double centred = static_cast<double>(rows[at + j]) - means[j];
      variances[j] += centred * centred / count;
    }
  }
  std::vector<double> scales =
      scaling == Scaling::kByFeature ? scales_of(variances, map_sizes) : even_scales_of(variances, map_sizes);
  return {std::move(means), std::move(scales)};
}

void standardise(std::span<const float> from, const Standardisation& standardisation, std::span<float> to) {
  for (std::size_t j = 0; j < to.size(); ++j) {
    const double centred = static_cast<double>(from[j]) - standardisation.means[j];
    to[j] = static_cast<float>(centred * standardisation.scales[j]);
  }
}

}  // namespace headstart
