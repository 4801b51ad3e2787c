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
  maps_.resize(plan_.map_count());
  const PerPicture need = measure_picture(plan_);
  grad_maps_.resize(need.grad_count);
  grad_of_.resize(maps_.size());
  heads_.resize(plan_.head_count());
  std::vector<std::pair<PaddedBuffer<float>*, std::size_t>> buffers;
  for (std::size_t i = 0; i < heads_.size(); ++i) {
    buffers.emplace_back(&heads_[i].features, plan_.feature_count(i));
    buffers.emplace_back(&heads_[i].logits, plan_.class_count);
    buffers.emplace_back(&heads_[i].grad_features, plan_.feature_count(i));
    buffers.emplace_back(&heads_[i].grad_logits, plan_.class_count);
  }
  for (std::size_t i = 0; i < maps_.size(); ++i) buffers.emplace_back(&maps_[i], plan_.shape_of(i).size());
  for (PaddedBuffer<float>& buffer : grad_maps_) buffers.emplace_back(&buffer, need.largest_map);
  for (const auto& [buffer, per_picture] : buffers) {
    Result<PaddedBuffer<float>> made = PaddedBuffer<float>::create(per_picture * piece_size_);
    if (!made) return made.error();
    *buffer = std::move(made).value();
  }
  return {};
}

std::size_t TrainedNetwork::memory_bytes() const {
  std::size_t bytes = workspace_.memory_bytes();
  for (const HeadBuffers& head : heads_) {
    bytes += head.features.size_bytes() + head.logits.size_bytes() + head.grad_features.size_bytes() +
             head.grad_logits.size_bytes();
  }
  for (const PaddedBuffer<float>& map : maps_) bytes += map.size_bytes();
  for (const PaddedBuffer<float>& map : grad_maps_) bytes += map.size_bytes();
  for (const Parameter& parameter : plan_.parameters) bytes += parameter.memory_bytes();
  return bytes;
}

std::span<float> TrainedNetwork::input(std::size_t index, std::size_t border) {
  const std::size_t size = plan_.shape_of(border).size();
  return maps_[border].span().subspan(index * size, size);
}

std::span<const float> TrainedNetwork::features(std::size_t head) const {
  return heads_[head].features.span();
}
std::span<const float> TrainedNetwork::logits(std::size_t head) const {
  return heads_[head].logits.span();
}
std::span<float> TrainedNetwork::grad_logits(std::size_t head) {
  return heads_[head].grad_logits.span();
}

Status TrainedNetwork::forward(std::size_t picture_count) {
  Status status;
  for (std::size_t i = 0; status && i < plan_.layers.size(); ++i) status = layer_forward(i, picture_count);
  for (std::size_t i = 0; status && i < heads_.size(); ++i) status = head_forward(i, picture_count);
  return status;
}

Status TrainedNetwork::head_forward(std::size_t head, std::size_t picture_count) {
  const std::size_t map = plan_.last_maps[head];
  HeadBuffers& own = heads_[head];
  mean_pool(maps_[map].data(), picture_count, plan_.shape_of(map).place_count(), plan_.feature_count(head),
            own.features.data(), pool());
  const Parameter& weights = plan_.parameters[plan_.head_weights(head)];
  const Parameter& bias = plan_.parameters[plan_.head_weights(head) + 1];
  return pointwise_forward(workspace_, {picture_count, plan_.feature_count(head), plan_.class_count},
                           Activation::kLinear, own.features.data(), weights.values.data(),
                           bias.values.data(), own.logits.data());
}

Status TrainedNetwork::layer_forward(std::size_t index, std::size_t picture_count) {
  const TrainedLayer& layer = plan_.layers[index];
  const float* x = maps_[layer.input].data();
  float* y = maps_[plan_.map_of(index)].data();
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

template <typename Write>
Status TrainedNetwork::add_grad(std::size_t map, std::size_t picture_count, const Write& write) {
  if (plan_.is_border(map)) return write(nullptr);
  float* grad = take_grad();
  const Status status = write(grad);
  if (grad_of_[map] == nullptr) {
    grad_of_[map] = grad;
    return status;
  }
  add_to(grad_of_[map], grad, picture_count * plan_.shape_of(map).size(), pool());
  free_grads_.push_back(grad);
  return status;
}

Status TrainedNetwork::backward(std::size_t picture_count, Accumulate accumulate) {
  if (accumulate == Accumulate::kReplace) clear_gradients(plan_.parameters);
  free_grads_.clear();
  for (PaddedBuffer<float>& buffer : grad_maps_) free_grads_.push_back(buffer.data());
  std::ranges::fill(grad_of_, nullptr);
  Status status;
  std::size_t head = heads_.size();
  for (std::size_t i = plan_.layers.size(); status && i-- > 0;) {
    const TrainedLayer& layer = plan_.layers[i];
    const std::size_t map = plan_.map_of(i);
    if (head > 0 && plan_.last_maps[head - 1] == map) {
      // Only now: while one branch is gone through, the others' gradients need no room.
      grad_of_[map] = take_grad();
      status = head_backward(--head, picture_count, accumulate, grad_of_[map]);
      if (!status) return status;
    }
    float* grad_out = grad_of_[map];
    status = layer_backward(i, picture_count, accumulate, grad_out);
    grad_of_[map] = nullptr;
    const std::size_t residual = layer.residual_map;
    if (residual == TrainedLayer::kNoResidual || plan_.is_border(residual)) {
      free_grads_.push_back(grad_out);
    } else if (grad_of_[residual] == nullptr) {
      // y = f(x) + x: the gradient of y waits as x's until that through f has come back.
      grad_of_[residual] = grad_out;
    } else {
      add_to(grad_of_[residual], grad_out, picture_count * plan_.shape_of(residual).size(), pool());
      free_grads_.push_back(grad_out);
    }
  }
  return status;
}

Status TrainedNetwork::head_backward(std::size_t head, std::size_t picture_count, Accumulate accumulate,
                                     float* grad_map) {
  Parameter& weights = plan_.parameters[plan_.head_weights(head)];
  Parameter& bias = plan_.parameters[plan_.head_weights(head) + 1];
  HeadBuffers& own = heads_[head];
  const std::size_t feature_count = plan_.feature_count(head);
  const PointwiseShape shape{picture_count, feature_count, plan_.class_count};
  Status status = pointwise_grad_weights(workspace_, shape, own.features.data(), own.grad_logits.data(),
                                         weights.grad.data(), accumulate);
  if (!status) return status;
  // grad_bias += sum over pictures of grad_logits; as many columns as classes, so not by fours.
  for (std::size_t i = 0; i < picture_count * plan_.class_count; ++i) {
    bias.grad.data()[i % plan_.class_count] += own.grad_logits.data()[i];
  }
  status = pointwise_grad_x(workspace_, shape, weights.values.data(), own.grad_logits.data(),
                            own.grad_features.data());
  if (!status) return status;
  mean_pool_backward(own.grad_features.data(), picture_count,
                     plan_.shape_of(plan_.last_maps[head]).place_count(), feature_count, grad_map, pool());
  return {};
}

// Of the layer whose ReLU6 the depthwise convolution at `index` reads alone; null where there is none.
float* TrainedNetwork::input_bias_grad(std::size_t index) {
  const std::size_t map = plan_.layers[index].input;
  if (plan_.is_border(map) || plan_.layers[index].kind != TrainedLayerKind::kDepthwise) return nullptr;
  const TrainedLayer& before = plan_.layers[map - plan_.borders.size()];
  const auto reads = [&](const TrainedLayer& layer) {
    const bool is_pair = layer.kind == TrainedLayerKind::kMultiply || layer.kind == TrainedLayerKind::kAdd;
    return layer.input == map || layer.residual_map == map || (is_pair && layer.other == map);
  };
  const bool is_alone =
      std::ranges::count_if(plan_.layers, reads) == 1 && !std::ranges::binary_search(plan_.last_maps, map);
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
                        .y = maps_[plan_.map_of(index)].data(),
                        .grad_y = grad_out,
                        .grad_x = grad_in,
                        .grad_weights = weights.grad.data(),
                        .grad_bias = bias.grad.data(),
                        .grad_input_bias = input_bias_grad(index)},
                       pool());
    return {};
  }
  const std::size_t map = plan_.map_of(index);
  const bool is_through = index + 1 < plan_.layers.size() && plan_.layers[index + 1].input == map &&
                          input_bias_grad(index + 1) != nullptr;
  if (is_through) {
    // The depthwise convolution behind this layer has taken the gradient through this one's ReLU6.
  } else if (layer.activation == Activation::kRelu6) {
    relu6_bias_backward(maps_[map].data(), grad_out, row_count, layer.out.channel_count, bias.grad.data(),
                        pool());
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
