// Any file that can be a backbone, as a network.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "headstart/network.h"
#include "headstart/status.h"
#include "network/network.h"

namespace headstart {

// Reads a backbone .safetensors, a .tflite or several of them joined, whichever the bytes say they are.
// `file` is not kept. Fails with bad-file (what was expected, what came), bad-version, unsupported (what the
// network does that this program cannot), out-of-memory.
Result<Network> read_network(std::span<const std::uint8_t> file);

// What a network says about itself.
[[nodiscard]] BackboneInfo info_of(const Network& network);

// The input sizes that a network may be trained for and run at: each halves cleanly five times.
[[nodiscard]] std::span<const std::int32_t> supported_input_sizes();

// "224, 192, 160, 128 or 96", for messages.
[[nodiscard]] std::string supported_input_sizes_text();

}  // namespace headstart
