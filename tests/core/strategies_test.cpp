#include "headstart/strategies.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "headstart/known.h"

using namespace headstart;

namespace {

std::vector<FeatureBlock> network_of(std::size_t block_count) {
  std::vector<FeatureBlock> blocks;
  for (std::size_t i = 0; i < block_count; ++i) blocks.push_back({"blocks." + std::to_string(i), i * 8, 8});
  blocks.push_back({"last", block_count * 8, 64});
  return blocks;
}

std::vector<std::string> measured(const std::vector<FeatureBlock>& blocks) {
  std::vector<std::string> names;
  for (const Strategy& strategy : strategies(blocks)) {
    if (strategy.is_measured) names.push_back(strategy.name);
  }
  return names;
}

}  // namespace

TEST_CASE("what advice measures on MobileNetV2 are these ten, the simplest first") {
  CHECK(measured(network_of(17)) ==
        std::vector<std::string>{"nearest-mean", "head", "cut-after-14", "joined-layers", "head-views",
                                 "joined-layers-views", "new-layers-after-12", "last-3-blocks",
                                 "last-8-blocks", "whole-network"});
}

TEST_CASE("strategies are named after the network's own blocks, each once") {
  for (const std::size_t block_count : {1U, 4U, 17U, 30U}) {
    const std::vector<FeatureBlock> blocks = network_of(block_count);
    std::set<std::string> names;
    for (const Strategy& strategy : strategies(blocks)) {
      CHECK(names.insert(strategy.name).second);
      CHECK(select_features(blocks, strategy.features).ok());
      CHECK(strategy_named(blocks, strategy.name).value().name == strategy.name);
    }
    CHECK(names.contains("cut-after-" + std::to_string(block_count - 1)));
    CHECK_FALSE(names.contains("cut-after-" + std::to_string(block_count)));
  }
}

TEST_CASE("of several networks the last blocks of each are trained, as many as the shortest has") {
  std::vector<FeatureBlock> blocks;
  for (const auto& [prefix, count] : {std::pair("a.", 11U), std::pair("b.", 17U)}) {
    for (FeatureBlock block : network_of(count)) {
      block.map.insert(0, prefix);
      blocks.push_back(block);
    }
  }
  CHECK(measured(blocks) == std::vector<std::string>{"nearest-mean", "head", "joined-layers", "head-views",
                                                     "joined-layers-views", "last-3-blocks",
                                                     "last-8-blocks"});
  CHECK(strategy_named(blocks, "last-3-blocks").value().border == "a.blocks.7,b.blocks.13");
  CHECK(strategy_named(blocks, "last-10-blocks").value().border == "a.blocks.0,b.blocks.6");
  CHECK(strategy_named(blocks, "last-convolution").value().border == "a.blocks.10,b.blocks.16");
  CHECK(strategy_named(blocks, "last-3-blocks").value().features == FeatureSet{"a.last", "b.last"});
  for (const char* name : {"last-11-blocks", "whole-network", "new-layers", "earlier-cut"}) {
    CAPTURE(name);
    CHECK_FALSE(strategy_named(blocks, name).ok());
  }
  // Nothing is offered for few pictures of things far off: a head on what there is.
  std::vector<DataCase> cases;
  for (const Strategy& strategy : strategies(blocks)) {
    if (strategy.suits) cases.push_back(*strategy.suits);
  }
  CHECK(cases == std::vector<DataCase>{DataCase::kFewClose, DataCase::kManyClose, DataCase::kManyFar});
}

TEST_CASE("short names stand for the cut and the new layers that were best elsewhere") {
  const std::vector<FeatureBlock> blocks = network_of(17);
  CHECK(strategy_named(blocks, "earlier-cut").value().name == "cut-after-14");
  CHECK(strategy_named(blocks, "new-layers").value().tuning->cut_block == 12);
  CHECK(strategy_named(blocks, "joined-layers").value().features ==
        FeatureSet{"blocks.14", "blocks.16", "last"});
  for (const char* name : {"", "last-17-blocks", "last-0-blocks", "cut-after-17", "cut-after-014", "head "})
    CHECK(strategy_named(blocks, name).error().code == ErrorCode::kBadArgument);
}

TEST_CASE("where mirrored pictures harm, a strategy leaves them out and looks once") {
  const Strategy strategy = strategy_named(network_of(17), "joined-layers-views").value();
  const TrainOptions usual = train_options(strategy, 7, false);
  CHECK(usual.views == ViewUse::kAll);
  CHECK(usual.second_look == SecondLook::kMirrored);
  CHECK(usual.seed == 7);
  const TrainOptions careful = train_options(strategy, 7, true);
  CHECK(careful.views == ViewUse::kWithoutMirror);
  CHECK(careful.second_look == SecondLook::kNo);
  CHECK(tune_views(strategy, false) == ViewUse::kNone);
  CHECK(tune_views(strategy_named(network_of(17), "whole-network").value(), true) == ViewUse::kWithoutMirror);
}

TEST_CASE("a strategy names the last map that it leaves as it is") {
  const std::vector<FeatureBlock> blocks = network_of(17);
  const auto border_of = [&](const char* name) { return strategy_named(blocks, name).value().border; };
  CHECK(border_of("head") == "last");
  CHECK(border_of("joined-layers-views") == "last");
  CHECK(border_of("cut-after-12") == "blocks.12");
  CHECK(border_of("new-layers-after-5") == "blocks.5");
  CHECK(border_of("last-convolution") == "blocks.16");
  CHECK(border_of("last-3-blocks") == "blocks.13");
  CHECK(border_of("whole-network") == "input");
}

TEST_CASE("each of the four cases has one strategy to begin with, and simpler ones come first") {
  for (const DataCase data_case :
       {DataCase::kFewClose, DataCase::kFewFar, DataCase::kManyClose, DataCase::kManyFar}) {
    const std::vector<Strategy> all = strategies(network_of(17));
    CHECK(std::ranges::count(all, std::optional(data_case), &Strategy::suits) == 1);
    for (std::size_t i = 0; i < all.size(); ++i) CHECK(all[i].simplicity == i);
  }
}

TEST_CASE("joined, judged and scored maps are the network's own, however many blocks it has") {
  CHECK(scored_maps(network_of(17)) ==
        FeatureSet{"last", "blocks.16", "blocks.14", "blocks.12", "blocks.9", "blocks.5"});
  for (const std::size_t block_count : {0U, 1U, 2U, 5U, 30U}) {
    const std::vector<FeatureBlock> blocks = network_of(block_count);
    for (const FeatureSet& maps : {joined_maps(blocks), known_features(blocks), scored_maps(blocks)})
      CHECK(select_features(blocks, maps).ok());
  }
}
