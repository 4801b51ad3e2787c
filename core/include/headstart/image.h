// From a camera frame to the numbers that the backbone reads: crop, mirror, resize, normalise.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "headstart/status.h"

namespace headstart {

// A picture that somebody else owns: RGBA bytes, rows from top to bottom. Valid as long as the owner's
// memory.
struct FrameView {
  std::span<const std::uint8_t> rgba;  // [height_px, stride_bytes], of which width_px * 4 bytes count
  std::int32_t width_px = 0;
  std::int32_t height_px = 0;
  std::int32_t stride_bytes = 0;  // 0 means width_px * 4
};

// The part of a frame that is used, in pixels of that frame.
struct CropRectangle {
  std::int32_t left_px = 0;
  std::int32_t top_px = 0;
  std::int32_t width_px = 0;
  std::int32_t height_px = 0;
};

enum class Mirror : std::uint8_t { kNo, kYes };

struct PrepareOptions {
  std::optional<CropRectangle> crop;  // none: the largest centred square
  Mirror mirror = Mirror::kNo;        // swaps left and right
};

// pixel value * scale + offset, as the backbone was trained.
struct Normalisation {
  float scale = 1.0F / 127.5F;
  float offset = -1.0F;
};

// Crops, mirrors and resizes frames to one square size. It keeps its filter tables and row buffers between
// frames, so that frames of the same shape cost no allocation.
//
// The resampling is defined to the bit (image.cpp says how, in integers), so that natively and in every
// WebAssembly build the same frame gives the same numbers. A crop of the output size passes through
// unchanged.
class ImagePreparer {
 public:
  // `size_px` in 1…1024, else bad-argument.
  static Result<ImagePreparer> create(std::int32_t size_px);

  // RGB, normalised: `out` [size_px, size_px, 3].
  Status prepare(const FrameView& frame, const PrepareOptions& options, const Normalisation& normalisation,
                 std::span<float> out);

  // RGBA bytes with alpha 255, for keeping the picture: `out` [size_px, size_px, 4].
  Status resize(const FrameView& frame, const PrepareOptions& options, std::span<std::uint8_t> out);

  [[nodiscard]] std::int32_t size_px() const { return size_px_; }

 private:
  // image.cpp's filter tables and row buffers; their layout may change without notice.
  std::int32_t size_px_ = 0;
};

}  // namespace headstart
