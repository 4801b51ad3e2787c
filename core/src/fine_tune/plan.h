// Which layers are trained, in which shapes, and where the frozen part ends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "fine_tune/parameter.h"
#include "fine_tune/window.h"
#include "headstart/fine_tuner.h"
#include "headstart/status.h"
#include "network/network.h"

namespace headstart {

enum class TrainedLayerKind : std::uint8_t {
  kWindowed,         // 3x3
  kPointwise,        // 1x1
  kDepthwise,        // 3x3 with ReLU6
  kDepthwiseWindow,  // any window, without activation
  kActivation,       // what no product does on the way
  kMean,             // over all places
  kMultiply,         // by a gate of one place
  kAdd,
};

// One layer of the trained part, with what its backward pass needs. Layer i makes map i + 1; map 0 is the one
// at the border.
struct TrainedLayer {
  TrainedLayerKind kind = TrainedLayerKind::kPointwise;
  // What is done to the result of the first three, linear or ReLU6; all that kActivation does.
  Activation activation = Activation::kLinear;
  std::size_t stride = 1;
  DepthwiseWindow window;  // of kDepthwiseWindow
  MapShape in;
  MapShape out;
  std::size_t input = 0;                   // map that it reads
  std::size_t other = 0;                   // of kMultiply and kAdd: the second
  std::size_t weights = kNoWeights;        // position among the parameters; the biases follow it
  std::size_t residual_map = kNoResidual;  // map that is added to what this layer makes

  static constexpr std::size_t kNoResidual = static_cast<std::size_t>(-1);
  static constexpr std::size_t kNoWeights = static_cast<std::size_t>(-1);

  [[nodiscard]] bool is_product() const {
    return kind == TrainedLayerKind::kWindowed || kind == TrainedLayerKind::kPointwise;
  }
};

// The trained part: layers from the border on, then the mean over places, then the linear head.
struct FineTunePlan {
  std::string border;  // the map's name in the backbone: "input", "blocks.12"
  std::vector<TrainedLayer> layers;
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

// Lays out the trained part of a network that is fitted to what the frozen backbone runs at; on a cut, with
// untrained layers (He et al. 2015, drawn from `options.seed`). bad-argument for a border that the network
// does not have, unsupported where a layer of the trained part has no backward pass.
Result<FineTunePlan> make_fine_tune_plan(const Network& network, const FineTuneOptions& options,
                                         std::size_t class_count);

}  // namespace headstart
