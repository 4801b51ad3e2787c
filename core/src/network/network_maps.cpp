// A network's maps: the features that they are, and the network without what is behind them.
#include <algorithm>
#include <utility>

#include "files/safetensors.h"
#include "network/map_name.h"
#include "network/network.h"

namespace headstart {
namespace {

// Of these maps, counted from a network's last layer, deviations are features too: those that joined_maps
// joins.
constexpr std::size_t kSpreadStepsBack[] = {3, 1};

}  // namespace

std::vector<std::size_t> last_blocks_of(const Network& network) {
  if (network.branches.empty()) return {network.blocks.size() - 1};
  std::vector<std::size_t> last;
  for (const Branch& branch : network.branches) last.push_back(branch.end - 1);
  return last;
}

Result<Network> cut_network(Network network, std::string_view block) {
  const auto found = std::ranges::find(network.blocks, block, &Block::name);
  if (found == network.blocks.end()) {
    return bad_argument("the network has no map " + quoted(block) + " to end at");
  }
  if (!network.branches.empty()) {
    return bad_argument("several networks at once cannot end at one map, " + quoted(block) +
                        ": cut one network alone");
  }
  network.layers.erase(network.layers.begin() + static_cast<std::ptrdiff_t>(found->end),
                       network.layers.end());
  network.blocks.erase(found + 1, network.blocks.end());
  return network;
}

Result<Network> trim_network(Network network, std::span<const std::string> maps) {
  std::vector<bool> is_kept(network.blocks.size());
  for (const std::string& map : maps) {
    const Block* block = network.find_block(map_of_feature(map));
    if (block == nullptr) return bad_argument("the network has no map " + quoted(map));
    std::size_t i = static_cast<std::size_t>(block - network.blocks.data());
    const auto is_own = [&](const Branch& branch) { return branch.begin <= i && i < branch.end; };
    const auto branch = std::ranges::find_if(network.branches, is_own);
    const std::size_t begin = branch == network.branches.end() ? 0 : branch->begin;
    std::fill(is_kept.begin() + static_cast<std::ptrdiff_t>(begin),
              is_kept.begin() + static_cast<std::ptrdiff_t>(i + 1), true);
  }
  std::vector<Layer> layers;
  std::vector<Block> blocks;
  const auto keep = [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      if (!is_kept[i]) continue;
      Block block = network.blocks[i];
      const std::size_t first = layers.size();
      for (std::size_t k = block.begin; k < block.end; ++k) layers.push_back(std::move(network.layers[k]));
      block.begin = first;
      block.end = layers.size();
      blocks.push_back(std::move(block));
    }
  };
  if (network.branches.empty()) keep(0, network.blocks.size());
  std::vector<Branch> branches;
  for (Branch& branch : network.branches) {
    const std::size_t begin = blocks.size();
    keep(branch.begin, branch.end);
    if (blocks.size() == begin) continue;
    branch.begin = begin;
    branch.end = blocks.size();
    branches.push_back(std::move(branch));
  }
  network.layers = std::move(layers);
  network.blocks = std::move(blocks);
  network.branches = std::move(branches);
  return network;
}

std::vector<FeatureBlock> feature_blocks_of(const Network& network) {
  std::vector<FeatureBlock> features;
  std::size_t offset = 0;
  const auto share_of = [&](std::string_view name) {
    const auto branch = std::ranges::find(network.branches, branch_of(name), &Branch::name);
    return branch == network.branches.end() ? 1.0 : branch->share;
  };
  const auto add = [&](std::string name, const Block& block, bool is_rectified) {
    const std::size_t count = network.map_of(block).channel_count;
    const double share = share_of(name);
    features.push_back({std::move(name), offset, count, is_rectified, share});
    offset += count;
  };
  const auto add_mean = [&](const Block& block) {
    const Activation activation = network.layers[block.end - 1].activation;
    add(block.name, block, activation == Activation::kRelu || activation == Activation::kRelu6);
  };
  const std::vector<std::size_t> last = last_blocks_of(network);
  std::vector<const Block*> spread;
  std::size_t begin = 0;
  for (const std::size_t end : last) {
    std::vector<const Block*> own;
    for (std::size_t i = begin; i < end; ++i) {
      if (!network.blocks[i].is_tapped) continue;
      add_mean(network.blocks[i]);
      own.push_back(&network.blocks[i]);
    }
    for (const std::size_t steps : kSpreadStepsBack) {
      const bool is_whole = inside_branch(network.blocks[end].name) == kLastBlock;  // not cut
      if (is_whole && steps <= own.size()) spread.push_back(own[own.size() - steps]);
    }
    begin = end + 1;
  }
  for (const Block* block : spread) add(deviation_of(block->name), *block, true);
  for (const std::size_t i : last) add_mean(network.blocks[i]);
  return features;
}

}  // namespace headstart
