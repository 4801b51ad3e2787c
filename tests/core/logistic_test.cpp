#include "training/logistic/logistic_fit.h"

#include <doctest/doctest.h>

#include <cmath>

#include "support/samples.h"
#include "training/logistic/joint_descent.h"
#include "training/logistic/logistic_design.h"

using namespace headstart;
using namespace headstart::test;

namespace {

LogisticDesign prepared(std::span<const float> embeddings, std::size_t feature_count,
                        const ComputePool& pool) {
  Result<LogisticDesign> design = LogisticDesign::create(TrainingRows(embeddings, feature_count), pool);
  REQUIRE(design.ok());
  for (;;) {
    const Result<bool> ready = design.value().prepare();
    REQUIRE(ready.ok());
    if (ready.value()) return std::move(design).value();
  }
}

void descend(LogisticDesign& design, LogisticFit& fit, double tolerance) {
  JointDescent descent(design);
  descent.start({&fit}, {.tolerance = tolerance, .most_rounds = 500});
  for (;;) {
    const Result<bool> done = descent.step();
    REQUIRE(done.ok());
    if (done.value()) return;
  }
}

// The loss as its definition has it, in double precision, from weights over standardised features.
double loss_of(const LogisticDesign& design, std::span<const float> embeddings,
               std::span<const std::uint32_t> classes, std::span<const double> weights,
               std::span<const double> biases, double l2) {
  const std::size_t d = design.feature_count();
  const std::size_t class_count = biases.size();
  const Standardisation& by = design.standardisation();
  std::vector<double> counts(class_count);
  for (const std::uint32_t c : classes) counts[c] += 1;
  double loss = 0;
  for (std::size_t i = 0; i < classes.size(); ++i) {
    std::vector<double> z(biases.begin(), biases.end());
    double sum = 0;
    for (std::size_t c = 0; c < class_count; ++c) {
      for (std::size_t j = 0; j < d; ++j) {
        const double x = (static_cast<double>(embeddings[i * d + j]) - by.means[j]) * by.scales[j];
        z[c] += weights[c * d + j] * x;
      }
      sum += std::exp(z[c]);
    }
    loss += (std::log(sum) - z[classes[i]]) / (static_cast<double>(class_count) * counts[classes[i]]);
  }
  for (const double w : weights) loss += 0.5 * l2 * w * w;
  return loss;
}

struct Problem {
  SampleStore store;
  TrainingSetView set;
  ComputePool pool = ComputePool::create(1).value();

  explicit Problem(const Clouds& clouds) : store(cloud_store(clouds)), set(store.training_set()) {}

  [[nodiscard]] LogisticFit fit(const LogisticDesign& design, double l2) const {
    return LogisticFit({.design = &design,
                        .class_indices = set.class_indices,
                        .class_count = set.class_ids.size(),
                        .is_training = std::vector<std::uint8_t>(set.class_indices.size(), 1)},
                       l2, 10);
  }
};

}  // namespace

TEST_CASE("at the fitted weights every finite difference of the loss vanishes") {
  // Few samples, then more samples than features: both ways of multiplying.
  for (const std::size_t samples_per_class : {std::size_t{4}, std::size_t{40}}) {
    const Problem problem({.class_count = 3, .samples_per_class = samples_per_class, .feature_count = 24});
    LogisticDesign design = prepared(problem.set.embeddings, 24, problem.pool);
    CHECK(design.coordinates() == (samples_per_class == 4 ? Coordinates::kSamples : Coordinates::kFeatures));
    const double l2 = 1e-2;
    LogisticFit fit = problem.fit(design, l2);
    descend(design, fit, 1e-13);
    std::vector<double> weights = design.weights(fit.coordinates(), 3);
    std::vector<double> biases(fit.biases().begin(), fit.biases().end());
    const auto loss = [&] {
      return loss_of(design, problem.set.embeddings, problem.set.class_indices, weights, biases, l2);
    };
    CHECK(loss() == doctest::Approx(fit.loss()).epsilon(1e-6));
    for (std::size_t k = 0; k < weights.size() + biases.size(); k += 5) {
      double& value = k < weights.size() ? weights[k] : biases[k - weights.size()];
      const double at = value;
      constexpr double kStep = 1e-4;
      value = at + kStep;
      const double above = loss();
      value = at - kStep;
      const double below = loss();
      value = at;
      CHECK(std::abs(above - below) / (2 * kStep) < 2e-6);
    }
  }
}

TEST_CASE("residuals are the loss's gradient by the logits") {
  const Problem problem({.class_count = 4, .samples_per_class = 5, .feature_count = 40});
  LogisticDesign design = prepared(problem.set.embeddings, 40, problem.pool);
  LogisticFit fit = problem.fit(design, 1e-2);
  const std::size_t n = design.row_count();
  std::vector<double> logits(4 * n);
  Random random(9);
  for (double& logit : logits) logit = random.truncated_normal();
  // The coordinates stay 0, so the loss has no penalty and depends on the logits alone.
  const std::vector<double> point(4 * n + 4, 0.0);
  fit.start_at(point, logits);
  const std::vector<double> residuals(fit.residuals().begin(), fit.residuals().end());
  for (std::size_t k = 0; k < logits.size(); k += 3) {
    constexpr double kStep = 1e-5;
    std::vector<double> moved = logits;
    moved[k] = logits[k] + kStep;
    fit.start_at(point, moved);
    const double above = fit.loss();
    moved[k] = logits[k] - kStep;
    fit.start_at(point, moved);
    CHECK((above - fit.loss()) / (2 * kStep) == doctest::Approx(residuals[k]).epsilon(1e-6));
  }
}

TEST_CASE("two samples at +1 and -1 have the optimum that a pocket calculator gives") {
  // Over x~ = +1 and -1 the loss is ln(1 + exp(-2 w)) + l2 w^2 with w_0 = -w_1 = w, so l2 = 1 / (w (1 + exp(2
  // w))).
  const ComputePool pool = ComputePool::create(1).value();
  const std::vector<float> embeddings = {7, 3};
  const std::vector<std::uint32_t> classes = {0, 1};
  for (const bool in_features : {false, true}) {
    // A second copy of the samples does not change the optimum, but the way of multiplying.
    std::vector<float> x = embeddings;
    std::vector<std::uint32_t> y = classes;
    if (in_features) {
      x.insert(x.end(), {7, 3});
      y.insert(y.end(), {0, 1});
    } else {
      x = {7, 5, 3, 5};  // and a second feature that never changes
    }
    LogisticDesign design = prepared(x, in_features ? 1 : 2, pool);
    CHECK(design.standardisation().means[0] == 5);
    // Half of the mean variance is the constant feature's; so x~ = sqrt(2) / sqrt(1 + 1/2) of its deviation /
    // d.
    const double reach = (7 - 5) * design.standardisation().scales[0];
    const double w = 1;
    const double l2 = reach * reach / (w * (1 + std::exp(2 * w)));
    LogisticFit fit({.design = &design,
                     .class_indices = y,
                     .class_count = 2,
                     .is_training = std::vector<std::uint8_t>(y.size(), 1)},
                    l2, 10);
    descend(design, fit, 1e-14);
    CHECK(design.weights(fit.coordinates(), 2)[0] * reach == doctest::Approx(w).epsilon(1e-6));
    CHECK(std::abs(fit.biases()[0]) < 1e-9);
  }
}

TEST_CASE("in the span of the samples and over the features the same head comes out") {
  const Clouds clouds{.class_count = 3, .samples_per_class = 10, .feature_count = 30};
  const Problem problem(clouds);  // 30 samples of 30 features: in the span
  LogisticDesign in_span = prepared(problem.set.embeddings, 30, problem.pool);
  REQUIRE(in_span.coordinates() == Coordinates::kSamples);
  LogisticFit fit = problem.fit(in_span, 1e-3);
  descend(in_span, fit, 1e-12);
  const std::vector<double> expected = in_span.weights(fit.coordinates(), 3);

  // Each sample twice: more samples than features, the same weighted loss.
  std::vector<float> twice(problem.set.embeddings.begin(), problem.set.embeddings.end());
  twice.insert(twice.end(), problem.set.embeddings.begin(), problem.set.embeddings.end());
  std::vector<std::uint32_t> classes(problem.set.class_indices.begin(), problem.set.class_indices.end());
  classes.insert(classes.end(), problem.set.class_indices.begin(), problem.set.class_indices.end());
  LogisticDesign over_features = prepared(twice, 30, problem.pool);
  REQUIRE(over_features.coordinates() == Coordinates::kFeatures);
  LogisticFit other({.design = &over_features,
                     .class_indices = classes,
                     .class_count = 3,
                     .is_training = std::vector<std::uint8_t>(classes.size(), 1)},
                    1e-3, 10);
  descend(over_features, other, 1e-12);
  const std::vector<double> got = over_features.weights(other.coordinates(), 3);
  for (std::size_t k = 0; k < got.size(); ++k) CHECK(std::abs(got[k] - expected[k]) < 2e-4);
}

TEST_CASE("another strength from where a fit stands ends where a fresh fit does") {
  const Problem problem({.class_count = 3, .samples_per_class = 12, .feature_count = 64});
  LogisticDesign design = prepared(problem.set.embeddings, 64, problem.pool);
  LogisticFit path = problem.fit(design, 1e-1);
  descend(design, path, 1e-4);
  path.set_l2(1e-3);
  descend(design, path, 1e-12);
  LogisticFit fresh = problem.fit(design, 1e-3);
  descend(design, fresh, 1e-12);
  CHECK(path.loss() == doctest::Approx(fresh.loss()).epsilon(1e-7));
  for (std::size_t i = 0; i < design.row_count(); ++i)
    CHECK(std::abs(path.logit(i, 0) - fresh.logit(i, 0)) < 1e-3);
}

TEST_CASE("a held-out sample has no influence, not even through the others' weights") {
  const Problem problem({.class_count = 2, .samples_per_class = 8, .feature_count = 40});
  std::vector<float> embeddings(problem.set.embeddings.begin(), problem.set.embeddings.end());
  LogisticDesign design = prepared(embeddings, 40, problem.pool);
  LogisticFit::Problem task{.design = &design,
                            .class_indices = problem.set.class_indices,
                            .class_count = 2,
                            .is_training = std::vector<std::uint8_t>(16, 1)};
  task.is_training[3] = 0;
  LogisticFit fit(task, 1e-2, 10);
  descend(design, fit, 1e-12);
  CHECK(fit.coordinates()[3] == 0);
  CHECK(fit.coordinates()[16 + 3] == 0);
}

TEST_CASE("samples that are all the same are standardised to zero, not to infinity") {
  const ComputePool pool = ComputePool::create(1).value();
  const std::vector<float> same(6 * 5, 2.5F);
  LogisticDesign design = prepared(same, 5, pool);
  for (const double scale : design.standardisation().scales) CHECK(scale == 0);
}
