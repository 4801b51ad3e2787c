// The only caller of XNNPACK's graph functions: layers in, a network that runs out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "headstart/buffer.h"
#include "headstart/compute.h"
#include "headstart/status.h"
#include "network/network.h"

struct xnn_runtime;
struct xnn_subgraph;

namespace headstart {

// A map inside the graph: [batch, height, width, channel_count].
struct GraphMap {
  std::uint32_t id = 0;  // XNNPACK's value id
  std::size_t height = 0;
  std::size_t width = 0;
  std::size_t channel_count = 0;
  std::optional<MapScale> scale;  // of a map of bytes; none of float32

  [[nodiscard]] std::size_t element_count() const { return height * width * channel_count; }
};

// Weights and biases of one layer. XNNPACK keeps the pointers: the floats must outlive the builder and its
// runtime.
struct LayerWeights {
  std::span<const float> weights;
  std::span<const float> biases;
  std::span<const float> scales = {};  // [channel_count], how bytes stand for the weights
};

// Where a layer's result goes: nowhere outside (the usual), or to the caller's memory too, under one of the
// external ids.
using ExternalId = std::optional<std::uint32_t>;

// The caller's memory for one external id.
struct ExternalBuffer {
  std::uint32_t id = 0;
  float* data = nullptr;
};

// What XNNPACK calls an operator, and how long it took in the last run. Its clock counts whole microseconds.
struct OperatorTime {
  std::string name;
  double ms = 0;
};

enum class OperatorTiming : std::uint8_t { kOff, kOn };

// Weights and biases in bytes and what their scales are: XNNPACK keeps pointers to them.
struct QuantisedConstants {
  std::vector<PaddedBuffer<std::int8_t>> weights;
  std::vector<PaddedBuffer<std::int32_t>> biases;
  std::vector<PaddedBuffer<float>> scales;
};

// A network that runs. The pool, the weights and the external buffers must outlive it.
class GraphRuntime {
 public:
  // Fits the network to a number of frames and to memory that holds as many; allocates where that number
  // grows.
  Status set_up(std::size_t batch_size, std::span<const ExternalBuffer> buffers);

  // Runs every layer, from the external inputs to the external outputs. Allocates nothing.
  Status run();

  // Of the last run, in the order in which they ran; empty where timing is off.
  [[nodiscard]] std::vector<OperatorTime> operator_times() const;

 private:
  friend class GraphBuilder;
  struct Delete {
    void operator()(xnn_runtime* runtime) const;
  };
  QuantisedConstants constants_;  // destroyed after the runtime
  std::unique_ptr<xnn_runtime, Delete> runtime_;
  GraphMap input_;
};

// Builds a graph layer by layer. The first failure is kept, later layers then do nothing, and finish()
// reports it: a network reads as a list of its layers.
class GraphBuilder {
 public:
  // External ids are 0 … external_count - 1.
  explicit GraphBuilder(std::uint32_t external_count);

  GraphMap input(std::uint32_t external_id, std::size_t height, std::size_t width, std::size_t channel_count);

  // The window of a convolution or pool, and what follows it.
  struct Window {
    std::size_t kernel_height = 1;
    std::size_t kernel_width = 1;
    std::size_t stride = 1;
    Padding padding;
    Activation activation = Activation::kLinear;
    std::optional<MapScale> scale = {};  // of the result, where the input is bytes: then bytes too
  };

  // weights [channel_count, kernel height, kernel width, input channels / groups], biases [channel_count].
  // Of a map of bytes the window has a scale, a clamp at most for an activation, and the weights have scales.
  GraphMap convolution(const GraphMap& input, const Window& window, std::size_t channel_count,
                       std::size_t groups, const LayerWeights& weights, ExternalId external_id = {});

  // weights [kernel height, kernel width, channels], biases [channels].
  GraphMap depthwise(const GraphMap& input, const Window& window, const LayerWeights& weights,
                     ExternalId external_id = {});

  // Over the places of the window that lie in the map.
  GraphMap average_pool(const GraphMap& input, const Window& window, ExternalId external_id = {});
  GraphMap max_pool(const GraphMap& input, const Window& window, ExternalId external_id = {});

  // Element by element; both of the same shape, or `b` of a single place that counts for all.
  GraphMap add(const GraphMap& a, const GraphMap& b, Activation activation, ExternalId external_id = {});
  GraphMap multiply(const GraphMap& a, const GraphMap& b, Activation activation, ExternalId external_id = {});

  // Channel by channel: factors (the weights) and offsets (the biases), [channels] each.
  GraphMap scale(const GraphMap& input, const LayerWeights& weights, Activation activation,
                 ExternalId external_id = {});

  // The same of two maps of bytes: a sum of bytes.
  GraphMap add_bytes(const GraphMap& a, const GraphMap& b, Activation activation, const MapScale& scale);

  // From float32 to bytes and back.
  GraphMap quantise(const GraphMap& input, const MapScale& scale);
  GraphMap dequantise(const GraphMap& input, ExternalId external_id = {});

  GraphMap activate(const GraphMap& input, Activation activation, ExternalId external_id = {});

  // Channel behind channel; two to four maps.
  GraphMap concatenate(std::span<const GraphMap> maps, ExternalId external_id = {});

  // The mean over height and width of each channel, as a map of one place.
  GraphMap global_average_pool(const GraphMap& input, ExternalId external_id = {});

  // The same to the caller's memory only: [batch, channel_count].
  void mean(const GraphMap& input, std::uint32_t external_id);

  // Packs the weights and plans the memory. Fails with the first layer's failure, out-of-memory, or
  // unsupported.
  Result<GraphRuntime> finish(const ComputePool& pool, OperatorTiming timing = OperatorTiming::kOff);

  // What the runtime takes beside the weights themselves, per frame of a batch where it depends on it:
  // XNNPACK's packed copy of the weights, and the most that a layer's input and output take together (an
  // estimate: XNNPACK does not tell).
  [[nodiscard]] std::size_t packed_bytes() const { return packed_bytes_; }
  [[nodiscard]] std::size_t working_bytes_per_frame() const { return working_bytes_; }

 private:
  struct Delete {
    void operator()(xnn_subgraph* subgraph) const;
  };

  void keep(int xnn_status_code, const char* what);
  GraphMap define_map(std::size_t height, std::size_t width, std::size_t channel_count, std::uint32_t flags,
                      ExternalId external_id, const std::optional<MapScale>& scale = {});
  GraphMap define_output(std::size_t height, std::size_t width, std::size_t channel_count,
                         ExternalId external_id);
  std::uint32_t define_static(std::span<const std::size_t> shape, std::span<const float> values);
  std::uint32_t define_number(std::span<const float> number);
  std::uint32_t define_quantised(std::span<const std::size_t> shape, std::size_t channel_dimension,
                                 const LayerWeights& weights);
  std::uint32_t define_biases(const GraphMap& input, const LayerWeights& weights);
  GraphMap convert(const GraphMap& input, const GraphMap& output);
  GraphMap define_window_output(const GraphMap& input, const Window& window, std::size_t channel_count,
                                ExternalId external_id);
  GraphMap binary(int xnn_operator, const GraphMap& a, std::uint32_t b_id, ExternalId external_id);
  GraphMap unary(int xnn_operator, const GraphMap& input, ExternalId external_id);
  GraphMap clamp(const GraphMap& input, float lowest, float highest, ExternalId external_id);
  void note_step(const GraphMap& input, const GraphMap& output);

  QuantisedConstants constants_;  // destroyed after the graph
  std::unique_ptr<xnn_subgraph, Delete> subgraph_;
  GraphMap input_;
  Status status_;
  std::size_t packed_bytes_ = 0;
  std::size_t working_bytes_ = 0;
};

}  // namespace headstart
