#include "headstart/sample_store.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

using namespace headstart;

namespace {

std::vector<float> filled(std::size_t feature_count, float value) {
  return std::vector<float>(feature_count, value);
}

SampleId add(SampleStore& store, ClassId id, float value) {
  const Result<SampleId> added = store.add_sample(id, filled(store.feature_count(), value));
  REQUIRE(added.ok());
  return added.value();
}

}  // namespace

TEST_CASE("a store gives back what was put in") {
  SampleStore store(3);
  const ClassId rock = store.add_class("rock");
  const SampleId sample = add(store, rock, 2.5F);
  REQUIRE(store.sample(sample).ok());
  CHECK(store.sample(sample).value()[2] == 2.5F);
  CHECK(store.class_of(sample).value() == rock);
  CHECK(store.classes().at(0).name == "rock");
  CHECK(store.classes().at(0).sample_count == 1);
  CHECK(store.memory_bytes() > 0);
}

TEST_CASE(
    "a sample of the wrong length, or with a number that is not finite, is refused and changes nothing") {
  SampleStore store(3);
  const ClassId rock = store.add_class("rock");
  const std::uint64_t revision = store.revision();
  const auto wrong_length = store.add_sample(rock, filled(4, 1));
  REQUIRE_FALSE(wrong_length.ok());
  CHECK(wrong_length.error().code == ErrorCode::kBadArgument);
  CHECK(wrong_length.error().message == "a sample has 3 features, got 4");
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    CHECK_FALSE(store.add_sample(rock, filled(3, bad)).ok());
  }
  CHECK(store.sample_count() == 0);
  CHECK(store.revision() == revision);
}

TEST_CASE("unknown ids are refused by every call") {
  SampleStore store(1);
  const ClassId rock = store.add_class("rock");
  const SampleId sample = add(store, rock, 1);
  REQUIRE(store.remove_sample(sample).ok());
  CHECK_FALSE(store.remove_sample(sample).ok());
  CHECK_FALSE(store.sample(sample).ok());
  CHECK_FALSE(store.sample(SampleId{77}).ok());
  CHECK_FALSE(store.move_sample(sample, rock).ok());
  CHECK_FALSE(store.restore_sample(SampleId{77}, rock).ok());
  CHECK_FALSE(store.rename_class(ClassId{9}, "x").ok());
  CHECK_FALSE(store.remove_class(ClassId{9}).ok());
  CHECK_FALSE(store.set_class_enabled(ClassId{9}, false).ok());
  CHECK_FALSE(store.move_class(ClassId{9}, 0).ok());
  CHECK_FALSE(store.move_class(rock, 1).ok());
  CHECK_FALSE(store.add_sample(ClassId{9}, filled(1, 1)).ok());
}

TEST_CASE("ids are never used again") {
  SampleStore store(1);
  const ClassId rock = store.add_class("rock");
  const SampleId first = add(store, rock, 1);
  REQUIRE(store.remove_sample(first).ok());
  CHECK(add(store, rock, 1) != first);
  REQUIRE(store.remove_class(rock).ok());
  CHECK(store.add_class("rock") != rock);
}

TEST_CASE("removing the last sample of a class keeps the class") {
  SampleStore store(1);
  const ClassId rock = store.add_class("rock");
  REQUIRE(store.remove_sample(add(store, rock, 1)).ok());
  REQUIRE(store.classes().size() == 1);
  CHECK(store.classes()[0].sample_count == 0);
  CHECK(store.training_set().class_ids.empty());
}

TEST_CASE("removing a class takes its samples along and leaves the others readable") {
  SampleStore store(2);
  const ClassId rock = store.add_class("rock");
  const ClassId paper = store.add_class("paper");
  std::vector<SampleId> papers;
  for (int i = 0; i < 20; ++i) {
    add(store, rock, -1);
    papers.push_back(add(store, paper, static_cast<float>(i)));
  }
  REQUIRE(store.remove_class(rock).ok());
  CHECK(store.sample_count() == 20);
  for (std::size_t i = 0; i < papers.size(); ++i)
    CHECK(store.sample(papers[i]).value()[1] == static_cast<float>(i));
  CHECK(store.samples_of(paper).value() == papers);
}

TEST_CASE("the training set is in the order of the ids, whatever was removed and moved before") {
  SampleStore store(2);
  const ClassId rock = store.add_class("rock");
  const ClassId paper = store.add_class("paper");
  std::vector<SampleId> ids;
  for (int i = 0; i < 200; ++i) ids.push_back(add(store, i % 2 == 0 ? rock : paper, static_cast<float>(i)));
  for (int i = 0; i < 200; i += 7) REQUIRE(store.remove_sample(ids[static_cast<std::size_t>(i)]).ok());
  REQUIRE(store.move_sample(ids[1], rock).ok());

  const TrainingSetView set = store.training_set();
  REQUIRE(set.sample_ids.size() == store.sample_count());
  REQUIRE(set.embeddings.size() == store.sample_count() * 2);
  for (std::size_t i = 0; i < set.sample_ids.size(); ++i) {
    if (i > 0) CHECK(set.sample_ids[i - 1] < set.sample_ids[i]);
    const auto number = static_cast<std::uint32_t>(set.sample_ids[i]) - 1;
    CHECK(set.embeddings[2 * i] == static_cast<float>(number));
    CHECK(set.class_indices[i] == (number == 1 ? 0 : number % 2));
    CHECK(store.sample(set.sample_ids[i]).value()[0] == static_cast<float>(number));
  }
}

TEST_CASE("disabled and empty classes are left out of training and keep their samples") {
  SampleStore store(1);
  const ClassId rock = store.add_class("rock");
  const ClassId empty = store.add_class("empty");
  const ClassId paper = store.add_class("paper");
  const ClassId hidden = store.add_class("hidden");
  add(store, hidden, 1);
  add(store, rock, 2);
  add(store, paper, 3);
  REQUIRE(store.set_class_enabled(hidden, false).ok());
  const TrainingSetView set = store.training_set();
  CHECK(set.class_ids == std::vector{rock, paper});
  CHECK(set.embeddings.size() == 2);
  CHECK(set.embeddings[0] == 2);
  CHECK(set.class_indices[1] == 1);
  CHECK(store.classes()[3].sample_count == 1);
  REQUIRE(store.set_class_enabled(hidden, true).ok());
  CHECK(store.training_set().class_ids == std::vector{rock, paper, hidden});
  CHECK(store.classes()[1].id == empty);
}

TEST_CASE("reordering classes reorders what the head's rows stand for") {
  SampleStore store(1);
  const ClassId a = store.add_class("a");
  const ClassId b = store.add_class("b");
  const ClassId c = store.add_class("c");
  for (const ClassId id : {a, b, c}) add(store, id, 0);
  REQUIRE(store.move_class(a, 2).ok());
  CHECK(store.training_set().class_ids == std::vector{b, c, a});
  REQUIRE(store.move_class(a, 0).ok());
  CHECK(store.training_set().class_ids == std::vector{a, b, c});
  CHECK(store.training_set().class_indices[2] == 2);
}

TEST_CASE("identities are the caller's, and the next free one follows the largest") {
  SampleStore store(1);
  REQUIRE(store.add_class(ClassId{7}, "rock").ok());
  CHECK_FALSE(store.add_class(ClassId{7}, "again").ok());
  CHECK_FALSE(store.add_class(ClassId{}, "none").ok());
  CHECK(store.add_class("paper") == ClassId{8});
  REQUIRE(store.add_sample(SampleId{4'000'000'000}, ClassId{7}, filled(1, 1)).ok());
  CHECK_FALSE(store.add_sample(SampleId{4'000'000'000}, ClassId{7}, filled(1, 1)).ok());
  CHECK_FALSE(store.add_sample(SampleId{}, ClassId{7}, filled(1, 1)).ok());
  REQUIRE(store.add_sample(SampleId{3}, ClassId{8}, filled(1, 2)).ok());
  const TrainingSetView set = store.training_set();
  CHECK(set.sample_ids[0] == SampleId{3});
  CHECK(set.class_ids == std::vector{ClassId{7}, ClassId{8}});
}

TEST_CASE("what was removed comes back as it was, with its views and in its place") {
  SampleStore store(2);
  const ClassId rock = store.add_class("rock");
  const SampleId first = add(store, rock, 1);
  const SampleId second = add(store, rock, 2);
  REQUIRE(store.set_views(first, filled(4, 9)).ok());
  REQUIRE(store.remove_class(rock).ok());
  CHECK(store.sample_count() == 0);
  CHECK_FALSE(store.restore_sample(first, rock).ok());  // its class is not there
  REQUIRE(store.add_class(rock, "rock").ok());
  REQUIRE(store.restore_sample(second, rock).ok());
  REQUIRE(store.restore_sample(first, rock).ok());
  CHECK_FALSE(store.can_restore(first));
  CHECK(store.training_set().sample_ids[0] == first);
  CHECK(store.sample(first).value()[1] == 1);
  CHECK(store.views_of(first).value().size() == 4);
  REQUIRE(store.remove_sample(second).ok());
  store.forget_sample(second);
  CHECK_FALSE(store.restore_sample(second, rock).ok());
}

TEST_CASE("20,000 samples of 1280 features can be added, removed one by one and trained on") {
  SampleStore store(1280);
  const ClassId rock = store.add_class("rock");
  std::vector<float> sample(1280);
  for (int i = 0; i < 20000; ++i) {
    sample[0] = static_cast<float>(i);
    REQUIRE(store.add_sample(rock, sample).ok());
  }
  CHECK(store.memory_bytes() < 160u << 20u);
  for (std::uint32_t i = 1; i <= 10000; ++i) REQUIRE(store.remove_sample(SampleId{i}).ok());
  const TrainingSetView set = store.training_set();
  REQUIRE(set.sample_ids.size() == 10000);
  CHECK(set.embeddings[0] == 10000);
  CHECK(set.embeddings[9999 * 1280] == 19999);
}
