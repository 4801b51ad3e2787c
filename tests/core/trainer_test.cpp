#include "headstart/trainer.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "support/samples.h"

using namespace headstart;
using namespace headstart::test;

namespace {

ComputePool one_thread() {
  return ComputePool::create(1).value();
}

double largest_difference(const Head& left, const Head& right, SampleStore& store) {
  const TrainingSetView set = store.training_set();
  std::vector<float> p(left.class_count());
  std::vector<float> q(right.class_count());
  double largest = 0;
  for (std::size_t i = 0; i < set.sample_ids.size(); ++i) {
    const auto row = set.embeddings.subspan(i * set.feature_count, set.feature_count);
    REQUIRE(head_probabilities(left, row, p).ok());
    REQUIRE(head_probabilities(right, row, q).ok());
    for (std::size_t c = 0; c < p.size(); ++c) {
      largest = std::max(largest, std::abs(static_cast<double>(p[c]) - static_cast<double>(q[c])));
    }
  }
  return largest;
}

}  // namespace

TEST_CASE("every kind of head learns clouds that are far apart, and its report agrees with fresh samples") {
  const ComputePool pool = one_thread();
  const Clouds clouds{.class_count = 4, .samples_per_class = 20, .feature_count = 64};
  SampleStore store = cloud_store(clouds);
  for (const HeadKind kind :
       {HeadKind::kLogistic, HeadKind::kNearestMean, HeadKind::kDiscriminant, HeadKind::kMlp}) {
    const Result<Trainer> trainer = train(store, {.head = kind}, pool);
    REQUIRE(trainer.ok());
    const TrainReport& report = trainer.value().report();
    CHECK(report.measured);
    CHECK(report.metrics.accuracy > 0.95);
    CHECK(fresh_accuracy(trainer.value().head(), clouds) > 0.95);
    CHECK(trainer.value().head().labels[2] == "class 2");
    CHECK(report.class_ids.size() == 4);
    CHECK(report.held_out_rows.size() == report.metrics.sample_count);
    CHECK(report.held_out_ids.size() == report.metrics.sample_count);
    CHECK(std::is_sorted(report.held_out_rows.begin(), report.held_out_rows.end()));
    CHECK(report.evaluation_count > 0);
  }
}

TEST_CASE("where clouds overlap, the out-of-fold accuracy is that of fresh samples") {
  const ComputePool pool = one_thread();
  const Clouds clouds{.class_count = 3, .samples_per_class = 60, .feature_count = 400, .spread = 6};
  SampleStore store = cloud_store(clouds);
  for (const HeadKind kind : {HeadKind::kLogistic, HeadKind::kNearestMean, HeadKind::kDiscriminant}) {
    const Result<Trainer> trainer = train(store, {.head = kind}, pool);
    REQUIRE(trainer.ok());
    const Metrics& metrics = trainer.value().report().metrics;
    const double fresh = fresh_accuracy(trainer.value().head(), clouds, 400);
    CHECK(metrics.accuracy_low - 0.02 < fresh);
    CHECK(fresh < metrics.accuracy_high + 0.04);
    CHECK(fresh < 0.99);
    CHECK(metrics.calibration_error < 0.12);
  }
}

TEST_CASE("labels that mean nothing are predicted at chance") {
  const ComputePool pool = one_thread();
  const Clouds clouds{.class_count = 1, .samples_per_class = 200, .feature_count = 500};
  constexpr std::uint64_t kDraws = 8;
  for (const HeadKind kind : {HeadKind::kLogistic, HeadKind::kDiscriminant}) {
    CAPTURE(static_cast<int>(kind));
    double accuracy = 0;
    for (std::uint64_t draw = 0; draw < kDraws; ++draw) {
      SampleStore store = cloud_store(clouds);
      const ClassId other = store.add_class("other");
      Random random(5 + draw);
      const std::vector<SampleId> ids = store.samples_of(store.classes()[0].id).value();
      for (const SampleId id : ids) {
        if (random.below(2) == 1) REQUIRE(store.move_sample(id, other).ok());
      }
      const Result<Trainer> trainer = train(store, {.head = kind}, pool);
      REQUIRE(trainer.ok());
      const Metrics& metrics = trainer.value().report().metrics;
      accuracy += metrics.accuracy / kDraws;
      CHECK(metrics.accuracy > 0.36);
      CHECK(metrics.accuracy < 0.64);
      CHECK(metrics.log_loss < 0.75);  // ln 2 = 0.69: it knows that it does not know
    }
    CHECK(std::abs(accuracy - 0.5) < 0.05);
  }
}

TEST_CASE("the same samples, options and seed give the same head, bit for bit") {
  const ComputePool pool = one_thread();
  SampleStore store = cloud_store({.samples_per_class = 15, .feature_count = 40, .spread = 3});
  for (const HeadKind kind :
       {HeadKind::kLogistic, HeadKind::kNearestMean, HeadKind::kDiscriminant, HeadKind::kMlp}) {
    const TrainOptions options{.head = kind, .seed = 42, .epoch_count = 5};
    const Result<Trainer> first = train(store, options, pool);
    const Result<Trainer> second = train(store, options, pool);
    CHECK(first.value().head().weights == second.value().head().weights);
    CHECK(first.value().head().biases == second.value().head().biases);
    CHECK(first.value().head().seed == "42");
  }
}

TEST_CASE("every build agrees on a head's probabilities to 1e-4") {
  // Written down from the native build; WebAssembly runs this test too.
  const ComputePool pool = one_thread();
  struct Expectation {
    HeadKind head;
    std::size_t samples_per_class;
    double probabilities[6];
  };
  const Expectation expectations[] = {
      {HeadKind::kLogistic, 20, {0.990618, 0.012805, 0.016723, 0.929754, 0.044511, 0.831615}},
      {HeadKind::kLogistic, 150, {0.999920, 0.000005, 0.000001, 0.998626, 0.000047, 0.162192}},
      {HeadKind::kNearestMean, 20, {0.993297, 0.006427, 0.024176, 0.778170, 0.035776, 0.785427}},
      {HeadKind::kMlp, 20, {0.977103, 0.014722, 0.008103, 0.341192, 0.962996, 0.931389}},
  };
  for (const Expectation& expected : expectations) {
    const Clouds clouds{
        .class_count = 3, .samples_per_class = expected.samples_per_class, .feature_count = 200, .spread = 5};
    SampleStore store = cloud_store(clouds);
    TrainOptions options{.head = expected.head};
    if (expected.head == HeadKind::kLogistic) options.l2 = 1e-3;
    const Result<Trainer> trainer = train(store, options, pool);
    REQUIRE(trainer.ok());
    const std::vector<double> centres = cloud_centres(clouds);
    Random random(99);
    for (std::size_t i = 0; i < 6; ++i) {
      std::vector<float> p(3);
      REQUIRE(
          head_probabilities(trainer.value().head(), draw_sample(clouds, centres, i % 3, random), p).ok());
      CHECK(std::abs(static_cast<double>(p[0]) - expected.probabilities[i]) < 1e-4);
    }
  }
}

TEST_CASE("removing and adding other samples in between does not change the head") {
  const ComputePool pool = one_thread();
  const Clouds clouds{.class_count = 2, .samples_per_class = 10, .feature_count = 32, .spread = 2};
  SampleStore plain = cloud_store(clouds);
  SampleStore edited = cloud_store(clouds);
  const ClassId extra = edited.add_class("extra");
  const std::vector<float> noise(32, 9.0F);
  const SampleId first = edited.add_sample(extra, noise).value();
  const SampleId second = edited.add_sample(extra, noise).value();
  REQUIRE(edited.remove_sample(first).ok());
  REQUIRE(edited.remove_sample(second).ok());
  REQUIRE(edited.remove_class(extra).ok());
  CHECK(train(plain, {}, pool).value().head().weights == train(edited, {}, pool).value().head().weights);
}

TEST_CASE("progress never falls and ends at one") {
  const ComputePool pool = one_thread();
  SampleStore store = cloud_store({.samples_per_class = 30, .feature_count = 200, .spread = 4});
  for (const HeadKind kind :
       {HeadKind::kLogistic, HeadKind::kNearestMean, HeadKind::kDiscriminant, HeadKind::kMlp}) {
    Result<Trainer> trainer =
        Trainer::start(store.training_set(), store.classes(), {.head = kind, .epoch_count = 3}, pool);
    REQUIRE(trainer.ok());
    double last = 0;
    std::size_t step_count = 0;
    for (TrainProgress progress; !progress.done;) {
      progress = trainer.value().step().value();
      CHECK(progress.fraction >= last);
      last = progress.fraction;
      REQUIRE(++step_count < 100000);
    }
    CHECK(last == 1);
  }
}

TEST_CASE("training with too few classes says which class needs what") {
  const ComputePool pool = one_thread();
  const std::vector<float> sample(4, 1.0F);
  SampleStore store(4);
  const auto message = [&] {
    const auto trainer = Trainer::start(store.training_set(), store.classes(), {}, pool);
    REQUIRE_FALSE(trainer.ok());
    CHECK(trainer.error().code == ErrorCode::kTooFewSamples);
    const auto instant = nearest_mean_head(store.training_set(), store.classes());
    REQUIRE_FALSE(instant.ok());
    CHECK(instant.error().message == trainer.error().message);
    return trainer.error().message;
  };
  CHECK(message() == "training needs pictures in at least two classes, there are none yet");
  const ClassId rock = store.add_class("rock");
  (void)store.add_sample(rock, sample);
  CHECK(message() ==
        "training needs pictures in at least two classes, only \"rock\" has some: add another class");
  const ClassId paper = store.add_class("paper");
  CHECK(message() ==
        "training needs pictures in at least two classes, only \"rock\" has some: record some for \"paper\"");
  (void)store.add_sample(paper, sample);
  REQUIRE(store.set_class_enabled(paper, false).ok());
  CHECK(message() ==
        "training needs pictures in at least two classes, only \"rock\" has some: switch another class on");
}

TEST_CASE("one sample per class gives a head that knows them, and says why nothing was measured") {
  const ComputePool pool = one_thread();
  const Clouds clouds{.class_count = 3, .samples_per_class = 1, .feature_count = 50};
  SampleStore store = cloud_store(clouds);
  for (const HeadKind kind : {HeadKind::kLogistic, HeadKind::kNearestMean, HeadKind::kDiscriminant}) {
    const Result<Trainer> trainer = train(store, {.head = kind}, pool);
    REQUIRE(trainer.ok());
    CHECK_FALSE(trainer.value().report().measured);
    CHECK(trainer.value().report().why_not_measured.find("two pictures") != std::string::npos);
    CHECK(fresh_accuracy(trainer.value().head(), clouds) > 0.8);
  }
  const Result<Trainer> mlp = train(store, {.head = HeadKind::kMlp}, pool);
  REQUIRE_FALSE(mlp.ok());
  CHECK(mlp.error().code == ErrorCode::kTooFewSamples);
}

TEST_CASE("a class of one sample among larger ones is learnt and never measured") {
  const ComputePool pool = one_thread();
  const Clouds clouds{.class_count = 2, .samples_per_class = 10, .feature_count = 40};
  SampleStore store = cloud_store(clouds);
  const ClassId lone = store.add_class("lone");
  (void)store.add_sample(lone, std::vector<float>(40, -5.0F));
  const Result<Trainer> trainer = train(store, {}, pool);
  REQUIRE(trainer.ok());
  CHECK(trainer.value().report().metrics.sample_count == 20);
  CHECK(trainer.value().report().metrics.per_class[2].sample_count == 0);
  std::vector<float> p(3);
  REQUIRE(head_probabilities(trainer.value().head(), std::vector<float>(40, -5.0F), p).ok());
  CHECK(p[2] > 0.5F);
}

TEST_CASE("an empty class is left out and the report says so") {
  const ComputePool pool = one_thread();
  SampleStore store = cloud_store({.class_count = 2, .samples_per_class = 5});
  const ClassId empty = store.add_class("empty");
  const Result<Trainer> trainer = train(store, {}, pool);
  REQUIRE(trainer.ok());
  CHECK(trainer.value().head().labels.size() == 2);
  CHECK(trainer.value().report().left_out == std::vector{empty});
}

TEST_CASE("samples that are all the same give a head that cannot tell") {
  const ComputePool pool = one_thread();
  SampleStore store(8);
  for (const char* name : {"a", "b", "c"}) {
    const ClassId id = store.add_class(name);
    for (int i = 0; i < 6; ++i) (void)store.add_sample(id, std::vector<float>(8, 1.5F));
  }
  for (const HeadKind kind :
       {HeadKind::kLogistic, HeadKind::kNearestMean, HeadKind::kDiscriminant, HeadKind::kMlp}) {
    const Result<Trainer> trainer = train(store, {.head = kind}, pool);
    REQUIRE(trainer.ok());
    std::vector<float> p(3);
    REQUIRE(head_probabilities(trainer.value().head(), std::vector<float>(8, 1.5F), p).ok());
    for (const float value : p)
      CHECK(value == doctest::Approx(1.0 / 3).epsilon(kind == HeadKind::kMlp ? 0.3 : 1e-3));
  }
}

TEST_CASE("200 classes can be trained") {
  const ComputePool pool = one_thread();
  const Clouds clouds{.class_count = 200, .samples_per_class = 3, .feature_count = 64};
  SampleStore store = cloud_store(clouds);
  const Result<Trainer> trainer = train(store, {}, pool);
  REQUIRE(trainer.ok());
  CHECK(fresh_accuracy(trainer.value().head(), clouds, 2) > 0.85);
  CHECK(trainer.value().report().metrics.accuracy > 0.6);
}

TEST_CASE("many more samples than features can be trained") {
  const ComputePool pool = one_thread();
  const Clouds clouds{.class_count = 5, .samples_per_class = 4000, .feature_count = 32, .spread = 2};
  SampleStore store = cloud_store(clouds);
  const Result<Trainer> trainer = train(store, {}, pool);
  REQUIRE(trainer.ok());
  const Metrics& metrics = trainer.value().report().metrics;
  CHECK(metrics.sample_count == 20000);
  CHECK(std::abs(metrics.accuracy - fresh_accuracy(trainer.value().head(), clouds, 2000)) < 0.02);
  CHECK(metrics.calibration_error < 0.02);
}

TEST_CASE("rare and frequent classes weigh the same") {
  const ComputePool pool = one_thread();
  const Clouds clouds{.class_count = 2, .samples_per_class = 100, .feature_count = 20, .spread = 3};
  SampleStore store = cloud_store(clouds);
  const std::vector<SampleId> second = store.samples_of(store.classes()[1].id).value();
  for (std::size_t i = 15; i < second.size(); ++i) REQUIRE(store.remove_sample(second[i]).ok());
  const Result<Trainer> trainer = train(store, {}, pool);
  REQUIRE(trainer.ok());
  const Metrics& metrics = trainer.value().report().metrics;
  CHECK(std::abs(metrics.per_class[0].recall - metrics.per_class[1].recall) < 0.3);
}

TEST_CASE("a given strength is used, and measured with it") {
  const ComputePool pool = one_thread();
  SampleStore store = cloud_store({.samples_per_class = 10, .spread = 2});
  const Result<Trainer> trainer = train(store, {.l2 = 0.05}, pool);
  REQUIRE(trainer.ok());
  CHECK(trainer.value().report().l2 == 0.05);
  CHECK(trainer.value().report().l2_candidates.size() == 1);
  CHECK(trainer.value().report().measured);
}

TEST_CASE("options outside their range are refused with the range") {
  const ComputePool pool = one_thread();
  SampleStore store = cloud_store({.samples_per_class = 2});
  const auto refused = [&](const TrainOptions& options) {
    const Result<Trainer> trainer = train(store, options, pool);
    return !trainer.ok() && trainer.error().code == ErrorCode::kBadArgument;
  };
  CHECK(refused({.l2 = -1.0}));
  CHECK(refused({.l2 = std::nan("")}));
  CHECK(refused({.temperature = 0.0}));
  CHECK(refused({.fold_count = 5000}));
  CHECK(refused({.head = HeadKind::kMlp, .hidden_count = 0}));
  CHECK(refused({.head = HeadKind::kMlp, .epoch_count = 0}));
  CHECK(refused({.head = HeadKind::kMlp, .batch_size = 0}));
  CHECK(refused({.head = HeadKind::kMlp, .learning_rate = 0}));
}

TEST_CASE("threads change a head by no more than rounding") {
  const ComputePool one = one_thread();
  const Result<ComputePool> two = ComputePool::create(2);
  if (!two) return;  // WebAssembly without threads
  SampleStore store = cloud_store({.samples_per_class = 30, .feature_count = 300, .spread = 4});
  const Head plain = train(store, {.l2 = 1e-3}, one).value().head();
  const Head threaded = train(store, {.l2 = 1e-3}, two.value()).value().head();
  CHECK(largest_difference(plain, threaded, store) < 1e-4);
}
