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

// One layer of the trained part, with what its backward pass needs. Maps are numbered: first the borders',
// then that of each layer.
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

// The last frozen map of the network, or of one of its branches.
struct FrozenMap {
  std::string name;  // in the backbone: "input", "blocks.12", "b.blocks.12"
  MapShape shape;
};

// The trained part: layers from the borders on, branch by branch, then of each branch the mean over the
// places of its last map, then a linear head on that.
//
// Every branch has a head and a loss of its own, and the answer is the mean of what they say: one linear head
// on all means again, which is what is kept. Under one loss the branches lean on each other and each learns
// less: the last 3 blocks of the fast pair, sign digits, 20 pictures per class, two draws: 92.9 % with one
// loss for all, 94.1 % with one each.
struct FineTunePlan {
  std::vector<FrozenMap> borders;      // one, or one of each branch
  std::vector<std::size_t> last_maps;  // numbers of the maps that heads read the means of, ascending
  std::vector<TrainedLayer> layers;
  // In the layers' order, then of each head in the order of last_maps head.weight [class_count, its features]
  // and head.bias [class_count], all zeros; of several heads the names bear the branch's.
  std::vector<Parameter> parameters;
  std::size_t frozen_weight_count = 0;
  std::size_t class_count = 0;

  // Of one view, forwards and backwards: what the layers' definitions ask for, nothing that is computed
  // twice.
  [[nodiscard]] std::size_t train_multiply_adds() const;

  [[nodiscard]] std::string border() const;       // all of them: "a.blocks.7,b.blocks.13"
  [[nodiscard]] std::size_t border_size() const;  // numbers in all of them together
  [[nodiscard]] std::size_t map_count() const { return borders.size() + layers.size(); }
  [[nodiscard]] std::size_t map_of(std::size_t layer) const { return borders.size() + layer; }
  [[nodiscard]] bool is_border(std::size_t map) const { return map < borders.size(); }
  [[nodiscard]] const MapShape& shape_of(std::size_t map) const {
    return is_border(map) ? borders[map].shape : layers[map - borders.size()].out;
  }
  [[nodiscard]] std::size_t feature_count() const;  // of all heads
  [[nodiscard]] std::size_t feature_count(std::size_t head) const {
    return shape_of(last_maps[head]).channel_count;
  }
  [[nodiscard]] std::size_t head_count() const { return last_maps.size(); }
  // Among the parameters; the bias follows. Those before the first are the layers'.
  [[nodiscard]] std::size_t head_weights(std::size_t head = 0) const {
    return parameters.size() - 2 * (head_count() - head);
  }
};

// Lays out the trained part of a network that is fitted to what the frozen backbone runs at; on a cut, with
// untrained layers (He et al. 2015, drawn from `options.seed`). Of several networks each is trained from a
// border of its own on. bad-argument for a border that the network does not have, unsupported where a layer
// of the trained part has no backward pass, and for what is not trained in several networks: all of their
// layers, and new ones.
Result<FineTunePlan> make_fine_tune_plan(const Network& network, const FineTuneOptions& options,
                                         std::size_t class_count);

}  // namespace headstart
