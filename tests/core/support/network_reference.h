// A network by its definition: plain loops in double, for tests of whatever runs it faster.
#pragma once

#include <algorithm>
#include <cmath>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "network/network.h"

namespace headstart::test {

struct ReferenceMap {
  MapShape shape;
  std::vector<double> values;

  // Of one channel of a place; gates of a single place count for all.
  [[nodiscard]] double at(std::size_t y, std::size_t x, std::size_t c) const {
    const std::size_t place = shape.place_count() == 1 ? 0 : y * shape.width + x;
    return values[place * shape.channel_count + c];
  }
};

inline double activated(Activation activation, double x) {
  switch (activation) {
    case Activation::kLinear:
      return x;
    case Activation::kRelu:
      return std::max(x, 0.0);
    case Activation::kRelu6:
      return std::clamp(x, 0.0, 6.0);
    case Activation::kHardSwish:
      return x * std::clamp(x + 3, 0.0, 6.0) / 6;
    case Activation::kHardSigmoid:
      return std::clamp(x + 3, 0.0, 6.0) / 6;
    case Activation::kSigmoid:
      return 1 / (1 + std::exp(-x));
    case Activation::kSwish:
      return x / (1 + std::exp(-x));
  }
  return x;
}

// Calls visit(input row, input column, place in the kernel) for each place of the window that lies in the
// map.
template <typename Visit>
void for_each_tap(const Layer& layer, const MapShape& in, std::size_t y, std::size_t x, const Visit& visit) {
  const Padding& padding = layer.padding;
  const PaddedSide rows =
      pad_side(padding.kind, in.height, layer.kernel_height, layer.stride, padding.top, padding.bottom);
  const PaddedSide columns =
      pad_side(padding.kind, in.width, layer.kernel_width, layer.stride, padding.left, padding.right);
  for (std::size_t ky = 0; ky < layer.kernel_height; ++ky) {
    for (std::size_t kx = 0; kx < layer.kernel_width; ++kx) {
      const std::size_t row = y * layer.stride + ky;
      const std::size_t column = x * layer.stride + kx;
      if (row < rows.before || column < columns.before) continue;
      if (row - rows.before >= in.height || column - columns.before >= in.width) continue;
      visit(row - rows.before, column - columns.before, ky * layer.kernel_width + kx);
    }
  }
}

inline double layer_value(const Layer& layer, std::span<const ReferenceMap* const> inputs, std::size_t y,
                          std::size_t x, std::size_t c) {
  const ReferenceMap& in = *inputs[0];
  const auto weight = [&](std::size_t i) { return static_cast<double>(layer.weights->values[i]); };
  double value = layer.biases ? static_cast<double>(layer.biases->values[c]) : 0;
  double count = 0;
  switch (layer.kind) {
    case LayerKind::kConvolution: {
      const std::size_t depth = in.shape.channel_count / layer.groups;
      const std::size_t first = c / (layer.output.channel_count / layer.groups) * depth;
      const std::size_t taps = layer.kernel_height * layer.kernel_width;
      for_each_tap(layer, in.shape, y, x, [&](std::size_t row, std::size_t column, std::size_t tap) {
        for (std::size_t k = 0; k < depth; ++k) {
          value += in.at(row, column, first + k) * weight((c * taps + tap) * depth + k);
        }
      });
      return value;
    }
    case LayerKind::kDepthwiseConvolution:
      for_each_tap(layer, in.shape, y, x, [&](std::size_t row, std::size_t column, std::size_t tap) {
        value += in.at(row, column, c) * weight(tap * layer.output.channel_count + c);
      });
      return value;
    case LayerKind::kScale:
      return value + in.at(y, x, c) * weight(c);
    case LayerKind::kAdd:
      return in.at(y, x, c) + inputs[1]->at(y, x, c);
    case LayerKind::kMultiply:
      return in.at(y, x, c) * inputs[1]->at(y, x, c);
    case LayerKind::kGlobalAveragePool:
      for (std::size_t place = 0; place < in.shape.place_count(); ++place) {
        value += in.values[place * in.shape.channel_count + c];
      }
      return value / static_cast<double>(in.shape.place_count());
    case LayerKind::kAveragePool:
      for_each_tap(layer, in.shape, y, x, [&](std::size_t row, std::size_t column, std::size_t) {
        value += in.at(row, column, c);
        ++count;
      });
      return value / count;
    case LayerKind::kMaxPool:
      value = -1e30;
      for_each_tap(layer, in.shape, y, x, [&](std::size_t row, std::size_t column, std::size_t) {
        value = std::max(value, in.at(row, column, c));
      });
      return value;
    case LayerKind::kActivation:
      return in.at(y, x, c);
    case LayerKind::kConcatenate:
      for (const ReferenceMap* part : inputs) {
        if (c < part->shape.channel_count) return part->at(y, x, c);
        c -= part->shape.channel_count;
      }
      return 0;
  }
  return 0;
}

// The last layer's map [height, width, channel_count] for one picture [input_size_px, input_size_px, 3].
inline std::vector<double> run_network(const Network& network, std::span<const float> picture) {
  std::map<std::string, ReferenceMap> maps;
  maps[std::string(kNetworkInput)] = {{network.input_size_px, network.input_size_px, 3},
                                      {picture.begin(), picture.end()}};
  for (const Layer& layer : network.layers) {
    std::vector<const ReferenceMap*> inputs;
    for (const std::string& input : layer.inputs) inputs.push_back(&maps.at(input));
    ReferenceMap made{layer.output, {}};
    made.values.reserve(layer.output.size());
    for (std::size_t y = 0; y < layer.output.height; ++y) {
      for (std::size_t x = 0; x < layer.output.width; ++x) {
        for (std::size_t c = 0; c < layer.output.channel_count; ++c) {
          made.values.push_back(activated(layer.activation, layer_value(layer, inputs, y, x, c)));
        }
      }
    }
    maps[layer.name] = std::move(made);
  }
  return maps.at(network.layers.back().name).values;
}

}  // namespace headstart::test
