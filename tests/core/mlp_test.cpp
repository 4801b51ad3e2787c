#include "training/mlp/mlp.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "support/samples.h"

using namespace headstart;
using namespace headstart::test;

namespace {

constexpr Mlp::Shape kShape{.feature_count = 7, .hidden_count = 5, .class_count = 3, .most_rows = 8};
const std::vector<std::uint32_t> kClasses = {0, 2, 1, 1};

PaddedBuffer<float> random_rows(std::size_t size) {
  Random random(3);
  PaddedBuffer<float> rows = PaddedBuffer<float>::create(size).value();
  for (float& value : rows.span()) value = static_cast<float>(random.truncated_normal());
  return rows;
}

}  // namespace

TEST_CASE("the gradient of the multilayer perceptron agrees with finite differences") {
  const ComputePool pool = ComputePool::create(1).value();
  Random random(1);
  Mlp mlp = Mlp::create(kShape, 1e-3, random, pool).value();
  const PaddedBuffer<float> rows = random_rows(4 * 7);
  for (Mlp::Parameters* parameters : {&mlp.hidden_weights(), &mlp.hidden_biases(), &mlp.weights()}) {
    REQUIRE(mlp.differentiate(rows.data(), kClasses).ok());
    const std::vector<float> gradients(parameters->gradients.span().begin(),
                                       parameters->gradients.span().end());
    for (std::size_t k = 0; k < gradients.size(); ++k) {
      constexpr float kStep = 1e-3F;
      float& value = parameters->values.data()[k];
      const float at = value;
      value = at + kStep;
      REQUIRE(mlp.differentiate(rows.data(), kClasses).ok());
      const double above = mlp.loss();
      value = at - kStep;
      REQUIRE(mlp.differentiate(rows.data(), kClasses).ok());
      const double slope = (above - mlp.loss()) / (2.0 * static_cast<double>(kStep));
      value = at;
      CHECK(std::abs(slope - static_cast<double>(gradients[k])) < 1e-3);
    }
  }
}

TEST_CASE("Adam's first step moves each weight by the learning rate against its gradient") {
  // With m = (1 - b1) g and v = (1 - b2) g^2 the corrections cancel: rate g / (|g| + eps).
  const ComputePool pool = ComputePool::create(1).value();
  Random random(1);
  Mlp mlp = Mlp::create(kShape, 1e-3, random, pool).value();
  const PaddedBuffer<float> rows = random_rows(4 * 7);
  const std::vector<float> before(mlp.weights().values.span().begin(), mlp.weights().values.span().end());
  REQUIRE(mlp.train_batch(rows.data(), kClasses).ok());
  for (std::size_t k = 0; k < before.size(); ++k) {
    const float gradient = mlp.weights().gradients.data()[k];
    if (std::abs(gradient) < 1e-4F) continue;
    const double moved = static_cast<double>(mlp.weights().values.data()[k]) - static_cast<double>(before[k]);
    CHECK(moved == doctest::Approx(gradient > 0 ? -1e-3 : 1e-3).epsilon(2e-3));
  }
}

TEST_CASE("initial weights have the deviation of the recipe and biases are zero") {
  const ComputePool pool = ComputePool::create(1).value();
  Random random(2);
  Mlp mlp = Mlp::create({.feature_count = 1280, .hidden_count = 100, .class_count = 3, .most_rows = 16}, 1e-3,
                        random, pool)
                .value();
  double square = 0;
  for (const float value : mlp.hidden_weights().values.span()) {
    square += static_cast<double>(value) * static_cast<double>(value);
  }
  // A normal cut off at two deviations keeps 0.8796 of its deviation.
  CHECK(std::sqrt(square / 128000) == doctest::Approx(0.8796 / std::sqrt(1280.0)).epsilon(0.01));
  for (const float value : mlp.hidden_biases().values.span()) CHECK(value == 0);
}

TEST_CASE("Teachable Machine's recipe sets aside 15 percent of each class, rounded up") {
  const ComputePool pool = ComputePool::create(1).value();
  SampleStore store = cloud_store({.class_count = 3, .samples_per_class = 21, .feature_count = 16});
  const Result<Trainer> trainer = train(store, {.head = HeadKind::kMlp, .epoch_count = 2}, pool);
  REQUIRE(trainer.ok());
  const TrainReport& report = trainer.value().report();
  CHECK(report.metrics.sample_count == 12);
  for (const ClassMetrics& own : report.metrics.per_class) CHECK(own.sample_count == 4);
  CHECK(report.evaluation_count == 2 * 4);  // 51 samples in batches of 16
  const Head& head = trainer.value().head();
  CHECK(head.hidden_biases.size() == 100);
  CHECK(head.hidden_weights.size() == 100 * 16);
  for (const float bias : head.biases) CHECK(bias == 0);
}

TEST_CASE("what the recipe reports is what its head answers on the samples set aside") {
  const ComputePool pool = ComputePool::create(1).value();
  SampleStore store =
      cloud_store({.class_count = 3, .samples_per_class = 30, .feature_count = 16, .spread = 4});
  const Result<Trainer> trainer = train(store, {.head = HeadKind::kMlp, .epoch_count = 5}, pool);
  REQUIRE(trainer.ok());
  const TrainReport& report = trainer.value().report();
  for (std::size_t k = 0; k < report.held_out_ids.size(); ++k) {
    std::vector<float> p(3);
    REQUIRE(head_probabilities(trainer.value().head(), store.sample(report.held_out_ids[k]).value(), p).ok());
    const auto truth = store.training_set().class_indices[report.held_out_rows[k]];
    CHECK(std::abs(p[truth] - report.held_out_probabilities[k]) < 1e-5F);
    CHECK(std::abs(*std::max_element(p.begin(), p.end()) - report.held_out_confidences[k]) < 1e-5F);
  }
}
