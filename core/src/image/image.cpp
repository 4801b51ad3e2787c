#include "headstart/image.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/parallel.h"
#include "headstart/buffer.h"
#include "image/frame.h"
#include "image/image_filter.h"
#include "image/image_rows.h"

namespace headstart {
namespace {

// So that a thread that is woken late takes less of the work.
constexpr std::size_t kBandsPerThread = 4;

// The square of pixels that becomes the output.
struct Square {
  const std::uint8_t* top_left = nullptr;
  std::size_t stride_bytes = 0;
  std::int32_t side_px = 0;
};

Result<Square> find_square(const FrameView& frame, const PrepareOptions& options) {
  const auto stride_bytes = checked_stride_bytes(frame);
  if (!stride_bytes) return stride_bytes.error();
  const CropRectangle crop = options.crop.value_or(CropRectangle{0, 0, frame.width_px, frame.height_px});
  const auto outside = [](std::int32_t begin, std::int32_t length, std::int32_t limit) {
    return begin < 0 || length < 1 || length > limit || begin > limit - length;
  };
  if (outside(crop.left_px, crop.width_px, frame.width_px) ||
      outside(crop.top_px, crop.height_px, frame.height_px)) {
    return bad_argument("the crop of " + size_text(crop.width_px, crop.height_px) + " at " +
                        std::to_string(crop.left_px) + "," + std::to_string(crop.top_px) +
                        " must lie inside the picture of " + size_text(frame.width_px, frame.height_px));
  }
  const std::int32_t side_px = std::min(crop.width_px, crop.height_px);
  const auto left_px = static_cast<std::size_t>(crop.left_px + (crop.width_px - side_px) / 2);
  const auto top_px = static_cast<std::size_t>(crop.top_px + (crop.height_px - side_px) / 2);
  return Square{&frame.rgba[top_px * stride_bytes.value() + left_px * kChannelCount], stride_bytes.value(),
                side_px};
}

}  // namespace

struct ImagePreparer::State {
  // What one piece of work needs for itself.
  struct Band {
    PaddedBuffer<std::int16_t> row;                 // one row between the passes, see image_rows.h
    std::vector<const std::uint8_t*> row_pointers;  // [2 * rows.pair_count]: what it is blended from
  };

  std::int32_t size_px = 0;
  std::int32_t side_px = 0;  // of the crop that the tables below are for; 0: none yet
  FilterAxis rows;
  FilterAxis columns;
  pthreadpool* pool = nullptr;
  std::vector<Band> bands;  // each makes neighbouring rows of the result

  Status fit_tables(std::int32_t new_side_px);
  const std::int16_t* blend(const Square& square, std::size_t y, Band& band) const;

  // Calls take_row(row, y, direction) for each row of the result, blended from the rows of the frame's
  // square; on any thread, in any order.
  template <typename TakeRow>
  Status for_each_row(const FrameView& frame, const PrepareOptions& options, TakeRow take_row);
};

Status ImagePreparer::State::fit_tables(std::int32_t new_side_px) {
  if (new_side_px == side_px) return {};
  side_px = 0;  // whatever fails below, no half-made tables are used
  auto new_rows = make_filter_axis(new_side_px, size_px, FilterStart::kAnywhere);
  if (!new_rows) return new_rows.error();
  auto new_columns = make_filter_axis(new_side_px, size_px, FilterStart::kEven);
  if (!new_columns) return new_columns.error();
  // The last window may begin at the last pixel and reach over the edge with zero weights.
  const std::size_t readable_px = static_cast<std::size_t>(new_side_px) + 2 * new_columns.value().pair_count;
  for (Band& band : bands) {
    auto row = PaddedBuffer<std::int16_t>::create(readable_px * kChannelCount);
    if (!row) return row.error();
    band.row = std::move(row).value();
    band.row_pointers.resize(2 * new_rows.value().pair_count);
  }
  rows = std::move(new_rows).value();
  columns = std::move(new_columns).value();
  side_px = new_side_px;
  return {};
}

// The vertical pass.
const std::int16_t* ImagePreparer::State::blend(const Square& square, std::size_t y, Band& band) const {
  std::span<const WeightPair> pairs = rows.pairs_of(y);
  while (pairs.size() > 1 && pairs.back().first == 0 && pairs.back().second == 0)
    pairs = pairs.first(pairs.size() - 1);
  const auto first = static_cast<std::size_t>(rows.first_indices.span()[y]);
  const auto last_row = static_cast<std::size_t>(square.side_px - 1);
  for (std::size_t k = 0; k < 2 * pairs.size(); ++k) {
    // Beyond the last row the weights are zero; any row will do.
    band.row_pointers[k] = square.top_left + std::min(first + k, last_row) * square.stride_bytes;
  }
  blend_rows({band.row_pointers.data(), 2 * pairs.size()}, pairs, static_cast<std::size_t>(square.side_px),
             band.row.data());
  return band.row.data();
}

template <typename TakeRow>
Status ImagePreparer::State::for_each_row(const FrameView& frame, const PrepareOptions& options,
                                          TakeRow take_row) {
  const auto found = find_square(frame, options);
  if (!found) return found.error();
  const Square& square = found.value();
  if (Status fitted = fit_tables(square.side_px); !fitted) return fitted;
  const Direction direction =
      options.mirror == Mirror::kYes ? Direction::kRightToLeft : Direction::kLeftToRight;
  const auto row_count = static_cast<std::size_t>(size_px);
  parallel_for(pool, bands.size(), [&](std::size_t index) {
    const std::size_t end = (index + 1) * row_count / bands.size();
    for (std::size_t y = index * row_count / bands.size(); y < end; ++y) {
      take_row(blend(square, y, bands[index]), y, direction);
    }
  });
  return {};
}

ImagePreparer::ImagePreparer(std::unique_ptr<State> state) : state_(std::move(state)) {}
ImagePreparer::ImagePreparer(ImagePreparer&&) noexcept = default;
ImagePreparer& ImagePreparer::operator=(ImagePreparer&&) noexcept = default;
ImagePreparer::~ImagePreparer() = default;

std::int32_t ImagePreparer::size_px() const {
  return state_->size_px;
}

std::size_t ImagePreparer::memory_bytes() const {
  const auto axis_bytes = [](const FilterAxis& axis) {
    return axis.first_indices.size_bytes() + axis.pairs.size_bytes();
  };
  std::size_t bytes = axis_bytes(state_->rows) + axis_bytes(state_->columns);
  for (const State::Band& band : state_->bands) bytes += band.row.size_bytes();
  return bytes;
}

Result<ImagePreparer> ImagePreparer::create(std::int32_t size_px, const ComputePool* pool) {
  if (size_px < 1 || size_px > kMostPreparedSidePx) {
    return bad_argument("the size to resize to must be from 1 to " + std::to_string(kMostPreparedSidePx) +
                        " pixels, got " + std::to_string(size_px));
  }
  auto state = std::make_unique<State>();
  state->size_px = size_px;
  if (pool != nullptr) state->pool = pool->handle();
  state->bands.resize(state->pool == nullptr ? 1 : kBandsPerThread * pool->thread_count());
  return ImagePreparer(std::move(state));
}

Status ImagePreparer::prepare(const FrameView& frame, const PrepareOptions& options,
                              const Normalisation& normalisation, std::span<float> out) {
  const auto size = static_cast<std::size_t>(state_->size_px);
  if (out.size() != size * size * 3) {
    return bad_argument("a prepared picture takes " + std::to_string(size * size * 3) +
                        " numbers, room was given for " + std::to_string(out.size()));
  }
  return state_->for_each_row(
      frame, options, [&](const std::int16_t* row, std::size_t y, Direction direction) {
        blend_columns_to_floats(row, state_->columns, direction, normalisation.scale, normalisation.offset,
                                out.subspan(y * size * 3, size * 3));
      });
}

Status ImagePreparer::resize(const FrameView& frame, const PrepareOptions& options,
                             std::span<std::uint8_t> out) {
  const auto size = static_cast<std::size_t>(state_->size_px);
  if (out.size() != size * size * kChannelCount) {
    return bad_argument("a resized picture takes " + std::to_string(size * size * kChannelCount) +
                        " bytes, room was given for " + std::to_string(out.size()));
  }
  return state_->for_each_row(
      frame, options, [&](const std::int16_t* row, std::size_t y, Direction direction) {
        blend_columns_to_bytes(row, state_->columns, direction,
                               out.subspan(y * size * kChannelCount, size * kChannelCount));
      });
}

}  // namespace headstart
