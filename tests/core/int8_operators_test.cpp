// XNNPACK's int8 convolutions, as the kernels chosen for this machine compute them, against plain loops.
#include <doctest/doctest.h>
#include <xnnpack.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "headstart/buffer.h"
#include "support/random_backbone.h"

#if defined(__wasm_relaxed_simd__)
#include <xnnpack/config.h>
#include <xnnpack/hardware-config.h>
#endif

using namespace headstart;

namespace {

struct Int8Case {
  std::size_t height = 1, width = 1, input_channels = 1, output_channels = 1;
  bool is_depthwise = false;
  std::uint32_t kernel_height = 1, kernel_width = 1, stride = 1, padding = 0, dilation = 1;
  int input_zero_point = 0, output_zero_point = 0, lowest_output = -128, highest_output = 127;
  std::size_t gap = 0;          // between pixels, of inputs and outputs
  float kernel_scale = 0.001F;  // times 1 to 2
  // What inputs are drawn from, of both ends.
  int lowest_input = -128, highest_input = 127;

  [[nodiscard]] std::size_t group_inputs() const { return is_depthwise ? 1 : input_channels; }
  [[nodiscard]] std::size_t window_height() const { return (kernel_height - 1) * dilation + 1; }
  [[nodiscard]] std::size_t window_width() const { return (kernel_width - 1) * dilation + 1; }
  [[nodiscard]] bool fits() const {
    return height + 2 * padding >= window_height() && width + 2 * padding >= window_width();
  }
  [[nodiscard]] std::size_t output_height() const {
    return (height + 2 * padding - window_height()) / stride + 1;
  }
  [[nodiscard]] std::size_t output_width() const {
    return (width + 2 * padding - window_width()) / stride + 1;
  }
  [[nodiscard]] std::string text() const {
    return std::string(is_depthwise ? "depthwise " : "") + std::to_string(kernel_height) + "x" +
           std::to_string(kernel_width) + " on " + std::to_string(height) + "x" + std::to_string(width) +
           ", " + std::to_string(input_channels) + " to " + std::to_string(output_channels) +
           " channels, stride " + std::to_string(stride) + ", dilation " + std::to_string(dilation) +
           ", zero point " + std::to_string(input_zero_point);
  }
};

constexpr float kInputScale = 0.5F, kOutputScale = 0.7F;
constexpr std::int8_t kUntouched = 77;

struct Numbers {
  std::vector<std::int8_t> weights;  // [output_channels][kernel_height][kernel_width][group_inputs]
  std::vector<std::int32_t> bias;
  std::vector<float> scales;
  PaddedBuffer<std::int8_t> input;
};

// Extremes are drawn often: they are what overflows.
int draw(test::RandomNumbers& numbers, int lowest, int highest) {
  const int kind = numbers.next_byte() % 8;
  if (kind == 0) return lowest;
  if (kind == 1) return highest;
  return lowest + numbers.next_byte() % (highest - lowest + 1);
}

Numbers draw_numbers(const Int8Case& of, std::uint64_t seed) {
  test::RandomNumbers numbers(seed);
  Numbers drawn;
  drawn.weights.resize(of.output_channels * of.kernel_height * of.kernel_width * of.group_inputs());
  // XNNPACK's own kernels are for weights without -128, as quantised networks are.
  for (std::int8_t& weight : drawn.weights) weight = static_cast<std::int8_t>(draw(numbers, -127, 127));
  for (std::size_t i = 0; i < of.output_channels; ++i) {
    drawn.bias.push_back(numbers.next_byte() * 32 - 4096);
    drawn.scales.push_back(of.kernel_scale * (1.5F + 0.5F * numbers.next()));
  }
  auto input = PaddedBuffer<std::int8_t>::create(of.height * of.width * (of.input_channels + of.gap));
  REQUIRE(input.ok());
  drawn.input = std::move(input.value());
  for (std::int8_t& value : drawn.input.span()) {
    value = static_cast<std::int8_t>(draw(numbers, of.lowest_input, of.highest_input));
  }
  return drawn;
}

// [output_height][output_width][output_channels + gap], the gaps untouched.
std::vector<std::int8_t> convolve_plainly(const Int8Case& of, const Numbers& numbers) {
  std::vector<std::int8_t> output;
  for (std::size_t y = 0; y < of.output_height(); ++y) {
    for (std::size_t x = 0; x < of.output_width(); ++x) {
      for (std::size_t c = 0; c < of.output_channels; ++c) {
        std::int32_t sum = numbers.bias[c];
        const std::int8_t* weight =
            &numbers.weights[c * of.kernel_height * of.kernel_width * of.group_inputs()];
        for (std::size_t ky = 0; ky < of.kernel_height; ++ky) {
          for (std::size_t kx = 0; kx < of.kernel_width; ++kx, weight += of.group_inputs()) {
            // Beyond the upper and left edge these wrap to large numbers.
            const std::size_t row = y * of.stride + ky * of.dilation - of.padding;
            const std::size_t column = x * of.stride + kx * of.dilation - of.padding;
            if (row >= of.height || column >= of.width) continue;
            const std::int8_t* pixel =
                numbers.input.data() + (row * of.width + column) * (of.input_channels + of.gap);
            if (of.is_depthwise) pixel += c;
            for (std::size_t i = 0; i < of.group_inputs(); ++i) {
              sum += (pixel[i] - of.input_zero_point) * weight[i];
            }
          }
        }
        const float scaled = static_cast<float>(sum) * (kInputScale * numbers.scales[c] / kOutputScale);
        const float clamped = std::clamp(scaled, static_cast<float>(of.lowest_output - of.output_zero_point),
                                         static_cast<float>(of.highest_output - of.output_zero_point));
        output.push_back(
            static_cast<std::int8_t>(static_cast<int>(std::nearbyint(clamped)) + of.output_zero_point));
      }
      output.insert(output.end(), of.gap, kUntouched);
    }
  }
  return output;
}

std::vector<std::int8_t> convolve_by_xnnpack(const Int8Case& of, const Numbers& numbers) {
  xnn_operator_t created = nullptr;
  const auto groups = static_cast<std::uint32_t>(of.is_depthwise ? of.input_channels : 1);
  REQUIRE(xnn_create_convolution2d_nhwc_qs8_qc8w(
              of.padding, of.padding, of.padding, of.padding, of.kernel_height, of.kernel_width, of.stride,
              of.stride, of.dilation, of.dilation, groups, of.group_inputs(), of.output_channels / groups,
              of.input_channels + of.gap, of.output_channels + of.gap,
              static_cast<std::int8_t>(of.input_zero_point), kInputScale, numbers.scales.data(),
              numbers.weights.data(), numbers.bias.data(), static_cast<std::int8_t>(of.output_zero_point),
              kOutputScale, static_cast<std::int8_t>(of.lowest_output),
              static_cast<std::int8_t>(of.highest_output), 0, nullptr, nullptr,
              &created) == xnn_status_success);
  const std::unique_ptr<xnn_operator, decltype(&xnn_delete_operator)> convolution(created,
                                                                                  &xnn_delete_operator);
  std::size_t workspace_size = 0, workspace_alignment = 0, height = 0, width = 0;
  REQUIRE(xnn_reshape_convolution2d_nhwc_qs8_qc8w(created, 1, of.height, of.width, &workspace_size,
                                                  &workspace_alignment, &height, &width,
                                                  nullptr) == xnn_status_success);
  REQUIRE(height == of.output_height());
  REQUIRE(width == of.output_width());
  auto workspace = PaddedBuffer<std::int8_t>::create(workspace_size);
  REQUIRE(workspace.ok());
  std::vector<std::int8_t> output(height * width * (of.output_channels + of.gap), kUntouched);
  REQUIRE(xnn_setup_convolution2d_nhwc_qs8_qc8w(created, workspace.value().data(), numbers.input.data(),
                                                output.data()) == xnn_status_success);
  REQUIRE(xnn_run_operator(created, nullptr) == xnn_status_success);
  return output;
}

void compare(Int8Case of, std::uint64_t seed) {
  if (!of.fits()) return;
  // Padding reads as the zero point, so that it is an input too.
  constexpr int kZeroPoints[] = {-128, 0, 5, -5};
  of.input_zero_point = std::clamp(kZeroPoints[seed % 4], of.lowest_input, of.highest_input);
  of.gap = seed / 4 % 2 * 3;
  const Numbers numbers = draw_numbers(of, seed);
  INFO(of.text());
  CHECK(convolve_by_xnnpack(of, numbers) == convolve_plainly(of, numbers));
}

// Every kernel with all that differs in it: whole and partial tiles of rows, columns, depth and channels.
void compare_all(int lowest_input, int highest_input) {
  REQUIRE(xnn_initialize(nullptr) == xnn_status_success);
  Int8Case any;
  any.lowest_input = lowest_input;
  any.highest_input = highest_input;
  std::uint64_t seed = 1;
  for (std::size_t pixels = 1; pixels <= 13; ++pixels) {
    for (std::size_t channels = 1; channels <= 40; ++channels, ++seed) {
      Int8Case product = any;
      product.width = pixels;
      product.input_channels = 1 + channels * 17 % 40;
      product.output_channels = channels;
      product.output_zero_point = -7;
      product.highest_output = 90;
      compare(product, seed);
    }
  }
  for (const std::size_t depth : {std::size_t{960}, std::size_t{24}}) {
    Int8Case large = any;
    large.height = 3;
    large.width = 7;
    large.input_channels = depth;
    large.output_channels = 984 - depth;
    large.kernel_scale = 0.0001F;
    compare(large, seed++);
  }
  for (std::uint32_t stride = 1; stride <= 3; ++stride) {
    for (std::size_t width = 1; width <= 12; ++width, ++seed) {
      Int8Case full = any;
      full.height = 5;
      full.width = width;
      full.kernel_height = full.kernel_width = 3;
      full.stride = stride;
      full.padding = 1;
      full.input_channels = 1 + seed % 9;
      full.output_channels = 1 + seed * 7 % 20;
      compare(full, seed);
    }
  }
  for (std::uint32_t size = 3; size <= 5; size += 2) {
    for (std::uint32_t stride = 1; stride <= 3; ++stride) {
      for (std::size_t width = 1; width <= 40; ++width, ++seed) {
        Int8Case depthwise = any;
        depthwise.is_depthwise = true;
        depthwise.height = 1 + seed % 4;
        depthwise.width = width;
        depthwise.kernel_height = depthwise.kernel_width = size;
        depthwise.stride = stride;
        depthwise.padding = size / 2;
        depthwise.input_channels = depthwise.output_channels = 1 + seed * 7 % 40;
        depthwise.output_zero_point = static_cast<int>(seed % 256) - 128;
        depthwise.lowest_output = -120;
        compare(depthwise, seed);
      }
    }
  }
  // Kernels of fewer taps than the one that runs them, and windows whose pointers are not shared.
  for (std::uint32_t taps = 0; taps < 25; ++taps) {
    for (std::uint32_t way = 0; way < 6; ++way, ++seed) {
      Int8Case odd = any;
      odd.is_depthwise = true;
      odd.height = 9;
      odd.width = 11;
      odd.kernel_height = 1 + taps / 5;
      odd.kernel_width = 1 + taps % 5;
      odd.stride = 1 + way % 3;
      odd.dilation = 1 + way / 3;
      odd.padding = 1;
      odd.input_channels = odd.output_channels = 7 + way * 3;
      compare(odd, seed);
    }
  }
  // Sums far beyond what eight bits, or the rounding by a large float, can hold.
  for (const bool is_depthwise : {false, true}) {
    Int8Case loud = any;
    loud.is_depthwise = is_depthwise;
    loud.height = 3;
    loud.width = 7;
    loud.kernel_height = loud.kernel_width = is_depthwise ? 3 : 1;
    loud.input_channels = loud.output_channels = 40;
    loud.kernel_scale = 100;
    compare(loud, seed++);
  }
}

}  // namespace

TEST_CASE("int8 convolutions are what plain loops compute") {
  compare_all(-128, 127);
}

#if defined(__wasm_relaxed_simd__)
namespace {

// As if the engine's dot product of bytes were of this kind, until the end of its life.
class PretendedDot {
 public:
  PretendedDot(bool is_signed, bool is_unsigned)
      : hardware_(const_cast<xnn_hardware_config*>(xnn_init_hardware_config())),
        gemm_(const_cast<xnn_gemm_config*>(xnn_init_qs8_qc8w_gemm_config())),
        dwconv_(const_cast<xnn_dwconv_config*>(xnn_init_qs8_qc8w_dwconv_config())),
        hardware_before_(*hardware_),
        gemm_before_(*gemm_) {
    std::copy_n(dwconv_, kDwconvKernels, dwconv_before_);
    hardware_->use_wasm_sdot = is_signed;
    hardware_->use_wasm_usdot = is_unsigned;
  }
  ~PretendedDot() {
    *hardware_ = hardware_before_;
    *gemm_ = gemm_before_;
    std::copy_n(dwconv_before_, kDwconvKernels, dwconv_);
  }
  PretendedDot(const PretendedDot&) = delete;
  PretendedDot& operator=(const PretendedDot&) = delete;

 private:
  static constexpr std::size_t kDwconvKernels = XNN_MAX_QC8_DWCONV_UKERNELS;
  xnn_hardware_config* hardware_;
  xnn_gemm_config* gemm_;
  xnn_dwconv_config* dwconv_;
  xnn_hardware_config hardware_before_;
  xnn_gemm_config gemm_before_;
  xnn_dwconv_config dwconv_before_[kDwconvKernels];
};

}  // namespace

// Engines differ in the dot product of bytes only where the second operand is not within 0 to 127, so that
// with such operands every engine can tell whether the kernels for either kind are right. Every one but the
// baseline compiler of Node 20, which gets the instruction wrong: CTest runs these without it.
TEST_CASE("int8 kernels for signed dot products are right wherever no operand tells the kinds apart" *
          doctest::skip()) {
  REQUIRE(xnn_initialize(nullptr) == xnn_status_success);
  const PretendedDot dot(true, false);
  REQUIRE(xnn_init_qs8_qc8w_gemm_config()->log2_kr == 2);
  compare_all(0, 127);
}

TEST_CASE("int8 kernels for unsigned dot products are right wherever no operand tells the kinds apart" *
          doctest::skip()) {
  REQUIRE(xnn_initialize(nullptr) == xnn_status_success);
  const PretendedDot dot(false, true);
  REQUIRE(xnn_init_qs8_qc8w_gemm_config()->log2_kr == 2);
  compare_all(-128, -1);
}
#endif
