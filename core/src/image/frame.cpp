#include "image/frame.h"

namespace headstart {

std::string size_text(std::int64_t width_px, std::int64_t height_px) {
  return std::to_string(width_px) + "x" + std::to_string(height_px);
}

Result<std::size_t> checked_stride_bytes(const FrameView& frame) {
  const std::string size = size_text(frame.width_px, frame.height_px);
  const auto side_is_bad = [](std::int32_t side_px) { return side_px < 1 || side_px > kMostFrameSidePx; };
  if (side_is_bad(frame.width_px) || side_is_bad(frame.height_px)) {
    return bad_argument("the picture must be from 1x1 to " + size_text(kMostFrameSidePx, kMostFrameSidePx) +
                        " pixels, got " + size);
  }
  const std::int32_t row_bytes = frame.width_px * 4;
  if (frame.stride_bytes != 0 && frame.stride_bytes < row_bytes) {
    return bad_argument("a row of " + std::to_string(frame.width_px) + " RGBA pixels takes " +
                        std::to_string(row_bytes) + " bytes, but rows are " +
                        std::to_string(frame.stride_bytes) + " bytes apart");
  }
  const auto stride_bytes =
      static_cast<std::uint64_t>(frame.stride_bytes == 0 ? row_bytes : frame.stride_bytes);
  const std::uint64_t needed_bytes =
      stride_bytes * static_cast<std::uint64_t>(frame.height_px - 1) + static_cast<std::uint64_t>(row_bytes);
  if (frame.rgba.size() < needed_bytes) {
    return bad_argument("a picture of " + size + " RGBA pixels takes " + std::to_string(needed_bytes) +
                        " bytes, got " + std::to_string(frame.rgba.size()));
  }
  return static_cast<std::size_t>(stride_bytes);
}

}  // namespace headstart
