// What a .tflite says of its bytes: refused where it makes no sense, in whatever the network is computed.
#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "network/tflite_reader.h"
#include "support/tflite_builder.h"

using namespace headstart;
using test::Flat;
using test::TfliteBuilder;

namespace {

constexpr std::int32_t kSide = 32;
constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNoNumber = std::numeric_limits<float>::quiet_NaN();

using Scales = std::vector<float>;
using Zeros = std::vector<std::int64_t>;

Flat with_dimension(Flat scheme, std::int32_t dimension) {
  scheme.number(6, dimension);
  return scheme;
}

// A convolution of three channels into four, and what its tensors say of themselves.
struct Parts {
  Flat weights = TfliteBuilder::scheme({0.5F, 0.25F, 1, 2}, {0, 0, 0, 0});
  TfliteBuilder::Type weights_type = TfliteBuilder::kInt8;
  std::vector<std::int8_t> bytes = {-6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5};
  Flat biases = TfliteBuilder::scheme({0.5F, 0.25F, 1, 2}, {0, 0, 0, 0});
  TfliteBuilder::Type map_type = TfliteBuilder::kInt8;
  Flat map = TfliteBuilder::scheme({0.125F}, {-128});
  Flat picture = TfliteBuilder::scheme({1.0F / 255}, {0});
};

Result<Network> read(const Parts& parts) {
  TfliteBuilder builder(kSide);
  builder.quantise(builder.input(), TfliteBuilder::kUint8, parts.picture);
  const std::int32_t weights =
      builder.constant({4, 1, 1, 3}, parts.weights_type, parts.bytes, &parts.weights);
  const std::int32_t biases =
      builder.constant({4}, TfliteBuilder::kInt32, std::vector<std::int32_t>{1, 2, 3, 4}, &parts.biases);
  const std::int32_t map =
      builder.add(TfliteBuilder::kConvolution, {builder.input(), weights, biases}, {1, kSide, kSide, 4},
                  Flat().number<std::int8_t>(0, 0).number<std::int32_t>(1, 1).number<std::int32_t>(2, 1));
  builder.quantise(map, parts.map_type, parts.map);
  builder.name(builder.input(), "picture");
  builder.name(weights, "conv/kernel");
  builder.name(biases, "conv/bias");
  builder.name(map, "conv/out");
  builder.classifier(map, 2);
  return read_tflite(builder.file());
}

void check_refused(const Parts& parts, const std::string& tensor, const std::string& expected) {
  CAPTURE(expected);
  const auto network = read(parts);
  REQUIRE_FALSE(network.ok());
  const Error& error = network.error();
  CHECK(error.code == ErrorCode::kBadFile);
  CAPTURE(error.message);
  CHECK(error.message.find("CONV_2D") != std::string::npos);
  CHECK(error.message.find("\"" + tensor + "\"") != std::string::npos);
  CHECK(error.message.find(expected) != std::string::npos);
}

}  // namespace

TEST_CASE("what says of its bytes what it should is read, and is computed in bytes") {
  const auto network = read({});
  if (!network.ok()) MESSAGE(network.error().message);
  REQUIRE(network.ok());
  CHECK(network.value().is_quantised());
  CHECK(network.value().layers[0].weights->values[0] == -3);
  CHECK(network.value().layers[0].biases->values[3] == 8);

  Parts bare;
  bare.picture = Flat();  // plain pixels
  bare.biases = TfliteBuilder::scheme({2}, {});
  CHECK(read(bare).value().layers[0].biases->values[3] == 8);
}

TEST_CASE("scales that are no numbers above zero are refused, of weights, biases, maps and pictures") {
  for (const auto& [scale, came] :
       std::vector<std::pair<float, std::string>>{{-1.0F, "got -1"},
                                                  {kNoNumber, "got no number"},
                                                  {kInfinity, "got infinity"},
                                                  {-kInfinity, "got -infinity"}}) {
    const std::string expected = " should be a finite number above 0, " + came;
    Parts parts;
    parts.weights = TfliteBuilder::scheme({0.5F, 0.25F, scale, 2}, {0, 0, 0, 0});
    check_refused(parts, "conv/kernel", "scale for channel 2" + expected);
    parts = {};
    parts.weights = TfliteBuilder::scheme({scale}, {0});
    check_refused(parts, "conv/kernel", "scale" + expected);
    parts = {};
    parts.biases = TfliteBuilder::scheme({0.5F, 0.25F, 1, scale}, {0, 0, 0, 0});
    check_refused(parts, "conv/bias", "scale for channel 3" + expected);
    parts = {};
    parts.map = TfliteBuilder::scheme({scale}, {0});
    check_refused(parts, "conv/out", "scale" + expected);
    parts = {};
    parts.picture = TfliteBuilder::scheme({scale}, {0});
    check_refused(parts, "picture", "scale" + expected);
  }
  Parts parts;
  parts.map = TfliteBuilder::scheme({0}, {0});
  check_refused(parts, "conv/out", "scale should be a finite number above 0, got 0");
}

TEST_CASE("a scale of zero is for channels of zeros only, as TensorFlow's converter writes them") {
  Parts parts;
  parts.weights = TfliteBuilder::scheme({0.5F, 0, 1, 2}, {0, 0, 0, 0});
  const auto refused = read(parts);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().message.find("\"conv/kernel\" has the scale 0") != std::string::npos);
  for (const std::size_t i : {3U, 4U, 5U}) parts.bytes[i] = 0;
  const auto network = read(parts);
  REQUIRE(network.ok());
  CHECK_FALSE(network.value().is_quantised());
  CHECK(network.value().layers[0].weights->values[4] == 0);
  CHECK(network.value().layers[0].weights->values[11] == 10);
}

TEST_CASE("scales and zero points of another number than there are channels are refused") {
  Parts parts;
  parts.weights = TfliteBuilder::scheme({0.5F, 0.25F, 1}, {0, 0, 0});
  check_refused(parts, "conv/kernel", "scales should be one, or one for each of 4 channels, got 3");
  parts.weights = with_dimension(TfliteBuilder::scheme({0.5F, 0.25F, 1, 2}, {0, 0, 0, 0}), 3);
  check_refused(parts, "conv/kernel", "scales should be one, or one for each of 3 channels, got 4");
  for (const std::int32_t dimension : {4, -1, std::numeric_limits<std::int32_t>::max()}) {
    parts.weights = with_dimension(TfliteBuilder::scheme({0.5F, 0.25F, 1, 2}, {0, 0, 0, 0}), dimension);
    check_refused(parts, "conv/kernel", "scales should be one, got 4");
  }
  parts.weights = TfliteBuilder::scheme({0.5F, 0.25F, 1, 2}, {0});
  check_refused(parts, "conv/kernel", "zero points should be as many as its scales, 4, got 1");
  parts = {};
  parts.map = with_dimension(TfliteBuilder::scheme({1, 1, 1, 1}, {0, 0, 0, 0}), 3);
  check_refused(parts, "conv/out", "scales should be one, got 4");
  parts = {};
  parts.picture = TfliteBuilder::scheme({1, 1, 1}, {0, 0, 0});
  check_refused(parts, "picture", "scales should be one, got 3");
}

TEST_CASE("bytes of weights and maps without any scale are refused") {
  Parts parts;
  parts.weights = TfliteBuilder::scheme({}, {});
  check_refused(parts, "conv/kernel", "numbers in int8 should have a scale, got none");
  parts = {};
  parts.map = Flat();
  parts.map_type = TfliteBuilder::kUint8;
  check_refused(parts, "conv/out", "numbers in uint8 should have a scale, got none");
}

TEST_CASE("zero points that their numbers cannot reach are refused") {
  Parts parts;
  parts.weights = TfliteBuilder::scheme({0.5F, 0.25F, 1, 2}, {0, 128, 0, 0});
  check_refused(parts, "conv/kernel",
                "zero point for channel 1 should be from -128 to 127, as its numbers in int8, got 128");
  parts = {};
  parts.weights = TfliteBuilder::scheme({0.5F}, {-1});
  parts.weights_type = TfliteBuilder::kUint8;
  check_refused(parts, "conv/kernel", "zero point should be from 0 to 255, as its numbers in uint8, got -1");
  parts = {};
  parts.map = TfliteBuilder::scheme({1}, {-129});
  check_refused(parts, "conv/out", "zero point should be from -128 to 127");
  parts = {};
  parts.picture = TfliteBuilder::scheme({1}, {std::numeric_limits<std::int64_t>::max()});
  check_refused(parts, "picture", "zero point should be from 0 to 255");
  parts = {};
  parts.biases = TfliteBuilder::scheme({1}, {std::int64_t{1} << 31U});
  check_refused(parts, "conv/bias", "zero point should be from -2147483648 to 2147483647");
}

TEST_CASE("axes and sides need no scale, and one that they have is looked at too") {
  const auto padded = [](const Flat* scheme) {
    TfliteBuilder builder(kSide);
    const TfliteBuilder::Shape shape = {1, kSide + 2, kSide + 2, 3};
    const std::int32_t sides = builder.constant({4, 2}, TfliteBuilder::kInt8,
                                                std::vector<std::int8_t>{0, 0, 1, 1, 1, 1, 0, 0}, scheme);
    const std::int32_t map = builder.add(TfliteBuilder::kPad, {builder.input(), sides}, shape);
    builder.classifier(builder.convolution(map, 4, 3, 2, 0, /*is_same=*/false), 2);
    return read_tflite(builder.file());
  };
  CHECK(padded(nullptr).ok());
  const Flat odd = TfliteBuilder::scheme({1, 1, 1}, {0});
  const auto refused = padded(&odd);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().message.find("a PAD reads") != std::string::npos);
}

TEST_CASE("what the embedding does not need may say of its bytes what it likes") {
  TfliteBuilder builder(kSide);
  const std::int32_t map = builder.convolution(builder.input(), 4, 3, 2);
  builder.quantise(builder.classifier(map, 2), TfliteBuilder::kInt8,
                   TfliteBuilder::scheme({kNoNumber}, {999}));
  CHECK(read_tflite(builder.file()).ok());
}
