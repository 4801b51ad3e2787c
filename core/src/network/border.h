// Where training leaves the network as it was: the last frozen map of each branch. Reports, heads and
// strategies write all of them as one text, "a.blocks.7,b.blocks.13".
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace headstart {

// As a border: nothing was frozen.
inline constexpr std::string_view kInputBorder = "input";

[[nodiscard]] std::string border_text(std::span<const std::string> maps);

// The maps of such a text, in its order: of "blocks.13" one, of an empty one none.
[[nodiscard]] std::vector<std::string> maps_of_border(std::string_view border);

// Whether a block, or a tensor of one, lies behind the border of its own branch; behind "input" all do.
[[nodiscard]] bool lies_behind(std::string_view name, std::string_view border);

}  // namespace headstart
