// From a frame to the numbers that a head reads, whatever was trained: pooled maps of the backbone, one or
// joined, looked at once or twice, or the last layer of a network that fine-tuning changed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "headstart/backbone.h"
#include "headstart/compute.h"
#include "headstart/head.h"
#include "headstart/image.h"
#include "headstart/status.h"

namespace headstart {

// One of the maps that a head reads, before it is pooled: the means of its channels over the places are
// features.
struct PlacedFeatures {
  std::size_t height = 0;
  std::size_t width = 0;
  std::size_t channel_count = 0;
  std::vector<float> values;  // [height, width, channel_count]
};

// Movable; the pool must outlive it.
class HeadReader {
 public:
  // For a head on the maps of `backbone`, or one that brings its own layers: these are read from
  // `backbone_file`, the file that `backbone` was loaded from, which is needed only where `head.tensors` are
  // there and is not kept. bad-file where the head asks for maps or tensors that the backbone does not have,
  // or has them in another shape; out-of-memory.
  static Result<HeadReader> create(const Head& head, const Backbone& backbone,
                                   std::span<const std::uint8_t> backbone_file, const ComputePool& pool);

  HeadReader(HeadReader&&) noexcept;
  HeadReader& operator=(HeadReader&&) noexcept;
  ~HeadReader();

  // `features_out` [feature_count] is what softmax(weights · features + biases) is to be taken of. `backbone`
  // is the one that this was created for, or one with the same maps; it runs unless a network of its own
  // does. Costs one pass, with a second look two. bad-argument where the frame or the room is wrong.
  Status read(Backbone& backbone, const FrameView& frame, const PrepareOptions& options,
              std::span<float> features_out);

  // The same, and the maps whose means these features are, in their order; with a second look the mean of
  // both, the mirror image's turned back. `mapped` gives the maps of blocks(): Backbone::maps.
  Status read_places(Backbone& mapped, const FrameView& frame, const PrepareOptions& options,
                     std::span<float> features_out, std::vector<PlacedFeatures>& places_out);

  // The maps that it reads; none where a cut was made.
  [[nodiscard]] std::span<const FeatureBlock> blocks() const;

  // The backbone's full row of the frame that was read last, as it was, not mirrored: [the backbone's
  // feature_count], valid until the next read. Empty with a network of its own.
  [[nodiscard]] std::span<const float> row() const;

  [[nodiscard]] std::size_t feature_count() const;
  [[nodiscard]] bool has_own_network() const;
  // The whole network with its changed layers; null where nothing was changed, or a cut was made.
  [[nodiscard]] const Network* own_network() const;
  [[nodiscard]] std::size_t memory_bytes() const;

 private:
  struct State;
  explicit HeadReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// What the head of a cut reads: the mean over places of relu6(map · cut.weightᵀ + cut.bias), or of the map
// itself where `tensors` hold no such convolution (the head alone was kept).
// `map` [place_count, C] is the backbone's at the head's border; `features` [channels]. bad-argument when a
// length does not fit.
Status cut_features(std::span<const ChangedTensor> tensors, std::span<const float> map,
                    std::span<float> features);

}  // namespace headstart
