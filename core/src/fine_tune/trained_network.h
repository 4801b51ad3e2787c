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

  // Where the map of picture `index` < piece_size() at one of the plan's borders goes: [height, width,
  // channel_count].
  std::span<float> input(std::size_t index, std::size_t border = 0);

  // The first `picture_count` inputs to what each of the plan's heads reads, [piece_size, its features], and
  // says, [piece_size, class_count]; each valid until the next forward.
  Status forward(std::size_t picture_count);
  [[nodiscard]] std::span<const float> features(std::size_t head = 0) const;
  [[nodiscard]] std::span<const float> logits(std::size_t head = 0) const;

  // Backwards from the grad_logits() of every head [piece_size, class_count], which the caller filled after
  // forward, to the gradients of all parameters; they are replaced or added to.
  std::span<float> grad_logits(std::size_t head = 0);
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
  // Runs `write(gradient)` for a map's gradient and adds it to what is there already; a border's is not asked
  // for.
  template <typename Write>
  Status add_grad(std::size_t map, std::size_t picture_count, const Write& write);
  Status head_forward(std::size_t head, std::size_t picture_count);
  Status head_backward(std::size_t head, std::size_t picture_count, Accumulate accumulate, float* grad_map);

  FineTunePlan plan_;
  Workspace workspace_;
  std::size_t piece_size_ = 0;
  std::vector<PaddedBuffer<float>> maps_;  // by number; each [piece_size, its shape]
  struct HeadBuffers {
    PaddedBuffer<float> features;
    PaddedBuffer<float> logits;
    PaddedBuffer<float> grad_features;
    PaddedBuffer<float> grad_logits;
  };
  std::vector<HeadBuffers> heads_;
  std::vector<PaddedBuffer<float>> grad_maps_;  // as many as there are gradients at a time
  std::vector<float*> free_grads_;              // of grad_maps_
  std::vector<float*> grad_of_;                 // of each map while its gradient is there, else null
};

}  // namespace headstart
