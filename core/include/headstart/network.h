// What a network is, seen from outside: its maps, its tensors, and what its file says of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "headstart/image.h"

namespace headstart {

// The layers themselves, inside core: core/src/network.
struct Network;

// Where the mean over the places of one map lies in the row of features that a pass gives, or their standard
// deviation: how unevenly each of its channels is spread over the picture. (Both together are the "statistics
// pooling" of Snyder et al. 2018.)
struct FeatureBlock {
  std::string map;            // "blocks.0" … "blocks.16", "last"; of a deviation "blocks.14:deviation"
  std::size_t offset = 0;     // of its first number in the row
  std::size_t count = 0;      // the map's channels
  bool is_rectified = false;  // nothing of it can be below zero
  double share = 1;           // of several networks: its network's say beside the others, above 0
};

// One tensor that a network has.
struct TensorSpec {
  std::string name;                // "blocks.3.expand.weight"
  std::vector<std::size_t> shape;  // row-major
};

// One of several networks that look at a picture together.
struct BranchInfo {
  std::string name;           // "a", "b", …, which its maps bear in front
  std::string network;        // what it is called by itself: "mobilenet_v2_0.35_224"
  bool is_quantised = false;  // its own file is in bytes: it is run in int8 where that is asked for
  double share = 1;           // its say beside the others, above 0
};

// What a backbone file says about itself.
struct BackboneInfo {
  std::string name;  // the file's own `name`, else architecture_width_inputsize: "mobilenet_v2_0.35_224"
  std::string architecture;        // "mobilenet_v2"
  std::string width_multiplier;    // as the file writes it: "0.35"
  std::int32_t input_size_px = 0;  // what it was trained for
  Normalisation normalisation;
  std::string input_scale;                // the file's own text, "1/127.5"; the head file repeats it
  std::string input_offset;               // "-1"
  bool is_normalisation_guessed = false;  // the file does not say it: whoever knows better should be asked
  bool is_quantised = false;              // the file, or one of several, is in bytes: it can be run in int8
  std::vector<BranchInfo> branches;       // of several networks each, in their order; of one none
  std::size_t embedding_dim = 0;
  std::vector<FeatureBlock> feature_blocks;  // of the whole network, in its order
  std::vector<TensorSpec> tensors;           // all of them, in the order of the layers
  std::size_t parameter_count = 0;
  std::string source;
  std::string license;
  std::string sha256;  // of the file's bytes, lower-case hexadecimal
};

// A tensor that fine-tuning changed or made, under its name in the backbone or head file.
struct ChangedTensor {
  std::string name;
  std::vector<std::size_t> shape;
  std::vector<float> values;
};

// The bytes of two to four backbones as those of one that looks with all of them, in this order: wherever a
// backbone's file is asked for, these are one. Its maps bear a letter for each network in front, "a.last" and
// "b.last", and its embedding is theirs one behind the other. What does not go together is told by whoever
// reads it: pictures of different sizes, or the same network twice. `shares` [files.size()], above 0: the say
// of each beside the others in what a head makes of them; none: alike.
[[nodiscard]] std::vector<std::uint8_t> joined_file(std::span<const std::span<const std::uint8_t>> files,
                                                    std::span<const double> shares = {});

}  // namespace headstart
