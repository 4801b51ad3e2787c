// Networks with gates and curved activations in 8-bit numbers, and formats that cannot hold a layer.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "export/limits.h"
#include "export/quantiser.h"
#include "export/step_runner.h"
#include "export/whole_steps.h"
#include "export/writers.h"
#include "headstart/export.h"
#include "support/session.h"
#include "support/tflite_builder.h"

using namespace headstart;
using namespace headstart::test;

namespace {

constexpr std::int32_t kSide = 32;
constexpr std::int8_t kRelu = 1;

// A stem with hard_swish and a squeeze-and-excite block behind it, as MobileNetV3 has them.
std::vector<std::uint8_t> gated_file() {
  TfliteBuilder builder(kSide);
  const auto swish = [&](std::int32_t map) {
    return builder.add(TfliteBuilder::kHardSwish, {map}, builder.shape(map));
  };
  std::int32_t map = swish(builder.convolution(builder.input(), 8, 3, 2));
  map = swish(builder.depthwise(map, 5, 1, 0));
  std::int32_t gate = builder.convolution(builder.mean(map), 8, 1, 1, kRelu);
  gate = builder.convolution(gate, 8);
  gate = builder.add(TfliteBuilder::kLogistic, {gate}, builder.shape(gate));
  map = builder.add(TfliteBuilder::kMultiply, {map, gate}, builder.shape(map));
  map = swish(builder.convolution(map, 12, 3, 2));
  builder.classifier(map, 2);
  return builder.file();
}

Head head_of(const std::vector<std::uint8_t>& file) {
  const ComputePool pool = std::move(ComputePool::create(1)).value();
  Session session = open_session(file, pool);
  teach(session, 6, 3);
  REQUIRE(train(session).ok());
  Result<Head> head = read_head_file(session.export_head("").value());
  REQUIRE(head.ok());
  return std::move(head).value();
}

std::vector<std::uint8_t> rgb_of(int number) {
  const DrawnPicture picture = draw(number % 3, number, kSide, kSide);
  std::vector<std::uint8_t> rgb;
  for (std::size_t i = 0; i < picture.rgba.size(); ++i) {
    if (i % 4 != 3) rgb.push_back(picture.rgba[i]);
  }
  return rgb;
}

// The gate as it stands in the file, or another one in its place.
ExportedModel gated_model(Activation gate) {
  const std::vector<std::uint8_t> file = gated_file();
  Result<ExportedModel> model = read_exported_model(file, head_of(file));
  REQUIRE(model.ok());
  std::size_t count = 0;
  for (Step& step : model.value().steps) {
    if (step.activation != Activation::kSigmoid) continue;
    step.activation = gate;
    ++count;
  }
  REQUIRE(count == 1);
  return std::move(model).value();
}

}  // namespace

TEST_CASE("steps that were taken apart for whole numbers compute what they did") {
  const ComputePool pool = std::move(ComputePool::create(1)).value();
  for (const Activation gate : {Activation::kSigmoid, Activation::kHardSigmoid, Activation::kSwish}) {
    CAPTURE(activation_name(gate));
    const ExportedModel before = gated_model(gate);
    ExportedModel after = gated_model(gate);
    take_apart_for_whole_numbers(after);
    CHECK(after.steps.size() > before.steps.size());
    StepRunner exact(before.steps, pool);
    StepRunner apart(after.steps, pool);
    for (int number = 20; number < 23; ++number) {
      const std::vector<std::uint8_t> rgb = rgb_of(number);
      const auto expected = exact.run(rgb).value();
      const auto got = apart.run(rgb).value();
      for (std::size_t i = 0; i < expected.size(); ++i)
        CHECK(got[i] == doctest::Approx(static_cast<double>(expected[i])).epsilon(1e-5));
    }
  }
}

TEST_CASE("gates and curved activations in 8-bit numbers stay near what they were") {
  const ComputePool pool = std::move(ComputePool::create(1)).value();
  for (const Activation gate : {Activation::kSigmoid, Activation::kHardSigmoid, Activation::kSwish}) {
    CAPTURE(activation_name(gate));
    ExportedModel model = gated_model(gate);
    take_apart_for_whole_numbers(model);
    Quantiser quantiser(model, pool);
    for (int number = 0; number < 12; ++number) REQUIRE(quantiser.calibrate(rgb_of(number)).ok());
    const QuantisedModel whole = quantiser.quantise(QuantisedEnds::kReal, CurvedMaps::kWhole);
    for (std::size_t i = 0; i < model.steps.size(); ++i) {
      const Step& step = model.steps[i];
      if (has_gate_inside(step)) CHECK(whole.scales[i].rounded(9) == doctest::Approx(1));
      if (step.kind == StepKind::kActivation && step.activation == Activation::kSigmoid) {
        CHECK(whole.scales[i].scale == 1.0F / 256);
        CHECK(whole.scales[i].zero_point == -128);
      }
    }
    StepRunner exact(model.steps, pool);
    QuantisedRunner coarse(whole, pool);
    for (int number = 20; number < 26; ++number) {
      const std::vector<std::uint8_t> rgb = rgb_of(number);
      const auto expected = exact.run(rgb).value();
      const auto got = coarse.run(rgb).value();
      for (std::size_t i = 0; i < expected.size(); ++i) CHECK(std::abs(got[i] - expected[i]) < 0.1F);
    }
  }
}

TEST_CASE("which formats cannot hold a network is known before anything is written") {
  TfliteBuilder builder(kSide);
  std::int32_t map = builder.convolution(builder.input(), 8, 3, 2, kRelu);
  map = builder.pool(TfliteBuilder::kMaxPool, map, 3, 2, /*is_same=*/true);
  builder.classifier(builder.convolution(map, 8), 2);
  const std::vector<std::uint8_t> file = builder.file();
  const Head head = head_of(file);
  const auto refused = refused_formats(file, head);
  REQUIRE(refused.ok());
  REQUIRE(refused.value().size() == 1);
  CHECK(refused.value().front().format == ModelFormat::kTfjs);
  CHECK(refused.value().front().reason.find("TensorFlow.js cannot hold max_pool, which ") == 0);
  const auto written = export_model(file, head, {.format = ModelFormat::kTfjs});
  REQUIRE_FALSE(written.ok());
  CHECK(written.error().code == ErrorCode::kUnsupported);
  CHECK(written.error().message == refused.value().front().reason);
  CHECK(export_model(file, head, {.format = ModelFormat::kTflite}).ok());

  const std::vector<std::uint8_t> other = gated_file();
  CHECK(refused_formats(other, head_of(other)).value().empty());
}
