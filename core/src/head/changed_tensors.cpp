#include "head/changed_tensors.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "files/safetensors.h"
#include "network/border.h"
#include "network/map_name.h"

namespace headstart {
namespace {

const ChangedTensor* find_tensor(const Head& head, std::string_view name) {
  const auto found = std::ranges::find(head.tensors, name, &ChangedTensor::name);
  return found == head.tensors.end() ? nullptr : &*found;
}

std::size_t element_count(std::span<const std::size_t> shape) {
  std::size_t count = 1;
  for (const std::size_t size : shape) count *= size;
  return count;
}

bool is_cut_tensor(const ChangedTensor& tensor) {
  return tensor.name == kCutWeight || tensor.name == kCutBias;
}

Status check_features(const FeatureSet& features) {
  if (features.empty())
    return bad_file("a head must read at least one map of its network, `features` is empty");
  for (std::size_t i = 0; i < features.size(); ++i) {
    if (features[i] != kCutMap && !is_map_name(map_of_feature(features[i]))) {
      return bad_file("the network has no map " + quoted(features[i]) + " for `features`");
    }
    if (std::ranges::count(std::span(features).first(i), features[i]) > 0) {
      return bad_file("`features` names the map " + quoted(features[i]) + " twice");
    }
  }
  return {};
}

Status check_cut(const Head& head) {
  const ChangedTensor* weight = find_tensor(head, kCutWeight);
  const ChangedTensor* bias = find_tensor(head, kCutBias);
  const bool reads_cut = std::ranges::find(head.features, kCutMap) != head.features.end();
  if (weight == nullptr && bias == nullptr && !reads_cut) return {};
  if (weight == nullptr || bias == nullptr || !reads_cut || head.features.size() != 1 ||
      head.tensors.size() != 2) {
    return bad_file(
        "a head on a cut network reads \"cut\" alone and comes with the tensors \"cut.weight\" and "
        "\"cut.bias\" "
        "alone");
  }
  if (!is_map_name(head.border)) {
    return bad_file("a cut network must end at one of its maps, `border` is " + quoted(head.border));
  }
  if (weight->shape[0] != head.feature_count || bias->shape[0] != head.feature_count ||
      weight->shape[1] != 1 || weight->shape[2] != 1) {
    return bad_file("head expects " + std::to_string(head.feature_count) +
                    " features per sample, the cut's tensors have the shapes " + shape_text(weight->shape) +
                    " and " + shape_text(bias->shape));
  }
  return {};
}

// `example`: a border that could stand there, a map for each network.
Error no_border(const std::string& border, std::span<const std::string> example, const std::string& why) {
  const bool is_joined = example.size() > 1;
  return bad_file("`border` should be " +
                  std::string(is_joined ? "one map of each network" : "a map of the network or \"input\"") +
                  ", such as " + quoted(border_text(example)) + ", got " + quoted(border) + ": " + why);
}

std::string leaves_out(std::string_view branch) {
  return "it leaves out the network " + quoted(branch);
}

// As this head could have it: each network's last block before the first that the head brings tensors of.
std::vector<std::string> example_border(const Head& head) {
  constexpr std::size_t kMostBlocks = 1000;
  std::vector<std::string> maps;
  // Networks have a letter each, one alone has none.
  for (std::size_t i = 0; i <= kMostBranches; ++i) {
    const std::string prefix = i < kMostBranches ? branch_name(i) + "." : std::string();
    if (i == kMostBranches && !maps.empty()) break;
    const auto is_own = [&](std::string_view name) { return prefix.empty() || name.starts_with(prefix); };
    std::size_t depth = kMostBlocks + 1;
    for (const ChangedTensor& tensor : head.tensors) {
      if (is_own(tensor.name)) depth = std::min(depth, block_depth(tensor.name));
    }
    if (depth > kMostBlocks && std::ranges::none_of(head.features, is_own)) continue;
    const std::size_t number = depth >= 2 && depth <= kMostBlocks ? depth - 2 : 0;
    maps.push_back(prefix + std::string(kNumberedBlock) + std::to_string(number));
  }
  return maps;
}

// As a head on this backbone could have it: the last block of each network before its last layers.
std::vector<std::string> example_border(const BackboneInfo& backbone) {
  std::vector<std::string> maps;
  for (const FeatureBlock& block : backbone.feature_blocks) {
    if (maps.empty() || branch_of(maps.back()) != branch_of(block.map)) {
      maps.push_back(block.map);
    } else if (inside_branch(block.map).starts_with(kNumberedBlock) && !is_deviation(block.map)) {
      maps.back() = block.map;
    }
  }
  return maps;
}

bool has_branch(std::span<const std::string> maps, std::string_view branch) {
  return std::ranges::any_of(maps, [&](const std::string& map) { return branch_of(map) == branch; });
}

// What keeps a text from being "blocks.13", or "a.blocks.7,b.blocks.13": of several networks one each, in
// their order.
std::optional<std::string> border_fault(const std::string& border) {
  const std::vector<std::string> maps = maps_of_border(border);
  for (std::size_t i = 0; i < maps.size(); ++i) {
    const std::string_view branch = branch_of(maps[i]);
    if (!is_map_name(maps[i])) return quoted(maps[i]) + " is no map of a network";
    if (maps.size() > 1 && branch.empty()) {
      return "of several networks each map bears its network's letter, " + quoted(maps[i]) + " bears none";
    }
    if (has_branch(std::span(maps).first(i), branch))
      return "it names the network " + quoted(branch) + " twice";
    if (i > 0 && branch < branch_of(maps[i - 1])) {
      return "the network " + quoted(branch) + " comes before " + quoted(branch_of(maps[i - 1]));
    }
  }
  if (border_text(maps) != border) return "it ends with a comma";
  return std::nullopt;
}

Status check_border(const Head& head) {
  if (head.border.empty() || head.border == kInputBorder) return {};
  const std::optional<std::string> fault = border_fault(head.border);
  return fault ? Status(no_border(head.border, example_border(head), *fault)) : Status();
}

// Of a tensor that does not lie behind the border.
Error not_behind(const ChangedTensor& tensor, const Head& head) {
  const std::string_view branch = branch_of(tensor.name);
  if (has_branch(maps_of_border(head.border), branch)) {
    return bad_file("the tensor " + quoted(tensor.name) + " lies before the border " + quoted(head.border) +
                    ", where the network was frozen");
  }
  if (branch.empty()) {
    return bad_file("the tensor " + quoted(tensor.name) + " bears no network's letter, as the border " +
                    quoted(head.border) + " of several does");
  }
  return no_border(head.border, example_border(head),
                   leaves_out(branch) + ", of which the head brings the tensor " + quoted(tensor.name));
}

// Each network of the backbone has its map in the border, and no other map is in it.
Status check_border_fits(const std::string& border, const BackboneInfo& backbone) {
  if (border.empty() || border == kInputBorder) return {};
  const std::vector<std::string> example = example_border(backbone);
  const std::vector<std::string> maps = maps_of_border(border);
  for (const std::string& each : example) {
    const std::string_view branch = branch_of(each);
    if (branch.empty() || has_branch(maps, branch)) continue;
    return no_border(border, example, leaves_out(branch));
  }
  for (const std::string& map : maps) {
    if (std::ranges::find(backbone.feature_blocks, map, &FeatureBlock::map) ==
        backbone.feature_blocks.end()) {
      return no_border(border, example, "the backbone has no map " + quoted(map));
    }
  }
  return {};
}

Status check_map_sizes(const Head& head) {
  if (head.transform == FeatureTransform::kNone && head.map_sizes.empty()) return {};
  std::size_t count = 0;
  for (const std::size_t size : head.map_sizes) count += size;
  if (head.map_sizes.size() == head.features.size() && count == head.feature_count) return {};
  return bad_file("`map_sizes` must have one number for each of " + std::to_string(head.features.size()) +
                  " maps, " + std::to_string(head.feature_count) + " together, got " +
                  std::to_string(head.map_sizes.size()) + " numbers, " + std::to_string(count) + " together");
}

}  // namespace

std::size_t dimension_count_of(std::string_view tensor_name) {
  if (tensor_name == kCutWeight) return 4;
  if (tensor_name == kCutBias) return 1;
  return tensor_dimension_count(tensor_name);
}

Status check_parts(const Head& head) {
  if (const Status valid = check_features(head.features); !valid) return valid;
  if (const Status valid = check_map_sizes(head); !valid) return valid;
  if (const Status valid = check_border(head); !valid) return valid;
  for (const ChangedTensor& tensor : head.tensors) {
    const std::size_t dimension_count = dimension_count_of(tensor.name);
    if (dimension_count == 0 || tensor.shape.size() != dimension_count ||
        element_count(tensor.shape) != tensor.values.size()) {
      return bad_file("the tensor " + quoted(tensor.name) + " cannot have the shape " +
                      shape_text(tensor.shape));
    }
    if (head.border.empty()) {
      return bad_file("the head brings the tensor " + quoted(tensor.name) +
                      ", but its `border` does not say which part of the network was frozen");
    }
    if (!is_cut_tensor(tensor) && !lies_behind(tensor.name, head.border)) return not_behind(tensor, head);
  }
  return check_cut(head);
}

Status check_parts_fit(const Head& head, const BackboneInfo& backbone) {
  const auto count_of = [&](std::string_view map) -> std::size_t {
    const auto found = std::ranges::find(backbone.feature_blocks, map, &FeatureBlock::map);
    return found == backbone.feature_blocks.end() ? 0 : found->count;
  };
  if (const Status fits = check_border_fits(head.border, backbone); !fits) return fits;
  if (const ChangedTensor* cut = find_tensor(head, kCutWeight); cut != nullptr) {
    if (cut->shape.back() == count_of(head.border)) return {};
    return bad_file("the head's \"cut.weight\" reads " + std::to_string(cut->shape.back()) +
                    " channels, the map " + quoted(head.border) + " has " +
                    std::to_string(count_of(head.border)));
  }
  for (const std::string& map : head.features) {
    if (count_of(map) == 0) return bad_file("the network has no map " + quoted(map) + " for `features`");
  }
  std::size_t feature_count = 0;
  for (const std::string& map : head.features) feature_count += count_of(map);
  if (head.feature_count != feature_count) {
    return bad_file("head expects " + std::to_string(head.feature_count) + " features per sample, got " +
                    std::to_string(feature_count));
  }
  for (std::size_t i = 0; i < head.map_sizes.size(); ++i) {
    if (head.map_sizes[i] == count_of(head.features[i])) continue;
    return bad_file("the map " + quoted(head.features[i]) + " has " +
                    std::to_string(count_of(head.features[i])) + " features, the head expects " +
                    std::to_string(head.map_sizes[i]));
  }
  for (const ChangedTensor& tensor : head.tensors) {
    const auto spec = std::ranges::find(backbone.tensors, tensor.name, &TensorSpec::name);
    if (spec != backbone.tensors.end() && spec->shape == tensor.shape) continue;
    return bad_file("the head's tensor " + quoted(tensor.name) + " has the shape " +
                    shape_text(tensor.shape) + ", the backbone's is " +
                    (spec == backbone.tensors.end() ? std::string("not there") : shape_text(spec->shape)));
  }
  return {};
}

}  // namespace headstart
