// A zip archive without compression (APPNOTE.TXT 4.3, method 0): sizes stand in the local headers, names are
// UTF-8.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace headstart {

class ZipWriter {
 public:
  void add(std::string name, std::span<const std::uint8_t> bytes);
  void add(std::string name, std::string_view text);

  // The archive. `bytes_before_count` is what it will be appended to: its offsets count from there.
  [[nodiscard]] std::vector<std::uint8_t> finish(std::size_t bytes_before_count = 0) const;

 private:
  struct File {
    std::string name;
    std::vector<std::uint8_t> bytes;
    std::uint32_t crc = 0;
  };
  std::vector<File> files_;
};

}  // namespace headstart
