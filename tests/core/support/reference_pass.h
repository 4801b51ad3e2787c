// MobileNetV2 in double precision, straight from its paper's formulas and a backbone file's tensors: slow,
// plain, and written without a look at how core runs it.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "files/safetensors.h"

namespace headstart::test {

class ReferencePass {
 public:
  explicit ReferencePass(const SafetensorsView& file) : file_(file) {
    const std::string* text = file.metadata("block_strides");
    REQUIRE(text != nullptr);
    for (const char digit : *text) {
      if (digit != ',') strides_.push_back(static_cast<std::size_t>(digit - '0'));
    }
  }

  // The mean over places of every block's map and of the last one, by name. `pixels` [side, side, 3] from 0
  // to 255.
  [[nodiscard]] std::map<std::string, std::vector<float>> means_of(std::span<const float> pixels,
                                                                   std::size_t side) const {
    Map map{side, 3, {}};
    for (const float value : pixels) map.values.push_back(static_cast<double>(value) / 127.5 - 1);
    map = convolution(map, "stem", 2, true);
    std::map<std::string, std::vector<float>> means;
    for (std::size_t index = 0; index < strides_.size(); ++index) {
      const std::string name = "blocks." + std::to_string(index);
      map = block(map, name, strides_[index]);
      means[name] = mean(map);
    }
    means["last"] = mean(convolution(map, "last", 1, true));
    return means;
  }

 private:
  struct Map {
    std::size_t side = 0;
    std::size_t channel_count = 0;
    std::vector<double> values;  // [side, side, channel_count]

    // Zero outside, where padding is.
    [[nodiscard]] double at(std::ptrdiff_t y, std::ptrdiff_t x, std::size_t channel) const {
      const auto end = static_cast<std::ptrdiff_t>(side);
      if (y < 0 || x < 0 || y >= end || x >= end) return 0;
      return values[static_cast<std::size_t>(y * end + x) * channel_count + channel];
    }
  };

  [[nodiscard]] std::vector<float> tensor(const std::string& name) const {
    const TensorView* found = file_.find(name);
    REQUIRE(found != nullptr);
    std::vector<float> values(found->element_count());
    REQUIRE(read_floats(*found, values).ok());
    return values;
  }

  // "SAME" as TensorFlow has it: the output has ceil(side / stride) places a side, and what padding that
  // takes is shared, the odd one behind.
  static std::ptrdiff_t padding_before(std::size_t side, std::size_t out, std::size_t stride,
                                       std::size_t kernel) {
    const std::size_t reach = (out - 1) * stride + kernel;
    return static_cast<std::ptrdiff_t>(reach > side ? (reach - side) / 2 : 0);
  }

  static double activate(double value, bool relu6) { return relu6 ? std::clamp(value, 0.0, 6.0) : value; }

  [[nodiscard]] Map convolution(const Map& in, const std::string& name, std::size_t stride,
                                bool relu6) const {
    const std::vector<float> weights = tensor(name + ".weight");  // [channels, kernel, kernel, in.channels]
    const std::vector<float> biases = tensor(name + ".bias");
    const std::size_t kernel = file_.find(name + ".weight")->shape[1];
    Map out{(in.side + stride - 1) / stride, biases.size(), {}};
    const std::ptrdiff_t before = padding_before(in.side, out.side, stride, kernel);
    for (std::size_t place = 0; place < out.side * out.side; ++place) {
      const auto top = static_cast<std::ptrdiff_t>(place / out.side * stride) - before;
      const auto left = static_cast<std::ptrdiff_t>(place % out.side * stride) - before;
      for (std::size_t o = 0; o < out.channel_count; ++o) {
        auto sum = static_cast<double>(biases[o]);
        for (std::size_t k = 0; k < kernel * kernel; ++k) {
          const std::ptrdiff_t y = top + static_cast<std::ptrdiff_t>(k / kernel);
          const std::ptrdiff_t x = left + static_cast<std::ptrdiff_t>(k % kernel);
          const float* row = weights.data() + (o * kernel * kernel + k) * in.channel_count;
          for (std::size_t c = 0; c < in.channel_count; ++c)
            sum += in.at(y, x, c) * static_cast<double>(row[c]);
        }
        out.values.push_back(activate(sum, relu6));
      }
    }
    return out;
  }

  [[nodiscard]] Map depthwise(const Map& in, const std::string& name, std::size_t stride) const {
    constexpr std::size_t kKernel = 3;
    const std::vector<float> weights = tensor(name + ".weight");  // [kernel, kernel, channels]
    const std::vector<float> biases = tensor(name + ".bias");
    Map out{(in.side + stride - 1) / stride, in.channel_count, {}};
    const std::ptrdiff_t before = padding_before(in.side, out.side, stride, kKernel);
    for (std::size_t place = 0; place < out.side * out.side; ++place) {
      const auto top = static_cast<std::ptrdiff_t>(place / out.side * stride) - before;
      const auto left = static_cast<std::ptrdiff_t>(place % out.side * stride) - before;
      for (std::size_t c = 0; c < out.channel_count; ++c) {
        auto sum = static_cast<double>(biases[c]);
        for (std::size_t k = 0; k < kKernel * kKernel; ++k) {
          const std::ptrdiff_t y = top + static_cast<std::ptrdiff_t>(k / kKernel);
          const std::ptrdiff_t x = left + static_cast<std::ptrdiff_t>(k % kKernel);
          sum += in.at(y, x, c) * static_cast<double>(weights[k * in.channel_count + c]);
        }
        out.values.push_back(activate(sum, true));
      }
    }
    return out;
  }

  // An inverted residual (Sandler et al. 2018): expand, filter, project, and add what came in where it fits.
  [[nodiscard]] Map block(const Map& in, const std::string& name, std::size_t stride) const {
    const bool expands = file_.find(name + ".expand.weight") != nullptr;
    const Map wide = expands ? convolution(in, name + ".expand", 1, true) : in;
    Map out = convolution(depthwise(wide, name + ".depthwise", stride), name + ".project", 1, false);
    if (stride == 1 && out.channel_count == in.channel_count) {
      for (std::size_t i = 0; i < out.values.size(); ++i) out.values[i] += in.values[i];
    }
    return out;
  }

  static std::vector<float> mean(const Map& map) {
    std::vector<double> sums(map.channel_count, 0.0);
    for (std::size_t i = 0; i < map.values.size(); ++i) sums[i % map.channel_count] += map.values[i];
    std::vector<float> means;
    for (const double sum : sums)
      means.push_back(static_cast<float>(sum / static_cast<double>(map.side * map.side)));
    return means;
  }

  const SafetensorsView& file_;
  std::vector<std::size_t> strides_;
};

}  // namespace headstart::test
