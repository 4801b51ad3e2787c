// The pictures behind the views, and which of them are held out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "headstart/fine_tuner.h"
#include "headstart/status.h"

namespace headstart {

struct SplitPicture {
  std::uint32_t class_index = 0;
  std::vector<std::uint32_t> views;  // the first is the picture as it is
  bool held_out = false;
};

// Gathers the pictures in the order in which they appear, and holds `held_out_fraction` of each class out, at
// least one: neighbours, from a place drawn from the seed. too-few-samples below two classes or four pictures
// in a class; bad-argument where a class index has no label or the views of a picture disagree about its
// class.
Result<std::vector<SplitPicture>> split_pictures(std::span<const FineTuneView> views,
                                                 std::span<const std::string> labels,
                                                 double held_out_fraction, std::uint64_t seed);

// The views whose features a trained network's head is fitted to, picture by picture: all of every picture
// where all have as many and there are `most` of them at most, else the first of each.
[[nodiscard]] std::vector<std::uint32_t> final_views(std::span<const SplitPicture> pictures,
                                                     std::size_t most);

// N / (class_count n_class) for each class of the training pictures' views (King & Zeng 2001).
[[nodiscard]] std::vector<float> balanced_class_weights(std::span<const SplitPicture> pictures,
                                                        std::size_t class_count);

}  // namespace headstart
