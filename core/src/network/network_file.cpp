#include "network/network_file.h"

#include <array>

#include "network/backbone_file.h"
#include "network/joined_file.h"
#include "network/tflite_reader.h"

namespace headstart {
namespace {

constexpr std::array<std::int32_t, 5> kInputSizes = {224, 192, 160, 128, 96};

}  // namespace

Result<Network> read_network(std::span<const std::uint8_t> file) {
  if (is_joined_file(file)) return read_joined_file(file);
  return is_tflite(file) ? read_tflite(file) : read_backbone_file(file);
}

BackboneInfo info_of(const Network& network) {
  BackboneInfo info;
  info.name = network.name;
  info.architecture = network.architecture;
  info.width_multiplier = network.width_multiplier;
  info.input_size_px = static_cast<std::int32_t>(network.input_size_px);
  info.normalisation = network.normalisation;
  info.input_scale = network.input_scale;
  info.input_offset = network.input_offset;
  info.is_normalisation_guessed = network.is_normalisation_guessed;
  info.is_quantised = network.is_quantised();
  for (const Branch& branch : network.branches) {
    info.branches.push_back({branch.name, branch.network, network.is_quantised(branch), branch.share});
  }
  info.embedding_dim = network.embedding_dim();
  info.feature_blocks = feature_blocks_of(network);
  info.tensors = tensors_of(network);
  info.parameter_count = network.parameter_count();
  info.source = network.source;
  info.license = network.license;
  info.sha256 = network.sha256;
  return info;
}

std::span<const std::int32_t> supported_input_sizes() {
  return kInputSizes;
}

std::string supported_input_sizes_text() {
  std::string text;
  for (std::size_t i = 0; i < kInputSizes.size(); ++i) {
    if (i > 0) text += i + 1 == kInputSizes.size() ? " or " : ", ";
    text += std::to_string(kInputSizes[i]);
  }
  return text;
}

}  // namespace headstart
