// Pictures that show none of the classes, told from those that do.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "advice/class_scatter.h"
#include "advice/row_space.h"
#include "head/transform.h"
#include "headstart/known.h"
#include "support/split_mix.h"

using namespace headstart;

namespace {

constexpr std::size_t kFeatureCount = 24;
constexpr std::size_t kMapSizes[] = {8, 16};

ComputePool pool_of(std::size_t threads) {
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

  test::SplitMix rng_;
  double noise_;
  std::vector<std::vector<double>> centres_;
  KnownSamples samples_;
  std::vector<float> features_;
  std::vector<std::uint32_t> classes_;
};

KnownJudge judge_of(const KnownSamples& samples, const ComputePool& pool, const KnownOptions& options = {}) {
  auto judge = KnownJudge::fit(samples, options, pool);
  if (!judge.ok()) MESSAGE(judge.error().message);
  REQUIRE(judge.ok());
  return std::move(judge).value();
}

std::vector<double> known_of(KnownJudge& judge, Clouds& clouds, std::size_t first_class,
                             std::size_t class_end, std::size_t count) {
  std::vector<double> values;
  for (std::size_t i = 0; i < count; ++i) {
    const std::vector<float> row = clouds.picture(first_class + i % (class_end - first_class));
    const auto known = judge.known(row);
    REQUIRE(known.ok());
    REQUIRE(known.value() >= 0);
    REQUIRE(known.value() <= 1);
    values.push_back(known.value());
  }
  return values;
}

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

// The chance that a known picture gets more than an unknown one (Mann & Whitney 1947).
double area_under_curve(const std::vector<double>& known, const std::vector<double>& unknown) {
  double sum = 0;
  for (const double a : known) {
    for (const double b : unknown) sum += a > b ? 1.0 : a == b ? 0.5 : 0.0;
  }
  return sum / static_cast<double>(known.size() * unknown.size());
}

double part_above_half(const std::vector<double>& values) {
  const auto count = std::count_if(values.begin(), values.end(), [](double value) { return value >= 0.5; });
  return static_cast<double>(count) / static_cast<double>(values.size());
}

}  // namespace

TEST_CASE("pictures of classes that nobody recorded are told from those of the recorded ones") {
  const ComputePool pool = pool_of(1);
  Clouds clouds(4, 20);
  KnownJudge judge = judge_of(clouds.samples(), pool);
  REQUIRE(judge.judges());
  const auto known = known_of(judge, clouds, 0, 4, 200);
  const auto unknown = known_of(judge, clouds, 4, 12, 200);
  CHECK(area_under_curve(known, unknown) > 0.97);
  CHECK(part_above_half(unknown) < 0.3);
}

TEST_CASE("the threshold keeps about 95 of 100 new pictures of the recorded classes, or what was asked for") {
  const ComputePool pool = pool_of(1);
  Clouds clouds(3, 60);
  KnownJudge usual = judge_of(clouds.samples(), pool);
  CHECK(part_above_half(known_of(usual, clouds, 0, 3, 600)) == doctest::Approx(0.95).epsilon(0.06));
  KnownJudge strict = judge_of(clouds.samples(), pool, {.kept_fraction = 0.7});
  CHECK(part_above_half(known_of(strict, clouds, 0, 3, 600)) == doctest::Approx(0.7).epsilon(0.15));
}

// With many features and few pictures what a picture has of its own is most of it: a centre that the picture
// itself had drawn near would make it look less known than new ones.
TEST_CASE("new pictures are kept as often as was asked for where there are more features than pictures") {
  const ComputePool pool = pool_of(1);
  constexpr std::size_t kWide = 400;
  constexpr std::size_t kWideMaps[] = {kWide};
  test::SplitMix rng(7, 1);
  const auto picture = [&](std::size_t c) {
    std::vector<float> row(kWide);
    for (std::size_t j = 0; j < kWide; ++j) {
      const double centre = j % 3 == c ? 2 : 1;
      row[j] = static_cast<float>(centre + 3 * (rng.uniform() + rng.uniform() - 1));
    }
    return row;
  };
  double kept = 0;
  constexpr int kDraws = 6;
  for (int draw = 0; draw < kDraws; ++draw) {
    std::vector<float> rows;
    std::vector<std::uint32_t> classes;
    for (std::uint32_t i = 0; i < 60; ++i) {
      const std::vector<float> row = picture(i % 3);
      rows.insert(rows.end(), row.begin(), row.end());
      classes.push_back(i % 3);
    }
    KnownJudge judge = judge_of({rows, kWideMaps, classes, 3}, pool);
    for (std::size_t i = 0; i < 100; ++i)
      kept += judge.known(picture(i % 3)).value() >= 0.5 ? 0.01 / kDraws : 0;
  }
  CHECK(kept > 0.92);
  CHECK(kept < 0.975);
}

TEST_CASE("what was measured on meaningless features stays near chance") {
  const ComputePool pool = pool_of(1);
  Clouds clouds(4, 20, 40.0);
  KnownJudge judge = judge_of(clouds.samples(), pool);
  const double area =
      area_under_curve(known_of(judge, clouds, 0, 4, 300), known_of(judge, clouds, 4, 12, 300));
  CHECK(area > 0.4);
  CHECK(area < 0.65);
}

TEST_CASE("with too few pictures everything counts as known") {
  const ComputePool pool = pool_of(1);
  Clouds clouds(4, 2);
  KnownJudge judge = judge_of(clouds.samples(), pool);
  CHECK_FALSE(judge.judges());
  const std::vector<float> row = clouds.picture(7);
  CHECK(judge.known(row).value() == 1.0);
}

TEST_CASE("pictures of a class that does not count just now are no longer known, those of the others are") {
  const ComputePool pool = pool_of(1);
  Clouds clouds(4, 20);
  KnownJudge judge = judge_of(clouds.samples(), pool);
  const std::uint8_t without_last[] = {1, 1, 1, 0};
  std::size_t kept = 0;
  std::size_t turned_away = 0;
  for (std::size_t i = 0; i < 100; ++i) {
    kept += judge.known(clouds.picture(i % 3), without_last).value() >= 0.5 ? 1 : 0;
    turned_away += judge.known(clouds.picture(3), without_last).value() < 0.5 ? 1 : 0;
  }
  CHECK(kept > 85);
  CHECK(turned_away > 85);
  const std::uint8_t nothing[4] = {};
  CHECK(judge.known(clouds.picture(0), nothing).error().code == ErrorCode::kBadArgument);
}

TEST_CASE("pictures that are all the same in every class are known, whatever is shown") {
  const ComputePool pool = pool_of(1);
  std::vector<float> features;
  std::vector<std::uint32_t> classes;
  for (std::uint32_t i = 0; i < 12; ++i) {
    for (std::size_t j = 0; j < kFeatureCount; ++j) features.push_back(i % 2 == j % 2 ? 1.0F : 0.0F);
    classes.push_back(i % 2);
  }
  KnownJudge judge = judge_of({features, kMapSizes, classes, 2}, pool);
  CHECK_FALSE(judge.judges());
  CHECK(judge.known(std::vector<float>(kFeatureCount, 9.0F)).value() == 1.0);
}

TEST_CASE("a class of three pictures is judged beside classes of thousands") {
  const ComputePool pool = pool_of(1);
  Clouds clouds(3, 1);
  std::vector<float> features;
  std::vector<std::uint32_t> classes;
  for (std::uint32_t i = 0; i < 4003; ++i) {
    const std::uint32_t c = i < 4000 ? i % 2 : 2;
    const std::vector<float> row = clouds.picture(c);
    features.insert(features.end(), row.begin(), row.end());
    classes.push_back(c);
  }
  KnownJudge judge = judge_of({features, kMapSizes, classes, 3}, pool);
  REQUIRE(judge.judges());
  std::size_t kept = 0;
  for (std::size_t i = 0; i < 60; ++i) kept += judge.known(clouds.picture(i % 3)).value() >= 0.5 ? 1 : 0;
  CHECK(kept > 45);
}

TEST_CASE("a judge that was put away and taken up again says the same to the bit") {
  const ComputePool pool = pool_of(1);
  for (const std::size_t per_class : {std::size_t{5}, std::size_t{120}}) {
    Clouds clouds(3, per_class);
    KnownJudge judge = judge_of(clouds.samples(), pool);
    auto restored = KnownJudge::restore(judge.evidence().value(), {}, pool);
    REQUIRE(restored.ok());
    for (std::size_t c = 0; c < 8; ++c) {
      const std::vector<float> row = clouds.picture(c);
      CHECK(restored.value().known(row).value() == judge.known(row).value());
    }
  }
}

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

TEST_CASE("the scale of the features does not matter, the number of threads neither") {
  Clouds clouds(3, 15);
  KnownSamples samples = clouds.samples();
  std::vector<float> scaled(samples.features.begin(), samples.features.end());
  for (float& value : scaled) value *= 1024;
  const ComputePool pool = pool_of(1);
  KnownJudge plain = judge_of(samples, pool);
  samples.features = scaled;
  auto two = ComputePool::create(2);
  const ComputePool& other_pool = two.ok() ? two.value() : pool;
  KnownJudge other = judge_of(samples, other_pool);
  const std::vector<float> row = clouds.picture(1);
  std::vector<float> scaled_row = row;
  for (float& value : scaled_row) value *= 1024;
  CHECK(other.known(scaled_row).value() == doctest::Approx(plain.known(row).value()).epsilon(1e-4));
}

TEST_CASE("a judge refuses what does not fit together") {
  const ComputePool pool = pool_of(1);
  Clouds clouds(3, 5);
  KnownSamples samples = clouds.samples();
  samples.features = samples.features.first(2);
  CHECK(KnownJudge::fit(samples, {}, pool).error().code == ErrorCode::kBadArgument);
  samples = clouds.samples();
  samples.class_count = 2;
  CHECK_FALSE(KnownJudge::fit(samples, {}, pool).ok());
  CHECK_FALSE(KnownJudge::fit(clouds.samples(), {.kept_fraction = 0.1}, pool).ok());
  KnownJudge judge = judge_of(clouds.samples(), pool);
  CHECK(judge.known(std::vector<float>(3)).error().message ==
        "expected 24 features and 3 classes, got 3 and 0");
}
