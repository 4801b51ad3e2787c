#include "network/tflite_layers.h"

#include <algorithm>
#include <utility>

#include "files/safetensors.h"
#include "network/tflite_quantisation.h"

namespace headstart::tflite {
namespace {

// [height, width, channels] of a tensor of four or two dimensions.
std::optional<MapShape> map_shape(const std::vector<std::size_t>& shape) {
  if (shape.size() == 4 && shape[0] == 1) return MapShape{shape[1], shape[2], shape[3]};
  if (shape.size() == 2 && shape[0] == 1) return MapShape{1, 1, shape[1]};
  return std::nullopt;
}

std::optional<Activation> fused_activation(std::int32_t code) {
  constexpr std::int32_t kNone = 0;
  constexpr std::int32_t kRelu = 1;
  constexpr std::int32_t kRelu6 = 3;
  if (code == kNone) return Activation::kLinear;
  if (code == kRelu) return Activation::kRelu;
  if (code == kRelu6) return Activation::kRelu6;
  return std::nullopt;
}

// Whether the second input is axes, sides or a shape.
bool counts_with_second(Op op) {
  return op == Op::kPad || op == Op::kPadV2 || op == Op::kMean || op == Op::kReshape || op == Op::kExpandDims;
}

// Not so far out that products of scales, and what is divided by them, are no numbers.
bool is_usable_scale(float scale) {
  return scale > 1e-15F && scale < 1e15F;
}

// Whether weights are bytes about zero, with a scale for all or one for each of the layer's channels.
bool is_fit_for_channels(const TensorRecord& weights, const Layer& layer) {
  const std::size_t dimension = layer.kind == LayerKind::kDepthwiseConvolution ? weights.shape.size() - 1 : 0;
  const bool is_by_channel =
      weights.scales.size() == layer.output.channel_count && weights.channel_dimension == dimension;
  return weights.type == ElementType::kInt8 && (weights.scales.size() == 1 || is_by_channel) &&
         std::ranges::all_of(weights.zero_points, [](std::int64_t zero) { return zero == 0; }) &&
         std::ranges::all_of(weights.scales, is_usable_scale);
}

// How a map is written in bytes; none where it is not.
std::optional<MapScale> map_scale(const TensorRecord& tensor) {
  if (tensor.type != ElementType::kInt8 || tensor.scales.size() != 1 || !is_usable_scale(tensor.scales[0]) ||
      tensor.zero_points[0] < -128 || tensor.zero_points[0] > 127) {
    return std::nullopt;
  }
  return MapScale{tensor.scales[0], static_cast<std::int32_t>(tensor.zero_points[0])};
}

std::size_t product(const std::vector<std::size_t>& shape) {
  std::size_t count = 1;
  for (const std::size_t length : shape) count *= length;
  return count;
}

}  // namespace

LayerMaker::LayerMaker(const Model& file, std::size_t input)
    : file_(file),
      picture_(static_cast<std::int32_t>(input)),
      values_(file.tensors.size()),
      aliases_(file.tensors.size()) {
  const std::vector<std::size_t>& shape = file.tensors[input].shape;
  values_[input].map = kNetworkInput;
  values_[input].shape = {shape[1], shape[2], shape[3]};
  values_[input].picture = map_scale(file.tensors[input]);
}

Result<LayerMaker::Value> LayerMaker::value_of(const Operator& op, std::size_t input,
                                               bool may_be_padded) const {
  if (input >= op.inputs.size() || op.inputs[input] < 0) return bad_operator(op, "lacks an input");
  const Value& value = values_[static_cast<std::size_t>(op.inputs[input])];
  if (value.map.empty()) return bad_operator(op, "reads what is not made before it");
  if (value.is_padded() && !may_be_padded) return unsupported_operator(op, " on a padded map");
  return value;
}

const TensorRecord* LayerMaker::constant_of(const Operator& op, std::size_t input) const {
  if (input >= op.inputs.size() || op.inputs[input] < 0) return nullptr;
  const auto index = static_cast<std::size_t>(op.inputs[input]);
  if (aliases_[index] != nullptr) return aliases_[index];
  return file_.tensors[index].data.empty() ? nullptr : &file_.tensors[index];
}

Result<std::vector<float>> LayerMaker::numbers_of(const Operator& op, std::size_t input) {
  const TensorRecord* tensor = constant_of(op, input);
  if (tensor == nullptr) return unsupported_operator(op, " whose weights are not constant");
  parameter_count_ += tensor->data.size();  // at least as many as numbers
  return constant_values(*tensor);
}

Result<std::vector<float>> LayerMaker::biases_of(const Operator& op, std::size_t channel_count) {
  constexpr std::size_t kBias = 2;
  if (op.inputs.size() <= kBias || op.inputs[kBias] < 0) return std::vector<float>(channel_count);
  auto biases = numbers_of(op, kBias);
  if (biases && biases.value().size() != channel_count) {
    return bad_operator(op, "of " + std::to_string(channel_count) + " channels has " +
                                std::to_string(biases.value().size()) + " biases");
  }
  return biases;
}

// What the file says of bytes, where it says all that the layer takes.
std::optional<Quantisation> LayerMaker::quantisation_of(const Operator& op, const Layer& layer) const {
  const std::optional<MapScale> output = map_scale(file_.tensors[static_cast<std::size_t>(op.outputs[0])]);
  if (!output) return std::nullopt;
  Quantisation result{.output = *output};
  if (layer.kind == LayerKind::kConvolution || layer.kind == LayerKind::kDepthwiseConvolution) {
    const TensorRecord* weights = constant_of(op, 1);
    if (weights == nullptr || !is_fit_for_channels(*weights, layer)) return std::nullopt;
    result.weight_scales = weights->scales;
    if (weights->scales.size() == 1) {
      result.weight_scales.resize(layer.output.channel_count, weights->scales[0]);
    }
  }
  for (const std::int32_t input : op.inputs) {
    if (input < 0) continue;
    const Value& value = values_[static_cast<std::size_t>(input)];
    if (value.map == kNetworkInput) result.picture = value.picture;
  }
  return result;
}

Status LayerMaker::finish(const Operator& op, DraftLayer layer, const MapShape& shape) {
  if (op.outputs.size() != 1) return bad_operator(op, "should make one tensor");
  const std::optional<Activation> fused = fused_activation(op.options.fused_activation);
  if (!fused) return unsupported_operator(op, " with a fused activation other than ReLU and ReLU6");
  const auto output = static_cast<std::size_t>(op.outputs[0]);
  const std::optional<MapShape> stated = map_shape(file_.tensors[output].shape);
  if (!stated || *stated != shape) return bad_operator(op, "makes a tensor of a shape that it cannot");
  layer.layer.name = "#" + std::to_string(draft_.layers.size());
  layer.layer.output = shape;
  layer.layer.quantisation = quantisation_of(op, layer.layer);
  if (*fused != Activation::kLinear) layer.layer.activation = *fused;
  Value& value = values_[output];
  if (!value.map.empty()) return bad_operator(op, "makes a tensor that is there already");
  value.map = layer.layer.name;
  value.shape = shape;
  value.is_not_negative =
      layer.layer.activation == Activation::kRelu || layer.layer.activation == Activation::kRelu6;
  draft_.layers.push_back(std::move(layer));
  return {};
}

Status LayerMaker::pass_on(const Operator& op, Value value) {
  if (op.outputs.size() != 1) return bad_operator(op, "should make one tensor");
  Value& output = values_[static_cast<std::size_t>(op.outputs[0])];
  if (!output.map.empty()) return bad_operator(op, "makes a tensor that is there already");
  output = std::move(value);
  return {};
}

Status LayerMaker::check_quantisation(const Operator& op) const {
  const auto check = [&](std::int32_t position, const char* deed, TensorUse use) -> Status {
    const TensorRecord& tensor = file_.tensors[static_cast<std::size_t>(position)];
    if (tensor.data.empty()) use = position == picture_ ? TensorUse::kPicture : TensorUse::kMap;
    const std::optional<std::string> fault = quantisation_fault(tensor, use);
    return fault ? Status(bad_operator(op, deed + quoted(tensor.name) + ", whose " + *fault)) : Status();
  };
  Status status;
  for (std::size_t i = 0; i < op.inputs.size() && status; ++i) {
    if (op.inputs[i] < 0) continue;
    const bool is_counts = i == 1 && counts_with_second(op.op);
    status = check(op.inputs[i], "reads ", is_counts ? TensorUse::kCounts : TensorUse::kConstant);
  }
  for (std::size_t i = 0; i < op.outputs.size() && status; ++i) {
    status = check(op.outputs[i], "makes ", TensorUse::kMap);
  }
  return status;
}

Status LayerMaker::add(const Operator& op) {
  if (const Status checked = check_quantisation(op); !checked) return checked;
  switch (op.op) {
    case Op::kConvolution:
      return add_convolution(op);
    case Op::kDepthwise:
      return add_depthwise(op);
    case Op::kFullyConnected:
      return add_fully_connected(op);
    case Op::kAveragePool:
    case Op::kMaxPool:
      return add_pool(op);
    case Op::kPad:
    case Op::kPadV2:
      return add_pad(op);
    case Op::kMean:
      return add_mean(op);
    case Op::kAdd:
    case Op::kMultiply:
    case Op::kSubtract:
    case Op::kDivide:
      return add_pair(op);
    case Op::kConcatenate:
      return add_concatenation(op);
    case Op::kRelu:
      return add_activation(op, Activation::kRelu);
    case Op::kRelu6:
      return add_activation(op, Activation::kRelu6);
    case Op::kLogistic:
      return add_activation(op, Activation::kSigmoid);
    case Op::kHardSwish:
      return add_activation(op, Activation::kHardSwish);
    case Op::kQuantise:
    case Op::kDequantise: {
      if (const TensorRecord* constant = constant_of(op, 0); constant != nullptr && op.outputs.size() == 1) {
        aliases_[static_cast<std::size_t>(op.outputs[0])] = constant;
        return {};
      }
      auto value = value_of(op, 0, /*may_be_padded=*/true);
      if (!value) return value.error();
      Value passed = std::move(value).value();
      if (passed.map == kNetworkInput && op.outputs.size() == 1 && !passed.picture) {
        passed.picture = map_scale(file_.tensors[static_cast<std::size_t>(op.outputs[0])]);
      }
      return pass_on(op, std::move(passed));
    }
    case Op::kReshape:
    case Op::kSqueeze:
    case Op::kExpandDims: {
      auto value = value_of(op, 0);
      if (!value) return value.error();
      if (value.value().shape.place_count() != 1) return unsupported_operator(op, " of a map");
      return pass_on(op, std::move(value).value());
    }
  }
  return unsupported_operator(op, "");
}

Status LayerMaker::add_fully_connected(const Operator& op) {
  const auto input = value_of(op, 0);
  if (!input) return input.error();
  if (input.value().shape.place_count() != 1) return unsupported_operator(op, " on a map");
  auto weights = numbers_of(op, 1);
  if (!weights) return weights.error();
  const std::vector<std::size_t>& shape = constant_of(op, 1)->shape;
  if (shape.size() != 2 || shape[1] != input.value().shape.channel_count) {
    return bad_operator(op, "has weights that do not fit its input");
  }
  auto biases = biases_of(op, shape[0]);
  if (!biases) return biases.error();
  DraftLayer made;
  made.layer.kind = LayerKind::kConvolution;
  made.layer.inputs = {input.value().map};
  made.weights = std::move(weights).value();
  made.biases = std::move(biases).value();
  return finish(op, std::move(made), {1, 1, shape[0]});
}

Status LayerMaker::add_mean(const Operator& op) {
  const auto input = value_of(op, 0);
  if (!input) return input.error();
  auto axes = numbers_of(op, 1);
  if (!axes) return axes.error();
  for (float& axis : axes.value()) axis += axis < 0 ? 4.0F : 0.0F;
  std::ranges::sort(axes.value());
  if (axes.value() != std::vector<float>{1, 2})
    return unsupported_operator(op, " over other than height and width");
  DraftLayer made;
  made.layer.kind = LayerKind::kGlobalAveragePool;
  made.layer.inputs = {input.value().map};
  return finish(op, std::move(made), {1, 1, input.value().shape.channel_count});
}

Status LayerMaker::add_pair(const Operator& op) {
  for (const std::size_t input : {1U, 0U}) {
    if (constant_of(op, input) != nullptr) return add_scale(op, input);
  }
  if (op.op != Op::kAdd && op.op != Op::kMultiply) return unsupported_operator(op, " of two maps");
  auto a = value_of(op, 0);
  if (!a) return a.error();
  auto b = value_of(op, 1);
  if (!b) return b.error();
  if (a.value().shape.place_count() < b.value().shape.place_count()) std::swap(a, b);
  const MapShape& shape = a.value().shape;
  const MapShape& other = b.value().shape;
  if (shape.channel_count != other.channel_count || (shape != other && other.place_count() != 1)) {
    return unsupported_operator(op, " of maps of two shapes");
  }
  DraftLayer made;
  made.layer.kind = op.op == Op::kAdd ? LayerKind::kAdd : LayerKind::kMultiply;
  made.layer.inputs = {a.value().map, b.value().map};
  return finish(op, std::move(made), shape);
}

// x + c, x - c, c - x, x * c, x / c: a factor and an offset for each channel.
Status LayerMaker::add_scale(const Operator& op, std::size_t constant_input) {
  const auto input = value_of(op, 1 - constant_input);
  if (!input) return input.error();
  auto read = numbers_of(op, constant_input);
  if (!read) return read.error();
  std::vector<float> numbers = std::move(read).value();
  const std::vector<std::size_t>& shape = constant_of(op, constant_input)->shape;
  const std::size_t channels = input.value().shape.channel_count;
  const bool is_by_channel = product(shape) == channels && !shape.empty() && shape.back() == channels;
  if (numbers.size() == 1) numbers.resize(channels, numbers[0]);
  if (numbers.size() != channels || (!is_by_channel && product(shape) != 1)) {
    return unsupported_operator(op, " with a constant that is not of channels");
  }
  DraftLayer made;
  made.layer.kind = LayerKind::kScale;
  made.layer.inputs = {input.value().map};
  made.weights.assign(channels, 1.0F);
  made.biases.assign(channels, 0.0F);
  for (std::size_t i = 0; i < channels; ++i) {
    if (op.op == Op::kMultiply) made.weights[i] = numbers[i];
    if (op.op == Op::kAdd) made.biases[i] = numbers[i];
    if (op.op == Op::kSubtract && constant_input == 1) made.biases[i] = -numbers[i];
    if (op.op == Op::kSubtract && constant_input == 0) {
      made.weights[i] = -1;
      made.biases[i] = numbers[i];
    }
    if (op.op == Op::kDivide) {
      if (constant_input == 0 || numbers[i] == 0) return unsupported_operator(op, " by a map or by zero");
      made.weights[i] = 1 / numbers[i];
    }
  }
  return finish(op, std::move(made), input.value().shape);
}

Status LayerMaker::add_concatenation(const Operator& op) {
  DraftLayer made;
  made.layer.kind = LayerKind::kConcatenate;
  MapShape shape;
  for (std::size_t i = 0; i < op.inputs.size(); ++i) {
    const auto input = value_of(op, i);
    if (!input) return input.error();
    const MapShape& part = input.value().shape;
    if (i > 0 && (part.height != shape.height || part.width != shape.width)) {
      return bad_operator(op, "joins maps of two sizes");
    }
    shape = {part.height, part.width, shape.channel_count + part.channel_count};
    made.layer.inputs.push_back(input.value().map);
  }
  if (op.options.axis != 3 && op.options.axis != -1)
    return unsupported_operator(op, " of other than channels");
  constexpr std::size_t kMostParts = 4;
  if (op.inputs.size() < 2 || op.inputs.size() > kMostParts || op.options.fused_activation != 0) {
    return unsupported_operator(op, " of this number of maps");
  }
  return finish(op, std::move(made), shape);
}

Status LayerMaker::add_activation(const Operator& op, Activation activation) {
  const auto input = value_of(op, 0);
  if (!input) return input.error();
  DraftLayer made;
  made.layer.kind = LayerKind::kActivation;
  made.layer.inputs = {input.value().map};
  made.layer.activation = activation;
  return finish(op, std::move(made), input.value().shape);
}

}  // namespace headstart::tflite
