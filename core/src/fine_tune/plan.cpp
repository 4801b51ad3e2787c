#include "fine_tune/plan.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>

#include "base/random.h"
#include "files/safetensors.h"
#include "network/border.h"
#include "network/map_name.h"

namespace headstart {
namespace {

bool is_linear(const Layer& layer) {
  return layer.activation == Activation::kLinear;
}

// What a product does on the way; everything else becomes a layer of its own.
bool is_fused(const Layer& layer) {
  return is_linear(layer) || layer.activation == Activation::kRelu6;
}

Error no_backward_pass(const Layer& layer, const std::string& what) {
  return unsupported("fine-tuning has no backward pass for " + what + " (layer " + quoted(layer.name) + ")");
}

// The blocks of one branch, by position: those before `first_trained` are frozen, those from `end` on left
// out.
struct BranchPart {
  std::size_t begin = 0;
  std::size_t first_trained = 0;
  std::size_t end = 0;
};

// Walks the network from the borders on: all of these first, then the layers of each branch.
class Planner {
 public:
  explicit Planner(const Network& network) : network_(network) {}

  void start_branch(const BranchPart& part) {
    constexpr std::size_t kImageChannels = 3;
    if (part.first_trained == part.begin) {
      const MapShape picture = {network_.input_size_px, network_.input_size_px, kImageChannels};
      start_at(std::string(kNetworkInput), std::string(kNetworkInput), picture);
      return;
    }
    const Block& frozen = network_.blocks[part.first_trained - 1];
    start_at(frozen.name, network_.layers[frozen.end - 1].name, network_.map_of(frozen));
  }

  Status run(const BranchPart& part) {
    for (std::size_t i = part.begin; i < part.end; ++i) {
      const Block& block = network_.blocks[i];
      depth_ = part.end - i;
      if (i < part.first_trained) {
        freeze(block);
        continue;
      }
      for (std::size_t layer = block.begin; layer < block.end; ++layer) {
        if (const Status added = add(network_.layers[layer]); !added) return added;
      }
    }
    plan_.last_maps.push_back(plan_.map_count() - 1);
    return {};
  }

  FineTunePlan take() { return std::move(plan_); }

 private:
  // Everything up to here is frozen.
  void start_at(std::string border, const std::string& map, const MapShape& shape) {
    maps_[map] = plan_.borders.size();
    plan_.borders.push_back({std::move(border), shape});
  }

  void freeze(const Block& block) {
    for (std::size_t i = block.begin; i < block.end; ++i) {
      const Layer& layer = network_.layers[i];
      if (!layer.weights) continue;
      plan_.frozen_weight_count += layer.weights->values.size() + layer.biases->values.size();
    }
  }

  Status add(const Layer& from) {
    if (from.output.channel_count % 4 != 0) {
      return unsupported("fine-tuning needs channels in multiples of four, layer " + quoted(from.name) +
                         " has " + std::to_string(from.output.channel_count));
    }
    TrainedLayer layer;
    layer.input = maps_.at(from.inputs[0]);
    layer.in = plan_.shape_of(layer.input);
    layer.out = from.output;
    layer.stride = from.stride;
    switch (from.kind) {
      case LayerKind::kConvolution:
        return add_convolution(from, layer);
      case LayerKind::kDepthwiseConvolution:
        return add_depthwise(from, layer);
      case LayerKind::kAdd:
        return add_sum(from, layer);
      case LayerKind::kMultiply:
        layer.kind = TrainedLayerKind::kMultiply;
        layer.other = maps_.at(from.inputs[1]);
        if (plan_.shape_of(layer.other).place_count() != 1 || layer.in.place_count() == 1) {
          return no_backward_pass(from, "a product of two maps");
        }
        break;
      case LayerKind::kGlobalAveragePool:
        layer.kind = TrainedLayerKind::kMean;
        break;
      case LayerKind::kActivation:
        layer.kind = TrainedLayerKind::kActivation;
        layer.activation = from.activation;
        push(layer, from.name);
        return {};
      default:
        return no_backward_pass(from, layer_kind_name(from.kind));
    }
    push_with_activation(from, layer);
    return {};
  }

  Status add_convolution(const Layer& from, TrainedLayer layer) {
    const std::string size = std::to_string(from.kernel_height) + "x" + std::to_string(from.kernel_width);
    const bool is_pointwise = from.kernel_height == 1 && from.kernel_width == 1 && from.stride == 1;
    const bool is_windowed =
        from.kernel_height == 3 && from.kernel_width == 3 && from.padding.kind == PaddingKind::kTfSame;
    if (from.groups != 1 || (!is_pointwise && !is_windowed)) {
      return no_backward_pass(from, from.groups != 1 ? std::string("a convolution in groups")
                                                     : "a " + size + " convolution with stride " +
                                                           std::to_string(from.stride) + " and this padding");
    }
    layer.kind = is_pointwise ? TrainedLayerKind::kPointwise : TrainedLayerKind::kWindowed;
    if (!is_linear(from) && is_fused(from)) layer.activation = Activation::kRelu6;
    if (const Status added = add_tensors(from, layer); !added) return added;
    if (is_fused(from)) {
      push(layer, from.name);
    } else {
      push_with_activation(from, layer);
    }
    return {};
  }

  Status add_depthwise(const Layer& from, TrainedLayer layer) {
    const bool is_usual = from.kernel_height == 3 && from.kernel_width == 3 && !is_linear(from) &&
                          is_fused(from) && from.padding.kind == PaddingKind::kTfSame;
    if (const Status added = add_tensors(from, layer); !added) return added;
    if (is_usual) {
      layer.kind = TrainedLayerKind::kDepthwise;
      layer.activation = Activation::kRelu6;
      push(layer, from.name);
      return {};
    }
    layer.kind = TrainedLayerKind::kDepthwiseWindow;
    const Padding& padding = from.padding;
    const PaddedSide rows =
        pad_side(padding.kind, layer.in.height, from.kernel_height, from.stride, padding.top, padding.bottom);
    const PaddedSide columns =
        pad_side(padding.kind, layer.in.width, from.kernel_width, from.stride, padding.left, padding.right);
    layer.window = {layer.in,    layer.out,   from.kernel_height, from.kernel_width,
                    from.stride, rows.before, columns.before};
    push_with_activation(from, layer);
    return {};
  }

  // An addition right behind a product of its own is done by that product's layer.
  Status add_sum(const Layer& from, TrainedLayer layer) {
    const std::size_t other = maps_.at(from.inputs[1]);
    if (plan_.shape_of(other) != layer.in) return no_backward_pass(from, "a sum of maps of two shapes");
    const std::size_t newest = std::max(layer.input, other);
    const std::size_t older = std::min(layer.input, other);
    const bool is_last = newest == plan_.map_count() - 1 && !plan_.is_border(newest) && newest != older;
    if (is_last && plan_.layers.back().kind == TrainedLayerKind::kPointwise &&
        plan_.layers.back().activation == Activation::kLinear &&
        plan_.layers.back().residual_map == TrainedLayer::kNoResidual && is_linear(from)) {
      plan_.layers.back().residual_map = older;
      maps_[from.name] = newest;
      return {};
    }
    layer.kind = TrainedLayerKind::kAdd;
    layer.other = other;
    push_with_activation(from, layer);
    return {};
  }

  Status add_tensors(const Layer& from, TrainedLayer& layer) {
    layer.weights = plan_.parameters.size();
    for (const Tensor* tensor : {&*from.weights, &*from.biases}) {
      Result<Parameter> parameter = make_parameter(tensor->name, tensor->shape, depth_, tensor->values);
      if (!parameter) return parameter.error();
      plan_.parameters.push_back(std::move(parameter).value());
    }
    return {};
  }

  void push(const TrainedLayer& layer, const std::string& name) {
    plan_.layers.push_back(layer);
    maps_[name] = plan_.map_count() - 1;
  }

  void push_with_activation(const Layer& from, const TrainedLayer& layer) {
    push(layer, from.name);
    if (is_linear(from)) return;
    TrainedLayer function;
    function.kind = TrainedLayerKind::kActivation;
    function.activation = from.activation;
    function.input = plan_.map_count() - 1;
    function.in = function.out = layer.out;
    push(function, from.name);
  }

  const Network& network_;
  FineTunePlan plan_;
  std::map<std::string, std::size_t> maps_;  // the number of each layer's map
  std::size_t depth_ = 0;
};

// The new layer of a cut: uniform weights of variance 2 / fan_in (He et al. 2015), zero biases.
Status add_cut_layer(FineTunePlan& plan, const FineTuneOptions& options) {
  const MapShape map = plan.borders.front().shape;
  const std::size_t out_count = options.cut_channel_count;
  constexpr std::uint64_t kStream = 0x637574;  // "cut"
  Random random(options.seed, kStream);
  const double bound = std::sqrt(6.0 / static_cast<double>(map.channel_count));
  std::vector<float> values(out_count * map.channel_count);
  for (float& value : values) value = static_cast<float>((2 * random.uniform() - 1) * bound);
  Result<Parameter> weights = make_parameter("cut.weight", {out_count, 1, 1, map.channel_count}, 1, values);
  if (!weights) return weights.error();
  Result<Parameter> bias = make_parameter("cut.bias", {out_count}, 1, {});
  if (!bias) return bias.error();
  plan.parameters.push_back(std::move(weights).value());
  plan.parameters.push_back(std::move(bias).value());
  TrainedLayer layer;
  layer.activation = Activation::kRelu6;
  layer.in = map;
  layer.out = {map.height, map.width, out_count};
  layer.weights = plan.parameters.size() - 2;
  plan.layers.push_back(layer);
  plan.last_maps = {plan.map_count() - 1};
  return {};
}

Status add_heads(FineTunePlan& plan, std::size_t class_count) {
  plan.class_count = class_count;
  for (std::size_t head = 0; head < plan.head_count(); ++head) {
    const std::string name = (plan.head_count() > 1 ? branch_name(head) + "." : std::string()) + "head";
    auto weights = make_parameter(name + ".weight", {class_count, plan.feature_count(head)}, 0, {});
    if (!weights) return weights.error();
    auto bias = make_parameter(name + ".bias", {class_count}, 0, {});
    if (!bias) return bias.error();
    plan.parameters.push_back(std::move(weights).value());
    plan.parameters.push_back(std::move(bias).value());
  }
  return {};
}

// Of each branch its first block and one past its last.
std::vector<BranchPart> branches_of(const Network& network) {
  if (network.branches.empty()) return {{0, 0, network.blocks.size()}};
  std::vector<BranchPart> branches;
  for (const Branch& branch : network.branches) branches.push_back({branch.begin, branch.begin, branch.end});
  return branches;
}

// Blocks between the stem and the last, where borders and cuts may lie: every branch has so many.
std::size_t inner_block_count(const Network& network) {
  std::size_t count = network.blocks.size();
  for (const BranchPart& branch : branches_of(network)) count = std::min(count, branch.end - branch.begin);
  return count < 2 ? 0 : count - 2;
}

Status check_options(const FineTuneOptions& options, const Network& network) {
  // All layers of several networks: a branch may begin with a scale that no training is to move, and nobody
  // would wait for so much. New layers: they would have to replace the end of each.
  if (!network.branches.empty() &&
      (options.part == TrainedPart::kWholeNetwork || options.part == TrainedPart::kCut)) {
    return unsupported(
        std::string(options.part == TrainedPart::kCut ? "new layers" : "all layers") +
        " of several networks at once are not trained: take one network for that, or train the "
        "last blocks of each");
  }
  const std::size_t inner_count = inner_block_count(network);
  if (options.part == TrainedPart::kLastBlocks &&
      (options.block_count < 1 || options.block_count >= inner_count)) {
    return bad_argument("the number of last blocks to train must be from 1 to " +
                        std::to_string(inner_count - (inner_count > 0 ? 1 : 0)) + ", got " +
                        std::to_string(options.block_count));
  }
  if (options.part != TrainedPart::kCut) return {};
  if (options.cut_block >= inner_count) {
    return bad_argument("the cut must lie after a block from 0 to " +
                        std::to_string(inner_count - (inner_count > 0 ? 1 : 0)) + ", got " +
                        std::to_string(options.cut_block));
  }
  if (options.cut_channel_count == 0 || options.cut_channel_count % 4 != 0 ||
      options.cut_channel_count > 4096) {
    return bad_argument("the new layer's channels must be a multiple of four up to 4096, got " +
                        std::to_string(options.cut_channel_count));
  }
  return {};
}

}  // namespace

std::string FineTunePlan::border() const {
  std::vector<std::string> names;
  for (const FrozenMap& map : borders) names.push_back(map.name);
  return border_text(names);
}

std::size_t FineTunePlan::border_size() const {
  std::size_t size = 0;
  for (const FrozenMap& map : borders) size += map.shape.size();
  return size;
}

std::size_t FineTunePlan::feature_count() const {
  std::size_t count = 0;
  for (const std::size_t map : last_maps) count += shape_of(map).channel_count;
  return count;
}

std::size_t FineTunePlan::train_multiply_adds() const {
  std::size_t sum = 3 * feature_count() * class_count;
  for (const TrainedLayer& layer : layers) {
    std::size_t taps = 1;
    if (layer.kind == TrainedLayerKind::kWindowed || layer.kind == TrainedLayerKind::kDepthwise) taps = 9;
    if (layer.kind == TrainedLayerKind::kDepthwiseWindow) {
      taps = layer.window.kernel_height * layer.window.kernel_width;
    }
    const std::size_t inputs = layer.is_product() ? layer.in.channel_count : 1;
    // Forwards, the weights' gradient, and the input's, which the border does without.
    sum += (is_border(layer.input) ? 2 : 3) * layer.out.size() * taps * inputs;
  }
  return sum;
}

Result<FineTunePlan> make_fine_tune_plan(const Network& network, const FineTuneOptions& options,
                                         std::size_t class_count) {
  const Status valid = check_options(options, network);
  if (!valid) return valid.error();
  const bool cut = options.part == TrainedPart::kCut;
  std::vector<BranchPart> branches = branches_of(network);
  Planner planner(network);
  for (BranchPart& branch : branches) {
    branch.first_trained = branch.end - 1;  // the last block
    if (options.part == TrainedPart::kLastBlocks) branch.first_trained -= options.block_count;
    if (options.part == TrainedPart::kWholeNetwork) branch.first_trained = branch.begin;
    if (cut) branch.end = branch.first_trained = branch.begin + options.cut_block + 2;
    planner.start_branch(branch);
  }
  Status status;
  for (const BranchPart& branch : branches) {
    if (status) status = planner.run(branch);
  }
  if (!status) return status.error();
  FineTunePlan plan = planner.take();
  if (cut) status = add_cut_layer(plan, options);
  if (status) status = add_heads(plan, class_count);
  if (!status) return status.error();
  return plan;
}

}  // namespace headstart
