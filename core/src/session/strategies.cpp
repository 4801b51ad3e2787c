#include "headstart/strategies.h"

#include <algorithm>

#include "network/border.h"
#include "network/map_name.h"

namespace headstart {
namespace {

// Positions from the last block: where parts have become things, and where they are not yet.
constexpr std::size_t kUsualCutBack = 2;
constexpr std::size_t kUsualNewLayersBack = 4;
constexpr std::size_t kScoredBack[] = {0, 2, 4, 7, 11};
constexpr std::size_t kMeasuredBlockCounts[] = {3, 8};

// A step computes at most so much at once, so that a camera picture does not wait long for it.
constexpr std::size_t kActivationBudgetBytes = std::size_t{16} << 20U;

// The names of a network's blocks in its order, without the last layer.
using BlockNames = std::vector<std::string>;

// Of each branch; of several networks the names bear its letter.
std::vector<BlockNames> branches_of(std::span<const FeatureBlock> blocks) {
  std::vector<BlockNames> branches;
  std::string_view branch;
  for (const FeatureBlock& block : blocks) {
    if (!inside_branch(block.map).starts_with(kNumberedBlock) || is_deviation(block.map)) continue;
    if (branches.empty() || branch_of(block.map) != branch) branches.emplace_back();
    branch = branch_of(block.map);
    branches.back().push_back(block.map);
  }
  return branches;
}

bool is_joined(std::span<const FeatureBlock> blocks) {
  return !blocks.empty() && !branch_of(blocks.front().map).empty();
}

// Of one network; several at once have no block that stands for all of them.
BlockNames block_names(std::span<const FeatureBlock> blocks) {
  const std::vector<BlockNames> branches = branches_of(blocks);
  return branches.empty() || is_joined(blocks) ? BlockNames() : branches.front();
}

// So many blocks before the end of each branch.
std::string border_before_end(const std::vector<BlockNames>& branches, std::size_t count) {
  std::vector<std::string> maps;
  for (const BlockNames& names : branches) maps.push_back(names[names.size() - 1 - count]);
  return border_text(maps);
}

std::string number_of(const std::string& block) {
  return block.substr(block.find('.') + 1);
}

std::size_t back_from_last(const BlockNames& names, std::size_t steps) {
  return names.size() > steps ? names.size() - 1 - steps : 0;
}

FineTuneOptions tuning_of(TrainedPart part) {
  FineTuneOptions options;
  options.part = part;
  options.head = HeadKind::kDiscriminant;
  options.activation_budget_bytes = kActivationBudgetBytes;
  return options;
}

Strategy cut_after(const std::string& block, bool is_usual) {
  Strategy strategy{.name = "cut-after-" + number_of(block), .features = {block}};
  strategy.border = block;
  if (is_usual) strategy.short_name = "earlier-cut";
  strategy.is_measured = is_usual;
  return strategy;
}

Strategy new_layers_after(const std::string& block, std::size_t index, bool is_usual) {
  Strategy strategy{.name = "new-layers-after-" + number_of(block), .features = {block}};
  strategy.tuning = tuning_of(TrainedPart::kCut);
  strategy.tuning->cut_block = index;
  strategy.border = block;
  if (is_usual) {
    strategy.short_name = "new-layers";
    strategy.suits = DataCase::kFewFar;
  }
  strategy.is_measured = is_usual;
  return strategy;
}

Strategy last_blocks(const std::vector<BlockNames>& branches, std::size_t count) {
  Strategy strategy{.name = count == 1 ? "last-block" : "last-" + std::to_string(count) + "-blocks"};
  strategy.tuning = tuning_of(TrainedPart::kLastBlocks);
  strategy.tuning->block_count = count;
  strategy.border = border_before_end(branches, count);
  strategy.is_measured = std::ranges::find(kMeasuredBlockCounts, count) != std::end(kMeasuredBlockCounts);
  if (count == kMeasuredBlockCounts[0]) strategy.suits = DataCase::kManyClose;
  // One network has all of its layers for that.
  if (count == kMeasuredBlockCounts[1] && branches.size() > 1) strategy.suits = DataCase::kManyFar;
  return strategy;
}

void add_heads(std::span<const FeatureBlock> blocks, const BlockNames& names, std::vector<Strategy>& all) {
  all.push_back({.name = "nearest-mean", .head = HeadKind::kNearestMean, .is_measured = true});
  all.push_back({.name = "head", .free_head = true, .suits = DataCase::kFewClose, .is_measured = true});
  const std::size_t usual_cut = back_from_last(names, kUsualCutBack);
  for (std::size_t i = names.size(); i-- > 0;) all.push_back(cut_after(names[i], i == usual_cut));
  Strategy joined{.name = "joined-layers", .features = joined_maps(blocks)};
  joined.is_measured = true;
  all.push_back(joined);
  all.push_back({.name = "head-views", .views = true, .second_look = true, .is_measured = true});
  joined.name = "joined-layers-views";
  joined.views = true;
  joined.second_look = true;
  all.push_back(std::move(joined));
}

void add_new_layers(const BlockNames& names, std::vector<Strategy>& all) {
  const std::size_t usual = back_from_last(names, kUsualNewLayersBack);
  for (std::size_t i = names.size(); i-- > 0;) all.push_back(new_layers_after(names[i], i, i == usual));
}

// The same number in every branch, as many as the shortest has.
void add_last_blocks(const std::vector<BlockNames>& branches, std::vector<Strategy>& all) {
  const auto shorter = [](const BlockNames& a, const BlockNames& b) { return a.size() < b.size(); };
  const std::size_t most = branches.empty() ? 0 : std::ranges::min_element(branches, shorter)->size();
  all.push_back({.name = "last-convolution",
                 .tuning = tuning_of(TrainedPart::kLastConvolution),
                 .border = most == 0 ? std::string(kInputBorder) : border_before_end(branches, 0)});
  for (std::size_t count = 1; count < most; ++count) all.push_back(last_blocks(branches, count));
}

void add_whole_network(std::vector<Strategy>& all) {
  all.push_back({.name = "whole-network",
                 .tuning = tuning_of(TrainedPart::kWholeNetwork),
                 .border = std::string(kInputBorder),
                 .suits = DataCase::kManyFar,
                 .is_measured = true});
}

// "'nearest-mean', 'head', 'cut-after-16' to 'cut-after-0', …": what differs by a number only is told once.
std::string list_of(const std::vector<Strategy>& all) {
  const auto stem = [](const std::string& name) { return name.substr(0, name.find_first_of("0123456789")); };
  std::string list;
  for (std::size_t i = 0; i < all.size(); ++i) {
    std::size_t end = i + 1;
    if (stem(all[i].name) != all[i].name) {
      while (end < all.size() && stem(all[end].name) == stem(all[i].name)) ++end;
    }
    list += (i == 0 ? "'" : ", '") + all[i].name + "'";
    if (end > i + 1) list += " to '" + all[end - 1].name + "'";
    i = end - 1;
  }
  return list;
}

}  // namespace

std::vector<Strategy> strategies(std::span<const FeatureBlock> blocks) {
  const BlockNames names = block_names(blocks);
  std::vector<Strategy> all;
  add_heads(blocks, names, all);
  // Several networks at once end where they ended and begin as they began: only what they end with is
  // trained.
  if (!is_joined(blocks)) add_new_layers(names, all);
  add_last_blocks(branches_of(blocks), all);
  if (!is_joined(blocks)) add_whole_network(all);
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i].simplicity = i;
    all[i].features = named_maps(blocks, all[i].features);
  }
  return all;
}

Result<Strategy> strategy_named(std::span<const FeatureBlock> blocks, std::string_view name) {
  const std::vector<Strategy> all = strategies(blocks);
  for (const Strategy& strategy : all) {
    if (!name.empty() && (strategy.name == name || strategy.short_name == name)) return strategy;
  }
  return bad_argument("strategy must be one of " + list_of(all) + ", got '" + std::string(name) + "'");
}

FeatureSet scored_maps(std::span<const FeatureBlock> blocks) {
  const BlockNames names = block_names(blocks);
  FeatureSet maps = named_maps(blocks, {"last"});
  for (const std::size_t steps : kScoredBack) {
    if (steps < names.size()) maps.push_back(names[names.size() - 1 - steps]);
  }
  return maps;
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

ViewUse tune_views(const Strategy& strategy, bool mirror_harms) {
  if (!strategy.tuning) return ViewUse::kNone;
  return mirror_harms ? ViewUse::kWithoutMirror : ViewUse::kAll;
}

}  // namespace headstart
