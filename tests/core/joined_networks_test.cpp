// Several networks that look at one picture together: what each sees, alone and beside the others.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "headstart/backbone.h"
#include "headstart/network_layers.h"
#include "headstart/strategies.h"
#include "network/join.h"
#include "network/joined_file.h"
#include "network/network_file.h"
#include "support/files.h"
#include "support/joined_networks.h"

using namespace headstart;
using namespace headstart::test;

namespace {

std::vector<float> features_of(const Bytes& file, const DrawnPicture& picture) {
  const ComputePool pool = one_thread();
  auto backbone = Backbone::load(file, {}, pool);
  if (!backbone) MESSAGE(backbone.error().message);
  REQUIRE(backbone.ok());
  std::vector<float> features(backbone.value().feature_count());
  REQUIRE(backbone.value().embed_features(picture.view(), {}, features).ok());
  return features;
}

Backbone load(const Bytes& file, const ComputePool& pool, const BackboneOptions& options = {}) {
  auto backbone = Backbone::load(file, options, pool);
  if (!backbone) MESSAGE(backbone.error().message);
  REQUIRE(backbone.ok());
  return std::move(backbone).value();
}

Error refused(const Bytes& file) {
  const auto network = read_network(file);
  REQUIRE_FALSE(network.ok());
  return network.error();
}

}  // namespace

TEST_CASE("networks that look together see what each sees alone") {
  const Bytes first = v2_file();
  const Bytes second = v3_file();
  const ComputePool pool = one_thread();
  Backbone both = load(joined({first, second}), pool, {.max_batch_size = 2});
  const DrawnPicture picture = draw(1, 3);
  std::vector<float> row(both.feature_count());
  REQUIRE(both.embed_features(picture.view(), {}, row).ok());
  std::size_t seen = 0;
  for (const auto& [file, prefix] : {std::pair(first, "a."), std::pair(second, "b.")}) {
    const Backbone alone = load(file, pool);
    const std::vector<float> own = features_of(file, picture);
    for (const FeatureBlock& block : alone.feature_blocks()) {
      const auto found = std::ranges::find(both.feature_blocks(), prefix + block.map, &FeatureBlock::map);
      REQUIRE(found != both.feature_blocks().end());
      CAPTURE(found->map);
      CHECK(found->is_rectified == block.is_rectified);
      CHECK(largest_difference(std::span(row).subspan(found->offset, found->count),
                               std::span(own).subspan(block.offset, block.count)) < 1e-5);
      seen += block.count;
    }
  }
  CHECK(seen == row.size());

  // Their embeddings stand at the end of the row, one behind the other, in a batch too.
  const BackboneInfo& info = both.info();
  CHECK(info.embedding_dim == both.feature_blocks().back().count + (both.feature_blocks().end() - 2)->count);
  REQUIRE(both.prepare(draw(0, 9).view(), {}, 0).ok());
  REQUIRE(both.prepare(picture.view(), {}, 1).ok());
  REQUIRE(both.run(2).ok());
  CHECK(std::ranges::equal(both.embedding(1), std::span(row).last(info.embedding_dim)));

  const Network v2 = read_network(first).value();
  const Network v3 = read_network(second).value();
  CHECK(info.name == v2.name + "+" + v3.name);
  CHECK(info.sha256 == v2.sha256 + "+" + v3.sha256);
  CHECK(info.parameter_count == v2.parameter_count() + v3.parameter_count() + 6);  // the second's own scaling
  CHECK(network_layers(both.network()).size() == v2.blocks.size() + v3.blocks.size());
}

TEST_CASE("networks that want their pixels alike share the picture as it is") {
  const Network whole =
      join_networks({read_network(v2_file(1)).value(), read_network(v2_file(2)).value()}).value();
  CHECK(std::ranges::count(whole.layers, LayerKind::kScale, &Layer::kind) == 0);
  CHECK(whole.branches.size() == 2);
  CHECK(whole.find_block("b.blocks.3") != nullptr);
}

TEST_CASE("networks that do not go together are told") {
  const Bytes file = v2_file();
  CHECK(refused(joined({file, v3_file(128)})).message.find("pictures of one size") != std::string::npos);
  CHECK(refused(joined({file, file})).message.find("there twice") != std::string::npos);
  CHECK(refused(joined({file, v2_file(2), v2_file(3), v2_file(4), v2_file(5)})).code == ErrorCode::kBadFile);
  CHECK(refused(joined({joined({file, v3_file()}), v2_file(2)})).code == ErrorCode::kBadFile);
  CHECK(refused(joined({})).code == ErrorCode::kBadFile);
  CHECK(refused(joined({file, Bytes(100, 7)})).code == ErrorCode::kBadFile);
  CHECK(read_network(joined({file})).value().branches.empty());
  const Network network = read_network(file).value();
  CHECK(join_networks({network}).error().code == ErrorCode::kBadArgument);

  SafetensorsWriter newer;
  newer.set_metadata("format", "joined/2");
  newer.add_bytes("a", DType::kU8, {file.size()}, file);
  CHECK(refused(newer.finish()).code == ErrorCode::kBadVersion);
}

TEST_CASE("of networks that look together, each says whether its own file is in bytes") {
  TfliteBuilder builder(kJoinedSidePx);
  builder.quantise_input(TfliteBuilder::kInt8, 1.0F / 128, 0);
  builder.compute_in_bytes(1.0F / 16);
  builder.classifier(builder.convolution(builder.input(), 8, 3, 2, kRelu6), 3);
  const BackboneInfo info = info_of(read_network(joined({v2_file(), builder.file(), v3_file()})).value());
  CHECK(info.is_quantised);
  REQUIRE(info.branches.size() == 3);
  CHECK_FALSE(info.branches[0].is_quantised);
  CHECK(info.branches[1].is_quantised);
  CHECK_FALSE(info.branches[2].is_quantised);
  CHECK(info.branches[1].name == "b");
  CHECK(info.branches[0].network == read_network(v2_file()).value().name);
  CHECK(info_of(read_network(v2_file()).value()).branches.empty());
}

TEST_CASE("what a .tflite does not say of its pixels, the file around it can") {
  const Bytes file = v3_network().file();
  const auto with = [&](const char* scale, const char* offset) {
    SafetensorsWriter writer;
    writer.set_metadata("format", "joined/1");
    if (scale != nullptr) writer.set_metadata("a.input_scale", scale);
    if (offset != nullptr) writer.set_metadata("a.input_offset", offset);
    writer.add_bytes("a", DType::kU8, {file.size()}, file);
    return writer.finish();
  };
  const Network taken = read_network(with(nullptr, nullptr)).value();
  CHECK(taken.input_scale == "1/127.5");
  CHECK(taken.is_normalisation_guessed);
  const Network asked = read_network(with("1/255", "0")).value();
  CHECK(asked.input_scale == "1/255");
  CHECK(asked.normalisation.offset == 0);
  CHECK_FALSE(asked.is_normalisation_guessed);
  CHECK(refused(with("1/255", nullptr)).code == ErrorCode::kBadFile);
  CHECK(refused(with("much", "0")).code == ErrorCode::kBadFile);
}

TEST_CASE("of networks that look together, the file says how much say each has") {
  const Bytes first = v2_file();
  const Bytes second = v3_file();
  const std::vector<std::span<const std::uint8_t>> files = {first, second};
  CHECK(read_network(joined_file(files)).value().branches[1].share == 1);
  const Bytes uneven = joined_file(files, std::vector<double>{0.5, 3});
  const Network network = read_network(uneven).value();
  CHECK(network.branches[0].share == 0.5);
  CHECK(network.branches[1].share == 3);
  CHECK(network.sha256 == read_network(joined_file(files)).value().sha256);
  for (const FeatureBlock& block : feature_blocks_of(network)) {
    CAPTURE(block.map);
    CHECK(block.share == (block.map.starts_with("a.") ? 0.5 : 3));
  }
  const auto said = [&](const char* share) {
    SafetensorsWriter writer;
    writer.set_metadata("format", "joined/1");
    writer.set_metadata("b.share", share);
    writer.add_bytes("a", DType::kU8, {first.size()}, first);
    writer.add_bytes("b", DType::kU8, {second.size()}, second);
    return writer.finish();
  };
  CHECK(read_network(said("1/4")).value().branches[1].share == 0.25);
  for (const char* wrong : {"0", "-1", "much", "", "1001", "0.0001"}) {
    CAPTURE(wrong);
    CHECK(refused(said(wrong)).message.find("b.share") != std::string::npos);
  }
}

TEST_CASE("a network with more say counts for more in what a discriminant makes of it") {
  // The length of what a head reads of each network, after its transform and scales.
  const auto reach = [](double share) {
    const Bytes first = v2_file();
    const Bytes second = v3_file();
    const std::vector<std::span<const std::uint8_t>> files = {first, second};
    const ComputePool pool = one_thread();
    const Bytes file = joined_file(files, std::vector<double>{1, share});
    Session session = open_session(file, pool);
    teach(session, 6, 3);
    REQUIRE(train(session, {.head = HeadKind::kDiscriminant}).ok());
    const Head head = read_head_file(session.export_head("").value()).value();
    double of_first = 0;
    double of_second = 0;
    for (std::size_t k = 0; k < head.weights.size(); ++k) {
      const bool is_first = k % head.feature_count < head.map_sizes[0];
      (is_first ? of_first : of_second) += std::pow(static_cast<double>(head.weights[k]), 2);
    }
    return of_second / of_first;
  };
  CHECK(reach(4) > 1.5 * reach(1));
  CHECK(reach(0.25) < reach(1) / 1.5);
}

TEST_CASE("a head on two networks is trained, travels and answers the same") {
  const Bytes file = joined({v2_file(), v3_file()});
  const ComputePool pool = one_thread();
  TrainOptions options;
  SUBCASE("of their last layers") {}
  SUBCASE("transformed") {
    options.head = HeadKind::kDiscriminant;
  }
  SUBCASE("with a hidden layer") {
    options.head = HeadKind::kMlp;
  }
  SUBCASE("of joined layers of both") {
    options.head = HeadKind::kDiscriminant;
    options.features = {"a.blocks.14", "a.last", "b.blocks.1", "b.last"};
  }
  Session session = open_session(file, pool);
  const std::vector<ClassId> ids = teach(session, 6, 3);
  REQUIRE(train(session, options).ok());
  const auto head_file = session.export_head("");
  REQUIRE(head_file.ok());
  const Head head = read_head_file(head_file.value()).value();
  CHECK(head.features == named_maps(session.backbone().feature_blocks(), options.features));
  CHECK(head.backbone == session.backbone().info().name);
  CHECK(head.backbone_sha256 == session.backbone().info().sha256);

  Session other = open_session(file, pool);
  for (int kind = 0; kind < 3; ++kind) (void)other.samples().add_class("kind " + std::to_string(kind));
  REQUIRE(other.read_head(head_file.value()).ok());
  REQUIRE(other.adopt_head(ids, file).ok());
  check_says_the_same(session, other, file, head, ids[0], pool);
  // Another pair, or one of the two, is another backbone.
  Session alone = open_session(v2_file(), pool);
  CHECK(alone.read_head(head_file.value()).error().code == ErrorCode::kBadFile);
}

TEST_CASE("of two networks what they end with can be trained, and no more is offered") {
  const Bytes file = joined({v2_file(), v3_file()});
  const ComputePool pool = one_thread();
  Session session = open_session(file, pool);
  const std::span<const FeatureBlock> blocks = session.backbone().feature_blocks();
  std::vector<std::string> tuned;
  for (const Strategy& strategy : strategies(blocks)) {
    CAPTURE(strategy.name);
    CHECK(select_features(blocks, strategy.features).ok());
    if (strategy.tuning) tuned.push_back(strategy.name);
  }
  // The second has two blocks besides its first and last.
  CHECK(tuned == std::vector<std::string>{"last-convolution", "last-block"});
  CHECK(strategy_named(blocks, "last-convolution").value().border == "a.blocks.16,b.blocks.1");
  CHECK(strategy_named(blocks, "last-block").value().border == "a.blocks.15,b.blocks.0");
  CHECK(strategy_named(blocks, "last-block").value().features == FeatureSet{"a.last", "b.last"});
  CHECK(strategy_named(blocks, "head").value().features == FeatureSet{"a.last", "b.last"});
  CHECK_FALSE(strategy_named(blocks, "last-3-blocks").ok());
  teach(session, 6, 2);
  REQUIRE(session.train_begin({}).ok());
  while (!session.train_step().value().done) continue;
  FineTuneOptions options;
  options.part = TrainedPart::kWholeNetwork;
  const auto begun = session.tune_begin(file, options, ViewUse::kNone);
  REQUIRE_FALSE(begun.ok());
  CHECK(begun.error().code == ErrorCode::kUnsupported);
  CHECK(begun.error().message.find("one network") != std::string::npos);
  CHECK(Backbone::load(file, {.end_map = "a.blocks.3"}, pool).error().code == ErrorCode::kBadArgument);
}

TEST_CASE("an export leaves out what its head does not read of either network") {
  const Network whole = read_network(joined({v2_file(), v3_file()})).value();
  const std::vector<std::string> first_only = {"a.blocks.3"};
  const Network trimmed = trim_network(whole, first_only).value();
  CHECK(trimmed.branches.size() == 1);
  CHECK(trimmed.blocks.back().name == "a.blocks.3");
  CHECK(trimmed.layers.size() == trimmed.blocks.back().end);
  const std::vector<std::string> of_both = {"b.blocks.0", "a.blocks.3"};
  Network both = trim_network(whole, of_both).value();
  CHECK(both.blocks.back().name == "b.blocks.0");
  CHECK(fit_network(both, 96).ok());
  const std::vector<std::string> none = {"c.last"};
  CHECK_FALSE(trim_network(whole, none).ok());
}

TEST_CASE("published networks join" *
          doctest::skip(!has_shared("backbones/tflite/mobilenet_v3_small_224.hybrid.tflite"))) {
  std::vector<Bytes> files;
  for (const char* name :
       {"tflite/mobilenet_v3_small_224.hybrid.tflite", "mobilenet_v2_0.35_224.f16.safetensors",
        "tflite/efficientnet_lite0_224.int8.tflite"}) {
    files.push_back(read_file(shared_path(std::string("backbones/") + name)).value());
  }
  const DrawnPicture picture = draw(1, 3);
  const ComputePool pool = one_thread();
  Backbone whole = load(joined(files), pool);
  CHECK(whole.info().embedding_dim == 576 + 1280 + 1280);
  std::vector<float> embedding(whole.info().embedding_dim);
  REQUIRE(whole.embed(picture.view(), {}, embedding).ok());
  std::size_t begin = 0;
  for (const Bytes& file : files) {
    const std::vector<float> row = features_of(file, picture);
    const std::size_t count = read_network(file).value().embedding_dim();
    CHECK(largest_difference(std::span(embedding).subspan(begin, count), std::span(row).last(count)) < 1e-3);
    begin += count;
  }
}
