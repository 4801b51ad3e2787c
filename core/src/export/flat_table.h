// FlatBuffers (https://flatbuffers.dev/internals) written from a tree: parents before children, so that every
// offset points forward. Alignment follows the specification; vectors of bytes may ask for more.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "export/byte_writer.h"

namespace headstart {

struct FlatValue;
using FlatChild = std::shared_ptr<const FlatValue>;

// A table under construction. Fields are numbered as the schema lists them, a union's type and value are two.
class FlatTable {
 public:
  FlatTable& u8(std::size_t field, std::uint8_t value) { return scalar(field, &value, 1); }
  FlatTable& i8(std::size_t field, std::int8_t value) { return scalar(field, &value, 1); }
  FlatTable& i32(std::size_t field, std::int32_t value) { return scalar(field, &value, 4); }
  FlatTable& u32(std::size_t field, std::uint32_t value) { return scalar(field, &value, 4); }
  FlatTable& f32(std::size_t field, float value) { return scalar(field, &value, 4); }

  FlatTable& text(std::size_t field, std::string_view value);
  FlatTable& table(std::size_t field, FlatTable value);
  FlatTable& tables(std::size_t field, std::vector<FlatTable> values);
  FlatTable& texts(std::size_t field, std::span<const std::string_view> values);
  // A vector of numbers.
  template <typename T>
  FlatTable& numbers(std::size_t field, std::span<const T> values) {
    return vector(field, bytes_of(values), sizeof(T), sizeof(T) < 4 ? 4 : sizeof(T));
  }
  // A vector of bytes whose first one lies at a multiple of `alignment` of the file.
  FlatTable& aligned_bytes(std::size_t field, std::span<const std::uint8_t> bytes, std::size_t alignment) {
    return vector(field, bytes, 1, alignment);
  }

  // The file with this table as its root; `identifier` has four letters.
  [[nodiscard]] std::vector<std::uint8_t> finish(std::string_view identifier) const;

 private:
  friend class FlatWriter;
  struct Field {
    std::size_t number = 0;
    std::vector<std::uint8_t> bytes = {};  // of a scalar
    FlatChild child = nullptr;             // else
  };

  FlatTable& scalar(std::size_t field, const void* value, std::size_t size);
  FlatTable& vector(std::size_t field, std::span<const std::uint8_t> bytes, std::size_t element_size,
                    std::size_t alignment);
  FlatTable& child(std::size_t field, FlatValue value);

  std::vector<Field> fields_;
};

// What an offset can point at.
struct FlatValue {
  enum class Kind : std::uint8_t { kTable, kBytes, kText, kChildren };
  Kind kind = Kind::kTable;
  FlatTable table = {};
  std::vector<std::uint8_t> bytes = {};  // of a vector of numbers, or a text
  std::size_t element_size = 1;
  std::size_t alignment = 4;
  std::vector<FlatChild> children = {};
};

}  // namespace headstart
