// The backbone file `backbone/1`, read and checked against the architecture that it names.
#pragma once

#include <cstdint>
#include <span>

#include "headstart/status.h"
#include "network/network.h"

namespace headstart {

// The weights become floats, whatever type the file had; `file` is not kept. Fails with bad-file (what was
// expected, what came), bad-version (a format after backbone/1), out-of-memory.
Result<Network> read_backbone_file(std::span<const std::uint8_t> file);

}  // namespace headstart
