// Every layer's backward pass against finite differences.
#include <doctest/doctest.h>

#include <cmath>
#include <functional>
#include <vector>

#include "base/transpose.h"
#include "fine_tune/convolution.h"
#include "fine_tune/depthwise.h"
#include "fine_tune/elementwise.h"
#include "fine_tune/loss.h"
#include "support/split_mix.h"

using namespace headstart;

namespace {

using Buffer = PaddedBuffer<float>;

Buffer zeros(std::size_t count) {
  auto made = Buffer::create(count);
  REQUIRE(made.ok());
  return std::move(made).value();
}

Buffer random_buffer(test::SplitMix& rng, std::size_t count, double low = -1, double high = 1) {
  Buffer buffer = zeros(count);
  for (float& value : buffer.span()) value = static_cast<float>(low + (high - low) * rng.uniform());
  return buffer;
}

double dot(const Buffer& a, const Buffer& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    sum += static_cast<double>(a.data()[i]) * static_cast<double>(b.data()[i]);
  }
  return sum;
}

// The derivative of `loss` by each of `values`, by central differences, is `grad`. The losses below are
// linear in each single value, so that the step may be long and rounding does not show.
void check_gradient(Buffer& values, const Buffer& grad, const std::function<double()>& loss,
                    float step = 0.25F, double tolerance = 2e-4) {
  REQUIRE(values.size() == grad.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const float kept = values.data()[i];
    values.data()[i] = kept + step;
    const double above = loss();
    values.data()[i] = kept - step;
    const double below = loss();
    values.data()[i] = kept;
    const double expected = (above - below) / (2 * static_cast<double>(step));
    CAPTURE(i);
    REQUIRE(std::abs(static_cast<double>(grad.data()[i]) - expected) < tolerance * (1 + std::abs(expected)));
  }
}

ComputePool pool_of(std::size_t threads) {
  auto pool = ComputePool::create(threads);
  REQUIRE(pool.ok());
  return std::move(pool).value();
}

Workspace workspace_of(const ComputePool& pool) {
  auto workspace = make_workspace(pool, {8192, 8192, 8192, 8192});
  REQUIRE(workspace.ok());
  return std::move(workspace).value();
}

}  // namespace

TEST_CASE("a matrix transposed twice is the same matrix, whatever its sides") {
  test::SplitMix rng(1, 1);
  for (const std::size_t rows : {1U, 4U, 67U, 130U}) {
    for (const std::size_t columns : {1U, 3U, 64U, 70U}) {
      const Buffer a = random_buffer(rng, rows * columns);
      Buffer b = zeros(rows * columns);
      Buffer c = zeros(rows * columns);
      transpose(a.data(), rows, columns, b.data(), nullptr);
      transpose(b.data(), columns, rows, c.data(), nullptr);
      CHECK(b.data()[(columns - 1) * rows] == a.data()[columns - 1]);
      CHECK(std::equal(a.span().begin(), a.span().end(), c.span().begin()));
    }
  }
}

TEST_CASE("a 1x1 convolution's gradients are its finite differences") {
  const ComputePool pool = pool_of(1);
  Workspace workspace = workspace_of(pool);
  test::SplitMix rng(2, 1);
  const PointwiseShape shape{6, 8, 12};
  Buffer x = random_buffer(rng, 6 * 8);
  Buffer weights = random_buffer(rng, 12 * 8);
  Buffer bias = random_buffer(rng, 12);
  const Buffer grad_y = random_buffer(rng, 6 * 12);
  Buffer y = zeros(6 * 12);
  const auto loss = [&] {
    REQUIRE(pointwise_forward(workspace, shape, Activation::kLinear, x.data(), weights.data(), bias.data(),
                              y.data())
                .ok());
    return dot(y, grad_y);
  };
  Buffer grad_x = zeros(x.size());
  Buffer grad_weights = zeros(weights.size());
  Buffer grad_bias = zeros(bias.size());
  REQUIRE(pointwise_grad_x(workspace, shape, weights.data(), grad_y.data(), grad_x.data()).ok());
  REQUIRE(pointwise_grad_weights(workspace, shape, x.data(), grad_y.data(), grad_weights.data(),
                                 Accumulate::kReplace)
              .ok());
  bias_backward(grad_y.data(), 6, 12, grad_bias.data(), nullptr);
  check_gradient(x, grad_x, loss);
  check_gradient(weights, grad_weights, loss);
  check_gradient(bias, grad_bias, loss);

  SUBCASE("and a second piece of a batch adds to the first") {
    const Buffer once = std::move(grad_weights);
    Buffer twice = zeros(once.size());
    for (const Accumulate accumulate : {Accumulate::kReplace, Accumulate::kAdd}) {
      REQUIRE(
          pointwise_grad_weights(workspace, shape, x.data(), grad_y.data(), twice.data(), accumulate).ok());
    }
    for (std::size_t i = 0; i < once.size(); ++i) CHECK(twice.data()[i] == 2 * once.data()[i]);
  }
}

TEST_CASE("a 3x3 convolution's gradients are its finite differences, on even and odd maps") {
  const ComputePool pool = pool_of(1);
  Workspace workspace = workspace_of(pool);
  test::SplitMix rng(3, 1);
  for (const std::size_t stride : {1U, 2U}) {
    for (const std::size_t height : {5U, 6U}) {
      const WindowedShape shape{window_side(height, stride), window_side(4, stride), 3, 4};
      Buffer x = random_buffer(rng, 2 * height * 4 * 3);
      Buffer weights = random_buffer(rng, 4 * 9 * 3);
      const Buffer bias = random_buffer(rng, 4);
      const Buffer grad_y = random_buffer(rng, 2 * shape.height.out * shape.width.out * 4);
      Buffer y = zeros(grad_y.size());
      const auto loss = [&] {
        REQUIRE(windowed_forward(workspace, shape, 2, Activation::kLinear, x.data(), weights.data(),
                                 bias.data(), y.data())
                    .ok());
        return dot(y, grad_y);
      };
      Buffer grad_x = zeros(x.size());
      Buffer grad_weights = zeros(weights.size());
      REQUIRE(windowed_grad_weights(workspace, shape, 2, x.data(), grad_y.data(), grad_weights.data(),
                                    Accumulate::kReplace)
                  .ok());
      REQUIRE(windowed_grad_x(workspace, shape, 2, weights.data(), grad_y.data(), grad_x.data()).ok());
      check_gradient(weights, grad_weights, loss);
      check_gradient(x, grad_x, loss);
    }
  }
}

TEST_CASE("a depthwise convolution's gradients are its finite differences, at both strides, at odd widths") {
  test::SplitMix rng(4, 1);
  for (const std::size_t stride : {1U, 2U}) {
    for (const std::size_t height : {1U, 4U, 5U}) {
      for (const std::size_t width : {2U, 3U}) {
        const std::size_t channels = 20;  // a whole tile of 16 and a part of one
        const DepthwiseShape shape{window_side(height, stride), window_side(width, stride), channels};
        // Small enough, and biased, that ReLU6 stays in its straight part.
        Buffer x = random_buffer(rng, 2 * height * width * channels, -0.3, 0.3);
        Buffer weights = random_buffer(rng, 9 * channels, -0.3, 0.3);
        Buffer bias = random_buffer(rng, channels, 2.9, 3.1);
        Buffer grad_y = random_buffer(rng, 2 * shape.height.out * shape.width.out * channels);
        Buffer y = zeros(grad_y.size());
        const auto loss = [&] {
          depthwise_forward(shape, 2, x.data(), weights.data(), bias.data(), y.data(), nullptr);
          return dot(y, grad_y);
        };
        loss();
        Buffer grad_x = random_buffer(rng, x.size());  // leftovers are overwritten
        Buffer grad_weights = zeros(weights.size());
        Buffer grad_bias = zeros(channels);
        depthwise_backward(shape, 2,
                           {.x = x.data(),
                            .weights = weights.data(),
                            .y = y.data(),
                            .grad_y = grad_y.data(),
                            .grad_x = grad_x.data(),
                            .grad_weights = grad_weights.data(),
                            .grad_bias = grad_bias.data()},
                           nullptr);
        check_gradient(x, grad_x, loss);
        check_gradient(weights, grad_weights, loss);
        check_gradient(bias, grad_bias, loss);
      }
    }
  }
}

TEST_CASE("the ReLU6 before and behind a depthwise convolution gives what the two by themselves give") {
  test::SplitMix rng(6, 1);
  const std::size_t channels = 20;
  const DepthwiseShape shape{window_side(4, 1), window_side(5, 1), channels};
  const std::size_t row_count = 2 * 4 * 5;
  Buffer x = random_buffer(rng, row_count * channels, -2, 8);
  for (float& value : x.span()) value = std::clamp(value, 0.0F, 6.0F);
  const Buffer weights = random_buffer(rng, 9 * channels, -1, 1);
  const Buffer bias = random_buffer(rng, channels, -1, 1);
  Buffer y = zeros(row_count * channels);
  depthwise_forward(shape, 2, x.data(), weights.data(), bias.data(), y.data(), nullptr);
  const Buffer grad = random_buffer(rng, y.size());

  const auto backward = [&](bool at_once) {
    Buffer grad_y = zeros(y.size());
    std::copy(grad.span().begin(), grad.span().end(), grad_y.data());
    Buffer grad_x = zeros(x.size());
    Buffer grad_weights = zeros(weights.size());
    Buffer sums = zeros(2 * channels);
    DepthwiseBackward operands{.x = x.data(),
                               .weights = weights.data(),
                               .y = y.data(),
                               .grad_y = grad_y.data(),
                               .grad_x = grad_x.data(),
                               .grad_weights = grad_weights.data(),
                               .grad_bias = sums.data()};
    if (at_once) operands.grad_input_bias = sums.data() + channels;
    depthwise_backward(shape, 2, operands, nullptr);
    if (!at_once) {
      relu6_bias_backward(x.data(), grad_x.data(), row_count, channels, sums.data() + channels, nullptr);
    }
    std::vector<float> all;
    for (const Buffer* buffer : {&grad_y, &grad_x, &grad_weights, &sums}) {
      all.insert(all.end(), buffer->span().begin(), buffer->span().end());
    }
    return all;
  };
  CHECK(backward(true) == backward(false));
}

TEST_CASE("ReLU6 lets the gradient through between its corners only, and the bias gets the sum") {
  Buffer y = zeros(8);
  Buffer grad = zeros(8);
  for (std::size_t i = 0; i < 8; ++i) grad.data()[i] = static_cast<float>(i + 1);
  const float values[] = {0.0F, 6.0F, 3.0F, 0.1F, 5.9F, 0.0F, 2.0F, 6.0F};
  std::copy(std::begin(values), std::end(values), y.data());
  Buffer grad_bias = zeros(4);
  relu6_bias_backward(y.data(), grad.data(), 2, 4, grad_bias.data(), nullptr);
  const float expected[] = {0, 0, 3, 4, 5, 0, 7, 0};
  CHECK(std::equal(grad.span().begin(), grad.span().end(), std::begin(expected)));
  const float sums[] = {5, 0, 10, 4};
  CHECK(std::equal(grad_bias.span().begin(), grad_bias.span().end(), std::begin(sums)));
}

TEST_CASE("mean pooling's gradient is its finite difference") {
  test::SplitMix rng(5, 1);
  Buffer x = random_buffer(rng, 2 * 9 * 8);
  const Buffer grad_y = random_buffer(rng, 2 * 8);
  Buffer y = zeros(2 * 8);
  Buffer grad_x = zeros(x.size());
  mean_pool_backward(grad_y.data(), 2, 9, 8, grad_x.data(), nullptr);
  check_gradient(x, grad_x, [&] {
    mean_pool(x.data(), 2, 9, 8, y.data(), nullptr);
    return dot(y, grad_y);
  });
}

TEST_CASE("the balanced cross-entropy's gradient is its finite difference") {
  test::SplitMix rng(6, 1);
  Buffer logits = random_buffer(rng, 4 * 3, -3, 3);
  Buffer grad = zeros(logits.size());
  const std::uint32_t classes[] = {0, 2, 1, 2};
  const float weights[] = {0.5F, 2.0F, 1.0F};
  static_cast<void>(cross_entropy(logits.span(), classes, weights, 1.0F, grad.span()));
  check_gradient(
      logits, grad, [&] { return cross_entropy(logits.span(), classes, weights, 1.0F, {}); }, 0.01F, 1e-3);
}

TEST_CASE("the cross-entropy of equal logits is the logarithm of the number of classes") {
  const std::vector<float> logits(8, 1000.0F);
  const std::uint32_t classes[] = {0, 3};
  const std::vector<float> weights(4, 1.0F);
  CHECK(cross_entropy(logits, classes, weights, 1.0F, {}) == doctest::Approx(2 * std::log(4.0)));
}
