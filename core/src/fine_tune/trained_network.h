// The trained part as a network that runs forwards and backwards over a batch of border maps.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "fine_tune/convolution.h"
#include "fine_tune/plan.h"
#include "headstart/buffer.h"
#include "headstart/compute.h"
#include "headstart/status.h"

namespace headstart {

class TrainedNetwork {
 public:
  // Takes as many pictures at once as fit into `activation_budget_bytes`, at least one, at most
  // `batch_size`. out-of-memory. The pool must outlive the network.
  static Result<TrainedNetwork> create(FineTunePlan plan, std::size_t batch_size,
                                       std::size_t activation_budget_bytes, const ComputePool& pool);

  // What create() with the same arguments would choose and take.
  static std::size_t piece_size_for(const FineTunePlan& plan, std::size_t batch_size,
                                    std::size_t activation_budget_bytes);
  static std::size_t memory_bytes_for(const FineTunePlan& plan, std::size_t piece_size);

  [[nodiscard]] const FineTunePlan& plan() const { return plan_; }
  std::span<Parameter> parameters() { return plan_.parameters; }
  [[nodiscard]] std::size_t piece_size() const { return piece_size_; }  // most pictures in one pass
  [[nodiscard]] std::size_t memory_bytes() const;
  [[nodiscard]] pthreadpool* pool() const { return workspace_.pool; }

  // Where map `index` < piece_size() goes: [height, width, channel_count] of the border.
  std::span<float> input(std::size_t index);

  // The first `picture_count` inputs to their features and logits; each valid until the next forward.
  Status forward(std::size_t picture_count);
  [[nodiscard]] std::span<const float> features() const;  // [piece_size, feature_count]
  [[nodiscard]] std::span<const float> logits() const;    // [piece_size, class_count]

  // Backwards from grad_logits() [piece_size, class_count], which the caller filled after forward, to the
  // gradients of all parameters; they are replaced or added to.
  std::span<float> grad_logits();
  Status backward(std::size_t picture_count, Accumulate accumulate);

 private:
  TrainedNetwork(FineTunePlan plan, Workspace workspace)
      : plan_(std::move(plan)), workspace_(std::move(workspace)) {}

  Status allocate();
  Status layer_forward(std::size_t index, std::size_t picture_count);
  Status layer_backward(std::size_t index, std::size_t picture_count, Accumulate accumulate, float* grad_out);
  Status product_backward(std::size_t index, std::size_t picture_count, Accumulate accumulate,
                          float* grad_out, float* grad_in);
  float* input_bias_grad(std::size_t index);
  float* take_grad();
  // Runs `write(gradient)` for a map's gradient and adds it to what is there already; the border's is not
  // asked for.
  template <typename Write>
  Status add_grad(std::size_t map, std::size_t picture_count, const Write& write);
  [[nodiscard]] std::size_t map_size(std::size_t map) const;
  Status head_backward(std::size_t picture_count, Accumulate accumulate, float* grad_map);

  FineTunePlan plan_;
  Workspace workspace_;
  std::size_t piece_size_ = 0;
  std::vector<PaddedBuffer<float>> maps_;  // map i feeds layer i; each [piece_size, its shape]
  PaddedBuffer<float> features_;
  PaddedBuffer<float> logits_;
  PaddedBuffer<float> grad_features_;
  PaddedBuffer<float> grad_logits_;
  std::vector<PaddedBuffer<float>> grad_maps_;  // as many as there are gradients at a time
  std::vector<float*> free_grads_;              // of grad_maps_
  std::vector<float*> grad_of_;                 // of each map while its gradient is there, else null
};

}  // namespace headstart
