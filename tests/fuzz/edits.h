// Inputs as changes to a file that is well-formed: what is broken in one place gets far behind the first
// checks. The first byte says which file (0: none, the rest are the bytes themselves); then three bytes each:
// a place, and what stands there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

namespace headstart::fuzz {

using Bytes = std::vector<std::uint8_t>;

inline void require(bool claim) {
  if (!claim) std::abort();
}

inline Bytes edited(std::span<const Bytes> files, std::span<const std::uint8_t> input) {
  if (input.empty() || input[0] == 0) return {input.begin() + (input.empty() ? 0 : 1), input.end()};
  Bytes file = files[(input[0] - 1U) % files.size()];
  for (std::size_t at = 1; at + 2 < input.size(); at += 3) {
    file[(input[at] + 256U * input[at + 1]) % file.size()] = input[at + 2];
  }
  return file;
}

}  // namespace headstart::fuzz
