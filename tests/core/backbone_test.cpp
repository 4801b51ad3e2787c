#include "headstart/backbone.h"
#include "headstart/features.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "files/decimal.h"
#include "network/mobilenet_v2.h"
#include "support/random_backbone.h"

using namespace headstart;
using test::make_random_backbone;
using test::RandomBackbone;

namespace {

using Bytes = std::vector<std::uint8_t>;
using Floats = std::vector<float>;

ComputePool one_thread() {
  auto pool = ComputePool::create(1);
  REQUIRE(pool.ok());
  return std::move(pool).value();
}

Backbone loaded(const Bytes& file, const BackboneOptions& options, const ComputePool& pool) {
  auto backbone = Backbone::load(file, options, pool);
  if (!backbone.ok()) MESSAGE(backbone.error().message);
  REQUIRE(backbone.ok());
  return std::move(backbone).value();
}

// The smallest network there is, so that a test is fast.
RandomBackbone small() {
  return {.width_multiplier = "0.1", .input_size_px = 96};
}

Error failure_of(const RandomBackbone& options) {
  const ComputePool pool = one_thread();
  const auto backbone = Backbone::load(make_random_backbone(options), {}, pool);
  REQUIRE_FALSE(backbone.ok());
  return backbone.error();
}

Error option_failure_of(const BackboneOptions& options) {
  const ComputePool pool = one_thread();
  const auto backbone = Backbone::load(make_random_backbone(small()), options, pool);
  REQUIRE_FALSE(backbone.ok());
  return backbone.error();
}

bool says(const Error& error, const std::string& part) {
  return error.message.find(part) != std::string::npos;
}

void fill_with_noise(std::span<float> input, std::uint64_t seed) {
  test::RandomNumbers numbers(seed);
  std::ranges::generate(input, [&] { return numbers.next(); });
}

Bytes noise_frame(std::int32_t width_px, std::int32_t height_px) {
  test::RandomNumbers numbers(7);
  Bytes rgba(static_cast<std::size_t>(width_px * height_px * 4));
  std::ranges::generate(rgba, [&] { return numbers.next_byte(); });
  return rgba;
}

Floats copied(std::span<const float> values) {
  return {values.begin(), values.end()};
}

}  // namespace

TEST_CASE("the table of MobileNetV2 has the published channels at width 1 and 0.35") {
  const auto channels = [](const Network& network, const char* block) {
    return network.map_of(*network.find_block(block)).channel_count;
  };
  const Network full = mobilenet_v2(1.0, 224);
  CHECK(channels(full, "stem") == 32);
  CHECK(channels(full, "blocks.0") == 16);
  CHECK(full.find_layer("blocks.3.expand")->output == MapShape{56, 56, 144});
  CHECK(full.map_of(*full.find_block("blocks.16")) == MapShape{7, 7, 320});
  CHECK(channels(full, "last") == 1280);
  const Network slim = mobilenet_v2(0.35, 224);
  CHECK(channels(slim, "stem") == 16);
  CHECK(channels(slim, "blocks.0") == 8);
  CHECK(channels(slim, "blocks.16") == 112);
  CHECK(channels(slim, "last") == 1280);
  CHECK(mobilenet_v2(1.4, 224).embedding_dim() == 1792);
  CHECK(tensors_of(full).size() == 104);
}

TEST_CASE("numbers in backbone files are read to the nearest double, and nothing else is a number") {
  CHECK(parse_ratio("1/127.5") == 1 / 127.5);
  CHECK(parse_ratio("-1") == -1.0);
  CHECK(parse_ratio("0.35") == 0.35);
  CHECK(parse_ratio("0.00784313725490") == 0.00784313725490);
  for (const char* text : {"", "-", ".", "1.", ".5", "1e3", " 1", "1 ", "1/0", "1/", "/2", "1/2/3", "0x1",
                           "nan", "1234567890123456"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_ratio(text).has_value());
  }
}

TEST_CASE("a backbone says what its file says, and takes its name from it") {
  const ComputePool pool = one_thread();
  const Bytes file = make_random_backbone(small());
  const Backbone backbone = loaded(file, {}, pool);
  CHECK(backbone.info().name == "mobilenet_v2_0.1_96");
  CHECK(backbone.info().input_size_px == 96);
  CHECK(backbone.input_size_px() == 96);
  CHECK(backbone.info().input_scale == "1/127.5");
  CHECK(backbone.info().normalisation.scale == static_cast<float>(1 / 127.5));
  CHECK(backbone.info().normalisation.offset == -1.0F);
  CHECK(backbone.info().embedding_dim == 1280);
  CHECK(backbone.info().license == "Apache-2.0");
  CHECK(backbone.info().sha256.size() == 64);
  CHECK(backbone.memory_bytes() > 2 * sizeof(float) * backbone.info().parameter_count);

  RandomBackbone named = small();
  named.metadata["name"] = "house";
  CHECK(loaded(make_random_backbone(named), {}, pool).info().name == "house");
}

TEST_CASE("the float16 and float32 files of one network have one name and nearly one embedding") {
  const ComputePool pool = one_thread();
  RandomBackbone half = small();
  half.dtype = DType::kF16;
  Backbone a = loaded(make_random_backbone(small()), {}, pool);
  Backbone b = loaded(make_random_backbone(half), {}, pool);
  CHECK(a.info().name == b.info().name);
  CHECK(a.info().sha256 != b.info().sha256);
  for (Backbone* backbone : {&a, &b}) {
    fill_with_noise(backbone->input(0), 3);
    REQUIRE(backbone->run(1).ok());
  }
  double dot = 0;
  double a_squared = 0;
  double b_squared = 0;
  for (std::size_t i = 0; i < 1280; ++i) {
    const double x = static_cast<double>(a.embedding(0)[i]);
    const double y = static_cast<double>(b.embedding(0)[i]);
    dot += x * y;
    a_squared += x * x;
    b_squared += y * y;
  }
  CHECK(dot / std::sqrt(a_squared * b_squared) > 0.999);
}

TEST_CASE("an embedding is the mean of the last map, and the maps come in the order asked") {
  const ComputePool pool = one_thread();
  Backbone backbone =
      loaded(make_random_backbone(small()), {.maps = {"last", "blocks.0", "blocks.12"}}, pool);
  REQUIRE(backbone.maps().size() == 3);
  CHECK(backbone.maps()[0].name == "last");
  CHECK(backbone.maps()[0].height == 3);
  CHECK(backbone.maps()[1].height == 48);
  CHECK(backbone.maps()[1].channel_count == 8);
  CHECK(backbone.maps()[2].width == 6);
  fill_with_noise(backbone.input(0), 1);
  REQUIRE(backbone.run(1).ok());
  Floats mean(1280);
  pool_map(backbone.map(0, 0), 1280, mean);
  const auto embedding = backbone.embedding(0);
  bool is_dead = true;
  for (std::size_t i = 0; i < mean.size(); ++i) {
    CHECK(mean[i] == doctest::Approx(static_cast<double>(embedding[i])).epsilon(1e-5));
    is_dead = is_dead && embedding[i] == 0.0F;
  }
  CHECK_FALSE(is_dead);
}

TEST_CASE("keeping maps does not change the embedding") {
  const ComputePool pool = one_thread();
  const Bytes file = make_random_backbone(small());
  Backbone plain = loaded(file, {}, pool);
  BackboneOptions all;
  for (const FeatureBlock& block : feature_blocks_of(mobilenet_v2(0.1, 96))) all.maps.push_back(block.map);
  all.maps = maps_of_features(all.maps);
  Backbone keeping = loaded(file, all, pool);
  for (Backbone* backbone : {&plain, &keeping}) {
    fill_with_noise(backbone->input(0), 2);
    REQUIRE(backbone->run(1).ok());
  }
  CHECK(copied(plain.embedding(0)) == copied(keeping.embedding(0)));
}

TEST_CASE("frames in a batch get the embeddings and maps that they get alone, whatever batch came before") {
  const ComputePool pool = one_thread();
  Backbone backbone =
      loaded(make_random_backbone(small()), {.max_batch_size = 4, .maps = {"blocks.5"}}, pool);
  std::vector<Floats> embeddings;
  std::vector<Floats> maps;
  for (std::uint64_t frame = 0; frame < 4; ++frame) {
    fill_with_noise(backbone.input(0), frame);
    REQUIRE(backbone.run(1).ok());
    embeddings.push_back(copied(backbone.embedding(0)));
    maps.push_back(copied(backbone.map(0, 0)));
  }
  for (const std::size_t batch_size :
       {std::size_t{4}, std::size_t{2}, std::size_t{3}, std::size_t{1}, std::size_t{4}}) {
    for (std::size_t i = 0; i < 4; ++i) fill_with_noise(backbone.input(i), i);
    REQUIRE(backbone.run(batch_size).ok());
    for (std::size_t i = 0; i < batch_size; ++i) {
      CHECK(copied(backbone.embedding(i)) == embeddings[i]);
      CHECK(copied(backbone.map(i, 0)) == maps[i]);
    }
  }
}

TEST_CASE("two threads give what one gives") {
  const ComputePool one = one_thread();
  const auto two = ComputePool::create(2);
  if (!two.ok()) {
    MESSAGE("skipped: " << two.error().message);
    return;
  }
  const Bytes file = make_random_backbone(small());
  Backbone a = loaded(file, {}, one);
  Backbone b = loaded(file, {}, two.value());
  for (Backbone* backbone : {&a, &b}) {
    fill_with_noise(backbone->input(0), 4);
    REQUIRE(backbone->run(1).ok());
  }
  CHECK(copied(a.embedding(0)) == copied(b.embedding(0)));
}

TEST_CASE("every input size works, whatever size the file was trained for") {
  const ComputePool pool = one_thread();
  const Bytes file = make_random_backbone(small());
  for (const std::int32_t size_px : {224, 192, 160, 128, 96}) {
    Backbone backbone = loaded(file, {.input_size_px = size_px, .maps = {"last"}}, pool);
    CHECK(backbone.maps()[0].height == static_cast<std::size_t>(size_px / 32));
    fill_with_noise(backbone.input(0), 1);
    REQUIRE(backbone.run(1).ok());
    CHECK(std::ranges::all_of(backbone.embedding(0), [](float value) { return value >= 0 && value <= 6; }));
  }
}

TEST_CASE("embedding a frame is preparing it, running the network and reading the result") {
  const ComputePool pool = one_thread();
  Backbone backbone = loaded(make_random_backbone(small()), {}, pool);
  const Bytes rgba = noise_frame(64, 48);
  const FrameView frame{rgba, 64, 48, 0};
  Floats embedding(1280);
  REQUIRE(backbone.embed(frame, {}, embedding).ok());

  auto preparer = ImagePreparer::create(96);
  REQUIRE(preparer.ok());
  std::ranges::fill(backbone.input(0), 0.0F);
  REQUIRE(preparer.value().prepare(frame, {}, backbone.info().normalisation, backbone.input(0)).ok());
  REQUIRE(backbone.run(1).ok());
  CHECK(copied(backbone.embedding(0)) == embedding);
}

TEST_CASE("a moved backbone goes on working") {
  const ComputePool pool = one_thread();
  Backbone first = loaded(make_random_backbone(small()), {}, pool);
  Backbone second = std::move(first);
  fill_with_noise(second.input(0), 1);
  CHECK(second.run(1).ok());
}

TEST_CASE("options that the network does not have are refused") {
  CHECK(option_failure_of({.input_size_px = 100}).code == ErrorCode::kBadArgument);
  CHECK(option_failure_of({.max_batch_size = 0}).code == ErrorCode::kBadArgument);
  CHECK(option_failure_of({.max_batch_size = 65}).code == ErrorCode::kBadArgument);
  CHECK(says(option_failure_of({.maps = {"blocks.17"}}), "none called \"blocks.17\""));
  CHECK(says(option_failure_of({.maps = {"last", "last"}}), "twice"));
}

TEST_CASE("wrong calls on a backbone are refused and leave it working") {
  const ComputePool pool = one_thread();
  Backbone backbone = loaded(make_random_backbone(small()), {.max_batch_size = 2}, pool);
  const Bytes rgba = noise_frame(8, 8);
  Floats wrong(10);
  Floats right(1280);
  CHECK(backbone.run(0).error().code == ErrorCode::kBadArgument);
  CHECK(backbone.run(3).error().code == ErrorCode::kBadArgument);
  CHECK(backbone.prepare({rgba, 8, 8, 0}, {}, 2).error().code == ErrorCode::kBadArgument);
  CHECK(backbone.embed({rgba, 8, 8, 0}, {}, wrong).error().code == ErrorCode::kBadArgument);
  CHECK(backbone.embed({rgba, 0, 8, 0}, {}, right).error().code == ErrorCode::kBadArgument);
  CHECK(backbone.embed({rgba, 8, 8, 0}, {}, right).ok());
}

TEST_CASE("a file that is not a backbone of a known format is refused by name") {
  RandomBackbone options = small();
  options.metadata = {{"format", "backbone/2"}};
  CHECK(failure_of(options).code == ErrorCode::kBadVersion);
  options.metadata = {{"format", "head/1"}};
  CHECK(failure_of(options).code == ErrorCode::kBadFile);
  CHECK(says(failure_of(options), "got \"head/1\""));
  options.metadata = {{"format", ""}};
  CHECK(failure_of(options).code == ErrorCode::kBadFile);
}

TEST_CASE("metadata that this program cannot follow is refused, naming the key") {
  for (const auto& [key, value] :
       std::vector<std::pair<std::string, std::string>>{{"architecture", "resnet"},
                                                        {"width_multiplier", "wide"},
                                                        {"width_multiplier", "100"},
                                                        {"width_multiplier", "-1"},
                                                        {"input_size", "97"},
                                                        {"input_size", "96.0"},
                                                        {"input_scale", "1/0"},
                                                        {"input_scale", "big"},
                                                        {"input_offset", "1000"},
                                                        {"padding", "valid"},
                                                        {"activation", "swish"},
                                                        {"block_strides", "1,1,1"},
                                                        {"embedding_dim", "1024"},
                                                        {"conv_layout", "OIHW"},
                                                        {"depthwise_layout", "CHW"},
                                                        {"padding", ""},
                                                        {"input_scale", ""}}) {
    CAPTURE(key);
    CAPTURE(value);
    RandomBackbone options = small();
    options.metadata = {{key, value}};
    const Error error = failure_of(options);
    CHECK(error.code == ErrorCode::kBadFile);
    CHECK(says(error, key));
  }
}

TEST_CASE(
    "tensors that are missing, left over, misshaped, mixed or not finite are refused, naming the tensor") {
  RandomBackbone options = small();
  options.left_out = "blocks.7.project.bias";
  CHECK(says(failure_of(options), "\"blocks.7.project.bias\" is missing"));
  options = small();
  options.has_extra_tensor = true;
  CHECK(says(failure_of(options), "\"classifier.bias\" does not belong"));
  options = small();
  options.reshaped = "blocks.3.depthwise.weight";
  CHECK(says(failure_of(options),
             "\"blocks.3.depthwise.weight\" should be [3, 3, 48] at this width, got [432]"));
  options = small();
  options.other_dtype = "last.bias";
  CHECK(says(failure_of(options), "got F32 and F16 in \"last.bias\""));
  options = small();
  options.not_finite = "stem.bias";
  CHECK(says(failure_of(options), "\"stem.bias\" holds a number that is not finite"));
  options = small();
  options.metadata = {{"width_multiplier", "1.0"}};
  CHECK(says(failure_of(options), "at this width"));
}

TEST_CASE("truncated, extended and random bytes are refused as a backbone") {
  const ComputePool pool = one_thread();
  Bytes file = make_random_backbone(small());
  for (const std::size_t length :
       {std::size_t{0}, std::size_t{7}, std::size_t{8}, std::size_t{100}, file.size() / 2, file.size() - 1}) {
    const auto backbone = Backbone::load(std::span(file).first(length), {}, pool);
    REQUIRE_FALSE(backbone.ok());
    CHECK(backbone.error().code == ErrorCode::kBadFile);
  }
  file.push_back(0);
  CHECK_FALSE(Backbone::load(file, {}, pool).ok());
  test::RandomNumbers numbers(11);
  for (int round = 0; round < 100; ++round) {
    Bytes random(static_cast<std::size_t>(round) * 10);
    std::ranges::generate(random, [&] { return numbers.next_byte(); });
    CHECK_FALSE(Backbone::load(random, {}, pool).ok());
  }
}
