// Recommendations and advice from made-up numbers whose meaning is known.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "base/tridiagonal.h"
#include "headstart/advice.h"
#include "headstart/names.h"
#include "support/split_mix.h"

using namespace headstart;

namespace {

// A candidate that was right on the first `right_count` of `count` pictures.
CandidateResult candidate(std::string strategy, std::size_t simplicity, std::size_t count,
                          std::size_t right_count) {
  CandidateResult result;
  result.strategy = std::move(strategy);
  result.simplicity = simplicity;
  for (std::size_t i = 0; i < count; ++i) {
    result.rows.push_back(static_cast<std::uint32_t>(i));
    result.right.push_back(i < right_count ? 1 : 0);
    result.log_losses.push_back(i < right_count ? 0.1F : 2.0F);
  }
  return result;
}

// The log evidence of one class's column y (You et al. 2021, equation 2) at given strengths, per picture,
// from its density N(0, F Fᵀ / alpha + I / beta), by Cholesky.
double evidence_directly(const std::vector<double>& features, std::size_t feature_count,
                         const std::vector<double>& y, double alpha, double beta) {
  const std::size_t n = y.size();
  std::vector<double> a(n * n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      double sum = i == j ? 1 / beta : 0;
      for (std::size_t k = 0; k < feature_count; ++k) {
        sum += features[i * feature_count + k] * features[j * feature_count + k] / alpha;
      }
      a[i * n + j] = sum;
    }
  }
  double log_determinant = 0;
  std::vector<double> z = y;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double sum = a[i * n + j];
      for (std::size_t k = 0; k < j; ++k) sum -= a[i * n + k] * a[j * n + k];
      a[i * n + j] = i == j ? std::sqrt(sum) : sum / a[j * n + j];
    }
    for (std::size_t k = 0; k < i; ++k) z[i] -= a[i * n + k] * z[k];
    z[i] /= a[i * n + i];
    log_determinant += 2 * std::log(a[i * n + i]);
  }
  double square = 0;
  for (const double value : z) square += value * value;
  const auto count = static_cast<double>(n);
  return -0.5 * (square + log_determinant + count * std::log(2 * 3.14159265358979)) / count;
}

// The largest evidence over a fine grid of strengths.
double most_evidence(const std::vector<double>& features, std::size_t feature_count,
                     const std::vector<double>& y) {
  double best = -1e9;
  for (double log_alpha = -3; log_alpha <= 9; log_alpha += 0.1) {
    for (double log_beta = -1; log_beta <= 8; log_beta += 0.1) {
      best = std::max(best,
                      evidence_directly(features, feature_count, y, std::exp(log_alpha), std::exp(log_beta)));
    }
  }
  return best;
}

// Pictures of classes whose features lie around centres of their own.
struct Pictures {
  std::size_t feature_count = 16;
  std::vector<float> features;
  std::vector<std::uint32_t> classes;
  std::vector<SampleId> ids;
  std::size_t class_count;

  Pictures(std::size_t classes_in_all, std::size_t per_class, double noise) : class_count(classes_in_all) {
    test::SplitMix centres(1, 1);
    std::vector<float> middle(class_count * feature_count);
    for (float& value : middle) value = static_cast<float>(2 * centres.uniform() - 1);
    test::SplitMix rng(2, 2);
    for (std::size_t i = 0; i < class_count * per_class; ++i) {
      classes.push_back(static_cast<std::uint32_t>(i % class_count));
      ids.push_back(SampleId{static_cast<std::uint32_t>(100 + i)});
      for (std::size_t j = 0; j < feature_count; ++j) {
        const double strayed = noise * (2 * rng.uniform() - 1);
        features.push_back(middle[classes.back() * feature_count + j] + static_cast<float>(strayed));
      }
    }
  }

  [[nodiscard]] DataEvidence evidence() const {
    DataEvidence evidence;
    evidence.samples.embeddings = features;
    evidence.samples.class_indices = classes;
    evidence.samples.sample_ids = ids;
    evidence.samples.feature_count = feature_count;
    for (std::size_t c = 0; c < class_count; ++c) {
      evidence.samples.class_ids.push_back(ClassId{static_cast<std::uint32_t>(10 + c)});
    }
    return evidence;
  }

  // Overwrites a picture's features with another's, and a little.
  void look_like(std::size_t row, std::size_t other, float difference) {
    for (std::size_t j = 0; j < feature_count; ++j) {
      features[row * feature_count + j] = features[other * feature_count + j] + (j == 0 ? difference : 0.0F);
    }
  }
};

std::vector<DataAdvice> advice_of(const DataEvidence& evidence) {
  const auto pool = ComputePool::create(1);
  REQUIRE(pool.ok());
  auto advice = data_advice(evidence, pool.value());
  if (!advice.ok()) MESSAGE(advice.error().message);
  REQUIRE(advice.ok());
  return std::move(advice).value();
}

std::vector<DataAdvice> of_kind(const std::vector<DataAdvice>& advice, AdviceKind kind) {
  std::vector<DataAdvice> found;
  std::copy_if(advice.begin(), advice.end(), std::back_inserter(found),
               [&](const DataAdvice& each) { return each.kind == kind; });
  return found;
}

MirrorVerdict mirror_of(const DataEvidence& evidence) {
  const auto pool = ComputePool::create(1);
  REQUIRE(pool.ok());
  const auto verdict = judge_mirror(evidence, pool.value());
  REQUIRE(verdict.ok());
  return verdict.value();
}

}  // namespace

TEST_CASE("the usual way is kept where what is better than it may be chance, though something is simpler") {
  const std::vector<CandidateResult> candidates{candidate("nearest-mean", 0, 100, 70),
                                                candidate("head", 1, 100, 90),
                                                candidate("joined-layers-views", 2, 100, 89)};
  const Recommendation chosen = recommend(candidates, 2);
  CHECK(chosen.best == 1);
  CHECK(chosen.recommended == 2);
  CHECK(chosen.reason.code == ReasonCode::kUsual);
  CHECK(chosen.reason.first == doctest::Approx(0.89));
}

TEST_CASE("where the usual way is clearly worse, the simplest of those as good as the best is recommended") {
  const std::vector<CandidateResult> candidates{
      candidate("nearest-mean", 0, 100, 60), candidate("head", 1, 100, 89),
      candidate("joined-layers", 2, 100, 90), candidate("joined-layers-views", 3, 100, 75)};
  const Recommendation chosen = recommend(candidates, 3);
  CHECK(chosen.best == 2);
  CHECK(chosen.recommended == 1);
  CHECK(std::string(name_of(chosen.reason.code)) == "clearly-better");
  CHECK(chosen.reason.first == doctest::Approx(0.89 * 0.1 + 0.11 * 2));
  CHECK(chosen.reason.second == doctest::Approx(0.75 * 0.1 + 0.25 * 2));
}

TEST_CASE("what is recommended in place of the usual way is never worse than it") {
  // Best, but judged on few pictures, on which the simple one is as good; on all it is worse than the usual.
  CandidateResult simple = candidate("head", 0, 100, 60);
  CandidateResult usual = candidate("joined-layers-views", 1, 100, 80);
  const CandidateResult tuned = candidate("last-block", 2, 20, 20);
  for (std::size_t i = 0; i < 20; ++i) simple.log_losses[i] = i % 2 == 0 ? 0.05F : 0.16F;
  for (std::size_t i = 0; i < 20; ++i) usual.log_losses[i] = 0.3F;
  const std::vector<CandidateResult> candidates{simple, usual, tuned};
  const Recommendation chosen = recommend(candidates, 1);
  CHECK(chosen.recommended == 2);
  CHECK(chosen.reason.first < chosen.reason.second);
}

TEST_CASE("a clear winner is recommended, however much it takes") {
  const std::vector<CandidateResult> candidates{candidate("head", 0, 100, 70),
                                                candidate("last-block", 5, 100, 90)};
  CHECK(recommend(candidates, 0).recommended == 1);
}

TEST_CASE("a candidate judged on fewer pictures is compared on those alone") {
  // Sure of the twenty pictures that it saw, of which the other knew ten.
  const CandidateResult tuned = candidate("last-block", 5, 20, 20);
  CandidateResult head = candidate("head", 0, 100, 80);
  for (std::size_t i = 0; i < 10; ++i) head.log_losses[i] = 2;
  const std::vector<CandidateResult> candidates{head, tuned};
  const Recommendation chosen = recommend(candidates, 0);
  CHECK(chosen.recommended == 1);
  CHECK(chosen.reason.first == doctest::Approx(0.1));
  CHECK(chosen.reason.second == doctest::Approx(1.05));
}

TEST_CASE("with too few pictures held out the usual way is taken and the reason says so") {
  const std::vector<CandidateResult> candidates{candidate("head", 1, 6, 6),
                                                candidate("joined-layers", 2, 6, 2)};
  const Recommendation chosen = recommend(candidates, 1);
  CHECK(chosen.recommended == 1);
  CHECK(chosen.reason.code == ReasonCode::kTooFewToCompare);
  CHECK(chosen.reason.first == 6);
}

TEST_CASE("an accuracy of 1 is not taken for certain") {
  const CandidateScore score = score_candidate(candidate("head", 0, 20, 20));
  CHECK(score.accuracy == 1);
  CHECK(score.log_loss == doctest::Approx(0.1));
  CHECK(score.standard_error > 0.03);
}

TEST_CASE("eigenvalues and what vectors become are those of a matrix built from them") {
  // A = H diag(values) H with a Householder reflection H.
  constexpr std::size_t kSize = 30;
  test::SplitMix rng(3, 3);
  std::vector<double> u(kSize);
  std::vector<double> values(kSize);
  double square = 0;
  for (std::size_t i = 0; i < kSize; ++i) {
    u[i] = rng.uniform() - 0.5;
    square += u[i] * u[i];
    values[i] = i < 5 ? 0.0 : std::exp(0.3 * static_cast<double>(i));
  }
  const auto h = [&](std::size_t i, std::size_t j) {
    return (i == j ? 1.0 : 0.0) - 2 * u[i] * u[j] / square;
  };
  std::vector<double> matrix(kSize * kSize);
  std::vector<double> vector(kSize);
  for (std::size_t i = 0; i < kSize; ++i) {
    vector[i] = h(i, 20);  // an eigenvector
    for (std::size_t j = 0; j < kSize; ++j) {
      for (std::size_t k = 0; k < kSize; ++k) matrix[i * kSize + j] += h(i, k) * values[k] * h(k, j);
    }
  }
  std::vector<double> found(kSize);
  REQUIRE(diagonalise(matrix, kSize, found, vector, 1));
  for (std::size_t i = 0; i < kSize; ++i) {
    const bool own = std::abs(found[i] - values[20]) < 1e-6;
    CHECK(std::abs(vector[i]) == doctest::Approx(own ? 1.0 : 0.0).epsilon(1e-9));
  }
  std::sort(found.begin(), found.end());
  for (std::size_t i = 0; i < kSize; ++i) CHECK(std::abs(found[i] - values[i]) < 1e-9 * values[kSize - 1]);
}

TEST_CASE(
    "LogME is the largest evidence that the definition gives, with more pictures than features and with "
    "fewer") {
  for (const std::size_t per_class : {5U, 12U}) {
    Pictures pictures(2, per_class, 0.8);
    const std::vector<double> features(pictures.features.begin(), pictures.features.end());
    double expected = 0;
    for (const std::uint32_t c : {0U, 1U}) {
      std::vector<double> y;
      for (const std::uint32_t own : pictures.classes) y.push_back(own == c ? 1 : 0);
      expected += most_evidence(features, pictures.feature_count, y) / 2;
    }
    CHECK(log_me(pictures.features, pictures.feature_count, pictures.classes, 2) ==
          doctest::Approx(expected).epsilon(0.003));
  }
}

TEST_CASE("LogME is higher where features tell the classes apart, and 0 where there is nothing to compare") {
  const Pictures apart(3, 20, 0.3);
  const Pictures mixed(3, 20, 3.0);
  CHECK(log_me(apart.features, 16, apart.classes, 3) > log_me(mixed.features, 16, mixed.classes, 3) + 0.2);
  CHECK(log_me({}, 16, {}, 3) == 0);
}

TEST_CASE("the four cases are told apart by pictures per class and by which layers tell more") {
  const CandidateResult last = candidate("head", 1, 100, 90);
  const CandidateResult earlier_worse = candidate("cut-after-14", 2, 100, 70);
  const CandidateResult earlier_as_good = candidate("cut-after-14", 2, 100, 89);
  const CandidateResult joined_better = candidate("joined-layers", 3, 100, 98);
  CHECK(judge_case({.median_class_count = 10, .last = &last}) == DataCase::kFewClose);
  CHECK(judge_case({.median_class_count = 10, .last = &last, .earlier = &earlier_worse}) ==
        DataCase::kFewClose);
  CHECK(judge_case({.median_class_count = 40, .last = &last, .earlier = &earlier_worse}) ==
        DataCase::kManyClose);
  CHECK(judge_case({.median_class_count = 39, .last = &last, .earlier = &earlier_as_good}) ==
        DataCase::kFewFar);
  CHECK(judge_case(
            {.median_class_count = 40, .last = &last, .earlier = &earlier_worse, .joined = &joined_better}) ==
        DataCase::kManyFar);
}

TEST_CASE("pictures that the last layer tells apart are close, even where an earlier one does as well") {
  const CandidateResult last = candidate("head", 1, 100, 97);
  const CandidateResult earlier = candidate("cut-after-14", 2, 100, 98);
  CHECK(judge_case({.median_class_count = 10, .last = &last, .earlier = &earlier}) == DataCase::kFewClose);
}

TEST_CASE("good pictures call for no advice") {
  const Pictures pictures(3, 20, 0.5);
  CHECK(advice_of(pictures.evidence()).empty());
}

TEST_CASE("classes with few pictures are named with their number") {
  const Pictures pictures(3, 4, 0.5);
  const auto advice = of_kind(advice_of(pictures.evidence()), AdviceKind::kTooFew);
  REQUIRE(advice.size() == 3);
  CHECK(advice[0].class_ids == std::vector{ClassId{10}});
  CHECK(advice[0].value == 4);
}

TEST_CASE("a class of pictures that are almost the same is named with them") {
  Pictures pictures(3, 20, 0.5);
  for (std::size_t row = 4; row < 60; row += 3) pictures.look_like(row, 1, 0.001F * static_cast<float>(row));
  const auto advice = of_kind(advice_of(pictures.evidence()), AdviceKind::kNearDuplicates);
  REQUIRE(advice.size() == 1);
  CHECK(advice[0].class_ids == std::vector{ClassId{11}});
  CHECK(advice[0].sample_ids.size() == 20);
  CHECK(std::string(name_of(advice[0].kind)) == "near-duplicates");
}

TEST_CASE("confused classes are named with the pictures, and a wrong label with what it looks like") {
  Pictures pictures(3, 20, 0.5);
  pictures.look_like(0, 2, 0.05F);  // of class 0, looks like class 2
  std::vector<std::uint32_t> rows;
  std::vector<std::uint32_t> predictions;
  std::vector<float> probabilities;
  for (std::uint32_t row = 0; row < 60; ++row) {
    rows.push_back(row);
    const bool taken_for_1 = row % 3 == 0 && row >= 3 && row < 18;  // five of class 0
    predictions.push_back(row == 0 ? 2 : taken_for_1 ? 1 : row % 3);
    probabilities.push_back(row == 0 ? 0.02F : taken_for_1 ? 0.3F : 0.9F);
  }
  DataEvidence evidence = pictures.evidence();
  evidence.held_out_rows = rows;
  evidence.held_out_predictions = predictions;
  evidence.held_out_probabilities = probabilities;
  const auto advice = advice_of(evidence);
  const auto confused = of_kind(advice, AdviceKind::kConfused);
  REQUIRE(confused.size() == 1);
  CHECK(confused[0].class_ids == std::vector{ClassId{10}, ClassId{11}});
  CHECK(confused[0].sample_ids.size() == 5);
  CHECK(confused[0].value == doctest::Approx(0.25));
  const auto doubts = of_kind(advice, AdviceKind::kLabelDoubt);
  REQUIRE(doubts.size() == 1);
  CHECK(doubts[0].sample_ids == std::vector{SampleId{100}});
  CHECK(doubts[0].class_ids == std::vector{ClassId{10}, ClassId{12}});
}

TEST_CASE("a background that tells the classes apart by itself is named, one that does not is not") {
  const Pictures pictures(3, 20, 0.5);
  const Pictures telling(3, 20, 0.6);
  const Pictures silent(3, 20, 30.0);
  DataEvidence evidence = pictures.evidence();
  evidence.borders = telling.features;
  const auto advice = of_kind(advice_of(evidence), AdviceKind::kBackground);
  REQUIRE(advice.size() == 1);
  CHECK(advice[0].value > 0.9);
  evidence.borders = silent.features;
  CHECK(of_kind(advice_of(evidence), AdviceKind::kBackground).empty());
}

TEST_CASE("the mirror harms where it makes one class look like another, and helps otherwise") {
  const Pictures pictures(3, 20, 0.5);
  DataEvidence evidence = pictures.evidence();
  CHECK(mirror_of(evidence) == MirrorVerdict::kUnclear);
  evidence.mirrored = pictures.features;
  CHECK(mirror_of(evidence) == MirrorVerdict::kHelps);
  // Rows of class 0 and 1 change places.
  std::vector<float> swapped = pictures.features;
  for (std::size_t row = 0; row < 60; row += 3) {
    std::swap_ranges(swapped.begin() + static_cast<std::ptrdiff_t>(row * 16),
                     swapped.begin() + static_cast<std::ptrdiff_t>(row * 16 + 16),
                     swapped.begin() + static_cast<std::ptrdiff_t>(row * 16 + 16));
  }
  evidence.mirrored = swapped;
  CHECK(mirror_of(evidence) == MirrorVerdict::kHarms);
  CHECK(std::string(name_of(mirror_of(evidence))) == "harms");
  const auto advice = of_kind(advice_of(evidence), AdviceKind::kMirrorMatters);
  REQUIRE(advice.size() == 2);
  CHECK(advice[0].class_ids == std::vector{ClassId{10}, ClassId{11}});
}

TEST_CASE("evidence that does not fit together is refused") {
  const Pictures pictures(3, 4, 0.5);
  DataEvidence evidence = pictures.evidence();
  evidence.mirrored = std::span(pictures.features).first(16);
  const auto pool = ComputePool::create(1);
  REQUIRE(pool.ok());
  CHECK(data_advice(evidence, pool.value()).error().code == ErrorCode::kBadArgument);
}
