// Shrunk linear discriminant analysis against its definition, and where it pays.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "headstart/trainer.h"
#include "support/samples.h"

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

// Each divided by the length of all, or the roots by theirs; less their mean, all scaled by one number.
std::vector<Vector> transformed(const TrainingSetView& set, bool with_roots) {
  const std::size_t count = set.sample_ids.size();
  std::vector<Vector> rows(count);
  for (std::size_t i = 0; i < count; ++i) {
    double square = 0;
    for (std::size_t j = 0; j < kCount; ++j) {
      const auto x = static_cast<double>(set.embeddings[i * kCount + j]);
      rows[i][j] = with_roots ? std::sqrt(std::max(x, 0.0)) : x;
      square += rows[i][j] * rows[i][j];
    }
    for (double& value : rows[i]) value /= std::sqrt(square);
  }
  std::vector<double> means(kCount);
  double variance = 0;
  for (const Vector& row : rows) {
    for (std::size_t j = 0; j < kCount; ++j) means[j] += row[j] / static_cast<double>(count);
  }
  for (const Vector& row : rows) {
    for (std::size_t j = 0; j < kCount; ++j)
      variance += std::pow(row[j] - means[j], 2) / static_cast<double>(count);
  }
  for (Vector& row : rows) {
    for (std::size_t j = 0; j < kCount; ++j) row[j] = (row[j] - means[j]) / std::sqrt(variance);
  }
  return rows;
}

// The samples of a map of which nothing can be below zero, or of one of which something can.
SampleStore store_of(const Clouds& clouds, bool is_rectified) {
  SampleStore source = cloud_store(clouds);
  const TrainingSetView set = source.training_set();
  SampleStore store(std::vector<FeatureBlock>{{"last", 0, clouds.feature_count, is_rectified}});
  for (const ClassInfo& info : source.classes()) (void)store.add_class(info.id, info.name);
  for (std::size_t i = 0; i < set.sample_ids.size(); ++i) {
    const auto row = set.embeddings.subspan(i * clouds.feature_count, clouds.feature_count);
    (void)store.add_sample(set.class_ids[set.class_indices[i]], row);
  }
  return store;
}

// By definition: w_c . z - w_c . mu_c / 2 with w_c = a (S + a I)^-1 mu_c and a = ridge tr S. [row][class]
std::vector<std::vector<double>> defined_logits(const TrainingSetView& set, const std::vector<Vector>& rows,
                                                std::size_t class_count, double ridge) {
  std::vector<Vector> means(class_count);
  std::vector<double> counts(class_count);
  for (const std::uint32_t c : set.class_indices) counts[c] += 1;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::uint32_t c = set.class_indices[i];
    for (std::size_t j = 0; j < kCount; ++j) means[c][j] += rows[i][j] / counts[c];
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
  for (std::size_t j = 0; j < kCount; ++j) scatter[j][j] += ridge * trace;
  std::vector<std::vector<double>> logits(rows.size(), std::vector<double>(class_count));
  for (std::size_t c = 0; c < class_count; ++c) {
    const Vector weights = solved(scatter, means[c]);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      for (std::size_t j = 0; j < kCount; ++j)
        logits[i][c] += ridge * trace * weights[j] * (rows[i][j] - means[c][j] / 2);
    }
  }
  return logits;
}

// Whether the head answers every sample as the definition does with this ridge and the report's temperature.
bool is_defined_by(const Trainer& trainer, const TrainingSetView& set, const std::vector<Vector>& rows,
                   double ridge) {
  const Head& head = trainer.head();
  const auto defined = defined_logits(set, rows, head.class_count(), ridge);
  std::vector<float> logits(head.class_count());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    REQUIRE(head_logits(head, set.embeddings.subspan(i * kCount, kCount), logits).ok());
    for (std::size_t c = 0; c < logits.size(); ++c) {
      const double answered = static_cast<double>(logits[c]) * trainer.report().temperature;
      if (answered != doctest::Approx(defined[i][c]).epsilon(1e-3)) return false;
    }
  }
  return true;
}

// Two classes that one feature tells apart, and a second of `nuisance` times its size that says nothing.
SampleStore told_apart_by_one(double difference, double nuisance, std::size_t per_class) {
  SampleStore store(std::vector<FeatureBlock>{{"last", 0, kCount, false}});
  Random random(5);
  for (const double side : {-1.0, 1.0}) {
    const ClassId id = store.add_class(side < 0 ? "left" : "right");
    for (std::size_t i = 0; i < per_class; ++i) {
      std::vector<float> row(kCount);
      for (float& value : row) value = static_cast<float>(0.1 * random.truncated_normal());
      row[0] = 20;  // so that its length is nearly that of all
      row[1] += static_cast<float>(side * difference);
      row[2] = static_cast<float>(nuisance * random.truncated_normal());
      (void)store.add_sample(id, row);
    }
  }
  return store;
}

}  // namespace

TEST_CASE("the discriminant's logits are those of the definition") {
  const ComputePool pool = ComputePool::create(1).value();
  bool is_rectified = false;
  SUBCASE("of lengths") {}
  SUBCASE("of roots") {
    is_rectified = true;
  }
  SampleStore store = store_of(
      {.class_count = kClasses, .samples_per_class = 9, .feature_count = kCount, .spread = 2}, is_rectified);
  const Result<Trainer> trainer =
      train(store, {.head = HeadKind::kDiscriminant, .temperature = 1, .fold_count = 1}, pool);
  REQUIRE(trainer.ok());
  const TrainingSetView set = store.training_set();
  // Nothing is held out: the usual ridge.
  REQUIRE(trainer.value().report().temperature == 1);
  CHECK(is_defined_by(trainer.value(), set, transformed(set, is_rectified), 0.01));
}

TEST_CASE("the discriminant's ridge is the one that held-out pictures ask for") {
  const ComputePool pool = ComputePool::create(1).value();
  const auto chosen = [&](SampleStore store) {
    const Result<Trainer> trainer = train(store, {.head = HeadKind::kDiscriminant}, pool);
    REQUIRE(trainer.ok());
    const TrainingSetView set = store.training_set();
    const std::vector<Vector> rows = transformed(set, false);
    std::vector<double> ridges;
    for (const double ridge : {0.001, 0.003, 0.01}) {
      if (is_defined_by(trainer.value(), set, rows, ridge)) ridges.push_back(ridge);
    }
    REQUIRE(ridges.size() == 1);
    return ridges.front();
  };
  // What varies most says nothing, and only a small ridge lets it be weighed out.
  CHECK(chosen(told_apart_by_one(0.15, 6, 30)) == 0.001);
  // Every feature says a little, and where pictures are few a large ridge believes no single one.
  CHECK(
      chosen(store_of({.class_count = kClasses, .samples_per_class = 9, .feature_count = kCount, .spread = 1},
                      false)) == 0.01);
}

TEST_CASE("one ridge serves all folds of many pictures") {
  const ComputePool pool = ComputePool::create(1).value();
  SampleStore store = told_apart_by_one(0.15, 6, 400);
  const Result<Trainer> trainer = train(store, {.head = HeadKind::kDiscriminant, .fold_count = 5}, pool);
  REQUIRE(trainer.ok());
  // Three ridges without the first fold and the second, then one without each of the others and one to all.
  CHECK(trainer.value().report().evaluation_count == 2 * 3 + 3 + 1);
  CHECK(trainer.value().report().metrics.sample_count == 800);
  const TrainingSetView set = store.training_set();
  CHECK(is_defined_by(trainer.value(), set, transformed(set, false), 0.001));
}

TEST_CASE("two pictures of each class are judged by one, without a scatter to divide by") {
  const ComputePool pool = ComputePool::create(1).value();
  SampleStore store =
      cloud_store({.class_count = 20, .samples_per_class = 2, .feature_count = 640, .spread = 1});
  const Result<Trainer> trainer = train(store, {.head = HeadKind::kDiscriminant}, pool);
  REQUIRE(trainer.ok());
  CHECK(trainer.value().report().fold_count == 2);
  CHECK(trainer.value().report().metrics.accuracy > 0.9);
}

TEST_CASE("how strong the light is does not matter to the discriminant") {
  const ComputePool pool = ComputePool::create(1).value();
  SampleStore store =
      store_of({.class_count = kClasses, .samples_per_class = 9, .feature_count = kCount, .spread = 1}, true);
  const Result<Trainer> trainer = train(store, {.head = HeadKind::kDiscriminant}, pool);
  REQUIRE(trainer.ok());
  const Head& head = trainer.value().head();
  CHECK(head.transform == FeatureTransform::kRoot);
  CHECK(head.map_sizes == std::vector<std::size_t>{kCount});
  const TrainingSetView set = store.training_set();
  std::vector<float> logits(kClasses);
  std::vector<float> brighter(kClasses);
  for (std::size_t i = 0; i < set.sample_ids.size(); ++i) {
    std::vector<float> row(set.embeddings.begin() + static_cast<std::ptrdiff_t>(i * kCount),
                           set.embeddings.begin() + static_cast<std::ptrdiff_t>((i + 1) * kCount));
    REQUIRE(head_logits(head, row, logits).ok());
    for (float& value : row) value *= 7;
    REQUIRE(head_logits(head, row, brighter).ok());
    for (std::size_t c = 0; c < kClasses; ++c)
      CHECK(brighter[c] == doctest::Approx(static_cast<double>(logits[c])).epsilon(1e-4));
  }
}

TEST_CASE("beyond 1024 rows the discriminant's scatter is that of some, its means are those of all") {
  const ComputePool pool = ComputePool::create(1).value();
  const Clouds clouds{.class_count = 3, .samples_per_class = 500, .feature_count = 16, .spread = 2};
  SampleStore store = cloud_store(clouds);
  const Result<Trainer> trainer = train(store, {.head = HeadKind::kDiscriminant}, pool);
  REQUIRE(trainer.ok());
  CHECK(trainer.value().report().metrics.sample_count == 1500);
  CHECK(std::abs(trainer.value().report().metrics.accuracy -
                 fresh_accuracy(trainer.value().head(), clouds, 500)) < 0.05);
}
