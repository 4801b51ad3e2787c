// The backbone file `backbone/1`, read and checked against the architecture that it names.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>

#include "backbone/graph_builder.h"
#include "headstart/backbone.h"
#include "headstart/buffer.h"
#include "headstart/status.h"
#include "network/mobilenet_v2.h"

namespace headstart {

// The weights of one network as floats, whatever type the file had.
class BackboneWeights {
 public:
  // Copies the tensors of `specs` from `file`, in order. bad-file names the tensor that is wrong; tensors
  // beyond `specs` are for the caller to refuse.
  static Result<BackboneWeights> read(const class SafetensorsView& file, std::span<const TensorSpec> specs);

  // "stem" gives stem.weight and stem.bias. Valid as long as this object, wherever it is moved to.
  [[nodiscard]] LayerWeights layer(const std::string& name) const;

  [[nodiscard]] std::size_t parameter_count() const { return parameter_count_; }
  [[nodiscard]] std::size_t size_bytes() const { return values_.size_bytes(); }

 private:
  PaddedBuffer<float> values_;  // every tensor, each aligned for vectors
  std::map<std::string, std::span<const float>, std::less<>> tensors_;
  std::size_t parameter_count_ = 0;
};

struct BackboneFile {
  BackboneInfo info;
  MobileNetV2 network;
  BackboneWeights weights;
};

// The input sizes that a network may be trained for and run at: each halves cleanly five times.
[[nodiscard]] std::span<const std::int32_t> supported_input_sizes();

// "224, 192, 160, 128 or 96", for messages.
[[nodiscard]] std::string supported_input_sizes_text();

// Fails with bad-file (what was expected, what came), bad-version (a format after backbone/1), out-of-memory.
Result<BackboneFile> read_backbone_file(std::span<const std::uint8_t> file);

}  // namespace headstart
