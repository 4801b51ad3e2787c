// From a camera frame to the numbers that the backbone reads: crop, mirror, resize, normalise.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "headstart/compute.h"
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
  // What is used is the largest square in the middle of this rectangle (rounded to the left and top), so that
  // nothing is ever stretched. None: the whole frame.
  std::optional<CropRectangle> crop;
  Mirror mirror = Mirror::kNo;  // swaps left and right of the result
};

// pixel value * scale + offset, as the backbone was trained.
struct Normalisation {
  float scale = 1.0F / 127.5F;
  float offset = -1.0F;
};

inline constexpr std::int32_t kMostFrameSidePx = 32768;
inline constexpr std::int32_t kMostPreparedSidePx = 1024;

// Crops, mirrors and resizes frames to one square size. It keeps its filter tables and row buffers between
// frames, so that frames of the same shape cost no allocation: about 0.25 ms for 640x480 to 224 px.
//
// The resampling is defined to the bit, in whole numbers (core/src/image/image_filter.h has the formulas): a
// triangle filter that widens when the picture shrinks, as Pillow's BILINEAR, rounded to 8 bits. Natively and
// in every WebAssembly build the same frame gives the same numbers. A square of the output size passes
// through unchanged. Alpha is ignored: colours are taken as they are.
class ImagePreparer {
 public:
  // `size_px` in 1…1024, else bad-argument. A pool's threads share the rows between them, with the same
  // result; it must outlive the preparer.
  static Result<ImagePreparer> create(std::int32_t size_px, const ComputePool* pool = nullptr);

  ImagePreparer(ImagePreparer&&) noexcept;
  ImagePreparer& operator=(ImagePreparer&&) noexcept;
  ~ImagePreparer();

  // RGB, normalised, in one pass: `out` [size_px, size_px, 3]. Each number is value * scale + offset in
  // float32 without contraction, where value is the byte that resize() gives. bad-argument says what is wrong
  // with the frame, the crop or the room in `out`; out-of-memory is possible only for the first frame of a
  // shape.
  Status prepare(const FrameView& frame, const PrepareOptions& options, const Normalisation& normalisation,
                 std::span<float> out);

  // RGBA bytes with alpha 255, for keeping the picture: `out` [size_px, size_px, 4].
  Status resize(const FrameView& frame, const PrepareOptions& options, std::span<std::uint8_t> out);

  [[nodiscard]] std::int32_t size_px() const;

  // Tables and row buffers, for the memory report.
  [[nodiscard]] std::size_t memory_bytes() const;

 private:
  struct State;
  explicit ImagePreparer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace headstart
