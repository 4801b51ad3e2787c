#include <algorithm>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

#include "network/draft.h"
#include "network/map_name.h"

namespace headstart {
namespace {

constexpr std::size_t kMostBlocks = 999;

bool is_convolution(const Layer& layer) {
  return layer.kind == LayerKind::kConvolution || layer.kind == LayerKind::kDepthwiseConvolution;
}

bool is_weighted(const Layer& layer) {
  return is_convolution(layer) || layer.kind == LayerKind::kScale;
}

// Where bottlenecks and residual blocks end.
bool is_narrow(const Layer& layer) {
  return layer.kind == LayerKind::kAdd ||
         (layer.kind == LayerKind::kConvolution && layer.activation == Activation::kLinear);
}

// One past the last layer of the stem: the first convolution and what follows it without weights.
std::size_t end_of_stem(const std::vector<Layer>& layers, const std::vector<bool>& cut_points) {
  std::size_t end = 1;
  const auto has_convolution = [&] {
    return std::ranges::any_of(std::span(layers).first(end), is_convolution);
  };
  while (end < layers.size() && !(cut_points[end] && has_convolution())) ++end;
  while (end < layers.size() && cut_points[end + 1] &&
         (layers[end].kind == LayerKind::kMaxPool || layers[end].kind == LayerKind::kActivation)) {
    ++end;
  }
  return end;
}

std::vector<std::size_t> block_ends(const std::vector<Layer>& layers, std::size_t begin) {
  const std::vector<bool> cut_points = cut_points_of(layers);
  const auto ends_where = [&](const auto& is_end) {
    std::vector<std::size_t> ends;
    for (std::size_t end = begin + 1; end <= layers.size(); ++end) {
      if (cut_points[end] && is_end(end)) ends.push_back(end);
    }
    return ends;
  };
  std::vector<std::size_t> ends = ends_where([&](std::size_t end) {
    return is_narrow(layers[end - 1]) && layers[end - 1].output.place_count() > 1;
  });
  if (!ends.empty()) return ends;
  return ends_where([&](std::size_t end) {
    const bool goes_on = end == layers.size() || is_weighted(layers[end]);
    return goes_on && layers[end - 1].kind != LayerKind::kDepthwiseConvolution;
  });
}

// What the layers of one block are called, in order of the first that fits.
class BlockNamer {
 public:
  BlockNamer(std::span<const Layer> layers, std::string_view block, std::string_view block_input)
      : layers_(layers), block_(block), block_input_(block_input) {
    weighted_count_ = static_cast<std::size_t>(std::ranges::count_if(layers, is_weighted));
    for (std::size_t i = 0; i < layers.size(); ++i) {
      if (layers[i].kind == LayerKind::kDepthwiseConvolution) last_depthwise_ = i + 1;
    }
  }

  std::string name(std::size_t index) {
    const Layer& layer = layers_[index];
    const bool is_numbered = block_.starts_with(kNumberedBlock);
    if (!is_numbered && weighted_count_ == 1 && is_weighted(layer)) return block_;
    const std::string wanted = block_ + "." + role(index);
    std::string name = wanted;
    for (std::size_t count = 2; !used_.insert(name).second; ++count)
      name = wanted + "_" + std::to_string(count);
    return name;
  }

 private:
  [[nodiscard]] std::string role(std::size_t index) const {
    const Layer& layer = layers_[index];
    if (layer.kind == LayerKind::kDepthwiseConvolution) return "depthwise";
    if (layer.kind != LayerKind::kConvolution) return layer_kind_name(layer.kind);
    if (layer.output.place_count() == 1) return gates(layer) ? "excite" : "reduce";
    if (index > 0 && layer.inputs[0] == block_input_) return "shortcut";
    const bool is_pointwise = layer.kernel_height == 1 && layer.kernel_width == 1;
    if (!is_pointwise || last_depthwise_ == 0) return "convolution";
    return index < last_depthwise_ ? "expand" : "project";
  }

  [[nodiscard]] bool gates(const Layer& layer) const {
    return std::ranges::any_of(layers_, [&](const Layer& other) {
      return other.kind == LayerKind::kMultiply && std::ranges::count(other.inputs, layer.name) > 0;
    });
  }

  std::span<const Layer> layers_;
  std::string block_;
  std::string block_input_;
  std::size_t weighted_count_ = 0;
  std::size_t last_depthwise_ = 0;  // one past it
  std::set<std::string> used_;
};

}  // namespace

Status name_blocks(Draft& draft, Network& network) {
  std::vector<Layer> layers;
  for (const DraftLayer& layer : draft.layers) layers.push_back(layer.layer);
  const std::size_t stem = end_of_stem(layers, cut_points_of(layers));
  std::vector<std::size_t> ends = block_ends(layers, stem);
  if (ends.empty() || ends.back() != layers.size()) ends.push_back(layers.size());
  if (ends.size() > kMostBlocks) {
    return unsupported("the network has more than " + std::to_string(kMostBlocks) + " blocks");
  }
  network.blocks.clear();
  std::size_t begin = 0;
  const auto add_block = [&](std::string name, std::size_t end, bool is_tapped) {
    network.blocks.push_back({std::move(name), begin, end, is_tapped});
    begin = end;
  };
  if (stem < layers.size()) add_block(std::string(kStemBlock), stem, /*is_tapped=*/false);
  for (std::size_t i = 0; i + 1 < ends.size(); ++i) {
    add_block(std::string(kNumberedBlock) + std::to_string(i), ends[i], /*is_tapped=*/true);
  }
  if (begin < layers.size()) add_block(std::string(kLastBlock), layers.size(), /*is_tapped=*/true);

  std::unordered_map<std::string, std::string> new_names = {
      {std::string(kNetworkInput), std::string(kNetworkInput)}};
  for (const Block& block : network.blocks) {
    const std::string& input = layers[block.begin].inputs[0];
    BlockNamer namer(std::span(layers).subspan(block.begin, block.end - block.begin), block.name, input);
    for (std::size_t i = block.begin; i < block.end; ++i) {
      new_names.emplace(layers[i].name, namer.name(i - block.begin));
    }
  }
  for (Layer& layer : layers) {
    layer.name = new_names.at(layer.name);
    for (std::string& input : layer.inputs) input = new_names.at(input);
  }
  network.layers = std::move(layers);
  for (std::size_t i = 0; i < draft.layers.size(); ++i) draft.layers[i].layer = network.layers[i];
  return {};
}

}  // namespace headstart
