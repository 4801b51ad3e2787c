// .tflite files to networks: each kind of layer against its definition, what is dropped, what is refused.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "files/float16.h"
#include "headstart/backbone.h"
#include "network/network_file.h"
#include "network/tflite_reader.h"
#include "support/network_reference.h"
#include "support/tflite_builder.h"
#include "support/tflite_networks.h"

using namespace headstart;
using test::Flat;
using test::hard_sigmoid;
using test::kRelu;
using test::kRelu6;
using test::TfliteBuilder;
using test::v3_network;

namespace {

constexpr std::int32_t kSide = 32;

Network read(const TfliteBuilder& builder) {
  auto network = read_tflite(builder.file());
  if (!network.ok()) MESSAGE(network.error().message);
  REQUIRE(network.ok());
  return std::move(network).value();
}

Error refused(const TfliteBuilder& builder) {
  const auto network = read_tflite(builder.file());
  REQUIRE_FALSE(network.ok());
  return network.error();
}

std::string block_names(const Network& network) {
  std::string names;
  for (const Block& block : network.blocks) names += (names.empty() ? "" : " ") + block.name;
  return names;
}

std::string layer_names(const Network& network, const char* block) {
  const Block& found = *network.find_block(block);
  std::string names;
  for (std::size_t i = found.begin; i < found.end; ++i) {
    names += (names.empty() ? "" : " ") + network.layers[i].name;
  }
  return names;
}

// The largest difference between XNNPACK's last map and the definition's, as a part of the largest value.
double difference_from_definition(const Network& network) {
  const auto pool = ComputePool::create(1);
  REQUIRE(pool.ok());
  auto backbone = Backbone::from_network(network, {.maps = {network.blocks.back().name}}, pool.value());
  if (!backbone.ok()) MESSAGE(backbone.error().message);
  REQUIRE(backbone.ok());
  test::RandomNumbers numbers(7);
  const std::span<float> input = backbone.value().input(0);
  for (float& value : input) value = numbers.next();
  REQUIRE(backbone.value().run(1).ok());
  const std::vector<double> expected = test::run_network(network, input);
  const std::span<const float> came = backbone.value().map(0, 0);
  REQUIRE(came.size() == expected.size());
  double difference = 0;
  double largest = 1e-6;
  for (std::size_t i = 0; i < came.size(); ++i) {
    difference = std::max(difference, std::abs(static_cast<double>(came[i]) - expected[i]));
    largest = std::max(largest, std::abs(expected[i]));
  }
  return difference / largest;
}

// The picture's metadata: one unit of normalisation.
Flat::Bytes metadata(const std::vector<float>& mean, const std::vector<float>& deviation) {
  Flat options;
  options.child(0, Flat::numbers(mean)).child(1, Flat::numbers(deviation));
  Flat unit;
  unit.number<std::uint8_t>(0, 1).child(1, options);
  Flat input;
  input.child(4, Flat::tables({unit}));
  Flat graph;
  graph.child(2, Flat::tables({input}));
  Flat root;
  root.text(0, "Flowers").child(3, Flat::tables({graph})).text(4, "A gardener").text(5, "Apache-2.0");
  return root.file("M001");
}

}  // namespace

TEST_CASE("a MobileNetV3 becomes blocks with squeeze-and-excite, its classifier is dropped") {
  const Network network = read(v3_network());
  CHECK(block_names(network) == "stem blocks.0 blocks.1 last");
  CHECK(layer_names(network, "stem") == "stem");
  CHECK(layer_names(network, "blocks.1") ==
        "blocks.1.expand blocks.1.depthwise blocks.1.global_average_pool blocks.1.reduce blocks.1.excite "
        "blocks.1.multiply blocks.1.project blocks.1.add");
  CHECK(network.find_layer("blocks.1.expand")->activation == Activation::kHardSwish);
  CHECK(network.find_layer("blocks.1.excite")->activation == Activation::kHardSigmoid);
  CHECK(network.find_tensor("blocks.1.depthwise.weight")->shape == std::vector<std::size_t>{5, 5, 32});
  CHECK(network.embedding_dim() == 24);
  CHECK(network.input_size_px == 32);
  CHECK(difference_from_definition(network) < 1e-5);
}

TEST_CASE("a MobileNetV1 has a block for each pointwise convolution") {
  TfliteBuilder builder(kSide);
  std::int32_t map = builder.convolution(builder.input(), 8, 3, 2, kRelu6);
  for (const std::int32_t stride : {1, 2, 1}) {
    map = builder.depthwise(map, 3, stride, kRelu6);
    map = builder.convolution(map, 12, 1, 1, kRelu6);
  }
  builder.classifier(map, 4);
  const Network network = read(builder);
  CHECK(block_names(network) == "stem blocks.0 blocks.1 last");
  CHECK(layer_names(network, "last") == "last.depthwise last.project");
  CHECK(difference_from_definition(network) < 1e-5);
}

TEST_CASE("a ResNet has a block for each addition, padded by hand as its exporter pads") {
  TfliteBuilder builder(kSide);
  std::int32_t map =
      builder.convolution(builder.pad(builder.input(), 3, 3), 8, 7, 2, kRelu, /*is_same=*/false);
  map = builder.pool(TfliteBuilder::kMaxPool, builder.pad(map, 1, 1), 3, 2, /*is_same=*/false);
  for (const std::int32_t stride : {1, 2}) {
    const std::int32_t channels = 8 * stride;
    std::int32_t inner =
        builder.convolution(builder.pad(map, 1, 1), channels, 3, stride, kRelu, /*is_same=*/false);
    inner = builder.convolution(inner, channels, 3);
    const std::int32_t beside = stride == 1 ? map : builder.convolution(map, channels, 1, stride);
    map = builder.add(TfliteBuilder::kAdd, {inner, beside}, builder.shape(inner),
                      Flat().number<std::int8_t>(0, kRelu));
  }
  builder.classifier(map, 4);
  const Network network = read(builder);
  CHECK(block_names(network) == "stem blocks.0 last");
  CHECK(layer_names(network, "stem") == "stem stem.max_pool");
  CHECK(network.layers[0].padding == Padding{PaddingKind::kExplicit, 3, 3, 3, 3});
  CHECK(network.layers.back().activation == Activation::kRelu);
  CHECK(difference_from_definition(network) < 1e-5);
}

TEST_CASE("pools, joints, groups, swish and scales of channels are what their definitions say") {
  TfliteBuilder builder(kSide);
  std::int32_t map = builder.convolution(builder.input(), 8, 3, 1, kRelu);
  const std::int32_t averaged = builder.pool(TfliteBuilder::kAveragePool, map, 3, 2, /*is_same=*/true);
  const std::int32_t several = builder.depthwise(map, 3, 2, 0, /*is_same=*/true, /*multiplier=*/2);
  map = builder.add(TfliteBuilder::kConcatenate, {averaged, several}, {1, 16, 16, 24},
                    Flat().number<std::int32_t>(0, 3));
  const std::int32_t open = builder.add(TfliteBuilder::kLogistic, {map}, builder.shape(map));
  map = builder.add(TfliteBuilder::kMultiply, {map, open}, builder.shape(map));
  const std::int32_t factors = builder.random({24}, 2);
  map = builder.add(TfliteBuilder::kMultiply, {map, factors}, builder.shape(map));
  map = builder.pool(TfliteBuilder::kMaxPool, map, 2, 2, /*is_same=*/false);
  builder.classifier(map, 4);
  const Network network = read(builder);
  const auto has = [&](LayerKind kind) {
    return std::ranges::any_of(network.layers, [&](const Layer& layer) { return layer.kind == kind; });
  };
  CHECK(has(LayerKind::kConcatenate));
  CHECK(has(LayerKind::kScale));
  CHECK(std::ranges::any_of(network.layers, [](const Layer& layer) { return layer.groups == 8; }));
  CHECK(std::ranges::any_of(network.layers,
                            [](const Layer& layer) { return layer.activation == Activation::kSwish; }));
  CHECK(difference_from_definition(network) < 1e-5);
}

TEST_CASE("hard-swish that an exporter has taken apart is one activation again") {
  TfliteBuilder builder(kSide);
  std::int32_t map = builder.convolution(builder.input(), 8, 3, 2);
  map = builder.add(TfliteBuilder::kMultiply, {map, hard_sigmoid(builder, map)}, builder.shape(map));
  builder.classifier(map, 4);
  const Network network = read(builder);
  REQUIRE(network.layers.size() == 1);
  CHECK(network.layers[0].activation == Activation::kHardSwish);
  CHECK(difference_from_definition(network) < 1e-5);
}

TEST_CASE("constants are read whatever they were rounded to") {
  const auto network_of = [](const std::string& type) {
    TfliteBuilder builder(kSide);
    const TfliteBuilder::Shape shape = {4, 1, 1, 3};
    const std::vector<float> scales = {0.5F, 0.25F, 1, 2};
    Flat scheme;
    scheme.child(2, Flat::numbers(type == "per channel" ? scales : std::vector<float>{0.5F}));
    scheme.child(
        3, Flat::numbers(std::vector<std::int64_t>(type == "per channel" ? 4 : 1, type == "uint8" ? 10 : 0)));
    std::int32_t weights = 0;
    if (type == "float16") {
      std::vector<std::uint16_t> halves;
      for (int i = 0; i < 12; ++i) halves.push_back(half_from_float(0.5F * static_cast<float>(i - 6)));
      weights = builder.constant(shape, TfliteBuilder::kFloat16, halves);
      weights = builder.add(TfliteBuilder::kDequantise, {weights}, shape);
    } else if (type == "uint8") {
      std::vector<std::uint8_t> bytes;
      for (int i = 0; i < 12; ++i) bytes.push_back(static_cast<std::uint8_t>(i - 6 + 10));
      weights = builder.constant(shape, TfliteBuilder::kUint8, bytes, &scheme);
    } else {
      std::vector<std::int8_t> bytes;
      for (int i = 0; i < 12; ++i) bytes.push_back(static_cast<std::int8_t>(i - 6));
      weights = builder.constant(shape, TfliteBuilder::kInt8, bytes, &scheme);
    }
    builder.classifier(
        builder.add(TfliteBuilder::kConvolution, {builder.input(), weights}, {1, kSide, kSide, 4},
                    Flat().number<std::int8_t>(0, 0).number<std::int32_t>(1, 1).number<std::int32_t>(2, 1)),
        2);
    return read(builder);
  };
  for (const char* type : {"float16", "uint8", "per tensor"}) {
    CAPTURE(type);
    const Network network = network_of(type);
    const std::span<const float> values = network.layers[0].weights->values;
    for (std::size_t i = 0; i < values.size(); ++i) CHECK(values[i] == 0.5F * (static_cast<float>(i) - 6));
    CHECK(network.layers[0].biases->values[3] == 0);
  }
  const std::vector<float> expected = {-3, -2.5F, -2, -0.75F, -0.5F, -0.25F, 0, 1, 2, 6, 8, 10};
  CHECK(std::ranges::equal(network_of("per channel").layers[0].weights->values, expected));
}

TEST_CASE("what a pixel becomes is told by the input's bytes, the metadata, or the first layers") {
  const auto builder_with = [](bool scales) {
    TfliteBuilder builder(kSide);
    std::int32_t map = builder.input();
    if (scales) {
      const std::int32_t factor =
          builder.constant({}, TfliteBuilder::kFloat32, std::vector<float>{1 / 127.5F});
      const std::int32_t offset = builder.constant({}, TfliteBuilder::kFloat32, std::vector<float>{-1});
      map = builder.add(TfliteBuilder::kMultiply, {map, factor}, builder.shape(map));
      map = builder.add(TfliteBuilder::kAdd, {map, offset}, builder.shape(map));
    }
    builder.classifier(builder.convolution(map, 4, 3, 2), 2);
    return builder;
  };
  const auto text = [](const Network& network) { return network.input_scale + " " + network.input_offset; };
  CHECK(text(read(builder_with(false))) == "1/127.5 -1");
  CHECK(text(read(builder_with(true))) == "1/127.5 -1");
  CHECK(read(builder_with(true)).layers.size() == 1);

  TfliteBuilder bytes = builder_with(false);
  bytes.quantise_input(TfliteBuilder::kUint8, 1.0F / 255, 0);
  CHECK(text(read(bytes)) == "1/255 0");
  bytes.quantise_input(TfliteBuilder::kInt8, 1.0F / 128, 0);
  CHECK(text(read(bytes)) == "1/128 -1");

  TfliteBuilder described = builder_with(false);
  described.set_metadata(metadata({127}, {128}));
  CHECK(text(read(described)) == "1/128 -0.9921875");
  CHECK(read(described).license == "Apache-2.0");
  CHECK(read(described).source == "Flowers, A gardener");
  TfliteBuilder coloured = builder_with(false);
  coloured.set_metadata(metadata({124, 116, 104}, {58, 57, 59}));
  const Network network = read(coloured);
  CHECK(text(network) == "1 0");
  CHECK(network.layers[0].kind == LayerKind::kScale);
  CHECK(network.layers[0].weights->values[1] == 1.0F / 57);

  const auto chosen = read_tflite(described.file(), Normalisation{1.0F / 255, 0});
  REQUIRE(chosen.ok());
  CHECK(text(chosen.value()) == "1/255 0");
}

TEST_CASE("an operator that there is no layer for is named, and only where the embedding needs it") {
  TfliteBuilder needed(kSide);
  std::int32_t map = needed.convolution(needed.input(), 4, 3, 2);
  map = needed.add(TfliteBuilder::kTranspose, {map}, needed.shape(map));
  needed.classifier(map, 2);
  const Error error = refused(needed);
  CHECK(error.code == ErrorCode::kUnsupported);
  CHECK(error.message.find("TRANSPOSE") != std::string::npos);

  TfliteBuilder behind(kSide);
  map = behind.convolution(behind.input(), 4, 3, 2);
  map = behind.classifier(map, 2);
  behind.add(TfliteBuilder::kTranspose, {map}, {1, 2});
  CHECK(read(behind).layers.size() == 1);
}

TEST_CASE("an input whose pixels become numbers beyond all use is refused") {
  for (const float scale : {1e30F, std::numeric_limits<float>::infinity(), std::nanf(""), 0.0F, 1e-30F}) {
    CAPTURE(scale);
    TfliteBuilder builder(kSide);
    builder.quantise_input(TfliteBuilder::kUint8, scale, 0);
    builder.classifier(builder.convolution(builder.input(), 8, 3, 2), 4);
    CHECK(refused(builder).code == ErrorCode::kBadFile);
  }
  TfliteBuilder far(kSide);
  far.quantise_input(TfliteBuilder::kUint8, 1.0F, std::numeric_limits<std::int64_t>::max());
  far.classifier(far.convolution(far.input(), 8, 3, 2), 4);
  CHECK(refused(far).code == ErrorCode::kBadFile);
}

TEST_CASE("files that are no picture network, or damaged, are refused") {
  TfliteBuilder empty(kSide);
  CHECK(refused(empty).code == ErrorCode::kBadFile);
  const std::vector<std::uint8_t> file = v3_network().file();
  for (std::size_t size = 8; size < file.size(); size += 97) {
    const auto network = read_tflite(std::span(file).first(size));
    CHECK_FALSE(network.ok());
  }
  // Every place that is an offset or a number, one after another: whatever comes, it is an answer.
  std::vector<std::uint8_t> mutated = file;
  std::size_t read_count = 0;
  for (std::size_t i = 4; i < file.size(); i += 11) {
    mutated[i] ^= 0xFFU;
    if (const auto network = read_tflite(mutated); network.ok()) {
      ++read_count;
      CHECK(check_tensors(network.value()).ok());
    }
    mutated[i] = file[i];
  }
  CHECK(read_count > 0);
}

TEST_CASE("a network whose numbers run away is refused when it is loaded") {
  TfliteBuilder builder(kSide);
  const std::int32_t map = builder.convolution(builder.input(), 4, 3, 2);
  const std::int32_t huge =
      builder.constant({4, 1, 1, 4}, TfliteBuilder::kFloat32, std::vector<float>(16, 3e38F));
  const std::int32_t next =
      builder.add(TfliteBuilder::kConvolution, {map, huge}, {1, 16, 16, 4},
                  Flat().number<std::int8_t>(0, 0).number<std::int32_t>(1, 1).number<std::int32_t>(2, 1));
  builder.classifier(next, 2);
  const auto pool = ComputePool::create(1);
  REQUIRE(pool.ok());
  const auto backbone = Backbone::load(builder.file(), {}, pool.value());
  REQUIRE_FALSE(backbone.ok());
  CHECK(backbone.error().code == ErrorCode::kBadFile);
  CHECK(backbone.error().message.find("last") != std::string::npos);
}

TEST_CASE("a backbone is loaded from either kind of file, with maps, cuts and other input sizes") {
  const auto pool = ComputePool::create(1);
  REQUIRE(pool.ok());
  const std::vector<std::uint8_t> file = v3_network().file();
  auto whole = Backbone::load(file, {.maps = {"blocks.0", "last"}}, pool.value());
  REQUIRE(whole.ok());
  CHECK(whole.value().info().embedding_dim == 24);
  CHECK(whole.value().info().architecture == "tflite");
  CHECK(whole.value().maps()[0].height == 8);
  CHECK(whole.value().maps()[1].channel_count == 24);
  CHECK(whole.value().feature_count() == 8 + 8 + 8 + 24);  // one block's deviation too
  auto cut =
      Backbone::load(file, {.input_size_px = 96, .maps = {"blocks.1"}, .end_map = "blocks.1"}, pool.value());
  REQUIRE(cut.ok());
  CHECK(cut.value().maps()[0].height == 24);
  CHECK(cut.value().feature_count() == 16);
}
