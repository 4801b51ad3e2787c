#include "training/standardisation.h"

#include <cassert>
#include <cmath>
#include <numeric>

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

}  // namespace headstart
