// IEEE 754-2019 binary16, to and from binary32.
#pragma once

#include <cstdint>

namespace headstart {

// Exact: every binary16 value, subnormals, infinities and NaNs included, is a binary32 value.
[[nodiscard]] float float_from_half(std::uint16_t half);

// Rounds to nearest, ties to even; too large becomes infinity.
[[nodiscard]] std::uint16_t half_from_float(float value);

}  // namespace headstart
