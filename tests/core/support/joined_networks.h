// Two networks that look together, and what a head on them has to say the same in: here, after it has
// travelled, and in what it is exported as.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include "export/exported_model.h"
#include "export/step_runner.h"
#include "export/writers.h"
#include "headstart/export.h"
#include "headstart/network.h"
#include "support/random_backbone.h"
#include "support/session.h"
#include "support/tflite_networks.h"

namespace headstart::test {

using Bytes = std::vector<std::uint8_t>;

inline constexpr std::int32_t kJoinedSidePx = 96;

// A MobileNetV2 with 17 blocks and a MobileNetV3 with two, which want their pixels differently.
inline Bytes v2_file(std::uint64_t seed = 1) {
  return make_random_backbone({.width_multiplier = "0.1", .input_size_px = kJoinedSidePx, .seed = seed});
}
inline Bytes v3_file(std::int32_t side_px = kJoinedSidePx) {
  TfliteBuilder builder = v3_network(side_px);
  builder.quantise_input(TfliteBuilder::kUint8, 1.0F / 255, 0);
  return builder.file();
}

inline Bytes joined(const std::vector<Bytes>& files) {
  const std::vector<std::span<const std::uint8_t>> spans(files.begin(), files.end());
  return joined_file(spans);
}

inline double largest_difference(std::span<const float> a, std::span<const float> b) {
  REQUIRE(a.size() == b.size());
  double largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    largest = std::max(largest, std::abs(static_cast<double>(a[i] - b[i])));
  return largest;
}

// The parts of an answer sum to it.
inline void check_attention(Session& session, const DrawnPicture& picture, ClassId id) {
  REQUIRE(session.embed_for_attention(picture.view(), {}).ok());
  const auto attention = session.attention(id);
  REQUIRE(attention.ok());
  double sum = attention.value().bias;
  for (const float value : attention.value().values) sum += static_cast<double>(value);
  CHECK(sum == doctest::Approx(attention.value().logit).epsilon(1e-3));
}

// `session` trained `head` on `file`, `other` has read it; both know the class `id`.
inline void check_says_the_same(Session& session, Session& other, const Bytes& file, const Head& head,
                                ClassId id, const ComputePool& pool) {
  const auto model = read_exported_model(file, head);
  REQUIRE(model.ok());
  StepRunner runner(model.value().steps, pool);
  for (int number = 20; number < 23; ++number) {
    const DrawnPicture picture = draw(number % 3, number, kJoinedSidePx, kJoinedSidePx);
    const Ranking said = ask(session, picture).value();
    CHECK(largest_difference(said.probabilities, ask(other, picture).value().probabilities) == 0);
    std::vector<std::uint8_t> rgb;
    for (std::size_t i = 0; i < picture.rgba.size(); ++i) {
      if (i % 4 != 3) rgb.push_back(picture.rgba[i]);
    }
    CHECK(largest_difference(said.probabilities, runner.run(rgb).value()) < 1e-4);
    check_attention(session, picture, id);
    check_attention(other, picture, id);
  }
  for (const ModelFormat format : {ModelFormat::kTfjs, ModelFormat::kOnnx, ModelFormat::kTflite}) {
    CHECK(export_model(file, head, {.format = format}).ok());
  }
}

}  // namespace headstart::test
