#include "network/border.h"

#include <algorithm>

#include "network/map_name.h"

namespace headstart {
namespace {

constexpr char kBetween = ',';

}  // namespace

std::string border_text(std::span<const std::string> maps) {
  std::string text;
  for (const std::string& map : maps) text += (text.empty() ? "" : std::string(1, kBetween)) + map;
  return text;
}

std::vector<std::string> maps_of_border(std::string_view border) {
  std::vector<std::string> maps;
  while (!border.empty()) {
    const std::size_t end = std::min(border.find(kBetween), border.size());
    maps.emplace_back(border.substr(0, end));
    border.remove_prefix(std::min(end + 1, border.size()));
  }
  return maps;
}

bool lies_behind(std::string_view name, std::string_view border) {
  if (border == kInputBorder) return true;
  return std::ranges::any_of(maps_of_border(border), [&](const std::string& map) {
    return branch_of(map) == branch_of(name) && block_depth(name) > block_depth(map);
  });
}

}  // namespace headstart
