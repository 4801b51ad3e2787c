#include "headstart/metrics.h"

#include <doctest/doctest.h>

#include <cmath>

#include "base/random.h"
#include "base/softmax.h"

using namespace headstart;

namespace {

// Logits that say what they mean: each row's truth is drawn with the probabilities of softmax(logits / T).
struct Sample {
  std::vector<float> logits;
  std::vector<std::uint32_t> truths;
};

Sample calibrated_sample(std::size_t sample_count, std::size_t class_count, double temperature) {
  Random random(11);
  Sample sample;
  std::vector<double> row(class_count);
  for (std::size_t i = 0; i < sample_count; ++i) {
    for (std::size_t c = 0; c < class_count; ++c) {
      const double logit = 2 * random.truncated_normal();
      sample.logits.push_back(static_cast<float>(logit * temperature));
      row[c] = logit;
    }
    softmax(row);
    double left = random.uniform();
    std::uint32_t truth = 0;
    while (truth + 1 < class_count && left >= row[truth]) left -= row[truth++];
    sample.truths.push_back(truth);
  }
  return sample;
}

}  // namespace

TEST_CASE("metrics of a small table agree with a calculation by hand") {
  const std::vector<float> logits = {2, 0, 0, 2, 3, 0, 0, 1};
  const std::vector<std::uint32_t> truths = {0, 1, 1, 1};
  const Metrics metrics = measure(logits, truths, 2);
  CHECK(metrics.accuracy == 0.75);
  CHECK(metrics.confusion == std::vector<std::uint32_t>{1, 0, 1, 2});
  CHECK(metrics.per_class[0].precision == 0.5);
  CHECK(metrics.per_class[0].recall == 1);
  CHECK(metrics.per_class[1].precision == 1);
  CHECK(metrics.per_class[1].recall == doctest::Approx(2.0 / 3));
  CHECK(metrics.balanced_accuracy == doctest::Approx(5.0 / 6));
  const double right2 = std::log(1 + std::exp(-2.0));
  const double expected = (2 * right2 + std::log(1 + std::exp(3.0)) + std::log(1 + std::exp(-1.0))) / 4;
  CHECK(metrics.log_loss == doctest::Approx(expected));
  // 3 of 4 by Wilson's formula.
  CHECK(metrics.accuracy_low == doctest::Approx(0.3006).epsilon(0.001));
  CHECK(metrics.accuracy_high == doctest::Approx(0.9544).epsilon(0.001));
}

TEST_CASE("metrics of nothing are zero, not undefined") {
  const Metrics metrics = measure({}, {}, 3);
  CHECK(metrics.accuracy == 0);
  CHECK(metrics.per_class.size() == 3);
  CHECK(metrics.confusion.size() == 9);
}

TEST_CASE("a class without samples counts in no mean") {
  const std::vector<float> logits = {1, 0, 0, 1, 0, 0};
  const Metrics metrics = measure(logits, std::vector<std::uint32_t>{0, 0}, 3);
  CHECK(metrics.balanced_accuracy == 1);
  CHECK(metrics.per_class[2].recall == 0);
}

TEST_CASE("probabilities that mean what they say have almost no calibration error, sharper ones have") {
  const Sample honest = calibrated_sample(20000, 4, 1);
  CHECK(measure(honest.logits, honest.truths, 4).calibration_error < 0.012);
  const Sample boastful = calibrated_sample(20000, 4, 3);
  CHECK(measure(boastful.logits, boastful.truths, 4).calibration_error > 0.1);
}

TEST_CASE("the fitted temperature is the one that the logits were made with") {
  for (const double temperature : {0.3, 1.0, 4.0}) {
    const Sample sample = calibrated_sample(20000, 5, temperature);
    CHECK(fit_temperature(sample.logits, sample.truths, 5) == doctest::Approx(temperature).epsilon(0.05));
  }
}

TEST_CASE("the fitted temperature makes the log loss least") {
  const Sample sample = calibrated_sample(3000, 3, 2.5);
  const auto loss_at = [&](double temperature) {
    std::vector<float> logits = sample.logits;
    for (float& logit : logits) logit /= static_cast<float>(temperature);
    return measure(logits, sample.truths, 3).log_loss;
  };
  const double best = fit_temperature(sample.logits, sample.truths, 3);
  CHECK(loss_at(best) < loss_at(best * 1.1));
  CHECK(loss_at(best) < loss_at(best / 1.1));
}

TEST_CASE("samples that are all told right do not make a head certain") {
  std::vector<float> logits;
  std::vector<std::uint32_t> truths;
  for (std::uint32_t i = 0; i < 10; ++i) {
    logits.insert(logits.end(), {i % 2 == 0 ? 1.0F : 0.0F, i % 2 == 0 ? 0.0F : 1.0F});
    truths.push_back(i % 2);
  }
  // The target is 1 - 1/12 (Platt), so 1 / T = ln 11.
  CHECK(fit_temperature(logits, truths, 2) == doctest::Approx(1 / std::log(11.0)).epsilon(1e-6));
}

TEST_CASE("logits that say nothing, or the opposite, end at a finite temperature") {
  const std::vector<std::uint32_t> truths = {0, 1, 0, 1};
  CHECK(fit_temperature(std::vector<float>(8, 0.5F), truths, 2) == 1);
  CHECK(fit_temperature({}, {}, 2) == 1);
  const std::vector<float> wrong = {0, 1, 1, 0, 0, 1, 1, 0};
  const double temperature = fit_temperature(wrong, truths, 2);
  CHECK(std::isfinite(temperature));
  CHECK(temperature > 100);
}
