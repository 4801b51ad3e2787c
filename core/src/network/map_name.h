// The names of blocks and tensors that any network of ours has, for files that are read before their network.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace headstart {

// Blocks between the first and the last layers are numbered from 0 on, 999 at the most.
inline constexpr std::string_view kStemBlock = "stem";
inline constexpr std::string_view kNumberedBlock = "blocks.";
inline constexpr std::string_view kLastBlock = "last";

// Several networks at once: what belongs to one of them bears its name, a letter and a dot, in front.
inline constexpr std::size_t kMostBranches = 4;
[[nodiscard]] std::string branch_name(std::size_t index);         // "a", "b", …
[[nodiscard]] std::string_view branch_of(std::string_view name);  // "b" of "b.blocks.3"; empty of "blocks.3"
[[nodiscard]] std::string_view inside_branch(std::string_view name);  // "blocks.3" of both

// Of a map's places its mean is taken, under the map's own name, and of some maps their standard deviation
// too: "blocks.14:deviation".
[[nodiscard]] std::string deviation_of(std::string_view map);
[[nodiscard]] bool is_deviation(std::string_view feature);
[[nodiscard]] std::string_view map_of_feature(std::string_view feature);  // "blocks.14" of both

// Where a name stands in its branch: 0 for the stem or what is no name of ours, N + 1 for block N and its
// tensors, one past all of these for the last block and its tensors.
[[nodiscard]] std::size_t block_depth(std::string_view name);

// A map that can be asked for: "blocks.0", …, "last".
[[nodiscard]] bool is_map_name(std::string_view name);

// What a convolution or scale is called in its block: "blocks.3.expand", "blocks.3.convolution_2". The only
// one of the stem or the last block may go by the block's name alone.
struct LayerRole {
  std::string_view name;
  std::size_t dimension_count;  // of its weights
};
inline constexpr std::array<LayerRole, 8> kLayerRoles = {{
    {"expand", 4},     // widens, 1x1
    {"depthwise", 3},  //
    {"project", 4},    // narrows again, 1x1
    {"reduce", 4},     // of squeeze-and-excite
    {"excite", 4},     // of squeeze-and-excite
    {"shortcut", 4},   // beside the block
    {"convolution", 4},
    {"scale", 1},
}};

// How many dimensions a tensor of this name has: 1 for "….bias", those of its role for "….weight". 0 where no
// network of ours has such a tensor.
[[nodiscard]] std::size_t tensor_dimension_count(std::string_view name);

}  // namespace headstart
