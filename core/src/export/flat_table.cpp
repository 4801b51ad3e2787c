#include "export/flat_table.h"

#include <algorithm>
#include <utility>

namespace headstart {

FlatTable& FlatTable::scalar(std::size_t field, const void* value, std::size_t size) {
  const auto* bytes = static_cast<const std::uint8_t*>(value);
  fields_.push_back({.number = field, .bytes = {bytes, bytes + size}});
  return *this;
}

FlatTable& FlatTable::child(std::size_t field, FlatValue value) {
  fields_.push_back({.number = field, .child = std::make_shared<const FlatValue>(std::move(value))});
  return *this;
}

FlatTable& FlatTable::vector(std::size_t field, std::span<const std::uint8_t> bytes, std::size_t element_size,
                             std::size_t alignment) {
  return child(field, {.kind = FlatValue::Kind::kBytes,
                       .bytes = {bytes.begin(), bytes.end()},
                       .element_size = element_size,
                       .alignment = alignment});
}

FlatTable& FlatTable::text(std::size_t field, std::string_view value) {
  return child(field, {.kind = FlatValue::Kind::kText, .bytes = {value.begin(), value.end()}});
}

FlatTable& FlatTable::table(std::size_t field, FlatTable value) {
  return child(field, {.table = std::move(value)});
}

FlatTable& FlatTable::tables(std::size_t field, std::vector<FlatTable> values) {
  FlatValue list = {.kind = FlatValue::Kind::kChildren};
  for (FlatTable& value : values)
    list.children.push_back(std::make_shared<const FlatValue>(FlatValue{.table = std::move(value)}));
  return child(field, std::move(list));
}

FlatTable& FlatTable::texts(std::size_t field, std::span<const std::string_view> values) {
  FlatValue list = {.kind = FlatValue::Kind::kChildren};
  for (const std::string_view value : values) {
    list.children.push_back(std::make_shared<const FlatValue>(
        FlatValue{.kind = FlatValue::Kind::kText, .bytes = {value.begin(), value.end()}}));
  }
  return child(field, std::move(list));
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
  void align(std::size_t alignment, std::size_t bytes_before = 0) {
    while ((out_.size() + bytes_before) % alignment != 0) out_.push_back(0);
  }

  void put_u32(std::size_t at, std::size_t value) {
    const auto number = static_cast<std::uint32_t>(value);
    std::memcpy(out_.data() + at, &number, sizeof(number));
  }
  void point(std::size_t from, std::size_t to) { put_u32(from, to - from); }

  std::size_t write(const FlatValue& value) {
    switch (value.kind) {
      case FlatValue::Kind::kTable:
        return write_table(value.table);
      case FlatValue::Kind::kChildren:
        return write_children(value.children);
      default:
        return write_bytes(value);
    }
  }

  // The length in front of it counts elements; a text ends with a zero that it does not count.
  std::size_t write_bytes(const FlatValue& value) {
    align(value.alignment, 4);
    const std::size_t at = out_.size();
    append_u32(out_, static_cast<std::uint32_t>(value.bytes.size() / value.element_size));
    append_bytes(out_, value.bytes);
    if (value.kind == FlatValue::Kind::kText) out_.push_back(0);
    return at;
  }

  std::size_t write_children(const std::vector<FlatChild>& children) {
    align(4);
    const std::size_t at = out_.size();
    append_u32(out_, static_cast<std::uint32_t>(children.size()));
    out_.resize(out_.size() + children.size() * 4);
    for (std::size_t i = 0; i < children.size(); ++i) {
      const std::size_t place = at + 4 + i * 4;
      const std::size_t target = write(*children[i]);
      point(place, target);
    }
    return at;
  }

  // The vtable in front: its size, the table's, then where each field lies. Four-byte fields come first, so
  // that nothing in between needs filling.
  std::size_t write_table(const FlatTable& table) {
    std::vector<const FlatTable::Field*> fields;
    std::size_t field_count = 0;
    for (const FlatTable::Field& field : table.fields_) {
      fields.push_back(&field);
      field_count = std::max(field_count, field.number + 1);
    }
    const auto size_of = [](const FlatTable::Field* field) {
      return field->child != nullptr ? std::size_t{4} : field->bytes.size();
    };
    std::ranges::sort(fields, [&](const FlatTable::Field* a, const FlatTable::Field* b) {
      return size_of(a) != size_of(b) ? size_of(a) > size_of(b) : a->number < b->number;
    });
    std::size_t table_size = 4;
    for (const FlatTable::Field* field : fields) table_size += size_of(field);

    align(4);
    const std::size_t vtable = out_.size();
    const std::size_t vtable_size = 4 + field_count * 2;
    out_.resize(vtable + vtable_size);
    align(4);
    const std::size_t at = out_.size();
    out_.resize(at + table_size);
    const auto put_u16 = [&](std::size_t where, std::size_t value) {
      const auto number = static_cast<std::uint16_t>(value);
      std::memcpy(out_.data() + where, &number, sizeof(number));
    };
    put_u16(vtable, vtable_size);
    put_u16(vtable + 2, table_size);
    put_u32(at, at - vtable);
    std::vector<std::pair<std::size_t, const FlatValue*>> offsets;
    std::size_t place = 4;
    for (const FlatTable::Field* field : fields) {
      put_u16(vtable + 4 + field->number * 2, place);
      if (field->child != nullptr)
        offsets.emplace_back(at + place, field->child.get());
      else
        std::ranges::copy(field->bytes, out_.begin() + static_cast<std::ptrdiff_t>(at + place));
      place += size_of(field);
    }
    for (const auto& [from, value] : offsets) {
      const std::size_t target = write(*value);
      point(from, target);
    }
    return at;
  }

  std::vector<std::uint8_t> out_;
};

std::vector<std::uint8_t> FlatTable::finish(std::string_view identifier) const {
  return FlatWriter(identifier).finish(*this);
}

}  // namespace headstart
