#include "fine_tune/trained_network.h"

#include <algorithm>
#include <utility>

#include "fine_tune/elementwise.h"

namespace headstart::fine_tune {
namespace {

DepthwiseShape depthwise_shape(const Layer& layer) {
  return {window_side(layer.in.height, layer.stride), window_side(layer.in.width, layer.stride),
          layer.in.channel_count};
}

WindowedShape windowed_shape(const Layer& layer) {
  return {window_side(layer.in.height, layer.stride), window_side(layer.in.width, layer.stride),
          layer.in.channel_count, layer.out.channel_count};
}

PointwiseShape pointwise_shape(const Layer& layer, std::size_t picture_count) {
  return {picture_count * layer.in.place_count(), layer.in.channel_count, layer.out.channel_count};
}

// What one picture needs of each buffer, in floats.
struct PerPicture {
  std::size_t maps = 0;
  std::size_t largest_map = 0;
  std::size_t packed = 0;  // the right-hand factor of a product, as XNNPACK lays it out for its kernels
  WorkspaceSize workspace;

  [[nodiscard]] std::size_t total() const {
    return maps + 3 * largest_map + workspace.left + workspace.right + workspace.columns;
  }
};

// Kernels take rows in groups of up to 32, each with its bias.
std::size_t packed_size(std::size_t row_count, std::size_t inner_count) {
  return (row_count + 31) / 32 * 32 * (inner_count + 1);
}

PerPicture measure_picture(const Plan& plan) {
  PerPicture need;
  need.maps = plan.border_shape().size();
  need.largest_map = need.maps;
  need.workspace.left = plan.class_count;
  need.workspace.right = plan.feature_count();
  for (const Layer& layer : plan.layers) {
    need.maps += layer.out.size();
    need.largest_map = std::max({need.largest_map, layer.in.size(), layer.out.size()});
    if (layer.kind == LayerKind::kDepthwise) continue;
    std::size_t in_size = layer.in.size();
    if (layer.kind == LayerKind::kWindowed) {
      in_size = 9 * layer.in.channel_count * layer.out.place_count();
      need.workspace.columns = std::max(need.workspace.columns, in_size);
    }
    need.workspace.left = std::max(need.workspace.left, layer.out.size());
    need.workspace.right = std::max(need.workspace.right, in_size);
    need.packed =
        std::max(need.packed, packed_size(in_size / layer.out.place_count(), layer.out.place_count()));
  }
  return need;
}

WorkspaceSize workspace_size_of(const Plan& plan, std::size_t piece_size) {
  WorkspaceSize size = measure_picture(plan).workspace;
  size.left *= piece_size;
  size.right *= piece_size;
  size.columns *= piece_size;
  for (const Parameter& parameter : plan.parameters) {
    size.weights = std::max(size.weights, parameter.padded_count());
  }
  return size;
}

}  // namespace

std::size_t TrainedNetwork::piece_size_for(const Plan& plan, std::size_t batch_size,
                                           std::size_t activation_budget_bytes) {
  const std::size_t fitting = activation_budget_bytes / (measure_picture(plan).total() * sizeof(float));
  return std::clamp<std::size_t>(fitting, 1, std::max<std::size_t>(batch_size, 1));
}

std::size_t TrainedNetwork::memory_bytes_for(const Plan& plan, std::size_t piece_size) {
  const WorkspaceSize size = workspace_size_of(plan, piece_size);
  const PerPicture need = measure_picture(plan);
  const std::size_t per_picture =
      need.maps + 3 * need.largest_map + 2 * (plan.feature_count() + plan.class_count);
  std::size_t packed = piece_size * need.packed;
  for (const Parameter& parameter : plan.parameters) {
    const std::size_t out_count = parameter.shape.front();
    packed = std::max(packed, packed_size(out_count, parameter.element_count() / out_count));
    packed = std::max(packed, packed_size(parameter.element_count() / out_count, out_count));
  }
  std::size_t bytes =
      (packed + piece_size * per_picture + size.left + size.right + size.columns + size.weights) *
      sizeof(float);
  for (const Parameter& parameter : plan.parameters) bytes += parameter.memory_bytes();
  return bytes;
}

Result<TrainedNetwork> TrainedNetwork::create(Plan plan, std::size_t batch_size,
                                              std::size_t activation_budget_bytes, const ComputePool& pool) {
  const std::size_t piece_size = piece_size_for(plan, batch_size, activation_budget_bytes);
  const WorkspaceSize size = workspace_size_of(plan, piece_size);
  Result<Workspace> workspace = make_workspace(pool, size);
  if (!workspace.ok()) return workspace.error();
  TrainedNetwork network(std::move(plan), std::move(workspace).value());
  network.piece_size_ = piece_size;
  const Status status = network.allocate();
  if (!status.ok()) return status.error();
  return network;
}

Status TrainedNetwork::allocate() {
  maps_.resize(plan_.layers.size() + 1);
  const std::size_t largest = measure_picture(plan_).largest_map;
  std::vector<std::pair<PaddedBuffer<float>*, std::size_t>> buffers{{&maps_[0], plan_.border_shape().size()},
                                                                    {&features_, plan_.feature_count()},
                                                                    {&logits_, plan_.class_count},
                                                                    {&grad_features_, plan_.feature_count()},
                                                                    {&grad_logits_, plan_.class_count}};
  for (std::size_t i = 0; i < plan_.layers.size(); ++i) {
    buffers.emplace_back(&maps_[i + 1], plan_.layers[i].out.size());
  }
  for (PaddedBuffer<float>& buffer : grad_maps_) buffers.emplace_back(&buffer, largest);
  for (const auto& [buffer, per_picture] : buffers) {
    Result<PaddedBuffer<float>> made = PaddedBuffer<float>::create(per_picture * piece_size_);
    if (!made.ok()) return made.error();
    *buffer = std::move(made).value();
  }
  return {};
}

std::size_t TrainedNetwork::memory_bytes() const {
  std::size_t bytes = workspace_.memory_bytes() + features_.size_bytes() + logits_.size_bytes() +
                      grad_features_.size_bytes() + grad_logits_.size_bytes();
  for (const PaddedBuffer<float>& map : maps_) bytes += map.size_bytes();
  for (const PaddedBuffer<float>& map : grad_maps_) bytes += map.size_bytes();
  for (const Parameter& parameter : plan_.parameters) bytes += parameter.memory_bytes();
  return bytes;
}

std::span<float> TrainedNetwork::input(std::size_t index) {
  const std::size_t size = plan_.border_shape().size();
  return maps_[0].span().subspan(index * size, size);
}

std::span<const float> TrainedNetwork::features() const {
  return features_.span();
}
std::span<const float> TrainedNetwork::logits() const {
  return logits_.span();
}
std::span<float> TrainedNetwork::grad_logits() {
  return grad_logits_.span();
}

Status TrainedNetwork::forward(std::size_t picture_count) {
  for (std::size_t i = 0; i < plan_.layers.size(); ++i) {
    const Status status = layer_forward(i, picture_count);
    if (!status.ok()) return status;
  }
  mean_pool(maps_.back().data(), picture_count, plan_.layers.back().out.place_count(), plan_.feature_count(),
            features_.data(), pool());
  const Parameter& weights = plan_.parameters[plan_.head_weights()];
  const Parameter& bias = plan_.parameters[plan_.head_weights() + 1];
  return pointwise_forward(workspace_, {picture_count, plan_.feature_count(), plan_.class_count},
                           Activation::kNone, features_.data(), weights.values.data(), bias.values.data(),
                           logits_.data());
}

Status TrainedNetwork::layer_forward(std::size_t index, std::size_t picture_count) {
  const Layer& layer = plan_.layers[index];
  const float* x = maps_[index].data();
  float* y = maps_[index + 1].data();
  const float* weights = plan_.parameters[layer.weights].values.data();
  const float* bias = plan_.parameters[layer.weights + 1].values.data();
  if (layer.kind == LayerKind::kDepthwise) {
    depthwise_forward(depthwise_shape(layer), picture_count, x, weights, bias, y, pool());
    return {};
  }
  if (layer.kind == LayerKind::kWindowed) {
    return windowed_forward(workspace_, windowed_shape(layer), picture_count, layer.activation, x, weights,
                            bias, y);
  }
  const Status status = pointwise_forward(workspace_, pointwise_shape(layer, picture_count), layer.activation,
                                          x, weights, bias, y);
  if (status.ok() && layer.residual_map != Layer::kNoResidual) {
    add_to(y, maps_[layer.residual_map].data(), picture_count * layer.out.size(), pool());
  }
  return status;
}

Status TrainedNetwork::backward(std::size_t picture_count, Accumulate accumulate) {
  if (accumulate == Accumulate::kReplace) clear_gradients(plan_.parameters);
  float* grad_out = grad_maps_[0].data();
  float* grad_in = grad_maps_[1].data();
  float* waiting = grad_maps_[2].data();
  std::size_t waiting_for = Layer::kNoResidual;
  Status status = head_backward(picture_count, accumulate, grad_out);
  for (std::size_t i = plan_.layers.size(); status.ok() && i-- > 0;) {
    const Layer& layer = plan_.layers[i];
    status = layer_backward(i, picture_count, accumulate, grad_out, i == 0 ? nullptr : grad_in);
    if (layer.residual_map != Layer::kNoResidual && layer.residual_map > 0) {
      // y = f(x) + x: the gradient of y waits until that through f has come back to x.
      waiting_for = layer.residual_map;
      std::swap(waiting, grad_out);
    }
    std::swap(grad_out, grad_in);
    if (i > 0 && i == waiting_for) {
      add_to(grad_out, waiting, picture_count * layer.in.size(), pool());
      waiting_for = Layer::kNoResidual;
    }
  }
  return status;
}

Status TrainedNetwork::head_backward(std::size_t picture_count, Accumulate accumulate, float* grad_map) {
  Parameter& weights = plan_.parameters[plan_.head_weights()];
  Parameter& bias = plan_.parameters[plan_.head_weights() + 1];
  const PointwiseShape shape{picture_count, plan_.feature_count(), plan_.class_count};
  Status status = pointwise_grad_weights(workspace_, shape, features_.data(), grad_logits_.data(),
                                         weights.grad.data(), accumulate);
  if (!status.ok()) return status;
  // grad_bias += sum over pictures of grad_logits; as many columns as classes, so not by fours.
  for (std::size_t i = 0; i < picture_count * plan_.class_count; ++i) {
    bias.grad.data()[i % plan_.class_count] += grad_logits_.data()[i];
  }
  status =
      pointwise_grad_x(workspace_, shape, weights.values.data(), grad_logits_.data(), grad_features_.data());
  if (!status.ok()) return status;
  mean_pool_backward(grad_features_.data(), picture_count, plan_.layers.back().out.place_count(),
                     plan_.feature_count(), grad_map, pool());
  return {};
}

// Of the layer whose ReLU6 the depthwise convolution at `index` reads alone; null where there is none.
float* TrainedNetwork::input_bias_grad(std::size_t index) {
  if (index == 0 || plan_.layers[index].kind != LayerKind::kDepthwise) return nullptr;
  const Layer& before = plan_.layers[index - 1];
  const bool is_alone =
      std::ranges::none_of(plan_.layers, [&](const Layer& layer) { return layer.residual_map == index; });
  if (before.activation != Activation::kRelu6 || !is_alone) return nullptr;
  return plan_.parameters[before.weights + 1].grad.data();
}

Status TrainedNetwork::layer_backward(std::size_t index, std::size_t picture_count, Accumulate accumulate,
                                      float* grad_out, float* grad_in) {
  const Layer& layer = plan_.layers[index];
  Parameter& weights = plan_.parameters[layer.weights];
  Parameter& bias = plan_.parameters[layer.weights + 1];
  const float* x = maps_[index].data();
  const std::size_t row_count = picture_count * layer.out.place_count();
  if (layer.kind == LayerKind::kDepthwise) {
    depthwise_backward(depthwise_shape(layer), picture_count,
                       {.x = x,
                        .weights = weights.values.data(),
                        .y = maps_[index + 1].data(),
                        .grad_y = grad_out,
                        .grad_x = grad_in,
                        .grad_weights = weights.grad.data(),
                        .grad_bias = bias.grad.data(),
                        .grad_input_bias = input_bias_grad(index)},
                       pool());
    return {};
  }
  const bool is_through = index + 1 < plan_.layers.size() && input_bias_grad(index + 1) != nullptr;
  if (is_through) {
    // The depthwise convolution behind this layer has taken the gradient through this one's ReLU6.
  } else if (layer.activation == Activation::kRelu6) {
    relu6_bias_backward(maps_[index + 1].data(), grad_out, row_count, layer.out.channel_count,
                        bias.grad.data(), pool());
  } else {
    bias_backward(grad_out, row_count, layer.out.channel_count, bias.grad.data(), pool());
  }
  if (layer.kind == LayerKind::kWindowed) {
    const Status status = windowed_grad_weights(workspace_, windowed_shape(layer), picture_count, x, grad_out,
                                                weights.grad.data(), accumulate);
    if (!status.ok() || grad_in == nullptr) return status;
    return windowed_grad_x(workspace_, windowed_shape(layer), picture_count, weights.values.data(), grad_out,
                           grad_in);
  }
  const PointwiseShape shape = pointwise_shape(layer, picture_count);
  const Status status =
      pointwise_grad_weights(workspace_, shape, x, grad_out, weights.grad.data(), accumulate);
  if (!status.ok() || grad_in == nullptr) return status;
  return pointwise_grad_x(workspace_, shape, weights.values.data(), grad_out, grad_in);
}

}  // namespace headstart::fine_tune
