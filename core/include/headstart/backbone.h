// The frozen, pretrained network: a picture in, an embedding out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "headstart/compute.h"
#include "headstart/image.h"
#include "headstart/network.h"
#include "headstart/status.h"

namespace headstart {

// One map of the network that can be asked for by name: "blocks.0" … "blocks.16" and "last".
struct MapInfo {
  std::string name;
  std::size_t channel_count = 0;
  std::size_t height = 0;
  std::size_t width = 0;
};

// What a network computes in. In bytes only layers do that their file computes in bytes and XNNPACK can:
// convolutions, depthwise ones and sums without an activation or with ReLU or ReLU6; all others stay float32.
enum class Precision : std::uint8_t { kFloat32, kInt8 };

struct BackboneOptions {
  std::int32_t input_size_px = 0;      // 224, 192, 160, 128 or 96; 0 means the file's own
  std::size_t max_batch_size = 1;      // most frames in one run, 1…64
  std::vector<std::string> maps = {};  // maps kept besides the embedding, by name, each once
  // The network ends at this map, and with it its features: nothing behind it is computed, and there is no
  // embedding. Empty: the whole network.
  std::string end_map = {};
  // kInt8 is for a network whose file computes in bytes (BackboneInfo::is_quantised). Its answers are a
  // little different: behind each layer they are rounded to 256 steps.
  Precision precision = Precision::kFloat32;
};

// A network that is loaded and ready to run. Movable; the pool must outlive it.
class Backbone {
 public:
  // Reads a backbone .safetensors (format `backbone/1`, MobileNetV2 family, F32 or F16), an image network's
  // .tflite, or several of these at once (joined_file), packs its weights and runs two plain pictures
  // through: about 90 ms for 2 million parameters.
  // `file` is not kept. Fails with bad-file (what was expected, what came), bad-version, unsupported (an
  // operator that there is no layer for, kInt8 for a file that is not in bytes), bad-argument (options),
  // out-of-memory.
  static Result<Backbone> load(std::span<const std::uint8_t> file, const BackboneOptions& options,
                               const ComputePool& pool);

  // The same for a network that was read already, its tensors perhaps changed (core/src/network). They are
  // shared, not copied. With kInt8, layers whose tensors were changed are computed in float32.
  static Result<Backbone> from_network(Network network, const BackboneOptions& options,
                                       const ComputePool& pool);

  Backbone(Backbone&&) noexcept;
  Backbone& operator=(Backbone&&) noexcept;
  ~Backbone();

  const BackboneInfo& info() const;  // valid as long as the backbone
  const Network& network() const;    // at this input size, up to the map that it ends at; as long
  [[nodiscard]] std::int32_t input_size_px() const;
  [[nodiscard]] std::size_t max_batch_size() const;
  [[nodiscard]] Precision precision() const;
  std::span<const MapInfo> maps() const;  // those asked for, in the order asked

  // The mean over the places of every map, in the network's order: each pass gives them besides the
  // embedding, which is the last of them. All together they cost about a hundredth of the pass.
  std::span<const FeatureBlock> feature_blocks() const;
  [[nodiscard]] std::size_t feature_count() const;  // of all blocks together

  // All that this backbone keeps; XNNPACK's own share of it is an estimate.
  [[nodiscard]] std::size_t memory_bytes() const;

  // The usual way: one frame to its embedding [embedding_dim]. No allocation after the first frame of a
  // shape. Fails with bad-argument where the frame, the crop or the room is wrong.
  Status embed(const FrameView& frame, const PrepareOptions& options, std::span<float> embedding_out);

  // The same for the means of all maps: [feature_count].
  Status embed_features(const FrameView& frame, const PrepareOptions& options, std::span<float> features_out);

  // The steps apart, for batches and for maps: prepare each frame into its place (or write into input()),
  // run, read.
  Status prepare(const FrameView& frame, const PrepareOptions& options, std::size_t batch_index);

  // Where frame i goes: normalised RGB [input_size_px, input_size_px, 3], valid until the backbone is
  // destroyed. batch_index < max_batch_size (asserted).
  std::span<float> input(std::size_t batch_index);

  // Runs the first `batch_size` frames. A size other than the last run's costs a little, but no memory. Each
  // frame's result is the same as alone.
  Status run(std::size_t batch_size);

  // Valid until the next run. batch_index below the last run's batch size, map_index a position in maps()
  // (asserted).
  std::span<const float> embedding(std::size_t batch_index) const;  // [embedding_dim]; none with an end_map
  void features(std::size_t batch_index, std::span<float> features_out) const;  // [feature_count]
  std::span<const float> map(std::size_t batch_index,
                             std::size_t map_index) const;  // [height, width, channel_count]

 private:
  struct State;
  explicit Backbone(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// The mean over each channel of a map: [height, width, channel_count] to `pooled` [channel_count] (lengths
// asserted).
void pool_map(std::span<const float> map, std::size_t channel_count, std::span<float> pooled);

}  // namespace headstart
