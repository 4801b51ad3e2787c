#include "headstart/network_layers.h"

#include <optional>
#include <utility>

#include "files/decimal.h"
#include "network/mobilenet_v2.h"

namespace headstart {
namespace {

// "blocks.3.expand.weight" belongs to "blocks.3", "stem.bias" to "stem".
std::string layer_of(const std::string& tensor) {
  const std::size_t dot = tensor.find('.');
  return tensor.starts_with("blocks.") ? tensor.substr(0, tensor.find('.', dot + 1)) : tensor.substr(0, dot);
}

std::size_t element_count(const std::vector<std::size_t>& shape) {
  std::size_t count = 1;
  for (const std::size_t length : shape) count *= length;
  return count;
}

}  // namespace

Result<std::vector<NetworkLayer>> network_layers(const BackboneInfo& info, std::int32_t input_size_px) {
  const std::optional<double> width = parse_ratio(info.width_multiplier);
  if (!width || *width <= 0 || input_size_px <= 0)
    return Error{ErrorCode::kInternal, "a backbone must be loaded before its layers can be told"};
  const MobileNetV2 network = mobilenet_v2(*width);

  const auto input_side = static_cast<std::size_t>(input_size_px);
  std::vector<NetworkLayer> layers;
  std::size_t side = (input_side + 1) / 2;  // a stride of two rounds up
  std::size_t stride = 2;
  layers.push_back({"stem", side, network.stem_channels, 0, stride});
  for (std::size_t index = 0; index < network.blocks.size(); ++index) {
    const Bottleneck& block = network.blocks[index];
    side = (side + block.stride - 1) / block.stride;
    stride *= block.stride;
    layers.push_back({"blocks." + std::to_string(index), side, block.output_channels, 0, stride});
  }
  layers.push_back({"last", side, network.last_channels, 0, stride});

  std::size_t at = 0;  // tensors come in the order of the layers
  for (const TensorSpec& tensor : tensors_of(network)) {
    while (layers[at].name != layer_of(tensor.name)) ++at;
    layers[at].weight_count += element_count(tensor.shape);
  }
  return layers;
}

}  // namespace headstart
