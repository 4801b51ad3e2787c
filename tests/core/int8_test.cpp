// Networks whose files compute in bytes: read as such, run in bytes, and float32 where they are not.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "headstart/backbone.h"
#include "headstart/export.h"
#include "headstart/head.h"
#include "network/join.h"
#include "network/network_file.h"
#include "network/tflite_reader.h"
#include "support/network_reference.h"
#include "support/session.h"
#include "support/tflite_builder.h"
#include "support/tflite_networks.h"

using namespace headstart;
using namespace headstart::test;

namespace {

constexpr std::int32_t kSide = 32;
// A sum on the edge between two bytes may fall to either side: rarely one step off, and behind many layers of
// random weights, which make much of it, less than a step as a rule.
constexpr double kRarelyOff = 0.12;
constexpr double kFewSteps = 0.9;

// MobileNetV2's kinds of layers with odd numbers of channels, EfficientNet-Lite's 5x5 among them.
std::vector<std::uint8_t> lite_file(std::uint64_t seed = 1) {
  TfliteBuilder builder(kSide, seed);
  std::int32_t map = builder.convolution(builder.input(), 9, 3, 2, kRelu6);
  map = builder.depthwise(map, 3, 1, kRelu6);
  map = builder.convolution(map, 7);
  for (const std::int32_t kernel : {3, 5}) {
    std::int32_t inner = builder.convolution(map, 21, 1, 1, kRelu6);
    inner = builder.convolution(builder.depthwise(inner, kernel, 1, kRelu6), 7);
    map = builder.add(TfliteBuilder::kAdd, {map, inner}, builder.shape(map));
  }
  map = builder.depthwise(builder.convolution(map, 35, 1, 1, kRelu6), 5, 2, kRelu6);
  map = builder.convolution(builder.convolution(map, 11), 40, 1, 1, kRelu6);
  builder.classifier(map, 3);
  return builder.file();
}

// The smallest byte for the least, the largest for the most; zero is a byte, as padding needs it.
MapScale scale_for(double least, double most) {
  const double scale = std::max((std::max(most, 0.0) - std::min(least, 0.0)) / 255, 1e-6);
  const auto zero_point = static_cast<std::int32_t>(std::round(-128 - std::min(least, 0.0) / scale));
  return {static_cast<float>(scale), std::clamp(zero_point, -128, 127)};
}

double rounded(double value, const MapScale& scale) {
  const auto step = static_cast<double>(scale.scale);
  return (std::clamp(std::nearbyint(value / step) + scale.zero_point, -128.0, 127.0) - scale.zero_point) *
         step;
}

bool is_clamp(Activation activation) {
  return activation == Activation::kLinear || activation == Activation::kRelu ||
         activation == Activation::kRelu6;
}

// What network_reference.h computes, layer by layer, with the results of layers of bytes rounded to them.
std::map<std::string, ReferenceMap> run_in_bytes(const Network& network, std::span<const float> picture) {
  std::map<std::string, ReferenceMap> maps;
  maps[std::string(kNetworkInput)] = {{network.input_size_px, network.input_size_px, 3},
                                      {picture.begin(), picture.end()}};
  for (const Layer& layer : network.layers) {
    const bool has_kind = layer.kind == LayerKind::kConvolution ||
                          layer.kind == LayerKind::kDepthwiseConvolution || layer.kind == LayerKind::kAdd;
    bool is_bytes = layer.quantisation && has_kind && is_clamp(layer.activation);
    std::vector<const MapScale*> scales;
    for (const std::string& input : layer.inputs) {
      const Layer* before = network.find_layer(input);
      const MapScale* scale = nullptr;
      if (before != nullptr && before->quantisation) scale = &before->quantisation->output;
      if (before == nullptr && layer.quantisation && layer.quantisation->picture) {
        scale = &*layer.quantisation->picture;
      }
      is_bytes = is_bytes && scale != nullptr;
      scales.push_back(scale);
    }
    std::vector<ReferenceMap> copies;
    for (std::size_t i = 0; i < layer.inputs.size(); ++i) {
      copies.push_back(maps.at(layer.inputs[i]));
      if (!is_bytes) continue;
      for (double& value : copies.back().values) value = rounded(value, *scales[i]);
    }
    std::vector<const ReferenceMap*> inputs;
    for (const ReferenceMap& copy : copies) inputs.push_back(&copy);
    ReferenceMap made{layer.output, {}};
    for (std::size_t y = 0; y < layer.output.height; ++y) {
      for (std::size_t x = 0; x < layer.output.width; ++x) {
        for (std::size_t c = 0; c < layer.output.channel_count; ++c) {
          const double value = activated(layer.activation, layer_value(layer, inputs, y, x, c));
          made.values.push_back(is_bytes ? rounded(value, layer.quantisation->output) : value);
        }
      }
    }
    maps[layer.name] = std::move(made);
  }
  return maps;
}

std::vector<float> noise(std::size_t count, std::uint64_t seed) {
  RandomNumbers numbers(seed);
  std::vector<float> values(count);
  for (float& value : values) value = numbers.next();
  return values;
}

// Gives the layers scales that fit one picture, and weights that are bytes.
Network quantised(Network network, std::span<const float> picture) {
  const auto maps = run_in_bytes(network, picture);
  for (Layer& layer : network.layers) {
    const auto [least, most] = std::ranges::minmax(maps.at(layer.name).values);
    Quantisation made{.output = scale_for(least, most)};
    if (std::ranges::count(layer.inputs, kNetworkInput) > 0) made.picture = scale_for(-1, 1);
    if (layer.weights) {
      std::vector<float> weights(layer.weights->values.begin(), layer.weights->values.end());
      const std::size_t channels = layer.output.channel_count;
      const std::size_t inner = layer.kind == LayerKind::kConvolution ? weights.size() / channels : 1;
      made.weight_scales.resize(channels);
      for (std::size_t i = 0; i < weights.size(); ++i) {
        float& scale = made.weight_scales[i / inner % channels];
        scale = std::max({scale, std::abs(weights[i]) / 127, 1e-6F});
      }
      for (std::size_t i = 0; i < weights.size(); ++i) {
        const float scale = made.weight_scales[i / inner % channels];
        weights[i] = std::round(weights[i] / scale) * scale;
      }
      layer.weights = make_tensor(layer.weights->name, layer.weights->shape, weights).value();
    }
    layer.quantisation = std::move(made);
  }
  return network;
}

Network quantised(const std::vector<std::uint8_t>& file) {
  const auto network = read_network(file);
  REQUIRE(network.ok());
  return quantised(network.value(), noise(std::size_t{kSide} * kSide * 3, 5));
}

std::vector<float> run(const Network& network, Precision precision, std::span<const float> picture,
                       const std::string& map) {
  const ComputePool pool = one_thread();
  auto backbone = Backbone::from_network(network, {.maps = {map}, .precision = precision}, pool);
  if (!backbone.ok()) MESSAGE(backbone.error().message);
  REQUIRE(backbone.ok());
  std::ranges::copy(picture, backbone.value().input(0).begin());
  REQUIRE(backbone.value().run(1).ok());
  const std::span<const float> values = backbone.value().map(0, 0);
  return {values.begin(), values.end()};
}

double root_mean_square(std::span<const float> came, std::span<const double> expected) {
  REQUIRE(came.size() == expected.size());
  double sum = 0;
  for (std::size_t i = 0; i < came.size(); ++i) {
    const double difference = static_cast<double>(came[i]) - expected[i];
    sum += difference * difference;
  }
  return std::sqrt(sum / static_cast<double>(came.size()));
}

// How far the maps of all blocks are from the definition, root mean square of a map, at most, in steps of it.
double steps_from_definition(const Network& network, Precision precision, std::uint64_t seed) {
  const std::vector<float> picture = noise(std::size_t{kSide} * kSide * 3, seed);
  const auto expected = run_in_bytes(network, picture);
  double steps = 0;
  for (const Block& block : network.blocks) {
    if (!block.is_tapped) continue;
    const Layer& last = network.layers[block.end - 1];
    const double difference =
        root_mean_square(run(network, precision, picture, block.name), expected.at(last.name).values);
    steps = std::max(steps, difference / static_cast<double>(last.quantisation->output.scale));
  }
  return steps;
}

// The same with bytes as a file has them, for the weights' scales and for all maps.
std::vector<std::uint8_t> file_of_bytes(float step) {
  TfliteBuilder builder(kSide);
  builder.quantise_input(TfliteBuilder::kInt8, 1.0F / 128, 0);
  builder.compute_in_bytes(step);
  std::int32_t map = builder.convolution(builder.input(), 9, 3, 2, kRelu6);
  map = builder.convolution(builder.depthwise(builder.pad(map, 2, 2), 5, 2, kRelu6, /*is_same=*/false), 12);
  builder.classifier(map, 3);
  return builder.file();
}

// A head on this network, as a .tflite in int8 fitted to drawn pictures.
std::vector<std::uint8_t> exported_in_bytes(const std::vector<std::uint8_t>& file) {
  const ComputePool pool = one_thread();
  Session session = open_session(file, pool);
  teach(session, 6, 3);
  REQUIRE(train(session).ok());
  const Head head = read_head_file(session.export_head("").value()).value();
  auto made = QuantisedExport::create(file, head, {.format = ModelFormat::kTfliteInt8});
  REQUIRE(made.ok());
  for (int number = 0; number < 9; ++number) {
    REQUIRE(made.value().calibrate(draw(number % 3, number).view()).ok());
  }
  auto bytes = made.value().write();
  REQUIRE(bytes.ok());
  return std::move(bytes).value();
}

}  // namespace

TEST_CASE("each kind of layer of bytes computes what rounding behind it makes of it") {
  constexpr std::int32_t kChannels = 21;
  for (const std::int32_t kernel : {3, 5}) {
    for (const std::int32_t stride : {1, 2}) {
      for (const std::int8_t activation : {std::int8_t{0}, kRelu, kRelu6}) {
        CAPTURE(kernel);
        CAPTURE(stride);
        CAPTURE(activation);
        TfliteBuilder builder(kSide);
        const std::int32_t map = builder.convolution(builder.input(), kChannels, kernel, stride, activation);
        const std::int32_t other = builder.depthwise(map, kernel, stride, activation);
        std::int32_t sum = builder.convolution(other, kChannels, 1, 1, activation);
        if (stride == 1) {
          sum = builder.add(TfliteBuilder::kAdd, {map, sum}, builder.shape(map),
                            Flat().number<std::int8_t>(0, activation));
        }
        builder.classifier(sum, 2);
        const Network network = quantised(builder.file());
        CHECK(steps_from_definition(network, Precision::kInt8, 5) < kRarelyOff);
        CHECK(steps_from_definition(network, Precision::kFloat32, 5) > 2 * kRarelyOff);
      }
    }
  }
}

TEST_CASE("a whole network of bytes stays near what rounding behind each layer makes of it") {
  const Network network = quantised(lite_file());
  CHECK(steps_from_definition(network, Precision::kInt8, 5) < kFewSteps);
}

TEST_CASE("layers that cannot be bytes are float32 between layers that are") {
  const Network network = quantised(v3_network().file());
  CHECK(steps_from_definition(network, Precision::kInt8, 5) < kFewSteps);
}

TEST_CASE("frames of a batch are each as alone, in bytes") {
  const Network network = quantised(lite_file());
  const ComputePool pool = one_thread();
  auto backbone = Backbone::from_network(
      network, {.max_batch_size = 3, .maps = {"last"}, .precision = Precision::kInt8}, pool);
  REQUIRE(backbone.ok());
  CHECK(backbone.value().precision() == Precision::kInt8);
  std::vector<std::vector<float>> pictures;
  for (std::size_t i = 0; i < 3; ++i) {
    pictures.push_back(noise(std::size_t{kSide} * kSide * 3, 10 + i));
    std::ranges::copy(pictures.back(), backbone.value().input(i).begin());
  }
  REQUIRE(backbone.value().run(3).ok());
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(
        std::ranges::equal(backbone.value().map(i, 0), run(network, Precision::kInt8, pictures[i], "last")));
  }
}

TEST_CASE("a layer whose weights were changed is bytes no longer, and what is before it still is") {
  Network network = quantised(lite_file());
  const std::string layer = network.layers[network.blocks[2].begin].name;
  const Tensor& weights = *network.find_tensor(layer + ".weight");
  ChangedTensor changed{weights.name, weights.shape, {weights.values.begin(), weights.values.end()}};
  for (float& value : changed.values) value *= 1.5F;
  const Network after = with_tensors(network, std::span(&changed, 1)).value();
  CHECK_FALSE(after.find_layer(layer)->quantisation);
  CHECK(after.layers.front().quantisation);
  CHECK(after.is_quantised());
  CHECK(steps_from_definition(after, Precision::kInt8, 5) < kFewSteps);
}

TEST_CASE("networks side by side write the picture in bytes each in its own way") {
  std::vector<Network> parts = {quantised(lite_file()), quantised(lite_file(2))};
  parts[1].normalisation = {1.0F / 255, 0};
  parts[1].sha256 = "another";
  const auto whole = join_networks(std::move(parts));
  REQUIRE(whole.ok());
  CHECK(whole.value().is_quantised());
  CHECK(steps_from_definition(whole.value(), Precision::kInt8, 5) < kFewSteps);
}

TEST_CASE("a .tflite in int8 says how to compute in bytes, one in float32 does not") {
  const std::vector<std::uint8_t> plain = lite_file();
  const ComputePool pool = one_thread();
  const auto refused = Backbone::load(plain, {.precision = Precision::kInt8}, pool);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == ErrorCode::kUnsupported);
  CHECK(refused.error().message.find("int8") != std::string::npos);

  const std::vector<std::uint8_t> bytes = exported_in_bytes(plain);
  const auto loaded = Backbone::load(bytes, {.precision = Precision::kInt8}, pool);
  if (!loaded.ok()) MESSAGE(loaded.error().message);
  REQUIRE(loaded.ok());
  CHECK(loaded.value().info().is_quantised);
  const Network& network = loaded.value().network();
  for (const Layer& layer : network.layers) {
    CAPTURE(layer.name);
    CHECK(layer.quantisation);
    CHECK(layer.weights.has_value() == (layer.quantisation && !layer.quantisation->weight_scales.empty()));
  }
  // Rounding loses a little of what the float32 network sees, not more.
  const DrawnPicture picture = draw(1, 40);
  Session in_floats = open_session(bytes, pool);
  auto in_bytes = Session::open(bytes, 0, pool, Precision::kInt8);
  REQUIRE(in_bytes.ok());
  const std::vector<float> exact = in_floats.embed(picture.view(), {}).value();
  const std::vector<float> coarse = in_bytes.value().embed(picture.view(), {}).value();
  const float largest = std::ranges::max(exact);
  float difference = 0;
  for (std::size_t i = 0; i < exact.size(); ++i)
    difference = std::max(difference, std::abs(exact[i] - coarse[i]));
  CHECK(difference > 0);
  CHECK(difference < 0.1F * largest);
}

TEST_CASE("scales in a file are those that its layers are computed with") {
  const auto network = read_network(file_of_bytes(1.0F / 16));
  REQUIRE(network.ok());
  REQUIRE(network.value().layers.size() == 3);
  const Layer& stem = network.value().layers[0];
  REQUIRE(stem.quantisation);
  CHECK(stem.quantisation->output == MapScale{1.0F / 16, 0});
  CHECK(stem.quantisation->picture == MapScale{1.0F / 128, 0});
  CHECK(stem.quantisation->weight_scales.size() == 9);
  CHECK_FALSE(network.value().layers[1].quantisation->picture);
  CHECK(steps_from_definition(network.value(), Precision::kInt8, 5) < kRarelyOff);
}

TEST_CASE("scales too far out to divide by leave a network float32") {
  for (const float step : {1e-30F, 1e30F}) {
    CAPTURE(step);
    const auto network = read_network(file_of_bytes(step));
    REQUIRE(network.ok());
    CHECK_FALSE(network.value().is_quantised());
  }
}
