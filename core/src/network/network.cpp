#include "network/network.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <unordered_map>
#include <utility>

#include "files/safetensors.h"
#include "network/map_name.h"

namespace headstart {
namespace {

constexpr std::size_t kImageChannels = 3;
constexpr std::size_t kMostLayers = 4096;
constexpr std::size_t kMostWindow = 64;  // places of a kernel's side, and of a stride
constexpr std::size_t kMostChannels = 1U << 16U;
constexpr std::size_t kMostMapElements = 1U << 27U;
constexpr std::size_t kMostConcatenated = 4;  // as many as XNNPACK joins

Error bad_layer(const Layer& layer, const std::string& what) {
  return bad_file("layer " + quoted(layer.name) + " (" + layer_kind_name(layer.kind) + ") " + what);
}

std::string shape_text(const MapShape& shape) {
  return headstart::shape_text(std::array{shape.height, shape.width, shape.channel_count});
}

struct InputCount {
  std::size_t fewest;
  std::size_t most;
};

InputCount input_count_of(LayerKind kind) {
  if (kind == LayerKind::kAdd || kind == LayerKind::kMultiply) return {2, 2};
  if (kind == LayerKind::kConcatenate) return {2, kMostConcatenated};
  return {1, 1};
}

// Walks the layers in order and works out what each makes.
class Fitter {
 public:
  Fitter(Network& network, std::size_t input_size_px) : network_(network) {
    shapes_.emplace(kNetworkInput, MapShape{input_size_px, input_size_px, kImageChannels});
  }

  Status run() {
    if (network_.layers.empty()) return bad_file("the network has no layers");
    if (network_.layers.size() > kMostLayers) {
      return bad_file("a network may have " + std::to_string(kMostLayers) + " layers, got " +
                      std::to_string(network_.layers.size()));
    }
    for (Layer& layer : network_.layers) {
      if (const Status fitted = fit(layer); !fitted) return fitted;
      if (!shapes_.emplace(layer.name, layer.output).second) {
        return bad_layer(layer, "has the name of another");
      }
    }
    return {};
  }

 private:
  Status fit(Layer& layer) {
    const InputCount count = input_count_of(layer.kind);
    if (layer.inputs.size() < count.fewest || layer.inputs.size() > count.most) {
      return bad_layer(layer, "cannot read " + std::to_string(layer.inputs.size()) + " maps");
    }
    inputs_.clear();
    for (const std::string& name : layer.inputs) {
      const auto found = shapes_.find(name);
      if (found == shapes_.end())
        return bad_layer(layer, "reads " + quoted(name) + ", which is not made before it");
      inputs_.push_back(found->second);
    }
    if (const Status shaped = shape(layer); !shaped) return shaped;
    const MapShape& out = layer.output;
    if (out.height == 0 || out.width == 0 || out.channel_count == 0) {
      return bad_layer(layer, "makes nothing of a map of the shape " + shape_text(inputs_[0]));
    }
    if (out.channel_count > kMostChannels || out.size() > kMostMapElements) {
      return bad_layer(layer, "makes too large a map: " + shape_text(out));
    }
    return {};
  }

  Status shape(Layer& layer) {
    const MapShape& in = inputs_[0];
    switch (layer.kind) {
      case LayerKind::kAdd:
      case LayerKind::kMultiply:
        return shape_pair(layer);
      case LayerKind::kConcatenate:
        return shape_concatenated(layer);
      case LayerKind::kGlobalAveragePool:
        layer.output = {1, 1, in.channel_count};
        return {};
      case LayerKind::kScale:
      case LayerKind::kActivation:
        layer.output = in;
        return {};
      case LayerKind::kConvolution:
      case LayerKind::kDepthwiseConvolution:
      case LayerKind::kAveragePool:
      case LayerKind::kMaxPool:
        break;
    }
    return shape_window(layer, in);
  }

  static Status shape_window(Layer& layer, const MapShape& in) {
    const auto fits = [](std::size_t side) { return side >= 1 && side <= kMostWindow; };
    if (!fits(layer.kernel_height) || !fits(layer.kernel_width) || !fits(layer.stride)) {
      return bad_layer(layer, "has a window or stride that is not from 1 to " + std::to_string(kMostWindow));
    }
    const Padding& padding = layer.padding;
    if (std::max({padding.top, padding.left, padding.bottom, padding.right}) > kMostWindow) {
      return bad_layer(layer, "has more padding than " + std::to_string(kMostWindow));
    }
    const std::size_t channels =
        layer.kind == LayerKind::kConvolution ? layer.output.channel_count : in.channel_count;
    if (layer.kind == LayerKind::kConvolution &&
        (layer.groups == 0 || in.channel_count % layer.groups != 0 || channels % layer.groups != 0)) {
      return bad_layer(layer, "cannot part " + std::to_string(in.channel_count) + " and " +
                                  std::to_string(channels) + " channels into " +
                                  std::to_string(layer.groups) + " groups");
    }
    const PaddedSide rows =
        pad_side(padding.kind, in.height, layer.kernel_height, layer.stride, padding.top, padding.bottom);
    const PaddedSide columns =
        pad_side(padding.kind, in.width, layer.kernel_width, layer.stride, padding.left, padding.right);
    layer.output = {rows.output, columns.output, channels};
    return {};
  }

  Status shape_pair(Layer& layer) const {
    const MapShape& a = inputs_[0];
    const MapShape& b = inputs_[1];
    const bool is_gate = b.place_count() == 1 && a.channel_count == b.channel_count;
    if (a != b && !is_gate) {
      return bad_layer(layer, "cannot join maps of the shapes " + shape_text(a) + " and " + shape_text(b));
    }
    layer.output = a;
    return {};
  }

  Status shape_concatenated(Layer& layer) const {
    layer.output = {inputs_[0].height, inputs_[0].width, 0};
    for (const MapShape& in : inputs_) {
      if (in.height != layer.output.height || in.width != layer.output.width) {
        return bad_layer(
            layer, "cannot join maps of the shapes " + shape_text(inputs_[0]) + " and " + shape_text(in));
      }
      layer.output.channel_count += in.channel_count;
    }
    return {};
  }

  Network& network_;
  std::unordered_map<std::string_view, MapShape> shapes_;
  std::vector<MapShape> inputs_;  // of the layer that is being fitted
};

// `begin` is where the layers of these blocks begin, and becomes where they end.
Status check_blocks(const Network& network, std::span<const Block> blocks, std::size_t& begin) {
  if (blocks.empty()) return {};
  const std::size_t first = begin;
  const std::size_t last = std::clamp(blocks.back().end, first, network.layers.size());
  const std::vector<bool> cut_points = cut_points_of(std::span(network.layers).subspan(first, last - first));
  for (const Block& block : blocks) {
    if (block.begin != begin || block.end <= block.begin || block.end > last ||
        !cut_points[block.end - first]) {
      return bad_file("the block " + quoted(block.name) + " does not hold together");
    }
    begin = block.end;
  }
  return {};
}

Status check_blocks(const Network& network) {
  std::size_t end = 0;
  if (network.branches.empty()) {
    if (const Status held = check_blocks(network, network.blocks, end); !held) return held;
  }
  for (const Branch& branch : network.branches) {
    const auto own = std::span(network.blocks).subspan(branch.begin, branch.end - branch.begin);
    if (const Status held = check_blocks(network, own, end); !held) return held;
  }
  if (end == network.layers.size()) return {};
  return bad_file("the network has layers that belong to no block");
}

// The channels that a layer reads from its first input.
std::size_t input_channels_of(const Network& network, const Layer& layer) {
  if (layer.inputs[0] == kNetworkInput) return kImageChannels;
  return network.find_layer(layer.inputs[0])->output.channel_count;
}

void add_specs(std::vector<TensorSpec>& specs, const Layer& layer, std::size_t input_channels) {
  const std::size_t channels = layer.output.channel_count;
  std::vector<std::size_t> shape;
  switch (layer.kind) {
    case LayerKind::kConvolution:
      shape = {channels, layer.kernel_height, layer.kernel_width, input_channels / layer.groups};
      break;
    case LayerKind::kDepthwiseConvolution:
      shape = {layer.kernel_height, layer.kernel_width, channels};
      break;
    case LayerKind::kScale:
      shape = {channels};
      break;
    case LayerKind::kAdd:
    case LayerKind::kMultiply:
    case LayerKind::kGlobalAveragePool:
    case LayerKind::kAveragePool:
    case LayerKind::kMaxPool:
    case LayerKind::kActivation:
    case LayerKind::kConcatenate:
      return;
  }
  specs.push_back({layer.name + ".weight", std::move(shape)});
  specs.push_back({layer.name + ".bias", {channels}});
}

// Calls `visit` with every tensor that the network has.
template <typename AnyNetwork, typename Visit>
void for_each_tensor(AnyNetwork& network, const Visit& visit) {
  for (auto& layer : network.layers) {
    if (layer.weights) visit(*layer.weights);
    if (layer.biases) visit(*layer.biases);
  }
}

}  // namespace

const Layer* Network::find_layer(std::string_view wanted) const {
  const auto found = std::ranges::find(layers, wanted, &Layer::name);
  return found == layers.end() ? nullptr : &*found;
}

const Block* Network::find_block(std::string_view wanted) const {
  const auto found = std::ranges::find(blocks, wanted, &Block::name);
  return found == blocks.end() ? nullptr : &*found;
}

const Tensor* Network::find_tensor(std::string_view wanted) const {
  const Tensor* found = nullptr;
  for_each_tensor(*this, [&](const Tensor& tensor) {
    if (tensor.name == wanted) found = &tensor;
  });
  return found;
}

std::size_t Network::embedding_dim() const {
  std::size_t count = 0;
  for (const std::size_t last : last_blocks_of(*this)) count += map_of(blocks[last]).channel_count;
  return count;
}

std::size_t Network::parameter_count() const {
  std::size_t count = 0;
  for_each_tensor(*this, [&](const Tensor& tensor) { count += tensor.values.size(); });
  return count;
}

bool Network::is_quantised() const {
  return std::ranges::any_of(layers, [](const Layer& layer) { return layer.quantisation.has_value(); });
}

bool Network::is_quantised(const Branch& branch) const {
  return std::ranges::any_of(layers, [&](const Layer& layer) {
    return layer.quantisation.has_value() && branch_of(layer.name) == branch.name;
  });
}

PaddedSide pad_side(PaddingKind kind, std::size_t input_size, std::size_t kernel_size, std::size_t stride,
                    std::size_t before, std::size_t after) {
  if (kind == PaddingKind::kExplicit) {
    const std::size_t padded = before + input_size + after;
    return {before, after, padded < kernel_size ? 0 : (padded - kernel_size) / stride + 1};
  }
  PaddedSide side;
  side.output = (input_size + stride - 1) / stride;
  const std::size_t covered = side.output == 0 ? 0 : (side.output - 1) * stride + kernel_size;
  const std::size_t missing = covered > input_size ? covered - input_size : 0;
  side.before = missing / 2;
  side.after = missing - missing / 2;
  return side;
}

Result<Tensor> make_tensor(std::string name, std::vector<std::size_t> shape, std::span<const float> values) {
  assert(element_count_of(shape) == values.size());
  auto storage = PaddedBuffer<float>::create(values.size());
  if (!storage) return storage.error();
  std::ranges::copy(values, storage.value().data());
  Tensor tensor;
  tensor.name = std::move(name);
  tensor.shape = std::move(shape);
  tensor.storage = std::make_shared<const PaddedBuffer<float>>(std::move(storage).value());
  tensor.values = tensor.storage->span();
  return tensor;
}

std::size_t element_count_of(std::span<const std::size_t> shape) {
  std::size_t count = 1;
  for (const std::size_t length : shape) count *= length;
  return count;
}

std::vector<TensorSpec> tensors_of(const Network& network) {
  std::vector<TensorSpec> specs;
  for (const Layer& layer : network.layers) add_specs(specs, layer, input_channels_of(network, layer));
  return specs;
}

std::vector<bool> cut_points_of(std::span<const Layer> layers) {
  // A map that is made by layer m and last read by layer r stands in the way of every cut from m + 2 to r.
  std::unordered_map<std::string_view, std::size_t> made_by;
  std::vector<std::size_t> last_reader(layers.size() + 1, 0);  // of map m, 0 being the picture
  made_by.emplace(kNetworkInput, 0);
  for (std::size_t i = 0; i < layers.size(); ++i) {
    for (const std::string& input : layers[i].inputs) {
      const auto found = made_by.find(input);
      if (found != made_by.end()) last_reader[found->second] = i + 1;
    }
    made_by.emplace(layers[i].name, i + 1);
  }
  std::vector<bool> cut_points(layers.size() + 1, true);
  cut_points[0] = false;
  std::size_t needed_until = 0;  // the last reader of all maps but the newest
  for (std::size_t end = 1; end <= layers.size(); ++end) {
    needed_until = std::max(needed_until, last_reader[end - 1]);
    cut_points[end] = needed_until <= end;
  }
  return cut_points;
}

Status fit_network(Network& network, std::size_t input_size_px) {
  if (const Status fitted = Fitter(network, input_size_px).run(); !fitted) return fitted;
  network.input_size_px = input_size_px;
  return check_blocks(network);
}

Status check_tensors(const Network& network) {
  std::vector<TensorSpec> specs;
  for (const Layer& layer : network.layers) {
    specs.clear();
    add_specs(specs, layer, input_channels_of(network, layer));
    for (std::size_t i = 0; i < 2; ++i) {
      const std::optional<Tensor>& tensor = i == 0 ? layer.weights : layer.biases;
      if (tensor.has_value() != (i < specs.size())) {
        return bad_layer(layer, tensor ? "has no use for weights" : "lacks its weights or biases");
      }
      if (!tensor) continue;
      if (tensor->name != specs[i].name || tensor->shape != specs[i].shape ||
          tensor->values.size() != element_count_of(specs[i].shape)) {
        return bad_layer(layer, "needs the tensor " + quoted(specs[i].name) + " in the shape " +
                                    headstart::shape_text(specs[i].shape) + ", got " + quoted(tensor->name) +
                                    " in " + headstart::shape_text(tensor->shape));
      }
    }
  }
  return {};
}

std::optional<Quantisation> take_picture_scale(Layer& reader) {
  if (!reader.quantisation || !reader.quantisation->picture) return std::nullopt;
  return Quantisation{.output = *std::exchange(reader.quantisation->picture, std::nullopt)};
}

Result<Network> with_tensors(Network network, std::span<const ChangedTensor> tensors) {
  for (const ChangedTensor& changed : tensors) {
    Tensor* original = nullptr;
    Layer* changed_layer = nullptr;
    for (Layer& layer : network.layers) {
      for (std::optional<Tensor>* tensor : {&layer.weights, &layer.biases}) {
        if (!*tensor || (*tensor)->name != changed.name) continue;
        original = &**tensor;
        changed_layer = &layer;
      }
    }
    if (original == nullptr) {
      return bad_argument("the backbone has no tensor " + quoted(changed.name) + " to replace");
    }
    if (original->shape != changed.shape || original->values.size() != changed.values.size()) {
      return bad_argument("expected tensor " + quoted(changed.name) + " to have the shape " +
                          headstart::shape_text(original->shape) + ", got " +
                          headstart::shape_text(changed.shape));
    }
    auto made = make_tensor(changed.name, changed.shape, changed.values);
    if (!made) return made.error();
    *original = std::move(made).value();
    changed_layer->quantisation.reset();
  }
  return network;
}

}  // namespace headstart
