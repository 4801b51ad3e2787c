#include "export/zip_writer.h"

#include <algorithm>
#include <array>
#include <utility>

#include "export/byte_writer.h"

namespace headstart {
namespace {

// CRC-32 of ISO 3309, reflected, as APPNOTE.TXT 4.4.7 has it.
std::uint32_t crc32(std::span<const std::uint8_t> bytes) {
  static constexpr auto kTable = [] {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < 256; ++i) {
      std::uint32_t value = i;
      for (int bit = 0; bit < 8; ++bit) value = (value >> 1u) ^ ((value & 1u) != 0 ? 0xEDB88320u : 0u);
      table[i] = value;
    }
    return table;
  }();
  std::uint32_t crc = 0xFFFFFFFFu;
  for (const std::uint8_t byte : bytes) crc = (crc >> 8u) ^ kTable[(crc ^ byte) & 0xFFu];
  return ~crc;
}

constexpr std::uint32_t kLocalHeader = 0x04034B50;
constexpr std::uint32_t kDirectoryEntry = 0x02014B50;
constexpr std::uint32_t kDirectoryEnd = 0x06054B50;
constexpr std::uint32_t kVersion = 20;          // 2.0
constexpr std::uint32_t kUtf8Flag = 1u << 11u;  // the name is UTF-8
constexpr std::uint32_t kNoTime = 0;
constexpr std::uint32_t kFirstDay =
    (1u << 5u) | 1u;  // 1 January 1980, the format's zero: the same bytes any day

bool is_ascii(const std::string& text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

}  // namespace

void ZipWriter::add(std::string name, std::span<const std::uint8_t> bytes) {
  files_.push_back({std::move(name), {bytes.begin(), bytes.end()}, crc32(bytes)});
}

void ZipWriter::add(std::string name, std::string_view text) {
  add(std::move(name), bytes_of(std::span<const char>(text.data(), text.size())));
}

std::vector<std::uint8_t> ZipWriter::finish(std::size_t bytes_before_count) const {
  std::vector<std::uint8_t> out;
  std::vector<std::uint8_t> directory;
  for (const File& file : files_) {
    const auto offset = static_cast<std::uint32_t>(bytes_before_count + out.size());
    const auto size = static_cast<std::uint32_t>(file.bytes.size());
    std::vector<std::uint8_t> common;  // what both headers say, in the same order
    append_u16(common, kVersion);
    append_u16(common, is_ascii(file.name) ? 0 : kUtf8Flag);
    append_u16(common, 0);  // not compressed
    append_u16(common, kNoTime);
    append_u16(common, kFirstDay);
    append_u32(common, file.crc);
    append_u32(common, size);
    append_u32(common, size);
    append_u16(common, static_cast<std::uint32_t>(file.name.size()));
    append_u16(common, 0);  // no extra field

    append_u32(out, kLocalHeader);
    append_bytes(out, common);
    append_text(out, file.name);
    append_bytes(out, file.bytes);

    append_u32(directory, kDirectoryEntry);
    append_u16(directory, kVersion);
    append_bytes(directory, common);
    append_u16(directory, 0);  // no comment
    append_u16(directory, 0);  // disk
    append_u16(directory, 0);  // internal attributes
    append_u32(directory, 0);  // external attributes
    append_u32(directory, offset);
    append_text(directory, file.name);
  }
  const std::size_t directory_offset = bytes_before_count + out.size();
  append_bytes(out, directory);
  append_u32(out, kDirectoryEnd);
  append_u32(out, 0);  // disks
  append_u16(out, static_cast<std::uint32_t>(files_.size()));
  append_u16(out, static_cast<std::uint32_t>(files_.size()));
  append_u32(out, static_cast<std::uint32_t>(directory.size()));
  append_u32(out, static_cast<std::uint32_t>(directory_offset));
  append_u16(out, 0);  // no comment
  return out;
}

}  // namespace headstart
