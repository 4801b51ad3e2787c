#include "network/join.h"

#include <algorithm>
#include <string>
#include <utility>

#include "files/safetensors.h"
#include "network/map_name.h"

namespace headstart {
namespace {

Status check_parts(const std::vector<Network>& parts) {
  if (parts.size() < 2 || parts.size() > kMostBranches) {
    return bad_argument("from 2 to " + std::to_string(kMostBranches) +
                        " networks can look at a picture together, got " + std::to_string(parts.size()));
  }
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (!parts[i].branches.empty()) {
      return bad_argument(quoted(parts[i].name) + " is several networks already: name each of them instead");
    }
    if (parts[i].input_size_px != parts[0].input_size_px) {
      return bad_argument("networks that look together must look at pictures of one size: " +
                          quoted(parts[0].name) + " wants " + std::to_string(parts[0].input_size_px) +
                          " pixels, " + quoted(parts[i].name) + " " + std::to_string(parts[i].input_size_px));
    }
    for (std::size_t k = 0; k < i; ++k) {
      if (parts[i].sha256 != parts[k].sha256) continue;
      return bad_argument("the network " + quoted(parts[i].name) + " is there twice: it sees nothing more");
    }
  }
  return {};
}

// Makes what `from` has made of a picture into what `to` would have.
Status add_scale(const Normalisation& from, const Normalisation& to, Network& part) {
  const double factor = static_cast<double>(to.scale) / static_cast<double>(from.scale);
  const double offset = static_cast<double>(to.offset) - factor * static_cast<double>(from.offset);
  Layer scale;
  scale.name = part.blocks.front().name + ".scale";
  for (int count = 2; part.find_layer(scale.name) != nullptr; ++count) {
    scale.name = part.blocks.front().name + ".scale_" + std::to_string(count);
  }
  scale.kind = LayerKind::kScale;
  scale.inputs = {std::string(kNetworkInput)};
  constexpr std::size_t kImageChannels = 3;
  const std::vector<float> factors(kImageChannels, static_cast<float>(factor));
  const std::vector<float> offsets(kImageChannels, static_cast<float>(offset));
  auto weights = make_tensor(scale.name + ".weight", {kImageChannels}, factors);
  if (!weights) return weights.error();
  auto biases = make_tensor(scale.name + ".bias", {kImageChannels}, offsets);
  if (!biases) return biases.error();
  scale.weights = std::move(weights).value();
  scale.biases = std::move(biases).value();
  for (Layer& layer : part.layers) {
    if (std::ranges::count(layer.inputs, kNetworkInput) == 0) continue;
    std::ranges::replace(layer.inputs, std::string(kNetworkInput), scale.name);
    scale.quantisation = take_picture_scale(layer);
  }
  part.layers.insert(part.layers.begin(), std::move(scale));
  for (Block& block : part.blocks) {
    if (block.begin > 0) ++block.begin;
    ++block.end;
  }
  return {};
}

void add_part(Network part, Network& whole) {
  const std::string prefix = branch_name(whole.branches.size()) + ".";
  const std::size_t first_layer = whole.layers.size();
  const std::size_t first_block = whole.blocks.size();
  for (Layer& layer : part.layers) {
    layer.name.insert(0, prefix);
    for (std::string& input : layer.inputs) {
      if (input != kNetworkInput) input.insert(0, prefix);
    }
    if (layer.weights) layer.weights->name.insert(0, prefix);
    if (layer.biases) layer.biases->name.insert(0, prefix);
    whole.layers.push_back(std::move(layer));
  }
  for (Block& block : part.blocks) {
    whole.blocks.push_back(
        {prefix + block.name, first_layer + block.begin, first_layer + block.end, block.is_tapped});
  }
  whole.branches.push_back({branch_name(whole.branches.size()), std::move(part.name), std::move(part.sha256),
                            first_block, whole.blocks.size()});
}

// "a; b", each once.
void add_text(const std::string& text, std::string_view between, std::string& all) {
  if (text.empty() || all == text) return;
  all += (all.empty() ? "" : std::string(between)) + text;
}

}  // namespace

Result<Network> join_networks(std::vector<Network> parts) {
  if (const Status fit = check_parts(parts); !fit) return fit.error();
  Network whole;
  whole.architecture = "joined";
  whole.input_size_px = parts[0].input_size_px;
  whole.normalisation = parts[0].normalisation;
  whole.input_scale = parts[0].input_scale;
  whole.input_offset = parts[0].input_offset;
  for (Network& part : parts) {
    add_text(part.name, "+", whole.name);
    add_text(part.sha256, "+", whole.sha256);
    add_text(part.source, "; ", whole.source);
    add_text(part.license, "; ", whole.license);
    whole.is_normalisation_guessed |= part.is_normalisation_guessed;
    const Normalisation& own = part.normalisation;
    if (own.scale != whole.normalisation.scale || own.offset != whole.normalisation.offset) {
      if (const Status added = add_scale(whole.normalisation, own, part); !added) return added.error();
    }
    add_part(std::move(part), whole);
  }
  if (const Status fitted = fit_network(whole, whole.input_size_px); !fitted) return fitted.error();
  if (const Status held = check_tensors(whole); !held) return held.error();
  return whole;
}

}  // namespace headstart
