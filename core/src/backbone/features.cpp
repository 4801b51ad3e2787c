#include "headstart/features.h"

#include <algorithm>
#include <cassert>

namespace headstart {
namespace {

std::string names_of(std::span<const FeatureBlock> blocks) {
  std::string names;
  for (const FeatureBlock& block : blocks) names += (names.empty() ? "\"" : ", \"") + block.map + "\"";
  return names;
}

}  // namespace

Result<std::vector<FeatureBlock>> select_features(std::span<const FeatureBlock> blocks,
                                                  const FeatureSet& set) {
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
  constexpr std::size_t kStepsBack[] = {3, 1, 0};  // from the last layer
  FeatureSet maps;
  for (const std::size_t steps : kStepsBack) {
    if (steps < blocks.size()) maps.push_back(blocks[blocks.size() - 1 - steps].map);
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
