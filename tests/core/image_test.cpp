#include "headstart/image.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <numeric>
#include <vector>

#include "image/image_filter.h"

using namespace headstart;

namespace {

using Bytes = std::vector<std::uint8_t>;

struct Picture {
  std::int32_t width_px;
  std::int32_t height_px;
  Bytes rgba;

  [[nodiscard]] FrameView view() const { return {rgba, width_px, height_px, 0}; }
};

// Noise from a linear congruential generator (Knuth's MMIX constants), the same everywhere.
Picture noise(std::int32_t width_px, std::int32_t height_px, std::uint64_t seed = 1) {
  Picture picture{width_px, height_px, Bytes(static_cast<std::size_t>(width_px * height_px * 4))};
  for (std::uint8_t& byte : picture.rgba) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    byte = static_cast<std::uint8_t>(seed >> 56u);
  }
  return picture;
}

// The weights of output pixel i as image_filter.h defines them, written without any cleverness.
std::vector<std::int64_t> reference_weights(std::int64_t side, std::int64_t size, std::int64_t i) {
  std::vector<std::int64_t> raw(static_cast<std::size_t>(side));
  for (std::int64_t k = 0; k < side; ++k) {
    const std::int64_t distance = std::abs((2 * k + 1) * size - (2 * i + 1) * side);
    raw[static_cast<std::size_t>(k)] = std::max<std::int64_t>(0, 2 * std::max(side, size) - distance);
  }
  const std::int64_t sum = std::accumulate(raw.begin(), raw.end(), std::int64_t{0});
  std::vector<std::int64_t> weights;
  for (const std::int64_t value : raw) weights.push_back(value * 16384 / sum);
  std::vector<bool> raised(raw.size(), false);
  for (std::int64_t missing = 16384 - std::accumulate(weights.begin(), weights.end(), std::int64_t{0});
       missing > 0; --missing) {
    std::size_t best = raw.size();
    for (std::size_t k = 0; k < raw.size(); ++k) {
      if (!raised[k] && (best == raw.size() || raw[k] * 16384 % sum > raw[best] * 16384 % sum)) best = k;
    }
    raised[best] = true;
    ++weights[best];
  }
  return weights;
}

// The whole of image_filter.h's formulas, one pixel at a time.
Bytes reference_resize(const Picture& picture, CropRectangle crop, std::int32_t size_px, Mirror mirror) {
  const std::int32_t side = std::min(crop.width_px, crop.height_px);
  const std::int32_t left = crop.left_px + (crop.width_px - side) / 2;
  const std::int32_t top = crop.top_px + (crop.height_px - side) / 2;
  const auto n = static_cast<std::size_t>(size_px);
  const auto s = static_cast<std::size_t>(side);
  std::vector<std::vector<std::int64_t>> weights;
  for (std::int32_t i = 0; i < size_px; ++i) weights.push_back(reference_weights(side, size_px, i));
  Bytes out(n * n * 4, 255);
  std::vector<std::int64_t> row(s);
  for (std::size_t channel = 0; channel < 3; ++channel) {
    for (std::size_t y = 0; y < n; ++y) {
      for (std::size_t x = 0; x < s; ++x) {
        std::int64_t sum = 64;
        for (std::size_t k = 0; k < s; ++k) {
          const std::size_t pixel =
              (static_cast<std::size_t>(top) + k) * static_cast<std::size_t>(picture.width_px) +
              static_cast<std::size_t>(left) + x;
          sum += weights[y][k] * picture.rgba[pixel * 4 + channel];
        }
        row[x] = sum >> 7;
      }
      for (std::size_t x = 0; x < n; ++x) {
        const std::int64_t sum =
            std::inner_product(row.begin(), row.end(), weights[x].begin(), std::int64_t{1} << 20);
        const std::size_t to = mirror == Mirror::kYes ? n - 1 - x : x;
        out[(y * n + to) * 4 + channel] = static_cast<std::uint8_t>(sum >> 21);
      }
    }
  }
  return out;
}

Bytes resized(const FrameView& frame, std::int32_t size_px, const PrepareOptions& options = {}) {
  auto preparer = ImagePreparer::create(size_px);
  REQUIRE(preparer.ok());
  Bytes out(static_cast<std::size_t>(size_px) * static_cast<std::size_t>(size_px) * 4);
  REQUIRE(preparer.value().resize(frame, options, out).ok());
  return out;
}

ErrorCode failure_of(const FrameView& frame, const PrepareOptions& options = {}) {
  auto preparer = ImagePreparer::create(8);
  Bytes out(8 * 8 * 4);
  const Status status = preparer.value().resize(frame, options, out);
  REQUIRE_FALSE(status.ok());
  CHECK_FALSE(status.error().message.empty());
  return status.error().code;
}

}  // namespace

TEST_CASE("resizing gives the bytes of the written definition, whatever the sizes") {
  struct Case {
    std::int32_t width_px, height_px, size_px;
  };
  for (const Case& c : {Case{64, 48, 22}, Case{48, 64, 22}, Case{7, 5, 3}, Case{1, 1, 4}, Case{2, 9, 5},
                        Case{33, 33, 32}, Case{32, 32, 33}, Case{3, 3, 17}, Case{101, 97, 10},
                        Case{97, 97, 1}, Case{40, 30, 96}, Case{90, 90, 15}}) {
    CAPTURE(c.width_px);
    CAPTURE(c.height_px);
    CAPTURE(c.size_px);
    const Picture picture = noise(c.width_px, c.height_px);
    const CropRectangle whole{0, 0, c.width_px, c.height_px};
    CHECK(resized(picture.view(), c.size_px) == reference_resize(picture, whole, c.size_px, Mirror::kNo));
  }
}

TEST_CASE("a camera frame of 640x480 becomes 224 px as the written definition has it") {
  const Picture picture = noise(640, 480);
  CHECK(resized(picture.view(), 224) == reference_resize(picture, {0, 0, 640, 480}, 224, Mirror::kNo));
}

TEST_CASE("crops of any place and shape use the largest square in their middle, mirrored on request") {
  const Picture picture = noise(61, 47, 5);
  for (const CropRectangle& crop :
       {CropRectangle{0, 0, 61, 47}, CropRectangle{3, 2, 20, 31}, CropRectangle{40, 1, 21, 46},
        CropRectangle{60, 46, 1, 1}, CropRectangle{5, 5, 16, 16}}) {
    for (const Mirror mirror : {Mirror::kNo, Mirror::kYes}) {
      CAPTURE(crop.left_px);
      const PrepareOptions options{crop, mirror};
      CHECK(resized(picture.view(), 16, options) == reference_resize(picture, crop, 16, mirror));
    }
  }
}

TEST_CASE("a picture of the output size passes through unchanged") {
  Picture picture = noise(96, 96);
  const Bytes out = resized(picture.view(), 96);
  for (std::size_t i = 3; i < picture.rgba.size(); i += 4) picture.rgba[i] = 255;
  CHECK(out == picture.rgba);
}

TEST_CASE("an even colour stays that colour to the last bit, however it is resized") {
  for (const std::int32_t side_px : {3, 50, 224, 500, 1080}) {
    Picture picture{side_px, side_px, Bytes(static_cast<std::size_t>(side_px * side_px * 4), 255)};
    for (std::size_t i = 0; i < picture.rgba.size(); i += 4) picture.rgba[i + 1] = 77;
    const Bytes out = resized(picture.view(), 64);
    bool even = true;
    for (std::size_t i = 0; i < out.size(); i += 4)
      even = even && out[i] == 255 && out[i + 1] == 77 && out[i + 2] == 255;
    CHECK(even);
  }
}

TEST_CASE("prepared numbers are the resized bytes, scaled and shifted in float") {
  const Picture picture = noise(50, 40);
  auto preparer = ImagePreparer::create(21);
  REQUIRE(preparer.ok());
  const Normalisation normalisation{1.0F / 127.5F, -1.0F};
  for (const Mirror mirror : {Mirror::kNo, Mirror::kYes}) {
    const PrepareOptions options{std::nullopt, mirror};
    std::vector<float> guarded(21 * 21 * 3 + 1, 42.0F);
    const std::span<float> out = std::span(guarded).first(21 * 21 * 3);
    REQUIRE(preparer.value().prepare(picture.view(), options, normalisation, out).ok());
    const Bytes bytes = resized(picture.view(), 21, options);
    bool equal = true;
    for (std::size_t pixel = 0; pixel < 21 * 21; ++pixel) {
      for (std::size_t channel = 0; channel < 3; ++channel) {
        const float scaled = static_cast<float>(bytes[pixel * 4 + channel]) * normalisation.scale;
        equal = equal && out[pixel * 3 + channel] == scaled + normalisation.offset;
      }
    }
    CHECK(equal);
    CHECK(guarded.back() == 42.0F);  // nothing is written past the end
  }
}

TEST_CASE("rows may lie further apart than they are long, and the last one may end the memory") {
  const Picture picture = noise(10, 6);
  constexpr std::size_t kStride = 52;
  Bytes spaced(kStride * 5 + 40, 99);
  for (std::size_t y = 0; y < 6; ++y) {
    std::copy_n(picture.rgba.begin() + static_cast<std::ptrdiff_t>(y * 40), 40,
                spaced.begin() + static_cast<std::ptrdiff_t>(y * kStride));
  }
  CHECK(resized({spaced, 10, 6, kStride}, 9) == resized(picture.view(), 9));
}

TEST_CASE("one preparer serves frames of changing shapes") {
  auto preparer = ImagePreparer::create(12);
  REQUIRE(preparer.ok());
  Bytes out(12 * 12 * 4);
  for (const std::int32_t side_px : {40, 12, 7, 90, 40}) {
    const Picture picture = noise(side_px, side_px + 3);
    REQUIRE(preparer.value().resize(picture.view(), {}, out).ok());
    CHECK(out == resized(picture.view(), 12));
  }
  CHECK(preparer.value().memory_bytes() > 0);
}

TEST_CASE("threads that share the rows make the same picture") {
  for (const std::size_t thread_count : {1U, 2U, 3U}) {
    const auto pool = ComputePool::create(thread_count);
    if (!pool.ok()) continue;  // a build without threads
    CAPTURE(thread_count);
    for (const std::int32_t size_px : {1, 5, 96}) {
      auto preparer = ImagePreparer::create(size_px, &pool.value());
      REQUIRE(preparer.ok());
      const auto byte_count = static_cast<std::size_t>(size_px) * static_cast<std::size_t>(size_px) * 4;
      Bytes out(byte_count);
      for (const std::int32_t side_px : {131, 40, 131}) {
        const Picture picture = noise(side_px, side_px);
        REQUIRE(preparer.value().resize(picture.view(), {std::nullopt, Mirror::kYes}, out).ok());
        CHECK(out == resized(picture.view(), size_px, {std::nullopt, Mirror::kYes}));
      }
    }
  }
}

TEST_CASE("frames that cannot be are refused with a reason") {
  const Picture picture = noise(16, 16);
  CHECK(failure_of({picture.rgba, 0, 16, 0}) == ErrorCode::kBadArgument);
  CHECK(failure_of({picture.rgba, 16, -1, 0}) == ErrorCode::kBadArgument);
  CHECK(failure_of({picture.rgba, 32769, 1, 0}) == ErrorCode::kBadArgument);
  CHECK(failure_of({picture.rgba, 16, 17, 0}) == ErrorCode::kBadArgument);
  CHECK(failure_of({picture.rgba, 16, 16, 63}) == ErrorCode::kBadArgument);
  CHECK(failure_of({picture.rgba, 16, 16, -64}) == ErrorCode::kBadArgument);
  CHECK(failure_of({{}, 1, 1, 0}) == ErrorCode::kBadArgument);
  CHECK(failure_of({picture.rgba, 32768, 32768, std::numeric_limits<std::int32_t>::max()}) ==
        ErrorCode::kBadArgument);
}

TEST_CASE("crops outside the frame are refused with a reason") {
  const Picture picture = noise(16, 16);
  constexpr std::int32_t kMost = std::numeric_limits<std::int32_t>::max();
  for (const CropRectangle& crop :
       {CropRectangle{-1, 0, 4, 4}, CropRectangle{0, 0, 17, 4}, CropRectangle{13, 0, 4, 4},
        CropRectangle{0, 0, 0, 4}, CropRectangle{0, 0, 4, -4}, CropRectangle{kMost, 0, kMost, 4}}) {
    CHECK(failure_of(picture.view(), {crop, Mirror::kNo}) == ErrorCode::kBadArgument);
  }
}

TEST_CASE("the wrong room for the result, or an impossible size, is refused") {
  CHECK_FALSE(ImagePreparer::create(0).ok());
  CHECK_FALSE(ImagePreparer::create(1025).ok());
  auto preparer = ImagePreparer::create(8);
  REQUIRE(preparer.ok());
  const Picture picture = noise(16, 16);
  Bytes bytes(8 * 8 * 3);
  CHECK(preparer.value().resize(picture.view(), {}, bytes).error().code == ErrorCode::kBadArgument);
  std::vector<float> floats(8 * 8 * 4);
  CHECK(preparer.value().prepare(picture.view(), {}, {}, floats).error().code == ErrorCode::kBadArgument);
}

TEST_CASE("the weights of every output pixel sum to exactly one") {
  for (const std::int32_t side_px : {1, 2, 95, 96, 97, 480, 1080, 2160}) {
    const auto axis = make_filter_axis(side_px, 96, FilterStart::kEven);
    REQUIRE(axis.ok());
    for (std::size_t i = 0; i < 96; ++i) {
      std::int32_t sum = 0;
      for (const WeightPair& pair : axis.value().pairs_of(i)) sum += pair.first + pair.second;
      CHECK(sum == 1 << kWeightBits);
    }
  }
}
