#include "headstart/features.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "support/random_backbone.h"

using namespace headstart;

namespace {

const std::vector<FeatureBlock> kBlocks = {{"blocks.0", 0, 2}, {"blocks.1", 2, 1}, {"last", 3, 3}};
const std::vector<float> kRow = {1, 2, 3, 4, 5, 6};

// A loaded network of random weights, with room for two frames of noise that are already in place.
struct NoiseNetwork {
  ComputePool pool = ComputePool::create(1).value();
  Backbone backbone;

  explicit NoiseNetwork(const BackboneOptions& options)
      : backbone(
            Backbone::load(test::make_random_backbone({.width_multiplier = "0.1"}), options, pool).value()) {
    test::RandomNumbers numbers(3);
    for (std::size_t i = 0; i < options.max_batch_size; ++i) {
      std::ranges::generate(backbone.input(i), [&] { return numbers.next(); });
    }
    REQUIRE(backbone.run(options.max_batch_size).ok());
  }

  [[nodiscard]] std::vector<float> features(std::size_t batch_index) const {
    std::vector<float> row(backbone.feature_count());
    backbone.features(batch_index, row);
    return row;
  }
};

}  // namespace

TEST_CASE("features are taken out of a row in the order in which they are named") {
  const auto selected = select_features(kBlocks, {"last", "blocks.0"});
  REQUIRE(selected.ok());
  REQUIRE(feature_count_of(selected.value()) == 5);
  std::vector<float> features(5);
  gather_features(kRow, selected.value(), features);
  CHECK(features == std::vector<float>{4, 5, 6, 1, 2});
}

TEST_CASE("features that the row does not have, or has been asked for, are refused by name") {
  for (const FeatureSet& set : {FeatureSet{}, FeatureSet{"blocks.9"}, FeatureSet{"last", "last"}}) {
    const auto selected = select_features(kBlocks, set);
    REQUIRE_FALSE(selected.ok());
    CHECK(selected.error().code == ErrorCode::kBadArgument);
    if (!set.empty()) CHECK(selected.error().message.find(set[0]) != std::string::npos);
  }
}

TEST_CASE("every pass gives the mean of each map, the embedding as the last of them") {
  const std::vector<std::string> names = {"blocks.0", "blocks.7", "blocks.16", "last"};
  const NoiseNetwork network({.max_batch_size = 2, .maps = names});
  const Backbone& backbone = network.backbone;
  REQUIRE(backbone.feature_blocks().size() == 18 + 2);  // with two deviations
  CHECK(backbone.feature_blocks().back().map == "last");
  for (std::size_t i = 0; i < 2; ++i) {
    const std::vector<float> row = network.features(i);
    for (std::size_t map = 0; map < names.size(); ++map) {
      const auto block = select_features(backbone.feature_blocks(), {names[map]}).value().front();
      std::vector<float> mean(block.count);
      pool_map(backbone.map(i, map), block.count, mean);
      for (std::size_t c = 0; c < block.count; ++c) {
        CHECK(std::abs(row[block.offset + c] - mean[c]) < 1e-4F);
      }
    }
    CHECK(std::ranges::equal(std::span(row).last(1280), backbone.embedding(i)));
  }
}

TEST_CASE("of the maps that are joined the deviation over their places is a feature too") {
  for (const std::vector<std::string>& maps : {std::vector<std::string>{"blocks.16", "blocks.14"}, {}}) {
    NoiseNetwork network({.max_batch_size = 2, .maps = maps});
    NoiseNetwork asked({.max_batch_size = 2, .maps = {"blocks.14", "blocks.16"}});
    const Backbone& backbone = network.backbone;
    CHECK(joined_maps(backbone.feature_blocks()) ==
          FeatureSet{"blocks.14", "blocks.14:deviation", "blocks.16", "blocks.16:deviation", "last"});
    CHECK(backbone.maps().size() == maps.size());
    for (std::size_t i = 0; i < 2; ++i) {
      const std::vector<float> row = network.features(i);
      for (std::size_t map = 0; map < 2; ++map) {
        const std::string name = asked.backbone.maps()[map].name;
        const auto block = select_features(backbone.feature_blocks(), {name + ":deviation"}).value().front();
        const std::vector<float> all(asked.features(i));
        REQUIRE(all == row);
        const std::span<const float> places = asked.backbone.map(i, map);
        for (std::size_t c = 0; c < block.count; ++c) {
          double sum = 0;
          double square_sum = 0;
          const double count = static_cast<double>(places.size() / block.count);
          for (std::size_t at = c; at < places.size(); at += block.count)
            sum += static_cast<double>(places[at]) / count;
          for (std::size_t at = c; at < places.size(); at += block.count) {
            const double rest = static_cast<double>(places[at]) - sum;
            square_sum += rest * rest / count;
          }
          CHECK(static_cast<double>(row[block.offset + c]) ==
                doctest::Approx(std::sqrt(square_sum)).epsilon(1e-4));
        }
      }
    }
  }
  const ComputePool pool = ComputePool::create(1).value();
  const auto file = test::make_random_backbone({.width_multiplier = "0.1"});
  const auto refused = Backbone::load(file, {.maps = {"blocks.14:deviation"}}, pool);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().message.find("blocks.14:deviation") != std::string::npos);
}

TEST_CASE("the last layer has half of the say, and networks that look together as much each") {
  const auto shares = [](const FeatureSet& maps) {
    std::vector<FeatureBlock> blocks;
    for (const std::string& map : maps) blocks.push_back({.map = map});
    return map_shares(blocks);
  };
  CHECK(shares({"last"}) == std::vector<double>{1});
  CHECK(shares({"a.last", "b.last"}) == std::vector<double>{0.5, 0.5});
  CHECK(shares({"blocks.3", "blocks.5"}) == std::vector<double>{0.5, 0.5});
  CHECK(shares({"blocks.3", "blocks.3:deviation", "last"}) == std::vector<double>{0.25, 0.25, 0.5});
  CHECK(shares({"a.blocks.3", "a.last", "b.last"}) == std::vector<double>{0.25, 0.25, 0.5});
  const std::vector<FeatureBlock> uneven = {
      {.map = "a.blocks.3"}, {.map = "a.last"}, {.map = "b.last", .share = 3}};
  CHECK(map_shares(uneven) == std::vector<double>{0.125, 0.125, 0.75});
}

TEST_CASE("features asked for in one call are those of the pass in steps") {
  NoiseNetwork network({});
  const std::vector<std::uint8_t> grey(std::size_t{96} * 96 * 4, 128);
  std::vector<float> row(network.backbone.feature_count());
  REQUIRE(network.backbone.embed_features({grey, 96, 96, 0}, {}, row).ok());
  CHECK(row == network.features(0));
  CHECK(row != NoiseNetwork({}).features(0));
  CHECK_FALSE(network.backbone.embed_features({grey, 96, 96, 0}, {}, std::span(row).first(5)).ok());
}

TEST_CASE("a network that ends at a map gives the same features up to there, and no embedding") {
  NoiseNetwork ended({.maps = {"blocks.5"}, .end_map = "blocks.5"});
  const std::vector<float> row = ended.features(0);
  const std::vector<float> whole = NoiseNetwork({}).features(0);
  REQUIRE(ended.backbone.feature_blocks().size() == 6);
  CHECK(std::equal(row.begin(), row.end(), whole.begin()));
  const std::vector<std::uint8_t> grey(std::size_t{96} * 96 * 4, 128);
  std::vector<float> embedding(1280);
  const Status status = ended.backbone.embed({grey, 96, 96, 0}, {}, embedding);
  REQUIRE_FALSE(status.ok());
  CHECK(status.error().code == ErrorCode::kBadArgument);
  CHECK(ended.backbone.memory_bytes() < NoiseNetwork({.maps = {"blocks.5"}}).backbone.memory_bytes());
}

TEST_CASE("a network cannot end where it has no map, nor give maps from behind its end") {
  const ComputePool pool = ComputePool::create(1).value();
  const auto file = test::make_random_backbone({.width_multiplier = "0.1"});
  for (const BackboneOptions& options : {BackboneOptions{.end_map = "blocks.17"},
                                         BackboneOptions{.maps = {"blocks.6"}, .end_map = "blocks.5"}}) {
    const auto backbone = Backbone::load(file, options, pool);
    REQUIRE_FALSE(backbone.ok());
    CHECK(backbone.error().code == ErrorCode::kBadArgument);
    CHECK(backbone.error().message.find("blocks.") != std::string::npos);
  }
}
