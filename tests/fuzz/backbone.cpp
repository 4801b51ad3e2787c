// Any text, taken as the header of a backbone file: refused, or a network that runs. The data that the header
// claims is filled in with zeros, so that a small corpus reaches the checks behind the container's.
#include "headstart/backbone.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <vector>

using namespace headstart;

namespace {

constexpr std::size_t kMostDataBytes = std::size_t{4} << 20U;

// The largest number that follows a comma inside the brackets of a "data_offsets".
std::size_t claimed_data_bytes(std::string_view header) {
  std::size_t most = 0;
  const std::string_view key = "data_offsets";
  for (std::size_t at = header.find(key); at != std::string_view::npos; at = header.find(key, at + 1)) {
    const std::size_t comma = header.find(',', at);
    if (comma == std::string_view::npos) break;
    std::size_t end = 0;
    for (std::size_t i = comma + 1; i < header.size() && header[i] >= '0' && header[i] <= '9'; ++i) {
      end = std::min(kMostDataBytes, end * 10 + static_cast<std::size_t>(header[i] - '0'));
    }
    most = std::max(most, end);
  }
  return most;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto pool = ComputePool::create(1);
  if (!pool.ok()) std::abort();
  const std::string_view header(reinterpret_cast<const char*>(data), size);
  std::vector<std::uint8_t> file(sizeof(std::uint64_t) + size + claimed_data_bytes(header));
  const std::uint64_t header_bytes = size;
  std::memcpy(file.data(), &header_bytes, sizeof header_bytes);
  if (size > 0) std::memcpy(file.data() + sizeof header_bytes, data, size);

  auto backbone = Backbone::load(file, {.maps = {"blocks.3"}}, pool.value());
  if (!backbone) {
    const ErrorCode code = backbone.error().code;
    if (code != ErrorCode::kBadFile && code != ErrorCode::kBadVersion) std::abort();
    return 0;
  }
  if (!backbone.value().run(1)) std::abort();
  return 0;
}
