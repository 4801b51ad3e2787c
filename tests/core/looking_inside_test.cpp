// What is shown of a network whose layers were trained: the layers that the person has, not those that came.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "files/safetensors.h"
#include "headstart/backbone.h"
#include "headstart/head.h"
#include "headstart/head_reader.h"
#include "network/network.h"
#include "network/network_file.h"
#include "support/fine_tuning.h"
#include "support/session.h"

using namespace headstart;
using namespace headstart::test;

namespace {

constexpr int kPerClass = 6;
constexpr std::size_t kShown = 3;
constexpr std::size_t kCutChannels = 16;

struct TunedSession {
  Session session;
  std::vector<ClassId> ids;
  Head head;  // with its tensors
};

// Tensors of the backbone whose names begin like one of these, each number changed by up to a half.
std::vector<ChangedTensor> changed_tensors(const std::vector<std::string>& beginnings) {
  const auto view = SafetensorsView::parse(backbone_file());
  REQUIRE(view.ok());
  SplitMix random(7, 1);
  std::vector<ChangedTensor> changed;
  for (const TensorView& tensor : view.value().tensors()) {
    if (!std::ranges::any_of(beginnings,
                             [&](const std::string& name) { return tensor.name.starts_with(name); }))
      continue;
    changed.push_back({tensor.name, tensor.shape, std::vector<float>(tensor.element_count())});
    REQUIRE(read_floats(tensor, changed.back().values).ok());
    for (float& value : changed.back().values) value *= static_cast<float>(0.5 + random.uniform());
  }
  return changed;
}

// The convolution of a cut behind a map of `count` channels.
std::vector<ChangedTensor> cut_tensors(std::size_t count) {
  SplitMix random(8, 1);
  std::vector<float> weights(kCutChannels * count);
  for (float& weight : weights) weight = static_cast<float>(random.uniform() - 0.4);
  return {{"cut.weight", {kCutChannels, 1, 1, count}, weights},
          {"cut.bias", {kCutChannels}, std::vector<float>(kCutChannels, 0.1F)}};
}

// A session with a head that brings layers of its own behind `border`.
TunedSession tuned(const std::string& border, std::vector<ChangedTensor> tensors, const ComputePool& pool) {
  Session session = open_session(backbone_file(), pool);
  std::vector<ClassId> ids = teach(session, kPerClass);
  REQUIRE(train(session).ok());
  Head own = read_head_file(session.head_file().value()).value();
  const bool is_cut = tensors.front().name == "cut.weight";
  if (is_cut) {
    own.feature_count = kCutChannels;
    own.weights.assign(2 * kCutChannels, 0.1F);
    own.features = {"cut"};
  }
  own.border = border;
  own.tensors = std::move(tensors);
  own.known.reset();
  REQUIRE(session.read_head(write_head_file(own).value()).ok());
  const Status adopted = session.adopt_head(ids, backbone_file());
  if (!adopted) MESSAGE(adopted.error().message);
  REQUIRE(adopted.ok());
  return {std::move(session), std::move(ids), std::move(own)};
}

std::size_t channel_count_of(const std::string& map, const ComputePool& pool) {
  const auto backbone = Backbone::load(backbone_file(), {.maps = {map}}, pool);
  REQUIRE(backbone.ok());
  return backbone.value().maps().front().channel_count;
}

void judge(TunedSession& tuned) {
  for (const SampleId id : tuned.session.samples_to_judge_by()) {
    const int at = static_cast<int>(id) - 1;
    const DrawnPicture picture = kept(tuned.session, draw(at / kPerClass, at % kPerClass));
    REQUIRE(tuned.session.add_to_judge(id, picture.view()).ok());
  }
}

// The network as it was changed, or where a cut was made as it came.
Backbone network_of(const Head& head, const std::vector<std::string>& maps, const ComputePool& pool) {
  auto network = read_network(backbone_file());
  REQUIRE(network.ok());
  const bool is_cut = head.features == FeatureSet{"cut"};
  auto changed = is_cut ? std::move(network) : with_tensors(std::move(network).value(), head.tensors);
  REQUIRE(changed.ok());
  auto backbone = Backbone::from_network(std::move(changed).value(), {.maps = maps}, pool);
  REQUIRE(backbone.ok());
  return std::move(backbone).value();
}

struct Map {
  std::size_t height = 0;
  std::size_t width = 0;
  std::size_t channel_count = 0;
  std::vector<float> values;
};

// What stage `name` of the person's network makes of a picture.
Map map_of(const Head& head, const std::string& name, const DrawnPicture& picture, const ComputePool& pool) {
  const bool is_cut = name == "cut";
  Backbone network = network_of(head, {is_cut ? head.border : name}, pool);
  REQUIRE(network.prepare(picture.view(), {}, 0).ok());
  REQUIRE(network.run(1).ok());
  const MapInfo info = network.maps().front();
  const std::span<const float> map = network.map(0, 0);
  if (!is_cut) return {info.height, info.width, info.channel_count, {map.begin(), map.end()}};
  Map made{info.height, info.width, head.feature_count, {}};
  made.values.resize(info.height * info.width * head.feature_count);
  for (std::size_t i = 0; i < info.height * info.width; ++i) {
    REQUIRE(cut_features(head.tensors, map.subspan(i * info.channel_count, info.channel_count),
                         std::span(made.values).subspan(i * head.feature_count, head.feature_count))
                .ok());
  }
  return made;
}

void check_shows(const StageMaps& stage, const Map& map) {
  CAPTURE(stage.map);
  CHECK(stage.width == map.width);
  CHECK(stage.height == map.height);
  const std::size_t place_count = map.width * map.height;
  REQUIRE(stage.values.size() == stage.channels.size() * place_count);
  for (std::size_t k = 0; k < stage.channels.size(); ++k) {
    std::vector<float> own;
    for (std::size_t i = stage.channels[k]; i < map.values.size(); i += map.channel_count)
      own.push_back(map.values[i]);
    const auto [least, most] = std::ranges::minmax(own);
    for (std::size_t i = 0; i < place_count; ++i) {
      const float expected = most > least ? 255 * (own[i] - least) / (most - least) : 0;
      CHECK(std::abs(static_cast<float>(stage.values[k * place_count + i]) - expected) <= 0.51F);
    }
  }
}

// How well the mean of a channel, divided by the length of all, tells the two kinds apart.
std::vector<double> ratios_of(const std::vector<std::vector<float>>& rows) {
  std::vector<double> ratios;
  for (std::size_t k = 0; k < rows.front().size(); ++k) {
    double means[2] = {0, 0};
    for (std::size_t i = 0; i < rows.size(); ++i)
      means[i / kPerClass] += static_cast<double>(rows[i][k]) / kPerClass;
    double within = 0;
    for (std::size_t i = 0; i < rows.size(); ++i)
      within += std::pow(static_cast<double>(rows[i][k]) - means[i / kPerClass], 2);
    ratios.push_back(within > 0 ? std::pow(means[0] - means[1], 2) / within : 0);
  }
  return ratios;
}

}  // namespace

TEST_CASE("of a tuned network its own layers are shown, and which these are") {
  const ComputePool pool = one_thread();
  const DrawnPicture picture = draw(1, 50);
  const std::vector<std::pair<std::string, std::vector<ChangedTensor>>> parts{
      {"blocks.16", changed_tensors({"last."})},
      {"blocks.11",
       changed_tensors({"blocks.12.", "blocks.13.", "blocks.14.", "blocks.15.", "blocks.16.", "last."})},
      {"blocks.12", cut_tensors(channel_count_of("blocks.12", pool))}};
  for (const auto& [border, tensors] : parts) {
    CAPTURE(border);
    TunedSession own = tuned(border, tensors, pool);
    const bool is_cut = tensors.front().name == "cut.weight";
    judge(own);
    const auto stages = own.session.look_inside(picture.view(), {}, kShown);
    REQUIRE(stages.ok());
    Session plain = open_session(backbone_file(), pool);
    const auto before = plain.look_inside(picture.view(), {}, kShown);
    REQUIRE(before.ok());
    CHECK_FALSE(before.value().back().is_own);
    CHECK(stages.value().back().map == (is_cut ? "cut" : "last"));
    CHECK(stages.value().back().is_own);
    CHECK_FALSE(stages.value().front().is_own);
    for (const StageMaps& stage : stages.value()) {
      CHECK(stage.channels.size() == kShown);
      check_shows(stage, map_of(own.head, stage.map, picture, pool));
      if (!stage.is_own || stage.map == "cut") continue;
      const Map changed = map_of(own.head, stage.map, picture, pool);
      const Map came = map_of({}, stage.map, picture, pool);
      CHECK(changed.values != came.values);
    }

    // The channels shown of the last are those that tell the classes apart after they were trained.
    std::vector<std::vector<float>> rows;
    for (int at = 0; at < 2 * kPerClass; ++at) {
      const DrawnPicture taught = kept(own.session, draw(at / kPerClass, at % kPerClass));
      const Map map = map_of(own.head, stages.value().back().map, taught, pool);
      std::vector<float> row(map.channel_count);
      pool_map(map.values, map.channel_count, row);
      double square = 0;
      for (const float value : row) square += static_cast<double>(value) * static_cast<double>(value);
      for (float& value : row) value /= static_cast<float>(std::sqrt(square));
      rows.push_back(row);
    }
    const std::vector<double> ratios = ratios_of(rows);
    const StageMaps& last = stages.value().back();
    CHECK(ratios[last.channels.front()] >= 0.9 * std::ranges::max(ratios));
    for (const ClassId id : last.class_ids) CHECK((id == own.ids[0] || id == own.ids[1]));
  }
}

TEST_CASE(
    "without what a tuned head is judged by, its channels are evenly chosen; another head takes its place") {
  const ComputePool pool = one_thread();
  TunedSession own = tuned("blocks.16", changed_tensors({"last."}), pool);
  const DrawnPicture picture = draw(0, 51);
  const auto stages = own.session.look_inside(picture.view(), {}, kShown);
  REQUIRE(stages.ok());
  CHECK(stages.value().back().channels.size() == kShown);
  CHECK(stages.value().back().class_ids.empty());
  check_shows(stages.value().back(), map_of(own.head, "last", picture, pool));

  REQUIRE(train(own.session).ok());
  const auto frozen = own.session.look_inside(picture.view(), {}, kShown);
  REQUIRE(frozen.ok());
  CHECK_FALSE(frozen.value().back().is_own);
  check_shows(frozen.value().back(), map_of({}, "last", picture, pool));
}
