// Pictures that show none of the classes, told from those that do.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "headstart/known.h"
#include "support/known_clouds.h"
#include "support/split_mix.h"

using namespace headstart;
using namespace headstart::test;

namespace {

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
