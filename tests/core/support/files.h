// The only place where the tests touch files: natively and, through NODERAWFS, in Node.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

namespace headstart::test {

// A whole file, or nothing where it cannot be read.
inline std::optional<std::vector<std::uint8_t>> read_file(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) return std::nullopt;
  std::vector<std::uint8_t> bytes;
  std::vector<std::uint8_t> piece(1u << 16u);
  for (std::size_t count = 0; (count = std::fread(piece.data(), 1, piece.size(), file)) > 0;) {
    bytes.insert(bytes.end(), piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(count));
  }
  const bool failed = std::ferror(file) != 0;
  std::fclose(file);
  if (failed) return std::nullopt;
  return bytes;
}

// A path in the folder of data shared beside the repository, or where HEADSTART_SHARED points.
inline std::string shared_path(const std::string& relative) {
  const char* chosen = std::getenv("HEADSTART_SHARED");
  const std::string folder = chosen != nullptr ? chosen : HEADSTART_REPOSITORY "/../shared";
  return folder + "/" + relative;
}

// Whether the folder with published networks and pictures is there: what needs it is told as skipped, not
// passed.
inline bool has_shared(const std::string& relative) {
  std::FILE* file = std::fopen(shared_path(relative).c_str(), "rb");
  if (file != nullptr) std::fclose(file);
  return file != nullptr;
}

}  // namespace headstart::test
