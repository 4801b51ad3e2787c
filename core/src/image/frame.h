// What is checked of every picture that comes from outside.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "headstart/image.h"
#include "headstart/status.h"

namespace headstart {

// "640x480"
[[nodiscard]] std::string size_text(std::int64_t width_px, std::int64_t height_px);

// How many bytes apart the rows lie; bad-argument where size, stride and bytes do not go together.
[[nodiscard]] Result<std::size_t> checked_stride_bytes(const FrameView& frame);

}  // namespace headstart
