// The score by which strangers are told, against its definition.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "advice/class_scatter.h"
#include "advice/row_space.h"
#include "head/transform.h"
#include "support/known_clouds.h"

using namespace headstart;
using namespace headstart::test;

namespace {

std::vector<float> by_length(std::span<const float> rows) {
  std::vector<float> result(rows.begin(), rows.end());
  for (std::size_t at = 0; at < result.size(); at += kFeatureCount)
    transform_features(FeatureTransform::kLength, kMapSizes, std::span(result).subspan(at, kFeatureCount));
  return result;
}

// (x - mean) scale of lengths, with the statistics of `all_rows`.
std::vector<double> standardised(std::span<const float> raw_rows, std::span<const float> all_rows) {
  const std::vector<float> rows = by_length(raw_rows);
  const std::vector<float> all = by_length(all_rows);
  const auto count = static_cast<double>(all.size() / kFeatureCount);
  std::vector<double> means(kFeatureCount);
  std::vector<double> variances(kFeatureCount);
  for (std::size_t i = 0; i < all.size(); ++i) {
    means[i % kFeatureCount] += static_cast<double>(all[i]) / count;
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    variances[i % kFeatureCount] +=
        std::pow(static_cast<double>(all[i]) - means[i % kFeatureCount], 2) / count;
  }
  const std::vector<double> scales = even_scales_of(variances, kMapSizes);
  std::vector<double> result;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::size_t j = i % kFeatureCount;
    result.push_back((static_cast<double>(rows[i]) - means[j]) * scales[j]);
  }
  return result;
}

using Vector = std::array<double, kFeatureCount>;
using Matrix = std::array<Vector, kFeatureCount>;

// x' (scatter + ridge)^-1 x, by Gauss's elimination.
double inverse_form(Matrix scatter, double ridge, const Vector& x) {
  Vector y = x;
  for (std::size_t i = 0; i < kFeatureCount; ++i) scatter[i][i] += ridge;
  for (std::size_t k = 0; k < kFeatureCount; ++k) {
    for (std::size_t i = k + 1; i < kFeatureCount; ++i) {
      const double factor = scatter[i][k] / scatter[k][k];
      for (std::size_t j = k; j < kFeatureCount; ++j) scatter[i][j] -= factor * scatter[k][j];
      y[i] -= factor * y[k];
    }
  }
  double form = 0;
  for (std::size_t i = kFeatureCount; i-- > 0;) {
    for (std::size_t j = i + 1; j < kFeatureCount; ++j) y[i] -= scatter[i][j] * y[j];
    y[i] /= scatter[i][i];
    form += x[i] * y[i];
  }
  return form;
}

// What known.h defines, in all dimensions.
double nearness_directly(const std::vector<double>& rows, std::span<const std::uint32_t> classes,
                         const std::vector<double>& query, std::span<const std::uint8_t> is_counted) {
  std::vector<Vector> means(3, Vector{});
  std::vector<double> sizes(3);
  for (std::size_t i = 0; i < classes.size(); ++i) sizes[classes[i]] += 1;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::uint32_t c = classes[i / kFeatureCount];
    means[c][i % kFeatureCount] += rows[i] / sizes[c];
  }
  Matrix within{};
  Matrix total{};
  double within_trace = 0;
  double total_trace = 0;
  for (std::size_t r = 0; r < classes.size(); ++r) {
    const double* row = rows.data() + r * kFeatureCount;
    const Vector& mean = means[classes[r]];
    for (std::size_t i = 0; i < kFeatureCount; ++i) {
      for (std::size_t j = 0; j < kFeatureCount; ++j) {
        within[i][j] += (row[i] - mean[i]) * (row[j] - mean[j]) / static_cast<double>(classes.size());
        total[i][j] += row[i] * row[j] / static_cast<double>(classes.size());
      }
    }
  }
  for (std::size_t i = 0; i < kFeatureCount; ++i) {
    within_trace += within[i][i] / kFeatureCount;
    total_trace += total[i][i] / kFeatureCount;
  }
  Vector x{};
  std::copy(query.begin(), query.end(), x.begin());
  std::vector<double> distances;
  for (const Vector& mean : means) {
    Vector from_mean{};
    for (std::size_t i = 0; i < kFeatureCount; ++i) from_mean[i] = x[i] - mean[i];
    distances.push_back(inverse_form(within, 10 * within_trace, from_mean));
  }
  double nearest = 1e300;
  double next = 1e300;
  for (std::size_t c = 0; c < distances.size(); ++c) {
    if (is_counted[c] != 0) nearest = std::min(nearest, distances[c]);
  }
  for (const double distance : distances) {
    if (distance != nearest) next = std::min(next, distance);
  }
  return inverse_form(total, 10 * total_trace, x) - nearest + (next - nearest) / 10;
}

}  // namespace

TEST_CASE("nearness is that of the definition, computed in all dimensions") {
  const ComputePool pool = pool_of(1);
  Clouds clouds(3, 6);
  const KnownSamples samples = clouds.samples();
  const std::size_t count = samples.class_indices.size();
  auto space = RowSpace::create(samples.features, kMapSizes, pool);
  REQUIRE(space.ok());
  SpanCoordinates places;
  REQUIRE(space.value().locate(samples.features, places).ok());
  const std::size_t size = space.value().size();
  // 18 rows around their mean span 17 dimensions of the 24.
  REQUIRE(size == count - 1);
  ScatterSums sums(size, 3);
  for (std::size_t i = 0; i < count; ++i) {
    CHECK(places.rests[i] == 0.0);
    sums.add(std::span(places.values).subspan(i * size, size), places.rests[i], samples.class_indices[i]);
  }
  auto model = ClassScatter::create(sums, kFeatureCount);
  REQUIRE(model.has_value());
  const std::vector<float> other = clouds.picture(7);
  SpanCoordinates place;
  REQUIRE(space.value().locate(other, place).ok());
  CHECK(place.rests.front() > 1e-3);
  const auto expected = [&](std::array<std::uint8_t, 3> is_counted) {
    return doctest::Approx(nearness_directly(standardised(samples.features, samples.features),
                                             samples.class_indices, standardised(other, samples.features),
                                             is_counted))
        .epsilon(1e-3);
  };
  const auto found = [&](std::vector<std::uint8_t> is_counted) {
    return model->nearness(place.values, place.rests.front(), is_counted);
  };
  CHECK(found({}) == expected({1, 1, 1}));
  // A class that does not count can be the nearest: then what counts is a worse second.
  for (const std::array<std::uint8_t, 3>& counted :
       {std::array<std::uint8_t, 3>{1, 1, 0}, {1, 0, 1}, {0, 1, 1}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}}) {
    CHECK(found({counted.begin(), counted.end()}) == expected(counted));
  }
}
