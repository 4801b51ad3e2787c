#include <algorithm>
#include <cmath>
#include <unordered_map>
#include <utility>

#include "network/draft.h"

namespace headstart {
namespace {

constexpr float kHardShift = 3.0F;  // of hard-swish and hard-sigmoid: clamp(x + 3, 0, 6) / 6
constexpr float kHardShare = 1.0F / 6.0F;
constexpr float kTolerance = 1e-4F;  // relative: constants are near what they mean

bool all_near(std::span<const float> values, float wanted) {
  return std::ranges::all_of(values, [&](float value) {
    return std::abs(value - wanted) <= kTolerance * std::max(std::abs(wanted), 1e-3F);
  });
}

// One round of tidying: who makes and who reads each map is worked out once, and a layer that was changed is
// left alone until the next round.
class Round {
 public:
  explicit Round(Draft& draft) : draft_(draft), is_gone_(draft.layers.size()) {
    for (std::size_t i = 0; i < draft.layers.size(); ++i) maker_.emplace(draft.layers[i].layer.name, i);
    readers_.resize(draft.layers.size());
    for (const DraftLayer& layer : draft.layers) {
      for (const std::string& input : layer.layer.inputs) {
        const auto found = maker_.find(input);
        if (found != maker_.end()) ++readers_[found->second];
      }
    }
  }

  // Whether anything was changed.
  bool run() {
    bool changed = false;
    for (std::size_t i = 0; i < draft_.layers.size(); ++i) {
      if (is_gone_[i]) continue;
      const LayerKind kind = draft_.layers[i].layer.kind;
      const bool done = kind == LayerKind::kActivation ? fuse_activation(i)
                        : kind == LayerKind::kScale    ? fuse_scale(i)
                        : kind == LayerKind::kMultiply ? join_swish(i)
                                                       : false;
      changed = changed || done;
      if (done) break;  // makers and readers are others now
    }
    if (changed) sweep();
    return changed;
  }

 private:
  DraftLayer& at(std::size_t index) { return draft_.layers[index]; }

  // The layer that makes the first input, where nobody else reads it; null otherwise.
  DraftLayer* only_before(const DraftLayer& layer, std::size_t input = 0) {
    const auto found = maker_.find(layer.layer.inputs[input]);
    if (found == maker_.end() || readers_[found->second] != 1) return nullptr;
    return &at(found->second);
  }

  // `layer` goes; who read it reads `instead`.
  void replace(std::size_t index, const std::string& instead) {
    const std::string name = at(index).layer.name;
    for (DraftLayer& other : draft_.layers) {
      std::ranges::replace(other.layer.inputs, name, instead);
    }
    is_gone_[index] = true;
  }

  bool fuse_activation(std::size_t index) {
    DraftLayer* before = only_before(at(index));
    if (before == nullptr || before->layer.activation != Activation::kLinear) return false;
    if (before->layer.kind == LayerKind::kConcatenate || before->layer.kind == LayerKind::kGlobalAveragePool)
      return false;
    before->layer.activation = at(index).layer.activation;
    take_output(at(index), *before);
    replace(index, before->layer.name);
    return true;
  }

  bool fuse_scale(std::size_t index) {
    DraftLayer& scale = at(index);
    if (scale.layer.inputs[0] == kNetworkInput) return fuse_with_picture(index);
    const bool is_identity = std::ranges::all_of(scale.weights, [](float w) { return w == 1.0F; }) &&
                             std::ranges::all_of(scale.biases, [](float b) { return b == 0.0F; });
    if (is_identity) {
      scale.layer.kind = LayerKind::kActivation;
      scale.weights.clear();
      scale.biases.clear();
      if (scale.layer.activation == Activation::kLinear) replace(index, scale.layer.inputs[0]);
      return true;
    }
    DraftLayer* before = only_before(scale);
    if (before == nullptr) return false;
    if (before->layer.activation == Activation::kRelu6) return join_hard_sigmoid(index, *before);
    if (before->layer.activation != Activation::kLinear) return false;
    if (before->layer.kind == LayerKind::kMultiply) return join_late_hard_swish(index, *before);
    if (before->weights.empty()) return false;
    const std::size_t channels = scale.weights.size();
    // Weights of convolutions have the channel first, the others' last.
    const std::size_t filter = before->weights.size() / channels;
    for (std::size_t i = 0; i < before->weights.size(); ++i) {
      before->weights[i] *=
          scale.weights[before->layer.kind == LayerKind::kConvolution ? i / filter : i % channels];
    }
    for (std::size_t i = 0; i < channels; ++i) {
      before->biases[i] = before->biases[i] * scale.weights[i] + scale.biases[i];
    }
    before->layer.activation = scale.layer.activation;
    before->layer.quantisation.reset();
    replace(index, before->layer.name);
    return true;
  }

  // The same for all colours, before anything else reads the picture.
  bool fuse_with_picture(std::size_t index) {
    const DraftLayer& scale = at(index);
    const auto same = [](std::span<const float> values) {
      return std::ranges::all_of(values, [&](float value) { return value == values[0]; });
    };
    const auto reads_picture = [](const DraftLayer& layer) {
      return std::ranges::count(layer.layer.inputs, kNetworkInput) > 0;
    };
    if (!same(scale.weights) || !same(scale.biases) || scale.layer.activation != Activation::kLinear ||
        std::ranges::count_if(draft_.layers, reads_picture) != 1) {
      return false;
    }
    const auto factor = static_cast<double>(scale.weights[0]);
    Normalisation& normalisation = draft_.normalisation;
    normalisation.offset = static_cast<float>(static_cast<double>(normalisation.offset) * factor +
                                              static_cast<double>(scale.biases[0]));
    normalisation.scale = static_cast<float>(static_cast<double>(normalisation.scale) * factor);
    for (DraftLayer& reader : draft_.layers) {
      if (std::ranges::count(reader.layer.inputs, scale.layer.name) == 0 || !reader.layer.quantisation)
        continue;
      if (scale.layer.quantisation) {
        reader.layer.quantisation->picture = scale.layer.quantisation->output;
      } else {
        reader.layer.quantisation.reset();
      }
    }
    replace(index, std::string(kNetworkInput));
    return true;
  }

  // `before` makes the map that `layer` made.
  static void take_output(const DraftLayer& layer, DraftLayer& before) {
    if (layer.layer.quantisation && before.layer.quantisation) {
      before.layer.quantisation->output = layer.layer.quantisation->output;
    } else {
      before.layer.quantisation.reset();
    }
  }

  // clamp(y + 3, 0, 6) / 6, the sum being the biases' or a scale's.
  bool join_hard_sigmoid(std::size_t index, DraftLayer& before) {
    const DraftLayer& scale = at(index);
    if (before.biases.empty() || scale.layer.activation != Activation::kLinear) return false;
    if (!all_near(scale.weights, kHardShare) || !all_near_zero(scale.biases)) return false;
    for (float& bias : before.biases) bias -= kHardShift;
    before.layer.activation = Activation::kHardSigmoid;
    before.layer.quantisation.reset();
    replace(index, before.layer.name);
    return true;
  }

  static bool all_near_zero(std::span<const float> values) {
    return std::ranges::all_of(values, [](float value) { return std::abs(value) < 1e-6F; });
  }

  // (x * clamp(x + 3, 0, 6)) / 6.
  bool join_late_hard_swish(std::size_t index, DraftLayer& product) {
    const DraftLayer& share = at(index);
    if (!all_near(share.weights, kHardShare) || !all_near_zero(share.biases) ||
        share.layer.activation != Activation::kLinear)
      return false;
    for (const std::size_t gate_input : {0U, 1U}) {
      const DraftLayer* gate = only_before(product, gate_input);
      if (gate == nullptr || gate->layer.kind != LayerKind::kScale ||
          gate->layer.activation != Activation::kRelu6 || !all_near(gate->weights, 1.0F) ||
          !all_near(gate->biases, kHardShift) ||
          gate->layer.inputs[0] != product.layer.inputs[1 - gate_input])
        continue;
      const std::string x = gate->layer.inputs[0];
      is_gone_[maker_.at(gate->layer.name)] = true;
      turn_into_activation(product, x, Activation::kHardSwish);
      take_output(at(index), product);
      replace(index, product.layer.name);
      return true;
    }
    return false;
  }

  // x * sigmoid(x), x * hard_sigmoid(x).
  bool join_swish(std::size_t index) {
    DraftLayer& product = at(index);
    if (product.layer.activation != Activation::kLinear) return false;
    for (const std::size_t gate_input : {0U, 1U}) {
      const DraftLayer* gate = only_before(product, gate_input);
      if (gate == nullptr || gate->layer.kind != LayerKind::kActivation ||
          gate->layer.inputs[0] != product.layer.inputs[1 - gate_input])
        continue;
      const Activation kind = gate->layer.activation;
      if (kind != Activation::kSigmoid && kind != Activation::kHardSigmoid) continue;
      const std::string x = gate->layer.inputs[0];
      is_gone_[maker_.at(gate->layer.name)] = true;
      turn_into_activation(product, x,
                           kind == Activation::kSigmoid ? Activation::kSwish : Activation::kHardSwish);
      return true;
    }
    return false;
  }

  static void turn_into_activation(DraftLayer& layer, const std::string& input, Activation activation) {
    layer.layer.kind = LayerKind::kActivation;
    layer.layer.inputs = {input};
    layer.layer.activation = activation;
  }

  void sweep() {
    std::vector<DraftLayer> kept;
    for (std::size_t i = 0; i < draft_.layers.size(); ++i) {
      if (!is_gone_[i]) kept.push_back(std::move(draft_.layers[i]));
    }
    draft_.layers = std::move(kept);
  }

  Draft& draft_;
  std::vector<bool> is_gone_;
  std::unordered_map<std::string, std::size_t> maker_;
  std::vector<std::size_t> readers_;
};

}  // namespace

void tidy(Draft& draft) {
  while (Round(draft).run()) {
  }
}

}  // namespace headstart
