#include "network/flat_reader.h"

namespace headstart {

std::size_t FlatReader::indirect(std::size_t position) {
  const auto offset = number_at<std::uint32_t>(position);
  if (offset == 0 || offset >= file_.size() || position >= file_.size() - offset) {
    is_damaged_ = true;
    return 0;
  }
  return position + offset;
}

std::size_t FlatReader::field_position(Table table, std::size_t field) {
  if (table == 0) return 0;
  // The table begins with the distance back to its list of fields: their number of bytes, the table's own,
  // then one place within the table for each field.
  const auto back = static_cast<std::int64_t>(number_at<std::int32_t>(table));
  const std::int64_t fields = static_cast<std::int64_t>(table) - back;
  if (fields < 0 || fields >= static_cast<std::int64_t>(file_.size())) {
    is_damaged_ = true;
    return 0;
  }
  const auto begin = static_cast<std::size_t>(fields);
  const std::size_t size = number_at<std::uint16_t>(begin);
  const std::size_t entry = 4 + 2 * field;
  if (entry + 2 > size) return 0;
  const std::size_t place = number_at<std::uint16_t>(begin + entry);
  return place == 0 ? 0 : table + place;
}

FlatReader::Vector FlatReader::vector(Table table, std::size_t field, std::size_t element_size) {
  const std::size_t position = field_position(table, field);
  if (position == 0) return {};
  const std::size_t counted = indirect(position);
  if (counted == 0) return {};
  const std::size_t count = number_at<std::uint32_t>(counted);
  const std::size_t begin = counted + 4;
  if (is_damaged_ || begin > file_.size() || count > (file_.size() - begin) / element_size) {
    is_damaged_ = true;
    return {};
  }
  return {begin, count};
}

std::string_view FlatReader::text(Table table, std::size_t field) {
  const std::span<const std::uint8_t> letters = bytes(table, field);
  return {reinterpret_cast<const char*>(letters.data()), letters.size()};
}

std::span<const std::uint8_t> FlatReader::bytes(Table table, std::size_t field) {
  const Vector found = vector(table, field, 1);
  return file_.subspan(found.begin, found.count);
}

}  // namespace headstart
