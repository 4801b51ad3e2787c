#include "headstart/head.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>

#include "base/random.h"
#include "files/safetensors.h"

using namespace headstart;

namespace {

Head sample_head(std::size_t class_count, std::size_t feature_count, std::size_t hidden_count = 0) {
  Random random(class_count + 7 * feature_count);
  const auto fill = [&](std::vector<float>& values, std::size_t size) {
    values.resize(size);
    for (float& value : values) value = static_cast<float>(random.truncated_normal());
  };
  Head head;
  head.feature_count = feature_count;
  for (std::size_t c = 0; c < class_count; ++c) head.labels.push_back("class " + std::to_string(c));
  if (hidden_count > 0) {
    fill(head.hidden_weights, hidden_count * feature_count);
    fill(head.hidden_biases, hidden_count);
  }
  fill(head.weights, class_count * (hidden_count > 0 ? hidden_count : feature_count));
  fill(head.biases, class_count);
  head.backbone = "mobilenet_v2_0.35_224";
  head.backbone_sha256 = std::string(64, 'a');
  head.input_size = "224";
  head.input_scale = "1/127.5";
  head.input_offset = "-1";
  head.seed = "18446744073709551615";
  head.date = "2026-11-23T15:00:00Z";
  return head;
}

Error reading_error(const SafetensorsWriter& writer) {
  const Result<Head> head = read_head_file(writer.finish());
  REQUIRE_FALSE(head.ok());
  return head.error();
}

// A head of 2 classes and 3 features, with what a test wants different.
SafetensorsWriter small_file(const std::string& format = "head/1",
                             const std::string& labels = R"(["a","b"])") {
  SafetensorsWriter writer;
  writer.set_metadata("format", format);
  writer.set_metadata("labels", labels);
  writer.set_metadata("backbone", "some");
  return writer;
}

const std::vector<float> kSix = {1, 2, 3, 4, 5, 6};
const std::vector<float> kTwo = {1, 2};

}  // namespace

TEST_CASE("a head answers with softmax(weights . embedding + biases)") {
  Head head;
  head.labels = {"a", "b"};
  head.feature_count = 2;
  head.weights = {1, 2, 3, -1};
  head.biases = {0.5F, -0.5F};
  std::vector<float> logits(2);
  REQUIRE(head_logits(head, std::vector<float>{2, 1}, logits).ok());
  CHECK(logits == std::vector<float>{4.5F, 4.5F});
  REQUIRE(head_probabilities(head, std::vector<float>{0, 1}, logits).ok());
  CHECK(static_cast<double>(logits[0]) == doctest::Approx(1 / (1 + std::exp(-4.0))));
}

TEST_CASE("a hidden layer is a ReLU before the last") {
  Head head;
  head.labels = {"a", "b"};
  head.feature_count = 1;
  head.hidden_weights = {1, -1};
  head.hidden_biases = {0, 0.5F};
  head.weights = {1, 0, 0, 1};
  head.biases = {0, 0};
  std::vector<float> logits(2);
  REQUIRE(head_logits(head, std::vector<float>{2}, logits).ok());
  CHECK(logits == std::vector<float>{2, 0});
}

TEST_CASE("a head with a transform reads each map divided by its length, or its roots by theirs") {
  Head head;
  head.labels = {"a", "b"};
  head.features = {"blocks.3", "last"};
  head.feature_count = 5;
  head.map_sizes = {2, 3};
  head.weights = {1, 0, 0, 2, 0, 0, 1, 1, 0, 0};
  head.biases = {0, 1};
  std::vector<float> logits(2);
  head.transform = FeatureTransform::kLength;
  REQUIRE(head_logits(head, std::vector<float>{3, -4, 7, 0, 0}, logits).ok());
  CHECK(static_cast<double>(logits[0]) == doctest::Approx(0.6));
  CHECK(static_cast<double>(logits[1]) == doctest::Approx(1 - 0.8 + 1));
  head.transform = FeatureTransform::kRoot;
  REQUIRE(head_logits(head, std::vector<float>{9, 16, 0, 5, -1}, logits).ok());
  CHECK(static_cast<double>(logits[0]) == doctest::Approx(0.6 + 2));
  CHECK(static_cast<double>(logits[1]) == doctest::Approx(1 + 0.8));
  for (const FeatureTransform transform : {FeatureTransform::kLength, FeatureTransform::kRoot}) {
    head.transform = transform;
    REQUIRE(head_logits(head, std::vector<float>(5, 0.0F), logits).ok());
    CHECK(logits == std::vector<float>{0, 1});
  }
}

TEST_CASE("a head with a transform travels as head/2, and comes back with it") {
  Head head = sample_head(3, 7);
  head.features = {"blocks.3", "last"};
  head.transform = FeatureTransform::kRoot;
  head.map_sizes = {2, 5};
  const auto bytes = write_head_file(head);
  REQUIRE(bytes.ok());
  const SafetensorsView file = SafetensorsView::parse(bytes.value()).value();
  CHECK(*file.metadata("format") == "head/2");
  CHECK(*file.metadata("transform") == "root");
  CHECK(*file.metadata("map_sizes") == "[2,5]");
  const Result<Head> read = read_head_file(bytes.value());
  REQUIRE(read.ok());
  CHECK(read.value().transform == FeatureTransform::kRoot);
  CHECK(read.value().map_sizes == head.map_sizes);
  CHECK(write_head_file(read.value()).value() == bytes.value());
  head.map_sizes = {2, 4};
  CHECK_FALSE(write_head_file(head).ok());
  head.map_sizes = {7};
  CHECK_FALSE(write_head_file(head).ok());

  BackboneInfo backbone;
  backbone.name = head.backbone;
  backbone.embedding_dim = 5;
  backbone.feature_blocks = {{"blocks.3", 0, 2}, {"last", 2, 5}};
  CHECK(check_head_fits(read.value(), backbone).ok());
  backbone.feature_blocks = {{"blocks.3", 0, 3}, {"last", 3, 4}};
  REQUIRE_FALSE(check_head_fits(read.value(), backbone).ok());
  CHECK(check_head_fits(read.value(), backbone).error().message.find("blocks.3") != std::string::npos);
}

TEST_CASE("a transform that is half said or unknown is refused") {
  const auto refused = [](const char* format, const char* transform, const char* sizes) {
    SafetensorsWriter writer = small_file(format);
    if (*transform != 0) writer.set_metadata("transform", transform);
    if (*sizes != 0) writer.set_metadata("map_sizes", sizes);
    writer.add_f32("head.weight", {2, 3}, kSix);
    writer.add_f32("head.bias", {2}, kTwo);
    return reading_error(writer).code;
  };
  CHECK(refused("head/2", "", "") == ErrorCode::kBadFile);
  CHECK(refused("head/2", "root", "") == ErrorCode::kBadFile);
  CHECK(refused("head/2", "", "[3]") == ErrorCode::kBadFile);
  CHECK(refused("head/1", "root", "[3]") == ErrorCode::kBadFile);
  CHECK(refused("head/2", "cube root", "[3]") == ErrorCode::kBadVersion);
  for (const char* sizes :
       {"[]", "[3", "3", "[4]", "[1,2]", "[-3]", "[3]x", "[18446744073709551615]", "[1.5]"}) {
    CAPTURE(sizes);
    CHECK(refused("head/2", "root", sizes) == ErrorCode::kBadFile);
  }
}

TEST_CASE("a head refuses embeddings of another length in the user's words") {
  const Head head = sample_head(2, 1280);
  std::vector<float> logits(2);
  const Status status = head_logits(head, std::vector<float>(1024), logits);
  REQUIRE_FALSE(status.ok());
  CHECK(status.error().code == ErrorCode::kBadArgument);
  CHECK(status.error().message == "head expects 1280 features per sample, got 1024");
  CHECK_FALSE(head_logits(head, std::vector<float>(1280), std::span(logits).first(1)).ok());
}

TEST_CASE("a head that was written and read is the same head, and writes the same bytes") {
  for (const std::size_t hidden_count : {std::size_t{0}, std::size_t{5}}) {
    Head head = sample_head(4, 17, hidden_count);
    head.labels = {"rock", "", "Schere \"groß\" \\ \n\t\x01", "✋🏽 人"};
    const auto bytes = write_head_file(head);
    REQUIRE(bytes.ok());
    const Result<Head> read = read_head_file(bytes.value());
    REQUIRE(read.ok());
    CHECK(read.value().labels == head.labels);
    CHECK(read.value().weights == head.weights);
    CHECK(read.value().biases == head.biases);
    CHECK(read.value().hidden_weights == head.hidden_weights);
    CHECK(read.value().feature_count == 17);
    CHECK(read.value().seed == head.seed);
    CHECK(read.value().date == head.date);
    CHECK(write_head_file(read.value()).value() == bytes.value());
    std::vector<float> embedding(17, 0.3F);
    std::vector<float> before(4);
    std::vector<float> after(4);
    REQUIRE(head_probabilities(head, embedding, before).ok());
    REQUIRE(head_probabilities(read.value(), embedding, after).ok());
    CHECK(before == after);
  }
}

TEST_CASE("a head file has the names that other programs look for") {
  const auto bytes = write_head_file(sample_head(2, 3, 4)).value();
  const SafetensorsView file = SafetensorsView::parse(bytes).value();
  CHECK(*file.metadata("format") == "head/1");
  CHECK(*file.metadata("labels") == R"(["class 0","class 1"])");
  CHECK(*file.metadata("backbone") == "mobilenet_v2_0.35_224");
  CHECK(file.metadata("backbone_sha256") != nullptr);
  CHECK(*file.metadata("input_size") == "224");
  CHECK(*file.metadata("input_scale") == "1/127.5");
  CHECK(*file.metadata("input_offset") == "-1");
  CHECK(file.metadata("seed") != nullptr);
  CHECK(file.metadata("date") != nullptr);
  CHECK(file.find("head.weight")->shape == std::vector<std::size_t>{2, 4});
  CHECK(file.find("head.bias")->shape == std::vector<std::size_t>{2});
  CHECK(file.find("head.hidden.weight")->shape == std::vector<std::size_t>{4, 3});
  CHECK(file.find("head.hidden.bias")->shape == std::vector<std::size_t>{4});
  for (const TensorView& tensor : file.tensors()) CHECK(tensor.dtype == DType::kF32);
}

TEST_CASE("a head that does not hold together is not written") {
  Head head = sample_head(2, 3);
  head.weights.pop_back();
  CHECK_FALSE(write_head_file(head).ok());
  head = sample_head(2, 3);
  head.labels.pop_back();
  CHECK_FALSE(write_head_file(head).ok());
  head = sample_head(2, 3);
  head.biases[1] = std::numeric_limits<float>::quiet_NaN();
  CHECK_FALSE(write_head_file(head).ok());
  head = sample_head(2, 3);
  head.labels[0] = std::string(2u << 20u, 'x');
  REQUIRE_FALSE(write_head_file(head).ok());
  CHECK(write_head_file(head).error().code == ErrorCode::kBadArgument);
}

TEST_CASE("files that are no head, or of a later version, are told apart") {
  CHECK(reading_error(small_file("backbone/1")).code == ErrorCode::kBadFile);
  CHECK(reading_error(small_file("head/3")).code == ErrorCode::kBadVersion);
  CHECK(reading_error(SafetensorsWriter{}).code == ErrorCode::kBadFile);
  CHECK_FALSE(read_head_file({}).ok());
  SafetensorsWriter unknown = small_file();
  unknown.add_f32("blocks.16.attention.weight", {2}, kTwo);
  CHECK(reading_error(unknown).code == ErrorCode::kBadVersion);
  SafetensorsWriter looks = small_file();
  looks.set_metadata("second_look", "upside-down");
  CHECK(reading_error(looks).code == ErrorCode::kBadVersion);
}

TEST_CASE("hostile heads are refused with what was expected and what came") {
  const auto message = [](const SafetensorsWriter& writer) {
    const Error error = reading_error(writer);
    CHECK(error.code == ErrorCode::kBadFile);
    return error.message;
  };
  SafetensorsWriter lacking = small_file();
  lacking.add_f32("head.weight", {2, 3}, kSix);
  CHECK(message(lacking).find("head.bias") != std::string::npos);

  SafetensorsWriter flat = small_file();
  flat.add_f32("head.weight", {6}, kSix);
  flat.add_f32("head.bias", {2}, kTwo);
  CHECK(message(flat).find("[6]") != std::string::npos);

  SafetensorsWriter halves = small_file();
  halves.add_f16("head.weight", {2, 3}, kSix);
  halves.add_f32("head.bias", {2}, kTwo);
  CHECK(message(halves).find("F16") != std::string::npos);

  SafetensorsWriter uneven = small_file();
  uneven.add_f32("head.weight", {3, 2}, kSix);
  uneven.add_f32("head.bias", {2}, kTwo);
  CHECK(message(uneven).find("[3, 2]") != std::string::npos);

  SafetensorsWriter empty = small_file();
  empty.add_f32("head.weight", {2, 0}, {});
  empty.add_f32("head.bias", {2}, kTwo);
  message(empty);

  SafetensorsWriter infinite = small_file();
  infinite.add_f32("head.weight", {2, 3}, std::vector<float>(6, std::numeric_limits<float>::infinity()));
  infinite.add_f32("head.bias", {2}, kTwo);
  message(infinite);

  SafetensorsWriter gap = small_file();
  gap.add_f32("head.weight", {2, 3}, kSix);
  gap.add_f32("head.bias", {2}, kTwo);
  gap.add_f32("head.hidden.weight", {2, 1}, kTwo);
  gap.add_f32("head.hidden.bias", {2}, kTwo);
  CHECK(message(gap).find("hidden") != std::string::npos);

  for (const char* labels : {R"(["a"])", R"(["a","b","c"])", "a,b", "", R"({"a":1})", R"(["a",2])"}) {
    SafetensorsWriter mislabelled = small_file("head/1", labels);
    mislabelled.add_f32("head.weight", {2, 3}, kSix);
    mislabelled.add_f32("head.bias", {2}, kTwo);
    CHECK(message(mislabelled).find("labels") != std::string::npos);
  }
}

TEST_CASE("a head file cut short anywhere is refused") {
  const auto bytes = write_head_file(sample_head(3, 9, 4)).value();
  for (std::size_t size = 0; size < bytes.size(); size += 3) {
    CHECK_FALSE(read_head_file(std::span(bytes).first(size)).ok());
  }
}

TEST_CASE("a head fits backbones of its name only, whatever their bytes") {
  const Head head = sample_head(2, 1280);
  BackboneInfo backbone;
  backbone.name = "mobilenet_v2_0.35_224";
  backbone.embedding_dim = 1280;
  backbone.feature_blocks = {{"last", 0, 1280}};
  backbone.sha256 = std::string(64, 'b');
  CHECK(check_head_fits(head, backbone).ok());
  backbone.embedding_dim = 1024;
  backbone.feature_blocks = {{"last", 0, 1024}};
  CHECK(check_head_fits(head, backbone).error().message == "head expects 1280 features per sample, got 1024");
  backbone.name = "mobilenet_v2_1.0_224";
  const Status status = check_head_fits(head, backbone);
  REQUIRE_FALSE(status.ok());
  CHECK(status.error().code == ErrorCode::kBadFile);
  CHECK(status.error().message.find("mobilenet_v2_0.35_224") != std::string::npos);
  CHECK(status.error().message.find("mobilenet_v2_1.0_224") != std::string::npos);
}
