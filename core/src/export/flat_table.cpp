#include "export/flat_table.h"

#include <algorithm>
#include <utility>

namespace headstart {

FlatTable& FlatTable::numbers(std::span<const FlatNumber> values) {
  for (const FlatNumber& value : values) fields_.push_back({.number = value});
  return *this;
}

FlatTable& FlatTable::bytes(std::uint8_t field, std::span<const std::uint8_t> bytes, std::size_t element_size,
                            std::size_t alignment) {
  fields_.push_back({.kind = Kind::kVector,
                     .number = {field},
                     .element_size = element_size,
                     .alignment = alignment,
                     .bytes = {bytes.begin(), bytes.end()}});
  return *this;
}

FlatTable& FlatTable::text(std::uint8_t field, std::string_view value) {
  bytes(field, bytes_of(std::span(value.data(), value.size())), 1, 4);
  fields_.back().kind = Kind::kText;
  return *this;
}

FlatTable& FlatTable::child(std::uint8_t field, Kind kind) {
  auto found = std::ranges::find_if(fields_, [&](const Field& other) { return other.number.field == field; });
  if (found == fields_.end()) found = fields_.insert(fields_.end(), Field{.kind = kind, .number = {field}});
  found->tables.push_back(std::make_unique<FlatTable>());
  return *found->tables.back();
}

// Appends values to the file; the place of an offset is filled once its target is there.
class FlatWriter {
 public:
  explicit FlatWriter(std::string_view identifier) {
    append_u32(out_, 0);
    append_text(out_, identifier);
  }

  std::vector<std::uint8_t> finish(const FlatTable& root) && {
    point(0, write_table(root));
    return std::move(out_);
  }

 private:
  using Field = FlatTable::Field;
  using Kind = FlatTable::Kind;

  void align(std::size_t alignment, std::size_t bytes_before = 0) {
    while ((out_.size() + bytes_before) % alignment != 0) out_.push_back(0);
  }

  void put(std::size_t at, std::size_t value, std::size_t byte_count) {
    for (std::size_t i = 0; i < byte_count; ++i) out_[at + i] = static_cast<std::uint8_t>(value >> 8 * i);
  }
  void point(std::size_t from, std::size_t to) { put(from, to - from, 4); }

  std::size_t write(const Field& field) {
    if (field.kind == Kind::kTable) return write_table(*field.tables.front());
    return field.kind == Kind::kTables ? write_tables(field) : write_bytes(field);
  }

  // The length in front of it counts elements; a text ends with a zero that it does not count.
  std::size_t write_bytes(const Field& field) {
    align(field.alignment, 4);
    const std::size_t at = out_.size();
    append_u32(out_, static_cast<std::uint32_t>(field.bytes.size() / field.element_size));
    append_bytes(out_, field.bytes);
    if (field.kind == Kind::kText) out_.push_back(0);
    return at;
  }

  std::size_t write_tables(const Field& field) {
    align(4);
    const std::size_t at = out_.size();
    append_u32(out_, static_cast<std::uint32_t>(field.tables.size()));
    std::size_t place = out_.size();
    out_.resize(place + field.tables.size() * 4);
    for (const auto& table : field.tables) {
      point(place, write_table(*table));
      place += 4;
    }
    return at;
  }

  // The vtable in front: its size, the table's, then where each field lies. Four-byte fields come first, so
  // that nothing in between needs filling.
  std::size_t write_table(const FlatTable& table) {
    std::vector<const Field*> fields;  // by number
    std::size_t table_size = 4;
    for (const Field& field : table.fields_) {
      const std::size_t number = field.number.field;
      fields.resize(std::max(fields.size(), number + 1));
      fields[number] = &field;
      table_size += field.number.byte_count;
    }
    align(4);
    const std::size_t vtable = out_.size();
    const std::size_t vtable_size = 4 + fields.size() * 2;
    out_.resize(vtable + vtable_size);
    align(4);
    const std::size_t at = out_.size();
    out_.resize(at + table_size);
    put(vtable, vtable_size, 2);
    put(vtable + 2, table_size, 2);
    put(at, at - vtable, 4);
    std::size_t place = 4;
    for (const std::size_t byte_count : {std::size_t{4}, std::size_t{1}}) {
      for (const Field* field : fields) {
        if (field == nullptr || field->number.byte_count != byte_count) continue;
        put(vtable + 4 + std::size_t{field->number.field} * 2, place, 2);
        put(at + place, field->number.bits, byte_count);
        place += byte_count;
      }
    }
    place = at + 4;
    for (const Field* field : fields) {
      if (field == nullptr || field->number.byte_count != 4) continue;
      if (field->kind != Kind::kNumber) point(place, write(*field));
      place += 4;
    }
    return at;
  }

  std::vector<std::uint8_t> out_;
};

std::vector<std::uint8_t> FlatTable::finish(std::string_view identifier) const {
  return FlatWriter(identifier).finish(*this);
}

}  // namespace headstart
