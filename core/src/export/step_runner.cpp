#include "export/step_runner.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/dot.h"

namespace headstart {
namespace {

// The step as a graph of one layer; false where it is none. A dense layer is a convolution of a single place,
// a scale a depthwise one.
bool add_layer(GraphBuilder& graph, const Step& step, std::span<const GraphMap> inputs, ExternalId output) {
  const GraphBuilder::Window window = {step.kernel_height, step.kernel_width, step.stride, step.padding,
                                       step.activation};
  const LayerWeights weights = {step.weights, step.biases};
  switch (step.kind) {
    case StepKind::kConvolution:
    case StepKind::kDense:
      graph.convolution(inputs[0], window, step.channel_count(), step.groups, weights, output);
      return true;
    case StepKind::kDepthwise:
    case StepKind::kScale:
      graph.depthwise(inputs[0], window, weights, output);
      return true;
    case StepKind::kAdd:
      graph.add(inputs[0], inputs[1], step.activation, output);
      return true;
    case StepKind::kMultiply:
      graph.multiply(inputs[0], inputs[1], step.activation, output);
      return true;
    case StepKind::kGlobalAveragePool:
      graph.global_average_pool(inputs[0], output);
      return true;
    case StepKind::kAveragePool:
      graph.average_pool(inputs[0], window, output);
      return true;
    case StepKind::kMaxPool:
      graph.max_pool(inputs[0], window, output);
      return true;
    case StepKind::kActivation:
      graph.activate(inputs[0], step.activation, output);
      return true;
    case StepKind::kPicture:
    case StepKind::kMirror:
    case StepKind::kConcatenate:
    case StepKind::kSquareRoot:
    case StepKind::kNormalise:
    case StepKind::kSoftmax:
      break;
  }
  return false;
}

void soften(std::span<const float> logits, std::span<float> out) {
  const float most = *std::ranges::max_element(logits);
  float sum = 0;
  for (std::size_t i = 0; i < out.size(); ++i) sum += out[i] = std::exp(logits[i] - most);
  for (float& value : out) value /= sum;
}

void add_to(float* sums, const float* values, std::size_t count) {
  std::size_t i = 0;
  for (; i + kLanes <= count; i += kLanes) store4(sums + i, add4(load4(sums + i), load4(values + i)));
  for (; i < count; ++i) sums[i] += values[i];
}

}  // namespace

StepRunner::StepRunner(std::span<const Step> steps, const ComputePool& pool)
    : steps_(steps), values_(steps.size()), graphs_(steps.size()) {
  for (std::size_t i = 0; i < steps.size() && status_; ++i) status_ = prepare(i, pool);
}

Status StepRunner::prepare(std::size_t index, const ComputePool& pool) {
  const Step& step = steps_[index];
  Result<PaddedBuffer<float>> room = PaddedBuffer<float>::create(step.output.size());
  if (!room) return room.error();
  values_[index] = std::move(room).value();
  const auto output = static_cast<std::uint32_t>(step.inputs.size());
  GraphBuilder builder(output + 1);
  std::vector<GraphMap> inputs;
  std::vector<ExternalBuffer> buffers = {{output, values_[index].data()}};
  for (std::uint32_t i = 0; i < output; ++i) {
    const auto& [height, width, channel_count] = steps_[step.inputs[i]].output;
    inputs.push_back(builder.input(i, height, width, channel_count));
    buffers.push_back({i, values_[step.inputs[i]].data()});
  }
  if (!add_layer(builder, step, inputs, output)) return {};
  Result<GraphRuntime> graph = builder.finish(pool);
  if (!graph) return graph.error();
  graphs_[index] = std::move(graph).value();
  return graphs_[index]->set_up(1, buffers);
}

Result<std::span<const float>> StepRunner::run(std::span<const std::uint8_t> picture,
                                               const AfterStep& after) {
  if (!status_) return status_.error();
  std::ranges::copy(picture, values_.front().data());
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    if (graphs_[i]) {
      if (const Status computed = graphs_[i]->run(); !computed) return computed.error();
    } else {
      compute(steps_[i], values_[i].span());
    }
    if (after) after(i, values_[i].span());
  }
  return values_of(steps_.size() - 1);
}

// What is no layer.
void StepRunner::compute(const Step& step, std::span<float> out) const {
  if (step.kind == StepKind::kPicture) return;
  const std::span<const float> in = input(step);
  if (step.kind == StepKind::kMirror) {
    const std::size_t count = step.channel_count();
    const std::size_t row = step.output.width * count;
    for (std::size_t i = 0; i < out.size(); ++i) {
      const std::size_t place = i % row / count;
      out[i] = in[i / row * row + (step.output.width - 1 - place) * count + i % count];
    }
  } else if (step.kind == StepKind::kConcatenate) {
    concatenate(step, out);
  } else if (step.kind == StepKind::kSquareRoot) {
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = std::sqrt(std::max(in[i], 0.0F));
  } else if (step.kind == StepKind::kNormalise) {
    const float length = std::sqrt(dot(in.data(), in.data(), in.size()));
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = in[i] / std::max(length, 1e-6F);
  } else {
    soften(in, out);
  }
}

void StepRunner::concatenate(const Step& step, std::span<float> out) const {
  std::size_t offset = 0;
  for (const std::size_t from : step.inputs) {
    const std::size_t count = steps_[from].channel_count();
    for (std::size_t place = 0; place < step.output.place_count(); ++place) {
      std::copy_n(values_[from].data() + place * count, count,
                  out.data() + place * step.channel_count() + offset);
    }
    offset += count;
  }
}

std::vector<float> StepRunner::mean_patch(std::size_t index) const {
  const Step& step = steps_[index];
  const Padding& padding = step.padding;
  const MapShape& map = steps_[step.inputs.front()].output;
  const std::size_t top =
      pad_side(padding.kind, map.height, step.kernel_height, step.stride, padding.top, padding.bottom).before;
  const std::size_t left =
      pad_side(padding.kind, map.width, step.kernel_width, step.stride, padding.left, padding.right).before;
  const std::size_t count = map.channel_count;
  const std::size_t tap_count = step.kernel_height * step.kernel_width;
  std::vector<float> sums(tap_count * count);
  for (std::size_t place = 0; place < step.output.place_count(); ++place) {
    for (std::size_t tap = 0; tap < tap_count; ++tap) {
      // Where nothing is, these wrap to more than there is.
      const std::size_t y = place / step.output.width * step.stride + tap / step.kernel_width - top;
      const std::size_t x = place % step.output.width * step.stride + tap % step.kernel_width - left;
      if (y >= map.height || x >= map.width) continue;
      add_to(sums.data() + tap * count, input(step).data() + (y * map.width + x) * count, count);
    }
  }
  for (float& sum : sums) sum /= static_cast<float>(step.output.place_count());
  return sums;
}

}  // namespace headstart
