// Where a picture speaks for a class: class activation mapping (Zhou et al., "Learning Deep Features for
// Discriminative Localization", CVPR 2016). A head reads the means of maps over their places, so that what it
// says is a sum over the places: this is that sum before it is taken, exactly, whatever the head: a transform
// of features only scales each of them, by what this picture makes of it.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "headstart/head.h"
#include "headstart/head_reader.h"
#include "headstart/status.h"

namespace headstart {

// How much each place speaks for a class and not for the classes on the average: with `bias` that none of
// them accounts for, the values sum to `logit`, how far the class's logit is above the mean of all.
struct AttentionMap {
  std::size_t width = 0;
  std::size_t height = 0;
  std::vector<float> values;  // [height, width]
  double logit = 0;
  double bias = 0;
};

// `features` and `places` are those of one picture, as HeadReader::read_places gives them. A hidden layer
// counts as it is switched by this picture; several maps are added on the finest one's grid, of at most 28 by
// 28 places. bad-argument where they do not fit the head.
Result<AttentionMap> attention_map(const Head& head, std::span<const float> features,
                                   std::span<const PlacedFeatures> places, std::size_t class_index);

}  // namespace headstart
