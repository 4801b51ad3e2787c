#include "backbone/graph_builder.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "headstart/buffer.h"
#include "support/random_backbone.h"

using namespace headstart;

namespace {

// One depthwise layer on a picture of noise.
struct DepthwiseCase {
  std::size_t height = 0;
  std::size_t width = 0;
  std::size_t channel_count = 0;
  std::size_t stride = 1;
  Activation activation = Activation::kLinear;
  std::size_t kernel_height = 3;
  std::size_t kernel_width = 3;

  [[nodiscard]] std::size_t tap_count() const { return kernel_height * kernel_width; }
  [[nodiscard]] std::size_t output_height() const { return (height + stride - 1) / stride; }
  [[nodiscard]] std::size_t output_width() const { return (width + stride - 1) / stride; }
  [[nodiscard]] std::size_t output_count() const { return output_height() * output_width() * channel_count; }
  [[nodiscard]] std::string text() const {
    return std::to_string(kernel_height) + "x" + std::to_string(kernel_width) + " on " +
           std::to_string(height) + "x" + std::to_string(width) + ", " + std::to_string(channel_count) +
           " channels, stride " + std::to_string(stride);
  }
};

PaddedBuffer<float> noise(std::size_t count, std::uint64_t seed, float scale = 1) {
  auto buffer = PaddedBuffer<float>::create(count);
  REQUIRE(buffer.ok());
  test::RandomNumbers numbers(seed);
  for (float& value : buffer.value().span()) value = scale * numbers.next();
  return std::move(buffer).value();
}

// TensorFlow's SAME padding: how many of the kernel - stride missing rows come before.
std::ptrdiff_t padding_before(std::size_t size, std::size_t stride, std::size_t kernel) {
  const std::size_t covered = ((size + stride - 1) / stride - 1) * stride + kernel;
  return covered > size ? static_cast<std::ptrdiff_t>((covered - size) / 2) : 0;
}

// The definition, in double.
std::vector<double> reference(const DepthwiseCase& layer, std::span<const float> input,
                              std::span<const float> weights, std::span<const float> biases) {
  std::vector<double> output;
  const auto at = [&](std::ptrdiff_t y, std::ptrdiff_t x, std::size_t channel) -> double {
    if (y < 0 || x < 0 || y >= static_cast<std::ptrdiff_t>(layer.height) ||
        x >= static_cast<std::ptrdiff_t>(layer.width))
      return 0;
    const auto pixel = static_cast<std::size_t>(y) * layer.width + static_cast<std::size_t>(x);
    return static_cast<double>(input[pixel * layer.channel_count + channel]);
  };
  const std::ptrdiff_t top = padding_before(layer.height, layer.stride, layer.kernel_height);
  const std::ptrdiff_t left = padding_before(layer.width, layer.stride, layer.kernel_width);
  for (std::size_t y = 0; y < layer.output_height(); ++y) {
    for (std::size_t x = 0; x < layer.output_width(); ++x) {
      for (std::size_t channel = 0; channel < layer.channel_count; ++channel) {
        double sum = static_cast<double>(biases[channel]);
        for (std::size_t tap = 0; tap < layer.tap_count(); ++tap) {
          const auto row = static_cast<std::ptrdiff_t>(y * layer.stride + tap / layer.kernel_width) - top;
          const auto column = static_cast<std::ptrdiff_t>(x * layer.stride + tap % layer.kernel_width) - left;
          sum += at(row, column, channel) * static_cast<double>(weights[tap * layer.channel_count + channel]);
        }
        output.push_back(layer.activation == Activation::kRelu6 ? std::clamp(sum, 0.0, 6.0) : sum);
      }
    }
  }
  return output;
}

double largest_difference(const DepthwiseCase& layer) {
  auto pool = ComputePool::create(1);
  REQUIRE(pool.ok());
  auto input = noise(layer.height * layer.width * layer.channel_count, 1);
  const auto weights = noise(layer.tap_count() * layer.channel_count, 2);
  const auto biases = noise(layer.channel_count, 3, 8);
  auto output = noise(layer.output_count(), 4);
  GraphBuilder graph(2);
  const GraphMap map = graph.input(0, layer.height, layer.width, layer.channel_count);
  graph.depthwise(map, {layer.kernel_height, layer.kernel_width, layer.stride, {}, layer.activation},
                  {weights.span(), biases.span()}, ExternalId{1});
  auto runtime = graph.finish(pool.value());
  REQUIRE(runtime.ok());
  const std::array buffers = {ExternalBuffer{0, input.data()}, ExternalBuffer{1, output.data()}};
  REQUIRE(runtime.value().set_up(1, buffers).ok());
  REQUIRE(runtime.value().run().ok());

  const std::vector<double> expected = reference(layer, input.span(), weights.span(), biases.span());
  double largest = 0;
  for (std::size_t i = 0; i < expected.size(); ++i)
    largest = std::max(largest, std::abs(static_cast<double>(output.span()[i]) - expected[i]));
  return largest;
}

}  // namespace

TEST_CASE("a depthwise layer is what its definition says, at every width, stride and number of channels") {
  for (const std::size_t channel_count : {1U, 2U, 3U, 4U, 5U, 7U, 8U, 30U}) {
    for (const std::size_t stride : {1U, 2U, 3U}) {
      for (const std::size_t width : {1U, 2U, 3U, 15U, 16U, 17U, 33U}) {
        const DepthwiseCase layer = {5, width, channel_count, stride, Activation::kLinear};
        CAPTURE(layer.text());
        CHECK(largest_difference(layer) < 1e-5);
      }
    }
  }
}

TEST_CASE("a depthwise layer of up to 25 taps is what its definition says, whatever its sides") {
  constexpr std::size_t kSides[][2] = {{5, 5}, {5, 3}, {3, 5}, {4, 4}, {1, 25}};
  for (const auto& [height, width] : kSides) {
    for (const std::size_t stride : {1U, 2U, 3U, 5U}) {
      for (const std::size_t map_width : {1U, 3U, 4U, 7U, 14U, 16U, 18U, 19U, 20U, 37U}) {
        for (const std::size_t channel_count : {3U, 8U}) {
          const DepthwiseCase layer = {6,      map_width, channel_count, stride, Activation::kLinear,
                                       height, width};
          CAPTURE(layer.text());
          CHECK(largest_difference(layer) < 2e-5);
        }
      }
    }
  }
}

TEST_CASE("a depthwise layer clamps to 0 and 6 where it is told so") {
  for (const std::size_t stride : {1U, 2U}) {
    for (const std::size_t side : {3U, 5U}) {
      const DepthwiseCase layer = {20, 21, 6, stride, Activation::kRelu6, side, side};
      CAPTURE(layer.text());
      CHECK(largest_difference(layer) < 1e-5);
    }
  }
}
