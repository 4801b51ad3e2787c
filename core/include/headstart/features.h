// Which of the network's maps a head reads: pooled maps, one or several joined, picked out of the full row
// that every pass of the backbone gives.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "headstart/backbone.h"
#include "headstart/status.h"

namespace headstart {

// The names of the maps that are joined, in the order in which they are joined, each once. {"last"} is the
// embedding, the usual choice.
using FeatureSet = std::vector<std::string>;

// `set` with every map by its full name: of several networks at once, "last" stands for the last of each.
[[nodiscard]] FeatureSet named_maps(std::span<const FeatureBlock> blocks, const FeatureSet& set);

// Where the maps of `set`, named as in named_maps, lie in a row that `blocks` lays out, in the order of
// `set`. bad-argument for an empty set and for a name that the row does not have or that comes twice.
[[nodiscard]] Result<std::vector<FeatureBlock>> select_features(std::span<const FeatureBlock> blocks,
                                                                const FeatureSet& set);

// The features that are worth joining, of late maps: where parts have become things, the last block (of both
// mean and deviation), and the last layer; of several networks those of each. Fewer where a network has
// fewer.
[[nodiscard]] FeatureSet joined_maps(std::span<const FeatureBlock> blocks);

// The maps that these features are taken of, each once, in their order.
[[nodiscard]] FeatureSet maps_of_features(const FeatureSet& features);

// The maps that lie so many steps before the last layer, of each network, in the order of `steps_back`.
[[nodiscard]] FeatureSet late_maps(std::span<const FeatureBlock> blocks,
                                   std::span<const std::size_t> steps_back);

// The say of each of these maps in what is read of them all (sum: 1): half is the last layer's, the rest is
// shared; alike where there is no last layer or nothing else. Of several networks each has its own share. On
// five sets of pictures the means of two small networks' maps alone, all alike, were 1.1 points less often
// right.
[[nodiscard]] std::vector<double> map_shares(std::span<const FeatureBlock> maps);

// How many numbers these maps have together.
[[nodiscard]] std::size_t feature_count_of(std::span<const FeatureBlock> blocks);

// Copies the maps of `selected` from a full row one after the other to `features`
// [feature_count_of(selected)]. `row` must hold them all (lengths asserted).
void gather_features(std::span<const float> row, std::span<const FeatureBlock> selected,
                     std::span<float> features);

}  // namespace headstart
