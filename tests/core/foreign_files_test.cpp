// Files in the place of a network or a head that are none: what they are is said, not what they lack as one.
#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "files/file_kind.h"
#include "headstart/export.h"
#include "headstart/head.h"
#include "headstart/network.h"
#include "network/network_file.h"
#include "support/joined_networks.h"
#include "support/tflite_networks.h"

using namespace headstart;
using test::Bytes;

namespace {

using namespace std::string_view_literals;

constexpr std::string_view kNeither =
    "this file is neither a backbone file (.safetensors) nor a TensorFlow Lite network (.tflite): ";

Bytes bytes_of(std::string_view text) {
  return {text.begin(), text.end()};
}

std::string refusal(const Bytes& file) {
  const auto network = read_network(file);
  REQUIRE_FALSE(network.ok());
  CHECK(network.error().code == ErrorCode::kBadFile);
  return network.error().message;
}

std::string head_refusal(const Bytes& file) {
  const auto head = read_head_file(file);
  REQUIRE_FALSE(head.ok());
  CHECK(head.error().code == ErrorCode::kBadFile);
  return head.error().message;
}

}  // namespace

TEST_CASE("a file that is neither kind of network is told by what it is") {
  const std::vector<std::pair<std::string_view, std::string_view>> files = {
      {""sv, "it is empty"},
      {"<!DOCTYPE html><html><head><title>404</title>"sv, "it looks like a web page"},
      {"\xef\xbb\xbf\n  <html lang=\"en\">"sv, "it looks like a web page"},
      {"<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code>"sv, "it looks like a web page"},
      {"PK\3\4\x14\0\0\0\x08\0"sv, "it looks like a zip archive"},
      {"\x1f\x8b\x08\0\0\0\0\0\0\3"sv, "it looks like a gzip archive"},
      {"\xff\xd8\xff\xe0\0\x10JFIF"sv, "it looks like a JPEG picture"},
      {"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"sv, "it looks like a PNG picture"},
      {"RIFF\x24\0\0\0WEBPVP8 "sv, "it looks like a WebP picture"},
      {"\x89HDF\r\n\x1a\n\0\0\0\0"sv, "it looks like a Keras network"},
      {"\x08\x07\x12\x07pytorch"sv, "it looks like an ONNX network"},
      {"\x08\x09\x3a\x80\x01\x0a\x10\x12"sv, "it looks like an ONNX network"},
      {"\x08\1\x12\xd0\x01\x0a\x04"sv, "it looks like a TensorFlow SavedModel"},
      {"\x80\2\x8a\nl\xfc\x9c"sv, "it looks like a PyTorch file"},
      {"version https://git-lfs.github.com/spec/v1\noid"sv, "it looks like a Git LFS pointer"},
      {R"({"format":"layers-model","weights":[]})"sv, "it looks like a text in JSON"},
      {R"({"a": {"{":1}})"sv, "it looks like a text in JSON"},
      {"\x1c\0\0\0TFL"sv, "it has nothing but the bytes 1c 00 00 00 54 46 4c"},
      {"\0\0\0\0\0\0\0\0\x14\0\x20\0"sv, "it begins with the bytes 00 00 00 00 00 00 00 00"},
  };
  for (const auto& [text, says] : files) {
    CAPTURE(says);
    const Bytes file = bytes_of(text);
    CHECK(refusal(file).starts_with(std::string(kNeither) + std::string(says)));
    CHECK(head_refusal(file).starts_with("this file is no head (.safetensors): " + std::string(says)));
  }
}

TEST_CASE(
    "a .tflite is told by its own name, cut off or given for a head, and by its bytes where those lack it") {
  const Bytes whole = test::v3_network().file();
  CHECK(read_network(whole).ok());
  for (std::size_t size = 8; size < whole.size(); size += size < 400 ? 1 : 211) {
    CAPTURE(size);
    const std::string message =
        refusal(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
    CHECK(message.starts_with("TensorFlow Lite file: it is damaged or cut off"));
  }
  CHECK(head_refusal(whole).ends_with("it looks like a TensorFlow Lite network (.tflite)"));
  Bytes headless = whole;
  for (std::size_t i = 0; i < 8; ++i) headless[i] = 0xab;
  CHECK(refusal(headless) == std::string(kNeither) + "it begins with the bytes ab ab ab ab ab ab ab ab");
}

TEST_CASE("a safetensors file that is cut off is told as one") {
  const Bytes whole = test::v2_file();
  for (const std::size_t size : {std::size_t{9}, std::size_t{100}, whole.size() / 2, whole.size() - 1}) {
    CAPTURE(size);
    const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    CHECK(refusal(cut).starts_with("safetensors: "));
    CHECK(head_refusal(cut).starts_with("safetensors: "));
  }
  // A header of any length, also of one that the letter before a text in JSON stands for.
  const std::string header = R"({"__metadata__":{"format":"backbone/1"}})" + std::string(83, ' ');
  Bytes file = {static_cast<std::uint8_t>(header.size()), 0, 0, 0, 0, 0, 0, 0};
  REQUIRE(file[0] == '{');
  file.insert(file.end(), header.begin(), header.end());
  CHECK(refusal(file).starts_with("backbone file: "));
}

TEST_CASE("of several networks the one that cannot be read is named") {
  const std::vector<Bytes> files = {test::v2_file(), bytes_of("<!doctype html><title>Log in</title>")};
  CHECK(refusal(test::joined({files[1]})).starts_with(kNeither));
  CHECK(refusal(test::joined(files))
            .starts_with("network \"b\": " + std::string(kNeither) + "it looks like a web"));
}
