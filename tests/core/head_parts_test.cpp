// Heads that read other maps than the last one, look twice, or bring tensors of their network along.
#include <doctest/doctest.h>

#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "files/safetensors.h"
#include "head/changed_tensors.h"
#include "headstart/head.h"
#include "network/mobilenet_v2.h"

using namespace headstart;

namespace {

Head plain_head(std::size_t feature_count) {
  Head head;
  head.labels = {"rock", "paper"};
  head.feature_count = feature_count;
  head.weights.assign(2 * feature_count, 0.25F);
  head.biases = {0.5F, -0.5F};
  head.backbone = "mobilenet_v2_0.1_96";
  return head;
}

ChangedTensor tensor(const std::string& name, std::vector<std::size_t> shape) {
  std::size_t count = 1;
  for (const std::size_t size : shape) count *= size;
  return {name, std::move(shape), std::vector<float>(count, 0.125F)};
}

// At width 0.1 every block has 8 channels but the last four, which have 16, and 32.
Head joined_head() {
  Head head = plain_head(8 + 1280);
  head.features = {"blocks.5", "last"};
  head.second_look = SecondLook::kMirrored;
  return head;
}

Head tuned_head() {
  Head head = plain_head(1280);
  head.border = "blocks.15";
  const Network network = mobilenet_v2(0.1, 96);
  const std::size_t input = network.map_of(*network.find_block("blocks.15")).channel_count;
  head.tensors = {tensor("blocks.16.expand.weight", {6 * input, 1, 1, input}),
                  tensor("blocks.16.expand.bias", {6 * input}), tensor("last.bias", {1280})};
  return head;
}

Head cut_head() {
  Head head = plain_head(12);
  head.features = {"cut"};
  head.border = "blocks.5";
  head.tensors = {tensor("cut.weight", {12, 1, 1, 8}), tensor("cut.bias", {12})};
  return head;
}

BackboneInfo small_backbone() {
  BackboneInfo info;
  info.name = "mobilenet_v2_0.1_96";
  info.width_multiplier = "0.1";
  info.embedding_dim = 1280;
  info.feature_blocks = feature_blocks_of(mobilenet_v2(0.1, 96));
  info.tensors = tensors_of(mobilenet_v2(0.1, 96));
  return info;
}

Error unwritable(const Head& head) {
  const auto written = write_head_file(head);
  REQUIRE_FALSE(written.ok());
  CHECK(written.error().code == ErrorCode::kInternal);
  return written.error();
}

Error unreadable(const Head& head, const std::string& key, const std::string& value) {
  const auto file = write_head_file(head);
  REQUIRE(file.ok());
  const SafetensorsView view = SafetensorsView::parse(file.value()).value();
  SafetensorsWriter writer;
  for (const auto& [name, text] : view.metadata()) writer.set_metadata(name, text);
  writer.set_metadata(key, value);
  for (const TensorView& one : view.tensors()) writer.add_bytes(one.name, one.dtype, one.shape, one.bytes);
  const auto read = read_head_file(writer.finish());
  REQUIRE_FALSE(read.ok());
  return read.error();
}

}  // namespace

TEST_CASE("a head's maps, second look, border and tensors come back from its file, to the same bytes") {
  for (const Head& head : {joined_head(), tuned_head(), cut_head()}) {
    const auto bytes = write_head_file(head);
    if (!bytes.ok()) MESSAGE(bytes.error().message);
    REQUIRE(bytes.ok());
    const auto read = read_head_file(bytes.value());
    if (!read.ok()) MESSAGE(read.error().message);
    REQUIRE(read.ok());
    CHECK(read.value().features == head.features);
    CHECK(read.value().second_look == head.second_look);
    CHECK(read.value().border == head.border);
    REQUIRE(read.value().tensors.size() == head.tensors.size());
    for (std::size_t i = 0; i < head.tensors.size(); ++i) {
      CHECK(read.value().tensors[i].name == head.tensors[i].name);
      CHECK(read.value().tensors[i].shape == head.tensors[i].shape);
      CHECK(read.value().tensors[i].values == head.tensors[i].values);
    }
    CHECK(write_head_file(read.value()).value() == bytes.value());
    CHECK(check_head_fits(read.value(), small_backbone()).ok());
  }
}

TEST_CASE("a file says what its head reads and changes under the names that other programs look for") {
  const auto joined = write_head_file(joined_head()).value();
  const SafetensorsView view = SafetensorsView::parse(joined).value();
  CHECK(*view.metadata("features") == R"(["blocks.5","last"])");
  CHECK(*view.metadata("second_look") == "mirrored");
  CHECK(view.metadata("border") == nullptr);
  const auto tuned = write_head_file(tuned_head()).value();
  const SafetensorsView tuned_view = SafetensorsView::parse(tuned).value();
  CHECK(*tuned_view.metadata("border") == "blocks.15");
  CHECK(tuned_view.metadata("features") == nullptr);
  CHECK(tuned_view.find("last.bias")->shape == std::vector<std::size_t>{1280});
  const auto plain = write_head_file(plain_head(3)).value();
  const SafetensorsView plain_view = SafetensorsView::parse(plain).value();
  for (const char* key : {"features", "second_look", "border"}) CHECK(plain_view.metadata(key) == nullptr);
}

TEST_CASE("files whose features or border make no sense are refused as bad files") {
  for (const char* features : {"", "last", "[]", "[1]", R"(["blocks.1000"])", R"(["last","last"])",
                               R"(["cut"])", R"(["last","cut"])", R"(["stem"])"}) {
    CAPTURE(features);
    const Error error = unreadable(joined_head(), "features", features);
    CHECK(error.code == ErrorCode::kBadFile);
    CHECK_FALSE(error.message.empty());
  }
  for (const char* border : {"blocks.099", "blocks.16", "last", "blocks.", "x"}) {
    CAPTURE(border);
    CHECK(unreadable(tuned_head(), "border", border).code == ErrorCode::kBadFile);
  }
  CHECK(unreadable(tuned_head(), "border", "x").message ==
        "`border` should be a map of the network or \"input\", such as \"blocks.15\", got \"x\": \"x\" is no "
        "map of "
        "a network");
  Head deep_cut = cut_head();
  deep_cut.border = "blocks.30";
  CHECK(check_head_fits(deep_cut, small_backbone()).error().message.find("no map \"blocks.30\"") !=
        std::string::npos);
  CHECK(unreadable(tuned_head(), "border", "").message.find("border") != std::string::npos);
  CHECK(unreadable(cut_head(), "border", "input").code == ErrorCode::kBadFile);
}

TEST_CASE("the border of several networks is one map of each, and tensors lie behind that of their own") {
  Head head = plain_head(8);
  head.features = {"a.last", "b.last"};
  head.border = "a.blocks.7,b.blocks.13";
  head.tensors = {tensor("a.blocks.8.expand.bias", {4}), tensor("b.blocks.14.expand.bias", {4}),
                  tensor("b.last.bias", {4})};
  const auto written = write_head_file(head);
  if (!written.ok()) MESSAGE(written.error().message);
  REQUIRE(written.ok());
  CHECK(read_head_file(written.value()).value().border == head.border);
  const std::string missing_letter = "of several networks each map bears its network's letter, ";
  for (const auto& [border, why] : std::vector<std::pair<std::string, std::string>>{
           {"a.blocks.7",
            "it leaves out the network \"b\", of which the head brings the tensor \"b.blocks.14"},
           {"b.blocks.13",
            "it leaves out the network \"a\", of which the head brings the tensor \"a.blocks.8"},
           {"blocks.7", "it leaves out the network \"a\""},
           {"b.blocks.13,a.blocks.7", "the network \"a\" comes before \"b\""},
           {"a.blocks.7,a.blocks.8", "it names the network \"a\" twice"},
           {"a.blocks.7,b.blocks.13,", "it ends with a comma"},
           {",a.blocks.7", "\"\" is no map of a network"},
           {"a.blocks.7,blocks.13", missing_letter + "\"blocks.13\" bears none"},
           {"blocks.7,b.blocks.13", missing_letter + "\"blocks.7\" bears none"},
           {"a.blocks.7,,b.blocks.13", "\"\" is no map of a network"},
           {"a.blocks.7,input", "\"input\" is no map of a network"},
           {",", "\"\" is no map of a network"}}) {
    CAPTURE(border);
    const Error error = unreadable(head, "border", border);
    CHECK(error.code == ErrorCode::kBadFile);
    const std::string expected =
        "`border` should be one map of each network, such as \"a.blocks.7,b.blocks.13\", got ";
    CAPTURE(error.message);
    CHECK(error.message.starts_with(expected + "\"" + border + "\": " + why));
  }
  for (const auto& [border, tensor] : std::vector<std::pair<std::string, std::string>>{
           {"a.blocks.7,b.blocks.14", "b.blocks.14"}, {"a.blocks.8,b.blocks.13", "a.blocks.8"}}) {
    const std::string message = unreadable(head, "border", border).message;
    CHECK(message.starts_with("the tensor \"" + tensor + ".expand.bias\" lies before the border"));
  }
  // Of two networks that are really there, one has no such map.
  BackboneInfo info = small_backbone();
  for (FeatureBlock& block : info.feature_blocks) block.map.insert(0, "a.");
  info.feature_blocks.push_back({"b.last", 0, 4});
  const Error misfit = check_head_fits(head, info).error();
  CHECK(misfit.code == ErrorCode::kBadFile);
  CHECK(misfit.message ==
        "`border` should be one map of each network, such as \"a.blocks.16,b.last\", got "
        "\"a.blocks.7,b.blocks.13\": the backbone has no map \"b.blocks.13\"");
}

TEST_CASE("a border that leaves out one of the backbone's networks is told with one that does not") {
  BackboneInfo pair;
  pair.name = plain_head(8).backbone;
  for (const char* map : {"a.blocks.0", "a.blocks.16", "a.blocks.16:deviation", "a.last", "b.blocks.0",
                          "b.blocks.1", "b.last"}) {
    pair.feature_blocks.push_back({map, 0, 4});
  }
  const auto refusal = [](const std::string& border, const BackboneInfo& backbone) {
    Head head = plain_head(8);
    head.border = border;
    const Status fits = check_head_fits(head, backbone);
    REQUIRE_FALSE(fits.ok());
    return fits.error().message;
  };
  const std::string each =
      "`border` should be one map of each network, such as \"a.blocks.16,b.blocks.1\", got ";
  CHECK(refusal("a.blocks.0", pair) == each + "\"a.blocks.0\": it leaves out the network \"b\"");
  CHECK(refusal("b.blocks.0", pair) == each + "\"b.blocks.0\": it leaves out the network \"a\"");
  CHECK(refusal("blocks.0", pair) == each + "\"blocks.0\": it leaves out the network \"a\"");
  CHECK(refusal("a.blocks.0,b.blocks.9", pair) ==
        each + "\"a.blocks.0,b.blocks.9\": the backbone has no map \"b.blocks.9\"");
  const std::string one = "`border` should be a map of the network or \"input\", such as \"blocks.16\", got ";
  CHECK(refusal("a.blocks.0", small_backbone()) ==
        one + "\"a.blocks.0\": the backbone has no map \"a.blocks.0\"");
  CHECK(refusal("blocks.17", small_backbone()) ==
        one + "\"blocks.17\": the backbone has no map \"blocks.17\"");
}

TEST_CASE("tensors that do not belong behind the border, or to a cut, are not written") {
  Head frozen = tuned_head();
  frozen.tensors.push_back(tensor("blocks.15.project.bias", {16}));
  CHECK(unwritable(frozen).message.find("blocks.15.project.bias") != std::string::npos);
  frozen.border = "input";
  CHECK(write_head_file(frozen).ok());

  Head unknown = tuned_head();
  unknown.tensors.push_back(tensor("classifier.weight", {8, 1, 1, 8}));
  unwritable(unknown);
  Head flat = tuned_head();
  flat.tensors[0].shape = {flat.tensors[0].values.size()};
  unwritable(flat);
  Head infinite = tuned_head();
  infinite.tensors[0].values[3] = std::numeric_limits<float>::infinity();
  unwritable(infinite);

  Head half = cut_head();
  half.tensors.pop_back();
  unwritable(half);
  Head narrow = cut_head();
  narrow.tensors[0] = tensor("cut.weight", {11, 1, 1, 8});
  CHECK(unwritable(narrow).message.find("12 features") != std::string::npos);
  Head mixed = cut_head();
  mixed.tensors.push_back(tensor("last.bias", {1280}));
  unwritable(mixed);
}

TEST_CASE("a head's tensors in a file must be float32 and finite, as the head itself") {
  const auto file_with = [](bool half, float value) {
    SafetensorsWriter writer;
    for (const auto& [key, text] : std::map<std::string, std::string>{{"format", "head/1"},
                                                                      {"labels", R"(["a","b"])"},
                                                                      {"backbone", "some"},
                                                                      {"border", "blocks.16"}}) {
      writer.set_metadata(key, text);
    }
    writer.add_f32("head.weight", {2, 1}, std::vector<float>{1, 2});
    writer.add_f32("head.bias", {2}, std::vector<float>{1, 2});
    if (half) writer.add_f16("last.bias", {1}, std::vector<float>{value});
    if (!half) writer.add_f32("last.bias", {1}, std::vector<float>{value});
    return writer.finish();
  };
  CHECK(read_head_file(file_with(false, 1)).ok());
  CHECK(read_head_file(file_with(true, 1)).error().code == ErrorCode::kBadFile);
  CHECK(read_head_file(file_with(false, std::numeric_limits<float>::quiet_NaN())).error().code ==
        ErrorCode::kBadFile);
}

TEST_CASE("a head fits when its maps and tensors have the backbone's sizes") {
  const auto misfit = [](const Head& head, const std::string& part) {
    const Status status = check_head_fits(head, small_backbone());
    REQUIRE_FALSE(status.ok());
    CHECK(status.error().code == ErrorCode::kBadFile);
    CHECK(status.error().message.find(part) != std::string::npos);
  };
  Head wide = joined_head();
  wide.features.insert(wide.features.begin(), "blocks.0");
  misfit(wide, "head expects 1288 features per sample, got 1296");
  Head reshaped = tuned_head();
  reshaped.tensors[2] = tensor("last.bias", {640});
  misfit(reshaped, "[640]");
  Head absent = tuned_head();
  absent.tensors.push_back(tensor("blocks.16.squeeze.bias", {8}));
  misfit(absent, "not there");
  Head deep = joined_head();
  deep.features[0] = "blocks.17";
  misfit(deep, "no map \"blocks.17\"");
  Head cut = cut_head();
  cut.tensors[0] = tensor("cut.weight", {12, 1, 1, 16});
  misfit(cut, "reads 16 channels, the map \"blocks.5\" has 8");
}
