// The frozen, pretrained network: a picture in, an embedding out.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "headstart/compute.h"
#include "headstart/image.h"
#include "headstart/status.h"

namespace headstart {

// What a backbone file says about itself.
struct BackboneInfo {
  std::string name;  // the file's own `name`, else architecture_width_inputsize: "mobilenet_v2_0.35_224"
  std::string architecture;        // "mobilenet_v2"
  std::string width_multiplier;    // as the file writes it: "0.35"
  std::int32_t input_size_px = 0;  // what it was trained for
  Normalisation normalisation;
  std::string input_scale;   // the file's own text, "1/127.5"; the head file repeats it
  std::string input_offset;  // "-1"
  std::size_t embedding_dim = 0;
  std::size_t parameter_count = 0;
  std::string source;
  std::string license;
  std::string sha256;  // of the file's bytes, lower-case hexadecimal
};

// One map of the network that can be asked for by name: "blocks.0" … "blocks.16" and "last".
struct MapInfo {
  std::string name;
  std::size_t channel_count = 0;
  std::size_t height = 0;
  std::size_t width = 0;
};

struct BackboneOptions {
  std::int32_t input_size_px = 0;  // 224, 192, 160, 128 or 96; 0 means the file's own
  std::size_t max_batch_size = 1;  // most frames in one run
  std::vector<std::string> maps;   // maps kept besides the embedding, by name
};

// A network that is loaded and ready to run. Movable; the pool must outlive it.
class Backbone {
 public:
  // Reads a backbone .safetensors (format `backbone/1`, MobileNetV2 family, F32 or F16). `file` is not kept.
  // Fails with bad-file (what was expected, what came), bad-version, bad-argument (options), out-of-memory.
  static Result<Backbone> load(std::span<const std::uint8_t> file, const BackboneOptions& options,
                               const ComputePool& pool);

  Backbone(Backbone&&) noexcept;
  Backbone& operator=(Backbone&&) noexcept;
  ~Backbone();

  const BackboneInfo& info() const;
  [[nodiscard]] std::int32_t input_size_px() const;
  std::span<const MapInfo> maps() const;  // those asked for, in the order asked
  [[nodiscard]] std::size_t memory_bytes() const;

  // The usual way: one frame to its embedding [embedding_dim]. No allocation after the first frame of a
  // shape.
  Status embed(const FrameView& frame, const PrepareOptions& options, std::span<float> embedding);

  // The three steps apart, for batches and for maps. input(i) is where frame i goes: normalised RGB
  // [input_size_px, input_size_px, 3], valid until the backbone is destroyed.
  std::span<float> input(std::size_t batch_index);
  Status run(std::size_t batch_size);
  std::span<const float> embedding(std::size_t batch_index) const;  // valid until the next run
  std::span<const float> map(std::size_t batch_index,
                             std::size_t map_index) const;  // [height, width, channel_count]

 private:
  struct State;
  explicit Backbone(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// The mean over each channel of a map: [height, width, channel_count] to [channel_count].
void pool_map(std::span<const float> map, std::size_t channel_count, std::span<float> pooled);

}  // namespace headstart
