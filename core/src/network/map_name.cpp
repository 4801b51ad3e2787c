#include "network/map_name.h"

#include <algorithm>

namespace headstart {
namespace {

constexpr std::size_t kMostDigits = 3;
constexpr std::size_t kLastDepth = 1001;
constexpr std::string_view kDeviation = ":deviation";

// The block's name at the beginning of `name`; empty where there is none.
std::string_view block_of(std::string_view name) {
  std::string_view block;
  for (const std::string_view plain : {kStemBlock, kLastBlock}) {
    if (name.starts_with(plain)) block = plain;
  }
  if (name.starts_with(kNumberedBlock)) {
    std::size_t end = kNumberedBlock.size();
    while (end < name.size() && name[end] >= '0' && name[end] <= '9') ++end;
    const std::size_t digits = end - kNumberedBlock.size();
    const bool has_leading_zero = digits > 1 && name[kNumberedBlock.size()] == '0';
    if (digits >= 1 && digits <= kMostDigits && !has_leading_zero) block = name.substr(0, end);
  }
  const bool is_whole = block.size() == name.size() || name[block.size()] == '.';
  return is_whole ? block : std::string_view();
}

// Whether `text` is a number of one to three digits.
bool is_number(std::string_view text) {
  return !text.empty() && text.size() <= kMostDigits &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// Of "depthwise" and "depthwise_2"; 0 for what is no role.
std::size_t role_dimension_count(std::string_view text) {
  for (const LayerRole& role : kLayerRoles) {
    if (!text.starts_with(role.name)) continue;
    const std::string_view rest = text.substr(role.name.size());
    if (rest.empty() || (rest[0] == '_' && is_number(rest.substr(1)))) return role.dimension_count;
  }
  return 0;
}

}  // namespace

std::size_t block_depth(std::string_view name) {
  const std::string_view block = block_of(inside_branch(name));
  if (block == kLastBlock) return kLastDepth;
  if (!block.starts_with(kNumberedBlock)) return 0;
  std::size_t number = 0;
  for (const char digit : block.substr(kNumberedBlock.size())) {
    number = number * 10 + static_cast<std::size_t>(digit - '0');
  }
  return number + 1;
}

std::string deviation_of(std::string_view map) {
  return std::string(map) + std::string(kDeviation);
}

bool is_deviation(std::string_view feature) {
  return feature.ends_with(kDeviation);
}

std::string_view map_of_feature(std::string_view feature) {
  return is_deviation(feature) ? feature.substr(0, feature.size() - kDeviation.size()) : feature;
}

std::string branch_name(std::size_t index) {
  return {static_cast<char>('a' + index)};
}

std::string_view branch_of(std::string_view name) {
  const bool is_there =
      name.size() > 2 && name[1] == '.' && name[0] >= 'a' && name[0] < static_cast<char>('a' + kMostBranches);
  return is_there ? name.substr(0, 1) : std::string_view();
}

std::string_view inside_branch(std::string_view name) {
  return branch_of(name).empty() ? name : name.substr(2);
}

bool is_map_name(std::string_view full_name) {
  const std::string_view name = inside_branch(full_name);
  return block_of(name) == name && name != kStemBlock && !name.empty();
}

std::size_t tensor_dimension_count(std::string_view full_name) {
  const std::string_view name = inside_branch(full_name);
  const std::string_view block = block_of(name);
  if (block.empty()) return 0;
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || dot < block.size()) return 0;
  const std::string_view kind = name.substr(dot + 1);
  if (kind != "weight" && kind != "bias") return 0;
  constexpr std::size_t kPlainDimensions = 4;
  const bool is_plain = dot == block.size();
  const std::size_t weight_dimensions =
      is_plain ? kPlainDimensions
               : role_dimension_count(name.substr(block.size() + 1, dot - block.size() - 1));
  if (weight_dimensions == 0 || (is_plain && block.starts_with(kNumberedBlock))) return 0;
  return kind == "bias" ? 1 : weight_dimensions;
}

}  // namespace headstart
