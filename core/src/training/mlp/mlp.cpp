#include "training/mlp/mlp.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/softmax.h"

namespace headstart {
namespace {

constexpr double kFirstDecay = 0.9;
constexpr double kSecondDecay = 0.999;
constexpr float kEpsilon = 1e-7F;  // TensorFlow.js's
// Where a gradient is 0 for good, the moments would shrink to subnormal numbers, with which processors
// compute tens of times slower; a share of this much keeps them above.
constexpr float kAboveSubnormal = 1e-30F;

Status allocate(PaddedBuffer<float>& buffer, std::size_t size) {
  Result<PaddedBuffer<float>> created = PaddedBuffer<float>::create(size);
  if (!created) return created.error();
  buffer = std::move(created).value();
  return {};
}

Status allocate(Mlp::Parameters& parameters, std::size_t size) {
  for (PaddedBuffer<float>* buffer :
       {&parameters.values, &parameters.gradients, &parameters.first_moments, &parameters.second_moments}) {
    if (const Status status = allocate(*buffer, size); !status) return status;
  }
  return {};
}

void draw(PaddedBuffer<float>& values, std::size_t fan_in, Random& random) {
  const double deviation = std::sqrt(1.0 / static_cast<double>(fan_in));
  for (float& value : values.span()) value = static_cast<float>(deviation * random.truncated_normal());
}

}  // namespace

Mlp::Mlp(const Shape& shape, double learning_rate, MatrixProduct forward, MatrixProduct backward)
    : shape_(shape),
      learning_rate_(learning_rate),
      forward_(std::move(forward)),
      backward_(std::move(backward)),
      logits_(shape.most_rows * shape.class_count) {}

Result<Mlp> Mlp::create(const Shape& shape, double learning_rate, Random& random, const ComputePool& pool) {
  Result<MatrixProduct> forward = MatrixProduct::create(RightLayout::kColumnsByInner, pool);
  if (!forward) return forward.error();
  Result<MatrixProduct> backward = MatrixProduct::create(RightLayout::kInnerByColumns, pool);
  if (!backward) return backward.error();
  Mlp mlp(shape, learning_rate, std::move(forward).value(), std::move(backward).value());
  const std::size_t hidden = shape.hidden_count;
  Status status = allocate(mlp.hidden_weights_, hidden * shape.feature_count);
  if (status) status = allocate(mlp.hidden_biases_, hidden);
  if (status) status = allocate(mlp.weights_, shape.class_count * hidden);
  if (status) status = allocate(mlp.hidden_, hidden * shape.most_rows);
  if (status) status = allocate(mlp.grad_hidden_, hidden * shape.most_rows);
  if (!status) return status.error();
  draw(mlp.hidden_weights_.values, shape.feature_count, random);
  draw(mlp.weights_.values, hidden, random);
  return mlp;
}

Status Mlp::train_batch(const float* rows, std::span<const std::uint32_t> class_indices) {
  if (const Status status = differentiate(rows, class_indices); !status) return status;
  first_decay_power_ *= kFirstDecay;
  second_decay_power_ *= kSecondDecay;
  update(hidden_weights_);
  update(hidden_biases_);
  update(weights_);
  return {};
}

Status Mlp::predict(const float* rows, std::size_t row_count, std::span<float> logits) {
  if (const Status status = run_forward(rows, row_count); !status) return status;
  std::copy_n(logits_.begin(), row_count * shape_.class_count, logits.begin());
  return {};
}

Status Mlp::differentiate(const float* rows, std::span<const std::uint32_t> class_indices) {
  if (const Status status = run_forward(rows, class_indices.size()); !status) return status;
  compare(class_indices);
  run_backward(class_indices.size());
  // grad_hidden_weights = grad_hidden . rows
  return backward_.run({.left = grad_hidden_.data(),
                        .right = rows,
                        .out = hidden_weights_.gradients.data(),
                        .row_count = shape_.hidden_count,
                        .inner_count = class_indices.size(),
                        .column_count = shape_.feature_count});
}

// hidden = relu(hidden_weights . rows^T + hidden_biases), logits = weights . hidden. The weights stand on the
// left, so that only the few rows of the batch are packed.
Status Mlp::run_forward(const float* rows, std::size_t row_count) {
  const Status status = forward_.run({.left = hidden_weights_.values.data(),
                                      .right = rows,
                                      .out = hidden_.data(),
                                      .row_count = shape_.hidden_count,
                                      .inner_count = shape_.feature_count,
                                      .column_count = row_count});
  if (!status) return status;
  for (std::size_t h = 0; h < shape_.hidden_count; ++h) {
    const float bias = hidden_biases_.values.data()[h];
    float* row = hidden_.data() + h * row_count;
    for (std::size_t i = 0; i < row_count; ++i) row[i] = std::max(row[i] + bias, 0.0F);
  }
  for (std::size_t i = 0; i < row_count; ++i) {
    for (std::size_t c = 0; c < shape_.class_count; ++c) {
      const float* weight = weights_.values.data() + c * shape_.hidden_count;
      float sum = 0;
      for (std::size_t h = 0; h < shape_.hidden_count; ++h)
        sum += weight[h] * hidden_.data()[h * row_count + i];
      logits_[i * shape_.class_count + c] = sum;
    }
  }
  return {};
}

// grad_logits = (softmax(logits) - onehot) / row_count, in the place of the logits.
void Mlp::compare(std::span<const std::uint32_t> class_indices) {
  std::vector<double> row(shape_.class_count);
  const auto row_count = static_cast<double>(class_indices.size());
  loss_ = 0;
  for (std::size_t i = 0; i < class_indices.size(); ++i) {
    float* logits = logits_.data() + i * shape_.class_count;
    std::copy_n(logits, shape_.class_count, row.begin());
    softmax(row);
    loss_ -= logarithm(std::max(row[class_indices[i]], 1e-300)) / row_count;
    row[class_indices[i]] -= 1;
    for (std::size_t c = 0; c < shape_.class_count; ++c) logits[c] = static_cast<float>(row[c] / row_count);
  }
}

// grad_weights = grad_logits^T . hidden^T; grad_hidden = weights^T . grad_logits^T where hidden > 0.
void Mlp::run_backward(std::size_t row_count) {
  for (std::size_t h = 0; h < shape_.hidden_count; ++h) {
    const float* hidden = hidden_.data() + h * row_count;
    float* grad_hidden = grad_hidden_.data() + h * row_count;
    std::fill_n(grad_hidden, row_count, 0.0F);
    for (std::size_t c = 0; c < shape_.class_count; ++c) {
      const float weight = weights_.values.data()[c * shape_.hidden_count + h];
      float grad_weight = 0;
      for (std::size_t i = 0; i < row_count; ++i) {
        const float grad_logit = logits_[i * shape_.class_count + c];
        grad_weight += grad_logit * hidden[i];
        grad_hidden[i] += weight * grad_logit;
      }
      weights_.gradients.data()[c * shape_.hidden_count + h] = grad_weight;
    }
    float grad_bias = 0;
    for (std::size_t i = 0; i < row_count; ++i) {
      if (hidden[i] <= 0) grad_hidden[i] = 0;
      grad_bias += grad_hidden[i];
    }
    hidden_biases_.gradients.data()[h] = grad_bias;
  }
}

// m = b1 m + (1 - b1) g, v = b2 v + (1 - b2) g^2, x -= rate (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps)
void Mlp::update(Parameters& parameters) {
  const auto first_decay = static_cast<float>(kFirstDecay);
  const auto second_decay = static_cast<float>(kSecondDecay);
  const auto first_share = static_cast<float>(1 - kFirstDecay);
  const auto second_share = static_cast<float>(1 - kSecondDecay);
  const auto rate = static_cast<float>(learning_rate_ / (1 - first_decay_power_));
  const auto correction = static_cast<float>(1 / (1 - second_decay_power_));
  float* __restrict__ value = parameters.values.data();
  const float* __restrict__ gradient = parameters.gradients.data();
  float* __restrict__ first = parameters.first_moments.data();
  float* __restrict__ second = parameters.second_moments.data();
  for (std::size_t k = 0; k < parameters.values.size(); ++k) {
    first[k] = first_decay * first[k] + (first_share * gradient[k] + kAboveSubnormal);
    second[k] = second_decay * second[k] + (second_share * (gradient[k] * gradient[k]) + kAboveSubnormal);
    value[k] -= rate * first[k] / (std::sqrt(second[k] * correction) + kEpsilon);
  }
}

void Mlp::write(Head& head) const {
  const auto copy = [](const PaddedBuffer<float>& from, std::vector<float>& to) {
    to.assign(from.span().begin(), from.span().end());
  };
  copy(hidden_weights_.values, head.hidden_weights);
  copy(hidden_biases_.values, head.hidden_biases);
  copy(weights_.values, head.weights);
  head.biases.assign(shape_.class_count, 0.0F);
}

}  // namespace headstart
