// What every writer writes: the steps from a picture's bytes to the probabilities, in order. Made once from
// the network and the head, so that a second look, joined maps, changed layers and a cut are known here only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "headstart/head.h"
#include "headstart/status.h"
#include "network/network.h"

namespace headstart {

enum class StepKind : std::uint8_t {
  kPicture,      // bytes 0…255 as numbers, RGB
  kMirror,       // left and right swapped
  kConvolution,  // these as LayerKind has them
  kDepthwise,
  kAdd,
  kMultiply,
  kScale,
  kGlobalAveragePool,
  kAveragePool,
  kMaxPool,
  kActivation,
  kConcatenate,
  kDense,       // weights [out, in], biases [out]
  kSquareRoot,  // of each number
  kNormalise,   // divided by the length of the whole
  kSoftmax,
};

// "convolution", "max_pool", …: for messages.
[[nodiscard]] const char* step_kind_name(StepKind kind);

struct Step {
  std::string name = {};   // unique; of the second look the first one's with "/mirrored" behind it
  std::string layer = {};  // the same for both looks: they share its weights
  StepKind kind = StepKind::kPicture;
  std::vector<std::size_t> inputs = {};  // positions of earlier steps
  MapShape output = {};
  bool is_vector = false;  // [channels] and no longer a map

  std::size_t kernel_height = 1;
  std::size_t kernel_width = 1;
  std::size_t stride = 1;
  Padding padding = {};
  std::size_t groups = 1;
  Activation activation = Activation::kLinear;
  std::span<const float> weights = {};  // valid as long as the model
  std::span<const float> biases = {};

  [[nodiscard]] std::size_t channel_count() const { return output.channel_count; }
};

// Movable, not copyable: steps point into it.
struct ExportedModel {
  std::vector<Step> steps;  // the first is the picture, the last the softmax
  std::vector<std::string> labels;
  std::string name;
  std::string license;  // of the backbone
  std::string source;
  std::size_t input_size_px = 0;
  Normalisation normalisation;  // of the step behind the picture

  std::shared_ptr<const Network> network;       // holds the backbone's numbers
  std::vector<std::vector<float>> own_numbers;  // the others

  ExportedModel() = default;
  ExportedModel(ExportedModel&&) = default;
  ExportedModel& operator=(ExportedModel&&) = default;
  ExportedModel(const ExportedModel&) = delete;
  ExportedModel& operator=(const ExportedModel&) = delete;
  ~ExportedModel() = default;

  [[nodiscard]] const MapShape& input_of(const Step& step, std::size_t index = 0) const {
    return steps[step.inputs[index]].output;
  }
};

// [size, size]: a row times it has left and right swapped.
[[nodiscard]] std::vector<float> exchange_matrix(std::size_t size);

// bad-file where the head does not fit the network.
[[nodiscard]] Result<ExportedModel> make_exported_model(const Network& network, const Head& head);

}  // namespace headstart
