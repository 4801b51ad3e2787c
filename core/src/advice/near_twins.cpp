#include "advice/near_twins.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/dot.h"
#include "base/vec4.h"

namespace headstart {
namespace {

constexpr std::size_t kRun = 64;

// Rows less their mean, each of length 1: |u - v|² = 2 - 2 cos.
std::vector<float> directions_of(std::span<const float> features, std::size_t feature_count) {
  const std::size_t row_count = features.size() / feature_count;
  std::vector<double> sums(feature_count);
  for (std::size_t i = 0; i < features.size(); ++i)
    sums[i % feature_count] += static_cast<double>(features[i]);
  std::vector<float> origin;
  for (const double sum : sums) origin.push_back(static_cast<float>(sum / static_cast<double>(row_count)));
  std::vector<float> rows(features.begin(), features.end());
  for (std::size_t row = 0; row < row_count; ++row) {
    const std::span<float> own = std::span(rows).subspan(row * feature_count, feature_count);
    for (std::size_t k = 0; k < feature_count; ++k) own[k] -= origin[k];
    const double length = std::sqrt(long_dot(own.data(), own.data(), feature_count));
    for (float& value : own) value = length > 0 ? static_cast<float>(static_cast<double>(value) / length) : 0;
  }
  return rows;
}

// Whether two rows differ by less than `limit`, squared: most that do not are found out within a run or two.
bool are_near(const float* a, const float* b, std::size_t count, float limit) {
  float squared = 0;
  for (std::size_t begin = 0; begin < count; begin += kRun) {
    const std::size_t end = std::min(begin + kRun, count);
    Vec4 sums = splat4(0);
    std::size_t k = begin;
    for (; k + kLanes <= end; k += kLanes) {
      const Vec4 apart = sub4(load4(a + k), load4(b + k));
      sums = add_product4(sums, apart, apart);
    }
    float lanes[kLanes];
    store4(lanes, sums);
    squared += (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
    for (; k < end; ++k) squared += (a[k] - b[k]) * (a[k] - b[k]);
    if (!(squared < limit)) return false;
  }
  return true;
}

}  // namespace

std::vector<std::uint32_t> near_twins(std::span<const float> features, std::size_t feature_count,
                                      std::span<const std::uint32_t> class_indices, std::size_t class_count) {
  const std::vector<float> rows = directions_of(features, feature_count);
  std::vector<std::vector<std::uint32_t>> kept(class_count);
  std::vector<std::uint32_t> twins;
  for (std::uint32_t row = 0; row < class_indices.size(); ++row) {
    std::vector<std::uint32_t>& others = kept[class_indices[row]];
    const float* own = rows.data() + row * feature_count;
    // The likeliest one was recorded just before.
    const auto found = std::find_if(others.rbegin(), others.rend(), [&](std::uint32_t other) {
      return are_near(own, rows.data() + other * feature_count, feature_count, 2 * (1 - kAlmostTheSame));
    });
    twins.push_back(found == others.rend() ? row : *found);
    if (found == others.rend()) others.push_back(row);
  }
  return twins;
}

}  // namespace headstart
