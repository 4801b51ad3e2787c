// Which channels tell classes apart, and what is shown of them.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "headstart/backbone.h"
#include "headstart/channels.h"
#include "support/session.h"
#include "support/split_mix.h"
#include "support/tflite_builder.h"

using namespace headstart;
using namespace headstart::test;

namespace {

constexpr std::size_t kRows = 30;
constexpr std::size_t kChannels = 6;

struct Pooled {
  std::vector<float> features;  // [kRows, kChannels]
  std::vector<std::uint32_t> classes;
};

// Channel 0: noise. 1: tells class 2 from the others. 2: the same as 1, turned over. 3: never changes.
// 4: tells classes 0 and 1 apart, less well. 5: noise.
Pooled drawn() {
  SplitMix random(9, 1);
  Pooled pooled;
  for (std::size_t i = 0; i < kRows; ++i) {
    const auto c = static_cast<std::uint32_t>(i % 3);
    const double telling = (c == 2 ? 3 : 0) + 0.3 * random.uniform();
    for (const double value : {random.uniform(), telling, 5 - 2 * telling, 1.0,
                               (c == 1 ? 1.0 : 0.0) + random.uniform(), random.uniform()})
      pooled.features.push_back(static_cast<float>(value));
    pooled.classes.push_back(c);
  }
  return pooled;
}

double plain_ratio(const Pooled& pooled, std::size_t channel) {
  double between = 0;
  double within = 0;
  double all = 0;
  for (std::size_t i = 0; i < kRows; ++i)
    all += static_cast<double>(pooled.features[i * kChannels + channel]) / kRows;
  for (std::uint32_t c = 0; c < 3; ++c) {
    double mean = 0;
    double count = 0;
    for (std::size_t i = c; i < kRows; i += 3) {
      mean += static_cast<double>(pooled.features[i * kChannels + channel]);
      count += 1;
    }
    mean /= count;
    between += count * (mean - all) * (mean - all);
    for (std::size_t i = c; i < kRows; i += 3) {
      const double apart = static_cast<double>(pooled.features[i * kChannels + channel]) - mean;
      within += apart * apart;
    }
  }
  return between / within;
}

Session session_of(const std::vector<std::uint8_t>& file, const ComputePool& pool) {
  Session session = open_session(file, pool);
  (void)teach(session, 3, 2);
  return session;
}

}  // namespace

TEST_CASE("channels that tell the classes apart come first, what repeats them or never changes does not") {
  const Pooled pooled = drawn();
  const auto channels = telling_channels(pooled.features, kChannels, pooled.classes, 3, 3);
  REQUIRE(channels.size() == 3);
  CHECK((channels[0].channel == 1 || channels[0].channel == 2));
  CHECK(channels[0].class_index == (channels[0].channel == 1 ? 2 : channels[0].class_index));
  CHECK(channels[1].channel == 4);
  CHECK(channels[1].class_index == 1);
  CHECK((channels[2].channel == 0 || channels[2].channel == 5));
  for (const TellingChannel& channel : channels)
    CHECK(channel.ratio == doctest::Approx(plain_ratio(pooled, channel.channel)).epsilon(0.1));
  // Where all are wanted, what repeats another one comes last, and what never changes still does not.
  const auto all = telling_channels(pooled.features, kChannels, pooled.classes, 3, kChannels);
  REQUIRE(all.size() == 5);
  CHECK((all[4].channel == 1 || all[4].channel == 2));
}

TEST_CASE("of one class the channels that differ most come first, of no pictures none") {
  const Pooled pooled = drawn();
  const std::vector<std::uint32_t> one(kRows, 0);
  const auto channels = telling_channels(pooled.features, kChannels, one, 1, 1);
  REQUIRE(channels.size() == 1);
  CHECK(channels[0].channel == 2);
  CHECK(telling_channels({}, kChannels, {}, 0, 4).empty());
}

TEST_CASE("what is shown of a map is the map, of each size the last one") {
  const ComputePool pool = one_thread();
  const auto file = make_random_backbone({.width_multiplier = "0.1", .input_size_px = 96});
  Session session = session_of(file, pool);
  const DrawnPicture picture = draw(1, 50);
  const auto stages = session.look_inside(picture.view(), {}, 3);
  REQUIRE(stages.ok());
  std::vector<std::string> names;
  for (const StageMaps& stage : stages.value()) names.push_back(stage.map);
  CHECK(names == std::vector<std::string>{"blocks.0", "blocks.2", "blocks.5", "blocks.12", "last"});
  auto plain = Backbone::load(file, {.maps = names}, pool);
  REQUIRE(plain.ok());
  REQUIRE(plain.value().prepare(picture.view(), {}, 0).ok());
  REQUIRE(plain.value().run(1).ok());
  for (std::size_t at = 0; at < names.size(); ++at) {
    const StageMaps& stage = stages.value()[at];
    const MapInfo& info = plain.value().maps()[at];
    const std::span<const float> map = plain.value().map(0, at);
    CHECK(stage.width == info.width);
    CHECK(stage.height == info.height);
    REQUIRE(stage.values.size() == stage.channels.size() * info.width * info.height);
    CHECK(stage.class_ids.size() == stage.channels.size());
    for (std::size_t k = 0; k < stage.channels.size(); ++k) {
      const std::uint8_t* levels = stage.values.data() + k * info.width * info.height;
      std::vector<float> own;
      for (std::size_t i = stage.channels[k]; i < map.size(); i += info.channel_count) own.push_back(map[i]);
      const auto [least, most] = std::ranges::minmax(own);
      for (std::size_t i = 0; i < own.size(); ++i) {
        const float expected = most > least ? 255 * (own[i] - least) / (most - least) : 0;
        CHECK(std::abs(static_cast<float>(levels[i]) - expected) <= 0.51F);
      }
    }
  }
}

TEST_CASE("looking inside needs no pictures, follows those that come, and leaves the answer as it is") {
  const ComputePool pool = one_thread();
  const auto file = make_random_backbone({.width_multiplier = "0.1", .input_size_px = 96});
  Session session = open_session(file, pool);
  const auto without = session.look_inside(draw(0, 1).view(), {}, 2);
  REQUIRE(without.ok());
  for (const StageMaps& stage : without.value()) {
    CHECK(stage.channels.size() == 2);
    CHECK(stage.class_ids.empty());
  }
  const std::vector<ClassId> ids = teach(session, 4, 2);
  const auto with = session.look_inside(draw(0, 1).view(), {}, 2);
  REQUIRE(with.ok());
  for (const StageMaps& stage : with.value()) {
    for (const ClassId id : stage.class_ids) CHECK((id == ids[0] || id == ids[1]));
  }
  const DrawnPicture picture = draw(1, 60);
  const Ranking before = ask(session, picture).value();
  REQUIRE(session.embed_for_attention(picture.view(), {}).ok());
  REQUIRE(session.look_inside(picture.view(), {}, 5).ok());
  CHECK(session.rank().value().probabilities == before.probabilities);
  CHECK(session.attention(ids[0]).ok());
}

TEST_CASE("a .tflite network is looked into as well") {
  const ComputePool pool = one_thread();
  TfliteBuilder builder(32);
  std::int32_t map = builder.convolution(builder.input(), 8, 3, 2);
  map = builder.convolution(map, 12, 3, 2);
  map = builder.convolution(map, 12, 3, 2);
  Session session = session_of(builder.file(), pool);
  const auto stages = session.look_inside(draw(0, 9).view(), {}, 4);
  REQUIRE(stages.ok());
  REQUIRE(stages.value().size() >= 2);
  for (const StageMaps& stage : stages.value()) {
    REQUIRE(!stage.channels.empty());
    CHECK(stage.values.size() == stage.channels.size() * stage.width * stage.height);
    CHECK(std::ranges::max(stage.values) == 255);
  }
}
