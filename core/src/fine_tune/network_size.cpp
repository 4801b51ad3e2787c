#include "fine_tune/network_size.h"

#include <algorithm>
#include <vector>

#include "fine_tune/trained_network.h"

namespace headstart {
namespace {

// Kernels take rows in groups of up to 32, each with its bias.
std::size_t packed_size(std::size_t row_count, std::size_t inner_count) {
  return (row_count + 31) / 32 * 32 * (inner_count + 1);
}

// How many maps' gradients there are at once, going backwards as TrainedNetwork::backward does.
std::size_t grad_count_of(const FineTunePlan& plan) {
  std::vector<bool> is_there(plan.map_count());
  std::size_t count = 0;
  std::size_t most = 1;
  const auto read = [&](std::size_t map) {
    if (plan.is_border(map)) return;
    most = std::max(most, count + 1);  // at least while it is added to another
    if (!is_there[map]) ++count;
    is_there[map] = true;
  };
  for (std::size_t i = plan.layers.size(); i-- > 0;) {
    const TrainedLayer& layer = plan.layers[i];
    if (std::ranges::binary_search(plan.last_maps, plan.map_of(i))) ++count;
    read(layer.input);
    if (layer.kind == TrainedLayerKind::kMultiply || layer.kind == TrainedLayerKind::kAdd) read(layer.other);
    --count;
    const bool moves = layer.residual_map != TrainedLayer::kNoResidual &&
                       !plan.is_border(layer.residual_map) && !is_there[layer.residual_map];
    if (moves) {
      is_there[layer.residual_map] = true;
      ++count;
    }
  }
  return most;
}

}  // namespace

PerPicture measure_picture(const FineTunePlan& plan) {
  PerPicture need;
  need.grad_count = grad_count_of(plan);
  need.maps = plan.border_size();
  need.workspace.left = plan.class_count;
  need.workspace.right = plan.feature_count();
  for (const TrainedLayer& layer : plan.layers) {
    need.maps += layer.out.size();
    need.largest_map = std::max({need.largest_map, layer.in.size(), layer.out.size()});
    if (!layer.is_product()) continue;
    std::size_t in_size = layer.in.size();
    if (layer.kind == TrainedLayerKind::kWindowed) {
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

WorkspaceSize workspace_size_of(const FineTunePlan& plan, std::size_t piece_size) {
  WorkspaceSize size = measure_picture(plan).workspace;
  size.left *= piece_size;
  size.right *= piece_size;
  size.columns *= piece_size;
  for (const Parameter& parameter : plan.parameters) {
    size.weights = std::max(size.weights, parameter.padded_count());
  }
  return size;
}

std::size_t TrainedNetwork::piece_size_for(const FineTunePlan& plan, std::size_t batch_size,
                                           std::size_t activation_budget_bytes) {
  const std::size_t fitting = activation_budget_bytes / (measure_picture(plan).total() * sizeof(float));
  return std::clamp<std::size_t>(fitting, 1, std::max<std::size_t>(batch_size, 1));
}

std::size_t TrainedNetwork::memory_bytes_for(const FineTunePlan& plan, std::size_t piece_size) {
  const WorkspaceSize size = workspace_size_of(plan, piece_size);
  const PerPicture need = measure_picture(plan);
  const std::size_t per_picture = need.maps + need.grad_count * need.largest_map +
                                  2 * (plan.feature_count() + plan.head_count() * plan.class_count);
  // Of the product with ReLU6, which packs weights only, and of the linear one, which packs maps too.
  std::size_t packed_weights = 0;
  for (const Parameter& parameter : plan.parameters) {
    const std::size_t out_count = parameter.shape.front();
    const std::size_t in_count = parameter.element_count() / out_count;
    packed_weights =
        std::max({packed_weights, packed_size(out_count, in_count), packed_size(in_count, out_count)});
  }
  const std::size_t packed = packed_weights + std::max(packed_weights, piece_size * need.packed);
  std::size_t bytes =
      (packed + piece_size * per_picture + size.left + size.right + size.columns + size.weights) *
      sizeof(float);
  for (const Parameter& parameter : plan.parameters) bytes += parameter.memory_bytes();
  return bytes;
}

}  // namespace headstart
