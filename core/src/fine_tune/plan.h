// Which layers are trained, in which shapes, and where the frozen part ends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "files/safetensors.h"
#include "fine_tune/parameter.h"
#include "fine_tune/products.h"
#include "headstart/fine_tuner.h"
#include "headstart/status.h"

namespace headstart::fine_tune {

struct MapShape {
  std::size_t height = 0;
  std::size_t width = 0;
  std::size_t channel_count = 0;

  [[nodiscard]] std::size_t place_count() const { return height * width; }
  [[nodiscard]] std::size_t size() const { return height * width * channel_count; }
};

enum class LayerKind : std::uint8_t { kWindowed, kPointwise, kDepthwise };

// Layer i reads map i and makes map i + 1; map 0 is the one at the border.
struct Layer {
  LayerKind kind = LayerKind::kPointwise;
  Activation activation = Activation::kNone;
  std::size_t stride = 1;
  MapShape in;
  MapShape out;
  std::size_t weights = 0;                 // position among the parameters; the biases follow it
  std::size_t residual_map = kNoResidual;  // map that is added to what this layer makes

  static constexpr std::size_t kNoResidual = static_cast<std::size_t>(-1);
};

// The trained part: layers from the border on, then the mean over places, then the linear head.
struct Plan {
  std::string border;  // the map's name in the backbone: "input", "blocks.12"
  std::vector<Layer> layers;
  std::vector<Parameter> parameters;  // in the layers' order, then head.weight [class_count, feature_count]
                                      // and head.bias [class_count], all zeros
  std::size_t frozen_weight_count = 0;
  std::size_t class_count = 0;

  // Of one view, forwards and backwards: what the layers' definitions ask for, nothing that is computed
  // twice.
  [[nodiscard]] std::size_t train_multiply_adds() const;

  [[nodiscard]] const MapShape& border_shape() const { return layers.front().in; }
  [[nodiscard]] std::size_t feature_count() const { return layers.back().out.channel_count; }
  [[nodiscard]] std::size_t head_weights() const { return parameters.size() - 2; }
};

// Lays out the trained part of a MobileNetV2 (Sandler et al. 2018, table 2) as a backbone file describes it,
// with the file's weights in it; on a cut, with untrained layers (He et al. 2015, drawn from `options.seed`).
// `input_size_px` is what the frozen backbone runs at. bad-file where the file lacks or misshapes what is
// needed, bad-argument for a border that the network does not have.
Result<Plan> make_plan(const SafetensorsView& backbone, const FineTuneOptions& options,
                       std::int32_t input_size_px, std::size_t class_count);

}  // namespace headstart::fine_tune
