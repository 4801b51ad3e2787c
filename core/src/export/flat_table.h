// FlatBuffers (https://flatbuffers.dev/internals) written from a tree: parents before children, so that every
// offset points forward. Alignment follows the specification; vectors of bytes may ask for more.
#pragma once

#include <bit>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "export/byte_writer.h"

namespace headstart {

// A number that stands in the table itself. Fields are numbered as the schema lists them, a union's type and
// value are two.
struct FlatNumber {
  std::uint8_t field = 0;
  std::uint8_t byte_count = 4;
  std::uint32_t bits = 0;

  static constexpr FlatNumber byte(std::uint8_t field, std::int32_t value) {
    return {field, 1, static_cast<std::uint32_t>(value)};
  }
  static constexpr FlatNumber whole(std::uint8_t field, std::int32_t value) {
    return {field, 4, static_cast<std::uint32_t>(value)};
  }
  static constexpr FlatNumber whole(std::uint8_t field, std::size_t value) {
    return {field, 4, static_cast<std::uint32_t>(value)};
  }
  static constexpr FlatNumber real(std::uint8_t field, float value) {
    return {field, 4, std::bit_cast<std::uint32_t>(value)};
  }
};

// A table under construction.
class FlatTable {
 public:
  FlatTable& numbers(std::span<const FlatNumber> values);
  FlatTable& numbers(std::initializer_list<FlatNumber> values) {
    return numbers(std::span(values.begin(), values.size()));
  }
  FlatTable& text(std::uint8_t field, std::string_view value);
  // A vector of numbers.
  template <typename T>
  FlatTable& vector(std::uint8_t field, std::span<const T> values) {
    return bytes(field, bytes_of(values), sizeof(T), sizeof(T) < 4 ? 4 : sizeof(T));
  }
  // A vector of elements whose first one lies at a multiple of `alignment` of the file.
  FlatTable& bytes(std::uint8_t field, std::span<const std::uint8_t> bytes, std::size_t element_size,
                   std::size_t alignment);

  // A new table there, and one more in the vector of tables there. Valid as long as this one.
  FlatTable& table(std::uint8_t field) { return child(field, Kind::kTable); }
  FlatTable& add_table(std::uint8_t field) { return child(field, Kind::kTables); }

  // The file with this table as its root; `identifier` has four letters.
  [[nodiscard]] std::vector<std::uint8_t> finish(std::string_view identifier) const;

 private:
  friend class FlatWriter;
  enum class Kind : std::uint8_t { kNumber, kText, kVector, kTable, kTables };
  struct Field {
    Kind kind = Kind::kNumber;
    FlatNumber number = {};  // and of all kinds the field
    std::size_t element_size = 1;
    std::size_t alignment = 4;
    std::vector<std::uint8_t> bytes = {};                 // of a text or a vector
    std::vector<std::unique_ptr<FlatTable>> tables = {};  // of a table or a vector of them
  };

  FlatTable& child(std::uint8_t field, Kind kind);

  std::vector<Field> fields_;
};

}  // namespace headstart
