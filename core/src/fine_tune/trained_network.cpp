#include "fine_tune/trained_network.h"

#include <algorithm>
#include <utility>

#include "fine_tune/elementwise.h"
#include "fine_tune/network_size.h"

namespace headstart {
namespace {

DepthwiseShape depthwise_shape(const TrainedLayer& layer) {
  return {window_side(layer.in.height, layer.stride), window_side(layer.in.width, layer.stride),
          layer.in.channel_count};
}

WindowedShape windowed_shape(const TrainedLayer& layer) {
  return {window_side(layer.in.height, layer.stride), window_side(layer.in.width, layer.stride),
          layer.in.channel_count, layer.out.channel_count};
}

PointwiseShape pointwise_shape(const TrainedLayer& layer, std::size_t picture_count) {
  return {picture_count * layer.in.place_count(), layer.in.channel_count, layer.out.channel_count};
}

}  // namespace

Result<TrainedNetwork> TrainedNetwork::create(FineTunePlan plan, std::size_t batch_size,
                                              std::size_t activation_budget_bytes, const ComputePool& pool) {
  const std::size_t piece_size = piece_size_for(plan, batch_size, activation_budget_bytes);
  const WorkspaceSize size = workspace_size_of(plan, piece_size);
  Result<Workspace> workspace = make_workspace(pool, size);
  if (!workspace) return workspace.error();
  TrainedNetwork network(std::move(plan), std::move(workspace).value());
  network.piece_size_ = piece_size;
  const Status status = network.allocate();
  if (!status) return status.error();
  return network;
}

Status TrainedNetwork::allocate() {
  maps_.resize(plan_.layers.size() + 1);
  const PerPicture need = measure_picture(plan_);
  grad_maps_.resize(need.grad_count);
  grad_of_.resize(maps_.size());
  std::vector<std::pair<PaddedBuffer<float>*, std::size_t>> buffers{{&maps_[0], plan_.border_shape().size()},
                                                                    {&features_, plan_.feature_count()},
                                                                    {&logits_, plan_.class_count},
                                                                    {&grad_features_, plan_.feature_count()},
                                                                    {&grad_logits_, plan_.class_count}};
  for (std::size_t i = 0; i < plan_.layers.size(); ++i) {
    buffers.emplace_back(&maps_[i + 1], plan_.layers[i].out.size());
  }
  for (PaddedBuffer<float>& buffer : grad_maps_) buffers.emplace_back(&buffer, need.largest_map);
  for (const auto& [buffer, per_picture] : buffers) {
    Result<PaddedBuffer<float>> made = PaddedBuffer<float>::create(per_picture * piece_size_);
    if (!made) return made.error();
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
    if (!status) return status;
  }
  mean_pool(maps_.back().data(), picture_count, plan_.layers.back().out.place_count(), plan_.feature_count(),
            features_.data(), pool());
  const Parameter& weights = plan_.parameters[plan_.head_weights()];
  const Parameter& bias = plan_.parameters[plan_.head_weights() + 1];
  return pointwise_forward(workspace_, {picture_count, plan_.feature_count(), plan_.class_count},
                           Activation::kLinear, features_.data(), weights.values.data(), bias.values.data(),
                           logits_.data());
}

Status TrainedNetwork::layer_forward(std::size_t index, std::size_t picture_count) {
  const TrainedLayer& layer = plan_.layers[index];
  const float* x = maps_[layer.input].data();
  float* y = maps_[index + 1].data();
  const std::size_t count = picture_count * layer.out.size();
  switch (layer.kind) {
    case TrainedLayerKind::kActivation:
      activate_forward(layer.activation, x, count, y, pool());
      return {};
    case TrainedLayerKind::kMean:
      mean_pool(x, picture_count, layer.in.place_count(), layer.in.channel_count, y, pool());
      return {};
    case TrainedLayerKind::kMultiply:
      gate_forward(x, maps_[layer.other].data(), picture_count, layer.out.place_count(),
                   layer.out.channel_count, y, pool());
      return {};
    case TrainedLayerKind::kAdd:
      std::copy_n(x, count, y);
      add_to(y, maps_[layer.other].data(), count, pool());
      return {};
    default:
      break;
  }
  const float* weights = plan_.parameters[layer.weights].values.data();
  const float* bias = plan_.parameters[layer.weights + 1].values.data();
  if (layer.kind == TrainedLayerKind::kDepthwise) {
    depthwise_forward(depthwise_shape(layer), picture_count, x, weights, bias, y, pool());
    return {};
  }
  if (layer.kind == TrainedLayerKind::kDepthwiseWindow) {
    depthwise_window_forward(layer.window, picture_count, x, weights, bias, y, pool());
    return {};
  }
  if (layer.kind == TrainedLayerKind::kWindowed) {
    return windowed_forward(workspace_, windowed_shape(layer), picture_count, layer.activation, x, weights,
                            bias, y);
  }
  const Status status = pointwise_forward(workspace_, pointwise_shape(layer, picture_count), layer.activation,
                                          x, weights, bias, y);
  if (status && layer.residual_map != TrainedLayer::kNoResidual) {
    add_to(y, maps_[layer.residual_map].data(), count, pool());
  }
  return status;
}

float* TrainedNetwork::take_grad() {
  float* taken = free_grads_.back();
  free_grads_.pop_back();
  return taken;
}

std::size_t TrainedNetwork::map_size(std::size_t map) const {
  return map == 0 ? plan_.border_shape().size() : plan_.layers[map - 1].out.size();
}

template <typename Write>
Status TrainedNetwork::add_grad(std::size_t map, std::size_t picture_count, const Write& write) {
  if (map == 0) return write(nullptr);
  float* grad = take_grad();
  const Status status = write(grad);
  if (grad_of_[map] == nullptr) {
    grad_of_[map] = grad;
    return status;
  }
  add_to(grad_of_[map], grad, picture_count * map_size(map), pool());
  free_grads_.push_back(grad);
  return status;
}

Status TrainedNetwork::backward(std::size_t picture_count, Accumulate accumulate) {
  if (accumulate == Accumulate::kReplace) clear_gradients(plan_.parameters);
  free_grads_.clear();
  for (PaddedBuffer<float>& buffer : grad_maps_) free_grads_.push_back(buffer.data());
  std::ranges::fill(grad_of_, nullptr);
  grad_of_.back() = take_grad();
  Status status = head_backward(picture_count, accumulate, grad_of_.back());
  for (std::size_t i = plan_.layers.size(); status && i-- > 0;) {
    const TrainedLayer& layer = plan_.layers[i];
    float* grad_out = grad_of_[i + 1];
    status = layer_backward(i, picture_count, accumulate, grad_out);
    grad_of_[i + 1] = nullptr;
    const std::size_t residual = layer.residual_map;
    if (residual == TrainedLayer::kNoResidual || residual == 0) {
      free_grads_.push_back(grad_out);
    } else if (grad_of_[residual] == nullptr) {
      // y = f(x) + x: the gradient of y waits as x's until that through f has come back.
      grad_of_[residual] = grad_out;
    } else {
      add_to(grad_of_[residual], grad_out, picture_count * map_size(residual), pool());
      free_grads_.push_back(grad_out);
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
  if (!status) return status;
  // grad_bias += sum over pictures of grad_logits; as many columns as classes, so not by fours.
  for (std::size_t i = 0; i < picture_count * plan_.class_count; ++i) {
    bias.grad.data()[i % plan_.class_count] += grad_logits_.data()[i];
  }
  status =
      pointwise_grad_x(workspace_, shape, weights.values.data(), grad_logits_.data(), grad_features_.data());
  if (!status) return status;
  mean_pool_backward(grad_features_.data(), picture_count, plan_.layers.back().out.place_count(),
                     plan_.feature_count(), grad_map, pool());
  return {};
}

// Of the layer whose ReLU6 the depthwise convolution at `index` reads alone; null where there is none.
float* TrainedNetwork::input_bias_grad(std::size_t index) {
  const std::size_t map = plan_.layers[index].input;
  if (map == 0 || plan_.layers[index].kind != TrainedLayerKind::kDepthwise) return nullptr;
  const TrainedLayer& before = plan_.layers[map - 1];
  const auto reads = [&](const TrainedLayer& layer) {
    const bool is_pair = layer.kind == TrainedLayerKind::kMultiply || layer.kind == TrainedLayerKind::kAdd;
    return layer.input == map || layer.residual_map == map || (is_pair && layer.other == map);
  };
  const bool is_alone = std::ranges::count_if(plan_.layers, reads) == 1 && map < plan_.layers.size();
  if (!before.is_product() && before.kind != TrainedLayerKind::kDepthwise) return nullptr;
  if (before.activation != Activation::kRelu6 || !is_alone) return nullptr;
  return plan_.parameters[before.weights + 1].grad.data();
}

Status TrainedNetwork::layer_backward(std::size_t index, std::size_t picture_count, Accumulate accumulate,
                                      float* grad_out) {
  const TrainedLayer& layer = plan_.layers[index];
  const float* x = maps_[layer.input].data();
  const std::size_t count = picture_count * layer.out.size();
  const auto copy_out = [&](float* grad) -> Status {
    if (grad != nullptr) std::copy_n(grad_out, count, grad);
    return {};
  };
  switch (layer.kind) {
    case TrainedLayerKind::kActivation:
      return add_grad(layer.input, picture_count, [&](float* grad) -> Status {
        if (grad != nullptr) activate_backward(layer.activation, x, grad_out, count, grad, pool());
        return {};
      });
    case TrainedLayerKind::kMean:
      return add_grad(layer.input, picture_count, [&](float* grad) -> Status {
        if (grad != nullptr) {
          mean_pool_backward(grad_out, picture_count, layer.in.place_count(), layer.in.channel_count, grad,
                             pool());
        }
        return {};
      });
    case TrainedLayerKind::kAdd: {
      const Status status = add_grad(layer.input, picture_count, copy_out);
      return status ? add_grad(layer.other, picture_count, copy_out) : status;
    }
    case TrainedLayerKind::kMultiply: {
      const std::size_t places = layer.out.place_count();
      const std::size_t channels = layer.out.channel_count;
      const float* gate = maps_[layer.other].data();
      const Status status = add_grad(layer.other, picture_count, [&](float* grad) -> Status {
        if (grad != nullptr) gate_backward_gate(x, grad_out, picture_count, places, channels, grad, pool());
        return {};
      });
      if (!status) return status;
      return add_grad(layer.input, picture_count, [&](float* grad) -> Status {
        if (grad != nullptr) gate_forward(grad_out, gate, picture_count, places, channels, grad, pool());
        return {};
      });
    }
    default:
      return add_grad(layer.input, picture_count, [&](float* grad) {
        return product_backward(index, picture_count, accumulate, grad_out, grad);
      });
  }
}

// Of the layers that have weights.
Status TrainedNetwork::product_backward(std::size_t index, std::size_t picture_count, Accumulate accumulate,
                                        float* grad_out, float* grad_in) {
  const TrainedLayer& layer = plan_.layers[index];
  Parameter& weights = plan_.parameters[layer.weights];
  Parameter& bias = plan_.parameters[layer.weights + 1];
  const float* x = maps_[layer.input].data();
  const std::size_t row_count = picture_count * layer.out.place_count();
  if (layer.kind == TrainedLayerKind::kDepthwiseWindow) {
    depthwise_window_backward(layer.window, picture_count, x, weights.values.data(), grad_out, grad_in,
                              weights.grad.data(), bias.grad.data(), pool());
    return {};
  }
  if (layer.kind == TrainedLayerKind::kDepthwise) {
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
  const bool is_through = index + 1 < plan_.layers.size() && plan_.layers[index + 1].input == index + 1 &&
                          input_bias_grad(index + 1) != nullptr;
  if (is_through) {
    // The depthwise convolution behind this layer has taken the gradient through this one's ReLU6.
  } else if (layer.activation == Activation::kRelu6) {
    relu6_bias_backward(maps_[index + 1].data(), grad_out, row_count, layer.out.channel_count,
                        bias.grad.data(), pool());
  } else {
    bias_backward(grad_out, row_count, layer.out.channel_count, bias.grad.data(), pool());
  }
  if (layer.kind == TrainedLayerKind::kWindowed) {
    const Status status = windowed_grad_weights(workspace_, windowed_shape(layer), picture_count, x, grad_out,
                                                weights.grad.data(), accumulate);
    if (!status || grad_in == nullptr) return status;
    return windowed_grad_x(workspace_, windowed_shape(layer), picture_count, weights.values.data(), grad_out,
                           grad_in);
  }
  const PointwiseShape shape = pointwise_shape(layer, picture_count);
  const Status status =
      pointwise_grad_weights(workspace_, shape, x, grad_out, weights.grad.data(), accumulate);
  if (!status || grad_in == nullptr) return status;
  return pointwise_grad_x(workspace_, shape, weights.values.data(), grad_out, grad_in);
}

}  // namespace headstart
