#include "headstart/strategies.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

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
      CHECK(strategy_named(blocks, strategy.name)->name == strategy.name);
    }
    CHECK(names.contains("cut-after-" + std::to_string(block_count - 1)));
    CHECK_FALSE(names.contains("cut-after-" + std::to_string(block_count)));
  }
}

TEST_CASE("short names stand for the cut and the new layers that were best elsewhere") {
  const std::vector<FeatureBlock> blocks = network_of(17);
  CHECK(strategy_named(blocks, "earlier-cut")->name == "cut-after-14");
  CHECK(strategy_named(blocks, "new-layers")->cut_block == 12);
  CHECK(strategy_named(blocks, "joined-layers")->features == FeatureSet{"blocks.14", "blocks.16", "last"});
  for (const char* name : {"", "last-17-blocks", "last-0-blocks", "cut-after-17", "cut-after-014", "head "})
    CHECK_FALSE(strategy_named(blocks, name).has_value());
}

TEST_CASE("where mirrored pictures harm, a strategy leaves them out and looks once") {
  const Strategy strategy = *strategy_named(network_of(17), "joined-layers-views");
  const TrainOptions usual = train_options(strategy, 7, false);
  CHECK(usual.views == ViewUse::kAll);
  CHECK(usual.second_look == SecondLook::kMirrored);
  CHECK(usual.seed == 7);
  const TrainOptions careful = train_options(strategy, 7, true);
  CHECK(careful.views == ViewUse::kWithoutMirror);
  CHECK(careful.second_look == SecondLook::kNo);
  CHECK(tune_views(strategy, false) == ViewUse::kNone);
  CHECK(tune_views(*strategy_named(network_of(17), "whole-network"), true) == ViewUse::kWithoutMirror);
}
