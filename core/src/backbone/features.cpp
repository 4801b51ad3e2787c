#include "headstart/features.h"

#include <algorithm>
#include <array>
#include <cassert>

#include "network/map_name.h"

namespace headstart {
namespace {

std::string names_of(std::span<const FeatureBlock> blocks) {
  std::string names;
  for (const FeatureBlock& block : blocks) names += (names.empty() ? "\"" : ", \"") + block.map + "\"";
  return names;
}

}  // namespace

FeatureSet named_maps(std::span<const FeatureBlock> blocks, const FeatureSet& set) {
  FeatureSet named;
  for (const std::string& name : set) {
    const std::size_t before = named.size();
    for (const FeatureBlock& block : blocks) {
      if (!branch_of(block.map).empty() && inside_branch(block.map) == name) named.push_back(block.map);
    }
    if (named.size() == before) named.push_back(name);
  }
  return named;
}

Result<std::vector<FeatureBlock>> select_features(std::span<const FeatureBlock> blocks,
                                                  const FeatureSet& wanted) {
  const FeatureSet set = named_maps(blocks, wanted);
  if (set.empty()) return bad_argument("a head needs at least one map of the network to read, got none");
  std::vector<FeatureBlock> selected;
  for (const std::string& name : set) {
    const auto same = [&](const FeatureBlock& block) { return block.map == name; };
    const auto found = std::ranges::find_if(blocks, same);
    if (found == blocks.end()) {
      return bad_argument("features can be taken from " + names_of(blocks) + ", but there is no map \"" +
                          name + "\"");
    }
    if (std::ranges::any_of(selected, same)) {
      return bad_argument("the map \"" + name + "\" was asked for twice");
    }
    selected.push_back(*found);
  }
  return selected;
}

FeatureSet joined_maps(std::span<const FeatureBlock> blocks) {
  return late_maps(blocks, std::array<std::size_t, 3>{3, 1, 0});
}

FeatureSet late_maps(std::span<const FeatureBlock> blocks, std::span<const std::size_t> steps_back) {
  FeatureSet maps;
  for (const FeatureBlock& last : blocks) {
    if (inside_branch(last.map) != kLastBlock) continue;
    std::vector<std::string> own;
    for (const FeatureBlock& block : blocks) {
      if (branch_of(block.map) == branch_of(last.map)) own.push_back(block.map);
    }
    for (const std::size_t steps : steps_back) {
      if (steps < own.size()) maps.push_back(own[own.size() - 1 - steps]);
    }
  }
  return maps;
}

std::size_t feature_count_of(std::span<const FeatureBlock> blocks) {
  std::size_t count = 0;
  for (const FeatureBlock& block : blocks) count += block.count;
  return count;
}

void gather_features(std::span<const float> row, std::span<const FeatureBlock> selected,
                     std::span<float> features) {
  assert(features.size() == feature_count_of(selected));
  auto out = features.begin();
  for (const FeatureBlock& block : selected) {
    assert(block.offset + block.count <= row.size());
    out = std::ranges::copy(row.subspan(block.offset, block.count), out).out;
  }
}

}  // namespace headstart
