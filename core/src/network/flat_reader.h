// FlatBuffers (https://flatbuffers.dev/internals), read where they lie, with every offset checked.
//
// The library's own verifier would bring a schema of 1,600 lines and its compiler into the build for the
// dozen tables that we read; here each number is checked when it is read, nothing recurses, and the fields'
// ids, which the format promises never to change, stand in one place (tflite_model.cpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace headstart {

// A table is a position in the file; 0 is none, and all its fields are absent. What would lie outside the
// file reads as zero and marks the file as damaged: whoever reads asks for that once, at the end.
class FlatReader {
 public:
  using Table = std::size_t;
  struct Vector {
    std::size_t begin = 0;  // position of the first element
    std::size_t count = 0;
  };

  explicit FlatReader(std::span<const std::uint8_t> file) : file_(file) {}

  [[nodiscard]] bool is_damaged() const { return is_damaged_; }
  [[nodiscard]] std::span<const std::uint8_t> file() const { return file_; }

  [[nodiscard]] Table root() { return indirect(0); }

  template <typename Number>
  [[nodiscard]] Number number_at(std::size_t position) {
    Number value{};
    if (position > file_.size() || file_.size() - position < sizeof(Number)) {
      is_damaged_ = true;
      return value;
    }
    std::memcpy(&value, file_.data() + position, sizeof(Number));
    return value;
  }

  template <typename Number>
  [[nodiscard]] Number number(Table table, std::size_t field, Number absent) {
    const std::size_t position = field_position(table, field);
    return position == 0 ? absent : number_at<Number>(position);
  }

  [[nodiscard]] Table table(Table table, std::size_t field) {
    const std::size_t position = field_position(table, field);
    return position == 0 ? 0 : indirect(position);
  }

  [[nodiscard]] Vector vector(Table table, std::size_t field, std::size_t element_size);
  [[nodiscard]] std::string_view text(Table table, std::size_t field);
  [[nodiscard]] std::span<const std::uint8_t> bytes(Table table, std::size_t field);

  // Element of a vector of tables.
  [[nodiscard]] Table table_at(const Vector& tables, std::size_t index) {
    return index < tables.count ? indirect(tables.begin + 4 * index) : 0;
  }
  template <typename Number>
  [[nodiscard]] Number element(const Vector& numbers, std::size_t index) {
    return index < numbers.count ? number_at<Number>(numbers.begin + sizeof(Number) * index) : Number{};
  }

 private:
  [[nodiscard]] std::size_t indirect(std::size_t position);
  [[nodiscard]] std::size_t field_position(Table table, std::size_t field);

  std::span<const std::uint8_t> file_;
  bool is_damaged_ = false;
};

}  // namespace headstart
