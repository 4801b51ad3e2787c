// What the measuring tools have in common: they end with a message where something is missing.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "headstart/status.h"

namespace headstart::tools {

[[noreturn]] inline void fail(const std::string& message) {
  std::fprintf(stderr, "%s\n", message.c_str());
  std::exit(1);
}

template <typename T>
T need(Result<T> result) {
  if (!result) fail(result.error().message);
  return std::move(result).value();
}

inline void need(const Status& status) {
  if (!status) fail(status.error().message);
}

inline std::vector<std::uint8_t> read_file(const char* path) {
  std::FILE* file = std::fopen(path, "rb");
  if (file == nullptr) fail(std::string("cannot read ") + path);
  std::vector<std::uint8_t> bytes;
  std::vector<std::uint8_t> piece(std::size_t{1} << 20U);
  for (std::size_t count = 0; (count = std::fread(piece.data(), 1, piece.size(), file)) > 0;) {
    bytes.insert(bytes.end(), piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(count));
  }
  std::fclose(file);
  return bytes;
}

}  // namespace headstart::tools
