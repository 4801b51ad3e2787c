// A network as a value: its layers in order, with their weights. Producers make it from a file; the graph
// that runs, the fine-tuner's plan, the drawing and the writers of files are made from it and from nothing
// else.
//
// `read_network` (network_file.h) gives the value for the bytes of any file that can be a backbone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "headstart/buffer.h"
#include "headstart/image.h"
#include "headstart/network.h"
#include "headstart/status.h"

namespace headstart {

// What a layer computes. Maps are [height, width, channel_count]; a vector is a map of one place.
enum class LayerKind : std::uint8_t {
  kConvolution,           // weights [out, kernel height, kernel width, in / groups], biases [out]
  kDepthwiseConvolution,  // weights [kernel height, kernel width, channels], biases [channels]
  kAdd,                   // two maps of one shape, or a map and one of a single place
  kMultiply,              // the same, element by element: squeeze-and-excite's gate
  kScale,                 // channel by channel: factors [channels], offsets [channels]
  kGlobalAveragePool,     // the mean over all places: one place
  kAveragePool,           // over a window, places outside the map not counted
  kMaxPool,
  kActivation,   // the layer's activation and nothing else
  kConcatenate,  // two to four maps, channel behind channel
};

// "convolution", "max_pool", …: for messages.
[[nodiscard]] const char* layer_kind_name(LayerKind kind);

// What a layer does to each number at its end. kHardSwish is x * clamp(x + 3, 0, 6) / 6, kHardSigmoid
// clamp(x + 3, 0, 6) / 6 (Howard et al. 2019, "Searching for MobileNetV3"), kSwish x * sigmoid(x).
enum class Activation : std::uint8_t { kLinear, kRelu, kRelu6, kHardSwish, kHardSigmoid, kSigmoid, kSwish };

// "linear", "relu6", …: for messages.
[[nodiscard]] const char* activation_name(Activation activation);

struct MapShape {
  std::size_t height = 0;
  std::size_t width = 0;
  std::size_t channel_count = 0;

  [[nodiscard]] std::size_t place_count() const { return height * width; }
  [[nodiscard]] std::size_t size() const { return height * width * channel_count; }
  bool operator==(const MapShape&) const = default;
};

// kTfSame is TensorFlow's SAME: ceil(input / stride) places, what is missing goes half of it, rounded down,
// before (top, left) and the rest after. kExplicit says how many rows and columns of zeros there are; four
// zeros are TensorFlow's VALID.
enum class PaddingKind : std::uint8_t { kTfSame, kExplicit };

struct Padding {
  PaddingKind kind = PaddingKind::kTfSame;
  std::size_t top = 0;  // these four of kExplicit only
  std::size_t left = 0;
  std::size_t bottom = 0;
  std::size_t right = 0;

  bool operator==(const Padding&) const = default;
};

// What padding comes to on a map, in one direction.
struct PaddedSide {
  std::size_t before = 0;
  std::size_t after = 0;
  std::size_t output = 0;  // places of the result; 0 where the window does not fit
};

// Numbers with a name and a shape. Copies share them; they never change.
struct Tensor {
  std::string name;                                    // "blocks.3.expand.weight", unique in the network
  std::vector<std::size_t> shape;                      // row-major, as the layer's kind says
  std::span<const float> values;                       // finite; valid as long as any copy of this tensor
  std::shared_ptr<const PaddedBuffer<float>> storage;  // where they lie: XNNPACK may read past their end
};

// The name of the picture among the inputs of layers: normalised RGB [input_size_px, input_size_px, 3].
inline constexpr std::string_view kNetworkInput = "input";

// How numbers are written in bytes, -128 to 127: number = (byte - zero_point) * scale (Jacob et al. 2018,
// "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference").
struct MapScale {
  float scale = 1;  // above 0
  std::int32_t zero_point = 0;

  bool operator==(const MapScale&) const = default;
};

// Of a layer whose file computes in bytes. The tensors hold the numbers that the bytes stand for.
struct Quantisation {
  MapScale output;
  std::optional<MapScale> picture = {};  // of kNetworkInput, where the layer reads it
  std::vector<float> weight_scales =
      {};  // for each output channel, zero points 0; none where it has no weights
};

struct Layer {
  std::string name;  // "blocks.3.expand", unique; its map bears it
  LayerKind kind = LayerKind::kConvolution;
  std::vector<std::string> inputs;  // names of layers before it, or kNetworkInput
  MapShape output;                  // at the network's input size

  std::size_t kernel_height = 1;  // of convolutions and pools
  std::size_t kernel_width = 1;
  std::size_t stride = 1;
  Padding padding;
  std::size_t groups = 1;  // of kConvolution
  Activation activation = Activation::kLinear;

  // Weights and biases, where the kind has them: NAME.weight and NAME.bias.
  std::optional<Tensor> weights;
  std::optional<Tensor> biases;

  std::optional<Quantisation> quantisation;  // none where the file has none, or its weights were changed
};

// Layers that people and strategies speak of as one: "stem", "blocks.3", "last". The block's map is that of
// its last layer; from `end` on, layers read no other map of the block or of those before it, so that a
// network can be cut, frozen and trained there.
struct Block {
  std::string name;
  std::size_t begin = 0;  // positions in layers
  std::size_t end = 0;    // one past the last
  bool is_tapped = true;  // whether its map can be asked for and its mean is one of the features
};

// One of several networks that look at the same picture side by side (network/join.h). Its layers, blocks and
// tensors bear its name in front of their own: "b.blocks.3.expand".
struct Branch {
  std::string name;       // "a", "b", … in the order given: names of networks may be equal, or hold a dot
  std::string network;    // what it is called by itself: "mobilenet_v2_0.35_224"
  std::string sha256;     // of its own file's bytes
  std::size_t begin = 0;  // positions in blocks
  std::size_t end = 0;    // one past the last
  double share = 1;       // its say beside the others in what a head reads of them all, above 0
};

// A layer may read only what was made before it; blocks cover all layers in order. The embedding is the mean
// over the places of the last layer's map, of branches one behind the other: a producer drops what a
// classifier had behind it.
struct Network {
  std::string name;              // "mobilenet_v2_0.35_224"
  std::string architecture;      // "mobilenet_v2"; of a .tflite what its file says, or "tflite"
  std::string width_multiplier;  // as the file writes it: "0.35"; empty where it says nothing
  std::string source;
  std::string license;
  std::string sha256;  // of the file's bytes, lower-case hexadecimal

  std::size_t input_size_px = 0;  // the size that the layers' shapes are for
  Normalisation normalisation;
  std::string input_scale;                // the same as text, the file's own where it has one: "1/127.5"
  std::string input_offset;               // "-1"
  bool is_normalisation_guessed = false;  // neither the file nor its first layers say it

  std::vector<Layer> layers;
  std::vector<Block> blocks;
  std::vector<Branch> branches;  // that blocks and layers are parted into; none where the network is one

  // By name; null where there is none. Valid as long as the network's layers and blocks stay as they are.
  [[nodiscard]] const Layer* find_layer(std::string_view name) const;
  [[nodiscard]] const Block* find_block(std::string_view name) const;
  [[nodiscard]] const Tensor* find_tensor(std::string_view name) const;

  // The map that the block ends with.
  [[nodiscard]] const MapShape& map_of(const Block& block) const { return layers[block.end - 1].output; }
  [[nodiscard]] std::size_t embedding_dim() const;
  [[nodiscard]] std::size_t parameter_count() const;

  // Whether any layer, or any of a branch, has what computing in bytes takes.
  [[nodiscard]] bool is_quantised() const;
  [[nodiscard]] bool is_quantised(const Branch& branch) const;
};

// The padding of one direction of a window on `input_size` places. `before` and `after` are the explicit
// padding's.
[[nodiscard]] PaddedSide pad_side(PaddingKind kind, std::size_t input_size, std::size_t kernel_size,
                                  std::size_t stride, std::size_t before, std::size_t after);

// A tensor that keeps its own numbers. `values` must fill `shape` (asserted). Fails with out-of-memory.
[[nodiscard]] Result<Tensor> make_tensor(std::string name, std::vector<std::size_t> shape,
                                         std::span<const float> values);

// Numbers in a tensor of this shape.
[[nodiscard]] std::size_t element_count_of(std::span<const std::size_t> shape);

// Every tensor of the network in the order of its layers, from kinds and shapes: whether it has them yet does
// not matter.
[[nodiscard]] std::vector<TensorSpec> tensors_of(const Network& network);

// At position `end`, whether the network can be cut behind the first `end` layers: no layer from there on
// reads another map than the last of these. [layers.size() + 1], the first is false.
[[nodiscard]] std::vector<bool> cut_points_of(std::span<const Layer> layers);

// Fits the layers' shapes to an input size and checks that layers and blocks hold together; convolutions say
// their result's channels beforehand. bad-file says which layer and why.
Status fit_network(Network& network, std::size_t input_size_px);

// Whether every layer has the tensors of its kind, in their shapes: bad-file otherwise.
Status check_tensors(const Network& network);

// How the picture is written in bytes for a layer that is to read a scale of it from now on: the scale's
// quantisation. The layer forgets it.
[[nodiscard]] std::optional<Quantisation> take_picture_scale(Layer& reader);

// The same network with some tensors replaced, as fine-tuning leaves them: names that it has, in their
// shapes, else bad-argument. Their layers have no quantisation any more.
[[nodiscard]] Result<Network> with_tensors(Network network, std::span<const ChangedTensor> tensors);

// Positions of the blocks that give the embedding: the last, or the last of each branch.
[[nodiscard]] std::vector<std::size_t> last_blocks_of(const Network& network);

// The network up to the map of a block: nothing behind it is left. bad-argument where there is no such block,
// and of branches.
[[nodiscard]] Result<Network> cut_network(Network network, std::string_view block);

// What of the network these maps are made of: each branch up to the last of them, and no branch that has
// none. bad-argument where a map is not there.
[[nodiscard]] Result<Network> trim_network(Network network, std::span<const std::string> maps);

// The means of the maps that are tapped, one behind the other: the last of each branch behind all others, so
// that the embedding is in one piece.
[[nodiscard]] std::vector<FeatureBlock> feature_blocks_of(const Network& network);

}  // namespace headstart
