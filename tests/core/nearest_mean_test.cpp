#include "training/nearest_mean/nearest_mean.h"

#include <doctest/doctest.h>

#include <cmath>

#include "support/samples.h"

using namespace headstart;
using namespace headstart::test;

TEST_CASE("a nearest-mean head is the formula of its documentation") {
  const std::vector<float> embeddings = {3, 1, 1, 1, 1, 4, 1, 2};  // class 0 twice, class 1 twice
  const std::vector<std::uint32_t> classes = {0, 0, 1, 1};
  const std::vector<std::uint8_t> all(4, 1);
  const LinearHead head = fit_nearest_mean({embeddings, 2, 2}, 4, classes, 2, all);
  // m = (1.5, 2); the differences are (1.5, -1), (-0.5, -1), (-0.5, 2), (-0.5, 0).
  const double lengths[] = {std::sqrt(3.25), std::sqrt(1.25), std::sqrt(4.25), 0.5};
  const double mean[] = {(1.5 / lengths[0] - 0.5 / lengths[1]) / 2, (-1 / lengths[0] - 1 / lengths[1]) / 2};
  const double length = std::hypot(mean[0], mean[1]);
  const double radius = std::sqrt((3.25 + 1.25 + 4.25 + 0.25) / 4);
  CHECK(static_cast<double>(head.weights[0]) == doctest::Approx(head.sharpness * mean[0] / length / radius));
  CHECK(static_cast<double>(head.weights[1]) == doctest::Approx(head.sharpness * mean[1] / length / radius));
  const double bias = -static_cast<double>(head.weights[0]) * 1.5 - static_cast<double>(head.weights[1]) * 2;
  CHECK(static_cast<double>(head.biases[0]) == doctest::Approx(bias));
}

TEST_CASE("the instant head is sure of the pictures it was given, but not certain") {
  SampleStore store(40);
  const Clouds clouds{.class_count = 2, .feature_count = 40};
  const std::vector<double> centres = cloud_centres(clouds);
  Random random(1);
  const std::vector<float> one = draw_sample(clouds, centres, 0, random);
  (void)store.add_sample(store.add_class("one"), one);
  (void)store.add_sample(store.add_class("two"), draw_sample(clouds, centres, 1, random));
  const Result<Head> head = nearest_mean_head(store.training_set(), store.classes());
  REQUIRE(head.ok());
  std::vector<float> p(2);
  REQUIRE(head_probabilities(head.value(), one, p).ok());
  CHECK(p[0] > 0.9F);
  CHECK(p[0] < 0.9999F);
  CHECK(fresh_accuracy(head.value(), clouds) > 0.9);
}

TEST_CASE("a class of one picture does not outshine a class of many") {
  const Clouds clouds{.class_count = 2, .samples_per_class = 30, .feature_count = 60, .spread = 3};
  SampleStore store = cloud_store(clouds);
  const std::vector<SampleId> second = store.samples_of(store.classes()[1].id).value();
  for (std::size_t i = 1; i < second.size(); ++i) REQUIRE(store.remove_sample(second[i]).ok());
  const Head head = nearest_mean_head(store.training_set(), store.classes()).value();
  const std::vector<double> centres = cloud_centres(clouds);
  Random random(9);
  int called_second = 0;
  for (int i = 0; i < 200; ++i) {
    std::vector<float> logits(2);
    REQUIRE(head_logits(head, draw_sample(clouds, centres, 0, random), logits).ok());
    called_second += logits[1] > logits[0] ? 1 : 0;
  }
  CHECK(called_second < 60);
}

TEST_CASE("the trainer's nearest-mean head is the instant one") {
  const ComputePool pool = ComputePool::create(1).value();
  SampleStore store = cloud_store({.samples_per_class = 8, .spread = 2});
  const Head instant = nearest_mean_head(store.training_set(), store.classes()).value();
  const Result<Trainer> trainer = train(store, {.head = HeadKind::kNearestMean}, pool);
  REQUIRE(trainer.ok());
  CHECK(trainer.value().head().weights == instant.weights);
  CHECK(trainer.value().head().biases == instant.biases);
}
