#include "headstart/strategies.h"

#include <algorithm>

namespace headstart {
namespace {

// Positions from the last block: where parts have become things, and where they are not yet.
constexpr std::size_t kJoinedBack = 2;
constexpr std::size_t kNewLayersBack = 4;
constexpr std::size_t kMeasuredBlockCounts[] = {3, 8};

// Over every view of every picture: on the sign digits four of them cut the head's error by 40 %, six by 49
// %, twelve by 55 %.
constexpr std::size_t kEpochCount = 6;
// A step computes at most so much at once, so that a camera picture does not wait long for it.
constexpr std::size_t kActivationBudgetBytes = std::size_t{16} << 20U;

// The names of the blocks in the network's order, without the last layer.
std::vector<std::string> block_names(std::span<const FeatureBlock> blocks) {
  std::vector<std::string> names;
  for (const FeatureBlock& block : blocks) {
    if (block.map.starts_with("blocks.")) names.push_back(block.map);
  }
  return names;
}

std::string number_of(const std::string& block) {
  return block.substr(block.find('.') + 1);
}

std::size_t back_from_last(const std::vector<std::string>& names, std::size_t steps) {
  return names.size() > steps ? names.size() - 1 - steps : 0;
}

void add_heads(const std::vector<std::string>& names, std::vector<Strategy>& all) {
  all.push_back({.name = "nearest-mean", .head = HeadKind::kNearestMean, .is_measured = true});
  all.push_back({.name = "head", .is_measured = true});
  const std::size_t usual_cut = back_from_last(names, kJoinedBack);
  for (std::size_t i = names.size(); i-- > 0;) {
    all.push_back(
        {.name = "cut-after-" + number_of(names[i]), .features = {names[i]}, .is_measured = i == usual_cut});
  }
  FeatureSet joined;
  if (!names.empty()) joined.push_back(names[usual_cut]);
  if (names.size() > 1) joined.push_back(names.back());
  joined.emplace_back("last");
  all.push_back(
      {.name = "joined-layers", .head = HeadKind::kDiscriminant, .features = joined, .is_measured = true});
  all.push_back({.name = "head-views", .views = true, .second_look = true, .is_measured = true});
  all.push_back({.name = "joined-layers-views",
                 .head = HeadKind::kDiscriminant,
                 .features = joined,
                 .views = true,
                 .second_look = true,
                 .is_measured = true});
}

void add_trained_layers(const std::vector<std::string>& names, std::vector<Strategy>& all) {
  const std::size_t usual = back_from_last(names, kNewLayersBack);
  for (std::size_t i = names.size(); i-- > 0;) {
    all.push_back({.name = "new-layers-after-" + number_of(names[i]),
                   .features = {names[i]},
                   .part = TrainedPart::kCut,
                   .cut_block = i,
                   .is_measured = i == usual});
  }
  all.push_back({.name = "last-convolution", .part = TrainedPart::kLastConvolution});
  for (std::size_t count = 1; count < names.size(); ++count) {
    all.push_back(
        {.name = count == 1 ? "last-block" : "last-" + std::to_string(count) + "-blocks",
         .part = TrainedPart::kLastBlocks,
         .block_count = count,
         .is_measured = std::ranges::find(kMeasuredBlockCounts, count) != std::end(kMeasuredBlockCounts)});
  }
  all.push_back({.name = "whole-network", .part = TrainedPart::kWholeNetwork, .is_measured = true});
}

}  // namespace

std::vector<Strategy> strategies(std::span<const FeatureBlock> blocks) {
  const std::vector<std::string> names = block_names(blocks);
  std::vector<Strategy> all;
  add_heads(names, all);
  add_trained_layers(names, all);
  return all;
}

std::optional<Strategy> strategy_named(std::span<const FeatureBlock> blocks, std::string_view name) {
  const std::vector<std::string> names = block_names(blocks);
  std::string wanted(name);
  if (!names.empty() && name == "earlier-cut")
    wanted = "cut-after-" + number_of(names[back_from_last(names, kJoinedBack)]);
  if (!names.empty() && name == "new-layers")
    wanted = "new-layers-after-" + number_of(names[back_from_last(names, kNewLayersBack)]);
  for (Strategy& strategy : strategies(blocks)) {
    if (strategy.name == wanted) return std::move(strategy);
  }
  return std::nullopt;
}

TrainOptions train_options(const Strategy& strategy, std::uint64_t seed, bool mirror_harms) {
  TrainOptions options;
  options.head = strategy.head;
  options.features = strategy.features;
  if (strategy.views) options.views = mirror_harms ? ViewUse::kWithoutMirror : ViewUse::kAll;
  if (strategy.second_look && options.views == ViewUse::kAll) options.second_look = SecondLook::kMirrored;
  options.seed = seed;
  return options;
}

FineTuneOptions tune_options(const Strategy& strategy, std::uint64_t seed) {
  FineTuneOptions options;
  options.part = strategy.part.value_or(TrainedPart::kLastConvolution);
  options.block_count = strategy.block_count;
  options.cut_block = strategy.cut_block;
  options.seed = seed;
  options.epoch_count = kEpochCount;
  options.activation_budget_bytes = kActivationBudgetBytes;
  return options;
}

ViewUse tune_views(const Strategy& strategy, bool mirror_harms) {
  if (!strategy.part) return ViewUse::kNone;
  return mirror_harms ? ViewUse::kWithoutMirror : ViewUse::kAll;
}

}  // namespace headstart
