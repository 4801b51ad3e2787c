#include <algorithm>
#include <cassert>
#include <cstring>
#include <utility>

#include "files/float16.h"
#include "files/json.h"
#include "files/safetensors.h"

namespace headstart {

void SafetensorsWriter::set_metadata(std::string key, std::string value) {
  metadata_.insert_or_assign(std::move(key), std::move(value));
}

void SafetensorsWriter::add_f32(std::string name, std::vector<std::size_t> shape,
                                std::span<const float> values) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(values.data());
  add_bytes(std::move(name), DType::kF32, std::move(shape), {bytes, values.size_bytes()});
}

void SafetensorsWriter::add_f16(std::string name, std::vector<std::size_t> shape,
                                std::span<const float> values) {
  std::vector<std::uint16_t> halves(values.size());
  std::ranges::transform(values, halves.begin(), half_from_float);
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(halves.data());
  add_bytes(std::move(name), DType::kF16, std::move(shape), {bytes, halves.size() * sizeof(std::uint16_t)});
}

void SafetensorsWriter::add_bytes(std::string name, DType dtype, std::vector<std::size_t> shape,
                                  std::span<const std::uint8_t> bytes) {
  [[maybe_unused]] std::size_t expected_bytes = dtype_size_bytes(dtype);
  for (const std::size_t dimension : shape) expected_bytes *= dimension;
  assert(bytes.size() == expected_bytes && "the values must fill the shape");
  assert(std::ranges::none_of(entries_, [&](const Entry& entry) { return entry.name == name; }) &&
         "names must differ");
  const std::size_t begin = data_.size();
  data_.insert(data_.end(), bytes.begin(), bytes.end());
  entries_.push_back({std::move(name), dtype, std::move(shape), begin, data_.size()});
}

std::vector<std::uint8_t> SafetensorsWriter::finish() const {
  std::string header = "{";
  if (!metadata_.empty()) {
    header += "\"__metadata__\":{";
    for (const auto& [key, value] : metadata_) {
      if (header.back() != '{') header += ',';
      append_json_string(header, key);
      header += ':';
      append_json_string(header, value);
    }
    header += '}';
  }
  for (const Entry& entry : entries_) {
    if (header.size() > 1) header += ',';
    append_json_string(header, entry.name);
    header += ":{\"dtype\":\"" + std::string(dtype_name(entry.dtype)) +
              "\",\"shape\":" + shape_text(entry.shape) + ",\"data_offsets\":[" +
              std::to_string(entry.begin) + "," + std::to_string(entry.end) + "]}";
  }
  header += '}';
  header.resize((header.size() + 7) / 8 * 8, ' ');

  std::vector<std::uint8_t> file(sizeof(std::uint64_t) + header.size() + data_.size());
  const std::uint64_t header_bytes = header.size();
  std::memcpy(file.data(), &header_bytes, sizeof header_bytes);
  std::memcpy(file.data() + sizeof header_bytes, header.data(), header.size());
  if (!data_.empty())
    std::memcpy(file.data() + sizeof header_bytes + header.size(), data_.data(), data_.size());
  return file;
}

}  // namespace headstart
