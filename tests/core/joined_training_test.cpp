// Training on joined maps, with views and with a second, mirrored look.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include "headstart/views.h"
#include "support/samples.h"

using namespace headstart;
using namespace headstart::test;

namespace {

constexpr std::size_t kEarly = 12;  // features of blocks.14
constexpr std::size_t kLast = 20;

// What a test wants different of the samples below.
struct Joined {
  Clouds clouds = {.class_count = 3, .samples_per_class = 12, .feature_count = kEarly + kLast};
  float early_scale = 1;  // of the numbers of blocks.14
  std::size_t view_count = 0;
  double view_spread = 0.1;  // of views around their sample
  bool has_meaning = true;   // false: classes are dealt at random
};

SampleStore joined_store(const Joined& joined) {
  SampleStore store({{"blocks.14", 0, kEarly}, {"last", kEarly, kLast}});
  const std::vector<double> centres = cloud_centres(joined.clouds);
  Random random(joined.clouds.seed + 1);
  Random view_random(joined.clouds.seed + 2);
  std::vector<ClassId> classes;
  for (std::size_t c = 0; c < joined.clouds.class_count; ++c) {
    classes.push_back(store.add_class("class " + std::to_string(c)));
  }
  for (std::size_t i = 0; i < joined.clouds.class_count * joined.clouds.samples_per_class; ++i) {
    const std::size_t c = i % joined.clouds.class_count;
    std::vector<float> row = draw_sample(joined.clouds, centres, joined.has_meaning ? c : 0, random);
    std::vector<float> views;
    for (std::size_t view = 0; view < joined.view_count; ++view) {
      for (const float value : row) {
        views.push_back(value + static_cast<float>(joined.view_spread * view_random.truncated_normal()));
      }
    }
    const auto scale = [&](std::vector<float>& rows) {
      for (std::size_t k = 0; k < rows.size(); ++k) {
        if (k % (kEarly + kLast) < kEarly) rows[k] *= joined.early_scale;
      }
    };
    scale(row);
    scale(views);
    const SampleId id = store.add_sample(classes[c], row).value();
    if (joined.view_count > 0) REQUIRE(store.set_views(id, views).ok());
  }
  return store;
}

struct Trained {
  Head head;
  TrainReport report;
};

Trained trained(SampleStore& store, const TrainOptions& options) {
  const ComputePool pool = ComputePool::create(1).value();
  const Result<Trainer> trainer = train(store, options, pool);
  if (!trainer.ok()) MESSAGE(trainer.error().message);
  REQUIRE(trainer.ok());
  return {trainer.value().head(), trainer.value().report()};
}

Error refusal(SampleStore& store, const TrainOptions& options) {
  const ComputePool pool = ComputePool::create(1).value();
  const Result<Trainer> trainer = train(store, options, pool);
  REQUIRE_FALSE(trainer.ok());
  CHECK(trainer.error().code == ErrorCode::kBadArgument);
  return trainer.error();
}

const FeatureSet kBoth = {"blocks.14", "last"};
constexpr HeadKind kLinearKinds[] = {HeadKind::kLogistic, HeadKind::kNearestMean, HeadKind::kDiscriminant};

double largest_difference(std::span<const float> left, std::span<const float> right) {
  REQUIRE(left.size() == right.size());
  double most = 0;
  for (std::size_t k = 0; k < left.size(); ++k) {
    most = std::max(most, std::abs(static_cast<double>(left[k]) - static_cast<double>(right[k])));
  }
  return most;
}

}  // namespace

TEST_CASE("a head on the embedding alone is the same to the bit, whatever else the rows hold") {
  SampleStore store = joined_store({});
  SampleStore narrow(kLast);
  std::vector<ClassId> classes;
  for (const ClassInfo& info : store.classes()) classes.push_back(narrow.add_class(info.name));
  const TrainingSetView set = store.training_set();
  for (std::size_t i = 0; i < set.class_indices.size(); ++i) {
    const auto row = set.embeddings.subspan(i * set.feature_count + kEarly, kLast);
    REQUIRE(narrow.add_sample(classes[set.class_indices[i]], row).ok());
  }
  for (const HeadKind kind :
       {HeadKind::kLogistic, HeadKind::kNearestMean, HeadKind::kDiscriminant, HeadKind::kMlp}) {
    const Head wide_head = trained(store, {.head = kind}).head;
    const Head narrow_head = trained(narrow, {.head = kind}).head;
    CHECK(wide_head.weights == narrow_head.weights);
    CHECK(wide_head.biases == narrow_head.biases);
    CHECK(wide_head.features == FeatureSet{"last"});
  }
  const Head wide_means = nearest_mean_head(store.training_set(), store.classes()).value();
  CHECK(wide_means.weights == nearest_mean_head(narrow.training_set(), narrow.classes()).value().weights);
}

TEST_CASE("joined maps have the same say whatever the size of their numbers, and the scaling is folded in") {
  SampleStore even = joined_store({});
  SampleStore uneven = joined_store({.early_scale = 1024});
  for (const HeadKind kind : kLinearKinds) {
    CAPTURE(static_cast<int>(kind));
    const Trained plain = trained(even, {.head = kind, .features = kBoth});
    const Trained scaled = trained(uneven, {.head = kind, .features = kBoth});
    CHECK(plain.head.features == kBoth);
    CHECK(plain.report.features == kBoth);
    REQUIRE(plain.head.feature_count == kEarly + kLast);
    std::vector<float> unscaled = scaled.head.weights;
    // Where lengths are divided out the weights are the same at once.
    const float scale = scaled.head.transform == FeatureTransform::kNone ? 1024 : 1;
    for (std::size_t k = 0; k < unscaled.size(); ++k) {
      if (k % (kEarly + kLast) < kEarly) unscaled[k] *= scale;
    }
    CHECK(largest_difference(plain.head.weights, unscaled) < 1e-4);
    CHECK(plain.report.held_out_predictions == scaled.report.held_out_predictions);
  }
  const auto instant = nearest_mean_head(uneven.training_set(), uneven.classes(), kBoth);
  REQUIRE(instant.ok());
  const Head stepwise = trained(uneven, {.head = HeadKind::kNearestMean, .features = kBoth}).head;
  CHECK(largest_difference(instant.value().weights, stepwise.weights) < 1e-6);
}

TEST_CASE("maps are joined in the order in which they are named") {
  SampleStore store = joined_store({});
  const Head forwards = trained(store, {.features = {"blocks.14", "last"}}).head;
  const Head backwards = trained(store, {.features = {"last", "blocks.14"}}).head;
  for (std::size_t j = 0; j < kEarly; ++j) {
    CHECK(std::abs(forwards.weights[j] - backwards.weights[kLast + j]) < 1e-4F);
  }
}

TEST_CASE("a map that tells what the last one does not makes the joined head better") {
  SampleStore store({{"blocks.14", 0, 1}, {"last", 1, 4}});
  Random random(5);
  for (int c = 0; c < 2; ++c) {
    const ClassId id = store.add_class("class");
    for (int i = 0; i < 20; ++i) {
      std::vector<float> row = {static_cast<float>(c + 0.1 * random.truncated_normal())};
      for (int j = 0; j < 4; ++j) row.push_back(static_cast<float>(random.truncated_normal()));
      REQUIRE(store.add_sample(id, row).ok());
    }
  }
  CHECK(trained(store, {}).report.metrics.accuracy < 0.8);
  CHECK(trained(store, {.features = {"blocks.14", "last"}}).report.metrics.accuracy == 1);
  CHECK(trained(store, {.head = HeadKind::kMlp, .features = {"blocks.14"}}).report.metrics.accuracy == 1);
}

TEST_CASE("all views of a picture stay on one side: meaningless labels are told at chance") {
  const Clouds clouds{.class_count = 2, .samples_per_class = 60, .feature_count = kEarly + kLast};
  SampleStore store =
      joined_store({.clouds = clouds, .view_count = 5, .view_spread = 0.01, .has_meaning = false});
  for (const HeadKind kind : kLinearKinds) {
    CAPTURE(static_cast<int>(kind));
    const TrainReport report = trained(store, {.head = kind, .views = ViewUse::kAll}).report;
    CHECK(report.view_count == 5);
    CHECK(report.metrics.sample_count == 120);
    CHECK(report.metrics.accuracy > 0.3);
    CHECK(report.metrics.accuracy < 0.7);
    CHECK(report.metrics.log_loss > 0.6);
  }
}

TEST_CASE("views that repeat their picture change nothing: they share its weight") {
  SampleStore without = joined_store({});
  SampleStore with = joined_store({.view_count = 3, .view_spread = 0});
  for (const HeadKind kind : kLinearKinds) {
    CAPTURE(static_cast<int>(kind));
    // At one strength: the usual ones with and without views differ.
    const Trained plain = trained(without, {.head = kind, .features = kBoth, .l2 = 1e-3});
    const Trained viewed =
        trained(with, {.head = kind, .features = kBoth, .views = ViewUse::kAll, .l2 = 1e-3});
    CHECK(largest_difference(plain.head.weights, viewed.head.weights) < 2e-3);
    CHECK(viewed.report.metrics.log_loss == doctest::Approx(plain.report.metrics.log_loss).epsilon(1e-3));
  }
}

TEST_CASE("training without the mirror leaves out every view that mirrors") {
  const std::size_t view_count = views().size();
  SampleStore store = joined_store({.view_count = view_count});
  const auto mirrored = static_cast<std::size_t>(
      std::ranges::count_if(views(), [](const ViewRecipe& recipe) { return recipe.mirror == Mirror::kYes; }));
  REQUIRE(mirrored > 0);
  const Trained all = trained(store, {.views = ViewUse::kAll});
  const Trained upright = trained(store, {.views = ViewUse::kWithoutMirror});
  CHECK(all.report.view_count == view_count);
  CHECK(upright.report.view_count == view_count - mirrored);
  // Where only mirrored views are spoilt, a head without them does not notice.
  const TrainingSetView set = store.training_set();
  for (std::size_t i = 0; i < set.sample_ids.size(); ++i) {
    std::vector<float> rows(set.views[i].begin(), set.views[i].end());
    for (std::size_t k = 0; k < rows.size(); ++k) {
      if (views()[k / set.feature_count].mirror == Mirror::kYes) rows[k] = 50;
    }
    REQUIRE(store.set_views(set.sample_ids[i], rows).ok());
  }
  CHECK(trained(store, {.views = ViewUse::kWithoutMirror}).head.weights == upright.head.weights);
  CHECK(trained(store, {.views = ViewUse::kAll}).head.weights != all.head.weights);
}

TEST_CASE("with a second look a picture is measured on the mean of itself and its mirror image") {
  // Mirror images whose noise is just opposite: the mean of the two is the centre of their class.
  const Clouds clouds{
      .class_count = 3, .samples_per_class = 12, .feature_count = kEarly + kLast, .spread = 3};
  SampleStore store = joined_store({.clouds = clouds});
  const std::vector<double> centres = cloud_centres(clouds);
  const TrainingSetView set = store.training_set();
  for (std::size_t i = 0; i < set.sample_ids.size(); ++i) {
    std::vector<float> mirror(set.feature_count);
    for (std::size_t j = 0; j < mirror.size(); ++j) {
      const double centre = 3 + centres[set.class_indices[i] * set.feature_count + j];
      mirror[j] = static_cast<float>(2 * centre) - set.embeddings[i * set.feature_count + j];
    }
    REQUIRE(store.set_views(set.sample_ids[i], mirror).ok());
  }
  for (const HeadKind kind : kLinearKinds) {
    CAPTURE(static_cast<int>(kind));
    TrainOptions options{.head = kind, .features = kBoth, .views = ViewUse::kAll, .l2 = 1e-2};
    const Trained once = trained(store, options);
    options.second_look = SecondLook::kMirrored;
    const Trained twice = trained(store, options);
    CHECK(twice.head.second_look == SecondLook::kMirrored);
    CHECK(twice.report.second_look == SecondLook::kMirrored);
    CHECK(twice.report.held_out_log_losses != once.report.held_out_log_losses);
    CHECK(once.report.metrics.accuracy < 1);
    CHECK(twice.report.metrics.accuracy == 1);
    CHECK(twice.report.metrics.log_loss < 0.5 * once.report.metrics.log_loss);
    // What is learnt is the same up to the temperature, which fits what is measured.
    const float ratio = twice.head.weights[0] / once.head.weights[0];
    for (std::size_t k = 0; k < once.head.weights.size(); ++k) {
      CHECK(std::abs(twice.head.weights[k] - once.head.weights[k] * ratio) < 1e-4F);
    }
  }
}

TEST_CASE("the report gives the loss and the logits of every picture that was held out") {
  SampleStore store = joined_store({.view_count = 1});
  for (const HeadKind kind :
       {HeadKind::kLogistic, HeadKind::kNearestMean, HeadKind::kDiscriminant, HeadKind::kMlp}) {
    const TrainReport report = trained(store, {.head = kind}).report;
    REQUIRE(report.held_out_log_losses.size() == report.held_out_rows.size());
    REQUIRE(report.held_out_logits.size() == 3 * report.held_out_rows.size());
    double sum = 0;
    for (std::size_t k = 0; k < report.held_out_rows.size(); ++k) {
      sum += report.held_out_log_losses[k];
      CHECK(std::exp(-report.held_out_log_losses[k]) ==
            doctest::Approx(static_cast<double>(report.held_out_probabilities[k])).epsilon(1e-5));
      const auto logits = std::span(report.held_out_logits).subspan(3 * k, 3);
      const auto best = std::ranges::max_element(logits) - logits.begin();
      CHECK(static_cast<std::uint32_t>(best) == report.held_out_predictions[k]);
    }
    CHECK(sum / static_cast<double>(report.held_out_rows.size()) == doctest::Approx(report.metrics.log_loss));
  }
}

TEST_CASE("with more rows than features the weights are the coordinates, with the same result") {
  const Clouds clouds{.class_count = 3, .samples_per_class = 10, .feature_count = kEarly + kLast};
  SampleStore few = joined_store({.clouds = clouds, .view_spread = 0});
  SampleStore many = joined_store({.clouds = clouds, .view_count = 2, .view_spread = 0});
  const TrainOptions fixed{.features = kBoth, .l2 = 1e-3};
  TrainOptions viewed = fixed;
  viewed.views = ViewUse::kAll;
  CHECK(largest_difference(trained(few, fixed).head.weights, trained(many, viewed).head.weights) < 2e-3);
}

TEST_CASE("features and views that are not there are refused before training starts") {
  SampleStore bare = joined_store({});
  SampleStore viewed = joined_store({.view_count = 2});
  CHECK(refusal(bare, {.features = {"blocks.3"}}).message.find("blocks.3") != std::string::npos);
  refusal(bare, {.features = {}});
  CHECK(refusal(bare, {.views = ViewUse::kAll}).message.find("views") != std::string::npos);
  refusal(viewed, {.second_look = SecondLook::kMirrored});
  refusal(viewed, {.views = ViewUse::kWithoutMirror, .second_look = SecondLook::kMirrored});
  refusal(viewed, {.head = HeadKind::kMlp, .views = ViewUse::kAll});
  CHECK_FALSE(nearest_mean_head(bare.training_set(), bare.classes(), {"blocks.3"}).ok());
}
