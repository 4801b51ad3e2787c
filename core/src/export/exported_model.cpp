#include "export/exported_model.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "head/changed_tensors.h"

namespace headstart {
namespace {

constexpr std::string_view kMirroredSuffix = "/mirrored";

StepKind step_kind_of(LayerKind kind) {
  switch (kind) {
    case LayerKind::kConvolution:
      return StepKind::kConvolution;
    case LayerKind::kDepthwiseConvolution:
      return StepKind::kDepthwise;
    case LayerKind::kAdd:
      return StepKind::kAdd;
    case LayerKind::kMultiply:
      return StepKind::kMultiply;
    case LayerKind::kScale:
      return StepKind::kScale;
    case LayerKind::kGlobalAveragePool:
      return StepKind::kGlobalAveragePool;
    case LayerKind::kAveragePool:
      return StepKind::kAveragePool;
    case LayerKind::kMaxPool:
      return StepKind::kMaxPool;
    case LayerKind::kActivation:
      return StepKind::kActivation;
    case LayerKind::kConcatenate:
      break;
  }
  return StepKind::kConcatenate;
}

class ModelMaker {
 public:
  ModelMaker(ExportedModel& model, const Head& head) : model_(model), head_(head) {}

  // The picture's way through the network to what the head reads.
  Status add_looks() {
    const Network& network = *model_.network;
    const MapShape picture = {model_.input_size_px, model_.input_size_px, 3};
    const std::size_t bytes = add({.name = "picture", .kind = StepKind::kPicture, .output = picture});
    const std::size_t scaled = add({.name = "scaled",
                                    .kind = StepKind::kScale,
                                    .inputs = {bytes},
                                    .output = picture,
                                    .weights = keep(std::vector<float>(3, network.normalisation.scale)),
                                    .biases = keep(std::vector<float>(3, network.normalisation.offset))});
    Result<std::vector<std::size_t>> first = add_look(scaled, {});
    if (!first) return first.error();
    std::vector<std::size_t> means = std::move(first).value();
    if (head_.second_look != SecondLook::kNo) {
      const std::size_t mirrored =
          add({.name = "mirror", .kind = StepKind::kMirror, .inputs = {scaled}, .output = picture});
      const Result<std::vector<std::size_t>> second = add_look(mirrored, std::string(kMirroredSuffix));
      if (!second) return second.error();
      for (std::size_t i = 0; i < means.size(); ++i)
        means[i] = add_vector(head_.features[i] + ".looks", StepKind::kAdd, {means[i], second.value()[i]});
      share_ = 0.5F;
    }
    if (head_.transform != FeatureTransform::kNone) {
      for (std::size_t i = 0; i < means.size(); ++i) means[i] = add_transform(means[i], head_.features[i]);
      share_ = 1;  // a sum is as good as a mean: the length is divided out
    }
    features_ = join(means);
    return {};
  }

  void add_head() {
    std::size_t at = features_;
    if (!head_.hidden_weights.empty()) {
      at = add_dense("head.hidden", at, scaled_copy(head_.hidden_weights), head_.hidden_biases,
                     Activation::kRelu);
      share_ = 1;
    }
    at = add_dense("head", at, scaled_copy(head_.weights), head_.biases, Activation::kLinear);
    add({.name = "probabilities",
         .kind = StepKind::kSoftmax,
         .inputs = {at},
         .output = {1, 1, head_.class_count()},
         .is_vector = true});
  }

 private:
  std::size_t add(Step step) {
    if (step.layer.empty()) step.layer = step.name;
    model_.steps.push_back(std::move(step));
    return model_.steps.size() - 1;
  }

  std::span<const float> keep(std::vector<float> numbers) {
    model_.own_numbers.push_back(std::move(numbers));
    return model_.own_numbers.back();  // moving a vector leaves its numbers where they are
  }

  // The mean of two looks is half the head's weights on their sum.
  std::vector<float> scaled_copy(const std::vector<float>& weights) const {
    std::vector<float> copy = weights;
    if (share_ != 1) {
      for (float& weight : copy) weight *= share_;
    }
    return copy;
  }

  std::size_t add_dense(const char* name, std::size_t input, std::vector<float> weights,
                        const std::vector<float>& biases, Activation activation) {
    const std::size_t count = biases.size();
    return add({.name = name,
                .kind = StepKind::kDense,
                .inputs = {input},
                .output = {1, 1, count},
                .is_vector = true,
                .activation = activation,
                .weights = keep(std::move(weights)),
                .biases = keep(std::vector<float>(biases))});
  }

  // Of the same shape as its first input.
  std::size_t add_vector(std::string name, StepKind kind, std::vector<std::size_t> inputs) {
    const MapShape shape = model_.steps[inputs.front()].output;
    return add({.name = std::move(name),
                .kind = kind,
                .inputs = std::move(inputs),
                .output = shape,
                .is_vector = true});
  }

  // The head's transform of a map's means.
  std::size_t add_transform(std::size_t at, const std::string& feature) {
    if (head_.transform == FeatureTransform::kRoot) {
      if (!is_rectified(feature)) {
        at = add_vector(feature + ".rectified", StepKind::kActivation, {at});
        model_.steps[at].activation = Activation::kRelu;
      }
      at = add_vector(feature + ".root", StepKind::kSquareRoot, {at});
    }
    return add_vector(feature + ".normalised", StepKind::kNormalise, {at});
  }

  // Whether the map's last layer lets nothing below zero through.
  [[nodiscard]] bool is_rectified(const std::string& feature) const {
    if (feature == kCutMap) return true;
    const Layer& last = model_.network->layers[model_.network->find_block(feature)->end - 1];
    return last.activation == Activation::kRelu || last.activation == Activation::kRelu6;
  }

  // One look: every layer of the network, then the means that the head reads.
  Result<std::vector<std::size_t>> add_look(std::size_t input, const std::string& suffix) {
    std::map<std::string, std::size_t, std::less<>> made = {{std::string(kNetworkInput), input}};
    for (const Layer& layer : model_.network->layers) {
      std::vector<std::size_t> inputs;
      for (const std::string& name : layer.inputs) inputs.push_back(made.at(name));
      made[layer.name] = add_layer(layer, std::move(inputs), suffix);
    }
    std::vector<std::size_t> means;
    for (const std::string& feature : head_.features) {
      const Block* block =
          feature == kCutMap ? &model_.network->blocks.back() : model_.network->find_block(feature);
      if (block == nullptr)
        return bad_file("the head reads " + feature + ", which the network does not have");
      std::size_t map = made.at(model_.network->layers[block->end - 1].name);
      if (feature == kCutMap) map = add_cut(map, suffix);
      means.push_back(add({.name = feature + ".mean" + suffix,
                           .layer = feature + ".mean",
                           .kind = StepKind::kGlobalAveragePool,
                           .inputs = {map},
                           .output = {1, 1, model_.steps[map].channel_count()},
                           .is_vector = true}));
    }
    return means;
  }

  std::size_t add_layer(const Layer& layer, std::vector<std::size_t> inputs, const std::string& suffix) {
    Step step = {.name = layer.name + suffix,
                 .layer = layer.name,
                 .kind = step_kind_of(layer.kind),
                 .inputs = std::move(inputs),
                 .output = layer.output,
                 .kernel_height = layer.kernel_height,
                 .kernel_width = layer.kernel_width,
                 .stride = layer.stride,
                 .padding = layer.padding,
                 .groups = layer.groups,
                 .activation = layer.activation};
    if (layer.weights) step.weights = layer.weights->values;
    if (layer.biases) step.biases = layer.biases->values;
    return add(std::move(step));
  }

  // The convolution that a cut network ends with; without one the head reads the map's own mean.
  std::size_t add_cut(std::size_t map, const std::string& suffix) {
    const auto values_of = [&](std::string_view name) {
      const auto found = std::ranges::find(head_.tensors, name, &ChangedTensor::name);
      return found == head_.tensors.end() ? std::span<const float>() : std::span<const float>(found->values);
    };
    const std::span<const float> biases = values_of(kCutBias);
    if (biases.empty()) return map;
    MapShape shape = model_.steps[map].output;
    shape.channel_count = biases.size();
    if (cut_weights_.empty()) {
      const std::span<const float> weights = values_of(kCutWeight);
      cut_weights_ = keep(std::vector<float>(weights.begin(), weights.end()));
      cut_biases_ = keep(std::vector<float>(biases.begin(), biases.end()));
    }
    return add({.name = "cut" + suffix,
                .layer = "cut",
                .kind = StepKind::kConvolution,
                .inputs = {map},
                .output = shape,
                .activation = Activation::kRelu6,
                .weights = cut_weights_,
                .biases = cut_biases_});
  }

  std::size_t join(const std::vector<std::size_t>& means) {
    if (means.size() == 1) return means.front();
    std::size_t count = 0;
    for (const std::size_t mean : means) count += model_.steps[mean].channel_count();
    return add({.name = "joined",
                .kind = StepKind::kConcatenate,
                .inputs = means,
                .output = {1, 1, count},
                .is_vector = true});
  }

  ExportedModel& model_;
  const Head& head_;
  std::size_t features_ = 0;
  float share_ = 1;
  std::span<const float> cut_weights_;
  std::span<const float> cut_biases_;
};

// The network that the head was trained on: with what fine-tuning changed, and no longer than the head reads
// it.
Result<Network> network_of(const Network& network, const Head& head) {
  if (head.features == FeatureSet{std::string(kCutMap)}) return cut_network(network, head.border);
  Result<Network> own = with_tensors(network, head.tensors);
  if (!own) return own;
  return trim_network(std::move(own).value(), head.features);
}

}  // namespace

const char* step_kind_name(StepKind kind) {
  constexpr std::array kNames = {
      "picture",      "mirror",      "convolution", "depthwise_convolution",
      "add",          "multiply",    "scale",       "global_average_pool",
      "average_pool", "max_pool",    "activation",  "concatenate",
      "dense",        "square_root", "normalise",   "softmax",
  };
  return kNames[static_cast<std::size_t>(kind)];
}

Result<ExportedModel> make_exported_model(const Network& network, const Head& head) {
  Result<Network> own = network_of(network, head);
  if (!own) return bad_file("this head does not fit the backbone: " + own.error().message);
  ExportedModel model;
  model.labels = head.labels;
  model.name = network.name;
  model.license = network.license;
  model.source = network.source;
  model.input_size_px = network.input_size_px;
  model.normalisation = network.normalisation;
  model.network = std::make_shared<const Network>(std::move(own).value());
  ModelMaker maker(model, head);
  if (const Status added = maker.add_looks(); !added) return added.error();
  maker.add_head();
  return model;
}

}  // namespace headstart
