// Several networks as one file: wherever a backbone's bytes go, those of several can.
//
// A safetensors file of the format `joined/1`, so that there is one container to check and any safetensors
// program can look inside: a tensor "a", "b", … of bytes (U8) for each network's own file, in this order.
// Metadata may say how a network wants its pixels where its own file does not: "a.input_scale" and
// "a.input_offset" ("1/255", "0"). One network alone is allowed for that. "a.share" is its say beside the
// others ("2"; 1 where nothing is said).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "headstart/status.h"
#include "network/network.h"

namespace headstart {

// Whether these bytes say that they are one. They may still be damaged.
[[nodiscard]] bool is_joined_file(std::span<const std::uint8_t> file);

// bad-file, bad-version, what the reader of a network in it finds, and bad-argument where they do not go
// together.
[[nodiscard]] Result<Network> read_joined_file(std::span<const std::uint8_t> file);

}  // namespace headstart
