#include "fine_tune/plan.h"

#include <cmath>
#include <optional>
#include <utility>

#include "fine_tune/depthwise.h"
#include "fine_tune/rng.h"

namespace headstart::fine_tune {
namespace {

constexpr std::size_t kBlockCount = 17;

Error missing(const std::string& name) {
  return {ErrorCode::kBadFile, "expected a tensor " + quoted(name) + " in the backbone file, found none"};
}

// The strides that the file states, one digit per block.
std::optional<std::vector<std::size_t>> read_strides(const SafetensorsView& file) {
  const std::string* text = file.metadata("block_strides");
  if (text == nullptr) return std::nullopt;
  std::vector<std::size_t> strides;
  for (const char c : *text) {
    if (c == '1' || c == '2') strides.push_back(static_cast<std::size_t>(c - '0'));
    if (c >= '3' && c <= '9') return std::nullopt;
  }
  if (strides.size() != kBlockCount) return std::nullopt;
  return strides;
}

// Walks the network from the picture to the embedding; what lies behind the border becomes layers.
class Planner {
 public:
  Planner(const SafetensorsView& file, std::size_t input_size, std::vector<std::size_t> strides)
      : file_(file), map_{input_size, input_size, 3}, strides_(std::move(strides)) {}

  // Groups are stem, blocks 0…16, last; those from `first_trained` on are trained.
  Status run(std::size_t first_trained, std::size_t group_end) {
    for (std::size_t group = 0; group < group_end; ++group) {
      trained_ = group >= first_trained;
      depth_ = kBlockCount + 2 - group;
      if (group + 1 <= first_trained) plan_.border = border_name(group);
      const Status status = group == 0                 ? add_stem()
                            : group == kBlockCount + 1 ? add_last()
                                                       : add_block(group - 1);
      if (!status.ok()) return status;
    }
    if (first_trained == 0) plan_.border = "input";
    return {};
  }

  Plan take() { return std::move(plan_); }
  [[nodiscard]] const MapShape& map() const { return map_; }

 private:
  static std::string border_name(std::size_t group) {
    return group == 0 ? "stem" : "blocks." + std::to_string(group - 1);
  }

  Status add_stem() {
    const TensorView* weights = file_.find("stem.weight");
    if (weights == nullptr) return missing("stem.weight");
    if (weights->shape.empty()) return misshaped(*weights, {0, 3, 3, 3});
    return add_layer(LayerKind::kWindowed, "stem", Activation::kRelu6, 2, weights->shape[0]);
  }

  Status add_last() {
    const TensorView* weights = file_.find("last.weight");
    if (weights == nullptr) return missing("last.weight");
    if (weights->shape.empty()) return misshaped(*weights, {0, 1, 1, map_.channel_count});
    return add_layer(LayerKind::kPointwise, "last", Activation::kRelu6, 1, weights->shape[0]);
  }

  Status add_block(std::size_t block) {
    const std::string prefix = "blocks." + std::to_string(block);
    const MapShape before = map_;
    const std::size_t residual_map = plan_.layers.size();
    if (const TensorView* expand = file_.find(prefix + ".expand.weight"); expand != nullptr) {
      if (expand->shape.empty()) return misshaped(*expand, {0, 1, 1, map_.channel_count});
      const Status status =
          add_layer(LayerKind::kPointwise, prefix + ".expand", Activation::kRelu6, 1, expand->shape[0]);
      if (!status.ok()) return status;
    }
    Status status = add_layer(LayerKind::kDepthwise, prefix + ".depthwise", Activation::kRelu6,
                              strides_[block], map_.channel_count);
    if (!status.ok()) return status;
    const TensorView* project = file_.find(prefix + ".project.weight");
    if (project == nullptr) return missing(prefix + ".project.weight");
    if (project->shape.empty()) return misshaped(*project, {0, 1, 1, map_.channel_count});
    status = add_layer(LayerKind::kPointwise, prefix + ".project", Activation::kNone, 1, project->shape[0]);
    if (!status.ok()) return status;
    if (trained_ && strides_[block] == 1 && before.channel_count == map_.channel_count) {
      plan_.layers.back().residual_map = residual_map;
    }
    return {};
  }

  Status add_layer(LayerKind kind, const std::string& name, Activation activation, std::size_t stride,
                   std::size_t out_count) {
    Layer layer;
    layer.kind = kind;
    layer.activation = activation;
    layer.stride = stride;
    layer.in = map_;
    layer.out = {window_side(map_.height, stride).out, window_side(map_.width, stride).out, out_count};
    layer.weights = plan_.parameters.size();
    if (out_count == 0 || out_count % 4 != 0) {
      return Error{ErrorCode::kBadFile, "expected " + quoted(name) +
                                            " to have channels in multiples of four, got " +
                                            std::to_string(out_count)};
    }
    const std::size_t side = kind == LayerKind::kPointwise ? 1 : 3;
    std::vector<std::size_t> shape{out_count, side, side, map_.channel_count};
    if (kind == LayerKind::kDepthwise) shape = {3, 3, out_count};
    Status status = add_tensor(name + ".weight", shape);
    if (status.ok()) status = add_tensor(name + ".bias", {out_count});
    if (!status.ok()) return status;
    map_ = layer.out;
    if (trained_) plan_.layers.push_back(layer);
    return {};
  }

  Status add_tensor(const std::string& name, const std::vector<std::size_t>& shape) {
    const TensorView* tensor = file_.find(name);
    if (tensor == nullptr) return missing(name);
    if (tensor->shape != shape) return misshaped(*tensor, shape);
    if (!trained_) {
      plan_.frozen_weight_count += tensor->element_count();
      return {};
    }
    std::vector<float> values(tensor->element_count());
    const Status status = read_floats(*tensor, values);
    if (!status.ok()) return status;
    Result<Parameter> parameter = make_parameter(name, shape, depth_, values);
    if (!parameter.ok()) return parameter.error();
    plan_.parameters.push_back(std::move(parameter).value());
    return {};
  }

  static Error misshaped(const TensorView& tensor, const std::vector<std::size_t>& expected) {
    return {ErrorCode::kBadFile, "expected tensor " + quoted(tensor.name) + " to have the shape " +
                                     shape_text(expected) + ", got " + shape_text(tensor.shape)};
  }

  const SafetensorsView& file_;
  Plan plan_;
  MapShape map_;
  std::vector<std::size_t> strides_;
  bool trained_ = false;
  std::size_t depth_ = 0;
};

// The new layer of a cut: uniform weights of variance 2 / fan_in (He et al. 2015), zero biases.
Status add_cut_layer(Plan& plan, const MapShape& map, const FineTuneOptions& options) {
  const std::size_t out_count = options.cut_channel_count;
  Rng rng(options.seed, 0x637574);
  const double bound = std::sqrt(6.0 / static_cast<double>(map.channel_count));
  std::vector<float> values(out_count * map.channel_count);
  for (float& value : values) value = static_cast<float>((2 * rng.uniform() - 1) * bound);
  Result<Parameter> weights = make_parameter("cut.weight", {out_count, 1, 1, map.channel_count}, 1, values);
  if (!weights.ok()) return weights.error();
  Result<Parameter> bias = make_parameter("cut.bias", {out_count}, 1, {});
  if (!bias.ok()) return bias.error();
  plan.parameters.push_back(std::move(weights).value());
  plan.parameters.push_back(std::move(bias).value());
  Layer layer;
  layer.activation = Activation::kRelu6;
  layer.in = map;
  layer.out = {map.height, map.width, out_count};
  plan.layers.push_back(layer);
  return {};
}

Status add_head(Plan& plan, std::size_t class_count) {
  plan.class_count = class_count;
  Result<Parameter> weights = make_parameter("head.weight", {class_count, plan.feature_count()}, 0, {});
  if (!weights.ok()) return weights.error();
  Result<Parameter> bias = make_parameter("head.bias", {class_count}, 0, {});
  if (!bias.ok()) return bias.error();
  plan.parameters.push_back(std::move(weights).value());
  plan.parameters.push_back(std::move(bias).value());
  return {};
}

Status check_options(const FineTuneOptions& options) {
  if (options.part == TrainedPart::kLastBlocks &&
      (options.block_count < 1 || options.block_count >= kBlockCount)) {
    return Error{ErrorCode::kBadArgument, "the number of last blocks to train must be from 1 to 16, got " +
                                              std::to_string(options.block_count)};
  }
  if (options.part != TrainedPart::kCut) return {};
  if (options.cut_block >= kBlockCount) {
    return Error{ErrorCode::kBadArgument,
                 "the cut must lie after a block from 0 to 16, got " + std::to_string(options.cut_block)};
  }
  if (options.cut_channel_count == 0 || options.cut_channel_count % 4 != 0 ||
      options.cut_channel_count > 4096) {
    return Error{ErrorCode::kBadArgument,
                 "the new layer's channels must be a multiple of four up to 4096, got " +
                     std::to_string(options.cut_channel_count)};
  }
  return {};
}

}  // namespace

std::size_t Plan::train_multiply_adds() const {
  std::size_t sum = 3 * feature_count() * class_count;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const Layer& layer = layers[i];
    const std::size_t taps = layer.kind == LayerKind::kPointwise ? 1 : 9;
    const std::size_t inputs = layer.kind == LayerKind::kDepthwise ? 1 : layer.in.channel_count;
    // Forwards, the weights' gradient, and the input's, which the first layer does without.
    sum += (i == 0 ? 2 : 3) * layer.out.size() * taps * inputs;
  }
  return sum;
}

Result<Plan> make_plan(const SafetensorsView& backbone, const FineTuneOptions& options,
                       std::int32_t input_size_px, std::size_t class_count) {
  const Status valid = check_options(options);
  if (!valid.ok()) return valid.error();
  if (input_size_px < 32 || input_size_px > 1024) {
    return Error{ErrorCode::kBadArgument,
                 "the input size must be from 32 to 1024 px, got " + std::to_string(input_size_px)};
  }
  std::optional<std::vector<std::size_t>> strides = read_strides(backbone);
  if (!strides.has_value()) {
    return Error{ErrorCode::kBadFile, "expected block_strides to list 17 strides of 1 or 2"};
  }
  const bool cut = options.part == TrainedPart::kCut;
  std::size_t first_trained = kBlockCount + 1;  // last
  if (options.part == TrainedPart::kLastBlocks) first_trained -= options.block_count;
  if (options.part == TrainedPart::kWholeNetwork) first_trained = 0;
  if (cut) first_trained = options.cut_block + 2;
  const std::size_t group_end = cut ? first_trained : kBlockCount + 2;

  Planner planner(backbone, static_cast<std::size_t>(input_size_px), std::move(strides).value());
  Status status = planner.run(first_trained, group_end);
  if (!status.ok()) return status.error();
  Plan plan = planner.take();
  if (cut) status = add_cut_layer(plan, planner.map(), options);
  if (status.ok()) status = add_head(plan, class_count);
  if (!status.ok()) return status.error();
  return plan;
}

}  // namespace headstart::fine_tune
