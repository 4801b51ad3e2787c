#include "headstart/views.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>

#include "image/frame.h"

namespace headstart {
namespace {

constexpr std::int32_t kOne = 4096;     // of colours
constexpr std::int32_t kWhole = 65536;  // of places
constexpr std::size_t kPixelBytes = 4;

// The mirror, and turns by 10 degrees from so near that no corner is empty (1 / (cos + sin) of the side).
// Crops of 85 % in two opposite corners brought nothing on top of these, brighter and darker copies less.
constexpr ViewRecipe kViews[] = {
    {.name = "mirror", .mirror = Mirror::kYes},
    {.name = "turned-left", .side = 56574, .sine = 11380},
    {.name = "turned-right", .side = 56574, .sine = -11380},
};

Status check(const ViewRecipe& recipe) {
  const auto between = [](std::int32_t value, std::int32_t low, std::int32_t high) {
    return value >= low && value <= high;
  };
  const bool place =
      between(recipe.side, kWhole / 4, 2 * kWhole) && between(recipe.right, -kWhole / 2, kWhole / 2) &&
      between(recipe.down, -kWhole / 2, kWhole / 2) && between(recipe.sine, -kWhole / 2, kWhole / 2);
  const bool colour = between(recipe.colour, 0, 2 * kOne) && between(recipe.contrast, kOne / 4, 2 * kOne) &&
                      between(recipe.brightness, kOne / 4, 2 * kOne) &&
                      between(recipe.red, kOne / 2, 2 * kOne) && between(recipe.green, kOne / 2, 2 * kOne) &&
                      between(recipe.blue, kOne / 2, 2 * kOne);
  if (place && colour) return {};
  return bad_argument(
      "a view's side must be a quarter to twice the picture's, its centre inside the picture, its "
      "turn at most 30 degrees, and its colours 0 to 2 (brightness and contrast from 0.25, each "
      "channel from 0.5)");
}

// A checked square.
struct Square {
  const std::uint8_t* top_left = nullptr;
  std::size_t stride_bytes = 0;
  std::int32_t side_px = 0;
};

Result<Square> checked_square(const FrameView& frame, std::size_t room_bytes) {
  const Result<std::size_t> stride_bytes = checked_stride_bytes(frame);
  if (!stride_bytes) return stride_bytes.error();
  if (frame.width_px != frame.height_px || frame.width_px > kMostPreparedSidePx) {
    return bad_argument("views are made of square pictures of at most " +
                        std::to_string(kMostPreparedSidePx) + " pixels, got " +
                        size_text(frame.width_px, frame.height_px));
  }
  const auto side = static_cast<std::size_t>(frame.width_px);
  if (room_bytes != side * side * kPixelBytes) {
    return bad_argument("a view takes " + std::to_string(side * side * kPixelBytes) +
                        " bytes, room was given for " + std::to_string(room_bytes));
  }
  return Square{frame.rgba.data(), stride_bytes.value(), frame.width_px};
}

// The largest r with r² <= value.
std::int64_t whole_root(std::int64_t value) {
  std::int64_t root = 0;
  for (std::int64_t bit = std::int64_t{1} << 20U; bit > 0; bit >>= 1U) {
    if ((root + bit) * (root + bit) <= value) root += bit;
  }
  return root;
}

// Where a pixel of the view is read: with u = 2 x + 1 - N and v = 2 y + 1 - N, twice its place from the
// centre,
//   source x = (x_by_u u + x_by_v v + x_shift) / 2 + (N - 1) / 2, in 65536ths of a pixel; y likewise.
// Whole where nothing but the mirror moves: then every pixel is read exactly.
struct Geometry {
  std::int32_t x_by_u = 0;
  std::int32_t x_by_v = 0;
  std::int32_t y_by_u = 0;
  std::int32_t y_by_v = 0;
  std::int32_t x_shift = 0;
  std::int32_t y_shift = 0;
};

Geometry geometry_of(const ViewRecipe& recipe, std::int32_t side_px) {
  const std::int64_t whole = kWhole;
  const std::int64_t sine = recipe.sine;
  const std::int64_t cosine = whole_root(whole * whole - sine * sine);
  const auto scaled = [&](std::int64_t value) {
    return static_cast<std::int32_t>(value * recipe.side / whole);
  };
  Geometry geometry{.x_by_u = scaled(cosine),
                    .x_by_v = -scaled(sine),
                    .y_by_u = scaled(sine),
                    .y_by_v = scaled(cosine),
                    .x_shift = 2 * recipe.right * side_px,
                    .y_shift = 2 * recipe.down * side_px};
  if (recipe.mirror == Mirror::kYes) {
    geometry.x_by_u = -geometry.x_by_u;
    geometry.y_by_u = -geometry.y_by_u;
  }
  return geometry;
}

// The four bytes of a pixel in four lanes of 16 bits, and back.
std::uint64_t spread(const std::uint8_t* pixel) {
  std::uint32_t bytes = 0;
  std::memcpy(&bytes, pixel, sizeof(bytes));
  const std::uint64_t wide = bytes;
  const std::uint64_t halves = (wide | wide << 16U) & 0x0000FFFF0000FFFFU;
  return (halves | halves << 8U) & 0x00FF00FF00FF00FFU;
}

void gather(std::uint64_t lanes, std::uint8_t* pixel) {
  const std::uint64_t halves = (lanes | lanes >> 8U) & 0x0000FFFF0000FFFFU;
  const auto bytes = static_cast<std::uint32_t>(halves | halves >> 16U);
  std::memcpy(pixel, &bytes, sizeof(bytes));
}

// (a (256 - part) + b part + 128) >> 8 in every lane: at most 255 * 256 + 128, which 16 bits hold.
std::uint64_t mix(std::uint64_t a, std::uint64_t b, std::uint64_t part) {
  return (a * (256 - part) + b * part + 0x0080008000800080U) >> 8U & 0x00FF00FF00FF00FFU;
}

void read_row(const Square& square, const Geometry& geometry, std::int32_t y, std::uint8_t* out) {
  const std::int32_t side = square.side_px;
  const std::int32_t last = side - 1;
  const std::int32_t u = 1 - side;
  const std::int32_t v = 2 * y + 1 - side;
  const std::int64_t middle = std::int64_t{kWhole} * last;
  std::int64_t x2 =
      std::int64_t{geometry.x_by_u} * u + std::int64_t{geometry.x_by_v} * v + geometry.x_shift + middle;
  std::int64_t y2 =
      std::int64_t{geometry.y_by_u} * u + std::int64_t{geometry.y_by_v} * v + geometry.y_shift + middle;
  for (std::int32_t x = 0; x < side; ++x, out += kPixelBytes) {
    const auto source_x = static_cast<std::int32_t>(x2 >> 9);  // 256ths of a pixel
    const auto source_y = static_cast<std::int32_t>(y2 >> 9);
    const auto column = [&](std::int32_t at) {
      return static_cast<std::size_t>(std::clamp(at, 0, last)) * kPixelBytes;
    };
    const auto row = [&](std::int32_t at) {
      return square.top_left + static_cast<std::size_t>(std::clamp(at, 0, last)) * square.stride_bytes;
    };
    const std::uint8_t* upper = row(source_y >> 8);
    const std::uint8_t* lower = row((source_y >> 8) + 1);
    const std::size_t left = column(source_x >> 8);
    const std::size_t right = column((source_x >> 8) + 1);
    const auto part_x = static_cast<std::uint64_t>(source_x & 255);
    const auto part_y = static_cast<std::uint64_t>(source_y & 255);
    gather(mix(mix(spread(upper + left), spread(upper + right), part_x),
               mix(spread(lower + left), spread(lower + right), part_x), part_y),
           out);
    x2 += std::int64_t{2} * geometry.x_by_u;
    y2 += std::int64_t{2} * geometry.y_by_u;
  }
}

// out = (by_channel · (red, green, blue) + offset + half) >> 12, held to 0…255.
struct Colours {
  std::array<std::array<std::int32_t, 3>, 3> by_channel{};
  std::array<std::int32_t, 3> offset{};
};

Colours colours_of(const ViewRecipe& recipe) {
  // Brightness of a colour: 0.299 red + 0.587 green + 0.114 blue (ITU-R BT.601), in 4096ths.
  constexpr std::array<std::int64_t, 3> kLuma = {1225, 2404, 467};
  const std::array<std::int64_t, 3> gains = {recipe.red, recipe.green, recipe.blue};
  Colours colours;
  for (std::size_t to = 0; to < 3; ++to) {
    const std::int64_t light = std::int64_t{recipe.brightness} * gains[to];  // 2^24
    for (std::size_t from = 0; from < 3; ++from) {
      const std::int64_t own = to == from ? recipe.colour : 0;
      const std::int64_t coloured = own * kOne + (kOne - recipe.colour) * kLuma[from];  // 2^24
      const std::int64_t contrasted = coloured * recipe.contrast / kOne;
      colours.by_channel[to][from] = static_cast<std::int32_t>(contrasted / kOne * light / kOne / kOne);
    }
    const std::int64_t offset = std::int64_t{128} * (kOne - recipe.contrast);  // 2^12
    colours.offset[to] = static_cast<std::int32_t>(offset * light / kOne / kOne);
  }
  return colours;
}

void colour_row(const Colours& colours, std::int32_t side_px, std::uint8_t* row) {
  for (std::int32_t x = 0; x < side_px; ++x, row += kPixelBytes) {
    const std::int32_t red = row[0];
    const std::int32_t green = row[1];
    const std::int32_t blue = row[2];
    for (std::size_t c = 0; c < 3; ++c) {
      const std::array<std::int32_t, 3>& by = colours.by_channel[c];
      const std::int32_t sum = by[0] * red + by[1] * green + by[2] * blue + colours.offset[c] + kOne / 2;
      row[c] = static_cast<std::uint8_t>(std::clamp(sum >> 12, 0, 255));
    }
  }
}

}  // namespace

std::span<const ViewRecipe> views() {
  return kViews;
}

Status make_view(const FrameView& square, const ViewRecipe& recipe, std::span<std::uint8_t> rgba_out) {
  const Status valid = check(recipe);
  if (!valid) return valid;
  const Result<Square> source = checked_square(square, rgba_out.size());
  if (!source) return source.error();
  const std::int32_t side = source.value().side_px;
  const Geometry geometry = geometry_of(recipe, side);
  const Colours colours = colours_of(recipe);
  const bool recoloured = recipe.colour != kOne || recipe.contrast != kOne || recipe.brightness != kOne ||
                          recipe.red != kOne || recipe.green != kOne || recipe.blue != kOne;
  const std::size_t row_bytes = static_cast<std::size_t>(side) * kPixelBytes;
  for (std::int32_t y = 0; y < side; ++y) {
    std::uint8_t* row = rgba_out.data() + static_cast<std::size_t>(y) * row_bytes;
    read_row(source.value(), geometry, y, row);
    if (recoloured) colour_row(colours, side, row);
    for (std::size_t i = 3; i < row_bytes; i += kPixelBytes) row[i] = 255;
  }
  return {};
}

Status make_border_view(const FrameView& square, std::span<std::uint8_t> rgba_out) {
  const Result<Square> source = checked_square(square, rgba_out.size());
  if (!source) return source.error();
  const auto side = static_cast<std::size_t>(source.value().side_px);
  const std::size_t begin = side / 5;
  const std::size_t end = side - begin;
  const auto in_middle = [&](std::size_t x, std::size_t y) {
    return x >= begin && x < end && y >= begin && y < end;
  };
  std::array<std::uint64_t, 3> sums{};
  std::uint64_t count = 0;
  for (std::size_t y = 0; y < side; ++y) {
    const std::uint8_t* from = source.value().top_left + y * source.value().stride_bytes;
    for (std::size_t x = 0; x < side; ++x) {
      if (in_middle(x, y)) continue;
      for (std::size_t c = 0; c < 3; ++c) sums[c] += from[x * kPixelBytes + c];
      ++count;
    }
  }
  // A picture below five pixels is all middle.
  const std::uint64_t least = std::max<std::uint64_t>(count, 1);
  for (std::size_t y = 0; y < side; ++y) {
    const std::uint8_t* from = source.value().top_left + y * source.value().stride_bytes;
    for (std::size_t x = 0; x < side; ++x) {
      std::uint8_t* to = rgba_out.data() + (y * side + x) * kPixelBytes;
      for (std::size_t c = 0; c < 3; ++c) {
        to[c] = in_middle(x, y) ? static_cast<std::uint8_t>((sums[c] + least / 2) / least)
                                : from[x * kPixelBytes + c];
      }
      to[3] = 255;
    }
  }
  return {};
}

}  // namespace headstart
