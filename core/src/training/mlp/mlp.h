// A network of one hidden ReLU layer, its gradient and Adam.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/matrix_product.h"
#include "base/random.h"
#include "headstart/buffer.h"
#include "headstart/compute.h"
#include "headstart/head.h"
#include "headstart/status.h"

namespace headstart {

class Mlp {
 public:
  struct Shape {
    std::size_t feature_count = 0;
    std::size_t hidden_count = 0;
    std::size_t class_count = 0;
    std::size_t most_rows = 0;  // of one call
  };

  // Weights from a normal distribution cut off at two deviations of sqrt(1 / fan_in), biases 0.
  static Result<Mlp> create(const Shape& shape, double learning_rate, Random& random,
                            const ComputePool& pool);

  // One step of Adam (Kingma & Ba 2015) on the mean cross-entropy of a batch: `rows` [batch, feature_count],
  // padded. The gradient can be read until the next call.
  Status train_batch(const float* rows, std::span<const std::uint32_t> class_indices);

  // `rows` [row_count, feature_count], padded, to `logits` [row_count, class_count].
  Status predict(const float* rows, std::size_t row_count, std::span<float> logits);

  // Copies the weights into a head; the output has no biases.
  void write(Head& head) const;

  // A group of numbers that Adam moves: value, gradient and its running moments.
  struct Parameters {
    PaddedBuffer<float> values;
    PaddedBuffer<float> gradients;
    PaddedBuffer<float> first_moments;
    PaddedBuffer<float> second_moments;
  };
  [[nodiscard]] Parameters& hidden_weights() { return hidden_weights_; }  // [hidden_count, feature_count]
  [[nodiscard]] Parameters& hidden_biases() { return hidden_biases_; }    // [hidden_count]
  [[nodiscard]] Parameters& weights() { return weights_; }                // [class_count, hidden_count]
  [[nodiscard]] double loss() const { return loss_; }  // of the last batch, before its step

  // Gradients of a batch without the step.
  Status differentiate(const float* rows, std::span<const std::uint32_t> class_indices);

 private:
  Mlp(const Shape& shape, double learning_rate, MatrixProduct forward, MatrixProduct backward);

  Status run_forward(const float* rows, std::size_t row_count);
  void compare(std::span<const std::uint32_t> class_indices);
  void run_backward(std::size_t row_count);
  void update(Parameters& parameters);

  Shape shape_;
  double learning_rate_;
  MatrixProduct forward_;
  MatrixProduct backward_;
  Parameters hidden_weights_;
  Parameters hidden_biases_;
  Parameters weights_;
  PaddedBuffer<float> hidden_;       // [hidden_count, row_count], after ReLU
  PaddedBuffer<float> grad_hidden_;  // [hidden_count, row_count]
  std::vector<float> logits_;        // [row_count, class_count], then their gradient
  double loss_ = 0;
  double first_decay_power_ = 1;  // beta1^t
  double second_decay_power_ = 1;
};

}  // namespace headstart
