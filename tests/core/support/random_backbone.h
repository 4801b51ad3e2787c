// A backbone file of random weights: a network that runs like a real one and knows nothing, for tests that
// need no more.
#pragma once

#include <cmath>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "files/decimal.h"
#include "files/safetensors.h"
#include "network/mobilenet_v2.h"

namespace headstart::test {

struct RandomBackbone {
  std::string width_multiplier = "0.35";  // "0.1" is the smallest: 70,000 parameters
  std::int32_t input_size_px = 96;
  DType dtype = DType::kF32;  // or kF16
  std::uint64_t seed = 1;

  // What a test changes to see it refused.
  std::map<std::string, std::string> metadata = {};  // replaces or adds; an empty value removes
  std::string left_out = {};                         // the name of a tensor
  std::string other_dtype = {};  // the name of a tensor that gets the other of F32 and F16
  std::string reshaped = {};     // the name of a tensor that loses its first dimension
  std::string not_finite = {};   // the name of a tensor whose first number becomes infinite
  bool has_extra_tensor = false;
};

// Uniform numbers in [-1, 1) from a linear congruential generator (Knuth's MMIX constants), the same
// everywhere.
class RandomNumbers {
 public:
  explicit RandomNumbers(std::uint64_t seed) : state_(seed) {}

  float next() {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return static_cast<float>(state_ >> 40u) * 0x1p-23F - 1.0F;
  }

  std::uint8_t next_byte() {
    (void)next();
    return static_cast<std::uint8_t>(state_ >> 56u);
  }

 private:
  std::uint64_t state_;
};

inline std::map<std::string, std::string> backbone_metadata(const RandomBackbone& options,
                                                            const Network& network) {
  std::map<std::string, std::string> metadata = {
      {"format", "backbone/1"},
      {"architecture", "mobilenet_v2"},
      {"width_multiplier", options.width_multiplier},
      {"input_size", std::to_string(options.input_size_px)},
      {"input_scale", "1/127.5"},
      {"input_offset", "-1"},
      {"padding", "tf_same"},
      {"activation", "relu6"},
      {"block_strides", "1,2,1,2,1,1,2,1,1,1,1,1,1,2,1,1,1"},
      {"embedding_dim", std::to_string(network.embedding_dim())},
      {"conv_layout", "OHWI"},
      {"depthwise_layout", "HWC"},
      {"source", "random numbers"},
      {"license", "Apache-2.0"},
  };
  for (const auto& [key, value] : options.metadata) metadata[key] = value;
  std::erase_if(metadata, [](const auto& entry) { return entry.second.empty(); });
  return metadata;
}

// Weights of He's scale (2015), so that signals neither die nor blow up over the layers.
inline std::vector<float> random_tensor(const TensorSpec& spec, RandomNumbers& numbers) {
  std::size_t count = 1;
  for (const std::size_t dimension : spec.shape) count *= dimension;
  const bool is_depthwise = spec.shape.size() == 3;
  const std::size_t fan_in = is_depthwise ? 9 : count / spec.shape[0];
  const bool is_bias = spec.shape.size() == 1;
  const float scale = is_bias ? 0.1F : std::sqrt(6.0F / static_cast<float>(fan_in));
  std::vector<float> values(count);
  for (float& value : values) value = numbers.next() * scale;
  return values;
}

// The bytes of the file. The same options give the same bytes.
inline std::vector<std::uint8_t> make_random_backbone(const RandomBackbone& options = {}) {
  const Network network = mobilenet_v2(parse_decimal(options.width_multiplier).value_or(0.35),
                                       static_cast<std::size_t>(options.input_size_px));
  SafetensorsWriter writer;
  for (const auto& [key, value] : backbone_metadata(options, network)) writer.set_metadata(key, value);
  RandomNumbers numbers(options.seed);
  for (TensorSpec& spec : tensors_of(network)) {
    std::vector<float> values = random_tensor(spec, numbers);
    if (spec.name == options.left_out) continue;
    if (spec.name == options.reshaped) spec.shape = {values.size()};
    if (spec.name == options.not_finite) values[0] = HUGE_VALF;
    const bool is_half = (options.dtype == DType::kF16) != (spec.name == options.other_dtype);
    if (is_half) {
      writer.add_f16(spec.name, spec.shape, values);
    } else {
      writer.add_f32(spec.name, spec.shape, values);
    }
  }
  if (options.has_extra_tensor) writer.add_f32("classifier.bias", {1}, std::vector<float>{0.0F});
  return writer.finish();
}

}  // namespace headstart::test
