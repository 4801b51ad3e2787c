#include "files/file_kind.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace headstart {
namespace {

using namespace std::string_view_literals;

struct Signature {
  std::size_t offset;
  std::string_view bytes;
  std::string_view kind;
};

// What people have beside networks, or are given in the place of one.
constexpr std::array<Signature, 13> kSignatures = {{
    {4, "TFL3"sv, "a TensorFlow Lite network (.tflite)"},
    {0, "PK\3\4"sv, "a zip archive, as .keras and .pt files are too: what is wanted may lie in it"},
    {0, "\x1f\x8b"sv, "a gzip archive: what is wanted may lie in it"},
    {0, "\x89HDF\r\n\x1a\n"sv, "a Keras network (.h5)"},
    {0, "\x80\2"sv, "a PyTorch file"},
    {0, "\xff\xd8\xff"sv, "a JPEG picture"},
    {0, "\x89PNG"sv, "a PNG picture"},
    {0, "GIF8"sv, "a GIF picture"},
    {8, "WEBP"sv, "a WebP picture"},
    {0, "P6"sv, "a PPM picture"},
    {0, "%PDF"sv, "a PDF"},
    {0, "version https://git-lfs"sv, "a Git LFS pointer: it only says where the file lies"},
    {0, "\x08\1\x12"sv, "a TensorFlow SavedModel (.pb)"},
}};

constexpr std::size_t kLengthBytes = 8;  // in front of a safetensors file's header

// An ONNX network begins with its format's version, 3 or later, and then the name of its maker or the graph.
bool is_onnx(std::string_view text) {
  constexpr std::string_view kNextFields = "\x12\x3a\x42";
  return text.size() > 2 && text[0] == 8 && text[1] >= 3 && text[1] < 32 &&
         kNextFields.find(text[2]) != std::string_view::npos;
}

std::string_view kind_of(std::string_view text) {
  for (const Signature& signature : kSignatures) {
    if (text.size() > signature.offset && text.substr(signature.offset).starts_with(signature.bytes)) {
      return signature.kind;
    }
  }
  if (is_onnx(text)) return "an ONNX network (.onnx)";
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);  // of UTF-8
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  if (text.size() < 2) return {};
  const bool is_tag = text[1] == '!' || text[1] == '?' || (text[1] >= 'A' && text[1] <= 'z');
  if (text[0] == '<' && is_tag) return "a web page, as it comes where a download fails";
  constexpr std::string_view kAfterBrace = "\" \t\r\n}";
  if (text[0] == '{' && kAfterBrace.find(text[1]) != std::string_view::npos) return "a text in JSON";
  return {};
}

}  // namespace

bool begins_like_safetensors(std::span<const std::uint8_t> file) {
  if (file.size() <= kLengthBytes || file[kLengthBytes] != '{') return false;
  // No header is as long as the eight letters that a text in JSON begins with would have it.
  return file[0] != '{' || file[kLengthBytes - 1] == 0;
}

std::string looks_like(std::span<const std::uint8_t> file) {
  if (file.empty()) return "it is empty";
  const std::string_view kind = kind_of({reinterpret_cast<const char*>(file.data()), file.size()});
  if (!kind.empty()) return "it looks like " + std::string(kind);
  constexpr std::size_t kMostShown = 8;
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text = "it begins with the bytes";
  if (file.size() < kMostShown) text = "it has nothing but the bytes";
  for (const std::uint8_t byte : file.first(std::min(file.size(), kMostShown))) {
    text += {' ', kDigits[byte >> 4U], kDigits[byte & 15U]};
  }
  return text;
}

}  // namespace headstart
