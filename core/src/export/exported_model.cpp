#include "export/exported_model.h"

#include <algorithm>
#include <array>
#include <utility>

#include "head/changed_tensors.h"
#include "network/map_name.h"

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

// Not every program takes a colon in a name.
std::string step_name(std::string feature) {
  std::ranges::replace(feature, ':', '.');
  return feature;
}

class ModelMaker {
 public:
  ModelMaker(ExportedModel& model, const Head& head) : model_(model), head_(head) {}

  // The picture's way through the network to what the head reads.
  Status add_looks() {
    const Network& network = *model_.network;
    const MapShape picture = {model_.input_size_px, model_.input_size_px, 3};
    const std::size_t bytes = add("picture", StepKind::kPicture, {}, picture);
    const std::size_t scaled = add("scaled", StepKind::kScale, {bytes}, picture);
    give_numbers(keep(std::vector<float>(3, network.normalisation.scale)),
                 keep(std::vector<float>(3, network.normalisation.offset)));
    Result<std::vector<std::size_t>> first = add_look(scaled, {});
    if (!first) return first.error();
    std::vector<std::size_t> means = std::move(first).value();
    if (head_.second_look != SecondLook::kNo) {
      const std::size_t mirrored = add("mirror", StepKind::kMirror, {scaled}, picture);
      const Result<std::vector<std::size_t>> second = add_look(mirrored, std::string(kMirroredSuffix));
      if (!second) return second.error();
      for (std::size_t i = 0; i < means.size(); ++i)
        means[i] = add_vector(step_name(head_.features[i]) + ".looks", StepKind::kAdd,
                              {means[i], second.value()[i]});
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
    add_vector("probabilities", StepKind::kSoftmax, {at});
  }

 private:
  // A step of a layer of that name, at the position that comes back.
  std::size_t add(std::string name, StepKind kind, std::vector<std::size_t> inputs, const MapShape& output) {
    Step& step = model_.steps.emplace_back();
    step.layer = name;
    step.name = std::move(name);
    step.kind = kind;
    step.inputs = std::move(inputs);
    step.output = output;
    return model_.steps.size() - 1;
  }

  // To the step that was added last.
  void give_numbers(std::span<const float> weights, std::span<const float> biases) {
    model_.steps.back().weights = weights;
    model_.steps.back().biases = biases;
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
    const std::size_t at = add_vector(name, StepKind::kDense, {input});
    model_.steps[at].output = {1, 1, biases.size()};
    model_.steps[at].activation = activation;
    give_numbers(keep(std::move(weights)), keep(biases));
    return at;
  }

  // A vector, as long as its first input has channels.
  std::size_t add_vector(std::string name, StepKind kind, std::vector<std::size_t> inputs) {
    const std::size_t count = model_.steps[inputs.front()].channel_count();
    const std::size_t at = add(std::move(name), kind, std::move(inputs), {1, 1, count});
    model_.steps[at].is_vector = true;
    return at;
  }

  // The head's transform of a map's means.
  std::size_t add_transform(std::size_t at, const std::string& feature) {
    if (head_.transform == FeatureTransform::kRoot) {
      if (!is_rectified(feature)) {
        at = add_vector(step_name(feature) + ".rectified", StepKind::kActivation, {at});
        model_.steps[at].activation = Activation::kRelu;
      }
      at = add_vector(step_name(feature) + ".root", StepKind::kSquareRoot, {at});
    }
    return add_vector(step_name(feature) + ".normalised", StepKind::kNormalise, {at});
  }

  // Whether the map's last layer lets nothing below zero through.
  [[nodiscard]] bool is_rectified(const std::string& feature) const {
    if (feature == kCutMap) return true;
    if (is_deviation(feature)) return true;
    const Layer& last = model_.network->layers[model_.network->find_block(feature)->end - 1];
    return last.activation == Activation::kRelu || last.activation == Activation::kRelu6;
  }

  // One look: every layer of the network, then the means that the head reads.
  Result<std::vector<std::size_t>> add_look(std::size_t input, const std::string& suffix) {
    const std::vector<Layer>& layers = model_.network->layers;
    const std::size_t first = model_.steps.size();  // the first layer's step; the others follow
    for (const Layer& layer : layers) {
      std::vector<std::size_t> inputs;
      for (const std::string& name : layer.inputs) {
        const auto found = std::ranges::find(layers, name, &Layer::name);
        inputs.push_back(name == kNetworkInput ? input
                                               : first + static_cast<std::size_t>(found - layers.begin()));
      }
      add_layer(layer, std::move(inputs), suffix);
    }
    std::vector<std::size_t> means;
    for (const std::string& feature : head_.features) {
      const Block* block = feature == kCutMap ? &model_.network->blocks.back()
                                              : model_.network->find_block(map_of_feature(feature));
      if (block == nullptr)
        return bad_file("the head reads " + feature + ", which the network does not have");
      std::size_t map = first + block->end - 1;
      if (feature == kCutMap) map = add_cut(map, suffix);
      if (is_deviation(feature)) {
        means.push_back(add_deviation(feature, map, suffix));
        continue;
      }
      means.push_back(add_vector(feature + ".mean", StepKind::kGlobalAveragePool, {map}));
      model_.steps.back().name += suffix;
    }
    return means;
  }

  // The root of the mean square less the square of the mean, of what every program has; below zero is
  // rounding.
  std::size_t add_deviation(const std::string& feature, std::size_t map, const std::string& suffix) {
    struct Part {
      const char* name;
      StepKind kind;
      std::size_t input_count;
      std::size_t inputs[2];  // 0 is the map, 1 the first part, …
    };
    static constexpr Part kParts[] = {
        {".squares", StepKind::kMultiply, 2, {0, 0}},
        {".mean_square", StepKind::kGlobalAveragePool, 1, {1}},
        {".mean", StepKind::kGlobalAveragePool, 1, {0}},
        {".negative", StepKind::kScale, 1, {3}},
        {".less", StepKind::kMultiply, 2, {3, 4}},
        {".variance", StepKind::kAdd, 2, {2, 5}},
        {".rectified", StepKind::kActivation, 1, {6}},
        {"", StepKind::kSquareRoot, 1, {7}},
    };
    const std::string base = step_name(feature);
    const std::size_t count = model_.steps[map].channel_count();
    std::vector<std::size_t> made = {map};
    for (const Part& part : kParts) {
      std::vector<std::size_t> inputs;
      for (std::size_t i = 0; i < part.input_count; ++i) inputs.push_back(made[part.inputs[i]]);
      made.push_back(add_vector(base + part.name, part.kind, std::move(inputs)));
      Step& step = model_.steps.back();
      step.name += suffix;
      if (made.size() == 2) {
        step.output = model_.steps[map].output;
        step.is_vector = false;
      }
      if (part.kind == StepKind::kScale)
        give_numbers(keep(std::vector<float>(count, -1)), keep(std::vector<float>(count)));
      if (part.kind == StepKind::kActivation) step.activation = Activation::kRelu;
    }
    return made.back();
  }

  void add_layer(const Layer& layer, std::vector<std::size_t> inputs, const std::string& suffix) {
    Step& step = model_.steps[add(layer.name, step_kind_of(layer.kind), std::move(inputs), layer.output)];
    step.name += suffix;
    step.kernel_height = layer.kernel_height;
    step.kernel_width = layer.kernel_width;
    step.stride = layer.stride;
    step.padding = layer.padding;
    step.groups = layer.groups;
    step.activation = layer.activation;
    if (layer.weights) step.weights = layer.weights->values;
    if (layer.biases) step.biases = layer.biases->values;
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
    const std::size_t at = add("cut", StepKind::kConvolution, {map}, shape);
    model_.steps[at].name += suffix;
    model_.steps[at].activation = Activation::kRelu6;
    give_numbers(cut_weights_, cut_biases_);
    return at;
  }

  std::size_t join(const std::vector<std::size_t>& means) {
    if (means.size() == 1) return means.front();
    std::size_t count = 0;
    for (const std::size_t mean : means) count += model_.steps[mean].channel_count();
    const std::size_t at = add_vector("joined", StepKind::kConcatenate, means);
    model_.steps[at].output.channel_count = count;
    return at;
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

std::vector<float> exchange_matrix(std::size_t size) {
  std::vector<float> matrix(size * size);
  for (std::size_t i = 0; i < size; ++i) matrix[i * size + size - 1 - i] = 1;
  return matrix;
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
