// A .tflite image network as a value: https://ai.google.dev/edge/litert. Its constants become float32, what
// quantises and dequantises goes, and so does all behind the last map, a classifier's layers.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "headstart/image.h"
#include "headstart/status.h"
#include "network/network.h"

namespace headstart {

// Whether the bytes say that they are a .tflite.
[[nodiscard]] bool is_tflite(std::span<const std::uint8_t> file);

// What a pixel from 0 to 255 becomes for the network comes from the quantisation of its input or its
// metadata, or is guessed from its first layers; `normalisation` overrides all of them. `file` is not kept.
// bad-file; unsupported names the operator that there is no layer for.
Result<Network> read_tflite(std::span<const std::uint8_t> file,
                            const std::optional<Normalisation>& normalisation = {});

}  // namespace headstart
