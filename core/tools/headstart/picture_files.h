// Pictures from files: JPEG and PNG by the platform's own libraries, where they were there when this was
// built, and PPM.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "headstart/image.h"
#include "headstart/status.h"

namespace headstart::tools {

struct Picture {
  std::vector<std::uint8_t> rgba;
  std::int32_t width_px = 0;
  std::int32_t height_px = 0;

  [[nodiscard]] FrameView view() const { return {rgba, width_px, height_px, 0}; }
};

// Whether a file's name ends like a picture's.
[[nodiscard]] bool is_picture(const std::string& path);

// bad-file where the bytes are not what they claim to be, unsupported for another format, unavailable where
// the file cannot be read.
Result<Picture> read_picture(const std::string& path);

Result<std::vector<std::uint8_t>> read_whole_file(const std::string& path);

}  // namespace headstart::tools
