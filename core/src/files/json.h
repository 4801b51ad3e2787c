// The part of JSON (RFC 8259) that our files need: objects and arrays walked one piece at a time, strings,
// whole numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace headstart {

// Walks JSON text without building a tree. Each call skips white space, then takes one piece or fails and
// leaves the reader where it was or further; after a failure only offset() means something. Depth costs
// nothing: the caller says what it expects, so nothing recurses.
class JsonReader {
 public:
  // `text` must outlive the reader.
  explicit JsonReader(std::string_view text) : text_(text) {}

  // One of { } [ ] : , when it comes next.
  [[nodiscard]] bool take(char punctuation);

  // A string, unescaped. Refuses control characters, broken UTF-8 (RFC 3629) and unpaired surrogates.
  [[nodiscard]] std::optional<std::string> string();

  // A whole number from 0 to 2^64 - 1, without sign, fraction or exponent.
  [[nodiscard]] std::optional<std::uint64_t> whole_number();

  // Whether nothing but white space is left.
  [[nodiscard]] bool at_end();

  // Where the reader stands, in bytes from the beginning of the text.
  [[nodiscard]] std::size_t offset() const { return position_; }

 private:
  void skip_white_space();
  [[nodiscard]] std::optional<std::uint32_t> four_hex_digits();
  [[nodiscard]] bool append_escape(std::string& out);
  [[nodiscard]] bool append_utf8_sequence(std::string& out);

  std::string_view text_;
  std::size_t position_ = 0;
};

// Writes `utf8` as a JSON string with its quotes; bytes that are not UTF-8 become U+FFFD.
void append_json_string(std::string& out, std::string_view utf8);

// `["a","b"]` and back. Reading gives nothing when the text is anything else.
[[nodiscard]] std::string write_json_string_array(std::span<const std::string> strings);
[[nodiscard]] std::optional<std::vector<std::string>> read_json_string_array(std::string_view text);

// `[112,1280]` and back: whole numbers below 2^32. Reading gives nothing when the text is anything else, or
// the array is empty.
[[nodiscard]] std::string write_json_number_array(std::span<const std::size_t> numbers);
[[nodiscard]] std::optional<std::vector<std::size_t>> read_json_number_array(std::string_view text);

}  // namespace headstart
