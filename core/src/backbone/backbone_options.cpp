#include "backbone/backbone_options.h"

#include <algorithm>
#include <iterator>
#include <span>
#include <string>
#include <vector>

#include "headstart/features.h"
#include "network/map_name.h"
#include "network/network_file.h"

namespace headstart {
namespace {

constexpr std::size_t kMostBatch = 64;

// "blocks.0" to "blocks.16" and "last", for messages.
std::string map_names_text(std::span<const FeatureBlock> features) {
  std::vector<FeatureBlock> known;
  std::ranges::copy_if(features, std::back_inserter(known),
                       [](const FeatureBlock& block) { return !is_deviation(block.map); });
  if (known.size() < 3) return "\"" + known.front().map + "\" to \"" + known.back().map + "\"";
  return "\"" + known.front().map + "\" to \"" + known[known.size() - 2].map + "\" and \"" +
         known.back().map + "\"";
}

Status check_maps(const BackboneOptions& options, const std::vector<FeatureBlock>& known) {
  const auto position_of = [&](const std::string& name) {
    return is_deviation(name) ? known.end() : std::ranges::find(known, name, &FeatureBlock::map);
  };
  const auto unknown = [&](const std::string& name) {
    return bad_argument("the network has maps " + map_names_text(known) + ", but none called \"" + name +
                        "\"");
  };
  const std::string& end = options.end_map.empty() ? known.back().map : options.end_map;
  if (position_of(end) == known.end()) return unknown(end);
  for (std::size_t i = 0; i < options.maps.size(); ++i) {
    const std::string& name = options.maps[i];
    if (position_of(name) == known.end()) return unknown(name);
    if (position_of(name) > position_of(end)) {
      return bad_argument("the network ends at \"" + end + "\", before the map \"" + name + "\"");
    }
    if (std::ranges::count(std::span(options.maps).first(i), name) > 0) {
      return bad_argument("the map \"" + name + "\" was asked for twice");
    }
  }
  return {};
}

}  // namespace

Status check_options(const BackboneOptions& options, const BackboneInfo& info) {
  const std::span<const std::int32_t> sizes = supported_input_sizes();
  if (options.input_size_px != 0 && std::ranges::find(sizes, options.input_size_px) == sizes.end()) {
    return bad_argument("the input size must be " + supported_input_sizes_text() + " pixels, got " +
                        std::to_string(options.input_size_px));
  }
  if (options.max_batch_size < 1 || options.max_batch_size > kMostBatch) {
    return bad_argument("the batch size must be from 1 to " + std::to_string(kMostBatch) + ", got " +
                        std::to_string(options.max_batch_size));
  }
  return check_maps(options, info.feature_blocks);
}

}  // namespace headstart
