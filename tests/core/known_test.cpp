// Pictures that show none of the classes, told from those that do.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "fine_tune/rng.h"
#include "headstart/known.h"

using namespace headstart;

namespace {

constexpr std::size_t kFeatureCount = 24;

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
    samples_.feature_count = kFeatureCount;
    samples_.class_count = class_count;
    for (std::size_t i = 0; i < class_count * per_class; ++i) {
      const auto c = static_cast<std::uint32_t>(i % class_count);
      const std::vector<float> row = picture(c);
      features_.insert(features_.end(), row.begin(), row.end());
      const std::vector<float> answer = logits(row);
      logits_.insert(logits_.end(), answer.begin(), answer.end());
      classes_.push_back(c);
      rows_.push_back(static_cast<std::uint32_t>(i));
    }
  }

  [[nodiscard]] KnownSamples samples() const {
    KnownSamples samples = samples_;
    samples.features = features_;
    samples.class_indices = classes_;
    samples.held_out_rows = rows_;
    samples.held_out_logits = logits_;
    return samples;
  }

  std::vector<float> picture(std::size_t c) {
    std::vector<float> row;
    for (const double centre : centres_[c]) row.push_back(static_cast<float>(centre + noise_ * normal()));
    return row;
  }

  // Of a head that knows the centres.
  [[nodiscard]] std::vector<float> logits(const std::vector<float>& row) const {
    std::vector<float> answer;
    for (std::size_t c = 0; c < samples_.class_count; ++c) {
      double square = 0;
      for (std::size_t j = 0; j < kFeatureCount; ++j) {
        square += std::pow(static_cast<double>(row[j]) - centres_[c][j], 2);
      }
      answer.push_back(static_cast<float>(4 - square / 4));
    }
    return answer;
  }

 private:
  // Nearly normal: the sum of twelve uniform numbers (Irwin-Hall).
  double normal() {
    double sum = -6;
    for (int i = 0; i < 12; ++i) sum += rng_.uniform();
    return sum;
  }

  fine_tune::Rng rng_;
  double noise_;
  std::vector<std::vector<double>> centres_;
  KnownSamples samples_;
  std::vector<float> features_;
  std::vector<std::uint32_t> classes_;
  std::vector<std::uint32_t> rows_;
  std::vector<float> logits_;
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
    const auto known = judge.known(row, clouds.logits(row));
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
  CHECK(judge.known(row, clouds.logits(row)).value() == 1.0);
}

TEST_CASE("without measured answers distance alone judges") {
  const ComputePool pool = pool_of(1);
  Clouds clouds(4, 20);
  KnownSamples samples = clouds.samples();
  samples.held_out_rows = {};
  samples.held_out_logits = {};
  KnownJudge judge = judge_of(samples, pool);
  CHECK(area_under_curve(known_of(judge, clouds, 0, 4, 100), known_of(judge, clouds, 4, 12, 100)) > 0.9);
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
  CHECK(other.known(scaled_row, clouds.logits(row)).value() ==
        doctest::Approx(plain.known(row, clouds.logits(row)).value()).epsilon(1e-4));
}

TEST_CASE("a judge refuses what does not fit together") {
  const ComputePool pool = pool_of(1);
  Clouds clouds(3, 5);
  KnownSamples samples = clouds.samples();
  samples.held_out_logits = samples.held_out_logits.first(2);
  CHECK(KnownJudge::fit(samples, {}, pool).error().code == ErrorCode::kBadArgument);
  samples = clouds.samples();
  samples.class_count = 2;
  CHECK_FALSE(KnownJudge::fit(samples, {}, pool).ok());
  CHECK_FALSE(KnownJudge::fit(clouds.samples(), {.kept_fraction = 0.1}, pool).ok());
  KnownJudge judge = judge_of(clouds.samples(), pool);
  CHECK(judge.known(std::vector<float>(3), std::vector<float>(3)).error().message ==
        "expected 24 features and 3 logits, got 3 and 3");
}
