// Views of a picture, to the bit.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "headstart/views.h"
#include "support/random_backbone.h"

using namespace headstart;

namespace {

constexpr std::int32_t kSide = 33;

// A smooth picture with some noise on it, the same everywhere.
std::vector<std::uint8_t> picture(std::int32_t side = kSide) {
  test::RandomNumbers numbers(7);
  std::vector<std::uint8_t> rgba;
  for (std::int32_t y = 0; y < side; ++y) {
    for (std::int32_t x = 0; x < side; ++x) {
      const std::uint8_t noise = numbers.next_byte() & 31U;
      rgba.push_back(static_cast<std::uint8_t>(200 * x / side + noise));
      rgba.push_back(static_cast<std::uint8_t>(200 * y / side + noise));
      rgba.push_back(static_cast<std::uint8_t>(100 + noise));
      rgba.push_back(numbers.next_byte());
    }
  }
  return rgba;
}

std::vector<std::uint8_t> view_of(const std::vector<std::uint8_t>& rgba, const ViewRecipe& recipe,
                                  std::int32_t side = kSide) {
  std::vector<std::uint8_t> out(static_cast<std::size_t>(side * side * 4));
  REQUIRE(make_view({rgba, side, side}, recipe, out).ok());
  return out;
}

const std::uint8_t* pixel(const std::vector<std::uint8_t>& rgba, std::int32_t x, std::int32_t y) {
  return rgba.data() + (y * kSide + x) * 4;
}

// FNV-1a (Fowler, Noll & Vo).
std::uint64_t checksum(std::span<const std::uint8_t> bytes, std::uint64_t hash = 0xCBF29CE484222325U) {
  for (const std::uint8_t byte : bytes) hash = (hash ^ byte) * 0x100000001B3U;
  return hash;
}

std::string refusal(const ViewRecipe& recipe, std::int32_t width = 4, std::int32_t height = 4,
                    std::size_t room = 64) {
  const std::vector<std::uint8_t> rgba(64);
  std::vector<std::uint8_t> out(room);
  const Status status = make_view({rgba, width, height}, recipe, out);
  REQUIRE_FALSE(status.ok());
  CHECK(status.error().code == ErrorCode::kBadArgument);
  return status.error().message;
}

}  // namespace

TEST_CASE("a recipe that changes nothing gives the picture itself, opaque") {
  const auto rgba = picture();
  const auto same = view_of(rgba, {});
  for (std::size_t i = 0; i < rgba.size(); ++i) REQUIRE(same[i] == (i % 4 == 3 ? 255 : rgba[i]));
}

TEST_CASE("view 0 is the mirror: pixels change places and nothing else") {
  REQUIRE_FALSE(views().empty());
  const auto rgba = picture();
  const auto mirrored = view_of(rgba, views()[0]);
  for (std::int32_t y = 0; y < kSide; ++y) {
    for (std::int32_t x = 0; x < kSide; ++x) {
      REQUIRE(std::equal(pixel(rgba, x, y), pixel(rgba, x, y) + 3, pixel(mirrored, kSide - 1 - x, y)));
    }
  }
}

TEST_CASE("a mirrored view is the same view of the mirrored picture") {
  const auto rgba = picture();
  ViewRecipe recipe{.side = 50000, .right = 0, .down = 3000, .sine = 0, .brightness = 5000};
  const auto mirror_then_view = view_of(view_of(rgba, {.mirror = Mirror::kYes}), recipe);
  recipe.mirror = Mirror::kYes;
  const auto mirrored_view = view_of(rgba, recipe);
  for (std::size_t i = 0; i < mirrored_view.size(); ++i) {
    // Places are rounded down to 256ths of a pixel, from either side.
    REQUIRE(std::abs(mirror_then_view[i] - mirrored_view[i]) <= 2);
  }
}

TEST_CASE("half the side shows the middle twice as large") {
  std::vector<std::uint8_t> rgba(kSide * kSide * 4, 0);
  for (std::int32_t y = 0; y < kSide; ++y) {
    for (std::int32_t x = 0; x < kSide; ++x)
      rgba[static_cast<std::size_t>((y * kSide + x) * 4)] = static_cast<std::uint8_t>(4 * x);
  }
  const auto nearer = view_of(rgba, {.side = 32768});
  // Centre stays; a step of two pixels in the view is one in the picture.
  CHECK(pixel(nearer, 16, 16)[0] == 64);
  CHECK(pixel(nearer, 18, 16)[0] == 68);
  CHECK(pixel(nearer, 0, 5)[0] == 32);
  const auto aside = view_of(rgba, {.side = 32768, .right = 16384});
  CHECK(pixel(aside, 16, 16)[0] == 64 + 33);  // a quarter of 33 pixels of 4 each
}

TEST_CASE("a turn moves what is right of the centre down or up, and keeps the centre") {
  std::vector<std::uint8_t> rgba(kSide * kSide * 4, 0);
  for (std::int32_t y = 0; y < kSide; ++y) {
    for (std::int32_t x = 0; x < kSide; ++x) {
      rgba[static_cast<std::size_t>((y * kSide + x) * 4)] = static_cast<std::uint8_t>(4 * y);
    }
  }
  const auto turned = view_of(rgba, {.sine = 32768});  // 30 degrees
  CHECK(pixel(turned, 16, 16)[0] == 64);
  CHECK(pixel(turned, 24, 16)[0] == 64 + 16);  // 8 pixels right reads 4 pixels further down
  CHECK(pixel(turned, 8, 16)[0] == 64 - 16);
}

TEST_CASE("beyond the picture its nearest pixel goes on") {
  const auto rgba = picture();
  const auto farther = view_of(rgba, {.side = 131072});
  CHECK(std::equal(pixel(farther, 0, 0), pixel(farther, 0, 0) + 3, pixel(rgba, 0, 0)));
  CHECK(std::equal(pixel(farther, 32, 32), pixel(farther, 32, 32) + 3, pixel(rgba, 32, 32)));
}

TEST_CASE("light and colour do what they say") {
  std::vector<std::uint8_t> rgba(kSide * kSide * 4);
  for (std::size_t i = 0; i < rgba.size(); i += 4) {
    rgba[i] = 100;
    rgba[i + 1] = 60;
    rgba[i + 2] = 200;
  }
  const auto first = [&](const ViewRecipe& recipe) {
    const auto out = view_of(rgba, recipe);
    return std::vector<int>{out[0], out[1], out[2]};
  };
  CHECK(first({.brightness = 8192}) == std::vector<int>{200, 120, 255});
  CHECK(first({.brightness = 2048}) == std::vector<int>{50, 30, 100});
  CHECK(first({.contrast = 2048}) == std::vector<int>{114, 94, 164});
  const int grey = static_cast<int>(0.299 * 100 + 0.587 * 60 + 0.114 * 200 + 0.5);
  CHECK(first({.colour = 0}) == std::vector<int>{grey, grey, grey});
  CHECK(first({.red = 8192, .blue = 2048}) == std::vector<int>{200, 60, 100});
}

TEST_CASE("every view has the same bytes in every build") {
  const auto rgba = picture(224);
  std::uint64_t hash = 0xCBF29CE484222325U;
  for (const ViewRecipe& recipe : views()) hash = checksum(view_of(rgba, recipe, 224), hash);
  std::vector<std::uint8_t> border(rgba.size());
  REQUIRE(make_border_view({rgba, 224, 224}, border).ok());
  hash = checksum(border, hash);
  CHECK(hash == 15356493000223110255U);
}

TEST_CASE("rows may lie apart in memory") {
  const auto rgba = picture();
  std::vector<std::uint8_t> wide;
  for (std::int32_t y = 0; y < kSide; ++y) {
    wide.insert(wide.end(), pixel(rgba, 0, y), pixel(rgba, 0, y) + kSide * 4);
    wide.insert(wide.end(), 12, 99);
  }
  std::vector<std::uint8_t> out(rgba.size());
  REQUIRE(make_view({wide, kSide, kSide, kSide * 4 + 12}, views()[1], out).ok());
  CHECK(out == view_of(rgba, views()[1]));
}

TEST_CASE("the border view keeps the rim and paints the middle in its mean colour") {
  std::vector<std::uint8_t> rgba(10 * 10 * 4, 40);
  for (std::size_t y = 2; y < 8; ++y) {
    for (std::size_t x = 2; x < 8; ++x) rgba[(y * 10 + x) * 4] = 250;
  }
  rgba[0] = 104;  // one of 64 pixels of the rim
  std::vector<std::uint8_t> out(rgba.size());
  REQUIRE(make_border_view({rgba, 10, 10}, out).ok());
  CHECK(out[0] == 104);
  CHECK(out[(5 * 10 + 5) * 4] == 41);
  CHECK(out[(5 * 10 + 5) * 4 + 1] == 40);
  CHECK(out[(9 * 10 + 9) * 4] == 40);
}

TEST_CASE("views that cannot be made are refused in words") {
  CHECK(refusal({}, 8, 2) == "views are made of square pictures of at most 1024 pixels, got 8x2");
  CHECK(refusal({}, 4, 4, 60) == "a view takes 64 bytes, room was given for 60");
  CHECK(refusal({}, 5, 5, 100) == "a picture of 5x5 RGBA pixels takes 100 bytes, got 64");
  refusal({.side = 1000});
  refusal({.sine = 40000});
  refusal({.brightness = 100000});
}
