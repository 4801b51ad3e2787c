// Networks against a float64 reference pass: those of random weights always, by the pass in
// support/reference_pass.h, and the published ones by golden numbers where ../shared (or HEADSTART_SHARED)
// has them.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "files/safetensors.h"
#include "headstart/backbone.h"
#include "headstart/features.h"
#include "support/files.h"
#include "support/random_backbone.h"
#include "support/reference_pass.h"

using namespace headstart;

namespace {

using Floats = std::vector<float>;

constexpr const char* kKeys[] = {"blocks.5", "blocks.12", "blocks.16"};

Floats floats_of(const SafetensorsView& file, const std::string& name) {
  const TensorView* tensor = file.find(name);
  REQUIRE(tensor != nullptr);
  Floats values(tensor->element_count());
  REQUIRE(read_floats(*tensor, values).ok());
  return values;
}

// The largest difference, as a part of the largest reference value.
double relative_difference(std::span<const float> came, std::span<const float> expected) {
  REQUIRE(came.size() == expected.size());
  float difference = 0;
  float largest = 0;
  for (std::size_t i = 0; i < came.size(); ++i) {
    difference = std::max(difference, std::abs(came[i] - expected[i]));
    largest = std::max(largest, std::abs(expected[i]));
  }
  return static_cast<double>(difference) / static_cast<double>(largest);
}

double cosine(std::span<const float> a, std::span<const float> b) {
  double dot = 0;
  double a_squared = 0;
  double b_squared = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const auto x = static_cast<double>(a[i]);
    const auto y = static_cast<double>(b[i]);
    dot += x * y;
    a_squared += x * x;
    b_squared += y * y;
  }
  return dot / std::sqrt(a_squared * b_squared);
}

struct Agreement {
  double embedding_difference = 0;
  double map_difference = 0;
  double feature_difference = 0;  // of the means that the pass gives besides the embedding
  double lowest_cosine = 1;
  std::size_t picture_count = 0;
};

// Runs every golden picture, all in one batch, and compares.
Agreement agreement_of(const std::vector<std::uint8_t>& backbone_bytes, const SafetensorsView& golden,
                       std::size_t thread_count) {
  const auto pool = ComputePool::create(thread_count);
  REQUIRE(pool.ok());
  std::vector<std::string> pictures;
  const std::string suffix = ".input";
  for (const TensorView& tensor : golden.tensors()) {
    if (tensor.name.ends_with(suffix))
      pictures.push_back(tensor.name.substr(0, tensor.name.size() - suffix.size()));
  }
  auto loaded = Backbone::load(
      backbone_bytes, {.max_batch_size = pictures.size(), .maps = {std::begin(kKeys), std::end(kKeys)}},
      pool.value());
  if (!loaded.ok()) MESSAGE(loaded.error().message);
  REQUIRE(loaded.ok());
  Backbone& backbone = loaded.value();
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    const Floats pixels = floats_of(golden, pictures[i] + ".input");
    const Normalisation& normalisation = backbone.info().normalisation;
    std::ranges::transform(pixels, backbone.input(i).begin(),
                           [&](float value) { return value * normalisation.scale + normalisation.offset; });
  }
  REQUIRE(backbone.run(pictures.size()).ok());
  Agreement agreement;
  agreement.picture_count = pictures.size();
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    const Floats expected = floats_of(golden, pictures[i] + ".embedding");
    agreement.embedding_difference =
        std::max(agreement.embedding_difference, relative_difference(backbone.embedding(i), expected));
    agreement.lowest_cosine = std::min(agreement.lowest_cosine, cosine(backbone.embedding(i), expected));
    Floats features(backbone.feature_count());
    backbone.features(i, features);
    const auto blocks = select_features(backbone.feature_blocks(), {std::begin(kKeys), std::end(kKeys)});
    for (const FeatureBlock& block : blocks.value()) {
      const auto came = std::span(features).subspan(block.offset, block.count);
      agreement.feature_difference =
          std::max(agreement.feature_difference,
                   relative_difference(came, floats_of(golden, pictures[i] + "." + block.map + ".mean")));
    }
    for (std::size_t map_index = 0; map_index < backbone.maps().size(); ++map_index) {
      const MapInfo& info = backbone.maps()[map_index];
      Floats mean(info.channel_count);
      pool_map(backbone.map(i, map_index), info.channel_count, mean);
      agreement.map_difference =
          std::max(agreement.map_difference,
                   relative_difference(mean, floats_of(golden, pictures[i] + "." + info.name + ".mean")));
    }
  }
  return agreement;
}

// Calls `check(agreement)` for a published network where it is at hand.
template <typename Check>
void with_golden(const std::string& network, const std::string& type, std::size_t thread_count, Check check) {
  const std::string backbone_path = test::shared_path("backbones/" + network + "." + type + ".safetensors");
  const auto backbone = test::read_file(backbone_path);
  const auto golden =
      test::read_file(test::shared_path("backbones/golden/" + network + ".golden.safetensors"));
  if (!backbone || !golden) {
    return;  // the networks of random weights stand for it
  }
  const auto view = SafetensorsView::parse(*golden);
  REQUIRE(view.ok());
  const Agreement agreement = agreement_of(*backbone, view.value(), thread_count);
  CAPTURE(network);
  CAPTURE(agreement.embedding_difference);
  CAPTURE(agreement.map_difference);
  CAPTURE(agreement.feature_difference);
  CAPTURE(agreement.lowest_cosine);
  CHECK(agreement.picture_count == 6);
  check(agreement);
}

constexpr const char* kNetworks[] = {"mobilenet_v2_1.0_224", "mobilenet_v2_0.35_224", "mobilenet_v2_0.35_96"};

// The golden numbers of a network of random weights, made here: pictures, their maps' means and embeddings.
std::vector<std::uint8_t> golden_of(const std::vector<std::uint8_t>& backbone_bytes, std::size_t side) {
  const auto view = SafetensorsView::parse(backbone_bytes);
  REQUIRE(view.ok());
  const test::ReferencePass pass(view.value());
  SafetensorsWriter writer;
  test::RandomNumbers numbers(7);
  for (const std::string picture : {"a", "b", "c"}) {
    Floats pixels(side * side * 3);
    for (float& value : pixels) value = static_cast<float>(numbers.next_byte());
    writer.add_f32(picture + ".input", {side, side, 3}, pixels);
    for (const auto& [map, mean] : pass.means_of(pixels, side)) {
      const bool is_last = map == "last";
      writer.add_f32(picture + (is_last ? ".embedding" : "." + map + ".mean"), {mean.size()}, mean);
    }
  }
  return writer.finish();
}

void check_random_network(const test::RandomBackbone& options, double tolerance, double least_cosine) {
  const auto backbone = test::make_random_backbone(options);
  const auto golden = golden_of(backbone, static_cast<std::size_t>(options.input_size_px));
  const auto view = SafetensorsView::parse(golden);
  REQUIRE(view.ok());
  const Agreement agreement = agreement_of(backbone, view.value(), 1);
  CAPTURE(options.width_multiplier);
  CAPTURE(agreement.embedding_difference);
  CHECK(agreement.picture_count == 3);
  CHECK(agreement.embedding_difference <= tolerance);
  CHECK(agreement.map_difference <= tolerance);
  CHECK(agreement.feature_difference <= tolerance);
  CHECK(agreement.lowest_cosine >= least_cosine);
}

}  // namespace

TEST_CASE("networks of random weights agree with a float64 reference pass to 1e-4") {
  check_random_network({.width_multiplier = "0.35", .input_size_px = 96}, 1e-4, 0.999999);
  check_random_network({.width_multiplier = "0.1", .input_size_px = 128}, 1e-4, 0.999999);
}

TEST_CASE("a network stored as float16 agrees with the reference pass on the numbers that it holds") {
  check_random_network({.width_multiplier = "0.1", .input_size_px = 96, .dtype = DType::kF16}, 1e-4,
                       0.999999);
}

TEST_CASE(
    "published float32 backbones agree with the float64 reference to 1e-4, embeddings, maps and their "
    "means") {
  for (const char* network : kNetworks) {
    with_golden(network, "f32", 1, [](const Agreement& agreement) {
      CHECK(agreement.embedding_difference <= 1e-4);
      CHECK(agreement.map_difference <= 1e-4);
      CHECK(agreement.feature_difference <= 1e-4);
    });
  }
}

TEST_CASE("published float16 backbones give embeddings that point where the reference points") {
  for (const char* network : kNetworks) {
    with_golden(network, "f16", 1,
                [](const Agreement& agreement) { CHECK(agreement.lowest_cosine >= 0.999); });
  }
}

namespace {

struct TfliteGolden {
  const char* network;
  std::size_t embedding_dim;
};

constexpr const char* kInputs = "backbones/golden/mobilenet_v2_1.0_224.golden.safetensors";
constexpr TfliteGolden kTfliteNetworks[] = {{"mobilenet_v3_small_224.hybrid", 576},
                                            {"efficientnet_lite0_224.int8", 1280}};

}  // namespace

// What reads them is held by tflite_test on networks of its own; these are published ones.
TEST_CASE("published .tflite networks agree with a float32 reference pass to 1e-4" *
          doctest::skip(!test::has_shared(kInputs))) {
  const auto inputs_file = test::read_file(test::shared_path(kInputs));
  REQUIRE(inputs_file);
  const auto pool = ComputePool::create(1);
  REQUIRE(pool.ok());
  for (const TfliteGolden& published : kTfliteNetworks) {
    const std::string path = test::shared_path(std::string("backbones/tflite/") + published.network);
    const auto bytes = test::read_file(path + ".tflite");
    const auto golden = test::read_file(path + ".golden.safetensors");
    CAPTURE(path);
    REQUIRE(bytes);
    REQUIRE(golden);
    auto loaded = Backbone::load(*bytes, {}, pool.value());
    if (!loaded.ok()) MESSAGE(loaded.error().message);
    REQUIRE(loaded.ok());
    Backbone& backbone = loaded.value();
    CHECK(backbone.info().embedding_dim == published.embedding_dim);
    const auto inputs = SafetensorsView::parse(*inputs_file);
    const auto embeddings = SafetensorsView::parse(*golden);
    REQUIRE(embeddings.ok());
    // The reference was given pixels times its own input_scale; the network's metadata tells us the same.
    const Normalisation& normalisation = backbone.info().normalisation;
    for (const TensorView& tensor : embeddings.value().tensors()) {
      const std::string key = tensor.name.substr(0, tensor.name.rfind('.'));
      CAPTURE(key);
      std::ranges::transform(floats_of(inputs.value(), key + ".input"), backbone.input(0).begin(),
                             [&](float value) { return value * normalisation.scale + normalisation.offset; });
      REQUIRE(backbone.run(1).ok());
      CHECK(relative_difference(backbone.embedding(0), floats_of(embeddings.value(), tensor.name)) <= 1e-4);
    }
    CHECK(embeddings.value().tensors().size() == 6);
  }
}
