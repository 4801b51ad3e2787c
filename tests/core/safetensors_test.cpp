#include "files/safetensors.h"

#include <doctest/doctest.h>

#include <cstring>
#include <limits>
#include <string>

using namespace headstart;

namespace {

using Bytes = std::vector<std::uint8_t>;

// A file with this header and this many bytes of data.
Bytes file_of(const std::string& header, std::size_t data_bytes) {
  Bytes file(8 + header.size() + data_bytes);
  const std::uint64_t header_bytes = header.size();
  std::memcpy(file.data(), &header_bytes, 8);
  std::memcpy(file.data() + 8, header.data(), header.size());
  return file;
}

std::string failure_of(const Bytes& file) {
  const auto parsed = SafetensorsView::parse(file);
  if (parsed.ok()) return "";
  CHECK(parsed.error().code == ErrorCode::kBadFile);
  return parsed.error().message;
}

std::string failure_of(const std::string& header, std::size_t data_bytes = 8) {
  return failure_of(file_of(header, data_bytes));
}

Bytes sample_file() {
  SafetensorsWriter writer;
  writer.set_metadata("z", "last");
  writer.set_metadata("labels", R"(["a \"b\"","é"])");
  writer.add_f32("weights", {2, 2}, std::vector<float>{1.0F, -2.5F, 0.0F, 1e-20F});
  writer.add_f16("halves", {3}, std::vector<float>{1.0F, 0.1F, -65504.0F});
  writer.add_bytes("scales", DType::kI8, {1, 1}, Bytes{0x80});
  return writer.finish();
}

}  // namespace

TEST_CASE("a written safetensors file reads back as it was") {
  const Bytes file = sample_file();
  const auto parsed = SafetensorsView::parse(file);
  REQUIRE(parsed.ok());
  const SafetensorsView& view = parsed.value();
  CHECK(view.metadata().size() == 2);
  REQUIRE(view.metadata("labels") != nullptr);
  CHECK(*view.metadata("labels") == R"(["a \"b\"","é"])");
  CHECK(view.metadata("missing") == nullptr);
  REQUIRE(view.tensors().size() == 3);
  CHECK(view.tensors()[0].name == "weights");

  const TensorView* halves = view.find("halves");
  REQUIRE(halves != nullptr);
  CHECK(halves->dtype == DType::kF16);
  std::vector<float> values(3);
  REQUIRE(read_floats(*halves, values).ok());
  CHECK(values == std::vector<float>{1.0F, 0.0999755859375F, -65504.0F});
  CHECK(view.find("halve") == nullptr);
  CHECK(view.find("zzz") == nullptr);
}

TEST_CASE("the same calls write the same bytes, and metadata is sorted") {
  CHECK(sample_file() == sample_file());
  const Bytes file = sample_file();
  const std::string header(reinterpret_cast<const char*>(file.data()) + 8, 60);
  CHECK(header.find(R"({"__metadata__":{"labels":)") == 0);
  std::uint64_t header_bytes = 0;
  std::memcpy(&header_bytes, file.data(), 8);
  CHECK(header_bytes % 8 == 0);
}

TEST_CASE("a file without tensors or metadata is well-formed") {
  CHECK(failure_of("{}", 0).empty());
  CHECK(failure_of("{}   ", 0).empty());
  CHECK(failure_of(R"({"__metadata__":{}})", 0).empty());
}

TEST_CASE("every truncation of a safetensors file is refused") {
  const Bytes file = sample_file();
  for (std::size_t length = 0; length < file.size(); ++length) {
    CHECK_FALSE(failure_of(Bytes(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(length))).empty());
  }
}

TEST_CASE("a safetensors file with bytes that no tensor covers is refused") {
  Bytes file = sample_file();
  file.push_back(0);
  CHECK(failure_of(file).find("the tensors end at byte") != std::string::npos);
  CHECK(
      failure_of(R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}})").find("should begin at byte 0") !=
      std::string::npos);
}

TEST_CASE("tensors that overlap are refused, in whatever order the header has them") {
  const std::string overlap = R"({"b":{"dtype":"U8","shape":[5],"data_offsets":[3,8]},)"
                              R"("a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}})";
  CHECK(failure_of(overlap).find("tensor \"b\" should begin at byte 4") != std::string::npos);
  const std::string apart = R"({"b":{"dtype":"U8","shape":[4],"data_offsets":[4,8]},)"
                            R"("a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}})";
  CHECK(failure_of(apart).empty());
}

TEST_CASE("a header length that is no length of this file is refused") {
  Bytes file = file_of("{}", 0);
  for (const std::uint64_t claimed :
       {std::uint64_t{3}, std::uint64_t{1} << 40, std::numeric_limits<std::uint64_t>::max()}) {
    std::memcpy(file.data(), &claimed, 8);
    CHECK(failure_of(file).find("the header claims") != std::string::npos);
  }
}

TEST_CASE("shapes that do not fit their bytes are refused, overflow included") {
  CHECK_FALSE(failure_of(R"({"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}})").empty());
  CHECK_FALSE(
      failure_of(R"({"a":{"dtype":"F32","shape":[4294967296,4294967296,2],"data_offsets":[0,8]}})").empty());
  CHECK_FALSE(
      failure_of(R"({"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,8]}})").empty());
  CHECK_FALSE(failure_of(R"({"a":{"dtype":"U8","shape":[1,1,1,1,1,1,1,1,8],"data_offsets":[0,8]}})").empty());
  CHECK(failure_of(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})").empty());
  CHECK(failure_of(R"({"a":{"dtype":"F64","shape":[],"data_offsets":[0,8]}})").empty());
  CHECK(failure_of(R"({"a":{"dtype":"F64","shape":[3,0],"data_offsets":[0,0]}})", 0).empty());
}

TEST_CASE("ranges that are reversed, negative or outside the file are refused") {
  CHECK_FALSE(failure_of(R"({"a":{"dtype":"U8","shape":[8],"data_offsets":[8,0]}})").empty());
  CHECK_FALSE(failure_of(R"({"a":{"dtype":"U8","shape":[8],"data_offsets":[-8,0]}})").empty());
  CHECK_FALSE(failure_of(R"({"a":{"dtype":"U8","shape":[9],"data_offsets":[0,9]}})").empty());
  CHECK_FALSE(failure_of(R"({"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8.0]}})").empty());
}

TEST_CASE("headers that are not the JSON of the specification are refused") {
  for (
      const char* header : {
          "",
          " {}",
          "{",
          "[]",
          "{}x",
          "{\"a\"}",
          "{\"a\":1}",
          "{\"a\":{}}",
          "{,}",
          R"({"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8]},})",
          R"({"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8]} "b":{}})",
          R"({"a":{"dtype":"U9","shape":[8],"data_offsets":[0,8]}})",
          R"({"a":{"dtype":"U8","shape":[8]}})",
          R"({"a":{"dtype":"U8","shape":[8],"shape":[8],"data_offsets":[0,8]}})",
          R"({"a":{"dtype":"U8","shape":[08],"data_offsets":[0,8]}})",
          R"({"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8],"more":1}})",
          R"({"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8]}})",
          R"({"__metadata__":{"k":1}})",
          R"({"__metadata__":{"k":"1","k":"1"}})",
          R"({"__metadata__":{},"__metadata__":{}})",
          "{\"__metadata__\":{\"k\":\"\xff\"}}",
          "{\"__metadata__\":{\"k\":\"\n\"}}",
          R"({"__metadata__":{"k":"\ud800"}})",
          R"({"__metadata__":{"k":"\x"}})",
      }) {
    CAPTURE(header);
    CHECK_FALSE(failure_of(header).empty());
  }
}

TEST_CASE("reading floats refuses other dtypes, wrong room and numbers that are not finite") {
  SafetensorsWriter writer;
  writer.add_f32("bad", {2}, std::vector<float>{1.0F, std::numeric_limits<float>::quiet_NaN()});
  writer.add_f16("large", {1}, std::vector<float>{1e6F});
  writer.add_bytes("bytes", DType::kI8, {2}, Bytes{1, 2});
  const Bytes file = writer.finish();
  const auto parsed = SafetensorsView::parse(file);
  REQUIRE(parsed.ok());
  std::vector<float> two(2);
  std::vector<float> one(1);
  CHECK(read_floats(*parsed.value().find("bad"), two).error().code == ErrorCode::kBadFile);
  CHECK(read_floats(*parsed.value().find("large"), one).error().code == ErrorCode::kBadFile);
  CHECK(read_floats(*parsed.value().find("bytes"), two).error().code == ErrorCode::kBadFile);
  CHECK(read_floats(*parsed.value().find("bad"), one).error().code == ErrorCode::kBadArgument);
}

TEST_CASE("names from a hostile file are shown short and without control characters") {
  CHECK(quoted("stem.weight") == "\"stem.weight\"");
  CHECK(quoted("a\n\x1b[31m") == "\"a??[31m\"");
  CHECK(quoted(std::string(1000, 'x')).size() < 80);
}
