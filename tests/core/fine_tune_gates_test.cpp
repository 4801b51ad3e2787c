// The backward passes of MobileNetV3's and ResNet's layers, against finite differences.
#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "fine_tune/plan.h"
#include "fine_tune/trained_network.h"
#include "network/tflite_reader.h"
#include "support/gradients.h"
#include "support/tflite_builder.h"

using namespace headstart;
using test::Flat;
using test::TfliteBuilder;

namespace {

constexpr std::int32_t kSide = 32;
constexpr std::size_t kPictures = 2;
constexpr std::size_t kClasses = 3;
constexpr std::int8_t kRelu = 1;

// expand, 5x5 depthwise, squeeze-and-excite, project, the input added.
std::int32_t add_gated_block(TfliteBuilder& builder, std::int32_t input, std::int32_t gate_op) {
  const auto swish = [&](std::int32_t map) {
    return builder.add(TfliteBuilder::kHardSwish, {map}, builder.shape(map));
  };
  std::int32_t map = swish(builder.convolution(input, 16));
  map = swish(builder.depthwise(map, 5, 1, 0));
  std::int32_t gate = builder.convolution(builder.mean(map), 8, 1, 1, kRelu);
  gate = builder.convolution(gate, 16);
  gate = builder.add(static_cast<TfliteBuilder::Op>(gate_op), {gate}, builder.shape(gate));
  map = builder.add(TfliteBuilder::kMultiply, {map, gate}, builder.shape(map));
  map = builder.convolution(map, 8);
  return builder.add(TfliteBuilder::kAdd, {input, map}, builder.shape(map));
}

// Two 3x3 convolutions, the input added, ReLU behind the sum.
std::int32_t add_residual_block(TfliteBuilder& builder, std::int32_t input) {
  const std::int32_t inner = builder.convolution(builder.convolution(input, 8, 3, 1, kRelu), 8, 3);
  return builder.add(TfliteBuilder::kAdd, {inner, input}, builder.shape(input),
                     Flat().number<std::int8_t>(0, kRelu));
}

Network gated_network() {
  TfliteBuilder builder(kSide);
  std::int32_t map = builder.convolution(builder.input(), 8, 3, 2, kRelu);
  map = add_gated_block(builder, map, TfliteBuilder::kLogistic);
  map = add_residual_block(builder, map);
  map = builder.depthwise(map, 3, 2, kRelu);
  map = builder.convolution(map, 12);
  map = builder.add(TfliteBuilder::kHardSwish, {map}, builder.shape(map));
  builder.classifier(map, 2);
  auto network = read_tflite(builder.file());
  REQUIRE(network.ok());
  return std::move(network).value();
}

// The sum of the logits by fixed factors, and in `grad_logits` its gradient.
double weighted_logits(TrainedNetwork& network) {
  REQUIRE(network.forward(kPictures).ok());
  double sum = 0;
  for (std::size_t i = 0; i < kPictures * kClasses; ++i) {
    const float factor = 0.5F - 0.3F * static_cast<float>(i % 4);
    sum += static_cast<double>(factor) * static_cast<double>(network.logits()[i]);
    network.grad_logits()[i] = factor;
  }
  return sum;
}

}  // namespace

TEST_CASE("gradients through gates, hard-swish, windows and sums are those of finite differences") {
  const auto pool = ComputePool::create(1);
  REQUIRE(pool.ok());
  FineTuneOptions options;
  options.part = TrainedPart::kWholeNetwork;
  auto plan = make_fine_tune_plan(gated_network(), options, kClasses);
  if (!plan.ok()) MESSAGE(plan.error().message);
  REQUIRE(plan.ok());
  test::RandomNumbers numbers(3);
  const std::size_t head = plan.value().head_weights();
  std::vector<float> head_weights(kClasses * plan.value().feature_count());
  for (float& value : head_weights) value = numbers.next();
  restart_parameter(plan.value().parameters[head], head_weights);
  auto made = TrainedNetwork::create(std::move(plan).value(), kPictures, std::size_t{1} << 30U, pool.value());
  REQUIRE(made.ok());
  TrainedNetwork& network = made.value();
  for (std::size_t picture = 0; picture < kPictures; ++picture) {
    for (float& value : network.input(picture)) value = numbers.next();
  }
  weighted_logits(network);
  REQUIRE(network.backward(kPictures, Accumulate::kReplace).ok());
  test::check_gradients(network, weighted_logits);
}

TEST_CASE("the last blocks of a MobileNetV3 can be trained, behind a border of its own") {
  FineTuneOptions options;
  options.part = TrainedPart::kLastBlocks;
  options.block_count = 1;
  const Network network = gated_network();
  const auto plan = make_fine_tune_plan(network, options, kClasses);
  REQUIRE(plan.ok());
  CHECK(plan.value().border() == "blocks.0");
  CHECK(plan.value().parameters.front().name == "blocks.1.convolution.weight");
  CHECK(plan.value().frozen_weight_count > 0);
}

TEST_CASE("a layer that cannot be trained is named with its kind, where it would be trained") {
  TfliteBuilder builder(kSide);
  std::int32_t map = builder.convolution(builder.input(), 8, 3, 2, kRelu);
  map = builder.pool(TfliteBuilder::kMaxPool, map, 3, 2, /*is_same=*/true);
  map = add_residual_block(builder, map);
  builder.classifier(add_residual_block(builder, map), 2);
  const auto network = read_tflite(builder.file());
  REQUIRE(network.ok());
  FineTuneOptions options;
  options.part = TrainedPart::kWholeNetwork;
  const auto whole = make_fine_tune_plan(network.value(), options, kClasses);
  REQUIRE_FALSE(whole.ok());
  CHECK(whole.error().code == ErrorCode::kUnsupported);
  CHECK(whole.error().message.find("fine-tuning has no backward pass for max_pool") == 0);
  options.part = TrainedPart::kLastConvolution;
  CHECK(make_fine_tune_plan(network.value(), options, kClasses).ok());
}
