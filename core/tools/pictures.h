// Pictures for the tools that measure: read from a file, drawn into halves, looked at through a backbone.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "base/random.h"
#include "headstart/headstart.h"
#include "tool.h"

namespace headstart::tools {

struct Pictures {
  std::size_t class_count = 0;
  std::vector<std::uint8_t> bytes;
  std::vector<FrameView> frames;
  std::vector<std::uint32_t> classes;
};

inline Pictures read_pictures(const char* path) {
  Pictures pictures;
  pictures.bytes = read_file(path);
  std::size_t at = 0;
  const auto number = [&] {
    if (at + 4 > pictures.bytes.size()) fail("the pictures' file is shorter than it says");
    std::uint32_t value = 0;
    std::memcpy(&value, pictures.bytes.data() + at, 4);
    at += 4;
    return value;
  };
  const std::uint32_t count = number();
  pictures.class_count = number();
  for (std::uint32_t i = 0; i < count; ++i) {
    pictures.classes.push_back(number());
    const std::uint32_t width_px = number();
    const std::uint32_t height_px = number();
    const std::size_t size = std::size_t{4} * width_px * height_px;
    if (at + size > pictures.bytes.size()) fail("the pictures' file is shorter than it says");
    pictures.frames.push_back({std::span(pictures.bytes).subspan(at, size),
                               static_cast<std::int32_t>(width_px), static_cast<std::int32_t>(height_px)});
    at += size;
  }
  return pictures;
}

// Which pictures are trained on and which are tested, the same for one seed whatever the backbone.
struct Draw {
  std::vector<std::uint32_t> train;
  std::vector<std::uint32_t> test;
};

inline Draw draw(const Pictures& pictures, std::size_t per_class, std::size_t test_per_class,
                 std::uint64_t seed) {
  Draw drawn;
  Random random(seed);
  for (std::uint32_t c = 0; c < pictures.class_count; ++c) {
    std::vector<std::uint32_t> own;
    for (std::uint32_t i = 0; i < pictures.classes.size(); ++i) {
      if (pictures.classes[i] == c) own.push_back(i);
    }
    shuffle(own, random);
    for (std::size_t i = 0; i < own.size() && i < per_class + test_per_class; ++i) {
      (i < per_class ? drawn.train : drawn.test).push_back(own[i]);
    }
  }
  return drawn;
}

// Pictures as a backbone sees them, view by view.
class Watcher {
 public:
  Watcher(Backbone backbone, const Pictures& pictures)
      : pictures_(pictures), backbone_(std::move(backbone)), square_(preparer()) {}
  Watcher(std::span<const std::uint8_t> file, const Pictures& pictures, std::vector<std::string> maps,
          const ComputePool& pool, Precision precision = Precision::kFloat32)
      : Watcher(load(file, std::move(maps), pool, precision), pictures) {}

  Backbone& backbone() { return backbone_; }

  // View 0 is the picture itself, view i + 1 is views()[i].
  void look(std::uint32_t picture, std::size_t view) {
    const auto side = backbone_.input_size_px();
    const std::size_t size = static_cast<std::size_t>(side) * static_cast<std::size_t>(side) * 4;
    own_.resize(size);
    changed_.resize(size);
    need(square_.resize(pictures_.frames[picture], {}, own_));
    if (view > 0) need(make_view({own_, side, side}, views()[view - 1], changed_));
    need(backbone_.prepare({view > 0 ? changed_ : own_, side, side}, {}, 0));
    need(backbone_.run(1));
  }

 private:
  static Backbone load(std::span<const std::uint8_t> file, std::vector<std::string> maps,
                       const ComputePool& pool, Precision precision) {
    BackboneOptions options;
    options.maps = std::move(maps);
    options.precision = precision;
    return need(Backbone::load(file, options, pool));
  }
  [[nodiscard]] ImagePreparer preparer() const {
    return need(ImagePreparer::create(backbone_.input_size_px()));
  }

  const Pictures& pictures_;
  Backbone backbone_;
  ImagePreparer square_;
  std::vector<std::uint8_t> own_;
  std::vector<std::uint8_t> changed_;
};

}  // namespace headstart::tools
