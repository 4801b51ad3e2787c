// Protocol Buffers' wire format, written field by field (https://protobuf.dev/programming-guides/encoding).
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include "export/byte_writer.h"

namespace headstart {

class Message {
 public:
  Message& number(std::uint32_t field, std::uint64_t value) {
    varint(field << 3u);
    varint(value);
    return *this;
  }
  Message& text(std::uint32_t field, std::string_view value) {
    begin_bytes(field, value.size());
    append_text(bytes_, value);
    return *this;
  }
  Message& bytes(std::uint32_t field, std::span<const std::uint8_t> value) {
    begin_bytes(field, value.size());
    append_bytes(bytes_, value);
    return *this;
  }
  Message& message(std::uint32_t field, const Message& value) { return bytes(field, value.bytes_); }
  Message& real(std::uint32_t field, float value) {
    std::uint32_t bits = 0;
    std::memcpy(&bits, &value, sizeof(bits));
    varint((field << 3u) | 5u);
    append_u32(bytes_, bits);
    return *this;
  }

  [[nodiscard]] bool is_empty() const { return bytes_.empty(); }
  [[nodiscard]] std::vector<std::uint8_t> take() && { return std::move(bytes_); }

 private:
  void varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7u) bytes_.push_back(static_cast<std::uint8_t>(value | 0x80u));
    bytes_.push_back(static_cast<std::uint8_t>(value));
  }
  void begin_bytes(std::uint32_t field, std::size_t count) {
    varint((field << 3u) | 2u);
    varint(count);
  }

  std::vector<std::uint8_t> bytes_;
};

}  // namespace headstart
