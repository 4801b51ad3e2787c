#include "export/step_runner.h"

#include <algorithm>
#include <cmath>

#include "base/dot.h"

namespace headstart {
namespace {

float activated(Activation activation, float x) {
  const auto gate = [&] { return std::clamp(x + 3, 0.0F, 6.0F) / 6; };
  switch (activation) {
    case Activation::kLinear:
      return x;
    case Activation::kRelu:
      return std::max(x, 0.0F);
    case Activation::kRelu6:
      return std::clamp(x, 0.0F, 6.0F);
    case Activation::kHardSwish:
      return x * gate();
    case Activation::kHardSigmoid:
      return gate();
    case Activation::kSigmoid:
      return 1 / (1 + std::exp(-x));
    case Activation::kSwish:
      return x / (1 + std::exp(-x));
  }
  return x;
}

// The places of a window that lie on the map, in the order of the output's places.
class Windows {
 public:
  Windows(const Step& step, const MapShape& map)
      : step_(step),
        map_(map),
        top_(pad_side(step.padding.kind, map.height, step.kernel_height, step.stride, step.padding.top,
                      step.padding.bottom)
                 .before),
        left_(pad_side(step.padding.kind, map.width, step.kernel_width, step.stride, step.padding.left,
                       step.padding.right)
                  .before) {}

  // visit(tap, place): the position in the kernel and the one on the map.
  template <typename Visit>
  void each_tap(std::size_t row, std::size_t column, const Visit& visit) const {
    for (std::size_t y = 0; y < step_.kernel_height; ++y) {
      const std::size_t map_y = row * step_.stride + y - top_;  // wraps above the map
      if (map_y >= map_.height) continue;
      for (std::size_t x = 0; x < step_.kernel_width; ++x) {
        const std::size_t map_x = column * step_.stride + x - left_;
        if (map_x >= map_.width) continue;
        visit(y * step_.kernel_width + x, map_y * map_.width + map_x);
      }
    }
  }

 private:
  const Step& step_;
  const MapShape& map_;
  std::size_t top_;
  std::size_t left_;
};

void soften(std::span<const float> logits, std::span<float> out) {
  const float most = *std::ranges::max_element(logits);
  float sum = 0;
  for (std::size_t i = 0; i < out.size(); ++i) sum += out[i] = std::exp(logits[i] - most);
  for (float& value : out) value /= sum;
}

void average(std::span<const float> map, std::span<float> out) {
  const std::size_t places = map.size() / out.size();
  std::ranges::fill(out, 0.0F);
  for (std::size_t i = 0; i < map.size(); ++i) out[i % out.size()] += map[i];
  for (float& value : out) value /= static_cast<float>(places);
}

}  // namespace

StepRunner::StepRunner(std::span<const Step> steps) : steps_(steps), values_(steps.size()) {
  for (std::size_t i = 0; i < steps.size(); ++i) values_[i].resize(steps[i].output.size());
}

std::span<const float> StepRunner::run(std::span<const std::uint8_t> picture, const AfterStep& after) {
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    const Step& step = steps_[i];
    if (step.kind == StepKind::kPicture) {
      std::ranges::copy(picture, values_[i].begin());
    } else {
      compute(step, values_[i]);
      if (step.activation != Activation::kLinear) {
        for (float& value : values_[i]) value = activated(step.activation, value);
      }
    }
    if (after) after(i, values_[i]);
  }
  return values_.back();
}

void StepRunner::compute(const Step& step, std::span<float> out) const {
  const std::span<const float> in = input(step);
  const std::size_t count = step.channel_count();
  switch (step.kind) {
    case StepKind::kPicture:
      return;
    case StepKind::kMirror: {
      const std::size_t row = step.output.width * count;
      for (std::size_t i = 0; i < out.size(); ++i) {
        const std::size_t place = i % row / count;
        out[i] = in[i / row * row + (step.output.width - 1 - place) * count + i % count];
      }
      return;
    }
    case StepKind::kConvolution:
      return convolve(step, out);
    case StepKind::kDepthwise:
      return convolve_depthwise(step, out);
    case StepKind::kAdd:
    case StepKind::kMultiply: {
      const std::span<const float> other = input(step, 1);  // perhaps of a single place
      for (std::size_t i = 0; i < out.size(); ++i) {
        const float b = other[i % other.size()];
        out[i] = step.kind == StepKind::kAdd ? in[i] + b : in[i] * b;
      }
      return;
    }
    case StepKind::kScale:
      for (std::size_t i = 0; i < out.size(); ++i)
        out[i] = in[i] * step.weights[i % count] + step.biases[i % count];
      return;
    case StepKind::kGlobalAveragePool:
      return average(in, out);
    case StepKind::kAveragePool:
    case StepKind::kMaxPool:
      return pool_window(step, out);
    case StepKind::kActivation:
      std::ranges::copy(in, out.begin());
      return;
    case StepKind::kConcatenate:
      return concatenate(step, out);
    case StepKind::kDense:
      for (std::size_t i = 0; i < count; ++i)
        out[i] = dot(step.weights.data() + i * in.size(), in.data(), in.size()) + step.biases[i];
      return;
    case StepKind::kSquareRoot:
      for (std::size_t i = 0; i < out.size(); ++i) out[i] = std::sqrt(std::max(in[i], 0.0F));
      return;
    case StepKind::kNormalise: {
      const float length = std::sqrt(dot(in.data(), in.data(), in.size()));
      for (std::size_t i = 0; i < out.size(); ++i) out[i] = in[i] / std::max(length, 1e-6F);
      return;
    }
    case StepKind::kSoftmax:
      return soften(in, out);
  }
}

void StepRunner::convolve(const Step& step, std::span<float> out) const {
  const MapShape& map = steps_[step.inputs.front()].output;
  const std::span<const float> in = input(step);
  const Windows windows(step, map);
  const std::size_t group_in = map.channel_count / step.groups;
  const std::size_t group_out = step.channel_count() / step.groups;
  const std::size_t taps = step.kernel_height * step.kernel_width;
  std::vector<float> patch(taps * group_in);
  for (std::size_t place = 0; place < step.output.place_count(); ++place) {
    for (std::size_t group = 0; group < step.groups; ++group) {
      std::ranges::fill(patch, 0.0F);
      windows.each_tap(place / step.output.width, place % step.output.width,
                       [&](std::size_t tap, std::size_t at) {
                         const float* from = in.data() + at * map.channel_count + group * group_in;
                         std::copy_n(from, group_in, patch.data() + tap * group_in);
                       });
      for (std::size_t i = group * group_out; i < (group + 1) * group_out; ++i) {
        out[place * step.channel_count() + i] =
            dot(step.weights.data() + i * patch.size(), patch.data(), patch.size()) + step.biases[i];
      }
    }
  }
}

void StepRunner::convolve_depthwise(const Step& step, std::span<float> out) const {
  const MapShape& map = steps_[step.inputs.front()].output;
  const std::span<const float> in = input(step);
  const Windows windows(step, map);
  const std::size_t count = step.channel_count();
  for (std::size_t place = 0; place < step.output.place_count(); ++place) {
    float* row = out.data() + place * count;
    std::ranges::copy(step.biases, row);
    windows.each_tap(place / step.output.width, place % step.output.width,
                     [&](std::size_t tap, std::size_t at) {
                       const float* weights = step.weights.data() + tap * count;
                       const float* from = in.data() + at * count;
                       for (std::size_t i = 0; i < count; ++i) row[i] += weights[i] * from[i];
                     });
  }
}

void StepRunner::pool_window(const Step& step, std::span<float> out) const {
  const MapShape& map = steps_[step.inputs.front()].output;
  const std::span<const float> in = input(step);
  const Windows windows(step, map);
  const std::size_t count = step.channel_count();
  const bool is_most = step.kind == StepKind::kMaxPool;
  for (std::size_t place = 0; place < step.output.place_count(); ++place) {
    float* row = out.data() + place * count;
    std::fill_n(row, count, is_most ? -INFINITY : 0.0F);
    std::size_t taps = 0;
    windows.each_tap(place / step.output.width, place % step.output.width, [&](std::size_t, std::size_t at) {
      ++taps;
      const float* from = in.data() + at * count;
      for (std::size_t i = 0; i < count; ++i) row[i] = is_most ? std::max(row[i], from[i]) : row[i] + from[i];
    });
    if (is_most || taps == 0) continue;
    for (std::size_t i = 0; i < count; ++i) row[i] /= static_cast<float>(taps);
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
  const MapShape& map = steps_[step.inputs.front()].output;
  const std::span<const float> in = input(step);
  const Windows windows(step, map);
  const std::size_t count = map.channel_count;
  std::vector<float> sums(step.kernel_height * step.kernel_width * count);
  for (std::size_t place = 0; place < step.output.place_count(); ++place) {
    windows.each_tap(place / step.output.width, place % step.output.width,
                     [&](std::size_t tap, std::size_t at) {
                       for (std::size_t i = 0; i < count; ++i) sums[tap * count + i] += in[at * count + i];
                     });
  }
  for (float& sum : sums) sum /= static_cast<float>(step.output.place_count());
  return sums;
}

}  // namespace headstart
