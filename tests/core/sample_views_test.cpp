#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "headstart/sample_store.h"

using namespace headstart;

namespace {

const std::vector<FeatureBlock> kBlocks = {{"blocks.16", 0, 1}, {"last", 1, 2}};

SampleId add(SampleStore& store, ClassId id, float value) {
  return store.add_sample(id, std::vector<float>(store.feature_count(), value)).value();
}

// Two views whose numbers are 10 and 20 above the sample's.
std::vector<float> two_views(float value) {
  return {value + 10, value + 10, value + 10, value + 20, value + 20, value + 20};
}

}  // namespace

TEST_CASE("a store of joined maps keeps whole rows and says what they are made of") {
  SampleStore store(kBlocks);
  CHECK(store.feature_count() == 3);
  add(store, store.add_class("rock"), 1);
  const TrainingSetView set = store.training_set();
  REQUIRE(set.blocks.size() == 2);
  CHECK(set.blocks[1].map == "last");
  CHECK(set.view_count == 0);
}

TEST_CASE("views follow their samples through moves, removals and growth without being copied") {
  SampleStore store(kBlocks);
  const ClassId rock = store.add_class("rock");
  const ClassId paper = store.add_class("paper");
  std::vector<SampleId> ids;
  std::vector<const float*> places;
  for (int i = 0; i < 200; ++i) {
    ids.push_back(add(store, i % 2 == 0 ? rock : paper, static_cast<float>(i)));
    REQUIRE(store.set_views(ids.back(), two_views(static_cast<float>(i))).ok());
    places.push_back(store.views_of(ids.back()).value().data());
  }
  REQUIRE(store.remove_sample(ids[0]).ok());
  REQUIRE(store.remove_sample(ids[120]).ok());
  REQUIRE(store.move_sample(ids[5], rock).ok());
  const TrainingSetView set = store.training_set();
  REQUIRE(set.view_count == 2);
  REQUIRE(set.views.size() == 198);
  for (std::size_t row = 0; row < set.views.size(); ++row) {
    const float value = set.embeddings[row * 3];
    CHECK(set.views[row][0] == value + 10);
    CHECK(set.views[row][5] == value + 20);
    CHECK(set.views[row].data() == places[static_cast<std::size_t>(value)]);
  }
}

TEST_CASE("a training set has views only when every sample of it has its own") {
  SampleStore store(kBlocks);
  const ClassId rock = store.add_class("rock");
  const ClassId paper = store.add_class("paper");
  const SampleId first = add(store, rock, 1);
  const SampleId second = add(store, paper, 2);
  CHECK(store.missing_views() == std::vector<SampleId>{first, second});
  REQUIRE(store.set_views(first, two_views(1)).ok());
  CHECK(store.missing_views() == std::vector<SampleId>{second});
  CHECK(store.training_set().view_count == 0);
  REQUIRE(store.set_class_enabled(paper, false).ok());
  CHECK(store.missing_views().empty());
  CHECK(store.training_set().view_count == 2);
}

TEST_CASE("views of another number, length or with numbers that are not finite are refused") {
  SampleStore store(kBlocks);
  const SampleId sample = add(store, store.add_class("rock"), 1);
  CHECK_FALSE(store.set_views(sample, {}).ok());
  CHECK_FALSE(store.set_views(sample, std::vector<float>(4)).ok());
  CHECK_FALSE(store.set_views(sample, std::vector<float>(6, std::numeric_limits<float>::infinity())).ok());
  CHECK_FALSE(store.set_views(SampleId{9}, two_views(1)).ok());
  CHECK(store.view_count() == 0);
  REQUIRE(store.set_views(sample, two_views(1)).ok());
  const Status fewer = store.set_views(sample, std::vector<float>(3));
  REQUIRE_FALSE(fewer.ok());
  CHECK(fewer.error().message == "expected 2 views of 3 features each, got 3 numbers");
  CHECK(store.views_of(sample).value()[0] == 11);
}

TEST_CASE("views count in the store's memory and go with the sample") {
  SampleStore store(kBlocks);
  const ClassId rock = store.add_class("rock");
  const SampleId first = add(store, rock, 1);
  const SampleId second = add(store, rock, 2);
  const std::size_t before = store.memory_bytes();
  const std::uint64_t revision = store.revision();
  REQUIRE(store.set_views(first, two_views(1)).ok());
  REQUIRE(store.set_views(second, two_views(2)).ok());
  CHECK(store.revision() == revision);
  CHECK(store.view_bytes() == 2 * 6 * sizeof(float));
  CHECK(store.memory_bytes() == before + store.view_bytes());
  REQUIRE(store.remove_sample(first).ok());
  CHECK(store.view_bytes() == 6 * sizeof(float));
  CHECK_FALSE(store.views_of(second).value().empty());
}
