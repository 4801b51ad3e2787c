// Changed copies of a picture that show the same thing: mirrored, from nearer, turned, in another light. A
// head that has seen them learns what may change; all in whole numbers, the same bytes natively and in
// WebAssembly.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "headstart/image.h"
#include "headstart/status.h"

namespace headstart {

// How a view is made from the picture: where it looks, then what it does to the colours. Whole numbers
// throughout; the defaults change nothing.
struct ViewRecipe {
  std::string_view name = {};  // "mirror", "nearer-mirrored", …
  Mirror mirror = Mirror::kNo;

  // The square that becomes the view, in 65536ths of the picture's side: its side (less than 65536 looks from
  // nearer), how far its centre lies right of and below the picture's, and the sine of the angle that it is
  // turned by. Beyond the picture the nearest pixel goes on.
  std::int32_t side = 65536;  // 16384…131072
  std::int32_t right = 0;     // -32768…32768
  std::int32_t down = 0;      // -32768…32768
  std::int32_t sine = 0;      // -32768…32768: up to 30 degrees

  // 4096ths. Colour first (0 is grey, 4096 as it is), then contrast around the middle grey 128, then
  // brightness, then a gain for each channel.
  std::int32_t colour = 4096;      // 0…8192
  std::int32_t contrast = 4096;    // 1024…8192
  std::int32_t brightness = 4096;  // 1024…8192
  std::int32_t red = 4096;         // 2048…8192
  std::int32_t green = 4096;       // 2048…8192
  std::int32_t blue = 4096;        // 2048…8192
};

// The views that training may use besides the picture itself, always the same, in this order. View 0 is the
// mirror and nothing else; mirrored ones all say so, so that they can be left out where left and right
// matter.
std::span<const ViewRecipe> views();

// Makes one view of a square picture: `rgba_out` [side, side, 4], alpha 255, must not overlap the picture.
// The mirror alone copies pixels as they are; whatever else moves is read between pixels with 8-bit weights
// (bilinear). No allocation. bad-argument where the picture is not square or more
// than 1024 px wide, where the room is wrong or a number of the recipe is outside its range.
Status make_view(const FrameView& square, const ViewRecipe& recipe, std::span<std::uint8_t> rgba_out);

// The picture with its middle, three fifths of its side, painted in the mean colour of the rest: what is left
// is mostly background. Where that alone tells the classes apart, a background gives the class away.
// Otherwise as make_view.
Status make_border_view(const FrameView& square, std::span<std::uint8_t> rgba_out);

}  // namespace headstart
