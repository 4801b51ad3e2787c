#include "export/quantiser.h"

#include <algorithm>
#include <cmath>

#include "export/writers.h"

namespace headstart {
namespace {

constexpr float kLeast = -128;
constexpr float kMost = 127;

bool is_convolution(const Step& step) {
  return step.kind == StepKind::kConvolution || step.kind == StepKind::kDepthwise;
}

bool has_fused_activation(const Step& step) {
  return step.activation == Activation::kLinear || step.activation == Activation::kRelu ||
         step.activation == Activation::kRelu6;
}

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

Weights8 whole_weights(const Step& step) {
  const WeightLayout layout = layout_of(step);
  Weights8 result = {std::vector<std::int8_t>(step.weights.size()), {}};
  for (std::size_t channel = 0; channel < layout.channel_count; ++channel) {
    float most = 0;
    for (std::size_t i = 0; i < layout.rest_count; ++i)
      most = std::max(most, std::abs(step.weights[layout.at(channel, i)]));
    const float scale = most > 0 ? most / kMost : 1.0F;
    result.scales.push_back(scale);
    for (std::size_t i = 0; i < layout.rest_count; ++i) {
      const std::size_t at = layout.at(channel, i);
      result.numbers[at] =
          static_cast<std::int8_t>(std::clamp(std::round(step.weights[at] / scale), -kMost, kMost));
    }
  }
  return result;
}

}  // namespace

std::int8_t Scale8::number_of(float value) const {
  const float number = std::round(value / scale) + static_cast<float>(zero_point);
  return static_cast<std::int8_t>(std::clamp(number, kLeast, kMost));
}

bool is_whole_step(const ExportedModel& model, const Step& step) {
  if (step.is_vector || step.kind == StepKind::kPicture || step.kind == StepKind::kMirror) return false;
  return step.kind != StepKind::kScale || model.steps[step.inputs.front()].kind != StepKind::kPicture;
}

Result<Quantiser> Quantiser::create(const ExportedModel& model) {
  for (const Step& step : model.steps) {
    if (!is_whole_step(model, step)) continue;
    const bool is_known = is_convolution(step) || step.kind == StepKind::kAdd ||
                          step.kind == StepKind::kAveragePool || step.kind == StepKind::kMaxPool ||
                          step.kind == StepKind::kConcatenate;
    if (!is_known) return cannot_hold("The 8-bit file", step_kind_name(step.kind), step);
    if (!has_fused_activation(step))
      return cannot_hold("The 8-bit file", activation_name(step.activation), step);
    if (step.groups != 1) return cannot_hold("The 8-bit file", "a convolution in groups", step);
  }
  return Quantiser(model);
}

Quantiser::Quantiser(const ExportedModel& model)
    : model_(model), runner_(model.steps), ranges_(model.steps.size()), mean_patches_(model.steps.size()) {}

void Quantiser::calibrate(std::span<const std::uint8_t> picture) {
  runner_.run(picture);
  ++picture_count_;
  for (std::size_t i = 0; i < model_.steps.size(); ++i) {
    const auto [low, high] = std::ranges::minmax(runner_.values_of(i));
    ranges_[i] = {std::min(ranges_[i].low, low), std::max(ranges_[i].high, high)};
    if (!is_convolution(model_.steps[i])) continue;
    const std::vector<float> patch = runner_.mean_patch(i);
    mean_patches_[i].resize(patch.size());
    for (std::size_t k = 0; k < patch.size(); ++k) mean_patches_[i][k] += patch[k];
  }
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

QuantisedModel Quantiser::quantise(QuantisedEnds ends) const {
  QuantisedModel result;
  result.ends = ends;
  result.steps = model_.steps;
  result.biases.resize(model_.steps.size());
  for (const Range& range : common_ranges()) result.scales.push_back(scale_of(range.low, range.high));
  for (std::size_t i = 0; i < model_.steps.size(); ++i) {
    const Step& step = model_.steps[i];
    result.is_whole.push_back(is_whole_step(model_, step));
    // The picture's scale is known: bytes 0…255, whatever the pictures held. Where real numbers come in, a
    // step is a little more than a byte's: exactly one would put every byte halfway between two numbers, and
    // programs round halves differently.
    const float first = model_.normalisation.offset;
    const float last = first + 255 * model_.normalisation.scale;
    if (!step.is_vector && !result.is_whole.back())
      result.scales[i] =
          ends == QuantisedEnds::kWhole ? scale_of(first, last) : picture_scale_of(first, last);
  }
  for (std::size_t i = 0; i < model_.steps.size(); ++i) {
    if (result.is_whole[i] && is_convolution(model_.steps[i])) quantise_layer(result, i);
  }
  return result;
}

float Quantiser::missed_by_picture(const QuantisedModel& result, std::size_t from) const {
  const Step& step = model_.steps[from];
  if (result.ends == QuantisedEnds::kReal || step.is_vector || result.is_whole[from]) return 0;
  const Scale8& scale = result.scales[from];
  // byte * scale + offset, less scale * (byte - 128 - zero_point)
  return model_.normalisation.offset + scale.scale * static_cast<float>(128 + scale.zero_point);
}

// What rounding the weights adds to a channel's mean is taken off its bias (Nagel et al. 2019, "Data-Free
// Quantization Through Weight Equalization and Bias Correction", section 4.2, on measured means).
void Quantiser::quantise_layer(QuantisedModel& result, std::size_t index) const {
  const Step& step = model_.steps[index];
  if (!result.weights.contains(step.layer)) result.weights[step.layer] = whole_weights(step);
  const Weights8& weights = result.weights[step.layer];
  const WeightLayout layout = layout_of(step);
  const float input_scale = result.scales[step.inputs.front()].scale;
  const float missed = missed_by_picture(result, step.inputs.front());
  std::vector<float> left_weights(step.weights.size());
  std::vector<float> left_biases;
  for (std::size_t channel = 0; channel < layout.channel_count; ++channel) {
    float error = 0;
    for (std::size_t i = 0; i < layout.rest_count; ++i) {
      const std::size_t at = layout.at(channel, i);
      left_weights[at] = weights.scales[channel] * static_cast<float>(weights.numbers[at]);
      const float mean =
          mean_patches_[index][layout.is_depthwise ? at : i] / static_cast<float>(picture_count_);
      error += (left_weights[at] - step.weights[at]) * mean - left_weights[at] * missed;
    }
    const double unit = static_cast<double>(input_scale) * static_cast<double>(weights.scales[channel]);
    const double number = std::round(static_cast<double>(step.biases[channel] - error) / unit);
    constexpr double kLimit = 2147483647;
    result.biases[index].push_back(static_cast<std::int32_t>(std::clamp(number, -kLimit, kLimit)));
    left_biases.push_back(static_cast<float>(result.biases[index].back() * unit));
  }
  result.own_numbers.push_back(std::move(left_weights));
  result.steps[index].weights = result.own_numbers.back();
  result.own_numbers.push_back(std::move(left_biases));
  result.steps[index].biases = result.own_numbers.back();
}

std::span<const float> QuantisedRunner::run(std::span<const std::uint8_t> picture) {
  return runner_.run(picture, [&](std::size_t index, std::span<float> values) {
    const Step& step = model_.steps[index];
    const Scale8& scale = model_.scales[index];
    if (model_.ends == QuantisedEnds::kWhole && step.kind == StepKind::kScale && !model_.is_whole[index]) {
      const std::span<const float> bytes = runner_.values_of(step.inputs.front());
      for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = scale.scale * (bytes[i] - 128 - static_cast<float>(scale.zero_point));
      return;
    }
    if (step.is_vector || step.kind == StepKind::kPicture) return;
    for (float& value : values) value = scale.rounded(value);
  });
}

}  // namespace headstart
