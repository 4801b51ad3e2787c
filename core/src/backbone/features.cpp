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
  FeatureSet joined;
  for (std::string& map : late_maps(blocks, std::array<std::size_t, 3>{3, 1, 0})) {
    std::string deviation = deviation_of(map);
    const bool is_there = std::ranges::find(blocks, deviation, &FeatureBlock::map) != blocks.end();
    joined.push_back(std::move(map));
    if (is_there) joined.push_back(std::move(deviation));
  }
  return joined;
}

std::vector<double> map_shares(std::span<const FeatureBlock> maps) {
  std::vector<double> shares;
  for (const FeatureBlock& map : maps) {
    std::size_t last_count = 0;
    std::size_t other_count = 0;
    for (const FeatureBlock& other : maps) {
      if (branch_of(other.map) != branch_of(map.map)) continue;
      ++(inside_branch(other.map) == kLastBlock ? last_count : other_count);
    }
    const bool is_last = inside_branch(map.map) == kLastBlock;
    const auto alike = static_cast<double>(is_last ? last_count : other_count);
    shares.push_back(map.share * (last_count > 0 && other_count > 0 ? 0.5 : 1.0) / alike);
  }
  double sum = 0;
  for (const double share : shares) sum += share;
  for (double& share : shares) share /= sum;
  return shares;
}

FeatureSet maps_of_features(const FeatureSet& features) {
  FeatureSet maps;
  for (const std::string& feature : features) {
    const std::string_view map = map_of_feature(feature);
    if (std::ranges::find(maps, map) == maps.end()) maps.emplace_back(map);
  }
  return maps;
}

FeatureSet late_maps(std::span<const FeatureBlock> blocks, std::span<const std::size_t> steps_back) {
  FeatureSet maps;
  for (const FeatureBlock& last : blocks) {
    if (inside_branch(last.map) != kLastBlock) continue;
    std::vector<std::string> own;
    for (const FeatureBlock& block : blocks) {
      const bool is_own = branch_of(block.map) == branch_of(last.map);
      if (is_own && !is_deviation(block.map)) own.push_back(block.map);
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
