#include "head/labels.h"

#include <cstddef>
#include <cstdint>

namespace headstart {
namespace {

std::size_t length_of(unsigned char first) {
  return first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
}

std::uint32_t code_point(std::string_view bytes) {
  if (bytes.size() == 1) return static_cast<unsigned char>(bytes[0]);
  std::uint32_t code = static_cast<unsigned char>(bytes[0]) & (0xFFU >> (bytes.size() + 1));
  for (const char byte : bytes.substr(1)) code = code << 6U | (static_cast<unsigned char>(byte) & 0x3FU);
  return code;
}

bool is_space(std::uint32_t code) {
  return code == 0x20 || (code >= 0x09 && code <= 0x0D) || code == 0xA0 || code == 0x1680 ||
         (code >= 0x2000 && code <= 0x200B) || code == 0x2028 || code == 0x2029 || code == 0x202F ||
         code == 0x205F || code == 0x3000;
}

bool is_hidden(std::uint32_t code) {
  if (code == 0x09 || code == 0x0A || code == 0x0D) return false;  // white space
  return code < 0x20 || (code >= 0x7F && code <= 0x9F) || code == 0x61C || code == 0x200E || code == 0x200F ||
         (code >= 0x202A && code <= 0x202E) || (code >= 0x2060 && code <= 0x2069) || code == 0xFEFF ||
         (code >= 0xFFF9 && code <= 0xFFFB);
}

}  // namespace

std::string clean_label(std::string_view text) {
  std::string label;
  std::size_t end = 0;  // of what is not white space
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view bytes = text.substr(at, length_of(static_cast<unsigned char>(text[at])));
    at += bytes.size();
    const std::uint32_t code = code_point(bytes);
    if (is_hidden(code) || (label.empty() && is_space(code))) continue;
    label += is_space(code) ? std::string_view(" ") : bytes;
    if (!is_space(code)) end = label.size();
  }
  label.resize(end);
  return label;
}

}  // namespace headstart
