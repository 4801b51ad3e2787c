// What a file is by its first bytes: for messages about one that is not what it should be.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace headstart {

// Whether the bytes begin as those of a safetensors file. They may still be damaged.
[[nodiscard]] bool begins_like_safetensors(std::span<const std::uint8_t> file);

// "it looks like a JPEG picture", "it begins with the bytes 00 1f …", "it is empty".
[[nodiscard]] std::string looks_like(std::span<const std::uint8_t> file);

}  // namespace headstart
