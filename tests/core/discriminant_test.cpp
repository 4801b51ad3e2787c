// Shrunk linear discriminant analysis against its definition, and where it pays.
#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <vector>

#include "headstart/trainer.h"
#include "support/samples.h"
#include "training/standardisation.h"

using namespace headstart;
using namespace headstart::test;

namespace {

constexpr std::size_t kCount = 12;
constexpr std::size_t kClasses = 3;
using Vector = std::array<double, kCount>;
using Matrix = std::array<Vector, kCount>;

// matrix^-1 values, by Gauss's elimination.
Vector solved(Matrix matrix, Vector values) {
  for (std::size_t k = 0; k < kCount; ++k) {
    for (std::size_t i = k + 1; i < kCount; ++i) {
      const double factor = matrix[i][k] / matrix[k][k];
      for (std::size_t j = k; j < kCount; ++j) matrix[i][j] -= factor * matrix[k][j];
      values[i] -= factor * values[k];
    }
  }
  for (std::size_t i = kCount; i-- > 0;) {
    for (std::size_t j = i + 1; j < kCount; ++j) values[i] -= matrix[i][j] * values[j];
    values[i] /= matrix[i][i];
  }
  return values;
}

std::vector<Vector> standardised(const TrainingSetView& set) {
  const std::size_t count = set.sample_ids.size();
  std::vector<double> means(kCount);
  std::vector<double> variances(kCount);
  const auto value = [&](std::size_t i, std::size_t j) {
    return static_cast<double>(set.embeddings[i * kCount + j]);
  };
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = 0; j < kCount; ++j) means[j] += value(i, j) / static_cast<double>(count);
  }
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = 0; j < kCount; ++j) {
      variances[j] += std::pow(value(i, j) - means[j], 2) / static_cast<double>(count);
    }
  }
  const std::size_t sizes[] = {kCount};
  const std::vector<double> scales = scales_of(variances, sizes);
  std::vector<Vector> rows(count);
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = 0; j < kCount; ++j) rows[i][j] = (value(i, j) - means[j]) * scales[j];
  }
  return rows;
}

}  // namespace

TEST_CASE("the discriminant's logits are those of the definition") {
  const ComputePool pool = ComputePool::create(1).value();
  SampleStore store =
      cloud_store({.class_count = kClasses, .samples_per_class = 9, .feature_count = kCount, .spread = 2});
  const Result<Trainer> trainer =
      train(store, {.head = HeadKind::kDiscriminant, .temperature = 1, .fold_count = 1}, pool);
  REQUIRE(trainer.ok());
  const TrainingSetView set = store.training_set();
  const std::vector<Vector> rows = standardised(set);
  std::array<Vector, kClasses> means{};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t j = 0; j < kCount; ++j) means[set.class_indices[i]][j] += rows[i][j] / 9;
  }
  Matrix scatter{};
  double trace = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Vector& mean = means[set.class_indices[i]];
    for (std::size_t j = 0; j < kCount; ++j) {
      for (std::size_t k = 0; k < kCount; ++k) {
        scatter[j][k] += (rows[i][j] - mean[j]) * (rows[i][k] - mean[k]) / static_cast<double>(rows.size());
      }
    }
  }
  for (std::size_t j = 0; j < kCount; ++j) trace += scatter[j][j];
  for (std::size_t j = 0; j < kCount; ++j) scatter[j][j] += trace / kCount;
  std::vector<float> logits(kClasses);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    REQUIRE(head_logits(trainer.value().head(), set.embeddings.subspan(i * kCount, kCount), logits).ok());
    for (std::size_t c = 0; c < kClasses; ++c) {
      const Vector weights = solved(scatter, means[c]);
      double expected = 0;
      for (std::size_t j = 0; j < kCount; ++j) expected += weights[j] * (rows[i][j] - means[c][j] / 2);
      CHECK(static_cast<double>(logits[c]) == doctest::Approx(expected * trace / kCount).epsilon(1e-4));
    }
  }
}

TEST_CASE("beyond 1024 rows the discriminant's scatter is that of some, its means are those of all") {
  const ComputePool pool = ComputePool::create(1).value();
  const Clouds clouds{.class_count = 3, .samples_per_class = 500, .feature_count = 16, .spread = 2};
  SampleStore store = cloud_store(clouds);
  const Result<Trainer> trainer = train(store, {.head = HeadKind::kDiscriminant}, pool);
  REQUIRE(trainer.ok());
  CHECK(trainer.value().report().metrics.sample_count == 1500);
  CHECK(std::abs(trainer.value().report().metrics.accuracy - fresh_accuracy(trainer.value().head(), clouds)) <
        0.05);
}
