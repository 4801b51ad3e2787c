#include "network/tflite_reader.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstring>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "files/decimal.h"
#include "files/safetensors.h"
#include "files/sha256.h"
#include "network/draft.h"
#include "network/tflite_layers.h"
#include "network/tflite_model.h"

namespace headstart {
namespace {

constexpr std::size_t kMostParameters = 1U << 26U;  // 64 million, 256 MB

Error broken(std::string message) {
  return bad_file("TensorFlow Lite file: " + std::move(message));
}

// Behind the last operator whose result has more than one place, nothing is left to pool.
std::optional<std::size_t> find_last_map(const tflite::Model& file) {
  for (std::size_t i = file.operators.size(); i-- > 0;) {
    const tflite::Operator& op = file.operators[i];
    if (op.outputs.size() != 1) continue;
    const std::vector<std::size_t>& shape = file.tensors[static_cast<std::size_t>(op.outputs[0])].shape;
    const bool keeps_all = op.op == tflite::Op::kQuantise || op.op == tflite::Op::kDequantise ||
                           op.op == tflite::Op::kPad || op.op == tflite::Op::kPadV2;
    if (!keeps_all && shape.size() == 4 && shape[1] * shape[2] > 1) return i;
  }
  return std::nullopt;
}

// The operators that the last map is made of.
std::vector<bool> operators_before(const tflite::Model& file, std::size_t last) {
  std::vector<bool> is_needed(file.operators.size());
  std::vector<bool> is_tensor_needed(file.tensors.size());
  is_needed[last] = true;
  for (std::size_t i = last + 1; i-- > 0;) {
    const tflite::Operator& op = file.operators[i];
    for (const std::int32_t output : op.outputs) {
      if (is_tensor_needed[static_cast<std::size_t>(output)]) is_needed[i] = true;
    }
    if (!is_needed[i]) continue;
    for (const std::int32_t input : op.inputs) {
      if (input >= 0) is_tensor_needed[static_cast<std::size_t>(input)] = true;
    }
  }
  return is_needed;
}

// What the input says of pixels by itself; nothing where it is plain numbers and there is no metadata.
std::optional<Normalisation> stated_normalisation(const tflite::Model& file,
                                                  const tflite::TensorRecord& input) {
  const bool is_bytes = input.type == tflite::ElementType::kUint8 || input.type == tflite::ElementType::kInt8;
  if (is_bytes) {
    if (input.scales.size() != 1) return Normalisation{1.0F, 0.0F};
    const double first =
        input.type == tflite::ElementType::kInt8 ? 128 : 0;  // the number that a black pixel is less
    const auto scale = static_cast<double>(input.scales[0]);
    const double zero = static_cast<double>(input.zero_points[0]) + first;
    return Normalisation{input.scales[0], static_cast<float>(-scale * zero)};
  }
  if (file.means.size() == 1) {
    return Normalisation{1.0F / file.deviations[0], -file.means[0] / file.deviations[0]};
  }
  if (file.means.size() == 3) return Normalisation{1.0F, 0.0F};
  return std::nullopt;
}

// A network that begins by scaling says what it is given: whole pixels where it makes them small, numbers
// from 0 to 1 where it does not. One that does not scale is taken for one that wants -1 to 1, as most do.
Normalisation guessed_normalisation(const Draft& draft) {
  const DraftLayer& first = draft.layers.front();
  if (first.layer.kind != LayerKind::kScale) return {};
  constexpr float kSmall = 1.0F / 32.0F;
  return std::abs(first.weights[0]) < kSmall ? Normalisation{1.0F, 0.0F} : Normalisation{1.0F / 255.0F, 0.0F};
}

// Finite, and of a size that a backbone file can say.
bool is_usable(const Normalisation& normalisation) {
  const float scale = std::abs(normalisation.scale);
  return scale > 1e-7F && scale < 1e5F && std::abs(normalisation.offset) < 1e5F;
}

// Colour by colour, as the metadata has it, in front of all other layers.
void add_colour_scale(const tflite::Model& file, Draft& draft) {
  DraftLayer scale;
  scale.layer.name = "colours";
  scale.layer.kind = LayerKind::kScale;
  scale.layer.inputs = {std::string(kNetworkInput)};
  for (std::size_t i = 0; i < file.means.size(); ++i) {
    scale.weights.push_back(1.0F / file.deviations[i]);
    scale.biases.push_back(-file.means[i] / file.deviations[i]);
  }
  for (DraftLayer& layer : draft.layers) {
    if (std::ranges::count(layer.layer.inputs, kNetworkInput) == 0) continue;
    std::ranges::replace(layer.layer.inputs, std::string(kNetworkInput), scale.layer.name);
    scale.layer.quantisation = take_picture_scale(layer.layer);
  }
  draft.layers.insert(draft.layers.begin(), std::move(scale));
}

Status give_tensors(const Draft& draft, Network& network) {
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    Layer& layer = network.layers[i];
    const DraftLayer& from = draft.layers[i];
    if (from.weights.empty()) continue;
    std::vector<std::size_t> shape = {layer.output.channel_count};
    if (layer.kind == LayerKind::kDepthwiseConvolution) {
      shape = {layer.kernel_height, layer.kernel_width, layer.output.channel_count};
    } else if (layer.kind == LayerKind::kConvolution) {
      const std::size_t window = layer.kernel_height * layer.kernel_width * layer.output.channel_count;
      shape = {layer.output.channel_count, layer.kernel_height, layer.kernel_width,
               from.weights.size() / window};
    }
    auto weights = make_tensor(layer.name + ".weight", std::move(shape), from.weights);
    if (!weights) return weights.error();
    auto biases = make_tensor(layer.name + ".bias", {layer.output.channel_count}, from.biases);
    if (!biases) return biases.error();
    layer.weights = std::move(weights).value();
    layer.biases = std::move(biases).value();
  }
  return check_tensors(network);
}

Result<Draft> make_draft(const tflite::Model& file, std::size_t input, std::size_t last_map) {
  const std::vector<bool> is_needed = operators_before(file, last_map);
  tflite::LayerMaker layers(file, input);
  for (std::size_t i = 0; i <= last_map; ++i) {
    if (!is_needed[i]) continue;
    if (const Status added = layers.add(file.operators[i]); !added) return added.error();
    if (layers.parameter_count() > kMostParameters) {
      return broken("it has more than " + std::to_string(kMostParameters >> 20U) + " million weights");
    }
  }
  Draft draft = std::move(layers).take();
  if (draft.layers.empty()) return broken("it has no layer of a network");
  return draft;
}

}  // namespace

bool is_tflite(std::span<const std::uint8_t> file) {
  constexpr std::string_view kIdentifier = "TFL3";
  return file.size() >= 8 && std::memcmp(file.data() + 4, kIdentifier.data(), kIdentifier.size()) == 0;
}

Result<Network> read_tflite(std::span<const std::uint8_t> bytes,
                            const std::optional<Normalisation>& normalisation) {
  auto parsed = tflite::parse_model(bytes);
  if (!parsed) return parsed.error();
  const tflite::Model& file = parsed.value();
  if (file.inputs.size() != 1) {
    return broken("a network that looks at one picture has one input, got " +
                  std::to_string(file.inputs.size()));
  }
  const auto input_index = static_cast<std::size_t>(file.inputs[0]);
  const tflite::TensorRecord& input = file.tensors[input_index];
  constexpr std::size_t kLargestSidePx = 1024;
  if (input.shape.size() != 4 || input.shape[0] != 1 || input.shape[1] != input.shape[2] ||
      input.shape[3] != 3 || input.shape[1] < 32 || input.shape[1] > kLargestSidePx) {
    return broken(
        "its input should be one square picture of 32 to 1024 pixels a side in three colours, got " +
        shape_text(input.shape));
  }
  const std::optional<std::size_t> last_map = find_last_map(file);
  if (!last_map) return broken("it makes no map of a picture");
  auto made = make_draft(file, input_index, *last_map);
  if (!made) return made.error();
  Draft& draft = made.value();
  const std::optional<Normalisation> stated = stated_normalisation(file, input);
  draft.normalisation = normalisation ? *normalisation : stated ? *stated : guessed_normalisation(draft);
  const bool is_guessed = !normalisation && !stated && draft.layers.front().layer.kind != LayerKind::kScale;
  if (!normalisation && file.means.size() == 3 && input.type == tflite::ElementType::kFloat32) {
    add_colour_scale(file, draft);
  }
  tidy(draft);
  if (draft.layers.empty()) return broken("it has no layer of a network");
  if (!is_usable(draft.normalisation)) {
    return broken("a pixel from 0 to 255 would become numbers that no network is made for: times " +
                  std::to_string(draft.normalisation.scale) + ", plus " +
                  std::to_string(draft.normalisation.offset));
  }

  Network network;
  if (const Status named = name_blocks(draft, network); !named) return named.error();
  if (const Status fitted = fit_network(network, input.shape[1]); !fitted) return fitted.error();
  if (const Status given = give_tensors(draft, network); !given) return given.error();
  // As the texts say it, so that whoever reads them gets the same numbers.
  network.input_scale = write_ratio(static_cast<double>(draft.normalisation.scale));
  network.input_offset = write_ratio(static_cast<double>(draft.normalisation.offset));
  network.normalisation.scale = static_cast<float>(parse_ratio(network.input_scale).value_or(1));
  network.normalisation.offset = static_cast<float>(parse_ratio(network.input_offset).value_or(0));
  network.is_normalisation_guessed = is_guessed;
  network.sha256 = sha256_hex(bytes);
  network.architecture = "tflite";
  constexpr std::size_t kEnoughDigits = 12;
  network.name = "tflite_" + network.sha256.substr(0, kEnoughDigits) + "_" + std::to_string(input.shape[1]);
  network.source = file.title + (file.author.empty() ? "" : ", " + file.author);
  network.license = file.license;
  return network;
}

}  // namespace headstart
