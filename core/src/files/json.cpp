#include "files/json.h"

#include <limits>

namespace headstart {
namespace {

bool is_high_surrogate(std::uint32_t code) {
  return code >= 0xD800 && code <= 0xDBFF;
}
bool is_low_surrogate(std::uint32_t code) {
  return code >= 0xDC00 && code <= 0xDFFF;
}

void append_utf8(std::string& out, std::uint32_t code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | (code >> 6));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | (code >> 12));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | (code >> 18));
    out += static_cast<char>(0x80 | ((code >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
}

// The length in bytes of the well-formed UTF-8 sequence at the start of `text`, or 0 (Unicode 15, table 3-7).
std::size_t utf8_sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t index) { return static_cast<std::uint8_t>(text[index]); };
  const auto continues = [&](std::size_t index, unsigned low = 0x80, unsigned high = 0xBF) {
    return index < text.size() && byte(index) >= low && byte(index) <= high;
  };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return continues(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const unsigned low = first == 0xE0 ? 0xA0 : 0x80;   // no overlong forms
    const unsigned high = first == 0xED ? 0x9F : 0xBF;  // no surrogates
    return continues(1, low, high) && continues(2) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const unsigned low = first == 0xF0 ? 0x90 : 0x80;
    const unsigned high = first == 0xF4 ? 0x8F : 0xBF;  // nothing above U+10FFFF
    return continues(1, low, high) && continues(2) && continues(3) ? 4 : 0;
  }
  return 0;
}

}  // namespace

void JsonReader::skip_white_space() {
  while (position_ < text_.size()) {
    const char next = text_[position_];
    if (next != ' ' && next != '\t' && next != '\n' && next != '\r') return;
    ++position_;
  }
}

bool JsonReader::take(char punctuation) {
  skip_white_space();
  if (position_ >= text_.size() || text_[position_] != punctuation) return false;
  ++position_;
  return true;
}

bool JsonReader::at_end() {
  skip_white_space();
  return position_ == text_.size();
}

std::optional<std::string> JsonReader::string() {
  if (!take('"')) return std::nullopt;
  std::string out;
  while (position_ < text_.size()) {
    const char next = text_[position_];
    if (next == '"') {
      ++position_;
      return out;
    }
    if (!(next == '\\' ? append_escape(out) : append_utf8_sequence(out))) return std::nullopt;
  }
  return std::nullopt;
}

bool JsonReader::append_utf8_sequence(std::string& out) {
  if (static_cast<std::uint8_t>(text_[position_]) < 0x20) return false;
  const std::size_t length = utf8_sequence_length(text_.substr(position_));
  if (length == 0) return false;
  out.append(text_, position_, length);
  position_ += length;
  return true;
}

bool JsonReader::append_escape(std::string& out) {
  ++position_;  // the backslash
  if (position_ >= text_.size()) return false;
  const char kind = text_[position_++];
  constexpr std::string_view kKinds = "\"\\/bfnrt";
  constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
  if (const std::size_t index = kKinds.find(kind); index != std::string_view::npos) {
    out += kMeanings[index];
    return true;
  }
  if (kind != 'u') return false;
  const std::optional<std::uint32_t> first = four_hex_digits();
  if (!first || is_low_surrogate(*first)) return false;
  if (!is_high_surrogate(*first)) {
    append_utf8(out, *first);
    return true;
  }
  if (text_.substr(position_, 2) != "\\u") return false;
  position_ += 2;
  const std::optional<std::uint32_t> second = four_hex_digits();
  if (!second || !is_low_surrogate(*second)) return false;
  append_utf8(out, 0x10000 + ((*first - 0xD800) << 10) + (*second - 0xDC00));
  return true;
}

std::optional<std::uint32_t> JsonReader::four_hex_digits() {
  if (text_.size() - position_ < 4) return std::nullopt;
  std::uint32_t code = 0;
  for (int digit_index = 0; digit_index < 4; ++digit_index) {
    const char digit = text_[position_++];
    std::uint32_t value = 0;
    if (digit >= '0' && digit <= '9') {
      value = static_cast<std::uint32_t>(digit - '0');
    } else if (digit >= 'a' && digit <= 'f') {
      value = static_cast<std::uint32_t>(digit - 'a' + 10);
    } else if (digit >= 'A' && digit <= 'F') {
      value = static_cast<std::uint32_t>(digit - 'A' + 10);
    } else {
      return std::nullopt;
    }
    code = code * 16 + value;
  }
  return code;
}

std::optional<std::uint64_t> JsonReader::whole_number() {
  skip_white_space();
  const std::size_t begin = position_;
  std::uint64_t value = 0;
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
  while (position_ < text_.size() && text_[position_] >= '0' && text_[position_] <= '9') {
    const auto digit = static_cast<std::uint64_t>(text_[position_] - '0');
    if (value > (kMost - digit) / 10) return std::nullopt;
    value = value * 10 + digit;
    ++position_;
  }
  const std::size_t digit_count = position_ - begin;
  const bool has_leading_zero = digit_count > 1 && text_[begin] == '0';
  if (digit_count == 0 || has_leading_zero) return std::nullopt;
  return value;
}

void append_json_string(std::string& out, std::string_view utf8) {
  constexpr char kHex[] = "0123456789abcdef";
  out += '"';
  for (std::size_t position = 0; position < utf8.size();) {
    const auto byte = static_cast<std::uint8_t>(utf8[position]);
    const std::size_t length = utf8_sequence_length(utf8.substr(position));
    if (length == 0) {
      append_utf8(out, 0xFFFD);
      ++position;
      continue;
    }
    if (byte == '"' || byte == '\\') {
      out += '\\';
      out += utf8[position];
    } else if (byte < 0x20) {
      out += "\\u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    } else {
      out.append(utf8, position, length);
    }
    position += length;
  }
  out += '"';
}

std::string write_json_string_array(std::span<const std::string> strings) {
  std::string out = "[";
  for (const std::string& text : strings) {
    if (out.size() > 1) out += ',';
    append_json_string(out, text);
  }
  out += ']';
  return out;
}

std::optional<std::vector<std::string>> read_json_string_array(std::string_view text) {
  JsonReader reader(text);
  std::vector<std::string> strings;
  if (!reader.take('[')) return std::nullopt;
  if (!reader.take(']')) {
    do {
      std::optional<std::string> element = reader.string();
      if (!element) return std::nullopt;
      strings.push_back(std::move(*element));
    } while (reader.take(','));
    if (!reader.take(']')) return std::nullopt;
  }
  if (!reader.at_end()) return std::nullopt;
  return strings;
}

std::string write_json_number_array(std::span<const std::size_t> numbers) {
  std::string text;
  for (const std::size_t number : numbers) text += (text.empty() ? "[" : ",") + std::to_string(number);
  return text + "]";
}

std::optional<std::vector<std::size_t>> read_json_number_array(std::string_view text) {
  JsonReader reader(text);
  std::vector<std::size_t> numbers;
  if (!reader.take('[')) return std::nullopt;
  do {
    const std::optional<std::uint64_t> number = reader.whole_number();
    if (!number || *number > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
    numbers.push_back(static_cast<std::size_t>(*number));
  } while (reader.take(','));
  if (!reader.take(']') || !reader.at_end()) return std::nullopt;
  return numbers;
}

}  // namespace headstart
