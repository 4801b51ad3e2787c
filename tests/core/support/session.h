// A Session over a small network of random weights, and pictures that even it tells apart.
#pragma once

#include <doctest/doctest.h>

#include <cstdint>
#include <utility>
#include <vector>

#include "headstart/session.h"
#include "headstart/views.h"
#include "support/random_backbone.h"

namespace headstart::test {

struct DrawnPicture {
  std::vector<std::uint8_t> rgba;
  std::int32_t width_px = 0;
  std::int32_t height_px = 0;

  [[nodiscard]] FrameView view() const { return {rgba, width_px, height_px, 0}; }
};

// Red stripes (kind 0), green squares (1) or a blue slope (2), different with each `number`.
inline DrawnPicture draw(int kind, int number, std::int32_t width_px = 640, std::int32_t height_px = 480) {
  DrawnPicture picture{{}, width_px, height_px};
  picture.rgba.resize(static_cast<std::size_t>(width_px) * static_cast<std::size_t>(height_px) * 4);
  RandomNumbers numbers(static_cast<std::uint64_t>(kind * 1000 + number + 1));
  const int shift = numbers.next_byte() % 40;
  const int pitch = width_px / 16 + numbers.next_byte() % 8;
  for (std::int32_t y = 0; y < height_px; ++y) {
    for (std::int32_t x = 0; x < width_px; ++x) {
      const int column = (x + shift) / pitch % 2;
      const int row = (y + shift) / pitch % 2;
      const int value = kind == 0 ? column * 160 : kind == 1 ? (column ^ row) * 160 : x * 160 / width_px;
      std::uint8_t* pixel = &picture.rgba[static_cast<std::size_t>(y * width_px + x) * 4];
      for (int channel = 0; channel < 3; ++channel) {
        const int light = (channel == kind ? 95 : 0) + numbers.next_byte() % 16;
        pixel[channel] = static_cast<std::uint8_t>(light + (channel == kind ? value / 2 : value / 8));
      }
      pixel[3] = 255;
    }
  }
  return picture;
}

inline ComputePool one_thread() {
  auto pool = ComputePool::create(1);
  REQUIRE(pool.ok());
  return std::move(pool).value();
}

inline Session open_session(const std::vector<std::uint8_t>& file, const ComputePool& pool) {
  Result<Session> session = Session::open(file, 0, pool);
  if (!session) MESSAGE(session.error().message);
  REQUIRE(session.ok());
  return std::move(session).value();
}

// Takes in `per_class` pictures of each of `class_count` kinds, at 640x480 with one of 1280x720 before them.
inline std::vector<ClassId> teach(Session& session, int per_class, int class_count = 2) {
  std::vector<ClassId> ids;
  for (int kind = 0; kind < class_count; ++kind) {
    ids.push_back(session.samples().add_class("kind " + std::to_string(kind)));
    for (int number = 0; number < per_class; ++number) {
      const DrawnPicture picture = number == 0 ? draw(kind, number, 1280, 720) : draw(kind, number);
      REQUIRE(session.add_sample(ids.back(), picture.view(), {}).ok());
    }
  }
  return ids;
}

inline Result<SessionReport> train(Session& session, const TrainOptions& options = {}) {
  if (const Status begun = session.train_begin(options); !begun) return begun.error();
  for (;;) {
    const Result<TrainProgress> progress = session.train_step();
    if (!progress) return progress.error();
    if (progress.value().done) return session.train_finish();
  }
}

inline Result<Ranking> ask(Session& session, const DrawnPicture& picture) {
  if (const Status embedded = session.embed_for_ranking(picture.view(), {}); !embedded)
    return embedded.error();
  return session.rank();
}

// The square that a picture is kept as.
inline DrawnPicture kept(Session& session, const DrawnPicture& picture) {
  const std::int32_t side = 224;
  const auto square = session.make_picture(picture.view(), {}, side);
  REQUIRE(square.ok());
  return {{square.value().begin(), square.value().end()}, side, side};
}

// The views of every sample, which a second look is learnt from.
inline void add_views(Session& session, int per_class, const std::vector<ClassId>& ids) {
  for (std::size_t kind = 0; kind < ids.size(); ++kind) {
    const std::vector<SampleId> samples = session.samples().samples_of(ids[kind]).value();
    for (int number = 0; number < per_class; ++number) {
      const DrawnPicture picture = kept(session, draw(static_cast<int>(kind), number));
      for (std::uint32_t view = 0; view < views().size(); ++view)
        REQUIRE(session.add_view(samples[static_cast<std::size_t>(number)], view, picture.view()).ok());
    }
  }
}

}  // namespace headstart::test
