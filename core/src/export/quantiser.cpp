#include "export/quantiser.h"

#include <algorithm>
#include <cmath>

#include "base/vec4.h"

namespace headstart {
namespace {

constexpr float kLeast = -128;
constexpr float kMost = 127;

// hard_swish makes zero of this and of all below.
constexpr float kHardSwishFoot = -3;

Scale8 scale_of(float low, float high) {
  Scale8 result;
  result.scale = high > low ? (high - low) / (kMost - kLeast) : 1.0F;
  result.zero_point =
      static_cast<std::int32_t>(std::clamp(std::round(kLeast - low / result.scale), kLeast, kMost));
  return result;
}

Scale8 picture_scale_of(float low, float high) {
  const float scale = (high - low) / (2 * kMost);
  return {scale, static_cast<std::int32_t>(std::clamp(std::round(-kMost - low / scale), kLeast, kMost))};
}

// The weights' position within a channel of the result, as [out, rest] has it.
struct WeightLayout {
  std::size_t channel_count;
  std::size_t rest_count;
  bool is_depthwise;

  [[nodiscard]] std::size_t at(std::size_t channel, std::size_t i) const {
    return is_depthwise ? i * channel_count + channel : channel * rest_count + i;
  }
};

WeightLayout layout_of(const Step& step) {
  return {step.channel_count(), step.weights.size() / step.channel_count(),
          step.kind == StepKind::kDepthwise};
}

// What a layer's sums are multiplied by, and what is added, to be the numbers that leave it.
struct Gate {
  float factor = 1;
  float offset = 0;
};

Gate gate_of(const Step& step) {
  return has_gate_inside(step) ? Gate{1.0F / 6, 0.5F} : Gate{};
}

// Where weights are next to nothing their scale follows the bias, which else would not fit into 32 bits.
Weights8 whole_weights(const Step& step, const Gate& gate, float input_scale) {
  constexpr float kMostBias = 1 << 30;
  const auto [factor, offset] = gate;
  const WeightLayout layout = layout_of(step);
  Weights8 result = {std::vector<std::int8_t>(step.weights.size()), {}};
  for (std::size_t channel = 0; channel < layout.channel_count; ++channel) {
    float most = 0;
    for (std::size_t i = 0; i < layout.rest_count; ++i)
      most = std::max(most, std::abs(step.weights[layout.at(channel, i)]));
    const float bias = factor * std::abs(step.biases[channel]) + offset;
    const float least = bias / (factor * input_scale * kMostBias);
    const float scale = most > 0 ? std::max(most / kMost, least) : 1.0F;
    result.scales.push_back(scale * factor);
    for (std::size_t i = 0; i < layout.rest_count; ++i) {
      const std::size_t at = layout.at(channel, i);
      result.numbers[at] =
          static_cast<std::int8_t>(std::clamp(std::round(step.weights[at] / scale), -kMost, kMost));
    }
  }
  return result;
}

// The position of the convolution that first has this one's weights.
std::size_t first_look_of(std::span<const Step> steps, const Step& step) {
  const auto is_same = [&](const Step& other) { return is_convolution(other) && other.layer == step.layer; };
  return static_cast<std::size_t>(std::ranges::find_if(steps, is_same) - steps.begin());
}

}  // namespace

const Weights8& QuantisedModel::weights_of(const Step& step) const {
  return weights[first_look_of(steps, step)];
}

std::int8_t Scale8::number_of(float value) const {
  const float number = std::round(value / scale) + static_cast<float>(zero_point);
  return static_cast<std::int8_t>(std::clamp(number, kLeast, kMost));
}

void Scale8::round(std::span<float> values) const {
  // Where a float has no room for a fraction: 1.5 * 2^23.
  const Vec4 coarse = splat4(12582912);
  const Vec4 least = splat4(kLeast - static_cast<float>(zero_point));
  const Vec4 most = splat4(kMost - static_cast<float>(zero_point));
  const std::size_t whole = values.size() / kLanes * kLanes;
  for (std::size_t i = 0; i < whole; i += kLanes) {
    const Vec4 steps = clamp4(mul4(load4(&values[i]), splat4(1 / scale)), least, most);
    store4(&values[i], mul4(sub4(add4(steps, coarse), coarse), splat4(scale)));
  }
  for (float& value : values.subspan(whole)) value = rounded(value);
}

void Quantiser::Range::take(std::span<const float> values) {
  Vec4 lows = splat4(low);
  Vec4 highs = splat4(high);
  const std::size_t whole = values.size() / kLanes * kLanes;
  for (std::size_t i = 0; i < whole; i += kLanes) {
    lows = clamp4(load4(&values[i]), splat4(-INFINITY), lows);
    highs = clamp4(load4(&values[i]), highs, splat4(INFINITY));
  }
  float found[2 * kLanes];
  store4(found, lows);
  store4(found + kLanes, highs);
  for (const std::span<const float> some : {std::span<const float>(found), values.subspan(whole)}) {
    for (const float value : some) {
      low = std::min(low, value);
      high = std::max(high, value);
    }
  }
}

Quantiser::Quantiser(const ExportedModel& model, const ComputePool& pool)
    : model_(model),
      runner_(model.steps, pool),
      ranges_(model.steps.size()),
      mean_patches_(model.steps.size()) {}

Status Quantiser::calibrate(std::span<const std::uint8_t> picture) {
  if (const auto said = runner_.run(picture); !said) return said.error();
  ++picture_count_;
  for (std::size_t i = 0; i < model_.steps.size(); ++i) {
    ranges_[i].take(runner_.values_of(i));
    if (!is_convolution(model_.steps[i])) continue;
    const std::vector<float> patch = runner_.mean_patch(i);
    mean_patches_[i].resize(patch.size());
    for (std::size_t k = 0; k < patch.size(); ++k) mean_patches_[i][k] += patch[k];
  }
  return {};
}

// Pools keep their input's scale, and maps that are joined must have one.
std::vector<Quantiser::Range> Quantiser::common_ranges() const {
  std::vector<Range> ranges = ranges_;
  for (bool changes = true; changes;) {
    changes = false;
    for (std::size_t i = 0; i < model_.steps.size(); ++i) {
      const Step& step = model_.steps[i];
      const bool shares = step.kind == StepKind::kAveragePool || step.kind == StepKind::kMaxPool ||
                          (step.kind == StepKind::kConcatenate && !step.is_vector);
      if (!shares) continue;
      Range common = ranges[i];
      for (const std::size_t from : step.inputs)
        common = {std::min(common.low, ranges[from].low), std::max(common.high, ranges[from].high)};
      const auto take = [&](Range& range) {
        changes = changes || range.low != common.low || range.high != common.high;
        range = common;
      };
      take(ranges[i]);
      for (const std::size_t from : step.inputs) take(ranges[from]);
    }
  }
  return ranges;
}

// What a step's numbers have to reach, where that is not what the pictures showed.
void Quantiser::fit_to_activations(std::vector<Range>& ranges) const {
  for (std::size_t i = 0; i < model_.steps.size(); ++i) {
    const Step& step = model_.steps[i];
    if (step.is_vector) continue;
    if (has_gate_inside(step)) ranges[i] = {0, 1};
    if (step.kind != StepKind::kActivation) continue;
    if (step.activation == Activation::kSigmoid) ranges[i] = {0, 255.0F / 256};  // as LOGISTIC demands
    const std::size_t from = step.inputs.front();
    // What was taken off this very step goes nowhere else.
    if (step.activation == Activation::kHardSwish && model_.steps[from].layer == step.layer)
      ranges[from].low = std::max(ranges[from].low, kHardSwishFoot);
  }
}

QuantisedModel Quantiser::quantise(QuantisedEnds ends, CurvedMaps curved) const {
  const std::vector<bool> is_curved = curved_parts(model_);
  const std::size_t count = model_.steps.size();
  QuantisedModel result = {.ends = ends,
                           .is_whole = std::vector<bool>(count),
                           .scales = std::vector<Scale8>(count),
                           .weights = std::vector<Weights8>(count),
                           .biases = std::vector<std::vector<std::int32_t>>(count),
                           .steps = model_.steps,
                           .own_numbers = {}};
  std::vector<Range> ranges = common_ranges();
  fit_to_activations(ranges);
  for (std::size_t i = 0; i < count; ++i) {
    const Step& step = model_.steps[i];
    result.scales[i] = scale_of(ranges[i].low, ranges[i].high);
    const bool can_be = is_whole_step(model_, step);
    result.is_whole[i] = can_be && !(is_curved[i] && curved == CurvedMaps::kReal);
    // The picture's scale is known: bytes 0…255, whatever the pictures held. Where real numbers come in, a
    // step is a little more than a byte's: exactly one would put every byte halfway between two numbers, and
    // programs round halves differently.
    const float first = model_.normalisation.offset;
    const float last = first + 255 * model_.normalisation.scale;
    if (is_of_picture(model_.steps, step))
      result.scales[i] =
          ends == QuantisedEnds::kWhole ? scale_of(first, last) : picture_scale_of(first, last);
  }
  for (std::size_t i = 0; i < count; ++i) {
    const Step& step = model_.steps[i];
    if (is_whole_step(model_, step) && is_convolution(step)) quantise_layer(result, i);
  }
  return result;
}

float Quantiser::missed_by_picture(const QuantisedModel& result, std::size_t from) const {
  const Step& step = model_.steps[from];
  if (result.ends == QuantisedEnds::kReal || !is_of_picture(model_.steps, step)) return 0;
  const Scale8& scale = result.scales[from];
  // byte * scale + offset, less scale * (byte - 128 - zero_point)
  return model_.normalisation.offset + scale.scale * static_cast<float>(128 + scale.zero_point);
}

// What rounding the weights adds to a channel's mean is taken off its bias (Nagel et al. 2019, "Data-Free
// Quantization Through Weight Equalization and Bias Correction", section 4.2, on measured means).
void Quantiser::quantise_layer(QuantisedModel& result, std::size_t index) const {
  const Step& step = model_.steps[index];
  const bool is_whole = result.is_whole[index];
  const Gate gate = is_whole ? gate_of(step) : Gate{};
  const float input_scale = is_whole ? result.scales[step.inputs.front()].scale : 1;
  Weights8& whole = result.weights[first_look_of(model_.steps, step)];
  if (is_whole && whole.numbers.empty()) whole = whole_weights(step, gate, input_scale);
  const WeightLayout layout = layout_of(step);
  const float missed = missed_by_picture(result, step.inputs.front());
  std::vector<float> left_weights(step.weights.begin(), step.weights.end());
  std::vector<float> left_biases;
  for (std::size_t channel = 0; channel < layout.channel_count; ++channel) {
    float error = 0;
    for (std::size_t i = 0; i < layout.rest_count; ++i) {
      const std::size_t at = layout.at(channel, i);
      if (is_whole) left_weights[at] = whole.real(channel, at);
      const float mean =
          mean_patches_[index][layout.is_depthwise ? at : i] / static_cast<float>(picture_count_);
      error += (left_weights[at] - gate.factor * step.weights[at]) * mean - left_weights[at] * missed;
    }
    const double bias = static_cast<double>(gate.factor * step.biases[channel] + gate.offset - error);
    if (!is_whole) {
      left_biases.push_back(static_cast<float>(bias));
      continue;
    }
    const double unit = static_cast<double>(input_scale) * static_cast<double>(whole.scales[channel]);
    constexpr double kLimit = 2147483647;
    result.biases[index].push_back(
        static_cast<std::int32_t>(std::clamp(std::round(bias / unit), -kLimit, kLimit)));
    left_biases.push_back(static_cast<float>(result.biases[index].back() * unit));
  }
  result.own_numbers.push_back(std::move(left_weights));
  result.steps[index].weights = result.own_numbers.back();
  result.own_numbers.push_back(std::move(left_biases));
  result.steps[index].biases = result.own_numbers.back();
  if (is_whole && has_gate_inside(step)) result.steps[index].activation = Activation::kLinear;
}

Result<std::span<const float>> QuantisedRunner::run(std::span<const std::uint8_t> picture) {
  return runner_.run(picture, [&](std::size_t index, std::span<float> values) {
    const Step& step = model_.steps[index];
    const Scale8& scale = model_.scales[index];
    const bool is_picture = is_of_picture(model_.steps, step) && step.kind != StepKind::kPicture;
    if (model_.ends == QuantisedEnds::kWhole && is_picture && step.kind == StepKind::kScale) {
      const std::span<const float> bytes = runner_.values_of(step.inputs.front());
      for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = scale.scale * (bytes[i] - 128 - static_cast<float>(scale.zero_point));
      return;
    }
    if (!model_.is_whole[index] && !is_picture) return;
    scale.round(values);
  });
}

}  // namespace headstart
